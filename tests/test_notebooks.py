"""Every stored notebook keeps the rules that make strict nbval mean something."""

import json
import re
from pathlib import Path

import pytest
import yaml

from chapter_rules import EVERY_CHAPTER, equations_tested
from normalise import notebooks
from notebook_rules import EVERY_NOTEBOOK, light

ROOT = Path(__file__).parent.parent
NOTEBOOKS = list(notebooks([ROOT / "book"]))
CHAPTERS = [path for path in NOTEBOOKS if re.match(r"\d\d_", path.name)]


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def stem(path):
    return path.stem


@pytest.mark.parametrize("rule", EVERY_NOTEBOOK, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=stem)
def test_notebook(path, rule):
    assert list(rule(read(path))) == []


@pytest.mark.parametrize("rule", EVERY_CHAPTER, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_chapter(path, rule):
    assert list(rule(read(path))) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_equations_are_tested(path):
    files = sorted((ROOT / "tests").glob("test_*.py"))
    tests = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert list(equations_tested(read(path), tests)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=stem)
def test_size(path):
    assert list(light(path.stat().st_size)) == []


def test_there_are_chapters():
    assert CHAPTERS


def contents(entry):
    """Yield every file named in a table of contents."""
    if isinstance(entry, list):
        for item in entry:
            yield from contents(item)
    elif isinstance(entry, dict):
        yield from (entry[key] for key in ("root", "file") if key in entry)
        for value in entry.values():
            yield from contents(value)


def test_table_of_contents_names_every_page():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [*NOTEBOOKS, *(ROOT / "book").glob("**/[!_]*.md")]
    named = {re.sub(r"\.(md|ipynb)$", "", name) for name in contents(toc)}
    stored = {page.relative_to(ROOT).with_suffix("").as_posix() for page in pages}
    assert named == stored
