"""Data whose law is known: prototypes with flipped bits, alone or on a tree.

Every draw is an integer compared with an integer threshold, so that the bits are the
same on every machine, and sample s does not depend on how many are drawn beside it.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, xlogy

from rbmlib import randomness
from rbmlib.checks import check_array, check_integers, check_positive, check_real
from rbmlib.randomness import CHOICES, FLIPS, PROTOTYPES
from rbmlib.units import BINARY

MOST_LEAVES = 2**24  # a leaf is chosen by 32 random bits: evenly, to 2^-8 of its share


@dataclass(frozen=True, eq=False)
class Mixture:
    """Samples of an even mixture of noisy prototypes, with its exact law.

    Attributes
    ----------
    samples : ndarray of float32, shape (n_samples, n_visible)
        States in {0, 1}.
    labels : ndarray of int64, shape (n_samples,)
        The prototype that each sample was made from.
    prototypes : ndarray of float32, shape (n_clusters, n_visible)
    flip : float
        Probability with which a bit of a sample differs from its prototype.
    """

    samples: np.ndarray
    labels: np.ndarray
    prototypes: np.ndarray
    flip: float

    def log_probability(self, v):
        """Return log p(v) = log 1/n Σ_c f^d (1 - f)^(N - d), d the bits that differ.

        Parameters
        ----------
        v : array_like, shape (..., n_visible)
            States in {0, 1}.

        Returns
        -------
        ndarray of float64, shape (...)

        Raises
        ------
        ValueError
            Values that are no states.

        Examples
        --------
        >>> data = clusters(n_samples=4, n_visible=6, n_clusters=2, flip=0.1, seed=0)
        >>> data.log_probability([[1, 0, 1, 0, 0, 1], [0] * 6]).round(4).tolist()
        [-1.2199, -7.8116]
        """
        n_visible = self.prototypes.shape[1]
        v = BINARY.check(v, n_visible, "v").astype(np.float64)[..., None, :]
        d = np.abs(v - self.prototypes).sum(-1)
        logs = xlogy(d, self.flip) + xlogy(n_visible - d, 1 - self.flip)
        return logsumexp(logs, axis=-1) - np.log(len(self.prototypes))


@dataclass(frozen=True, eq=False)
class Hierarchy(Mixture):
    """A `Mixture` whose prototypes are the leaves of a tree.

    Attributes
    ----------
    branching : tuple of int
        Children of each node, from the root down.
    flips : tuple of float
        Probability of a flip between a node and its child, level by level.
    level_prototypes : tuple of ndarray of float32
        Nodes of each level below the root; the last are the `prototypes`.
    """

    branching: tuple[int, ...]
    flips: tuple[float, ...]
    level_prototypes: tuple[np.ndarray, ...]

    @property
    def level_labels(self):
        """Label of each sample at each level, int64, shape (n_samples, n_levels)."""
        n_leaves = np.cumprod(self.branching[:0:-1], dtype=np.int64)[::-1]
        return self.labels[:, None] // np.append(n_leaves, 1)

    @property
    def newick(self):
        """The tree in Newick format; a branch is as long as its flip probability.

        Nodes inside have names, too; some readers take those for shares of support.
        """
        return _newick(self.branching, self.flips) + ";"


def clusters(n_samples, n_visible, n_clusters, flip, seed):
    """Draw noisy copies of random prototypes.

    Parameters
    ----------
    n_samples, n_visible, n_clusters : int
    flip : float
        In [0, 0.5]: probability to flip a bit of the prototype.
    seed : int
        In [0, 2^64).

    Returns
    -------
    Mixture

    Raises
    ------
    TypeError, ValueError
        An argument out of its range; the message names it.

    Examples
    --------
    >>> data = clusters(n_samples=4, n_visible=6, n_clusters=2, flip=0.1, seed=0)
    >>> data.labels.tolist()
    [1, 1, 0, 1]
    >>> data.prototypes.astype(int).tolist()
    [[1, 0, 1, 0, 0, 1], [1, 0, 1, 1, 0, 1]]
    """
    n_samples = check_positive(n_samples, "n_samples")
    n_visible = check_positive(n_visible, "n_visible")
    n_clusters = check_positive(n_clusters, "n_clusters", most=MOST_LEAVES)
    tree = hierarchy(n_samples, n_visible, (n_clusters,), (0.5,), flip, seed)
    return Mixture(tree.samples, tree.labels, tree.prototypes, tree.flip)


def hierarchy(n_samples, n_visible, branching, flips, flip, seed):
    """Draw noisy copies of prototypes that descend from one another.

    The root is random; each child differs from its parent by flipped bits, and each
    sample from its leaf.

    Parameters
    ----------
    n_samples, n_visible : int
    branching : sequence of int
        Children of each node, from the root down: (2, 3) has 2 families of 3 leaves.
    flips : sequence of float
        In [0, 0.5], one for each level of `branching`: probability to flip a bit
        between a node and its child.  At 0.5 the child knows nothing of its parent.
    flip : float
        In [0, 0.5]: probability to flip a bit between a leaf and a sample.
    seed : int
        In [0, 2^64).

    Returns
    -------
    Hierarchy

    Raises
    ------
    TypeError, ValueError
        An argument out of its range; the message names it.

    Examples
    --------
    >>> data = hierarchy(4, 100, (2, 2), (0.5, 0.1), 0.02, seed=0)
    >>> data.level_labels.tolist()
    [[1, 2], [1, 2], [0, 1], [1, 3]]
    >>> data.newick
    '((0.0:0.1,0.1:0.1)0:0.5,(1.0:0.1,1.1:0.1)1:0.5);'
    """
    n_samples = check_positive(n_samples, "n_samples")
    n_visible = check_positive(n_visible, "n_visible")
    one_each = ("n_levels",)
    branching = check_integers(branching, "branching", one_each, 1, MOST_LEAVES)
    branching = tuple(branching.tolist())
    flips = tuple(check_array(flips, "flips", one_each, 0, 0.5).tolist())
    if len(branching) != len(flips):
        raise ValueError(
            "branching and flips must have one entry for each level, got "
            f"{len(branching)} and {len(flips)}"
        )
    if math.prod(branching) > MOST_LEAVES:
        raise ValueError(
            f"branching must lead to at most {MOST_LEAVES} leaves, got {branching}"
        )
    flip = check_real(flip, "flip", 0, 0.5)
    levels = _grow(n_visible, branching, flips, seed)
    labels = _choose(len(levels[-1]), n_samples, seed)
    noise = _flips(flip, seed, FLIPS, 0, n_samples, n_visible)
    return Hierarchy(
        (levels[-1][labels] ^ noise).astype(np.float32),
        labels,
        levels[-1].astype(np.float32),
        flip,
        branching,
        flips,
        tuple(level.astype(np.float32) for level in levels),
    )


def _grow(n_visible, branching, flips, seed):
    """Return the nodes of each level below the root, as arrays of bool."""
    nodes = _flips(0.5, seed, PROTOTYPES, 0, 1, n_visible)
    levels = []
    for level, (n_children, flip) in enumerate(zip(branching, flips, strict=True)):
        parents = np.repeat(nodes, n_children, axis=0)
        nodes = parents ^ _flips(
            flip, seed, PROTOTYPES, level + 1, len(parents), n_visible
        )
        levels.append(nodes)
    return levels


def _flips(probability, seed, stream, sweep, n_rows, n_visible):
    words = randomness.draws(seed, stream, sweep, np.arange(n_rows), n_visible)
    return words < np.uint32(round(probability * 2**32))


def _choose(n, n_samples, seed):
    """Return labels in range(n), uniform up to n / 2^32."""
    words = randomness.draws(seed, CHOICES, 0, np.arange(n_samples), 1)[:, 0]
    return ((words.astype(np.uint64) * np.uint64(n)) >> np.uint64(32)).astype(np.int64)


def _newick(branching, flips):
    """Return the tree without its end; a node is named by the path that leads to it."""
    paths = [""]
    for n_children in branching:
        paths = [f"{path}{k}." for path in paths for k in range(n_children)]
    below = [""] * len(paths)
    for n_children, flip in zip(branching[::-1], flips[::-1], strict=True):
        length = np.format_float_positional(flip, trim="-")  # all digits, no exponent
        nodes = [
            f"{text}{path[:-1]}:{length}"
            for text, path in zip(below, paths, strict=True)
        ]
        below = [
            f"({','.join(nodes[i : i + n_children])})"
            for i in range(0, len(nodes), n_children)
        ]
        paths = [
            path[: path.rindex(".", 0, -1) + 1] if "." in path[:-1] else ""
            for path in paths[::n_children]
        ]
    return below[0]
