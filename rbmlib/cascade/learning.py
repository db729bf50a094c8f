"""The gradient flow of a machine of one pattern, exactly.

Gradient ascent of the mean log-likelihood keeps the form of the machine: its strength w
and its bias a follow two equations, whose averages are sums over overlaps.
"""

from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from rbmlib.cascade.pattern import check_law, check_machine_of, law_of
from rbmlib.checks import check_array

_SOLVER = {"method": "LSODA", "rtol": 1e-10, "atol": 1e-13}


class Path(NamedTuple):
    """A machine of one pattern along its training."""

    times: np.ndarray
    w: np.ndarray
    field: np.ndarray


def gradient(data_law, w, field=0.0, n_hidden=None):
    """Return (dw/dt, da/dt): the gradient of the mean log-likelihood.

    dw/dt = √(N_h/N) [⟨M Γ'(x)⟩_data - ⟨M Γ'(x)⟩_model] and
    da/dt = ⟨m⟩_data - ⟨m⟩_model, when each weight and each bias follows its own
    derivative.

    Parameters
    ----------
    data_law : array_like, shape (n_visible + 1,)
        Of the overlaps of the data.
    w, field, n_hidden
        As in `machine`.

    Returns
    -------
    tuple of float

    Raises
    ------
    ValueError, TypeError
        As in `moments_of` and `machine`.

    Examples
    --------
    >>> from rbmlib.cascade import law
    >>> data = law(50, 0.8)
    >>> [round(abs(x), 12) for x in gradient(data, 0.8)]
    [0.0, 0.0]
    >>> gradient(data, 0.1)[0] > 0
    True
    """
    data_law = check_law(data_law, "data_law")
    return _gradient(data_law, *check_machine_of(w, field, n_hidden))


def _gradient(data_law, w, field, unit, n_hidden):
    N = len(data_law) - 1
    excess = data_law - law_of(N, w, field, unit, n_hidden)
    total = 2.0 * np.arange(N + 1) - N
    x = w * total / np.sqrt(N * n_hidden)
    pull = np.sqrt(n_hidden / N) * total * unit.mean(x)
    return float(pull @ excess), float(total @ excess / N)


def flow(data_law, w0, times, field0=None, n_hidden=None):
    """Follow the gradient flow exactly: w(t), and the bias a(t) if it is learned.

    Parameters
    ----------
    data_law : array_like, shape (n_visible + 1,)
    w0 : float
        At times[0]; above 0, at most 100.
    times : array_like, shape (n_times,)
        Increasing.  A time is a number of updates times the learning rate.
    field0 : float, optional
        Bias at times[0].  Default: no bias, and none is learned.
    n_hidden : int, optional
        As in `machine`.

    Returns
    -------
    Path

    Raises
    ------
    ValueError, TypeError
        As in `gradient`; times that do not increase.
    ArithmeticError
        If the integration fails.

    Examples
    --------
    >>> from rbmlib.cascade import law
    >>> path = flow(law(100, 1.2**0.5), 0.1, [0.0, 50.0])
    >>> round(float(path.w[-1]) ** 2, 6)  # ends at β_D
    1.2
    """
    data_law = check_law(data_law, "data_law")
    start = 0.0 if field0 is None else field0
    w0, start, *kind = check_machine_of(w0, start, n_hidden, "w0", "field0")
    if w0 == 0:
        raise ValueError(f"w0 must be > 0, where learning can begin, got {w0}")
    times = check_times(times)

    def rate(_, y):
        dw, da = _gradient(data_law, *y, *kind)
        return dw, 0.0 if field0 is None else da

    run = solve_ivp(rate, times[[0, -1]], [w0, start], t_eval=times, **_SOLVER)
    if not run.success:
        raise ArithmeticError(f"the flow could not be integrated: {run.message}")
    return Path(times, *run.y)


def check_times(times):
    """Return increasing times, at least two, or refuse them."""
    times = check_array(times, "times", ("n_times",))
    if times.size < 2 or not np.all(np.diff(times) > 0):
        raise ValueError(
            f"times must be at least two increasing numbers, got {times.tolist()!r:.60}"
        )
    return times
