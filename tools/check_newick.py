"""Do other libraries read the trees that we write?  Needs those that are to be asked.

    python -m pip install biopython dendropy ete4 scikit-bio treeswift toytree
    python tools/check_newick.py [number of trees]

Random trees with hostile names of leaves are written by `ModeTree.newick` and read by
each library that is here.  Every branch must lead to the same leaves and be equally
long, to the last digit.  What a library is known to do otherwise is in `KNOWN`, and a
library that does so counts as reading alike.  The tests of the suite ask the same for
a few trees, and our own reader always.
"""

import io
import math
import sys
from collections import Counter
from importlib.metadata import version

import numpy as np

from rbmlib.mode_tracking import Level, ModeTree, clades
from rbmlib.mode_tracking.newick import check_names, quote

CHARACTERS = (
    "abzABZ019..--__''  \"[]()[]:;,&&\\/{}=<>#%*+|!?@^~`$"
    "éßıΩжאعक日本\u0301\u00a0\u3000\u200b\u202e\ufeff🌲"
)
NAMES = (
    "East Asian", "a_b", "it's", "O''Brien", "5'", "[&R]", "[&&NHX:S=x]", "a:b", "a,b",
    "a;b", "(a)", "[", "]", "7", "007", "1e5", "-1", "1.5", "-", ".", "nan", "None",
    "&", "a&b", '"', 'a"b', "{x}", "a\\b", "#1", " a", "a ", "  ", "a  b", "_", "日本",
    "e\u0301", "é", "\u200b", "\u00a0", "🌲", ", ", "a, b", "x:1", "::", "()", "A", "a",
)  # fmt: skip


def names(rng, n):
    """Return n different names that `check_names` takes, of the list or random."""
    found = []
    while len(found) < n:
        name = str(rng.choice(NAMES))
        if rng.random() < 0.6:
            name = "".join(rng.choice(list(CHARACTERS), rng.integers(1, 9)))
        try:
            found = check_names([*found, name], len(found) + 1)
        except ValueError:
            continue
    return found


def tree(rng, n_leaves):
    """Return a random `ModeTree`, also of lonely branches, forests and no length."""
    sizes = [n_leaves]
    while sizes[-1] > 1 and rng.random() < 0.9:
        sizes.append(int(rng.integers(1, sizes[-1])))
    levels = []
    for k, size in enumerate(sizes):
        up = np.zeros(size, np.int64)
        if k + 1 < len(sizes):  # each mode of the next level has a child
            up = rng.permutation(np.r_[np.arange(sizes[k + 1]), up][:size])
        m_v = rng.random((size, 3)) * 10.0 ** rng.integers(-8, 9)
        levels.append(Level(len(sizes) - k, m_v, up))
    ages = np.arange(len(sizes), 0, -1)
    of = np.arange(n_leaves)
    return ModeTree(tuple(levels), of, ages, np.array(sizes), {}, order=2, eps=0.1)


def branches(modes, labels):
    """Return {leaves below a branch: its length} as the levels of a tree have it."""
    parts = {}
    for k in range(len(modes.levels)):
        leaves, lengths = modes.mode_of_leaf(k), modes.branch_lengths(k)
        for mode, length in enumerate(lengths):
            below = frozenset(labels[i] for i in np.flatnonzero(leaves == mode))
            parts.setdefault(below, []).append(length)
    return {g: math.fsum(x) for g, x in parts.items() if len(g) < len(labels)}


# ---------------------------------------------------------------- the libraries


def biopython(text):
    from Bio import Phylo

    nodes = list(Phylo.read(io.StringIO(text), "newick").find_clades())
    return [([x.name for x in n.get_terminals()], n.branch_length) for n in nodes[1:]]


def dendropy(text):
    import dendropy

    read = dendropy.Tree.get(
        data=text, schema="newick", case_sensitive_taxon_labels=True
    )
    nodes = [n for n in read.preorder_node_iter() if n.parent_node is not None]
    return [([x.taxon.label for x in n.leaf_iter()], n.edge.length) for n in nodes]


def ete4(text):
    import ete4

    nodes = [n for n in ete4.Tree(text, parser=1).traverse() if not n.is_root]
    return [(list(n.leaf_names()), n.dist) for n in nodes]


def scikit_bio(text):
    import skbio

    nodes = skbio.TreeNode.read(io.StringIO(text), format="newick").preorder()
    below = [([x.name for x in n.tips(include_self=True)], n.length) for n in nodes]
    return below[1:]


def treeswift(text):
    import treeswift

    read = treeswift.read_tree_newick(text)
    nodes = [n for n in read.traverse_preorder() if not n.is_root()]
    return [([x.label for x in n.traverse_leaves()], n.edge_length) for n in nodes]


def toytree(text):
    import toytree

    nodes = [n for n in toytree.tree(text).treenode.traverse() if not n.is_root()]
    return [(n.get_leaf_names(), n.dist) for n in nodes]


LIBRARIES = {
    "biopython": biopython,
    "dendropy": dendropy,
    "ete4": ete4,
    "scikit-bio": scikit_bio,
    "treeswift": treeswift,
    "toytree": toytree,
}
# What a library makes of a name; toytree can be asked for plain names only.
KNOWN = {"treeswift": lambda name: name.replace("'", "")}
PLAIN_ONLY = ("toytree",)


def alike(library, text, expected):
    """Return whether a library reads the branches of a tree as they are."""
    made = KNOWN.get(library, str)
    expected = Counter(
        (tuple(sorted(map(made, g))), length) for g, length in expected.items()
    )
    try:
        found = LIBRARIES[library](text)
    except Exception as error:  # whatever it is, the tree was not read
        print(f"{library}: {type(error).__name__} on {text}")
        return False
    found = Counter((tuple(sorted(map(str, g))), length) for g, length in found)
    if found != expected:
        print(f"{library}: {text} read as {sorted(found)}")
    return found == expected


def cases(n_trees, seed=0):
    """Yield texts of random trees, their branches, and whether all names are plain."""
    rng = np.random.default_rng(seed)
    for k in range(n_trees):
        modes = tree(rng, int(rng.integers(2, 15)))
        labels = names(rng, modes.n_leaves)
        if k % 4 == 0:
            labels = [f"{name}-{i}.x" for i, name in enumerate("aé日Ω7b9z" * 2)]
            labels = labels[: modes.n_leaves]
        plain = all(quote(name) == name for name in labels)
        text = modes.newick(labels)
        expected = branches(modes, labels)
        own = {g for g in expected if len(g) > 1} | {frozenset(labels)}
        if clades(text) != own:
            raise AssertionError(f"our own reader reads {text} as {clades(text)}")
        yield text, expected, plain


def main():
    n_trees = int(sys.argv[1]) if sys.argv[1:] else 1000
    asked, right = Counter(), Counter()
    for text, expected, plain in cases(n_trees):
        for library in LIBRARIES:
            try:
                version(library)
            except ModuleNotFoundError:
                continue
            if plain or library not in PLAIN_ONLY:
                asked[library] += 1
                right[library] += alike(library, text, expected)
    print(f"{n_trees} trees, all read by our own reader")
    for library in asked:
        print(f"{library} {version(library)}: {right[library]} of {asked[library]}")
    return right != asked


if __name__ == "__main__":
    sys.exit(main())
