"""From a start to a solution: a few plain iterations, then Newton's method.

Close to a transition the plain iteration needs 1/distance steps.  Newton's method needs
a handful, in the logarithms of the order parameters: there the solution zero, which is
always near a transition, is infinitely far away and cannot catch the iteration.
"""

import math

import numpy as np

from rbmlib import compiled
from rbmlib.phase_diagram.equations import visible_then_hidden

TOLERANCE = 1e-12  # of the largest relative change
VANISHED = 5e-7  # an order parameter below this is zero: m² drowns in rounding soon
LONGEST_STEP = 1.0  # in a logarithm
FAR = 0.5


@compiled.kernel(error_model="numpy")
def follow(x, n_plain, most, model, work):
    """Move x to a solution, in place; return (residual, number of iterations).

    The residual is the largest relative change of an order parameter by one more
    iteration.  An order parameter that is zero stays zero.

    Parameters
    ----------
    x : ndarray, shape (K + 1,)
        (m̄, q̄): the start, then the end.
    n_plain, most : int
        Plain iterations at the beginning; iterations in all.
    model : Model
    work : Work
        Filled at the final x.
    """
    image, jac = work.hidden.order, work.jac
    n = x.size
    for iteration in range(most):
        visible_then_hidden(x, model, work)
        for i in range(n):
            if abs(x[i]) < VANISHED:
                x[i] = 0.0
        residual = 0.0
        for i in range(n):
            if x[i] != 0.0:
                if image[i] * x[i] <= 0.0:
                    residual = np.inf
                else:
                    residual = max(residual, abs(math.log(image[i] / x[i])))
        if residual < TOLERANCE:
            break
        # Far away, and every fifth time: where an order parameter dies out, Newton's
        # direction becomes rounding noise, and the plain step still points to zero.
        plain = iteration < n_plain or residual > FAR or iteration % 5 == 4
        if plain or not _newton_step(x, image, jac):
            for i in range(n):
                if x[i] != 0.0:
                    x[i] = image[i]
    visible_then_hidden(x, model, work)
    return residual, iteration + 1


@compiled.kernel(error_model="numpy")
def _newton_step(x, image, jac):
    """Solve (1 - ∂log image/∂log x) dy = log image/x, multiply x by e^dy."""
    n = x.size
    system = np.zeros((n, n + 1))
    for i in range(n):
        system[i, i] = 1.0
        if x[i] != 0.0:
            system[i, n] = math.log(image[i] / x[i])
            for j in range(n):
                system[i, j] -= jac[i, j] * x[j] / image[i]
    if not _eliminate(system):
        return False
    longest = 0.0
    for i in range(n):
        longest = max(longest, abs(system[i, n]))
    shorter = min(1.0, LONGEST_STEP / longest) if longest > 0.0 else 1.0
    for i in range(n):
        x[i] *= math.exp(shorter * system[i, n])
    return True


@compiled.kernel(error_model="numpy")
def _eliminate(system):
    """Solve the linear system in place: the solution replaces the last column."""
    n = len(system)
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            if abs(system[i, k]) > abs(system[pivot, k]):
                pivot = i
        if not abs(system[pivot, k]) > 1e-300:
            return False
        for j in range(k, n + 1):
            system[k, j], system[pivot, j] = system[pivot, j], system[k, j]
        for i in range(n):
            if i != k:
                factor = system[i, k] / system[k, k]
                for j in range(k, n + 1):
                    system[i, j] -= factor * system[k, j]
    for k in range(n):
        system[k, n] /= system[k, k]
    return True
