#!/usr/bin/env bash
# toytree 3.0.11, DendroPy 5.1.3, scikit-bio 0.7.4: a mark between quotes is read as one.
#
# In Newick a name with a comma, a colon or a bracket stands between single quotes, and
# the mark is part of it.  toytree splits such a name, so that the tree has another leaf
# with an invented length, keeps the quotes as part of every quoted name, and drops
# blanks between them.  DendroPy and scikit-bio read quoted names of several characters
# rightly, but compare a token with the marks after its quotes are gone: the name ','
# alone becomes two leaves without a name, and ':' an error.
#
# Exits with 0 if these versions still behave so, with 1 if not.  Needs Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  toytree==3.0.11 dendropy==5.1.3 scikit-bio==0.7.4
cd "$folder"
cat > look.py <<'END'
import io
import sys
from importlib.metadata import version

import dendropy
import skbio
import toytree


def by_toytree(text):
    leaves = toytree.tree(text).treenode.iter_leaves()
    return [(leaf.name, leaf.dist) for leaf in leaves]


def by_dendropy(text):
    leaves = dendropy.Tree.get(data=text, schema="newick").leaf_nodes()
    names = [leaf.taxon.label if leaf.taxon else None for leaf in leaves]
    return [(name, leaf.edge.length) for name, leaf in zip(names, leaves)]


def by_skbio(text):
    leaves = skbio.TreeNode.read(io.StringIO(text), format="newick").tips()
    return [(leaf.name, leaf.length) for leaf in leaves]


two = [(None, None), (None, 1.5), ("b", 0.25)]
CASES = [
    ("toytree", by_toytree, "('x,y':1.5,b:0.25);",
     [("'x", 1.0), ("y'", 1.5), ("b", 0.25)]),
    ("toytree", by_toytree, "('x y':1.5,b:0.25);", [("'xy'", 1.5), ("b", 0.25)]),
    ("dendropy", by_dendropy, "(',':1.5,b:0.25);", two),
    ("scikit-bio", by_skbio, "(',':1.5,b:0.25);", two),
]
same = True
for package, read, text, recorded in CASES:
    seen = read(text)
    name = text[2 : text.index("'", 2)]
    print(f"{package} {version(package)}: {text}")
    print(f"   expected: {[(name, 1.5), ('b', 0.25)]}")
    print(f"   seen:     {seen}")
    same = same and seen == recorded
print("as recorded" if same else "THE BEHAVIOUR HAS CHANGED")
sys.exit(not same)
END
venv/bin/python -W ignore look.py
