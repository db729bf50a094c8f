"""Chapter text that reads well in Jupyter alone: no roles, no directives.

The chapters are written in MyST, which Jupyter shows as it stands.  Here references
become the numbers that the built book gives, citations become author and year, numbers
from the code are filled in, and boxes become quotations.
"""

import json
import re
from functools import cached_property

from pybtex.database import parse_file

ROLE = re.compile(r"\{(eq|numref|ref|cite|glue:text)\}`([^`]+)`")
NAMED = re.compile(r"(.*?)\s*<([\w:-]+)>", re.DOTALL)
EQUATION = re.compile(
    r"^( *)\$\$\n(.*?)\n *\$\$(?: *\(([\w:-]+)\))?$", re.DOTALL | re.MULTILINE
)
TARGET = re.compile(r"^\(([\w-]+)\)=\n#+ ([^\n]+)$", re.MULTILINE)
TABLE = re.compile(r"\{table\}[^\n]*\n:name: *([\w-]+)")
EXERCISE = re.compile(r"\{exercise-start\}[^\n]*\n:label: *([\w-]+)")
BOX = re.compile(
    r"^(`{3,4})\{(admonition|prf:proof|table)\} *([^\n]*)\n((?::[^\n]*\n)*)\n?"
    r"(.*?)\n\1$",
    re.DOTALL | re.MULTILINE,
)
PAGE = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)]+)\)")
TITLE = re.compile(r"^# ([^\n]+)$", re.MULTILINE)


def markdown(notebook):
    cells = (c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown")
    return "\n\n".join(
        text if isinstance(text, str) else "".join(text) for text in cells
    )


def titles(folder):
    """Return {file name: title} of the book's pages."""
    found = {}
    for path in sorted(folder.glob("*.md")):
        found[path.name] = path.read_text(encoding="utf-8")
    for path in sorted(folder.glob("*.ipynb")):
        found[path.name] = markdown(json.loads(path.read_text(encoding="utf-8")))
    matches = {name: TITLE.search(text) for name, text in found.items()}
    return {name: match[1] for name, match in matches.items() if match}


def numbered(chapter, notebook):
    """Return {label: how the book calls it} for what one chapter labels.

    >>> cell = {"cell_type": "markdown", "metadata": {}}
    >>> numbered(2, {"cells": [cell | {"source": "$$\\nE = 0\\n$$ (eq-zero)"}]})
    {'eq-zero': '(2.1)'}
    """
    text = markdown(notebook)
    figures = [
        cell["metadata"].get("mystnb", {}).get("figure", {})
        for cell in notebook["cells"]
    ]
    figures = [figure.get("name") for figure in figures if "caption" in figure]
    kinds = (
        ("({}.{})", [label for *_, label in EQUATION.findall(text) if label]),
        ("Fig. {}.{}", figures),
        ("Table {}.{}", TABLE.findall(text)),
        ("Exercise {}.{}", EXERCISE.findall(text)),
    )
    calls = {
        label: form.format(chapter, place)
        for form, labels in kinds
        for place, label in enumerate(labels, start=1)
    }
    return calls | dict(TARGET.findall(text))


def glued(notebook):
    """Return {name: text} of what the code hands to the text."""
    start = "application/papermill.record/"
    return {
        output["metadata"]["scrapbook"]["name"]: stored.strip("'")
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        for kind, data in output.get("data", {}).items()
        if kind == start + "text/plain"
        for stored in ["".join(data)]
    }


class Plain:
    """Rewrites the markdown of one chapter.

    Parameters
    ----------
    notebook : dict
    calls : dict
        How each label and page of the book is called, see `numbered` and `titles`.
    references : path
        The BibTeX file.
    """

    def __init__(self, notebook, calls, references):
        self.calls, self.references = calls, references
        self.values = glued(notebook)

    @cached_property
    def works(self):
        """Author and year of each work."""
        entries = parse_file(str(self.references)).entries
        return {key: short(entry) for key, entry in entries.items()}

    def __call__(self, text):
        text = EQUATION.sub(self.tagged, text)
        text = BOX.sub(quoted, text)
        text = ROLE.sub(self.said, text)
        text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.MULTILINE)
        return PAGE.sub(self.linked, text)

    def said(self, role):
        kind, inside = role.groups()
        if kind == "glue:text":
            return self.values[inside]
        if kind == "cite":
            works = "; ".join(self.works[key.strip()] for key in inside.split(","))
            return f"[{works}]"
        if named := NAMED.fullmatch(inside):
            return named[1]
        return self.calls.get(inside, inside)

    def tagged(self, equation):
        indent, formula, label = equation.groups()
        if not label:
            return equation.group()
        number = self.calls[label].strip("()")
        return f"{indent}$$\n{formula} \\tag{{{number}}}\n{indent}$$"

    def linked(self, link):
        """Keep links to other chapters, which lie beside; of other pages keep the text.

        >>> plain = Plain({"cells": []}, {"notation.md": "Notation"}, None)
        >>> plain("[chapter 1](01_ising.ipynb), [](notation.md)")
        '[chapter 1](01_ising.ipynb), Notation'
        """
        text, page = link.groups()
        text = text or self.calls.get(page, page)
        return f"[{text}]({page})" if re.match(r"0\d_\w+\.ipynb", page) else text


def quoted(box):
    """Return a box of the book as a quotation, with its title in bold."""
    _, kind, title, _, inside = box.groups()
    title = "Proof" if kind == "prf:proof" else title
    lines = [f"**{title}**", "", *inside.strip("\n").split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def short(entry):
    """Return "Author et al., year" of a work."""
    people = [" ".join(p.last_names) for p in entry.persons.get("author", [])]
    names = {1: "{}", 2: "{} and {}"}.get(len(people), "{} et al.").format(*people)
    return f"{names}, {entry.fields['year']}".replace("{", "").replace("}", "")
