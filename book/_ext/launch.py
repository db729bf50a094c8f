"""Point the launch and edit buttons at the repository the book is built from.

The address is ``BOOK_REPOSITORY_URL`` or, without it, the git remote ``origin``, so
that a fork's buttons lead to the fork. Without a public address no button appears.
"""

import os
import re
import subprocess
from urllib.parse import urlsplit

HOSTS = ("github.com", "gitlab.com")


def public_url(remote):
    """Return the https address of a remote on a known host, else None.

    >>> public_url("git@github.com:someone/book.git")
    'https://github.com/someone/book'
    >>> public_url("ssh://git@gitlab.com:22/someone/book")
    'https://gitlab.com/someone/book'
    >>> public_url("https://someone:secret@github.com/someone/book.git/")
    'https://github.com/someone/book'
    >>> public_url("/srv/git/book.git"), public_url("")
    (None, None)
    """
    remote = remote.strip()
    if "://" not in remote:
        remote = re.sub(r"^(?:[^@/\s]+@)?([^:/\s]+):", r"ssh://\1/", remote)
    address = urlsplit(remote)
    path = re.sub(r"(\.git)?/*$", "", address.path)
    if address.hostname not in HOSTS or path.count("/") < 2:
        return None
    return f"https://{address.hostname}{path}"


def git(*arguments, folder):
    """Return the output of a git command, or "" where git or the fact is missing."""
    try:
        run = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True
        )
    except FileNotFoundError:
        return ""
    return run.stdout.strip()


def find_repository(folder):
    """Return (url, branch) of the public repository, or (None, None)."""
    remote = os.environ.get("BOOK_REPOSITORY_URL")
    if remote is None:
        remote = git("remote", "get-url", "origin", folder=folder)
    url = public_url(remote)
    if url is None:
        return None, None
    head = git("symbolic-ref", "--short", "refs/remotes/origin/HEAD", folder=folder)
    return url, head.removeprefix("origin/") or "main"


def set_buttons(app, config):
    url, branch = find_repository(app.confdir)
    options = config.html_theme_options
    shown = url is not None
    options["use_repository_button"] = options["use_edit_page_button"] = shown
    options["use_issues_button"] = shown
    options["repository_url"] = url or ""
    options["repository_branch"] = branch or "main"
    options["launch_buttons"] = {}
    if shown:
        options["launch_buttons"] = {
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        }
    if shown and "github.com" in url:
        options["launch_buttons"]["colab_url"] = "https://colab.research.google.com"


def setup(app):
    app.connect("config-inited", set_buttons, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
