"""The learning rate: one number, or a function of the age.

A function cannot be stored.  A run with one keeps the values that it used, in its
history, and is continued with the function given again, which must give them again.
All values of a run are asked for before its first update, so that a bad one costs none.
"""

import numpy as np

from rbmlib.checks import check_real, shown

FUNCTION = "function"  # what the settings say in the place of a number
# A function may use a mathematical library whose last bits differ between systems.
SAME = 1e-12


def check_rate(rate):
    """Return a learning rate as a float > 0, or `FUNCTION` if it is one."""
    if callable(rate):
        return FUNCTION
    return check_real(rate, "learning_rate", 0, open_low=True)


def rates(rate, n_updates):
    """Return the learning rates of the updates from ages 0 to n_updates - 1.

    Parameters
    ----------
    rate : float or callable
        A function is called with each age, the number of updates made before.
    n_updates : int

    Returns
    -------
    ndarray of float64, shape (n_updates,)

    Raises
    ------
    TypeError, ValueError
        No finite number > 0, and no function that returns one at each of these ages.

    Examples
    --------
    >>> rates(lambda age: 0.1 / (1 + age), 3).round(3).tolist()
    [0.1, 0.05, 0.033]
    """
    if not callable(rate):
        return np.full(n_updates, check_rate(rate))
    values, kinds = [], {float, int, np.float64}
    try:
        values.extend(rate(age) for age in range(n_updates))
        found = np.array(values, float) if set(map(type, values)) <= kinds else None
        if found is None or not ((found > 0) & (found < np.inf)).all():  # which one?
            found = np.array([_check(x, age) for age, x in enumerate(values)])
    except Exception as error:  # a function of somebody else may raise anything
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            "learning_rate must be a finite number > 0, or a function that returns one "
            f"at each age: {type(error).__name__}: {error}; got {shown(rate)}"
        ) from error
    return found


def _check(value, age):
    return check_real(value, f"learning_rate({age})", 0, open_low=True)


def check_again(found, history):
    """Raise ValueError unless these are the learning rates that a history has.

    Parameters
    ----------
    found : ndarray, shape (n_updates,)
        As returned by `rates`.
    history : History
        Its column "time" is the sum of all rates before an age, and so knows those
        between its rows.
    """
    times = np.append(0.0, np.cumsum(found))
    used = np.append(found[:1], found)  # that of the last update
    for name, values in {"learning_rate": used, "time": times}.items():
        for age, stored in zip(history["age"], history[name], strict=True):
            if abs(values[age] - stored) > SAME * stored:
                raise ValueError(
                    "learning_rate must be the function that the run began with: at "
                    f"age {age} its {name} is {stored!r}, got {values[age]!r}"
                )
