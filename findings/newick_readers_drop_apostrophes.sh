#!/usr/bin/env bash
# treeswift 1.1.51 and Biopython 1.88: apostrophes of a quoted name are lost.
#
# In Newick an apostrophe inside a quoted name is written twice.  treeswift drops it, so
# that two leaves may get the same name.  Biopython keeps it in the middle, but starts a
# name anew where the name begins with one: "'a" is read as "a", and two apostrophes
# alone as the empty name.
#
# Exits with 0 if these versions still behave so, with 1 if not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  treeswift==1.1.51 biopython==1.88
cd "$folder"
cat > look.py <<'END'
import io
import sys
from importlib.metadata import version

import treeswift
from Bio import Phylo


def by_treeswift(text):
    leaves = treeswift.read_tree_newick(text).traverse_leaves()
    return sorted(leaf.label for leaf in leaves)


def by_biopython(text):
    leaves = Phylo.read(io.StringIO(text), "newick").get_terminals()
    return sorted(leaf.name for leaf in leaves)


CASES = [
    ("treeswift", by_treeswift, "('it''s':1,its:2);", ["it's", "its"], ["its", "its"]),
    ("biopython", by_biopython, "('''a':1,b:2);", ["'a", "b"], ["a", "b"]),
    ("biopython", by_biopython, "('''''':1,b:2);", ["''", "b"], ["", "b"]),
]
same = True
for package, read, text, expected, recorded in CASES:
    seen = read(text)
    print(f"{package} {version(package)}: {text}")
    print(f"   expected: {expected}")
    print(f"   seen:     {seen}")
    same = same and seen == recorded
print("as recorded" if same else "THE BEHAVIOUR HAS CHANGED")
sys.exit(not same)
END
venv/bin/python -W ignore look.py
