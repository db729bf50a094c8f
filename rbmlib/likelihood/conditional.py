"""The exact probability of what is unknown, given what is known."""

import numpy as np

from rbmlib.checks import check_samples
from rbmlib.rbm import check_machine
from rbmlib.sampling.conditional import check_known, condition


def log_conditional(rbm, v, known):
    """Return log p(unknown units | known units) of each row, exactly.

    The known units are an external field on the hidden ones (`sampling.condition`), so
    that log p(v_U | v_K) = -F'(v_U) - log Z', with F' and Z' of the machine of the
    unknown units.  Rows with the same known units in the same states share one Z'.

    Parameters
    ----------
    rbm : RBM
    v : array_like, shape (n_rows, n_visible)
        States, also of the unknown units: those whose probability is asked for.
    known : array_like of bool, shape (n_visible,) or (n_rows, n_visible)
        True where v is given.  Where all units are, the answer is 0; where none is, it
        is `log_likelihood`.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        In nats; for Gaussian visible units the log of a density.

    Raises
    ------
    ValueError, TypeError
        No machine, states that are none, a mask that does not fit; or more than 2^25
        states of the hidden layer and of the unknown units too: then
        ``likelihood.ais(sampling.condition(rbm, row, known))`` estimates log Z' of a
        row.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[2.0], [2.0]], [-1.0, -1.0], [0.0])
    >>> both = log_conditional(machine, [[1, 1], [1, 0]], [True, False])
    >>> bool(np.isclose(np.exp(both).sum(), 1))  # the second is either on or off
    True
    """
    check_machine(rbm)
    v = check_samples(v, rbm.visible, rbm.n_visible, "v", "row")
    v, known = check_known(rbm, v, known)
    out, log_z = np.zeros(len(v)), {}
    for n, (row, mask) in enumerate(zip(v, known, strict=True)):
        if mask.all():
            continue
        key = mask.tobytes(), row[mask].tobytes()
        if key not in log_z:
            machine = condition(rbm, row, mask)
            log_z[key] = machine, machine.log_z()
        machine, total = log_z[key]
        out[n] = -machine.free_energy(row[None, ~mask])[0] - total
    return out
