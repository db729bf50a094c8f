"""Ladders from an easy machine to a difficult one."""

from rbmlib.checks import check_positive
from rbmlib.likelihood.annealing import independent_machine
from rbmlib.trajectories import machines_of


def between(first, last, n_steps):
    """Return the machines after `first`, up to and with `last`, evenly interpolated.

    Raises
    ------
    ValueError, TypeError
        A number of steps that is no integer >= 1, or machines of other units or sizes.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> [m.b[0].item() for m in between(RBM([[0]], [0], [0]), RBM([[1]], [0], [1]), 2)]
    [0.5, 1.0]
    """
    n = check_positive(n_steps, "n_steps")
    fractions = [step / n for step in range(1, n)]
    return [(1 - x) * first + x * last for x in fractions] + [last]


def in_beta(rbm, n_steps, reference=None):
    """Return n_steps + 1 machines from independent units to `rbm`, evenly in β.

    Parameters
    ----------
    rbm : RBM
    n_steps : int
    reference : RBM, optional
        Machine without weights at β = 0; default: `likelihood.annealing`'s
        independent machine, with the visible biases of `rbm`.

    Returns
    -------
    list of RBM
    """
    start = independent_machine(rbm) if reference is None else reference
    return [start, *between(start, rbm, n_steps)]


def between_ages(trajectory, n_steps=1, *, first=0):
    """Return the machines of a trajectory with n_steps from each to the next.

    Parameters
    ----------
    trajectory : Trajectory, or sequence of RBM
    n_steps : int
        1: the stored machines alone.
    first : int
        Position of the first machine; before it stands its independent part (the same
        visible biases, no weights), whose log Z is exact.

    Returns
    -------
    list of RBM
    """
    machines = machines_of(trajectory)[first:]
    ladder = [independent_machine(machines[0])]
    for machine in machines:
        ladder += between(ladder[-1], machine, n_steps)
    return ladder
