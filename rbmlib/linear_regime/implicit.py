"""The implicit solution of a mode's equation: see `closed_form`."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_expit


def implicit_strength(s, x0, ratio):
    """Return x(s), by a bracketed root in a variable z that resolves both ends."""
    end = 1 - 1 / ratio
    if s == 0 or x0 == end:
        return x0
    if x0 < end:
        z0 = np.log(x0) - np.log(end - x0)
        target = _rising(z0, ratio) + 2 * (ratio - 1) * s
        return end * expit(_root(lambda z: _rising(z, ratio) - target, z0, 1))
    z0 = np.log(x0 - max(end, 0.0))
    target = _falling(z0, end) + 2 * ratio * s
    return max(end, 0.0) + np.exp(_root(lambda z: _falling(z, end) - target, z0, -1))


def _rising(z, ratio):
    """Return log(x / (x* - x)^(1/λ)) at x = x* expit(z), which is below the end x*.

    For z > 0 the two large parts of z + x* log expit(-z) are taken together: z/λ.
    """
    end = 1 - 1 / ratio
    if z > 0:
        return z / ratio + end * (np.log(end) + log_expit(z))
    return z + end * (np.log(end) + log_expit(-z))


def _falling(z, end):
    """Return log(x - x*) - log(1 - x*/x) / x* at x = max(x*, 0) + exp(z).

    Times λ - 1 over λ it is the logarithm of the implicit solution, but it keeps its
    precision where λ comes close to 1; there it tends to log x + 1/x.
    """
    if end > 0:
        x, log_gap = end + np.exp(z), z
        log_x = np.log(x)
    else:
        x, log_x = np.exp(z), z
        log_gap = np.log(x - end)
    if end == 0:
        return log_x + 1 / x
    log_ratio = np.log1p(-end / x) if abs(end) < x / 2 else log_gap - log_x
    return log_gap - log_ratio / end


def _root(function, start, direction):
    """Return the root beyond `start`, in the given direction."""
    step = float(direction)
    side = np.sign(function(start))
    while side * np.sign(function(start + step)) > 0:
        step *= 2
    return brentq(function, start, start + step, xtol=1e-15, rtol=1e-15, maxiter=500)
