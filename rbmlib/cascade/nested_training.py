"""The training of nested patterns: the flow of three strengths, and their phases.

With Gaussian hidden units the gradient of W is (C_D - C) W, with the covariances of the
data and of the machine: of `rbmlib.cascade.nested` it needs four pair means.
"""

import numpy as np
from scipy.integrate import solve_ivp

from rbmlib.cascade.learning import check_times
from rbmlib.cascade.nested import check_counts, check_share, check_strengths, grid_law

_EXACT = {"method": "LSODA", "rtol": 1e-8, "atol": 1e-10}
_LIMIT = {"method": "LSODA", "rtol": 1e-7, "atol": 1e-9}
_SWEEPS = 400  # of an iteration of mean field, which is run to its end


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
    counts, teacher = (
        check_counts(n_visible, share),
        check_strengths(teacher, "teacher"),
    )
    start, times = check_strengths(start, "start"), check_times(times)
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
    share = check_share(share)
    teacher, start = (
        check_strengths(teacher, "teacher"),
        check_strengths(start, "start"),
    )
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
    share, w = check_share(share), check_strengths(strengths)
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


def _pair_means(counts, w):
    """Return ⟨s s'⟩ of two outer, outer and inner, two like and two unlike spins."""
    outer, half = counts
    x, y, z = w / np.sqrt([outer, 2 * half, 2 * half])
    h1, h2, p = grid_law(counts, w)
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
