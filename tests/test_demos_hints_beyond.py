"""The hints of the presets of chapters 8 and 9: see test_demos_hints.py."""

from itertools import combinations

import numpy as np
import pytest

from preset_hints import Hints, state
from rbmlib import cascade, enumeration
from rbmlib.demos import Cascade, Couplings
from rbmlib.demos.couplings import SPINS
from rbmlib.effective_couplings import couplings
from rbmlib.units import SPIN

hint = Hints(Couplings, Cascade)
STATES = enumeration.all_states(SPIN, SPINS)
END = 2000
TRIPLE = 0, 2, 3


# Couplings appear


def divergence(demo, logs):
    """Return Σ p log(p/q) from what is planted, for a law given by its logarithms."""
    log_p = demo.planted().log_probability(STATES)
    return float(np.exp(log_p) @ (log_p - logs + np.logaddexp.reduce(logs)))


def of_machine(demo, machine):
    return divergence(demo, -machine.free_energy(STATES))


def of_pairs(demo):
    J, a = demo.pair_model()
    return divergence(demo, ((STATES @ J) * STATES).sum(1) / 2 + STATES @ a)


def planted_pairs(demo, machine):
    (sets, values), J = demo.planted().pairs, couplings(machine, 2)
    return J[tuple(sets.T)] * np.sign(values)


def triple(machine):
    return couplings(machine, 3)[TRIPLE]


@hint(Couplings, "pairs, then a triple")
def _(demo):
    run = demo.learn(END, checkpoints=[50])
    young, grown = run.at(50), run.at(1000)
    pairs = planted_pairs(demo, young)
    assert len(pairs) == 4 and pairs.min() > 0.25
    assert triple(young) < 0.1 and triple(grown) > 0.3
    assert of_pairs(demo) > 5 * of_machine(demo, run[-1])


@hint(Couplings, "no hidden biases")
def _(demo):
    young = demo.learn(200)[-1]
    assert planted_pairs(demo, young).min() > 0.3 and triple(young) < 0.05
    own = state(Couplings, "no hidden biases") | {"bias": 0.5}
    assert triple(Couplings(**own).learn(200)[-1]) > 3 * triple(young)
    assert triple(demo.learn(1000)[-1]) > 0.3


@hint(Couplings, "a triple alone")
def _(demo):
    machine, pairs = demo.learn(1000)[-1], demo.pair_model()
    assert max(np.abs(pairs.J).max(), np.abs(pairs.a).max()) < 0.05
    assert triple(machine) > 0.3
    others = [
        couplings(machine, order)[members]
        for order in (1, 2, 3)
        for members in combinations(range(SPINS), order)
        if members != TRIPLE
    ]
    assert np.abs(others).max() < 0.1


@hint(Couplings, "two hidden units")
def _(demo):
    machine = demo.learn(END)[-1]
    assert not any(demo.pairs) and triple(machine) < demo.triple / 2
    assert np.abs(couplings(machine, 2)).max() > 0.9 * triple(machine)


@hint(Couplings, "few samples")
def _(demo):
    own = state(Couplings, "few samples")
    far = of_machine(demo, demo.learn(END)[-1])
    many = Couplings(**own | {"n_samples": 4000})
    assert far > 8 * of_machine(many, many.learn(END)[-1])
    largest = set()
    for seed in range(3):
        one = Couplings(**own | {"seed": seed})
        J = np.abs(np.triu(couplings(one.learn(END)[-1], 2)))
        J[tuple(one.planted().pairs.sets.T)] = 0
        assert J.max() > 0.1
        largest.add(int(J.argmax()))
    assert len(largest) > 1


# There and back


def area(demo, **changes):
    own = {name: getattr(demo, name) for name in demo.settings()}
    return Cascade(**own | changes).loop()[2]


@hint(Cascade, "a loop that stays open")
def _(demo):
    m = cascade.overlaps(demo.n_spins)
    assert abs(demo.data()[m > 0].sum() - 0.8) < 0.01
    forward, backward = demo.laws()
    assert forward[-1][m < 0].sum() < 0.05
    assert backward[-1][m < 0].sum() > 0.19 and backward[18][m < 0].sum() > 0.19
    w, a = demo.replayed()
    two = ~np.isnan([cascade.phases(*age)[1] for age in zip(w, a, strict=True)])
    assert np.flatnonzero(two)[0] * demo.length / 40 == 140
    assert round(demo.loop()[2], 2) == 0.21 and area(demo, k=128) > 0.18


@hint(Cascade, "a loop that closes")
def _(demo):
    there, back, closed = demo.loop()
    worst = np.abs(back - there).argmax()
    passes = np.flatnonzero(demo.path().w > 1)[0]
    assert closed < 0.002 and abs(worst - passes) <= 2
    assert area(demo, k=1) > 0.09


@hint(Cascade, "a low barrier")
def _(demo):
    first = state(Cascade, "a loop that stays open")
    assert demo.field == first["field"] and demo.n_spins == 20
    assert demo.loop()[2] < 0.02 and area(demo, k=128) < 0.001


@hint(Cascade, "data without order")
def _(demo):
    w = demo.path().w
    assert abs(w[-1] - 0.7**0.5) < 0.005 and (np.diff(w) > 0).all()
    assert demo.k == 1 and abs(demo.loop()[2]) < 0.002


@pytest.mark.parametrize(("demo", "label"), hint.presets, ids=hint.names)
def test_a_hint_says_what_is_seen(demo, label):
    hint.check(demo, label)


def test_every_preset_has_a_check():
    assert set(hint.checks) == set(hint.presets)
