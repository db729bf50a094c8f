"""The exact probabilities of the states of one unit, given all others."""

import numpy as np
from scipy.special import softmax

from rbmlib.checks import check_gaps, check_positive
from rbmlib.rbm import check_machine


def class_probabilities(rbm, v, site):
    """Return p(v_site = k | all other visible units) of each row, exactly.

    A label that is learned beside the pixels, as one categorical site, is so given its
    classes.  The hidden units are summed in closed form: log p is, but for a constant,
    a_k + Σ_j Γ_j(x_j + W_kj), with x_j the field of the other units.

    Parameters
    ----------
    rbm : RBM
        With discrete visible units.
    v : array_like, shape (n_rows, n_visible)
        States; what the unit itself has there has no effect, and may be NaN or masked.
    site : int
        The unit; a negative one counts from the end.

    Returns
    -------
    ndarray of float64, shape (n_rows, q)
        A column for each of the q states of the unit; each row adds up to 1.

    Raises
    ------
    ValueError, TypeError
        No machine, continuous visible units, no states, gaps at other units, or no
        such unit.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import Categorical
    >>> W, a = [[0.0], [2.0], [1.0], [0.0], [-1.0]], np.zeros(5)
    >>> machine = RBM(W, a, [0.0], Categorical([2, 3]))  # a pixel, and a label of three
    >>> class_probabilities(machine, [[1, np.nan]], site=-1).round(3).tolist()
    [[0.635, 0.253, 0.112]]
    """
    check_machine(rbm)
    unit, n = rbm.visible, rbm.n_visible
    if unit.states is None:
        raise ValueError(f"rbm must have discrete visible units, got {rbm!r}")
    v = check_gaps(v, unit, n, "v", "row")
    site = check_positive(site, "site", -n, n - 1) % n
    others = np.delete(np.ma.getmaskarray(v), site, axis=1)
    if others.any():
        raise ValueError(
            f"v must be known at all units but site {site}, got "
            f"{int(others.sum())} gaps elsewhere"
        )
    of_site = np.arange(n) == site
    states = unit.part(of_site)
    states = states.states_between(1, 0, states.n_states(1))
    rows = np.where(of_site, states[0], np.ma.getdata(v))
    columns = unit.by_column(of_site)
    # A row for each state: what it adds to the fields, beyond the first one.
    change = unit.part(of_site).encode(states).astype(np.float64)
    change -= change[0]
    W, a, _ = rbm.columns
    x, dx, da = rbm.hidden_field(rows), change @ W[columns], change @ a[columns]
    gamma = [rbm.hidden.log_partition(x + step).sum(1) for step in dx]
    return softmax(np.stack(gamma, axis=1) + da, axis=1)
