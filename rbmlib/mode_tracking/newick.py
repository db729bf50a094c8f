"""Trees as text, and how much two of them differ.

D. F. Robinson and L. R. Foulds (1981), doi:10.1016/0025-5564(81)90043-2, count the
groups of leaves that one tree has and the other has not.
"""

import re

TOKEN = re.compile(r"'(?:[^']|'')*'|[(),;]|:[^(),;]*|[^(),:;'\s]+")


def quote(name):
    """Return a name as Newick writes it: quoted if it holds special characters.

    Examples
    --------
    >>> quote("East Asian"), quote("7")
    ("'East Asian'", '7')
    """
    if re.fullmatch(r"[\w.+-]+", name):
        return name
    return "'" + name.replace("'", "''") + "'"


def clades(newick):
    """Return the groups of leaves of a rooted tree that one node holds.

    Parameters
    ----------
    newick : str
        Lengths and the names of inner nodes are ignored.

    Returns
    -------
    set of frozenset of str
        Of more than one leaf; the root's is among them.

    Raises
    ------
    ValueError
        Text that is no tree, or a name twice.

    Examples
    --------
    >>> sorted(map(sorted, clades("((a:1,b:2):1,c);")))
    [['a', 'b'], ['a', 'b', 'c']]
    """
    return {group for group in _groups(newick) if len(group) > 1}


def robinson_foulds(first, second):
    """Return how many groups of leaves only one of two rooted trees has.

    Parameters
    ----------
    first, second : str
        Trees in Newick format with the same leaves.

    Returns
    -------
    int
        0 for the same tree; a binary tree of n leaves differs by at most 2(n - 2).

    Raises
    ------
    ValueError
        Text that is no tree, or other leaves.

    Examples
    --------
    >>> robinson_foulds("((a,b),(c,d));", "((a,c),(b,d));")
    4
    """
    leaves = [
        {name for group in _groups(tree) for name in group} for tree in (first, second)
    ]
    if leaves[0] != leaves[1]:
        raise ValueError(
            "the trees must have the same leaves; only one of them has "
            f"{sorted(leaves[0] ^ leaves[1])}"
        )
    return len(clades(first) ^ clades(second))


def _groups(newick):
    """Return the leaves below every node of the tree, each leaf alone too."""
    if not isinstance(newick, str) or not newick.strip().endswith(";"):
        raise ValueError(f"newick must be text that ends with ';', got {newick!r}")
    found, open_nodes, closed = [], [[]], False
    for token in TOKEN.findall(newick):
        if token == "(":
            open_nodes.append([])
        elif token == ")":
            below = open_nodes.pop()
            if not open_nodes or not below:
                raise ValueError(f"newick: a ')' too many or an empty node in {newick}")
            found.append(frozenset(below))
            open_nodes[-1] += below
        elif token[0] not in ",:;" and not closed:
            name = token[1:-1].replace("''", "'") if token[0] == "'" else token
            found.append(frozenset([name]))
            open_nodes[-1].append(name)
        closed = token == ")"
    if len(open_nodes) != 1 or not open_nodes[0]:
        raise ValueError(f"newick has an open '(' or no leaf: {newick}")
    if len(set(open_nodes[0])) != len(open_nodes[0]):
        raise ValueError(f"newick has a name twice: {sorted(open_nodes[0])}")
    return found
