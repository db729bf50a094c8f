"""Where training starts: the mean of the data, and small random weights."""

import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_gaps, check_positive, check_real
from rbmlib.rbm import MAX_SCALE, RBM
from rbmlib.units import BINARY, check_unit


def initial_machine(
    data, n_hidden, *, scale=1e-4, seed, visible=BINARY, hidden=BINARY, clip=1e-4
):
    """Return the machine that training starts from.

    Visible biases reproduce the mean of the data, a = logit⟨v⟩ (artanh⟨v⟩ for ±1
    units); hidden biases are zero; weights are small and random.

    Parameters
    ----------
    data : array_like, shape (n_samples, n_visible)
        NaN, or masked, where unknown: the mean is that of what is known.
    n_hidden : int
    scale : float
        Standard deviation of the weights.
    seed : int
    visible, hidden : unit types
    clip : float
        Mean probabilities are kept in [clip, 1 - clip], so that a pixel that is never
        on has a finite bias.

    Returns
    -------
    RBM

    Raises
    ------
    ValueError, TypeError
        Data that are no states of the visible units, or of which no state of a unit is
        known; a number of hidden units that is
        no integer >= 1, or something that is no unit type.

    Examples
    --------
    >>> initial_machine([[1, 0], [1, 1]], 1, seed=0).a.round(4).tolist()
    [9.2102, 0.0]
    """
    n_hidden = check_positive(n_hidden, "n_hidden", most=2**32)
    scale = check_real(scale, "scale", -MAX_SCALE, MAX_SCALE)
    clip = check_real(clip, "clip", 0, 0.5)
    data = check_gaps(data, check_unit(visible, "visible"), None, "data")
    mean = _mean_of_known(visible, data)
    a = visible.bias_of_mean(mean, clip)
    W = scale * randomness.bell(seed, randomness.WEIGHTS, (*a.shape, n_hidden))
    return RBM(W, a, np.zeros(n_hidden), visible, hidden)


def _mean_of_known(unit, data):
    """Return the mean of each column over the samples in which its unit is known."""
    columns = unit.encode(np.ma.getdata(data))
    if not isinstance(data, np.ma.MaskedArray):
        return columns.mean(0, dtype=np.float64)
    known = ~data.mask
    if not known.any(axis=0).all():
        raise ValueError(
            "data must have a known state of each unit, got none of unit "
            f"{np.flatnonzero(~known.any(axis=0))[0]}"
        )
    known = unit.by_column(known)
    return np.where(known, columns, 0).sum(0, dtype=np.float64) / known.sum(0)
