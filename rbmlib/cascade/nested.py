"""Two patterns, one inside the other: a mode that splits the phases of another mode.

Of N spins a share f, the inner ones, feel two Gaussian hidden units, the others one.
The first unit has the weights x/√N_o on the N_o = (1 - f) N outer spins and y/√N_i on
the N_i = f N inner ones; the second ±z/√N_i, on inner spins alone, half of them each.
So W has the singular values w_1 = √(x² + y²) and w_2 = z.  (Signs of a pattern are a
matter of names: here all spins are counted along the first one.)  Given the hidden
units spins are independent, and

    p(h) ∝ exp[-½(h_1² + h_2²)] cosh(x' h_1)^{N_o}
                     [cosh(y' h_1 + z' h_2) cosh(y' h_1 - z' h_2)]^{N_i/2},

with x' = x/√N_o and so on, is all there is to know: sums over a grid of h.  Gradient
ascent keeps the three strengths a machine of this form.
"""

from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from rbmlib.cascade.learning import check_times
from rbmlib.checks import check_array, check_positive, check_real
from rbmlib.randomness import Stream, uniforms
from rbmlib.rbm import RBM
from rbmlib.units import GAUSSIAN, SPIN

MOST_SPINS = 10**4
LARGEST = 4.0  # of a strength
_STEP, _REACH = 0.2, 9.0  # grid of h, in standard deviations
_EXACT = {"method": "LSODA", "rtol": 1e-8, "atol": 1e-10}
_LIMIT = {"method": "LSODA", "rtol": 1e-7, "atol": 1e-9}
_SWEEPS = 400  # of an iteration of mean field, which is run to its end


class NestedMoments(NamedTuple):
    """Averages of the two hidden units, which follow the two overlaps.

    ``order`` is ⟨|h|⟩ / √N and ``response`` the variance of |h|.  ``square`` is ⟨h²⟩:
    before a transition it is the susceptibility of its mode, 1/(1 - w_1²) of the first
    and 1/[1 - w_2² (1 - m²)] of the second, with m the inner spins' magnetisation.
    """

    order: np.ndarray
    response: np.ndarray
    square: np.ndarray


def nested_machine(n_visible, share, strengths):
    """Return the machine: ±1 spins, the inner ones last, and two Gaussian units.

    Parameters
    ----------
    n_visible : int
        N, at most 10^4; N_i is the even number nearest to ``share`` N.
    share : float
        f, in (0, 1).
    strengths : array_like, shape (3,)
        x, y and z, from 0 to 4.

    Returns
    -------
    RBM

    Raises
    ------
    ValueError, TypeError
        Numbers out of range, or no spin of a kind.

    Examples
    --------
    >>> nested_machine(8, 0.5, [1.0, 1.0, 2.0]).W[:, 1].tolist()
    [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, -1.0, -1.0]
    """
    counts, w = _check_counts(n_visible, share), _check_strengths(strengths)
    outer, half = counts
    x, y, z = w / np.sqrt([outer, 2 * half, 2 * half])
    first = np.repeat([x, y], [outer, 2 * half])
    second = np.repeat([0.0, z, -z], [outer, half, half])
    W = np.stack([first, second], axis=1)
    return RBM(W, np.zeros(len(W)), np.zeros(2), SPIN, GAUSSIAN)


def nested_draw(n_visible, share, strengths, n_samples, seed):
    """Draw independent states of a machine.

    Parameters
    ----------
    n_visible, share, strengths
        As in `nested_machine`.
    n_samples : int
        From 1 to 10^6.
    seed : int

    Returns
    -------
    ndarray of ±1, shape (n_samples, n_visible)

    Raises
    ------
    ValueError, TypeError
        As in `nested_machine`; a number of samples or a seed out of range.

    Examples
    --------
    >>> nested_draw(8, 0.5, [0.0, 0.0, 0.0], 1, seed=0).shape
    (1, 8)
    """
    counts, w = _check_counts(n_visible, share), _check_strengths(strengths)
    n = check_positive(n_samples, "n_samples", most=10**6)
    machine = nested_machine(n_visible, share, w)
    h1, h2, p = _law(counts, w)
    u = uniforms(seed, Stream.OVERLAPS, 1, np.arange(n), n_visible + 3)
    at = np.searchsorted(np.cumsum(p), u[:, 0] * p.sum())
    h = np.stack(np.unravel_index(at, p.shape), axis=1)
    h = np.stack([h1[h[:, 0], 0], h2[0, h[:, 1]]], axis=1)
    h = h * np.where(u[:, 1:3] < 0.5, 1.0, -1.0)
    return np.where(u[:, 3:] < machine.visible.mean(h @ machine.W.T) / 2 + 0.5, 1.0, -1)


def nested_moments(n_visible, share, strengths):
    """Return the exact averages of a machine.

    Parameters
    ----------
    n_visible, share, strengths
        As in `nested_machine`.

    Returns
    -------
    NestedMoments
        Of arrays of two.

    Raises
    ------
    ValueError, TypeError
        As in `nested_machine`.

    Examples
    --------
    >>> nested_moments(1000, 0.5, [0.5, 0.5, 0.0]).square.round(2).tolist()
    [2.0, 1.0]
    """
    counts, w = _check_counts(n_visible, share), _check_strengths(strengths)
    h1, h2, p = _law(counts, w)
    mean, square = (
        np.array([(p * h**power).sum() for h in (h1, h2)]) for power in (1, 2)
    )
    return NestedMoments(mean / np.sqrt(n_visible), square - mean**2, square)


def nested_flow(n_visible, share, teacher, start, times):
    """Follow the gradient flow from a start, exactly; data are those of a teacher.

    Parameters
    ----------
    n_visible, share
        As in `nested_machine`.
    teacher, start : array_like, shape (3,)
        Strengths of the machine that makes the data, and at times[0].
    times : array_like, shape (n_times,)
        Increasing; a time is a number of updates times the learning rate.

    Returns
    -------
    ndarray, shape (n_times, 3)

    Raises
    ------
    ValueError, TypeError
        As in `nested_machine`, or times that do not increase.
    ArithmeticError
        If the integration fails.

    Examples
    --------
    >>> teacher = [1.3, 0.35, 1.3]
    >>> found = nested_flow(100, 0.3, teacher, [0.1, 0.1, 0.1], [0.0, 5.0])
    >>> found[-1].round(2).tolist()
    [1.3, 0.35, 1.3]
    """
    counts, teacher = _check_counts(n_visible, share), _check_strengths(teacher)
    start, times = _check_strengths(start, "start"), check_times(times)
    data, sizes = _pair_means(counts, teacher), np.array([counts[0], 2 * counts[1]])

    def rate(_, w):
        return _pull(sizes, w, data) - _pull(sizes, w, _pair_means(counts, w))

    return _followed(rate, start, times, _EXACT)


def nested_limit_flow(share, teacher, start, times):
    """Return the strengths along the training of infinitely many spins.

    Parameters
    ----------
    share, teacher, start
        As in `nested_flow`.
    times : array_like, shape (n_times,)
        N t, increasing.

    Returns
    -------
    ndarray, shape (n_times, 3)

    Raises
    ------
    ValueError, TypeError
        As in `nested_flow`.
    ArithmeticError
        If the integration fails.

    Examples
    --------
    >>> found = nested_limit_flow(0.3, [1.3, 0.35, 1.3], [0.1, 0.1, 0.1], [0.0, 90.0])
    >>> found[-1].round(2).tolist()
    [1.3, 0.35, 1.3]
    """
    share = _check_share(share)
    teacher, start = _check_strengths(teacher), _check_strengths(start, "start")
    root = np.sqrt([1 - share, share])

    def pull(w, m):
        outer, inner = root * [m[0], (m[1] + m[2]) / 2]
        first = outer * w[0] + inner * w[1]
        return np.array(
            [outer * first, inner * first, share * w[2] * (m[1] - m[2]) ** 2 / 4]
        )

    data = _phase(share, teacher)
    return _followed(
        lambda _, w: pull(w, data) - pull(w, _phase(share, w)),
        start,
        check_times(times),
        _LIMIT,
    )


def nested_phases(share, strengths):
    """Return the phases of infinitely many spins.

    Parameters
    ----------
    share, strengths
        As in `nested_machine`.

    Returns
    -------
    ndarray, shape (n_phases, 3)
        Magnetisations of the outer spins and of both halves of the inner ones: one, two
        or four phases that the first pattern, or both, have split.

    Raises
    ------
    ValueError, TypeError
        As in `nested_machine`.

    Examples
    --------
    >>> [len(nested_phases(0.5, w)) for w in ([0.6, 0.6, 0.6], [0.9, 0.9, 0.6])]
    [1, 2]
    """
    share, w = _check_share(share), _check_strengths(strengths)
    outer, up, down = _phase(share, w)
    signs = {(1, 1)} if outer == 0 else {(1, 1), (-1, 1)}
    signs |= set() if up == down else {(s, -t) for s, t in signs}
    found = [
        [s * outer, *(s * np.array([up, down][::t]))] for s, t in sorted(signs)[::-1]
    ]
    return np.array(found) + 0.0


def _phase(share, w):
    """Return the means of the phase of positive overlaps; zeros where it has none.

    m_o = tanh(x H/√(1-f)), m_± = tanh(y H/√f ± z² m_2), with H = √(1-f) x m_o +
    √f y (m_+ + m_-)/2 and m_2 = (m_+ - m_-)/2.
    """
    x, y, z = w
    a, b = np.sqrt(1 - share), np.sqrt(share)
    outer, up, down = (1.0, 1.0, 1.0) if x * x + y * y > 1 else (0.0, 0.0, 0.0)
    for split in (0.0, 1.0):
        if split:
            if z * z * (1 - up * up) <= 1:  # the second mode does not split this phase
                break
            up, down = min(1.0, up + 0.3), up - 0.3
        for _ in range(_SWEEPS):
            H = a * x * outer + b * y * (up + down) / 2
            own = z * z * (up - down) / 2
            old = outer, up, down
            outer = np.tanh(x * H / a)
            up, down = np.tanh(y * H / b + own), np.tanh(y * H / b - own)
            if abs(outer - old[0]) + abs(up - old[1]) + abs(down - old[2]) < 1e-13:
                break
    return outer, up, down


def _law(counts, w):
    """Return a grid of |h_1| and |h_2|, and the probabilities of its points."""
    outer, half = counts
    x, y, z = w / np.sqrt([outer, 2 * half, 2 * half])
    ends = x * outer + 2 * y * half, 2 * z * half
    h1, h2 = (
        (np.arange(np.ceil((end + _REACH) / _STEP)) + 0.5) * _STEP for end in ends
    )
    h1, h2 = h1[:, None], h2[None, :]
    logs = -(h1**2 + h2**2) / 2 + outer * _log_cosh(x * h1)
    logs = logs + half * (_log_cosh(y * h1 + z * h2) + _log_cosh(y * h1 - z * h2))
    p = np.exp(logs - logs.max())
    return h1, h2, p / p.sum()


def _log_cosh(x):
    x = np.abs(x)
    return x + np.log1p(np.exp(-2 * x))


def _pair_means(counts, w):
    """Return ⟨s s'⟩ of two outer, outer and inner, two like and two unlike spins."""
    outer, half = counts
    x, y, z = w / np.sqrt([outer, 2 * half, 2 * half])
    h1, h2, p = _law(counts, w)
    o = np.tanh(x * h1)
    up, down = np.tanh(y * h1 + z * h2), np.tanh(y * h1 - z * h2)
    pairs = o * o, o * (up + down) / 2, (up * up + down * down) / 2, up * down
    return np.array([(p * pair).sum() for pair in pairs])


def _pull(sizes, w, pairs):
    """Return C w for the three strengths, of a law with these pair means."""
    outer, inner = sizes
    oo, oi, like, unlike = pairs
    x, y, z = w
    rest, half = np.sqrt(outer * inner), inner / 2
    of_outer = 1 + (outer - 1) * oo
    same = 1 + (half - 1) * like
    return np.array(
        [
            of_outer * x + rest * oi * y,
            rest * oi * x + (same + half * unlike) * y,
            (same - half * unlike) * z,
        ]
    )


def _followed(rate, start, times, how):
    run = solve_ivp(rate, times[[0, -1]], start, t_eval=times, **how)
    if not run.success:
        raise ArithmeticError(f"the flow could not be integrated: {run.message}")
    return run.y.T


def _check_share(share):
    share = check_real(share, "share", 0, 1, open_low=True)
    if share == 1:
        raise ValueError("share must be below 1, got 1.0")
    return share


def _check_counts(n_visible, share):
    """Return the numbers of outer spins and of half the inner ones, or refuse them."""
    N = check_positive(n_visible, "n_visible", most=MOST_SPINS)
    half = round(_check_share(share) * N / 2)
    if not 0 < half < N / 2:
        raise ValueError(
            f"n_visible and share must leave spins of both kinds, got {N} and {share}"
        )
    return N - 2 * half, half


def _check_strengths(strengths, argument="strengths"):
    return check_array(strengths, argument, (3,), 0, LARGEST)
