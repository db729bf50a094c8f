"""The fast path of an update: the bits of the general one, in any division of work."""

import numpy as np
import pytest

from rbmlib import randomness, sampling, training
from rbmlib.grid import MAX_STEPS, grid_exponent
from rbmlib.rbm import RBM
from rbmlib.sampling.kernels import bit_machine, rounding
from rbmlib.training import compiled_update, held, update_kernel
from rbmlib.training import run as runs
from rbmlib.units import BINARY, GAUSSIAN, SPIN

SIZES = [(1, 1), (5, 3), (17, 33), (64, 64), (130, 47)]
UNITS = [(BINARY, BINARY), (BINARY, SPIN), (SPIN, BINARY), (SPIN, SPIN)]
ROWS = [(10, 7), (33, 100), (1, 1)]  # samples and chains of an update


def begin(size, units, **how):
    """Return a run of age 0, and its data."""
    machine = RBM.random(*size, scale=0.4, bias_scale=0.4, seed=1).on_grid()
    machine = RBM(machine.W, machine.a, machine.b, *units)
    data = sampling.random_start(machine, 2 * how["batch_size"] + 3, seed=2)
    how = {"learning_rate": 0.1, "seed": 5} | how
    return training.begin(machine, data, **how), data


def trained(size, units, n_updates=4, n_threads=1, **how):
    run, data = begin(size, units, **how)
    return training.resume(
        run, data, n_updates=n_updates, checkpoints=[1], progress=False,
        n_threads=n_threads,
    )  # fmt: skip


def by_the_general_path(monkeypatch, *arguments, **how):
    with monkeypatch.context() as patch:
        patch.setattr(runs, "compiled_update", lambda *_: None)
        return trained(*arguments, **how)


def assert_same(found, expected):
    assert all(np.array_equal(found.state[x], expected.state[x]) for x in "Wab")
    assert found[-1] == expected[-1]
    assert np.array_equal(found.chains, expected.chains)


def count_calls(monkeypatch):
    """Return a list to which each call of the kernel adds what it was to do."""
    update, calls = update_kernel.update, []

    def counted(what, *arguments):
        calls.append(what)
        return update(what, *arguments)

    monkeypatch.setattr(update_kernel, "update", counted)
    return calls


@pytest.mark.parametrize("units", UNITS, ids=repr)
@pytest.mark.parametrize("method", compiled_update.METHODS)
def test_the_bits_are_those_of_the_general_path(method, units, monkeypatch):
    for i, size in enumerate(SIZES):
        batch_size, n_chains = ROWS[i % len(ROWS)] if i < 4 else (20, 17)
        how = {
            "method": method,
            "k": 1 + i % 3,
            "batch_size": batch_size,
            "n_chains": batch_size if method == "cd" else n_chains,
            "centred": i % 2 == 0,
        }
        calls = count_calls(monkeypatch)
        found = trained(size, units, **how)
        monkeypatch.undo()
        assert calls == [update_kernel.WHOLE] * 4
        assert_same(found, by_the_general_path(monkeypatch, size, units, **how))


@pytest.mark.parametrize("n_threads", [1, 2, 3, 10**9])
@pytest.mark.parametrize("method", compiled_update.METHODS)
def test_pieces_and_threads_change_no_bit(method, n_threads, monkeypatch):
    how = {"method": method, "k": 5, "batch_size": 70, "n_chains": 70}
    expected = trained((33, 17), (SPIN, BINARY), **how)
    monkeypatch.setattr(compiled_update, "WORK", 0)
    monkeypatch.setattr(compiled_update, "WORTH_A_THREAD", 1)
    monkeypatch.setattr(update_kernel, "BLOCK", 16)
    monkeypatch.setattr(bit_machine, "SWEEPS", 2)
    calls = count_calls(monkeypatch)
    found = trained((33, 17), (SPIN, BINARY), n_threads=n_threads, **how)
    assert calls.count(update_kernel.SWEEP) >= 4 * 5 * 3  # blocks of 16, 2 + 2 + 1
    assert_same(found, expected)


def test_a_grid_that_is_not_known_at_once_is_found(monkeypatch):
    how = {"k": 2, "batch_size": 9, "n_chains": 8}
    expected = trained((12, 7), (BINARY, SPIN), n_updates=9, **how)
    update, calls = update_kernel.update, []

    def now_and_then(what, *arguments):
        calls.append(what)
        if len(calls) in (1, 2, 5):
            return False, 0.0, 0.0, 0.0
        return update(what, *arguments)

    monkeypatch.setattr(update_kernel, "update", now_and_then)
    assert_same(trained((12, 7), (BINARY, SPIN), n_updates=9, **how), expected)
    assert len(calls) == 9


def test_a_run_is_resumed_to_the_same_bits(monkeypatch):
    how = {"k": 2, "batch_size": 9, "n_chains": 8}
    whole = trained((12, 7), (BINARY, SPIN), n_updates=6, **how)
    part, data = begin((12, 7), (BINARY, SPIN), **how)
    for age, fast in ((1, True), (3, False), (6, True)):
        with monkeypatch.context() as patch:
            if not fast:
                patch.setattr(runs, "compiled_update", lambda *_: None)
            part = training.resume(
                part, data, n_updates=age, checkpoints=[1], progress=False
            )
    assert_same(part, whole)


def test_the_general_path_is_taken_where_it_must():
    settings = {
        "data_sha256": "", "method": "pcd", "k": 1, "batch_size": 5, "n_chains": 20,
        "learning_rate": 0.1, "seed": 0, "centred": True,
    }  # fmt: skip
    bits = held.HeldBits(np.ones((5, 3), np.float32), 0)

    def serves(data=bits, hidden=BINARY, shape=(3, 4), **other):
        chosen = settings | other, data, BINARY, hidden, shape, 1
        return compiled_update.compiled_update(*chosen) is not None

    assert serves() and serves(shape=(64, 64)) and serves(method="cd")
    assert not serves(method="exact") and not serves(unheard_of=1)
    assert not serves(hidden=GAUSSIAN) and not serves(shape=(64, 65))
    assert serves(shape=(64, 65), batch_size=16)
    assert not serves(data=held.Held(np.ones((5, 3), np.float32)))


# ---------------------------------------------------------------- its parts


def test_layers_are_on_the_grid_of_the_machine():
    for size in (*SIZES, (33, 500)):
        for scale in (1e-14, 1e-4, 0.3, 20.0):
            rbm = RBM.random(*size, scale=scale, bias_scale=scale, seed=0)
            grid = rbm.on_grid()
            found = bit_machine.BitMachine(rbm.W, rbm.a, rbm.b, BINARY.bits, SPIN.bits)
            for layer, W, bias in (
                (found._to_h, grid.W, grid.b),
                (found._to_v, grid.W.T, grid.a),
            ):
                assert np.array_equal(layer.W[: W.shape[0], : W.shape[1]], W)
                assert np.array_equal(layer.bias[: bias.size], bias)
                assert np.count_nonzero(layer.W) == np.count_nonzero(W)  # the padding


def test_a_grid_is_never_guessed():
    # Sums around the largest that fit: certain, or not known.
    for n in (1, 30, 2000):
        for near in (-3.0, -0.6, -0.4, 0.4, 0.6, 3.0):
            largest = (MAX_STEPS + near * n) / 2.0**12
            W = np.full((n, 1), largest / n)
            exponent = rounding.exponent_of(largest, n)
            expected = grid_exponent(W, np.zeros(n), np.zeros(1))
            assert exponent in (expected, rounding.NOT_KNOWN)
            slack = 0.5 * (n + 1) + 1  # what rounding can add, and one more
            assert (exponent == rounding.NOT_KNOWN) == (abs(near * n) < slack)
    assert rounding.exponent_of(0.0, 5) == 40
    assert rounding.exponent_of(2.0**17, 5) == rounding.NOT_KNOWN


def test_the_order_of_an_epoch_is_that_of_the_draws():
    for n in (0, 1, 2, 7, 1000):
        for seed, epoch in ((0, 0), (2**63 + 5, 2**32 - 1)):
            draws = randomness.draws(seed, randomness.SHUFFLE, epoch, [0], max(n, 1))
            expected = np.argsort(draws[0, :n], kind="stable")
            assert np.array_equal(randomness.permutation(seed, epoch, n), expected)
