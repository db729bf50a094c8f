"""Machines of small pictures: pixels alone, and pixels beside a label.

The rate falls once, as in `learning`; a label is one categorical site after the pixels,
so that classes are given, drawn and summed out as any other unknown unit.
"""

import numpy as np

from rbmlib.checks import as_numbers, check_gaps, check_integers, check_samples
from rbmlib.training import initial_machine, train
from rbmlib.units import BINARY, Categorical

N_PIXELS, N_CLASSES = 64, 10
UNIT = Categorical([2] * N_PIXELS + [N_CLASSES])
PIXEL_AGES, LABEL_AGES = (4000, 8000, 12_000), (2000, 3000)


def learn_pixels(rows, seed, ages=PIXEL_AGES):
    """Return a machine of 100 hidden units that learns pictures, at three ages.

    Parameters
    ----------
    rows : array_like, shape (n_rows, n_pixels)
        States 0 and 1.
    seed : int
    ages : sequence of int
        Ages to store, increasing; at the last but one the rate falls.

    Returns
    -------
    rbmlib.trajectories.Trajectory

    Raises
    ------
    TypeError, ValueError
        As `rbmlib.training.train`.

    Examples
    --------
    >>> learn_pixels(np.eye(5), seed=0, ages=(2, 3)).ages.tolist()
    [0, 2, 3]
    """
    rows = check_samples(rows, BINARY, None, "rows")
    start = initial_machine(rows, 100, scale=0.01, seed=seed)
    return _train(start, rows, 5, ages, seed)


def with_label(rows, labels):
    """Return rows of 64 pixels and a label each, NaN where there is none.

    Parameters
    ----------
    rows : array_like, shape (n_rows, 64)
        States 0 and 1.
    labels : array_like of int, shape (n_rows,)
        From 0 to 9; -1 for no label.

    Returns
    -------
    ndarray of float64, shape (n_rows, 65)

    Raises
    ------
    TypeError, ValueError
        Other states, labels or shapes.

    Examples
    --------
    >>> with_label(np.zeros((2, 64)), [7, -1])[:, -2:].tolist()
    [[0.0, 7.0], [0.0, nan]]
    """
    rows = check_samples(rows, BINARY, N_PIXELS, "rows")
    labels = check_integers(labels, "labels", (len(rows),), -1, N_CLASSES - 1)
    return np.column_stack([rows, np.where(labels < 0, np.nan, labels)])


def learn_digits(table, seed, ages=LABEL_AGES):
    """Return a machine of 64 hidden units that learns pictures, with labels or without.

    Parameters
    ----------
    table : array_like, shape (n_rows, 65) or (n_rows, 64)
        Of `with_label`; a label that is not known is drawn
        from the machine in every update.  Or the pixels alone.
    seed : int
    ages : sequence of int
        As of `learn_pixels`.

    Returns
    -------
    rbmlib.trajectories.Trajectory
        Its visible units are 64 of two states, and one of ten for the label.

    Raises
    ------
    TypeError, ValueError
        As `rbmlib.training.train`.

    Examples
    --------
    >>> learn_digits(np.zeros((2, 64)), seed=0, ages=(1, 2))[-1].n_visible
    64
    """
    table = as_numbers(table, "table", np.float64)
    if table.ndim == 2 and table.shape[1] == N_PIXELS + 1:
        visible = UNIT
        check_gaps(table, visible, N_PIXELS + 1, "table")
    else:
        visible = BINARY
        check_samples(table, visible, N_PIXELS, "table")
    start = initial_machine(table, 64, scale=0.01, seed=seed, visible=visible)
    return _train(start, table, 1, ages, seed)


def _train(start, data, k, ages, seed):
    """Return a run whose learning rate falls at the last age but one."""
    ages = check_integers(ages, "ages", ("n_ages",), 1, 2**31)
    if len(ages) < 2 or (np.diff(ages) <= 0).any():
        raise ValueError(f"ages must be at least two and increase, got {ages.tolist()}")
    falls = int(ages[-2])
    return train(
        start,
        data,
        k=k,
        batch_size=min(100, len(data)),
        learning_rate=lambda age: 0.1 if age < falls else 0.03,
        n_updates=int(ages[-1]),
        checkpoints=ages,
        missing="sample" if np.isnan(data).any() else None,
        seed=seed,
        progress=False,
    )
