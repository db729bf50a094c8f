"""The law of the chains, pushed through the sampler without sampling.

A machine small enough to list its states has kernels p(h|v) and p(v|h) that are
matrices, and the law of v after t sweeps from any start is a product: no noise, no
error bar.  With it training by CD-k and Rdm-k is exact too: the model's average is the
average over the law after k sweeps.  What such a machine has learned is what its chains
show at that time, and from that start.

A. Decelle, C. Furtlehner, B. Seoane (2021), arXiv:2105.13889; E. Agoritsas, G. Catania,
A. Decelle, B. Seoane (2023), arXiv:2301.09428.
"""

import numpy as np
from scipy.special import log_expit

from rbmlib import enumeration
from rbmlib.checks import (
    check_array,
    check_choice,
    check_integers,
    check_positive,
    check_real,
    check_samples,
    shown,
)
from rbmlib.enumeration import divergence
from rbmlib.rbm import RBM, check_machine
from rbmlib.training.gradient import Statistics, ascend, exact_statistics
from rbmlib.units import BINARY

MAX_UNITS = 12
MOST_SWEEPS = 10**6  # each is two products with matrices
LARGEST_RATE = 1e30  # with more, weights would leave the numbers
SLACK = 1e-9  # of a law's sum of 4096 numbers, with room for shares from a file
METHODS = ("rdm", "cd", "exact")


def law_of(data, n_visible):
    """Return the shares of all 2^n_visible states among data of {0, 1} units.

    Parameters
    ----------
    data : array_like, shape (n_samples, n_visible)
    n_visible : int
        At most 25.

    Returns
    -------
    ndarray, shape (2^n_visible,)

    Raises
    ------
    ValueError, TypeError
        No sample, values that are no states of {0, 1} units, or too many units.

    Examples
    --------
    >>> law_of([[0, 1], [1, 1], [1, 1], [1, 1]], 2).tolist()
    [0.0, 0.25, 0.0, 0.75]
    """
    n_visible = check_positive(n_visible, "n_visible", most=enumeration.MAX_UNITS)
    data = check_samples(data, BINARY, n_visible, "data")
    places = 2 ** np.arange(n_visible - 1, -1, -1)
    index = (data @ places).astype(int)
    return np.bincount(index, minlength=2**n_visible) / len(index)


def uniform_law(n_visible):
    """Return the law of noise: equal probability of all states.

    Parameters
    ----------
    n_visible : int
        At most 25.

    Raises
    ------
    ValueError, TypeError
        A number of units out of range.

    Examples
    --------
    >>> uniform_law(1).tolist()
    [0.5, 0.5]
    """
    n_visible = check_positive(n_visible, "n_visible", most=enumeration.MAX_UNITS)
    return np.full(2**n_visible, 0.5**n_visible)


def kernels(rbm):
    """Return p(h|v), shape (2^n_visible, 2^n_hidden), and p(v|h), its other way round.

    Rows are states in the order of `enumeration.all_states`; each row adds up to 1.

    Parameters
    ----------
    rbm : RBM
        With {0, 1} units.

    Raises
    ------
    ValueError, TypeError
        No machine, units that are not {0, 1}, or more than 12 in a layer.

    Examples
    --------
    >>> to_h, to_v = kernels(RBM([[0.0]], [0.0], [0.0]))
    >>> to_h.round(3).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    _check(rbm)
    v, h = (enumeration.all_states(BINARY, n) for n in (rbm.n_visible, rbm.n_hidden))
    return _product_law(rbm.hidden_field(v), h), _product_law(rbm.visible_field(h), v)


def law_after(rbm, law, n_sweeps):
    """Return the law of v after n_sweeps of block Gibbs sampling.

    Parameters
    ----------
    rbm : RBM
        {0, 1} units, at most 12 in a layer.
    law : array_like, shape (2^n_visible,)
        Of the start.
    n_sweeps : int
        From 0 to 10^6.

    Returns
    -------
    ndarray, shape (2^n_visible,)

    Raises
    ------
    ValueError, TypeError
        As in `kernels`; a law of another shape, with a negative probability or a sum
        other than 1; a number of sweeps that is no integer in its range.

    Examples
    --------
    >>> machine = RBM.random(4, 3, scale=1.0, seed=0)
    >>> _, p = enumeration.visible_probabilities(machine)
    >>> bool(np.allclose(law_after(machine, uniform_law(4), 100), p))
    True
    """
    to_h, to_v = kernels(rbm)
    law = _check_law(law, rbm.n_visible, "law")
    for _ in range(check_positive(n_sweeps, "n_sweeps", 0, MOST_SWEEPS)):
        law = (law @ to_h) @ to_v
    return law


def divergences(rbm, data_law, start_law, times):
    """Return KL(data ‖ law after t sweeps) in nats, for increasing times t.

    Parameters
    ----------
    rbm : RBM
        As in `law_after`.
    data_law, start_law : array_like, shape (2^n_visible,)
    times : array_like of int, shape (n_times,)
        From 0 to 10^6, not decreasing.

    Returns
    -------
    ndarray, shape (n_times,)

    Raises
    ------
    ValueError, TypeError
        As in `law_after`, or times that decrease.

    Examples
    --------
    >>> machine = RBM.random(4, 3, scale=1.0, seed=0)
    >>> _, p = enumeration.visible_probabilities(machine)
    >>> bool(np.all(np.diff(divergences(machine, p, uniform_law(4), [0, 1, 9])) < 0))
    True
    """
    to_h, to_v = kernels(rbm)
    data_law = _check_law(data_law, rbm.n_visible, "data_law")
    law, done, out = _check_law(start_law, rbm.n_visible, "start_law"), 0, []
    times = check_integers(times, "times", ("n_times",), 0, MOST_SWEEPS).tolist()
    if sorted(times) != times:
        raise ValueError(f"times must not decrease, got {shown(times)}")
    for t in times:
        for _ in range(t - done):
            law = (law @ to_h) @ to_v
        done = t
        out.append(divergence(data_law, law))
    return np.array(out)


def train(rbm, data_law, *, method, k=None, n_updates, learning_rate):
    """Train with the exact law of the chains in place of chains.

    Parameters
    ----------
    rbm : RBM
        Start; {0, 1} units, at most 12 in a layer.
    data_law : array_like, shape (2^n_visible,)
    method : "rdm", "cd" or "exact"
        Law before the k sweeps: uniform noise, or the data; "exact" takes no k and uses
        the equilibrium.
    k : int, optional
        From 1 to 10^6.
    n_updates : int
        At least 0.
    learning_rate : float
        Of the centred gradient; from 0 to 1e30.

    Returns
    -------
    RBM

    Raises
    ------
    ValueError, TypeError
        Units that are not {0, 1}, more than 12 in a layer, a law that is none of their
        states, an unknown method, k with "exact" or none with the others, numbers out
        of range.

    Examples
    --------
    >>> start = RBM.random(3, 2, scale=0.1, seed=0)
    >>> data = law_of([[0, 0, 1], [1, 1, 0]], 3)
    >>> machine = train(start, data, method="rdm", k=2, n_updates=500, learning_rate=1)
    >>> bool(divergence(data, law_after(machine, uniform_law(3), 2)) < 0.2)
    True
    """
    _check(rbm)
    data_law = _check_law(data_law, rbm.n_visible, "data_law")
    method = check_choice(method, "method", METHODS)
    if (k is None) != (method == "exact"):
        raise ValueError(f"k must be given, except for method='exact'; got {shown(k)}")
    k = None if k is None else check_positive(k, "k", most=MOST_SWEEPS)
    n_updates = check_positive(n_updates, "n_updates", 0)
    learning_rate = check_real(learning_rate, "learning_rate", 0, LARGEST_RATE)
    v = enumeration.all_states(BINARY, rbm.n_visible)
    start = data_law if method == "cd" else uniform_law(rbm.n_visible)
    W, a, b = (x.copy() for x in (rbm.W, rbm.a, rbm.b))
    for _ in range(n_updates):
        machine = RBM(W, a, b)
        data = _statistics(machine, v, data_law)
        if method == "exact":
            model = exact_statistics(machine)
        else:
            model = _statistics(machine, v, law_after(machine, start, k))
        ascend(W, a, b, data, model, learning_rate, centred=True)
    return RBM(W, a, b)


def _check(rbm):
    check_machine(rbm)
    if (rbm.visible, rbm.hidden) != (BINARY, BINARY):
        raise ValueError(f"rbm must have {{0, 1}} units, got {rbm!r}")
    if max(rbm.n_visible, rbm.n_hidden) > MAX_UNITS:
        raise ValueError(
            f"rbm must have at most {MAX_UNITS} units a layer, got {rbm!r}"
        )


def _check_law(law, n_visible, argument):
    """Return probabilities of all visible states as floats, or raise ValueError."""
    law = check_array(law, argument, (2**n_visible,), 0, 1 + SLACK)
    if abs(law.sum() - 1) > SLACK:
        raise ValueError(f"{argument} must add up to 1, got {float(law.sum())!r}")
    return law


def _statistics(rbm, v, law):
    m = rbm.mean_h(v)
    return Statistics((v * law[:, None]).T @ m, law @ v, law @ m)


def _product_law(field, states):
    # log σ(x) of a unit that is on, log σ(-x) of one that is off.
    return np.exp(log_expit(field) @ states.T + log_expit(-field) @ (1 - states).T)
