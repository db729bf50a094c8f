"""What is checked, and the last values: read from the notebooks when the book is built.

A cell that asserts is a check.  Its metadata ``checks`` name the equations that it is
about; the figures before it, and the exercise that it solves, are found by their place.
The page is Markdown with one line, `% all checks`, where the list goes.
"""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

PAGE = "book/checked"
PLACE = "% all checks"
CHAPTER = re.compile(r"\d\d_")
HEADING = re.compile(r"^##+ +(.*)$", re.MULTILINE)
SOLVED = re.compile(r"\{solution-start\} *(\S+)")
EQUATION = re.compile(r"\$\$ *\(([\w:-]+)\)")
EQ = "Eq. {{eq}}`{}`"
MOST_LINES = 12  # of an output


@dataclass
class Check:
    """A cell that compares: where, of what, how, and what it printed."""

    section: str
    subjects: list
    comparisons: list
    printed: str


def text(lines):
    return lines if isinstance(lines, str) else "".join(lines)


def compares(node):
    """Tell whether a statement is an assert, or a call such as `assert_allclose`."""
    call = getattr(node, "value", None)
    name = getattr(getattr(call, "func", None), "attr", "")
    return isinstance(node, ast.Assert) or name.startswith("assert_")


def comparisons(source):
    """Return the source of each statement that compares, with the comment before it.

    >>> comparisons("x = 2\\nfor i in x, 2:\\n    # All are 2.\\n    assert i == 2")
    ['# All are 2.\\nassert i == 2']
    """
    lines, found = source.splitlines(), []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and compares(node):
            start = node.lineno - 1
            while start and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            block = lines[start : node.end_lineno]
            found.append((start, "\n".join(line[node.col_offset :] for line in block)))
    return [block for _, block in sorted(found)]


def printed(cell):
    """Return what a cell printed or returned as text, cut after a dozen lines."""
    shown = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        shown.append(text(output.get("text", "")))
        if not {"image/png", "text/html"} & set(data):
            shown.append(text(data.get("text/plain", "")))
    lines = "\n".join(filter(None, shown)).splitlines()
    return "\n".join(lines[:MOST_LINES] + ["…"] * (len(lines) > MOST_LINES))


def handed_over(notebook):
    """Yield (name, value) of each number that a cell hands to the text."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if name:
                value = output["data"]["application/papermill.record/text/plain"]
                yield name, text(value).strip("'\"")


def checks(notebook):
    """Yield the checks of a notebook, in order."""
    section, figures, exercise, said = "", [], None, ""
    for cell in notebook["cells"]:
        source, settings = text(cell["source"]), cell["metadata"]
        if cell["cell_type"] == "markdown":
            for heading in HEADING.findall(source):
                section, figures, said = heading, [], ""
            solved = SOLVED.findall(source)
            exercise = solved[-1] if solved else exercise
            continue
        # A self-check judges a student's answer, not the book.
        if cell["cell_type"] != "code" or "self-check" in settings.get("tags", []):
            continue
        if name := settings.get("mystnb", {}).get("figure", {}).get("name"):
            figures.append(name)
        if compared := comparisons(source):
            subjects = [EQ.format(label) for label in settings.get("checks", [])]
            subjects += [f"{{numref}}`{name}`" for name in figures]
            if section == "Exercises":
                subjects.append(f"{{ref}}`{exercise}`")
            yield Check(section, subjects, compared, printed(cell) or said)
            figures, said = [], ""
        else:  # what is compared next may have been printed here
            said = printed(cell) or said


def labels(notebook):
    """Return the labels of all equations of a notebook, in order."""
    cells = (c for c in notebook["cells"] if c["cell_type"] == "markdown")
    return [label for c in cells for label in EQUATION.findall(text(c["source"]))]


def rows(notebook, found, tests):
    """Yield a row of the table of equations: its number, and where it is compared."""
    for label in labels(notebook):
        role = EQ.format(label)
        where = dict.fromkeys(c.section for c in found if role in c.subjects)
        files = [f"`{name}`" for name, content in tests.items() if label in content]
        yield f"| {role} | {'; '.join([*where, *files]) or 'not by itself'} |"


def folded(title, body):
    return f"````{{admonition}} {title}\n:class: dropdown\n\n{body}\n````\n"


def block(check):
    """Return a check as Markdown: of what, how, and the last value."""
    head = ", ".join(check.subjects)
    code = "\n\n".join(check.comparisons)
    body = f"```python\n{code}\n```\n"
    if check.printed:
        body += f"\nLast value:\n\n```text\n{check.printed}\n```\n"
    return f"{head}\n\n{body}" if head else body


def chapter(path, tests):
    """Return a chapter's checks as Markdown."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    found = list(checks(notebook))
    count = sum(len(check.comparisons) for check in found)
    title = text(notebook["cells"][0]["source"]).splitlines()[0].removeprefix("# ")
    parts = [
        f"## Chapter {int(path.name[:2])}: {title}\n",
        f"{count} comparisons, in {len(found)} cells of [the chapter]({path.name}).\n",
        "| Equation | Compared in |\n|:--|:--|",
        *rows(notebook, found, tests),
        "",
    ]
    for section in dict.fromkeys(check.section for check in found):
        of_section = [check for check in found if check.section == section]
        number = sum(len(check.comparisons) for check in of_section)
        body = "\n".join(map(block, of_section))
        parts.append(folded(f"{section} ({number})", body))
    numbers = [f"- `{name}`: {value}" for name, value in handed_over(notebook)]
    if numbers:
        title = f"Numbers in the text that cells computed ({len(numbers)})"
        parts.append(folded(title, "\n".join(numbers)))
    return "\n".join(parts)


def listing(folder):
    """Return the checks of all chapters as Markdown."""
    files = sorted((folder / "tests").glob("test_*.py"))
    tests = {file.name: file.read_text(encoding="utf-8") for file in files}
    paths = sorted(
        p for p in (folder / "book").glob("*.ipynb") if CHAPTER.match(p.name)
    )
    return "\n".join(chapter(path, tests) for path in paths)


def fill(app, page, source):
    if page == PAGE:
        source[0] = source[0].replace(PLACE, listing(Path(app.srcdir)))


def setup(app):
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
