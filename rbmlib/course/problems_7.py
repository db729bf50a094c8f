"""Problems of chapter 7: modes, and their tree."""

import functools
import math

import numpy as np
from scipy.optimize import brentq

from rbmlib import datasets, enumeration, mean_field, mode_tracking, trained
from rbmlib.course.problem import COUNTED, EXACT, Problem
from rbmlib.rbm import RBM

AGES = (4804, 6080, 7695, 9738, 12323, 15595)


@functools.lru_cache(maxsize=256)
def _count(age, first, n, order=1):
    machine = _stored().at(age)
    some = datasets.load("digits").train[first : first + n]
    return len(mode_tracking.find_modes(machine, some, order=order))


@functools.cache
def _stored():
    return trained.load("digits").trajectory


COUNT = Problem(
    "P7.1",
    "Modes of a trained machine",
    "bits",
    """
How many modes does naive mean field find in the stored machine

```
machine = trained.load("digits").trajectory.at({age})
```

from the {n} training digits that begin with number {first},
`digits.train[{first}:{first} + {n}]`? (`mode_tracking.find_modes` iterates and groups
them; its rows are the modes.)
""",
    "",
    lambda d: {
        "age": d.one_of(AGES),
        "first": d.integer(1, 1200),
        "n": d.integer(60, 200),
    },
    _count,
    "len(mode_tracking.find_modes(machine, some, order=1))",
    {
        "TAP, the default order": lambda **x: _count(**x, order=2),
        "the digits, not the modes": lambda age, first, n: n,
        "one mode a class": lambda **x: 10,
    },
    reason=EXACT,
)


def _reaction(n_v, n_h, w, p, q):
    return n_v * n_h * w**2 * p * (1 - p) * q * (1 - q) / 2


REACTION = Problem(
    "P7.2",
    "What the second order adds",
    "paper",
    """
A machine of {n_v} visible and {n_h} hidden {{0, 1}} units has all weights equal to
{w}. Its means are held at {p} (visible units) and {q} (hidden units). By how much is
−F of TAP larger than −F of naive mean field?
""",
    "nats",
    lambda d: {
        "n_v": d.integer(20, 100),
        "n_h": d.integer(10, 60),
        "w": d.real(0.05, 0.4),
        "p": d.real(0.1, 0.4),
        "q": d.real(0.1, 0.45),
    },
    _reaction,
    "½ Σ W² A B with A = p(1 − p), B = q(1 − q)",
    {
        "the factor ½ left out": lambda **x: 2 * _reaction(**x),
        "W in the place of W²": lambda w, **x: _reaction(w=w, **x) / w,
        "means for variances": lambda n_v, n_h, w, p, q: n_v * n_h * w**2 * p * q / 2,
        "one unit of each layer": lambda n_v, n_h, **x: _reaction(1, 1, **x),
    },
)


def _errors(w, a, b, order):
    """Return the errors of the visible and of the hidden mean of mean field."""
    machine = RBM([[w]], [a], [b])
    point = mean_field.fixed_points(machine, [0.5], order=order, tol=1e-10)
    v, h, _ = enumeration.moments(machine)
    return float(point.m_v[0, 0] - v[0]), float(point.m_h[0, 0] - h[0])


def _draw_naive(d):
    numbers = {name: d.real(-2, 0, 1) for name in "ab"} | {"w": d.real(1.5, 3.5, 1)}
    return numbers if abs(_errors(**numbers, order=1)[0]) > 0.01 else None


NAIVE = Problem(
    "P7.3",
    "An echo taken for news",
    "code",
    """
A machine has one visible and one hidden {{0, 1}} unit, the weight {w} and the biases
{a} (visible) and {b} (hidden). Iterate naive mean field from the mean ½ to its fixed
point. By how much is its mean of the *visible* unit larger (+) or smaller (−) than
the exact one?
""",
    "",
    _draw_naive,
    lambda **x: _errors(**x, order=1)[0],
    "mean_field.fixed_points(RBM([[w]], [a], [b]), [0.5], order=1).m_v less P(v = 1)",
    {
        "TAP, the default order": lambda **x: _errors(**x, order=2)[0],
        "the hidden unit": lambda **x: _errors(**x, order=1)[1],
        "the sign reversed": lambda **x: -_errors(**x, order=1)[0],
    },
    absolute=3e-4,
    reason="the answer is a difference of two means that are printed with few digits",
)


def _mode(w):
    return brentq(lambda m: m - math.tanh(w * m), 0.05, 1)


OWN = Problem(
    "P7.4",
    "Stable, although w is above 1",
    "paper",
    """
The uniform ±1 machine of strength w = {w}, with equal layers and no fields, has in
naive mean field a mode with m > 0. What is the layer susceptibility χ *at this mode*?
""",
    "",
    lambda d: {"w": d.real(1.1, 2.5, 3)},
    lambda w: w * (1 - _mode(w) ** 2),
    "m = tanh(w m) in both layers, all variances 1 − m²: χ = w(1 − m²), below 1",
    {
        "the variances at m = 0, χ = w": lambda w: w,
        "both layers' variances without the root": lambda w: (
            w * (1 - _mode(w) ** 2) ** 2
        ),
        "1 − m in the place of 1 − m²": lambda w: w * (1 - _mode(w)),
        "m": _mode,
    },
)


def _leaves(**counts):
    """Return the table of counts: a row for each leaf, a column for each label."""
    return np.array(list(counts.values())).reshape(3, 3)


def _purity(**counts):
    table = _leaves(**counts)
    return table.max(1).sum() / table.sum()


PURITY = Problem(
    "P7.5",
    "How pure is a tree?",
    "paper",
    """
A tree has three leaves. Of the labels A, B and C the first leaf holds {a1}, {b1} and
{c1} samples, the second {a2}, {b2} and {c2}, the third {a3}, {b3} and {c3}. What is
the purity?
""",
    "",
    lambda d: {f"{x}{i}": d.integer(0, 60) for i in (1, 2, 3) for x in "abc"},
    _purity,
    "the largest number of each leaf, added up, over all samples",
    {
        "the mean of the leaves' purities": lambda **x: np.mean(
            _leaves(**x).max(1) / _leaves(**x).sum(1)
        ),
        "each label's largest leaf": lambda **x: (
            _leaves(**x).max(0).sum() / _leaves(**x).sum()
        ),
        "each leaf one label, as well as can be": lambda **x: _matched(_leaves(**x)),
    },
)


def _matched(table):
    orders = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    best = max(table[range(3), order].sum() for order in orders)
    only = best < table.max(1).sum()
    return best / table.sum() if only else math.nan  # else it is no mistake


LEAVES = "ABCDEFGH"


def _random_tree(d):
    """Join two or three groups at a time; return the tree in Newick format."""
    groups = list(LEAVES)
    while len(groups) > 3:
        n = d.one_of((2, 2, 3))
        some = [groups.pop(d.integer(0, len(groups) - 1)) for _ in range(n)]
        groups.append(f"({','.join(some)})")
    return f"({','.join(groups)});"


def _exchanged(d, tree):
    """Return a tree in which a few pairs of leaves have changed places."""
    for _ in range(d.integer(1, 3)):
        one, other = (d.one_of(LEAVES) for _ in range(2))
        tree = tree.translate(str.maketrans(one + other, other + one))
    return tree


def _groups(tree):
    """Return the groups of a tree without that of all leaves."""
    return {group for group in mode_tracking.clades(tree) if len(group) < len(LEAVES)}


def _only_one(x, y):
    return int(mode_tracking.robinson_foulds(x, y))


def _draw_trees(d):
    x = _random_tree(d)
    y = _exchanged(d, d.one_of((x, _random_tree(d))))
    return {"x": x, "y": y} if _only_one(x, y) > 0 else None


TREES = Problem(
    "P7.6",
    "Two trees",
    "paper",
    """
Two rooted trees have the same eight leaves:

```
{x}
{y}
```

What is their Robinson–Foulds distance: how many groups of leaves has one tree and not
the other?
""",
    "",
    _draw_trees,
    _only_one,
    "list the groups of each tree; mode_tracking.robinson_foulds(first, second) counts",
    {
        "half of it": lambda **x: _only_one(**x) // 2,
        "the groups that both have": lambda x, y: len(_groups(x) & _groups(y)),
        "all groups of the two trees": lambda x, y: len(_groups(x)) + len(_groups(y)),
        "the groups of the first only": lambda x, y: len(_groups(x) - _groups(y)),
    },
    reason=COUNTED,
)

PROBLEMS = (COUNT, REACTION, NAIVE, OWN, PURITY, TREES)
