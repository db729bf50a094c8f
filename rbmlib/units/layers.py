"""Two layers: their parameters by columns, and what they ask of what they are given."""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import shown
from rbmlib.units.sizes import check_sizes
from rbmlib.units.unit import Unit


class Columns(NamedTuple):
    """The parameters as matrix and vectors, with a row for each column of a layer."""

    W: np.ndarray  # shape (visible columns, n_hidden)
    a: np.ndarray  # shape (visible columns,)
    b: np.ndarray  # shape (n_hidden,)


def check_layers(rbm, argument="rbm"):
    """Return a machine, or raise TypeError if it has no two layers of units.

    For rooms that stand below `rbmlib.rbm` and cannot ask for its class.
    """
    units = (getattr(rbm, name, None) for name in ("visible", "hidden"))
    if isinstance(rbm, type) or not all(isinstance(unit, Unit) for unit in units):
        raise TypeError(f"{argument} must be an RBM, got {shown(rbm)}")
    return rbm


def check_one_column(unit, argument):
    """Raise ValueError unless each unit of a layer has one column of weights."""
    if unit.widths(1) is not None:
        raise ValueError(
            f"{argument} must be units of one column of weights, got {unit!r}"
        )


def check_parameters(W, a, b, visible, hidden):
    """Raise ValueError unless arrays are the parameters of two layers of units.

    Parameters
    ----------
    W, a, b : ndarray of float64
    visible, hidden : unit types
    """
    check_one_column(hidden, "hidden")
    visible.check_bias(a, "a")
    hidden.check_bias(b, "b")
    shape = a.shape + b.shape
    if W.ndim != len(shape):
        raise ValueError(f"W must have {len(shape)} dimension(s), got shape {W.shape}")
    if W.shape != shape or 0 in shape:
        raise ValueError(
            f"W must have shape (n_visible, n_hidden) = {shape}, as a and b have, "
            f"with at least one unit a layer, got {W.shape}"
        )
    check_sizes(W, a, b, visible, hidden)


def check_pairs(v, h):
    """Raise ValueError unless states of two layers belong together, row by row."""
    try:
        np.broadcast_shapes(v.shape[:-1], h.shape[:-1])
    except ValueError:
        raise ValueError(
            f"h must have as many rows as v, of shape {v.shape}, or one; got {h.shape}"
        ) from None
