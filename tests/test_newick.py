"""Trees as text: what we write is read as it is, and what is no tree is refused."""

from importlib.util import find_spec

import numpy as np
import pytest

import check_newick
from rbmlib import datasets
from rbmlib.mode_tracking import Level, ModeTree, clades, robinson_foulds
from rbmlib.mode_tracking.newick import check_names, length_text, quote
from rbmlib.mode_tracking.parsing import parse

MODULES = {"biopython": "Bio", "scikit-bio": "skbio"}
DEEP = 10_000


def forest(n_leaves, m_v=0.0):
    levels = (Level(5, np.full((n_leaves, 3), m_v), np.zeros(n_leaves, int)),)
    of = np.arange(n_leaves)
    return ModeTree(levels, of, np.array([5]), np.array([n_leaves]), {}, 1, 0.1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a-1.b", "a-1.b"),
        ("007", "007"),
        ("-1", "-1"),
        ("日本é", "日本é"),
        ("a_b", "'a_b'"),
        ("a b", "'a b'"),
        ("it's", "'it''s'"),
        ("[&R]", "'[&R]'"),
        ("a+b", "'a+b'"),
        ("e\u0301", "'e\u0301'"),  # a letter and an accent
    ],
)
def test_names_are_quoted_unless_they_are_plain(name, text):
    assert quote(name) == text
    assert clades(f"({quote(name)},x);") == {frozenset([name, "x"])}


def test_every_tree_that_we_write_is_read_back():
    for text, expected, _ in check_newick.cases(200, seed=1):  # our reader, inside
        leaves, _ = parse(text, "text")
        assert frozenset(leaves) == frozenset().union(*expected)


@pytest.mark.parametrize("library", check_newick.LIBRARIES)
def test_other_libraries_read_the_trees_that_we_write(library):
    module = MODULES.get(library, library)
    if find_spec(module) is None:
        pytest.skip(f"{library} is not installed")
    for text, expected, plain in check_newick.cases(40, seed=2):
        if plain or library not in check_newick.PLAIN_ONLY:
            assert check_newick.alike(library, text, expected)


def test_the_comparison_sees_another_name_length_or_group(monkeypatch):
    read = {"(a:1,b:2);": [(["a"], 1.0), (["b"], 2.0)]}
    monkeypatch.setitem(check_newick.LIBRARIES, "one", read.__getitem__)
    a, b = frozenset("a"), frozenset("b")
    assert check_newick.alike("one", "(a:1,b:2);", {a: 1.0, b: 2.0})
    assert not check_newick.alike("one", "(a:1,b:2);", {a: 1.0, b: 2.5})
    assert not check_newick.alike("one", "(a:1,b:2);", {a: 1.0})
    assert not check_newick.alike("one", "(a:1,b:2);", {a: 1.0, frozenset("c"): 2.0})
    assert not check_newick.alike("one", "no tree", {a: 1.0, b: 2.0})


@pytest.mark.parametrize("length", [0.1 + 0.2, 1e-7, 5e-324, 1e22, 1.0, 0.0, 1 / 3])
def test_lengths_have_all_digits_and_no_exponent(length):
    text = length_text(length)
    assert float(text) == length and "e" not in text
    tree = forest(2)
    assert float(length_text(np.float32(0.1))) == np.float32(0.1)
    assert tree.newick() == "(0:0,1:0);"


@pytest.mark.parametrize("mean", [np.nan, np.inf, 1e101])
def test_a_length_that_is_no_number_is_refused(mean):
    with pytest.raises(ValueError, match="length of a branch must be finite, got "):
        length_text(mean * 1e300)
    with pytest.raises(ValueError, match="m_v must hold finite numbers"):
        forest(2, mean)


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        (["a", "a"], ValueError, r"names must not have a name twice, got \['a'\]"),
        (["a", "b", "c"], ValueError, "names must be 2 names, got 3"),
        (["a", ""], ValueError, "names must not be empty, got ''"),
        (["a", "b\n"], ValueError, r"control characters .* got 'b\\n'"),
        (["a", "b\u2028"], ValueError, "ends of lines"),
        (["a", "\ud800"], ValueError, "control characters"),
        (["a", ":"], ValueError, "a mark of Newick alone, got ':'"),
        (["a", "'b"], ValueError, "start with an apostrophe"),
        (["a", "b\\"], ValueError, "a backslash"),
        (["a", "b\\'c"], ValueError, "a backslash"),
        (["a", 7], TypeError, r"names\[1\] must be a text, got 7"),
        ("ab", TypeError, "names must be a sequence of texts, got 'ab'"),
        ({"a", "b"}, TypeError, "names must be a sequence of texts"),
    ],
)
def test_names_that_a_reader_would_lose_are_refused(names, error, message):
    with pytest.raises(error, match=message):
        forest(2).newick(names)


def test_names_may_be_any_sequence_of_texts():
    assert check_names(np.array(["a", "b"]), 2) == ["a", "b"]
    assert forest(2).newick(iter("ab")) == "(a:0,b:0);"


# The reader


def test_robinson_foulds_counts_groups():
    a = "(((a:1,b:2):1,c:1):2,(d,e)x:1);"
    assert robinson_foulds(a, "((d,e),(c,(b,a)));") == 0
    assert robinson_foulds(a, "((d,e),(b,(c,a)));") == 2
    assert robinson_foulds(a, "(a,b,c,d,e);") == 3
    assert robinson_foulds("(a,(b,c));", "(a,b,c);") == 1  # rooted
    assert robinson_foulds("((((a,b))),c);", "((a,b),(c));") == 0  # one child


@pytest.mark.parametrize("seed", range(20))
def test_robinson_foulds_is_the_difference_of_the_clades(seed):
    rng = np.random.default_rng(seed)

    def random_tree():
        nodes = [str(i) for i in rng.permutation(12)]
        while len(nodes) > 1:
            n = min(len(nodes), int(rng.integers(1, 4)))
            nodes = [f"({','.join(nodes[:n])})", *nodes[n:]]
            nodes = [nodes[i] for i in rng.permutation(len(nodes))]
        return nodes[0] + ";"

    a, b = random_tree(), random_tree()
    assert robinson_foulds(a, b) == len(clades(a) ^ clades(b))


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("[one (x,y)](a,b);", ["ab"]),
        ("(a[x[nested;]'] , b)[&R] ;  \n", ["ab"]),
        ("(a [x] : [y] 1e-3 [z],b:-.5)root:+1.;[end] ", ["ab"]),
        ("('a',b)'it''s';", ["ab"]),
        ("\n(a,\tb)\r\n;\n", ["ab"]),
        ("((a),b);", ["ab"]),
        ("a;", []),
    ],
)
def test_what_is_a_tree(text, groups):
    assert clades(text) == set(map(frozenset, groups))


def test_an_underscore_without_quotes_is_a_blank():
    assert clades("(a_b,'c_d');") == {frozenset(["a b", "c_d"])}


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("(East Asian,European);", "':', ',' or ')' at character 6", "'Asian'"),
        ("(a,b);(c,d);", "the end at character 6", r"'('"),
        ("(a,b)(c,d);", "a name, ':' or ';' at character 5", r"'('"),
        ("a,b;", "':' or ';' at character 1", "','"),
        ("(a,'b);", r"'(' or the name of a leaf at character 3", '"\'"'),
        ("(a,,b);", r"'(' or the name of a leaf at character 3", "','"),
        ("(a,b)", "a name, ':' or ';' at character 5", "the end"),
        ("((a,b);", r"a name, ':', ',' or ')' at character 6", "';'"),
        ("(a,b));", "a name, ':' or ';' at character 5", r"')'"),
        ("();", r"'(' or the name of a leaf at character 1", r"')'"),
        ("", r"'(' or the name of a leaf at character 0", "the end"),
        ("(a,b);x", "the end at character 6", "'x'"),
        ("(a:x,b);", "the length of a branch at character 3", "'x'"),
        ("(a:1e999,b);", "the length of a branch at character 3", "'1e999'"),
        ("(a:nan,b);", "the length of a branch at character 3", "'nan'"),
        ("(a:1:2,b);", r"',' or ')' at character 4", "':'"),
        ("(a,b[open);", r"a ']' to the '[' at character 4", r"'['"),
        ("(a,b]);", r"':', ',' or ')' at character 4", r"']'"),
        ("(a,b'c');", r"':', ',' or ')' at character 4", "\"'c'\""),
        (
            "('',b);",
            "a name of at least one character, none of control, at character 1",
            "\"''\"",
        ),
        (
            "('a\nb',c);",
            "a name of at least one character, none of control, at character 1",
            "\"'a",
        ),
        ("(a\u00a0b,c);", r"':', ',' or ')' at character 2", r"'\xa0'"),
    ],
)
def test_text_that_is_no_tree(text, expected, found):
    with pytest.raises(ValueError, match="^newick must be one tree") as caught:
        clades(text)
    assert f"expected {expected}" in str(caught.value)
    assert f"got {found}" in str(caught.value)


def test_other_leaves_are_refused():
    with pytest.raises(ValueError, match=r"same leaves, got \['c'\] in one"):
        robinson_foulds("(a,b);", "(a,b,c);")
    with pytest.raises(ValueError, match=r"second must not have a name twice.*'a b'"):
        robinson_foulds("(a,b);", "(a_b,'a b');")
    with pytest.raises(TypeError, match=r"first must be a tree as text, got b'\(a\);'"):
        robinson_foulds(b"(a);", "(a,b,c);")


def test_deep_trees_need_no_deep_recursion():
    lonely = "(" * DEEP + "a" + ")" * DEEP + ";"
    assert clades(lonely) == set() and robinson_foulds(lonely, "a;") == 0
    names = [f"n{i}" for i in range(DEEP)]
    comb = "(" * (DEEP - 1) + names[0] + "".join(f",{x})" for x in names[1:]) + ";"
    back = "(" * (DEEP - 1) + names[-1]
    back += "".join(f",{x})" for x in names[-2::-1]) + ";"
    assert robinson_foulds(comb, comb) == 0
    assert robinson_foulds(comb, back) == 2 * (DEEP - 2)  # all but the root's group
    sizes = range(1200, 0, -1)  # at each level the first two modes join
    levels = [
        Level(n, np.zeros((n, 1)), np.maximum(np.arange(n) - 1, 0)) for n in sizes
    ]
    tree = ModeTree(levels, np.arange(1200), sizes, sizes, {}, 1, 0.1)
    assert tree.newick().startswith("(" * 1199 + "0:0,1:0)")
    assert tree.leaf_order().tolist() == list(range(1200))


def test_the_tree_of_a_hierarchy_has_all_digits_and_any_depth():
    tree = datasets.hierarchy(2, 3, (2,), (1 / 3,), 0.1, 0).newick
    assert tree == "(0:0.3333333333333333,1:0.3333333333333333);"
    deep = datasets.hierarchy(2, 3, (1,) * 1100 + (2,), (1e-7,) * 1101, 0.1, 0).newick
    assert len(clades(deep)) == 1 and "e" not in deep
