"""Where training starts: the mean of the data, and small random weights."""

import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_positive, check_real
from rbmlib.rbm import MAX_SCALE, RBM
from rbmlib.training.settings import check_data
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
        Data that are no states of the visible units, a number of hidden units that is
        no integer >= 1, or something that is no unit type.

    Examples
    --------
    >>> initial_machine([[1, 0], [1, 1]], 1, seed=0).a.round(4).tolist()
    [9.2102, 0.0]
    """
    n_hidden = check_positive(n_hidden, "n_hidden", most=2**32)
    scale = check_real(scale, "scale", -MAX_SCALE, MAX_SCALE)
    clip = check_real(clip, "clip", 0, 0.5)
    data = check_data(data, check_unit(visible, "visible"))
    mean = visible.encode(data).mean(0, dtype=np.float64)
    a = visible.bias_of_mean(mean, clip)
    W = scale * randomness.bell(seed, randomness.WEIGHTS, (*a.shape, n_hidden))
    return RBM(W, a, np.zeros(n_hidden), visible, hidden)
