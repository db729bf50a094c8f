"""All solutions of the self-consistent equations at one point of the diagram."""

import itertools

import numpy as np

from rbmlib.checks import as_numbers, check_array, check_number
from rbmlib.phase_diagram import laws
from rbmlib.phase_diagram.domain import check_fields, check_kappa
from rbmlib.phase_diagram.equations import Model, at_value, free_energy, make_work
from rbmlib.phase_diagram.iterate import follow
from rbmlib.phase_diagram.laws import MOST_MODES
from rbmlib.phase_diagram.solution import SAME, Phase, Solution

PLAIN, MOST = 400, 2000
SMALL = 1e-3


def solve(w, sigma, kappa=1.0, law="gaussian", eta=0.0, theta=0.0):
    """Solve the self-consistent equations of a machine of rank K with noise.

    Equations and conventions: `rbmlib.phase_diagram.equations`.  In zero field each
    solution stands for all that follow from it by flipping the sign of modes.

    Parameters
    ----------
    w : float or array_like, shape (n_modes,)
        Strengths of the modes, not negative.
    sigma : float
        Strength of the noise, whose entries have variance σ²/√(N_v N_h).
    kappa : float
        N_h/N_v, from 1e-6 to 1e6.
    law : "gaussian", "laplace", "rademacher" or ("sparse", p)
        Law of the modes' entries.
    eta, theta : float or array_like, shape (n_modes,)
        Fields along the modes: biases √L Σ η_α u^α on visible and √L Σ θ_α ū^α on
        hidden units.

    Returns
    -------
    Phase
        Order parameters to 1e-9; those below 5e-7 are zero.

    Raises
    ------
    ValueError, TypeError
        No numbers, or numbers out of range; fields so strong that 1 - q has no digits
        left (above 1e7); too many modes for the law; no law.
    RuntimeError
        If no start ends in a solution.

    Examples
    --------
    >>> solve(1.5, 0.5)
    Phase(ferromagnet: m = 0.5283, q = 0.3333, q_bar = 0.3333; 2 solutions)
    >>> [s.phase for s in solve(0.5, 1.5).solutions]
    ['spin glass', 'paramagnet']
    """
    law = laws.get(law)
    w, eta, theta = check_modes(w, eta, theta)
    sigma, kappa = check_number(sigma, "sigma"), check_kappa(kappa)
    check_fields(kappa, law, w=w, sigma=sigma, eta=eta, theta=theta)
    model = Model(w, sigma, kappa, eta, theta, law.scale, *law.product(len(w)))
    field = (eta != 0) | (theta != 0)
    ends = [_follow(start, field, model) for start in _starts(len(w), field)]
    found = []
    for end in ends:
        if end.converged and not any(_same(end, other) for other in found):
            found.append(end)
    found.sort(key=lambda end: (not end.locally_stable, end.free_energy))
    if not found:
        raise RuntimeError(
            f"no start converged at w = {w}, sigma = {sigma}, kappa = {kappa}"
        )
    everything = all(end.converged for end in ends)
    return Phase(w, sigma, kappa, law.name, tuple(found), everything)


def check_modes(w, eta=0.0, theta=0.0):
    """Return strengths and fields, each of shape (n_modes,).

    Parameters
    ----------
    w, eta, theta : float or array_like, shape (n_modes,)

    Raises
    ------
    ValueError
        No modes or more than 12, a strength that is negative or not finite, or a field
        that has another shape or is not finite.
    """
    w = _of_modes(w, "w", "n_modes", 0)
    if w.size > MOST_MODES:
        raise ValueError(f"w must have at most {MOST_MODES} modes, got {w.size}")
    fields = (
        np.broadcast_to(_of_modes(x, argument, w.size), w.shape).copy()
        for x, argument in ((eta, "eta"), (theta, "theta"))
    )
    return w.copy(), *fields


def _of_modes(value, argument, n_modes, low=-np.inf):
    """Return one number, or one for each mode, as an array of one dimension."""
    value = as_numbers(value, argument)
    return check_array(value, argument, (n_modes,) * (value.ndim > 0), low).reshape(-1)


def _starts(n_modes, field):
    """Yield (m̄, q̄): zero, a glass, single modes, pairs, all; both signs in a field."""
    yield np.zeros(n_modes + 1)
    yield np.r_[np.zeros(n_modes), 1.0]
    sizes = {1, min(2, n_modes), n_modes}
    for size in sorted(sizes):
        for modes in itertools.combinations(range(n_modes), size):
            for sign in (1.0, -1.0) if field.any() else (1.0,):
                start = np.zeros(n_modes + 1)
                start[list(modes)], start[-1] = sign, 1.0
                yield start
    if n_modes > 1:  # a mixture that is not symmetric
        yield np.r_[0.5 ** np.arange(n_modes), 1.0]


def _follow(start, field, model):
    x = start.copy()
    if field.any():
        x[:-1][field & (x[:-1] == 0)] = SMALL
        x[-1] = x[-1] or SMALL
    work = make_work(len(x))
    residual, n_iterations = follow(x, PLAIN, MOST, model, work)
    m, q = work.visible.order[:-1], work.visible.order[-1]
    return Solution(
        m=m + 0.0,
        m_bar=x[:-1].copy(),
        q=float(q),
        q_bar=float(x[-1]),
        free_energy=free_energy(x, model.w, model.sigma, model.kappa, work),
        growth=float(np.abs(np.linalg.eigvals(work.jac)).max()),
        at=at_value(model.sigma, work),
        residual=residual,
        n_iterations=n_iterations,
    )


def _same(a, b):
    x, y = (np.r_[s.m, s.m_bar, s.q, s.q_bar] for s in (a, b))
    return np.abs(x - y).max() < SAME
