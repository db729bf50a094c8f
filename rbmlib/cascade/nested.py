"""Two patterns, one inside the other: a mode that splits the phases of another mode.

Of N spins a share f, the inner ones, feel two Gaussian hidden units, the others one.
The first unit has the weights x/√N_o on the N_o = (1 - f) N outer spins and y/√N_i
on the N_i = f N inner ones; the second ±z/√N_i, on inner spins alone, half of them
each.  So W has the singular values w_1 = √(x² + y²) and w_2 = z; the book writes w_o,
w_i and w_2.  (Signs of a pattern are a
matter of names: here all spins are counted along the first one.)  Given the hidden
units spins are independent, and

    p(h) ∝ exp[-½(h_1² + h_2²)] cosh(x' h_1)^{N_o}
                     [cosh(y' h_1 + z' h_2) cosh(y' h_1 - z' h_2)]^{N_i/2},

with x' = x/√N_o and so on, is all there is to know: sums over a grid of h.  Gradient
ascent keeps the three strengths a machine of this form.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_array, check_positive, check_real
from rbmlib.randomness import Stream, uniforms
from rbmlib.rbm import RBM
from rbmlib.units import GAUSSIAN, SPIN

MOST_SPINS = 10**4
LARGEST = 4.0  # of a strength
_STEP, _REACH = 0.2, 9.0  # grid of h, in standard deviations


class NestedMoments(NamedTuple):
    """Averages of the two hidden units, which follow the two overlaps.

    ``order`` is ⟨|h|⟩ / √N and ``response`` the variance of |h|.  ``square`` is ⟨h²⟩:
    before a transition it is the susceptibility of its mode, 1/(1 - w_1²) of the first
    and 1/[1 - w_2² (1 - m²)] of the second, with m the inner spins' magnetisation.
    """

    order: np.ndarray
    response: np.ndarray
    square: np.ndarray


def nested_machine(n_visible, share, strengths):
    """Return the machine: ±1 spins, the inner ones last, and two Gaussian units.

    Parameters
    ----------
    n_visible : int
        N, at most 10^4; N_i is the even number nearest to ``share`` N.
    share : float
        f, in (0, 1).
    strengths : array_like, shape (3,)
        x, y and z, from 0 to 4.

    Returns
    -------
    RBM

    Raises
    ------
    ValueError, TypeError
        Numbers out of range, or no spin of a kind.

    Examples
    --------
    >>> nested_machine(8, 0.5, [1.0, 1.0, 2.0]).W[:, 1].tolist()
    [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, -1.0, -1.0]
    """
    counts, w = check_counts(n_visible, share), check_strengths(strengths)
    outer, half = counts
    x, y, z = w / np.sqrt([outer, 2 * half, 2 * half])
    first = np.repeat([x, y], [outer, 2 * half])
    second = np.repeat([0.0, z, -z], [outer, half, half])
    W = np.stack([first, second], axis=1)
    return RBM(W, np.zeros(len(W)), np.zeros(2), SPIN, GAUSSIAN)


def nested_draw(n_visible, share, strengths, n_samples, seed):
    """Draw independent states of a machine.

    Parameters
    ----------
    n_visible, share, strengths
        As in `nested_machine`.
    n_samples : int
        From 1 to 10^6.
    seed : int

    Returns
    -------
    ndarray of ±1, shape (n_samples, n_visible)

    Raises
    ------
    ValueError, TypeError
        As in `nested_machine`; a number of samples or a seed out of range.

    Examples
    --------
    >>> nested_draw(8, 0.5, [0.0, 0.0, 0.0], 1, seed=0).shape
    (1, 8)
    """
    counts, w = check_counts(n_visible, share), check_strengths(strengths)
    n = check_positive(n_samples, "n_samples", most=10**6)
    machine = nested_machine(n_visible, share, w)
    h1, h2, p = grid_law(counts, w)
    u = uniforms(seed, Stream.OVERLAPS, 1, np.arange(n), n_visible + 3)
    at = np.searchsorted(np.cumsum(p), u[:, 0] * p.sum())
    h = np.stack(np.unravel_index(at, p.shape), axis=1)
    h = np.stack([h1[h[:, 0], 0], h2[0, h[:, 1]]], axis=1)
    h = h * np.where(u[:, 1:3] < 0.5, 1.0, -1.0)
    return np.where(u[:, 3:] < machine.visible.mean(h @ machine.W.T) / 2 + 0.5, 1.0, -1)


def nested_moments(n_visible, share, strengths):
    """Return the exact averages of a machine.

    Parameters
    ----------
    n_visible, share, strengths
        As in `nested_machine`.

    Returns
    -------
    NestedMoments
        Of arrays of two.

    Raises
    ------
    ValueError, TypeError
        As in `nested_machine`.

    Examples
    --------
    >>> nested_moments(1000, 0.5, [0.5, 0.5, 0.0]).square.round(2).tolist()
    [2.0, 1.0]
    """
    counts, w = check_counts(n_visible, share), check_strengths(strengths)
    h1, h2, p = grid_law(counts, w)
    mean, square = (
        np.array([(p * h**power).sum() for h in (h1, h2)]) for power in (1, 2)
    )
    return NestedMoments(mean / np.sqrt(n_visible), square - mean**2, square)


def grid_law(counts, w):
    """Return a grid of |h_1| and |h_2|, and the probabilities of its points."""
    outer, half = counts
    x, y, z = w / np.sqrt([outer, 2 * half, 2 * half])
    ends = x * outer + 2 * y * half, 2 * z * half
    h1, h2 = (
        (np.arange(np.ceil((end + _REACH) / _STEP)) + 0.5) * _STEP for end in ends
    )
    h1, h2 = h1[:, None], h2[None, :]
    logs = -(h1**2 + h2**2) / 2 + outer * _log_cosh(x * h1)
    logs = logs + half * (_log_cosh(y * h1 + z * h2) + _log_cosh(y * h1 - z * h2))
    p = np.exp(logs - logs.max())
    return h1, h2, p / p.sum()


def _log_cosh(x):
    x = np.abs(x)
    return x + np.log1p(np.exp(-2 * x))


def check_share(share):
    share = check_real(share, "share", 0, 1, open_low=True)
    if share == 1:
        raise ValueError("share must be below 1, got 1.0")
    return share


def check_counts(n_visible, share):
    """Return the numbers of outer spins and of half the inner ones, or refuse them."""
    N = check_positive(n_visible, "n_visible", most=MOST_SPINS)
    half = round(check_share(share) * N / 2)
    if not 0 < half < N / 2:
        raise ValueError(
            f"n_visible and share must leave spins of both kinds, got {N} and {share}"
        )
    return N - 2 * half, half


def check_strengths(strengths, argument="strengths"):
    return check_array(strengths, argument, (3,), 0, LARGEST)
