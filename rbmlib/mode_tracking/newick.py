"""Trees as text, and how much two of them differ.

D. F. Robinson and L. R. Foulds (1981), doi:10.1016/0025-5564(81)90043-2, count the
groups of leaves that one tree has and the other has not.

The text is the Newick format of G. Olsen (1990),
https://phylipweb.github.io/phylip/newick_doc.html.
"""

import math
import re

import numpy as np

from rbmlib.checks import check_texts
from rbmlib.mode_tracking.parsing import check_different, has_control, parse


def quote(name):
    """Return a name as Newick writes it: quoted unless it is of plain characters.

    Plain are letters, digits, the dot and the hyphen.  The underscore is not: without
    quotes it stands for a blank.

    Examples
    --------
    >>> quote("East Asian"), quote("a_b"), quote("it's"), quote("7")
    ("'East Asian'", "'a_b'", "'it''s'", '7')
    """
    if re.fullmatch(r"([^\W_]|[.-])+", name):
        return name
    return "'" + name.replace("'", "''") + "'"


def check_names(names, n_leaves):
    """Return names of leaves that the usual readers of Newick read, or refuse them.

    Refused are, beside what is no text, an empty name, a name twice, and characters of
    control; and names that are lost although the format allows them: a lone mark
    ``( ) , : ;`` (DendroPy, scikit-bio), an apostrophe at the start or after a
    backslash, and a backslash at the end (Biopython).

    Raises
    ------
    TypeError
        Names in no order, or a name that is no text.
    ValueError
        Not one name for each leaf, or a name as above.
    """
    names = list(check_texts(names, "names", 1))
    if len(names) != n_leaves:
        raise ValueError(f"names must be {n_leaves} names, got {len(names)}: {names}")
    for name in names:
        if reason := _unreadable(name):
            raise ValueError(f"names must not {reason}, got {name!r}")
    check_different(names, "names")
    return names


def length_text(length):
    """Return a branch's length with all its digits and without an exponent.

    Raises
    ------
    ValueError
        A length that is not finite.

    Examples
    --------
    >>> length_text(1.0), length_text(0.1 + 0.2), length_text(1e-7)
    ('1', '0.30000000000000004', '0.0000001')
    """
    if not math.isfinite(length):
        raise ValueError(f"length of a branch must be finite, got {length!r}")
    return np.format_float_positional(float(length), trim="-")


def clades(newick):
    """Return the groups of leaves of a rooted tree that one node holds.

    Parameters
    ----------
    newick : str
        One tree, which ends with ``;``.  Lengths, the names of inner nodes, and
        comments in (also nested) square brackets are ignored, even ``[&U]``: the root
        is where the text has it.  An underscore without quotes is a blank, as the
        format has it; `ModeTree.newick` quotes names with underscores.

    Returns
    -------
    set of frozenset of str
        Of more than one leaf; the root's is among them.

    Raises
    ------
    TypeError
        No text.
    ValueError
        Text that is no tree, with the place where it stops to be one; or a name twice.

    Examples
    --------
    >>> sorted(map(sorted, clades("((a:1,b:2):1,c);")))
    [['a', 'b'], ['a', 'b', 'c']]
    """
    leaves, forks = parse(newick, "newick")
    return {frozenset(leaves[start:end]) for start, end in forks}


def robinson_foulds(first, second):
    """Return how many groups of leaves only one of two rooted trees has.

    Parameters
    ----------
    first, second : str
        Trees in Newick format with the same leaves, read as in `clades`.  Both are
        taken as rooted: ``(a,(b,c));`` and ``(a,b,c);`` differ.

    Returns
    -------
    int
        0 for the same tree; a binary tree of n leaves differs by at most 2(n - 2).

    Raises
    ------
    TypeError, ValueError
        As in `clades`; or other leaves.

    Examples
    --------
    >>> robinson_foulds("((a,b),(c,d));", "((a,c),(b,d));")
    4
    """
    leaves, forks = parse(first, "first")
    others, other_forks = parse(second, "second")
    if set(leaves) != set(others):
        raise ValueError(
            "first and second must have the same leaves, got "
            f"{sorted(set(leaves) ^ set(others))} in one of them alone"
        )
    rank = {name: k for k, name in enumerate(leaves)}
    blocks = set(_blocks([rank[name] for name in others], other_forks))
    common = len(blocks.intersection(forks))
    return len(forks) + len(other_forks) - 2 * common


def _unreadable(name):
    """Return what a name must not do but does, or None."""
    if not name:
        return "be empty"
    if has_control(name):
        return "have control characters or ends of lines"
    if re.fullmatch("[(),:;]", name):
        return "be a mark of Newick alone"
    if name[0] == "'" or "\\'" in name or name[-1] == "\\":
        return "start with an apostrophe, or have a backslash before one or at the end"
    return None


def _blocks(ranks, forks):
    """Yield (least, greatest + 1) of the ranks below each fork that holds all between.

    W. H. E. Day (1985), doi:10.1007/BF01908061: linear in the number of leaves, for
    what stands below a fork that was seen is one block.
    """
    least, most = list(ranks), list(ranks)
    after = list(range(1, len(ranks) + 1))
    for start, end in forks:
        low, high, k = least[start], most[start], after[start]
        while k < end:
            low, high, k = min(low, least[k]), max(high, most[k]), after[k]
        least[start], most[start], after[start] = low, high, end
        if high - low + 1 == end - start:
            yield low, high + 1
