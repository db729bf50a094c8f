"""Buttons lead to the repository that the book is built from, or are not there."""

import subprocess

import launch
import pytest


@pytest.mark.parametrize(
    "remote",
    [
        "git@github.com:someone/book.git",
        "ssh://git@github.com/someone/book.git",
        "ssh://git@github.com:22/someone/book",
        "https://github.com/someone/book",
        "https://github.com/someone/book.git/",
        "https://someone:secret@github.com/someone/book.git",
        "git://github.com/someone/book.git\n",
    ],
)
def test_every_form_of_a_remote_leads_to_the_same_page(remote):
    assert launch.public_url(remote) == "https://github.com/someone/book"


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "/srv/git/book.git",
        "../book",
        "file:///srv/git/book.git",
        "C:/git/book",
        "git@localhost:someone/book.git",
        "https://git.example.org/someone/book.git",
        "https://github.com/someone",
    ],
)
def test_an_address_readers_cannot_open_gives_no_button(remote):
    assert launch.public_url(remote) is None


@pytest.fixture
def clone(tmp_path, monkeypatch):
    monkeypatch.delenv("BOOK_REPOSITORY_URL", raising=False)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)

    def add_remote(url):
        git = ["git", "-C", tmp_path]
        subprocess.run([*git, "remote", "add", "origin", url], check=True)
        return tmp_path

    return add_remote


def test_a_fork_points_to_itself(clone):
    folder = clone("git@github.com:lecturer/course.git")
    expected = ("https://github.com/lecturer/course", "main")
    assert launch.find_repository(folder) == expected


def test_a_local_clone_has_no_public_page(clone):
    assert launch.find_repository(clone("/srv/git/book.git")) == (None, None)


def test_the_environment_wins(clone, monkeypatch):
    folder = clone("git@github.com:lecturer/course.git")
    monkeypatch.setenv("BOOK_REPOSITORY_URL", "https://gitlab.com/group/book")
    assert launch.find_repository(folder)[0] == "https://gitlab.com/group/book"


def test_no_repository_at_all(tmp_path, monkeypatch):
    monkeypatch.delenv("BOOK_REPOSITORY_URL", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert launch.find_repository(tmp_path) == (None, None)
