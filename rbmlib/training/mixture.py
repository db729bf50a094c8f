"""A mixture of independent spins that has nearly the law of a low-rank machine.

    q(s) = Σ_k π_k Π_i exp([a + Uτ_k]_i s_i) / 2 cosh [a + Uτ_k]_i
         = p_0(s) Σ_k π_k exp(τ_k·x - K(τ_k)),      x = Uᵀ(s - μ),

can be drawn from at once and is a function of the sums x alone, beside p_0
(`rbmlib.training.volume`).  With π the density of the machine at the points x_k it is
wider than the machine, as each part has a width of its own; the shares π that make it
most alike are found by expectation maximisation, which never goes down.
"""

import numpy as np
from scipy.special import expit, logsumexp

from rbmlib import randomness

N_STEPS = 10
FAINT = -18.0  # log of a share of the density that is left out
SAFE = 0.1  # share of the mixture that is as wide as π = p makes it
SLACK = 0.25  # of the largest log-weight, between points
AT_ONCE = 1000  # draws of which some are accepted


class Mixture:
    """The mixture near a density, and the weights of its draws.

    Parameters
    ----------
    volume : Volume
    density : rbmlib.training.coulomb.Density
    machine : RBM
        On its grid, with the law of that density but for small weights.
    """

    def __init__(self, volume, density, machine):
        self._machine, self._U, self._mu = machine, volume.U, volume.mu
        self._a, self._density = volume.a, density
        log_p = volume.log_p + density.log_ratio(volume.x)
        log_p -= logsumexp(log_p)
        # Neighbours of whole τ are at most the width of a part from each other, or two.
        near = (log_p > FAINT) & (volume.tau % 1 == 0).all(1)
        self._tau, self._K, x = volume.tau[near], volume.K[near], volume.x[near]
        p = np.exp(log_p[near])
        p /= p.sum()
        parts = x @ self._tau.T  # in place: of up to some thousand points
        parts += volume.log_p[near, None]
        parts -= self._K
        np.exp(parts, out=parts)
        pi = p
        for _ in range(N_STEPS):
            pi = pi * (parts.T @ (p / (parts @ pi)))
        pi = (1 - SAFE) * pi / pi.sum() + SAFE * p
        self._log_pi, self._ends = np.log(pi), np.cumsum(pi)
        log_mixture = np.log(parts @ pi) - volume.log_p[near]
        self._highest = (density.log_ratio(x) - log_mixture).max() + SLACK

    def draw(self, n_draws, seed, sweep):
        """Return draws, the logarithms of their weights, and numbers to accept them.

        Returns
        -------
        v : ndarray of float32, shape (n_draws, n_visible)
            States of the machine.
        log_w : ndarray, shape (n_draws,)
            log p*(v) - log q(v), with p* the marginal of the machine without 1/Z.
        log_u : ndarray, shape (n_draws,)
        """
        n = len(self._a)
        chains = np.arange(n_draws)
        u = randomness.uniforms(seed, randomness.LOW_RANK, sweep, chains, n + 2)
        k = np.searchsorted(self._ends, u[:, -1] * self._ends[-1])
        on = u[:, :n] < expit(2.0 * (self._a + self._tau[k] @ self._U.T))
        v = np.where(on, 1.0, self._machine.visible.low).astype(np.float32)
        s = np.where(on, 1.0, -1.0)
        log_q = self._log_p0(s) + self._log_mixture(self._sums(s))
        return v, -self._machine.free_energy(v) - log_q, np.log(u[:, -2])

    def constant(self, v):
        """Return what p* has beside p_0 and the density, on average over states."""
        s = np.where(v > 0, 1.0, -1.0)
        rest = -self._machine.free_energy(v) - self._log_p0(s)
        return float((rest - self._density.log_ratio(self._sums(s))).mean())

    def accept(self, n_samples, seed):
        """Return the first draws that are accepted: independent samples."""
        bound, kept, sweep = None, [], 0
        while sum(map(len, kept)) < n_samples:
            sweep += 1  # draws of sweep 0 give log Z
            v, log_w, log_u = self.draw(AT_ONCE, seed, sweep)
            if bound is None:
                bound = self._highest + self.constant(v)
            if log_w.max() > bound:  # the points were too far from each other
                bound, kept, sweep = log_w.max(), [], 0
                continue
            kept.append(v[log_u < log_w - bound])
        return np.concatenate(kept)[:n_samples]

    def _sums(self, s):
        return (s - self._mu) @ self._U

    def _log_p0(self, s):
        return s @ self._a - np.logaddexp(self._a, -self._a).sum()

    def _log_mixture(self, x):
        return logsumexp(self._log_pi + x @ self._tau.T - self._K, axis=1)
