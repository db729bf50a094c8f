"""Docstrings as reStructuredText: what they say in plain text, said so that it is kept.

Docstrings are written to be read in a terminal: names stand in single backticks, and
formulas are plain text.  Here names become links, signs of reStructuredText are taken
for themselves, and lines of formulas stay lines.
"""

import re

SPAN = re.compile(r"(``.+?``|`[^`\n]+`|(?<![\w*])\*\w[\w ]*\*(?![\w*]))")
# A letter's underscore at the end of a word, bars and stars are signs of formulas.
SIGN = re.compile(r"(?<!\\)([|*\\])|(?<=\w)_(?![\w{])")
# A letter, a bracket or a number, with an index and an exponent of few letters.
SCRIPTS = re.compile(
    r"((?<![^\W_])[^\W\d_]\u0304?|[)\]⟩]|(?<![^\W_])\d+)"
    r"(?:_(\{[^{}`]+\}|[^\W_]{1,2}(?![A-Za-z0-9_])))?"
    r"(?:\^(\{[^{}`]+\}|[-+]?[^\W_]{1,2}(?![A-Za-z0-9_])))?"
)
UNDERLINE = re.compile(r"-{3,}$")
FORMULA = re.compile(r"\S+?(?:\([^()]*\))? [=∝→≈≤≥] ")  # starts with what it is about
WORD = re.compile(r"(?<![\w\\])[A-Za-z]{3,}(?![\w(])")
FEW = 8  # words in a formula
PROSE = ("", "Notes", "Examples", "References")  # the other sections are lists
RESULTS = ("Returns", "Yields")
TYPED = re.compile(r"([\w, *]+ : )?([A-Z]\w+)\b(?=[ ,]|$)")


def marked(line, link, formulas=True):
    """Return a line of plain text as reStructuredText.

    Parameters
    ----------
    line : str
    link : callable
        Given a name, returns a link to what it stands for, or None.
    formulas : bool
        Whether there may be indices and exponents.

    Examples
    --------
    >>> marked("`solve` gives |m| of `x_i` = 1*2", {"solve": ":any:`solve`"}.get)
    ':any:`solve` gives \\\\|m\\\\| of ``x_i`` = 1\\\\*2'
    """
    parts = SPAN.split(line)
    for place, text in enumerate(parts):
        if place % 2 == 0:
            kept = SIGN.sub(lambda sign: "\\" + sign[0], text)
            parts[place] = SCRIPTS.sub(raised, kept) if formulas else kept
        elif text[0] == "`" != text[1]:
            parts[place] = linked(text.strip("`"), link)
    return "".join(parts)


def raised(found):
    """Return a symbol with its index and its exponent as such.

    >>> raised(SCRIPTS.search("u_i^{1/2}"))
    'u\\\\ :sub:`i`\\\\ :sup:`1/2`\\\\ '
    """
    base, low, high = found.groups()
    low, high = (text and text.strip("{}") for text in (low, high))
    parts = [base, low and f":sub:`{low}`", high and f":sup:`{high}`"]
    return "\\ ".join(filter(None, parts)) + ("\\ " if low or high else "")


def linked(text, link):
    return link(text) or f"``{text}``"


def is_formula(lines):
    """Whether a paragraph is a formula, with few words beside it.

    >>> is_formula(["q = E tanh² x_v,  q̄ = E tanh² x_h."])
    True
    >>> is_formula(["The overlap is q = 0 for all temperatures."])
    False
    """
    text = " ".join(line.strip() for line in lines)
    return bool(FORMULA.match(text)) and len(WORD.findall(text)) < FEW


def paragraphs(lines):
    """Yield the paragraphs of a docstring: lists of lines, empty ones between them."""
    block = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
            continue
        if block:
            yield block
        block = []


def prepared(lines, link, is_class=lambda name: False):
    """Return the lines of a docstring as reStructuredText with NumPy's sections.

    Parameters
    ----------
    lines : list of str
    link : callable
        Given a name, returns a link to what it stands for, or None.
    is_class : callable
        Whether a name stands for a class: types of parameters that do become links.

    Returns
    -------
    list of str
    """
    found, section = [], ""
    for block in paragraphs(lines):
        if len(block) > 1 and UNDERLINE.match(block[1].strip()):
            section = block[0].strip()
            found += block[:2]
            block = block[2:]
        if not block or block[0].lstrip().startswith(">>>"):
            found += block
        elif section in PROSE and is_formula(block):
            found += [f"| {marked(line.strip(), link)}" for line in block]
        else:
            found += [typed(line, section, link, is_class) for line in block]
        found.append("")
    return found


def typed(line, section, link, is_class):
    """Return a marked line; a type in a list of arguments or results is linked.

    >>> typed("Phase", "Returns", ":any:`{}`".format, str.istitle)
    ':any:`Phase`'
    >>> typed("p : Phase", "Parameters", ":any:`{}`".format, str.istitle)
    'p : :any:`Phase`'
    """
    found = TYPED.match(line)
    listed = section not in PROSE and found and (found[1] or section in RESULTS)
    if not listed or not is_class(found[2]):
        return marked(line, link, section in PROSE or line.startswith(" "))
    name, rest = found[1] or "", line[found.end() :]
    return name + linked(found[2], link) + marked(rest, link, False)
