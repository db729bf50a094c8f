"""Many spins: the transition that learning passes, its exponents and its scaling.

With one Gaussian hidden unit the machine is a Curie-Weiss magnet at β = w².  Below
β = 1 the susceptibility is 1/(1 - β), above it m = tanh(β m).  Near β = 1, with the
scaling variable z = (w² - 1)√N and y = N^¼ m, the law of a large machine is

    p(y) ∝ exp(z y²/2 - c y⁴),  c = 1/12,

and one sweep is a small step of dy = (z y - 4c y³) ds + √2 dB in the time s = sweeps /
√N.  With N_h = κN hidden units of ±1 the coefficient is c = (1 + 1/κ)/12.
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import eigh_tridiagonal

from rbmlib.cascade.learning import check_times
from rbmlib.checks import check_array, check_real
from rbmlib.ising import curie_weiss

_WIDTH, _STEPS = 12.0, 4000  # of the grid of y
LARGEST_Z = 20.0
_SOLVER = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-13}


def limit_flow(times, w0, beta):
    """Return w² along the training of infinitely many spins from data with β_D > 1.

    In the time θ = N t, dx/dθ = 2x [m_D² - m(x)²] with x = w², m(x) = 0 below x = 1
    and m = tanh(x m) above: exponential growth up to the transition.

    Parameters
    ----------
    times : array_like, shape (n_times,)
        θ, increasing, at least 0; w is w0 at 0.
    w0 : float
        In (0, 1).
    beta : float
        β_D, above 1 and at most 10.

    Returns
    -------
    ndarray, shape (n_times,)

    Raises
    ------
    ValueError, TypeError
        Numbers out of range, times that do not increase.
    ArithmeticError
        If the integration fails.

    Examples
    --------
    >>> crossing = crossing_time(0.1, 1.5)
    >>> limit_flow([0, crossing, 100], 0.1, 1.5).round(6).tolist()
    [0.01, 1.0, 1.5]
    """
    times = check_times(times)
    if times[0] < 0:
        raise ValueError(f"times must be at least 0, got {times[0]!r}")
    crossing = crossing_time(w0, beta)
    order = curie_weiss.magnetization(1 / beta) ** 2
    x = w0**2 * np.exp(2 * order * np.minimum(times, crossing))
    late = times > crossing
    if late.any():

        def rate(_, log_x):
            return [2 * (order - curie_weiss.magnetization(np.exp(-log_x[0])) ** 2)]

        after = times[late] - crossing
        run = solve_ivp(rate, (0, after[-1]), [0.0], t_eval=after, **_SOLVER)
        if not run.success:
            raise ArithmeticError(f"the flow could not be integrated: {run.message}")
        x[late] = np.exp(run.y[0])
    return x


def crossing_time(w0, beta):
    """Return θ_c = -ln(w0) / m_D², at which an infinite machine passes w = 1.

    Parameters
    ----------
    w0 : float
        In (0, 1).
    beta : float
        β_D, above 1 and at most 10.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        Numbers out of range.

    Examples
    --------
    >>> round(crossing_time(0.1, 1.25), 4)  # m_D = 0.710412
    4.5624
    """
    w0 = check_real(w0, "w0", 0, open_low=True)
    beta = check_real(beta, "beta", 1, 10, open_low=True)
    if w0 >= 1:
        raise ValueError(f"w0 must be below 1, where the transition is, got {w0!r}")
    return float(-np.log(w0) / curie_weiss.magnetization(1 / beta) ** 2)


def scaling_functions(z, ratio=None):
    """Return ⟨|y|⟩ and ⟨y²⟩ of the critical law: N^¼⟨|m|⟩ and √N⟨m²⟩ for N → ∞.

    Parameters
    ----------
    z : array_like, any shape
        (w² - 1)√N, from -20 to 20.
    ratio : float, optional
        κ = N_h/N of ±1 hidden units.  Default: a Gaussian unit, κ = ∞.

    Returns
    -------
    abs_y, square : ndarray, shape of z

    Raises
    ------
    ValueError, TypeError
        A z or a ratio out of range.

    Examples
    --------
    >>> [round(float(x), 6) for x in scaling_functions(0.0)]
    [0.909891, 1.170829]
    """
    z, c = check_array(z, "z", (...,), -LARGEST_Z, LARGEST_Z), _quartic(ratio)
    y = _grid()
    logs = z[..., None] * y**2 / 2 - c * y**4
    p = np.exp(logs - logs.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    return p @ y, p @ y**2


def critical_time(z, ratio=None):
    """Return τ/√N at the transition for N → ∞, from a Fokker-Planck equation.

    The law of y obeys ∂p/∂s = -∂[(z y - 4c y³) p] + ∂²p; τ/√N is one over its
    slowest decay, that of the mean, odd in y.

    Parameters
    ----------
    z : float
        (w² - 1)√N, from -20 to 20.
    ratio : float, optional
        As in `scaling_functions`.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        A z or a ratio out of range.

    Examples
    --------
    >>> round(critical_time(0.0), 4)
    1.2656
    """
    z = check_real(z, "z", -LARGEST_Z, LARGEST_Z)
    c, y = _quartic(ratio), _grid()
    step = y[1] - y[0]
    # The symmetric form -d²/dy² + U'²/4 - U''/2 of the decay, U = c y⁴ - z y²/2, on
    # odd functions: zero at y = 0, midpoints beside it.
    slope, curvature = 4 * c * y**3 - z * y, 12 * c * y**2 - z
    diagonal = 2 / step**2 + slope**2 / 4 - curvature / 2
    diagonal[0] += 1 / step**2
    off = np.full(len(y) - 1, -1 / step**2)
    lowest = eigh_tridiagonal(
        diagonal, off, eigvals_only=True, select="i", select_range=(0, 0)
    )
    return float(1 / lowest[0])


def _grid():
    """Return midpoints of y > 0."""
    return (np.arange(_STEPS) + 0.5) * (_WIDTH / _STEPS)


def _quartic(ratio):
    if ratio is None:
        return 1 / 12
    return (1 + 1 / check_real(ratio, "ratio", 1e-3, 1e6)) / 12


def collapse_spread(sizes, x, y, x_exponent, y_exponent):
    """Return how far curves of several sizes are from one scaled curve.

    Each curve becomes y N^{y_exponent} against x N^{x_exponent}.  On the scaled points
    that all sizes share, the spread is the root mean square of the deviations from the
    mean over sizes, relative to the standard deviation of the mean curve: 0 for a
    perfect collapse, of order 1 for none.

    Parameters
    ----------
    sizes : array_like of int, shape (n_sizes,)
        At least two.
    x, y : array_like, shape (n_sizes, n_points)
        x increasing in each row.
    x_exponent, y_exponent : float

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        Shapes that do not fit, an x that does not increase, curves that share no
        scaled points.

    Examples
    --------
    >>> sizes, x = [16, 64], np.linspace(-1, 1, 201)
    >>> both = [np.tanh(x * N**0.5) / N**0.25 for N in sizes]
    >>> right = collapse_spread(sizes, [x, x], both, 0.5, 0.25)
    >>> right < 1e-3 < 0.1 < collapse_spread(sizes, [x, x], both, 0.5, 0.5)
    True
    """
    sizes = check_array(sizes, "sizes", ("n_sizes",), 1, 1e12)
    x = check_array(x, "x", (len(sizes), "n_points"))
    y = check_array(y, "y", x.shape)
    if len(sizes) < 2:
        raise ValueError(f"sizes must be at least two, got {sizes.tolist()!r}")
    if not np.all(np.diff(x) > 0):
        raise ValueError("x must increase in each row, got one that does not")
    x_exponent = check_real(x_exponent, "x_exponent", -10, 10)
    y_exponent = check_real(y_exponent, "y_exponent", -10, 10)
    scaled = x * sizes[:, None] ** x_exponent
    low, high = scaled[:, 0].max(), scaled[:, -1].min()
    if not low < high:
        raise ValueError("x must leave scaled points that all sizes share, got none")
    common = np.linspace(low, high, 200)
    rows = zip(scaled, y * sizes[:, None] ** y_exponent, strict=True)
    curves = np.array([np.interp(common, *row) for row in rows])
    mean = curves.mean(0)
    return float(np.sqrt(np.mean((curves - mean) ** 2)) / mean.std())
