"""Modes against noise: where a matrix of weights sits, and how large it must be.

The bulk of its singular values is the noise, each value outside is a mode (`outliers`).
"""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_array, check_real
from rbmlib.phase_diagram.outliers import (
    LARGEST,
    bulk_edge,
    strength,
    top_singular_value,
)

MOST_UNITS = 2**24
ONE_IN_TWENTY = 1.645  # deviations of a normal number
MARGIN = 3.0  # of the width N^{-2/3} of the edge's fluctuations


class Place(NamedTuple):
    """A machine's place in the diagram.

    Attributes
    ----------
    w : ndarray, shape (n_modes,)
        Strengths of the modes that leave the bulk, largest first.
    sigma : float
    kappa : float
    singular_values : ndarray
        Of the matrix, largest first.
    edge : float
        Where the bulk of the estimated noise ends.
    weakest : float
        Strength of the weakest mode that stands out of this noise in a machine of this
        size; 0 without noise.  `least_units` is the reverse question.
    """

    w: np.ndarray
    sigma: float
    kappa: float
    singular_values: np.ndarray
    edge: float
    weakest: float


def place(matrix):
    """Read (w, σ, κ) off a matrix of ±1 units: modes against the bulk.

    σ² is what is left of Σ s² without the modes, divided by its expected value
    √(N_v N_h) less what each mode takes from the bulk.  A value counts as a mode if it
    exceeds the edge by 3 N^{-2/3} of it, N the smaller layer.  With few units a mode
    is most of the whole and would hide in its own noise: there it is compared with the
    noise that is left without it, if twice the edge of a noise of its own size would
    be above it (below about 28 × 28 units).  `least_units` says how large a machine
    must be.  Values at the rounding error of the largest one are zero: a machine
    without noise has σ = 0.

    Parameters
    ----------
    matrix : array_like, shape (n_visible, n_hidden)
        Numbers up to 1e300 in size.

    Returns
    -------
    Place

    Raises
    ------
    ValueError
        No matrix of such numbers, or one whose sides differ by more than 1e10.

    Examples
    --------
    >>> from rbmlib.phase_diagram import sample_machine
    >>> found = place(sample_machine(1.5, 0.5, 400, 200, seed=0).rbm.W)
    >>> found.w.round(1).tolist(), round(found.sigma, 2), found.kappa
    ([1.5], 0.5, 0.5)
    """
    sides = ("n_visible", "n_hidden")
    matrix = check_array(matrix, "matrix", sides, -LARGEST, LARGEST)
    n_visible, n_hidden = matrix.shape
    kappa, size = n_hidden / n_visible, np.sqrt(n_visible * n_hidden)
    # A power of two rounds nothing, and no square overflows or vanishes.
    _, exponent = np.frexp(np.abs(matrix).max())
    s = np.linalg.svd(np.ldexp(matrix, -exponent), compute_uv=False)
    s = np.where(s > max(matrix.shape) * np.finfo(float).eps * s[0], s, 0.0)
    above = 1 + MARGIN * min(matrix.shape) ** (-2 / 3)
    few = _is_small(n_visible, n_hidden)
    # The more modes are taken out, the smaller the noise: the first number is right
    # that leaves no value above the edge of the rest.
    for n_modes in range(len(s)):
        sigma = _noise(s, n_modes, size, kappa)
        edge = bulk_edge(sigma, kappa)
        if few and n_modes + 1 < len(s):
            edge_of_rest = bulk_edge(_noise(s, n_modes + 1, size, kappa), kappa)
        else:
            edge_of_rest = edge
        if s[n_modes] <= min(edge, edge_of_rest) * above:
            break
    else:
        n_modes, sigma, edge = len(s), 0.0, 0.0  # no value is left to be noise
    w = strength(s[:n_modes], sigma, kappa)
    weakest = strength(edge * above, sigma, kappa) if edge else 0.0
    w, sigma, s, edge, weakest = (
        np.ldexp(x, exponent) for x in (w, sigma, s, edge, weakest)
    )
    return Place(w, float(sigma), kappa, s, float(edge), float(weakest))


def _noise(s, n_modes, size, kappa):
    rest = np.sqrt((s[n_modes:] ** 2).sum())
    sigma = rest / np.sqrt(size)
    if sigma == 0:
        return sigma
    for _ in range(20):  # a contraction with a factor of order n_modes/size
        half = (s[:n_modes] ** 2 / sigma**2 - kappa**0.5 - kappa**-0.5) / 2
        if n_modes and half[-1] <= 1:
            return sigma  # the last one is not outside this bulk
        x = half + np.sqrt(half**2 - 1)  # (w/σ)²
        taken = (kappa**0.5 + kappa**-0.5 + 1 / x).sum()
        if taken >= size:
            return sigma
        sigma = rest / np.sqrt(size - taken)
    return sigma


def least_units(w, sigma, kappa=1.0):
    """Return how many units a machine needs for a mode to stand out of its noise.

    In a machine with N_v and N_h units the strength of a planted mode scatters: as the
    lengths of its vectors do, by w √(1/2N_v + 1/2N_h), and by what the noise has along
    them, σ (N_v N_h)^{-1/4}.  At the returned size a mode that is weaker by 1.645 of
    these deviations, as one in twenty is, has a singular value that `place` counts;
    simulated, 90 to 98 in a hundred are seen.

    Parameters
    ----------
    w, sigma : float
        Strength of the mode, above sigma > 0, at most 1e6 times.
    kappa : float
        n_hidden / n_visible, from 1e-3 to 1e3.

    Returns
    -------
    n_visible, n_hidden : int

    Raises
    ------
    ValueError, TypeError
        Numbers out of range; a mode so close to the noise that it takes more than 2^24
        units of the smaller layer.

    Examples
    --------
    >>> least_units(2.0, 0.3, kappa=0.5)
    (16, 8)
    >>> least_units(2.0, 1.5)
    (1328, 1328)
    """
    sigma = check_real(sigma, "sigma", 0, 1e290, open_low=True)
    w = check_real(w, "w", 0, 1e296, open_low=True)
    if not sigma < w <= 1e6 * sigma:
        raise ValueError(
            f"w must be above sigma, and at most 1e6 times it, got w = {w!r} and "
            f"sigma = {sigma!r}"
        )
    kappa = check_real(kappa, "kappa", 1e-3, 1e3)
    low, high = 1, 2
    while not _stands_out(high, w, sigma, kappa):
        low, high = high, 2 * high
        if high > MOST_UNITS:
            raise ValueError(
                f"w must be further above sigma = {sigma!r}, to be seen with 2^24 "
                f"units, got {w!r}"
            )
    while high - low > 1:
        middle = (low + high) // 2
        ends = (low, middle) if _stands_out(middle, w, sigma, kappa) else (middle, high)
        low, high = ends
    return _sizes(high, kappa)


def _sizes(smaller, kappa):
    """Return n_visible and n_hidden of a machine whose smaller layer has so many."""
    larger = int(np.ceil(smaller * max(kappa, 1 / kappa) - 1e-9))
    return (smaller, larger) if kappa >= 1 else (larger, smaller)


def _stands_out(smaller, w, sigma, kappa):
    n_visible, n_hidden = _sizes(smaller, kappa)
    size = np.sqrt(n_visible * n_hidden)
    scatter = np.hypot(w * np.sqrt(0.5 / n_visible + 0.5 / n_hidden), sigma / size**0.5)
    weak = w - ONE_IN_TWENTY * scatter
    if weak <= sigma:
        return False
    s = top_singular_value(weak, sigma, kappa)
    above = 1 + MARGIN * smaller ** (-2 / 3)
    if not _is_small(n_visible, n_hidden):  # there the mode is part of the noise
        sigma = np.hypot(sigma, s / np.sqrt(size))
    return bool(s > bulk_edge(sigma, kappa) * above)


def _is_small(n_visible, n_hidden):
    """Whether a mode of any strength, alone, is nearly lost in a noise of its size."""
    above = 1 + MARGIN * min(n_visible, n_hidden) ** (-2 / 3)
    size = np.sqrt(n_visible * n_hidden)
    return bool(2 * above * bulk_edge(1.0, n_hidden / n_visible) > np.sqrt(size))
