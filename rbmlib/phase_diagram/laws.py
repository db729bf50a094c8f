"""The laws of the modes' entries: symmetric, of variance 1, known by their averages.

An entry U of a mode is either a mixture of Gaussians, U = √V y ("scale": nodes hold V),
or takes a few values ("points": nodes hold U).  Both need one average over the Gaussian
noise for each node.  The Laplace law is the mixture in which V is exponential.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_positive, check_real, shown

MOST_MODES = 12
MOST_NODES = 200_000


@dataclass(frozen=True, eq=False)
class Law:
    """Law of the entries of a mode.

    Attributes
    ----------
    name : str
    scale : bool
        Whether nodes hold the variance V of a Gaussian, or values U.
    nodes, weights : ndarray, shape (n_nodes,)
    kurtosis : float
        E U⁴; 3 for the Gaussian.
    p : float
        Share of the entries that are not zero; 1 but for the sparse law.
    """

    name: str
    scale: bool
    nodes: np.ndarray
    weights: np.ndarray
    kurtosis: float
    p: float = 1.0

    def product(self, n_modes):
        """Return nodes and weights of independent modes.

        U and -U contribute the same to every average that is used: of the points only
        one of each such pair is kept.  Of more modes than one, whose nodes multiply, a
        continuous law gives every second node: averages of E sech² in strong fields are
        then known to 5e-7 of their size, in place of 1e-9.

        Parameters
        ----------
        n_modes : int
            From 1 to 12.

        Returns
        -------
        nodes : ndarray, shape (n, n_modes)
        weights : ndarray, shape (n,)

        Raises
        ------
        ValueError, TypeError
            No number of modes, or one that would have more than 200,000 nodes.

        Examples
        --------
        >>> nodes, weights = get("rademacher").product(2)
        >>> nodes.tolist(), weights.tolist()
        ([[1.0, -1.0], [1.0, 1.0]], [0.5, 0.5])
        """
        n_modes = check_positive(n_modes, "n_modes", most=MOST_MODES)
        if self.name == "gaussian":  # √V y with V = 1, for any number of modes
            return np.ones((1, n_modes)), np.ones(1)
        nodes, weights = self.nodes, self.weights
        if self.scale and n_modes > 1:  # a trapezoidal rule: every second is one, too
            nodes, weights = nodes[::2], weights[::2] / weights[::2].sum()
        if len(nodes) ** n_modes > MOST_NODES:
            most = int(math.log(MOST_NODES, len(nodes)))
            raise ValueError(
                f"n_modes, the size of w, must be at most {most} for the {self.name} "
                f"law, got {n_modes}, which need {len(nodes)}^{n_modes} nodes"
            )
        nodes = np.array(list(itertools.product(nodes, repeat=n_modes)))
        weights = np.array(list(itertools.product(weights, repeat=n_modes)))
        weights = weights.prod(1)
        if self.scale:
            return nodes, weights
        first = np.array([next((u for u in row if u), 0.0) for row in nodes])
        return nodes[first >= 0], (weights * (1 + (first > 0)))[first >= 0]


def _exponential():
    """Nodes of E f(V), V exponential: V = exp(x - e⁻ˣ) decays doubly fast below.

    In a field of strength a, E sech²(a√V y) has its step at V = 1/a², and what the rule
    leaves out, V < 3e-18 and V > 43, weighs less than the last digit.
    """
    x = np.linspace(-3.6, 3.8, 75)
    V = np.exp(x - np.exp(-x))
    weights = np.exp(-V) * V * (1 + np.exp(-x)) * (x[1] - x[0])
    return V, weights / weights.sum()


GAUSSIAN = Law("gaussian", True, np.ones(1), np.ones(1), 3.0)
LAPLACE = Law("laplace", True, *_exponential(), 6.0)
RADEMACHER = Law("rademacher", False, np.array([-1.0, 1.0]), np.full(2, 0.5), 1.0)
LAWS = {law.name: law for law in (GAUSSIAN, LAPLACE, RADEMACHER)}


def sparse(p):
    """Return the law with entries 0, and ±1/√p with probability p.

    Parameters
    ----------
    p : float
        In (0, 1].

    Returns
    -------
    Law

    Raises
    ------
    ValueError, TypeError
        If p is no number in (0, 1].

    Examples
    --------
    >>> sparse(0.25).kurtosis
    4.0
    """
    p = check_real(p, "law = ('sparse', p): p", 0, 1, open_low=True)
    nodes = np.array([-(p**-0.5), 0.0, p**-0.5])
    weights = np.array([p / 2, 1 - p, p / 2])
    return Law("sparse", False, nodes, weights, 1 / p, p)


def get(law):
    """Return a `Law`: from itself, from its name, or from ("sparse", p).

    Raises
    ------
    ValueError, TypeError
        If it names no law, or as `sparse`.

    Examples
    --------
    >>> get(("sparse", 0.25)).nodes.tolist()
    [-2.0, 0.0, 2.0]
    """
    if isinstance(law, Law):
        return law
    if isinstance(law, str) and law in LAWS:
        return LAWS[law]
    if isinstance(law, (tuple, list)) and len(law) == 2:
        if isinstance(law[0], str) and law[0] == "sparse":
            return sparse(law[1])
    raise ValueError(
        f"law must be one of {', '.join(map(repr, LAWS))} or ('sparse', p), got "
        f"{shown(law)}"
    )
