"""Mean field of machines: against exact marginals, check values and finite differences.

The bounds on errors stand on the orders of the expansion, W², W³ and W⁴ for the three
orders' marginals: at weights of 0.1 each order gains a factor of about ten or more.
"""

from pathlib import Path

import numpy as np
import pytest

from rbmlib import datasets, enumeration, mean_field, trained
from rbmlib.mean_field import (
    CYCLE,
    SPURIOUS,
    coupling_ratio,
    fixed_points,
    free_energy,
    iteration,
    jacobian,
    plefka,
    update,
)
from rbmlib.mean_field.single_precision import SinglePrecision
from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Gaussian

DATA = Path(__file__).parent / "data"
i, j = np.indices((5, 3))
CHECK = RBM(np.sin(1 + i + 2 * j), 0.1 * np.arange(5) - 0.2, 0.3 - 0.2 * np.arange(3))
PAIRS = [
    (BINARY, BINARY),
    (SPIN, SPIN),
    (SPIN, BINARY),
    (BINARY, GAUSSIAN),
    (Gaussian(0.5), SPIN),
    (GAUSSIAN, Gaussian(2.0)),
]
each_pair = pytest.mark.parametrize(
    ("visible", "hidden"), PAIRS, ids=lambda unit: unit.name
)
each_order = pytest.mark.parametrize("order", (1, 2, 3))


def exact_means(rbm):
    states, p = enumeration.visible_probabilities(rbm)
    return p @ states


def machines(scale):
    return [
        RBM.random(10, 7, scale=scale, bias_scale=scale, seed=seed)
        for seed in range(20)
    ]


def errors(scale, order):
    return np.array(
        [
            np.abs(
                fixed_points(m, np.full(10, 0.5), order=order, tol=1e-12).m_v[0]
                - exact_means(m)
            ).max()
            for m in machines(scale)
        ]
    )


def test_orders_against_exact_marginals_of_20_machines():
    naive, tap, third = (errors(0.1, order).mean() for order in (1, 2, 3))
    assert tap <= naive / 10 and third <= tap / 3
    naive, tap, third = (errors(0.4, order).mean() for order in (1, 2, 3))
    assert tap < naive / 5 and third < tap / 2


def test_the_wrong_sign_of_the_reaction_is_worse_than_no_reaction(monkeypatch):
    naive, right = errors(0.4, 1).mean(), errors(0.4, 2).mean()

    def wrong(field):
        return lambda *point: 2 * field(*point[:-1], 1) - field(*point)

    for name in ("field_on_hidden", "field_on_visible"):
        monkeypatch.setattr(plefka, name, wrong(getattr(plefka, name)))
    found = []
    for machine in machines(0.4):
        point = np.full(10, 0.5), np.full(7, 0.5)
        for _ in range(200):
            point = update(machine, *point, 2)
        found.append(np.abs(point[0] - exact_means(machine)).max())
    assert right < naive < np.mean(found)


@pytest.mark.parametrize(("order", "value"), [(1, 5.71911881), (2, 5.94846408)])
def test_free_energy_of_the_check_machine(order, value):
    found = fixed_points(CHECK, np.full(5, 0.5), order=order, tol=1e-12)
    assert -found.free_energy[0] == pytest.approx(value, abs=1e-8)


def test_tap_means_of_the_check_machine():
    found = fixed_points(CHECK, np.full(5, 0.5), tol=1e-12)
    expected = [0.44468532, 0.48748236, 0.52158348, 0.53533405, 0.53804825]
    assert found.m_v[0] == pytest.approx(expected, abs=1e-8)


def test_third_order_of_one_pair():
    """The exact free energy of one pair at given means, where no truncation exists.

    At fixed means m, n the pair's law is set by p = P(v = h = 1), and -F is the entropy
    plus W p; p solves the odds ratio e^W.  The expansion's remainder is O(W⁴).
    """
    m, n = 0.3, 0.8
    remainders = []
    for W in (0.2, 0.1):
        r = np.expm1(W)
        s = 1 + (m + n) * r
        p = (s - np.sqrt(s * s - 4 * r * (1 + r) * m * n)) / (2 * r)
        law = np.array([p, m - p, n - p, 1 - m - n + p])
        exact = -(law * np.log(law)).sum() + W * p
        pair = RBM([[W]], [0.0], [0.0])
        remainders.append(exact + free_energy(pair, [m], [n], order=3))
    assert remainders[0] / remainders[1] == pytest.approx(16, rel=0.1)


@each_pair
@each_order
def test_fixed_points_are_stationary(visible, hidden, order):
    rbm = RBM.random(
        6, 4, scale=0.15, bias_scale=0.3, seed=3, visible=visible, hidden=hidden
    )
    found = fixed_points(rbm, np.full(6, 0.4), order=order, tol=1e-12)
    assert found.is_mode.all()
    m = np.concatenate([found.m_v[0], found.m_h[0]])
    step = 1e-5
    slopes = [
        (
            free_energy(rbm, *np.split(m + d, [6]), order)
            - free_energy(rbm, *np.split(m - d, [6]), order)
        )
        / (2 * step)
        for d in step * np.eye(10)
    ]
    assert np.abs(slopes).max() < 1e-8


@pytest.mark.parametrize("order", (1, 2))
def test_units_do_not_matter(order):
    """Naive mean field and TAP commute with the exact map from {0, 1} to ±1 units."""
    binary = RBM.random(8, 5, scale=1.0, bias_scale=0.5, seed=1)
    spin, constant = binary.to_spin()
    start = np.linspace(0.1, 0.9, 8)
    a = fixed_points(binary, start, order=order, tol=1e-13)
    b = fixed_points(spin, 2 * start - 1, order=order, tol=1e-13)
    assert b.m_v == pytest.approx(2 * a.m_v - 1, abs=1e-11)
    assert -a.free_energy[0] == pytest.approx(-b.free_energy[0] + constant, abs=1e-10)


def test_gaussian_machine_has_exact_means():
    rbm = RBM.random(
        6, 4, scale=0.2, bias_scale=0.5, seed=2, visible=GAUSSIAN, hidden=GAUSSIAN
    )
    exact = np.linalg.solve(np.eye(6) - rbm.W @ rbm.W.T, rbm.a + rbm.W @ rbm.b)
    for order in (1, 2, 3):  # constant variances: no order changes the means
        found = fixed_points(rbm, np.zeros(6), order=order, tol=1e-12)
        assert found.m_v[0] == pytest.approx(exact, abs=1e-11)


@each_pair
def test_cumulants_are_derivatives(visible, hidden):
    for unit in (visible, hidden):
        x, e = np.linspace(-1.5, 1.5, 7), 1e-5
        m, V = unit.mean(x), unit.variance(x)
        assert unit.variance_at(m) == pytest.approx(V, abs=1e-14)
        third = (unit.variance(x + e) - unit.variance(x - e)) / (2 * e)
        assert unit.third(m) == pytest.approx(third, abs=1e-9)
        inside = m[(m > -0.9) & (m < 0.95)]
        slope = (unit.third(inside + e) - unit.third(inside - e)) / (2 * e)
        assert unit.third_slope(inside) == pytest.approx(slope, abs=1e-8)
        entropy = unit.log_partition(x) - x * m
        assert unit.entropy(m) == pytest.approx(entropy, abs=1e-12)


@each_pair
@each_order
def test_jacobian_is_the_derivative_of_an_update(visible, hidden, order):
    rbm = RBM.random(
        5, 3, scale=0.2, bias_scale=0.2, seed=4, visible=visible, hidden=hidden
    )
    found = fixed_points(rbm, np.full(5, 0.3), order=order, tol=1e-13)
    m = np.concatenate([found.m_v[0], found.m_h[0]])
    step = 1e-6
    columns = [
        (
            np.concatenate(update(rbm, *np.split(m + d, [5]), order))
            - np.concatenate(update(rbm, *np.split(m - d, [5]), order))
        )
        / (2 * step)
        for d in step * np.eye(8)
    ]
    expected = np.stack(columns, axis=1)
    assert jacobian(rbm, *np.split(m, [5]), order) == pytest.approx(expected, abs=1e-8)


@each_order
def test_coupling_ratio_tells_minima_from_saddles(order):
    """Against the smallest eigenvalue of a numerical second derivative."""
    kinds = set()
    for scale in (0.5, 0.9, 1.3, 1.8):
        rbm = RBM(np.full((4, 3), scale) / 2, [0] * 4, [0] * 3, SPIN, SPIN)
        point, e = np.zeros(7), 1e-3

        def energy(m, rbm=rbm):
            return free_energy(rbm, *np.split(m, [4]), order)

        steps = e * np.eye(7)
        hessian = [
            [
                (
                    energy(point + a + b)
                    - energy(point + a - b)
                    - energy(point - a + b)
                    + energy(point - a - b)
                )
                / (4 * e * e)
                for a in steps
            ]
            for b in steps
        ]
        minimum = np.linalg.eigvalsh(hessian)[0] > 0
        kinds.add(bool(minimum))
        assert (coupling_ratio(rbm, np.zeros(4), np.zeros(3), order) < 1) == minimum
    assert kinds == {True, False} or order == 2  # TAP may never lose m = 0


def test_naive_threshold_is_the_top_singular_value():
    rbm = RBM.random(30, 20, scale=0.08, seed=0, visible=SPIN, hidden=SPIN)
    ratio = coupling_ratio(rbm, np.zeros(30), np.zeros(20), order=1)
    assert ratio == pytest.approx(np.linalg.norm(rbm.W, 2), rel=1e-12)
    radius = np.abs(
        np.linalg.eigvals(jacobian(rbm, np.zeros(30), np.zeros(20), 1))
    ).max()
    assert radius == pytest.approx(ratio**2, rel=1e-10)


@pytest.fixture(scope="module")
def strong():
    """TAP from digits on a machine whose weights are too strong for it."""
    rbm = trained.load("digits").trajectory.at(24976)
    starts = datasets.load("digits").train[:150]
    return rbm, starts, fixed_points(rbm, starts, max_iter=500)


def test_a_cycle_of_two_is_named(strong):
    rbm, _, found = strong
    jumping = found.status == CYCLE
    assert jumping.sum() > 10
    assert not found.converged[jumping].any() and not found.is_mode[jumping].any()
    m = found.m_v[jumping], found.m_h[jumping]
    once = update(rbm, *m, 2)
    twice = update(rbm, *once, 2)
    moved = [np.abs(x[0] - m[0]).max(1) for x in (once, twice)]
    assert np.all(moved[1] <= 0.01 * moved[0] + 1e-5)


def test_points_that_only_the_reaction_holds_are_no_modes(strong):
    rbm, _, found = strong
    held = np.flatnonzero(found.status == SPURIOUS)
    assert held.size and not found.is_mode[held].any()
    for start in held[:5]:
        m = found.m_v[start], found.m_h[start]
        assert found.residual[start] <= 2e-6  # it is a fixed point of TAP
        naive = fixed_points(rbm, m, order=1)
        assert np.abs(naive.m_v - m[0]).max() > 0.3  # a unit is decided without it


def test_naive_mean_field_settles_on_the_same_machine(strong):
    rbm, starts, _ = strong
    assert fixed_points(rbm, starts, order=1).is_mode.all()


def test_weak_couplings_are_not_called_spurious():
    """Between the naive threshold 1.25 > 1 and w = 1 TAP is right to hold m = 0."""
    rng_machine = RBM.random(
        300, 300, scale=0.6 / np.sqrt(300), seed=5, visible=SPIN, hidden=SPIN
    )
    ratio = coupling_ratio(rng_machine, np.zeros(300), np.zeros(300), order=1)
    assert ratio > 1
    found = fixed_points(rng_machine, np.full(300, 0.01))
    assert found.is_mode.all() and np.abs(found.m_v).max() < 1e-3


def test_counts_of_the_run_of_another_library():
    """The fixed points that the field's own programs find in their own run."""
    run = Trajectory.load(DATA / "rbms_tiny.h5")
    starts = np.concatenate([[[0] * 20, [1] * 20], run.chains])
    expected = {331: (1, 1, 1), 760: (2, 2, 2), 1744: (2, 2, 2), 3999: (3, 2, 2)}
    for age, counts in expected.items():
        for order, count in zip((1, 2, 3), counts, strict=True):
            found = fixed_points(run.at(age), starts, order=order)
            assert found.is_mode.all()
            assert len(np.unique(found.m_v.round(2), axis=0)) == count


def test_batch_size_and_company_do_not_matter():
    rbm = RBM.random(40, 20, scale=0.6, seed=6)
    starts = np.random.default_rng(0).random((700, 40))
    together = fixed_points(rbm, starts, order=1)
    alone = fixed_points(rbm, starts[650], order=1)
    assert together.m_v[650] == pytest.approx(alone.m_v[0], abs=1e-5)
    again = fixed_points(rbm, starts[[650, 650]], order=1)
    assert np.array_equal(again.m_v[0], again.m_v[1])


@each_pair
@each_order
def test_single_precision_follows_double(visible, hidden, order):
    rbm = RBM.random(
        20, 9, scale=0.08, bias_scale=0.2, seed=7, visible=visible, hidden=hidden
    )
    low = -1.0 if visible is SPIN else 0.0
    v = np.random.default_rng(1).uniform(low, 1, (300, 20))
    h = np.broadcast_to(hidden.mean(v @ rbm.W + rbm.b), (300, 9))
    expected = update(rbm, v, h, order, 0.25)
    v32, h32 = v.astype(np.float32), np.array(h, np.float32)
    change = SinglePrecision(rbm, order, 0.25).step(v32, h32)
    assert np.abs(v32 - expected[0]).max() < 3e-6
    assert np.abs(h32 - expected[1]).max() < 3e-6
    largest = np.maximum(np.abs(expected[0] - v).max(1), np.abs(expected[1] - h).max(1))
    assert change == pytest.approx(largest, abs=1e-5)


def test_residuals_and_tolerance():
    rbm = RBM.random(30, 15, scale=0.5, bias_scale=0.3, seed=8)
    starts = np.random.default_rng(2).random((50, 30))
    for tol in (1e-3, 1e-6, 1e-11):
        found = fixed_points(rbm, starts, order=1, tol=tol)
        assert found.converged.all() and found.residual.max() <= 2 * tol
    short = fixed_points(rbm, starts, order=1, max_iter=1)
    assert not short.converged.any() and set(short.n_iterations) == {1}


def test_saturated_machines_have_finite_answers():
    rbm = RBM(np.full((3, 2), 500.0), [900.0] * 3, [900.0] * 2)
    found = fixed_points(rbm, [[1.0] * 3, [0.0] * 3])
    assert np.isfinite(found.free_energy).all() and found.is_mode.all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(m0=[[0.5, 0.5]]), r"m0 must have shape \(..., 5\), got \(1, 2\)"),
        (dict(m0=[[1.5] * 5]), r"in \[0, 1\]; got 1.5"),
        (dict(m0=[[np.nan] * 5]), "got nan"),
        (dict(m0=np.empty((0, 5))), "n_starts >= 1"),
        (dict(m0=([[0.5] * 5], [[0.5] * 3] * 2)), "got 2 and 1"),
        (dict(m0=[0.5] * 5, order=4), "order must be 1"),
        (dict(m0=[0.5] * 5, damping=1.0), "damping must be in"),
        (dict(m0=[0.5] * 5, tol=0.0), "tol must be .* > 0, got 0.0"),
        (dict(m0=[0.5] * 5, max_iter=0), "max_iter must be at least 1"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        fixed_points(CHECK, **arguments)


def test_status_names_and_constants_agree():
    names = [getattr(mean_field, name.upper()) for name in mean_field.STATUS_NAMES]
    assert names == list(range(5))
    assert iteration.COARSE < 1e-5
