"""What runs elsewhere: workflows that a linter accepts, and one range of Pythons."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import check_binder

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LINTER = Path(sys.executable).with_name("zizmor")


def lint(folder):
    """Run the linter without its network audits, which a test may not depend on."""
    strictly = ["--offline", "--strict-collection", "--persona", "pedantic"]
    return subprocess.run(
        [LINTER, *strictly, "--quiet", folder], capture_output=True, text=True
    )


def test_the_linter_accepts_the_workflows():
    assert len(WORKFLOWS) == 2
    result = lint(ROOT / ".github")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("jobs:", "job:", "does not match expected validation schema"),
        (r"@[0-9a-f]{40} # v\S+", "@v1", "unpinned-uses"),
        ("permissions: {}", "permissions: write-all", "excessive-permissions"),
    ],
)
def test_the_linter_refuses_a_planted_fault(tmp_path, right, wrong, said):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    text, count = re.subn(right, wrong, WORKFLOWS[0].read_text("utf-8"))
    assert count > 0
    (folder / "planted.yml").write_text(text, encoding="utf-8")
    result = lint(tmp_path)
    assert result.returncode != 0 and said in result.stdout + result.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_needs_no_secret_and_runs_what_is_here(path):
    text = path.read_text("utf-8")
    assert "secrets." not in text
    targets = re.findall(r"run: make (\w+)", text)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert targets and all(f"\n{target}:" in makefile for target in targets)
    assert all((ROOT / name).is_file() for name in re.findall(r"tools/\w+\.py", text))


def test_the_same_pythons_are_named_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    bounds = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"])
    first, end = map(int, bounds.groups())
    names = [f"3.{minor}" for minor in range(first, end)]
    in_words = f"{', '.join(names[:-1])} or {names[-1]}"
    said = [x.rpartition(" ")[2] for x in project["classifiers"] if ":: 3." in x]
    assert said == names
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert f"from {names[0]} to {names[-1]}" in makefile
    assert f"Python {in_words} with its venv module" in makefile
    assert f"(3, {first}) <= sys.version_info < (3, {end})" in makefile
    assert re.findall(r"python(3\.\d+) ", makefile)[: len(names)] == names[::-1]
    assert f"You need Python {in_words}, git" in (ROOT / "README.md").read_text("utf-8")
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    assert f"for Python {names[0]} to {names[-1]}." in lock
    matrix = yaml.safe_load(WORKFLOWS[0].read_text("utf-8"))["jobs"]["test"]["strategy"]
    assert matrix["matrix"]["python"] == [names[0], names[-1]]
    assert check_binder.python_of(ROOT / "binder") in names


def test_the_page_for_contributors_names_what_is_there():
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = set(re.findall(r"\b((?:binder|book|rbmlib|tests|tools)/[\w./]*\w)", page))
    lost = [
        x for x in paths if not re.search("NAME|NN_", x) and not (ROOT / x).exists()
    ]
    assert len(paths) > 15 and lost == []
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake (\w+)", page + hook()):
        assert f"\n{target}:" in makefile, target


def hook():
    """Return the command that pre-commit runs."""
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    ((entry,),) = [repo["hooks"] for repo in settings["repos"]]
    return entry["entry"].replace("--silent ", "")
