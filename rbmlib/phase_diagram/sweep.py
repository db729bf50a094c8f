"""A grid of the phase diagram row by row: a task for `rbmlib.sweeps.run`."""

from rbmlib.checks import check_array, check_real
from rbmlib.phase_diagram.plane import FIELDS, solve_grid
from rbmlib.phase_diagram.settings import check_setting
from rbmlib.sweeps import run

__all__ = ["grid_row", "run"]


def grid_row(setting):
    """Solve one row of a grid: a task for `run`.

    Parameters
    ----------
    setting : dict
        w (list of numbers), sigma (a number), kappa, law.

    Returns
    -------
    list
        The fields of `Grid`, each of shape (n_w, 3), None where there is no solution.

    Raises
    ------
    ValueError, TypeError
        No dict, a key that is missing or unknown, or what `solve_grid` refuses.

    Examples
    --------
    >>> point = {"w": [0.5, 1.5], "sigma": 0.5, "kappa": 1.0, "law": "gaussian"}
    >>> m, *rest = grid_row(point)
    >>> [[x if x is None else round(x, 4) for x in row] for row in m]
    [[0.0, None, None], [0.0, None, 0.5283]]
    """
    setting = check_setting(setting, ("w", "sigma", "kappa", "law"))
    w = check_array(setting["w"], "w", ("n_w",), 0)
    sigma = check_real(setting["sigma"], "sigma", 0)
    grid = solve_grid(w, sigma, setting["kappa"], setting["law"])
    return [
        [[None if x != x else x for x in row] for row in getattr(grid, name).tolist()]
        for name in FIELDS
    ]
