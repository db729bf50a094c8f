"""The answers of the problems by another route: sums, quadrature, and solvers."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit, logsumexp

from rbmlib import (
    datasets,
    effective_couplings,
    enumeration,
    ising,
    likelihood,
    mean_field,
    mixing_time,
    mode_tracking,
    phase_diagram,
    sampling,
    trained,
    training,
)
from rbmlib import linear_regime as lr
from rbmlib.course import bank
from rbmlib.ising import curie_weiss, inverse, reference
from rbmlib.ising.rates import metropolis_table
from rbmlib.mixing_time import propagation
from rbmlib.phase_diagram import sample_machine
from rbmlib.rbm import RBM
from rbmlib.training import gradient
from rbmlib.units import BINARY, SPIN

ROUTES = {}
SEEDS = range(3)


def route(label):
    """Register what must be equal for the numbers and the answer of a problem."""

    def keep(function):
        ROUTES[label] = function
        return function

    return keep


@pytest.mark.parametrize("problem", bank.PROBLEMS, ids=lambda one: one.label)
def test_the_answer_is_that_of_another_route(problem):
    for seed in SEEDS:
        numbers = problem.draw(seed)
        answer = problem.answer(numbers)
        found, expected, *tolerance = ROUTES[problem.label](answer, **numbers)
        near = tolerance[0] if tolerance else 1e-6
        np.testing.assert_allclose(found, expected, rtol=near, atol=1e-12)


# Chapter 1


@route("P1.1")
def ring(answer, n, T):
    s = enumeration.all_states(SPIN, n)
    E = -(s * np.roll(s, 1, axis=1)).sum(1)
    p = np.exp(-E / T)
    return answer, p @ E / p.sum() / n


@route("P1.2")
def heat(answer, T):
    return answer, ising.exact_specific_heat(4, T)


@route("P1.3")
def up(answer, L, T, n, s):
    spins, table = np.ones((L, L), int), metropolis_table(T, 0.0, 48)
    for sweep in range(n):
        uniform = reference.byte_u(L, s, sweep, 0)
        spins = reference.reference_sweep(spins, table, uniform)
    return answer, spins.sum()


@route("P1.4")
def thermometer(answer, m, h):
    return curie_weiss.magnetization(answer, h), m


def windowed_time(x, mean):
    """Return ½ + Σ ρ(t) of chains, summed term by term, to a window of six of it."""
    d = x - mean
    n, total = d.shape[1], 0.5
    for t in range(1, n):
        total += (d[:, :-t] * d[:, t:]).mean() / (d**2).mean()
        if t >= max(8, 6 * total):
            return total


@route("P1.5")
def error_bar(answer, L, T, s):
    run = ising.metropolis(L, T, n_sweeps=3000, seed=s, n_chains=4, start="up")
    x = run.energy[:, 300:]
    time = windowed_time(x, x.mean())
    return answer, math.sqrt(2 * time * x.var() / x.size)


@route("P1.6")
def coupling(answer, n1, n2, n3, n4):
    states = [[1, 1], [1, -1], [-1, 1], [-1, -1]]
    return answer, inverse.pseudo_likelihood(states, [n1, n2, n3, n4]).J[0, 1], 1e-4


# Chapter 2


@route("P2.1")
def detector(answer, b, w1, w2):
    machine = RBM([[w1], [w2]], [0, 0], [b], SPIN, BINARY)
    return answer, effective_couplings.couplings(machine, 2)[0, 1]


@route("P2.2")
def log_z(answer, n, a, w, b):
    return answer, RBM(np.full((n, 1), w), np.full(n, a), [b]).log_z()


@route("P2.3")
def field(answer, s, i):
    machine = RBM.random(6, 4, scale=1.5, bias_scale=1.0, seed=s)
    return answer, machine.to_spin()[0].a[i]


@route("P2.4")
def fifty(answer, n_v, n_h, s, n, t):
    machine = RBM.random(n_v, n_h, scale=1.0, bias_scale=0.5, seed=s)
    start = np.zeros((50, n_v))
    return answer, sampling.reference_gibbs(machine, start, n, t)[0].sum()


@route("P2.5")
def one_sweep(answer, a1, a2, b, w1, w2):
    machine = RBM([[w1], [w2]], [a1, a2], [b])
    return answer, propagation.law_after(machine, np.eye(4)[0], 1)[-1]


# Chapter 3


@route("P3.1")
def slope(answer, w, a, b, p):
    data = (np.arange(100) < round(100 * p))[:, None].astype(float)
    return answer, gradient.exact_gradient(RBM([[w]], [a], [b]), data)[0][0, 0]


@route("P3.2")
def estimate(answer, s, t):
    machine = RBM.random(12, 8, scale=1.5, bias_scale=0.5, seed=s)
    v = enumeration.all_states(BINARY, 12)
    exact = logsumexp(-machine.free_energy(v))
    found = likelihood.ais(machine, n_chains=100, n_temperatures=20, seed=t)
    w = np.exp(found.log_weights - found.log_weights.max())
    error = w.std(ddof=1) / math.sqrt(len(w)) / w.mean()
    start = np.logaddexp(0, machine.a).sum() + 8 * math.log(2)  # without weights
    total = start + logsumexp(found.log_weights) - math.log(100)
    return answer, (total - exact) / error, 1e-3  # weights are rounded to a grid


@route("P3.3")
def learn(answer, s, k, n):
    data = datasets.clusters(500, 12, n_clusters=4, flip=0.05, seed=s).samples
    start = training.initial_machine(data, 6, scale=0.01, seed=s)
    settings = dict(k=k, n_updates=n, batch_size=100, learning_rate=0.2, seed=s)
    run = training.train(start, data, method="pcd", progress=False, **settings)
    F = run[-1].free_energy(enumeration.all_states(BINARY, 12))
    return answer, -run[-1].free_energy(data).mean() - logsumexp(-F)


@route("P3.4")
def gain(answer, n1, n2, n3, n4):
    p = np.array([[n1, n2], [n3, n4]]) / (n1 + n2 + n3 + n4)
    apart = p.sum(1)[:, None] * p.sum(0)
    return answer, enumeration.divergence(p.ravel(), apart.ravel())


@route("P3.5")
def contrast(answer, w, a, b, p):
    after = propagation.law_after(RBM([[w]], [a], [b]), [1 - p, p], 1)
    return answer, p - after[1]


# Chapter 4


@route("P4.1")
def growth(answer, v, h, x, f):
    rate = lr.mode_rate(1e-6, x, sigma_v=v, sigma_h=h) / 1e-6
    return math.exp(rate * answer), f


@route("P4.2")
def end(answer, v, h, w):
    return lr.stationary_modes([answer], sigma_v=v, sigma_h=h)[0], w


@route("P4.3")
def half(answer, x, w0):
    return lr.mode_weight(answer, w0, x), math.sqrt(1 - 1 / x) / 2


@route("P4.4")
def digit(answer, c, r):
    digits = datasets.load("digits")
    some = digits.train[digits.train_labels == c]
    start = training.initial_machine(some, 10, seed=0)
    found = lr.growth(start, np.cov(some.T, bias=True))
    return answer * found.per_update(r)[0], math.log(10)


@route("P4.5")
def chi(answer, n_v, n_h, w, p, q):
    b = math.log(q / (1 - q)) - n_v * w * p
    machine = RBM(np.full((n_v, n_h), w), np.zeros(n_v), np.full(n_h, b))
    return answer, lr.layer_susceptibility(machine, np.full(n_v, p))


@route("P4.6")
def turn(answer, x, y, c, h):
    C = np.array([[1, c], [c, 1]])
    W = lr.full_flow(np.diag([x, y]), C, [0, 1e-6], sigma_h=h, sigma_v=0.1)[-1]
    u = np.linalg.svd(W)[0]
    return answer, u[1, 0] * np.sign(u[0, 0]) / 1e-6, 1e-3


# Chapter 5

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(120)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def mean_of(function):
    """Return the mean of a function of a standard normal number."""
    return WEIGHTS @ function(NODES)


def glass_overlap(sigma):
    def gap(q):
        return mean_of(lambda z: np.tanh(sigma * math.sqrt(q) * z) ** 2) - q

    return brentq(gap, 1e-6, 1) if sigma > 1 else 0.0


@route("P5.1")
def phases(answer, table):
    pairs = [eval(pair) for pair in table.split(";")]
    counts = {"P": 0, "F": 0, "SG": 0}
    for w, sigma in pairs:
        ordered = w * (1 - glass_overlap(sigma)) > 1
        counts["F" if ordered else "SG" if sigma > 1 else "P"] += 1
    return answer, int("".join(map(str, counts.values())))


@route("P5.2")
def strength(answer, s, sigma, kappa):
    assert answer > sigma
    return phase_diagram.top_singular_value(answer, sigma, kappa), s


@route("P5.3")
def share(answer, w, sigma, kappa):
    m, m_bar, q, q_bar = 1.0, 1.0, 1.0, 1.0
    root = kappa**0.25
    for _ in range(3000):
        x = (w * m_bar + sigma * math.sqrt(q_bar) * NODES) * root
        m, q = WEIGHTS @ np.tanh(x) / root, WEIGHTS @ np.tanh(x) ** 2
        x = (w * m + sigma * math.sqrt(q) * NODES) / root
        m_bar, q_bar = WEIGHTS @ np.tanh(x) * root, WEIGHTS @ np.tanh(x) ** 2
    x = (w * m_bar + sigma * math.sqrt(q_bar) * NODES) * root
    return answer, (1 + WEIGHTS @ np.tanh(x)) / 2, 1e-4


@route("P5.4")
def glass(answer, sigma):
    return answer, glass_overlap(sigma), 1e-4


@route("P5.5")
def fourth(answer, p, phi):
    entries, chances = (1 / math.sqrt(p), 0, -1 / math.sqrt(p)), (p / 2, 1 - p, p / 2)
    x, y = math.cos(math.radians(phi)), math.sin(math.radians(phi))
    pairs = itertools.product(zip(entries, chances, strict=True), repeat=2)
    return answer, sum(c * d * (u * x + v * y) ** 4 for (u, c), (v, d) in pairs)


@route("P5.6")
def measured(answer, w, sigma, s):
    q = 1 - 1 / w  # Gaussian modes, κ = 1

    def gap(nu):
        return mean_of(lambda y: np.tanh(math.sqrt(nu) * y) ** 2) - q

    m = math.sqrt(brentq(gap, 1e-9, 50) - sigma**2 * q) / w
    machine = sample_machine(w, sigma, 100, 100, seed=s)
    return answer, phase_diagram.measure(machine, n_sweeps=50).m - m, 1e-2


# Chapter 6


@route("P6.1")
def two_listeners(answer, w):
    machine = RBM([[w, w]], [0], [0, 0], SPIN, SPIN)
    return answer, mixing_time.exact_relaxation_time(machine)


@route("P6.2")
def forget(answer, n, w, e):
    up = np.arange(n + 1)
    log_count = [math.log(math.comb(n, k)) for k in up]
    p = expit(2 * w * (2 * up - n) / n)[:, None]
    half = np.exp(log_count + np.log(p) * up + np.log1p(-p) * (n - up))
    second = np.sort(np.linalg.eigvals(half @ half).real)[-2]
    return answer, math.log(e) / math.log(second), 1e-4


@route("P6.3")
def barrier(answer, w, n):
    # ln τ = c + a ln N + N × barrier, from three sizes; what is left falls like 1/N.
    sizes = [round(x * n / answer) for x in (4, 8, 12)]
    times = [mixing_time.uniform_relaxation_time(size, size, w) for size in sizes]
    rows = [[1, math.log(size), size] for size in sizes]
    return answer / n, np.linalg.solve(rows, np.log(times))[2], 0.01


@route("P6.4")
def swap(answer, f1, g1, f2, g2):
    before, after = math.exp(-f1 - g2 - 50), math.exp(-g1 - f2 - 50)
    return answer, min(1, after / before)


@route("P6.5")
def distance(answer, s, t):
    machine = RBM.random(6, 4, scale=2.5, bias_scale=1.0, seed=s)
    v, h = (enumeration.all_states(BINARY, n) for n in (6, 4))

    def chance(states, p):
        return np.prod(np.where(states[None] > 0, p[:, None], 1 - p[:, None]), axis=2)

    T = chance(h, machine.mean_h(v)) @ chance(v, machine.mean_v(h))
    law = np.exp(-machine.free_energy(v) - machine.log_z())
    return answer, abs(np.linalg.matrix_power(T, t)[0] - law).sum() / 2


@route("P6.6")
def memory(answer, n, w, s):
    machine = mixing_time.uniform_machine(n, n, w)
    v = sampling.random_start(machine, 20, seed=s)
    walk = sampling.record(machine, v, range(1, 501), s, lambda v, h: v.mean(1))
    x = np.transpose([m for _, m in walk]).astype(float)
    return answer, windowed_time(x, 0.0)


@route("P6.7")
def valleys(answer, n, w, s, t):
    machine = mixing_time.uniform_machine(n, n, w)
    v, _ = sampling.reference_gibbs(machine, np.ones((100, n)), t, s)
    return answer, (v.sum(1) < 0).sum()


# Chapter 7


@route("P7.1")
def modes(answer, age, first, n):
    machine = trained.load("digits").trajectory.at(age)
    some = datasets.load("digits").train[first : first + n]
    found = mean_field.fixed_points(machine, some, order=1)
    return answer, mode_tracking.group(found.m_v[found.is_mode]).max() + 1


@route("P7.2")
def reaction(answer, n_v, n_h, w, p, q):
    machine = RBM(np.full((n_v, n_h), w), np.zeros(n_v), np.zeros(n_h))
    means = np.full((1, n_v), p), np.full((1, n_h), q)
    naive, tap = (mean_field.free_energy(machine, *means, order=k)[0] for k in (1, 2))
    return answer, naive - tap


@route("P7.3")
def naive(answer, w, a, b):
    def gap(m):
        return expit(a + w * expit(b + w * m)) - m

    on = [math.exp(a), math.exp(a + b + w)]
    exact = sum(on) / (1 + math.exp(b) + sum(on))
    middle = 0.5 if gap(0.5) > 0 else 0.0
    return answer, brentq(gap, middle, middle + 0.5) - exact, 1e-4


@route("P7.4")
def own_chi(answer, w):
    n = 20
    m = brentq(lambda m: m - math.tanh(w * m), 0.05, 1)
    machine = RBM(np.full((n, n), w / n), np.zeros(n), np.zeros(n), SPIN, SPIN)
    means = np.full(n, m)
    return answer, mean_field.coupling_ratio(machine, means, means, order=1)


@route("P7.5")
def purity(answer, **counts):
    labels, clusters = [], []
    for name, count in counts.items():
        labels += [name[0]] * count
        clusters += [int(name[1])] * count
    return answer, mode_tracking.cluster_purity(clusters, labels)


@route("P7.6")
def trees(answer, x, y):
    one, other = (mode_tracking.clades(tree) for tree in (x, y))
    return answer, len(one ^ other)


# Chapter 8


@route("P8.1")
def weight(answer, J):
    # The two spins are alike as often as the sum over the hidden unit says.
    alike, unlike = math.cosh(2 * answer), 1.0
    return math.log(alike / unlike) / 2, J


@route("P8.2")
def triple(answer, w, b):
    # The integral over t, in the place of the sum over the eight states.
    def integrand(t):
        return t and math.pi * math.sin(b * t) * math.sin(w * t) ** 3 / (
            -t * math.sinh(math.pi * t / 2)
        )

    return answer, quad(integrand, 0, 30)[0] / math.pi, 1e-5


@route("P8.3")
def level(answer, n, s):
    triples = n * (n - 1) * (n - 2) / 6
    return triples * math.erfc(answer / s / math.sqrt(2)), 1.0, 1e-5


def law_of_spins(s):
    machine = RBM.random(
        6, 4, scale=0.7, bias_scale=0.5, seed=s, visible=SPIN, hidden=SPIN
    )
    states = enumeration.all_states(SPIN, 6)
    weights = np.exp(states @ machine.a) * np.prod(
        np.cosh(machine.b + states @ machine.W), axis=1
    )
    return states, weights / weights.sum()


@route("P8.4")
def strongest(answer, s):
    # Each triple as a mean over the law, in the place of a sum over hidden units.
    states, p = law_of_spins(s)
    sets = itertools.combinations(range(6), 3)
    found = [np.log(p) @ states[:, list(x)].prod(1) / 64 for x in sets]
    return answer, max(found, key=abs)


@route("P8.5")
def samples(answer, s, e):
    # The inverse of Fisher's matrix of the model that has all couplings.
    states, p = law_of_spins(s)
    sets = [x for n in range(1, 7) for x in itertools.combinations(range(6), n)]
    products = np.array([states[:, list(x)].prod(1) for x in sets])
    mean = products @ p
    fisher = (products * p) @ products.T - np.outer(mean, mean)
    return answer, np.diag(np.linalg.inv(fisher)).mean() / e**2, 1e-5


@route("P8.6")
def wanted(answer, s, t):
    planted = datasets.planted_spins(
        1000, 8, n_pairs=4, n_triples=1, pair=0.4, triple=t, seed=s
    )
    i, j, k = planted.triples.sets[0]
    x = planted.samples
    equal = (x[:, i] == x[:, j]) == (x[:, k] == np.sign(planted.triples.couplings[0]))
    return answer, np.count_nonzero(equal)


# Chapter 9


@route("P9.1")
def updates_until(answer, N, m2, w0, r):
    return w0 * math.exp(m2 * N * r * answer), 1.0


@route("P9.2")
def spinodal(answer, w):
    def against(m):  # the field at which -m is a solution
        return w * w * m - math.atanh(m)

    grid = np.linspace(1e-3, 0.999, 20001)
    return answer, max(map(against, grid)), 1e-6


@route("P9.3")
def time_from_counts(answer, n, w):
    # Quadrature over the hidden unit, one row of the kernel of M at a time.
    x, weights = np.polynomial.hermite_e.hermegauss(120)
    up = np.arange(n + 1)
    ways = np.array(
        [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in up]
    )
    kernel = []
    for total in 2 * up - n:
        p = expit(2 * w / math.sqrt(n) * (w * total / math.sqrt(n) + x))[:, None]
        law = np.exp(ways + up * np.log(p) + (n - up) * np.log1p(-p))
        kernel.append(weights @ law / weights.sum())
    second = np.sort(np.linalg.eigvals(np.array(kernel)).real)[-2]
    return answer, -1 / math.log(second), 1e-5


@route("P9.4")
def bbp(answer, total, alpha):
    ell, q = total - 1, 1 / alpha
    # Of the top sample eigenvalue, and its derivative by the true one.
    top = (1 + ell) * (1 + q / ell)
    slope = 1 - q / ell**2
    return answer, slope * (1 + ell) / top


@route("P9.5")
def negative(answer, c, r):
    v = brentq(lambda v: expit(r * c * expit(c * v)) - v, 0, 1)
    e = 1e-5
    there, back = (expit(r * c * expit(c * (v + d))) for d in (e, -e))
    return answer, (there - back) / (2 * e), 1e-5
