"""The machine: check values, the maps between conventions, and what is refused."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from brute_force import DISCRETE_PAIRS, energy, random_machine, transposed, weights
from rbmlib.enumeration import all_states, moments
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Gaussian

ROW, COLUMN = np.arange(5), np.arange(3)
FIXED = np.sin(1 + ROW[:, None] + 2 * COLUMN), 0.1 * ROW - 0.2, 0.3 - 0.2 * COLUMN


@pytest.mark.parametrize(
    "visible, hidden, log_z",
    [
        (BINARY, BINARY, 5.9515748135),
        (SPIN, SPIN, 9.2204660084),
        (SPIN, BINARY, 6.7564359835),
    ],
)
def test_log_z_of_the_fixed_machine(visible, hidden, log_z):
    # Values computed once with a program that shares no code with this library.
    assert RBM(*FIXED, visible, hidden).log_z() == pytest.approx(log_z, abs=5e-11)


def test_means_free_energy_and_map_constant_of_the_fixed_machine():
    rbm = RBM(*FIXED)
    mean_v, mean_h, _ = moments(rbm)
    expected = [0.44424209, 0.48815301, 0.52278449, 0.53615160, 0.53738052]
    np.testing.assert_allclose(mean_v, expected, atol=5e-9)
    np.testing.assert_allclose(mean_h, [0.55501221, 0.38962830, 0.59230026], atol=5e-9)
    assert rbm.free_energy([1, 1, 0, 1, 0]) == pytest.approx(-2.2426960148, abs=5e-11)
    assert rbm.to_spin()[1] == pytest.approx(0.0998123865, abs=5e-11)


@pytest.mark.parametrize("pair", DISCRETE_PAIRS)
@pytest.mark.parametrize("seed", range(5))
def test_energies_and_conditionals_agree_with_loops(pair, seed):
    rbm = random_machine(seed, *pair)
    joint = weights(rbm)
    for (v, h), w in joint.items():
        assert rbm.energy(v, h) == pytest.approx(energy(rbm, v, h), abs=1e-12)
        assert rbm.energy(v, h) == pytest.approx(-np.log(w), abs=1e-12)
    for given, mean, axis in ((0, rbm.mean_h, 1), (1, rbm.mean_v, 0)):
        for state in {key[given] for key in joint}:
            some = {k: w for k, w in joint.items() if k[given] == state}
            average = sum(w * np.array(k[axis]) for k, w in some.items())
            np.testing.assert_allclose(
                mean(state), average / sum(some.values()), atol=1e-12
            )
    for h in {key[1] for key in joint}:
        marginal = sum(w for key, w in joint.items() if key[1] == h)
        free = rbm.hidden_free_energy(h)
        assert free == pytest.approx(-np.log(marginal), abs=1e-12)


@pytest.mark.parametrize("s2_v, s2_h", [(1.0, 1.0), (0.5, 2.0)])
def test_gaussian_pair_agrees_with_numerical_integration(s2_v, s2_h):
    rbm = RBM([[0.6]], [0.4], [-0.3], Gaussian(s2_v), Gaussian(s2_h))

    def weight(h, v):
        return np.exp(-rbm.energy([v], [h]))

    z, _ = dblquad(weight, -20, 20, -30, 30, epsabs=1e-9, epsrel=1e-9)
    assert rbm.log_z() == pytest.approx(np.log(z), abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_gaussian_pair_agrees_with_integrating_one_unit_at_a_time(seed):
    """∫dh exp(-E) is Gaussian in the remaining units: log Z by completing squares."""
    rng = np.random.default_rng(seed)
    n_v, n_h = 4, 3
    s2_v, s2_h = rng.uniform(0.5, 2, 2)
    W = rng.normal(size=(n_v, n_h))
    W *= 0.8 / (np.linalg.norm(W, 2) * np.sqrt(s2_v * s2_h))
    a, b = rng.normal(size=n_v), rng.normal(size=n_h)
    precision = np.block(
        [[np.eye(n_v) / s2_v, -W], [-W.T, np.eye(n_h) / s2_h]]
    ).tolist()
    field, log_z = [*a, *b], 0.0
    while field:  # ∫dx exp(-p x²/2 + f x) = sqrt(2π/p) exp(f²/2p), unit by unit
        p, f, row = precision[-1][-1], field.pop(), precision.pop()[:-1]
        log_z += 0.5 * np.log(2 * np.pi / p) + f * f / (2 * p)
        field = [g - f * r / p for g, r in zip(field, row, strict=True)]
        precision = [
            [m - x * y / p for m, y in zip(old, row, strict=False)]
            for old, x in zip(precision, row, strict=True)
        ]
    rbm = RBM(W, a, b, Gaussian(s2_v), Gaussian(s2_h))
    assert rbm.log_z() == pytest.approx(log_z, abs=1e-10)
    assert transposed(rbm).log_z() == pytest.approx(log_z, abs=1e-10)


@pytest.mark.parametrize("visible", [BINARY, SPIN, GAUSSIAN])
@pytest.mark.parametrize("hidden", [BINARY, SPIN, GAUSSIAN])
def test_maps_between_conventions_keep_every_probability(visible, hidden):
    rbm = RBM.random(
        4, 3, scale=0.2, bias_scale=1.0, seed=1, visible=visible, hidden=hidden
    )
    for mapped, constant in (rbm.to_spin(), rbm.to_binary()):
        assert rbm.log_z() == pytest.approx(mapped.log_z() + constant, abs=1e-10)
        for layer, size in (("visible", 4), ("hidden", 3)):
            old, new = getattr(rbm, layer), getattr(mapped, layer)
            if old is GAUSSIAN:
                assert new is GAUSSIAN
                continue
            free = "free_energy" if layer == "visible" else "hidden_free_energy"
            before = getattr(rbm, free)(all_states(old, size))
            after = getattr(mapped, free)(all_states(new, size))
            # The states of both come in the same order, lower state first.
            np.testing.assert_allclose(before, after - constant, atol=1e-10)


def test_the_map_to_spins_is_the_known_one_and_is_undone():
    rbm = RBM.random(4, 3, scale=1.0, bias_scale=1.0, seed=2)
    spin, constant = rbm.to_spin()
    np.testing.assert_allclose(spin.W, rbm.W / 4, atol=1e-15)
    np.testing.assert_allclose(spin.a, rbm.a / 2 + rbm.W.sum(1) / 4, atol=1e-15)
    np.testing.assert_allclose(spin.b, rbm.b / 2 + rbm.W.sum(0) / 4, atol=1e-15)
    expected = rbm.a.sum() / 2 + rbm.b.sum() / 2 + rbm.W.sum() / 4
    assert constant == pytest.approx(expected, abs=1e-14)
    back, undone = spin.to_binary()
    assert undone == pytest.approx(-constant, abs=1e-13)
    for x, y in ((back.W, rbm.W), (back.a, rbm.a), (back.b, rbm.b)):
        np.testing.assert_allclose(x, y, atol=1e-14)
    assert (back.visible, back.hidden) == (BINARY, BINARY)


def test_large_parameters_do_not_overflow():
    rbm = RBM(np.full((3, 2), 500.0), np.zeros(3), np.full(2, -400.0))
    # All units on: 6 * 500 - 2 * 400; every other state is e^-100 rarer.
    assert rbm.log_z() == pytest.approx(2200.0, abs=1e-9)
    assert rbm.free_energy([1, 1, 1]) == pytest.approx(-2200.0)
    assert rbm.mean_h([0, 0, 0]).tolist() == [pytest.approx(np.exp(-400.0), abs=0)] * 2


def test_arithmetic_interpolates_parameters():
    x, y = (RBM.random(3, 2, scale=1, bias_scale=1, seed=seed) for seed in (0, 1))
    middle = 0.25 * x + y * 0.75
    for name in ("W", "a", "b"):
        expected = 0.25 * getattr(x, name) + 0.75 * getattr(y, name)
        np.testing.assert_array_equal(getattr(middle, name), expected)
    assert x + 0 * y == x and x != y and x != "x"
    with pytest.raises(ValueError, match="other unit types"):
        x + x.to_spin()[0]
    with pytest.raises(ValueError, match="other sizes"):
        x + RBM.random(3, 1, seed=0)
    for operation in (lambda: x + 1, lambda: x * x, lambda: [1, 2] * x):
        with pytest.raises(TypeError):
            operation()


def test_a_machine_is_frozen_and_keeps_its_own_copy():
    W = np.ones((2, 1))
    rbm = RBM(W, [0, 0], [0])
    W[0, 0] = 7.0
    assert rbm.W[0, 0] == 1.0 and rbm.W.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        rbm.W[0, 0] = 2.0
    with pytest.raises(AttributeError):
        rbm.W = W


def test_random_machines_have_the_requested_spread_and_depend_on_the_seed():
    rbm = RBM.random(100, 100, scale=0.5, bias_scale=2.0, seed=3)
    # Standard error of the deviation of n numbers: 1/sqrt(2n); 5 of them.
    assert rbm.W.std() == pytest.approx(0.5, rel=5 / np.sqrt(2e4))
    assert np.r_[rbm.a, rbm.b].std() == pytest.approx(2.0, rel=5 / np.sqrt(400))
    assert rbm == RBM.random(100, 100, scale=0.5, bias_scale=2.0, seed=3)
    assert rbm != RBM.random(100, 100, scale=0.5, bias_scale=2.0, seed=4)


def test_the_grid_changes_little_and_only_once():
    rbm = RBM.random(30, 10, scale=0.5, bias_scale=1.0, seed=0)
    grid = rbm.on_grid()
    assert grid.on_grid() == grid
    assert np.array_equal(grid.W.astype(np.float32), grid.W)
    moved = [np.abs(getattr(grid, x) - getattr(rbm, x)) for x in ("W", "a", "b")]
    # No field exceeds 32, so 2^24 steps of 2^-19 suffice; rounding moves by half one.
    assert np.abs(rbm.W).sum(0).max() + np.abs(rbm.b).max() < 32
    assert 0 < max(x.max() for x in moved) <= 2.0**-20
    # No derivative of log Z is larger than one.
    change = abs(grid.log_z() - rbm.log_z())
    assert change < sum(x.sum() for x in moved)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            ([[1.0, 2.0]], [0.0], [0.0]),
            r"W must have shape .* = \(1, 1\).*got \(1, 2\)",
        ),
        (([1.0], [0.0], [0.0]), r"W must have 2 dimension\(s\), got shape \(1,\)"),
        (([[1.0]], 0.0, [0.0]), r"a must have 1 dimension\(s\), got shape \(\)"),
        (([[np.nan]], [0.0], [0.0]), "W must hold finite numbers, got nan"),
        (([[1.0]], [np.inf], [0.0]), "a must hold finite numbers, got inf"),
        (([[1.0]], [0.0], [1j]), "b must be real numbers, got dtype complex"),
        (([["1"]], [0.0], [0.0]), "W must be real numbers"),
        ((np.zeros((0, 2)), [], [0, 0]), "at least one unit a layer"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        RBM(*arguments)


def test_units_that_are_none_are_refused():
    with pytest.raises(TypeError, match="visible must be BINARY, SPIN"):
        RBM([[1.0]], [0.0], [0.0], visible="binary")


def test_a_gaussian_pair_without_normalisation_is_refused_with_the_value():
    units = Gaussian(4.0), Gaussian(0.25)  # σ_v σ_h = 1
    RBM(np.diag([0.999, 0.5]), [0, 0], [0, 0], *units)
    with pytest.raises(ValueError, match=r"1/\(σ_v σ_h\) = 1 .*got 1.25"):
        RBM(np.diag([0.5, 1.25]), [0, 0], [0, 0], *units)
    with pytest.raises(ValueError, match="got 1$"):
        RBM([[1.0]], [0], [0], GAUSSIAN, GAUSSIAN)


@pytest.mark.parametrize("method", ["free_energy", "mean_h", "hidden_field"])
def test_states_of_the_wrong_convention_or_shape_are_refused(method):
    rbm = RBM.random(3, 2, seed=0)
    with pytest.raises(ValueError, match="v must hold .* 0 or 1; got -1"):
        getattr(rbm, method)([[1, -1, 1]])
    with pytest.raises(ValueError, match=r"v must have shape \(\.\.\., 3\)"):
        getattr(rbm, method)([[1, 0]])
    with pytest.raises(ValueError, match="h must hold"):
        rbm.energy([1, 0, 1], [0, 2])
    with pytest.raises(ValueError, match="h must have shape"):
        rbm.mean_v([0, 1, 1])
