"""How much of planted interactions a table of couplings has found.

Two questions differ.  Are the planted sets the largest couplings (a ranking: area under
the curve of true against false positives, or sets among the first)?  And are the values
right (root mean square error)?  A ranking can be perfect where values are not.
"""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from rbmlib.checks import check_array, check_instance
from rbmlib.datasets import PlantedSpins


class PairRecovery(NamedTuple):
    """What `pair_recovery` returns.

    Attributes
    ----------
    error : float
        Root mean square of found minus planted, over all pairs.
    auc : float
        Probability that a planted pair has the larger |J| than one that is not planted;
        NaN where no pair or every pair is planted.
    """

    error: float
    auc: float


class TripleRecovery(NamedTuple):
    """What `triple_recovery` returns; a number of no triples is NaN.

    Attributes
    ----------
    error : float
        Root mean square of found minus planted, over the planted triples.
    n_first : int
        Planted triples among the largest |K|, as many as were planted.
    smallest_planted, largest_other : float
        Smallest |K| of the planted triples, largest of all others.
    """

    error: float
    n_first: int
    smallest_planted: float
    largest_other: float


def pair_recovery(J, planted):
    """Return how well pair couplings agree with those that were planted.

    Parameters
    ----------
    J : array_like, shape (n_spins, n_spins)
        Of `rbmlib.effective_couplings.couplings`, or inferred in another way; what
        stands above the diagonal counts.
    planted : rbmlib.datasets.PlantedSpins

    Returns
    -------
    PairRecovery

    Raises
    ------
    TypeError, ValueError
        No planted spins, or no array of finite numbers of their shape.

    Examples
    --------
    >>> from rbmlib.datasets import planted_spins
    >>> data = planted_spins(1, 4, n_pairs=2, n_triples=0, pair=0.5, triple=0, seed=0)
    >>> pair_recovery(np.zeros((4, 4)), data).error == (2 * 0.5**2 / 6) ** 0.5
    True
    """
    found, truth = _both(J, "J", planted, "pairs")
    is_planted = truth != 0
    auc = np.nan
    if 0 < is_planted.sum() < len(truth):
        auc = float(roc_auc_score(is_planted, np.abs(found)))
    return PairRecovery(_rms(found - truth), auc)


def triple_recovery(K, planted):
    """Return how well triple couplings agree with those that were planted.

    Parameters
    ----------
    K : array_like, shape (n_spins, n_spins, n_spins)
        Entries of increasing indices count.
    planted : rbmlib.datasets.PlantedSpins

    Returns
    -------
    TripleRecovery

    Raises
    ------
    TypeError, ValueError
        As `pair_recovery`.

    Examples
    --------
    >>> from rbmlib.datasets import planted_spins
    >>> data = planted_spins(1, 4, n_pairs=0, n_triples=1, pair=0, triple=0.5, seed=0)
    >>> K = np.zeros((4, 4, 4))
    >>> K[tuple(data.triples.sets[0])] = 0.75 * data.triples.couplings[0]
    >>> triple_recovery(K, data)
    TripleRecovery(error=0.125, n_first=1, smallest_planted=0.375, largest_other=0.0)
    """
    found, truth = _both(K, "K", planted, "triples")
    is_planted, sizes = truth != 0, np.abs(found)
    n_planted = int(is_planted.sum())
    # Planted ones last among equals: a tie is not found.
    first = np.lexsort((is_planted, -sizes))[:n_planted]
    some, rest = sizes[is_planted], sizes[~is_planted]
    return TripleRecovery(
        _rms((found - truth)[is_planted]),
        int(is_planted[first].sum()),
        float(some.min()) if len(some) else np.nan,
        float(rest.max()) if len(rest) else np.nan,
    )


def _both(found, argument, planted, kind):
    """Return found and planted couplings of all sets of an order, as flat arrays."""
    planted = check_instance(planted, "planted", PlantedSpins)
    sets, values = getattr(planted, kind)
    shape = (planted.samples.shape[1],) * sets.shape[1]
    truth = np.zeros(shape)
    truth[tuple(sets.T)] = values
    index = np.indices(shape, sparse=True)
    increasing = np.ones(shape, bool)
    for one, other in zip(index, index[1:], strict=False):
        increasing &= one < other
    return check_array(found, argument, shape)[increasing], truth[increasing]


def _rms(x):
    return float(np.sqrt(np.mean(np.square(x)))) if len(x) else np.nan
