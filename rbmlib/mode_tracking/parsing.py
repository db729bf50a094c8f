"""Reading a tree in Newick format: a grammar of five states, and no recursion.

It is our own because no library of the six that `tools/check_newick.py` asks reads
every name that the format allows, and most take text that is no tree.
"""

import math
import re
import unicodedata
from collections import Counter

from rbmlib.checks import check_instance

TOKEN = re.compile(r"(?P<mark>[(),:;])|'(?P<quoted>(?:[^']|'')*)'|[^\s()\[\],:;']+")
BLANKS = re.compile(r"[ \t\r\n]*")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
# Control characters, halves of surrogate pairs, ends of lines and of paragraphs.
UNREADABLE = ("Cc", "Cs", "Zl", "Zp")

# What may come in each state of the reader; a node's end, too, but for NODE and COLON.
NODE = ("'('", "the name of a leaf")
CLOSED = ("a name", "':'")
NAMED = ("':'",)
COLON = ("the length of a branch",)
MEASURED = ()


def parse(text, argument):
    """Return the leaves of a tree, and which of them stand below each fork.

    Parameters
    ----------
    text, argument : str
        The tree, and its name in an error message.

    Returns
    -------
    leaves : list of str
        In the order of the text.
    forks : list of (int, int)
        For each node with two children or more, the first leaf below it and the one
        after the last; children before their parents.

    Raises
    ------
    TypeError, ValueError
        As in `clades`.
    """
    check_instance(text, argument, str, "a tree as text")
    leaves, forks, open_nodes, state, place = [], [], [], NODE, 0
    while True:
        place = _skip(text, place, argument)
        token = TOKEN.match(text, place)
        mark = token and token["mark"]
        is_name = token is not None and mark is None
        if state is NODE and mark == "(":
            open_nodes.append([len(leaves), 1])
        elif state is NODE and is_name:
            leaves.append(_name(token, argument))
            state = NAMED
        elif state is CLOSED and is_name:
            _name(token, argument)
            state = NAMED
        elif state in (CLOSED, NAMED) and mark == ":":
            state = COLON
        elif state is COLON and is_name and _is_length(token[0]):
            state = MEASURED
        elif state in (CLOSED, NAMED, MEASURED) and mark == "," and open_nodes:
            open_nodes[-1][1] += 1
            state = NODE
        elif state in (CLOSED, NAMED, MEASURED) and mark == ")" and open_nodes:
            start, n_children = open_nodes.pop()
            if n_children > 1:
                forks.append((start, len(leaves)))
            state = CLOSED
        elif state in (CLOSED, NAMED, MEASURED) and mark == ";" and not open_nodes:
            break
        else:
            ends = ("','", "')'") if open_nodes else ("';'",)
            *words, last = state if state in (NODE, COLON) else state + ends
            expected = f"{', '.join(words)} or {last}" if words else last
            raise _no_tree(argument, expected, text, place)
        place = token.end()
    place = _skip(text, token.end(), argument)
    if place < len(text):
        raise _no_tree(argument, "the end", text, place)
    check_different(leaves, argument)
    return leaves, forks


def _skip(text, place, argument):
    """Return the first place that is in no blank and in no comment."""
    place = BLANKS.match(text, place).end()
    while text.startswith("[", place):
        start, depth = place, 0
        for bracket in re.compile(r"[\[\]]").finditer(text, start):
            depth += 1 if bracket[0] == "[" else -1
            if depth == 0:
                break
        else:
            raise _no_tree(argument, "a ']' to the '['", text, start)
        place = BLANKS.match(text, bracket.end()).end()
    return place


def _name(token, argument):
    quoted = token["quoted"]
    name = token[0].replace("_", " ") if quoted is None else quoted.replace("''", "'")
    if not name or has_control(name):
        expected = "a name of at least one character, none of control,"
        raise _no_tree(argument, expected, token.string, token.start())
    return name


def _is_length(word):
    return NUMBER.fullmatch(word) is not None and math.isfinite(float(word))


def _no_tree(argument, expected, text, place):
    token = TOKEN.match(text, place)
    found = repr(token[0] if token else text[place]) if place < len(text) else "the end"
    around = text[max(0, place - 40) : place + 40]
    return ValueError(
        f"{argument} must be one tree in Newick format: expected {expected} at "
        f"character {place}, got {found} in {around!r}"
    )


def has_control(name):
    """Return whether a name has a character that no name of a leaf should have."""
    return any(unicodedata.category(c) in UNREADABLE for c in name)


def check_different(names, argument):
    """Raise ValueError if a name is there twice."""
    twice = sorted(name for name, n in Counter(names).items() if n > 1)
    if twice:
        raise ValueError(f"{argument} must not have a name twice, got {twice}")
