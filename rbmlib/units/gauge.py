"""The gauge of categorical units: numbers that can move without any effect."""

from dataclasses import replace

import numpy as np

from rbmlib.checks import shown
from rbmlib.units.categorical import Categorical


def zero_sum(rbm):
    """Return the same machine in the zero-sum gauge, and the constant of its log Z.

    The weights of each unit to a hidden unit, and its biases, then sum to zero over its
    states: no column can be made smaller by moving numbers to the hidden biases.

    Parameters
    ----------
    rbm : RBM
        With categorical visible units.

    Returns
    -------
    machine : RBM
    constant : float
        ``rbm.log_z() == machine.log_z() + constant``.

    Raises
    ------
    TypeError
        Visible units of another type.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> rbm = RBM([[[3.0], [1.0]]], [[0, 1]], [0], Categorical(2))
    >>> machine, constant = zero_sum(rbm)
    >>> machine.W.ravel().tolist(), machine.b.tolist(), constant
    ([1.0, -1.0], [2.0], 0.5)
    """
    unit = getattr(rbm, "visible", None)
    if not isinstance(unit, Categorical):
        raise TypeError(f"rbm must have categorical visible units, got {shown(rbm)}")
    W, a, _ = rbm.columns
    W_fixed, a_fixed = unit.gauge_fixed(W), unit.gauge_fixed(a)
    # What was taken off a column belongs to the unit, whatever its state.
    share = 1 / np.repeat(*[unit.widths(rbm.n_visible)] * 2)
    b = rbm.b + share @ (W - W_fixed)
    shaped = {"W": W_fixed.reshape(rbm.W.shape), "a": a_fixed.reshape(rbm.a.shape)}
    return replace(rbm, **shaped, b=b), float(share @ (a - a_fixed))
