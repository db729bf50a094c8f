"""The words of the glossary: read from its page, and found in a text.

A definition's first paragraph is plain text, so that it can be shown in a tip; what
follows it, with formulas and links, stands on the page only.
"""

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"```\{glossary\}\n(.*?)```", re.DOTALL)
START = re.compile(r"(?<![\w-])\w")
SETTINGS = Path(__file__).with_name("terms.toml")


@dataclass(frozen=True)
class Term:
    """A word, its other names, what it means, and how it is found."""

    name: str
    names: tuple
    meaning: str
    linked: bool = True
    not_in: tuple = ()


def entries(page):
    """Yield (names, meaning) of each entry of the text of a glossary page.

    >>> list(entries("```{glossary}\\nlaw\\n  What is\\n  *so*.\\n\\n  More.\\n```"))
    [(['law'], 'What is so.')]
    """
    names, lines, whole = [], [], True
    for line in FENCE.search(page)[1].splitlines() + ["end"]:
        if line and not line.startswith(" "):
            if lines:
                yield names, re.sub(r"[*`]", "", " ".join(lines))
                names, lines = [], []
            names, whole = [*names, line], False
        elif not line.strip():
            whole = whole or bool(lines)
        elif not whole:
            lines.append(line.strip())


def read(page, settings=SETTINGS):
    """Return the terms of a glossary page, in its order."""
    said = tomllib.loads(settings.read_text(encoding="utf-8"))
    terms = []
    for names, meaning in entries(page):
        of_term = said.pop(names[0], {})
        forms = of_term.pop("forms", [])
        not_in = tuple(of_term.pop("not_in", ()))
        terms.append(
            Term(names[0], (*names, *forms), meaning, **of_term, not_in=not_in)
        )
    if said:
        raise ValueError(f"{settings.name} names {sorted(said)}, not in the glossary")
    return terms


def pattern(name):
    """Return a regular expression for a word, its plural, and its use as an adjective.

    >>> re.fullmatch(pattern("free energy"), "Free-energies") is not None
    True
    >>> re.fullmatch(pattern("TAP"), "tap") is None
    True
    """
    body = r"[\s-]+".join(re.escape(part) for part in name.split())
    body = body.replace("'", "['\N{RIGHT SINGLE QUOTATION MARK}]")
    plural = body[:-1] + "(?:y|ies)" if name.endswith("y") else body + "(?:e?s)?"
    shouted = re.search("[A-Z][A-Z]", name) or name.startswith("Rdm")
    return body if shouted else f"(?i:{plural})"


class Finder:
    """Finds terms in a text, the longest first: "spin glass" is no "spin".

    >>> two = [Term("spin", ("spin",), ""), Term("spin glass", ("spin glass",), "")]
    >>> [term.name for term, *_ in Finder(two).find("Spins, a spin glass")]
    ['spin', 'spin glass']
    """

    def __init__(self, terms):
        self.terms = terms
        named = [(name, term) for term in terms for name in term.names]
        named.sort(key=lambda pair: -len(pair[0]))
        self._by_initial = {}
        for name, term in named:
            known = self._by_initial.setdefault(name[0].lower(), [])
            known.append((re.compile(pattern(name) + r"(?!\w)"), term))

    def find(self, text, page=""):
        """Yield (term, start, end) for each word that is found in a text of a page."""
        at = 0
        while start := START.search(text, at):
            at = start.end()
            for form, term in self._by_initial.get(start[0].lower(), ()):
                if found := form.match(text, start.start()):
                    at = found.end()
                    if page not in term.not_in:
                        yield term, *found.span()
                    break


@functools.cache
def finder(path):
    """Return the finder of a glossary page, read once."""
    return Finder(read(Path(path).read_text(encoding="utf-8")))
