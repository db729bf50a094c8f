"""The law of a Potts model whose contacts are known, and samples of it.

p(v) = 1/Z exp(Σ_i h_i(v_i) + Σ_{i<k} J_ik(v_i, v_k) + Σ_{ikl} K_ikl(v_i, v_k, v_l)),
with states 0 … q - 1; the last sum is over the planted triples.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from rbmlib import enumeration
from rbmlib.units import Categorical


@dataclass(frozen=True, eq=False)
class PlantedPotts:
    """Samples of a Potts model, with its contacts, parameters and exact law.

    Attributes
    ----------
    samples : ndarray of int32, shape (n_samples, n_sites)
        States from 0 to q - 1, as units of type `rbmlib.units.Categorical` take them.
    contacts : ndarray of bool, shape (n_sites, n_sites)
        Symmetric, False on the diagonal.
    couplings : ndarray of float64, shape (n_sites, q, n_sites, q)
        J_ik(a, b) = J_ki(b, a).  Each row and column of a block sums to zero.
    fields : ndarray of float64, shape (n_sites, q)
        Each row sums to zero.
    triples : ndarray of int64, shape (n_triples, 3)
        Sites, increasing along each row; no set twice.
    triple_couplings : ndarray of float64, shape (n_triples, q, q, q)
        K_ikl(a, b, c) of each.  The sum over any one of a, b and c is zero.
    """

    samples: np.ndarray
    contacts: np.ndarray
    couplings: np.ndarray
    fields: np.ndarray
    triples: np.ndarray
    triple_couplings: np.ndarray

    def log_weight(self, v):
        """Return Σ h_i(v_i) + Σ J_ik(v_i, v_k) + Σ K_ikl(v_i, v_k, v_l).

        That is log p(v) + log Z; each pair and each triple is counted once.

        Parameters
        ----------
        v : array_like of int, shape (..., n_sites)

        Returns
        -------
        ndarray of float64, shape (...)

        Raises
        ------
        ValueError
            Values that are no states.

        Examples
        --------
        >>> from rbmlib.datasets import planted_potts
        >>> data = planted_potts(4, 6, q=3, contacts=2, strength=2.0, field=0.5, seed=0)
        >>> data.log_weight([[0, 0, 0, 0, 0, 0], [2, 2, 0, 0, 1, 1]]).round(4).tolist()
        [0.085, 2.2465]
        """
        unit = self._unit
        states = unit.check(v, len(self.fields), "v")
        v = unit.encode(states).astype(np.float64)
        J = self.couplings.reshape(self.fields.size, -1)
        logs = v @ self.fields.ravel() + ((v @ J) * v).sum(-1) / 2
        for sites, K in zip(self.triples, self.triple_couplings, strict=True):
            logs += K[tuple(np.moveaxis(states[..., sites], -1, 0))]
        return logs

    def log_z(self):
        """Return log Z, summed over all states: at most 2^25 of them.

        Raises
        ------
        ValueError
            A model with more states.
        """
        return logsumexp([logsumexp(self.log_weight(v)) for v in self._blocks()])

    def log_probability(self, v):
        """Return log p(v) of a model with at most 2^25 states.

        Parameters
        ----------
        v : array_like of int, shape (..., n_sites)

        Returns
        -------
        ndarray of float64, shape (...)

        Raises
        ------
        ValueError
            Values that are no states, or a model with more states.

        Examples
        --------
        >>> from rbmlib.datasets import planted_potts
        >>> data = planted_potts(4, 6, q=3, contacts=2, strength=2.0, field=0.5, seed=0)
        >>> data.log_probability([2, 2, 0, 0, 1, 1]).round(4).tolist()
        -4.9976
        """
        return self.log_weight(v) - self.log_z()

    def marginals(self):
        """Return the exact probabilities of one and of two sites, up to 2^25 states.

        Returns
        -------
        one : ndarray, shape (n_sites, q)
            P(v_i = a).
        two : ndarray, shape (n_sites, q, n_sites, q)
            P(v_i = a, v_k = b).

        Raises
        ------
        ValueError
            A model with more states.
        """
        two, log_z = np.zeros((self.fields.size,) * 2), self.log_z()
        for block in self._blocks():
            v, p = self._unit.encode(block), np.exp(self.log_weight(block) - log_z)
            two += v.T @ (v * p[:, None])
        one = np.diagonal(two).reshape(self.fields.shape)
        return one, two.reshape(self.couplings.shape)

    @property
    def _unit(self):
        return Categorical(self.fields.shape[1])

    def _blocks(self):
        n_sites, q = self.fields.shape
        if q**n_sites > enumeration.MAX_STATES:
            raise ValueError(
                "the exact law is a sum over all states, of which there may be 2^25; "
                f"this model has {q}^{n_sites}"
            )
        return enumeration.blocks(self._unit, n_sites)
