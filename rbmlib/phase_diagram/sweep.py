"""Many independent tasks: on all cores, on a cluster, and resumed where they stopped.

The backend is joblib's: ``joblib.parallel_config(backend="dask")`` around the call
sends the same tasks to a Dask cluster.  A result depends on its setting alone, so that
it is the same number wherever it was computed.
"""

import json

import joblib
from tqdm.auto import tqdm

from rbmlib.checks import (
    check_array,
    check_flag,
    check_integer,
    check_path,
    check_real,
    shown,
)
from rbmlib.phase_diagram.identity import identify
from rbmlib.phase_diagram.plane import FIELDS, solve_grid
from rbmlib.phase_diagram.settings import check_setting
from rbmlib.phase_diagram.store import Store, plain


def run(task, settings, *, store=None, n_jobs=None, progress=True):
    """Return ``[task(setting) for setting in settings]``, in parallel.

    Parameters
    ----------
    task : callable
        Importable; takes a dict and returns what JSON holds, or arrays of numbers.
        Tuples and arrays, in a setting and in a result, become lists of the same
        numbers.  With a store it must be a function, which the store knows by its name
        and its code (`rbmlib.phase_diagram.identity.identify` says what belongs to
        it).
    settings : sequence of dict
        Each is also the name of its result; equal ones are computed once.
    store : str or path, optional
        File of finished results, one line each.  A run that was interrupted goes on
        from there, and several processes may share it.  A line that was cut short or
        damaged is computed again, with a warning.
    n_jobs : int, optional
        -1 for all cores.  Default: what ``joblib.parallel_config`` says, else 1.
    progress : bool

    Returns
    -------
    list
        Results in the order of the settings.

    Raises
    ------
    TypeError
        No task, no settings; a setting or a result that JSON does not hold; a task
        that a store cannot know; no path, no integer, no flag.
    ValueError
        A store of another task, a file that is no store, an empty path, or n_jobs = 0.
        Whatever the task raises has a note with its setting.

    Examples
    --------
    >>> run(dict, [{"x": 1}, {"x": 2}], progress=False)
    [{'x': 1}, {'x': 2}]
    """
    if not callable(task):
        raise TypeError(f"task must be callable, got {shown(task)}")
    names = _names(settings)
    store = None if store is None else check_path(store, "store")
    if n_jobs is not None and check_integer(n_jobs, "n_jobs") == 0:
        raise ValueError("n_jobs must be -1 for all cores, or at least 1, got 0")
    progress = check_flag(progress, "progress")
    kept = None if store is None else Store(store, *identify(task))
    done = {} if kept is None else kept.results
    missing = [name for name in dict.fromkeys(names) if name not in done]
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    calls = (joblib.delayed(_named)(task, name) for name in missing)
    results = parallel(calls) if missing else ()
    for name, result in tqdm(results, total=len(missing), disable=not progress):
        if kept is None:
            done[name] = result
        else:
            kept.add(name, result)
    return [json.loads(done[name]) for name in names]


def _names(settings):
    try:
        if isinstance(settings, str | bytes | dict):
            raise TypeError
        settings = list(settings)
    except TypeError:
        raise TypeError(
            f"settings must be a sequence of dicts, got {shown(settings)}"
        ) from None
    return [_name(setting, k) for k, setting in enumerate(settings)]


def _name(setting, k):
    if not isinstance(setting, dict):
        raise TypeError(f"settings[{k}] must be a dict, got {shown(setting)}")
    return json.dumps(plain(setting, f"settings[{k}]"), sort_keys=True)


def _named(task, name):
    """Return the setting and its result as JSON; the task is given what is stored."""
    try:
        return name, json.dumps(plain(task(json.loads(name)), "result of task"))
    except Exception as error:
        error.add_note(f"the setting of this task: {name}")
        raise


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
