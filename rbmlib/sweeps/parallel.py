"""Many independent tasks: on all cores, on a cluster, and resumed where they stopped.

The backend is joblib's: ``joblib.parallel_config(backend="dask")`` around the call
sends the same tasks to a Dask cluster.  A result depends on its setting alone, so that
it is the same number wherever it was computed.
"""

import itertools
import json
from collections.abc import Mapping

import joblib
from tqdm.auto import tqdm

from rbmlib.checks import (
    check_flag,
    check_integer,
    check_path,
    shown,
)
from rbmlib.sweeps.identity import identify
from rbmlib.sweeps.store import Store, plain


def run(task, settings, *, store=None, n_jobs=None, progress=True):
    """Return ``[task(setting) for setting in settings]``, in parallel.

    Parameters
    ----------
    task : callable
        Importable; takes a dict and returns what JSON holds, or arrays of numbers.
        Tuples and arrays, in a setting and in a result, become lists of the same
        numbers.  With a store it must be a function, which the store knows by its name
        and its code (`rbmlib.sweeps.identity.identify` says what belongs to
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
    names = _names(settings, "settings")
    return _carry_out(task, False, names, store, n_jobs, progress)


def sweep(function, grid, *, store=None, n_jobs=None, progress=True):
    """Call a function with every combination of some arguments, in parallel.

    Parameters
    ----------
    function : callable
        Importable; returns what JSON holds, or arrays of numbers.  With a store it must
        be a function, as the task of `run`.
    grid : mapping of str to sequence, or sequence of dict
        Values of each argument: every combination is one call, the last argument
        fastest; or the arguments of each call.
    store, n_jobs, progress
        As in `run`.

    Returns
    -------
    list of dict
        The arguments of each call and, by the name "result", what it returned;
        ``pandas.DataFrame(...)`` takes it.

    Raises
    ------
    TypeError, ValueError
        As `run`; no grid, or one with an argument named "result".

    Examples
    --------
    >>> def power(x, n):
    ...     return x**n
    >>> sweep(power, {"x": [2, 3], "n": [2]}, progress=False)
    [{'x': 2, 'n': 2, 'result': 4}, {'x': 3, 'n': 2, 'result': 9}]
    """
    if not callable(function):
        raise TypeError(f"function must be callable, got {shown(function)}")
    names = _names(_combinations(grid), "grid")
    settings = [json.loads(name) for name in names]
    for setting in settings:
        if "result" in setting:
            raise ValueError(f"grid must name no argument 'result', got {setting}")
    results = _carry_out(function, True, names, store, n_jobs, progress)
    order = [list(setting) for setting in _combinations(grid)]
    return [
        {key: setting[key] for key in keys} | {"result": result}
        for keys, setting, result in zip(order, settings, results, strict=True)
    ]


def _combinations(grid):
    """Return the arguments of each call as a list of dicts, or what was given."""
    if not isinstance(grid, Mapping):
        return grid
    for name, values in grid.items():
        if isinstance(values, str | bytes | dict) or not hasattr(values, "__iter__"):
            raise TypeError(
                f"grid[{name!r}] must be a sequence of values, got {shown(values)}"
            )
    rows = itertools.product(*grid.values())
    return [dict(zip(grid, row, strict=True)) for row in rows]


def _carry_out(task, unpack, names, store, n_jobs, progress):
    """Return the results of settings by name; unpacked, they are keyword arguments."""
    store = None if store is None else check_path(store, "store")
    if n_jobs is not None and check_integer(n_jobs, "n_jobs") == 0:
        raise ValueError("n_jobs must be -1 for all cores, or at least 1, got 0")
    progress = check_flag(progress, "progress")
    kept = None if store is None else Store(store, *identify(task))
    done = {} if kept is None else kept.results
    missing = [name for name in dict.fromkeys(names) if name not in done]
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    calls = (joblib.delayed(_named)(task, unpack, name) for name in missing)
    results = parallel(calls) if missing else ()
    for name, result in tqdm(results, total=len(missing), disable=not progress):
        if kept is None:
            done[name] = result
        else:
            kept.add(name, result)
    return [json.loads(done[name]) for name in names]


def _names(settings, argument):
    try:
        if isinstance(settings, str | bytes | dict):
            raise TypeError
        settings = list(settings)
    except TypeError:
        raise TypeError(
            f"{argument} must be a sequence of dicts, got {shown(settings)}"
        ) from None
    return [_name(setting, f"{argument}[{k}]") for k, setting in enumerate(settings)]


def _name(setting, argument):
    if not isinstance(setting, dict):
        raise TypeError(f"{argument} must be a dict, got {shown(setting)}")
    return json.dumps(plain(setting, argument), sort_keys=True)


def _named(task, unpack, name):
    """Return the setting and its result as JSON; the task is given what is stored."""
    try:
        setting = json.loads(name)
        result = task(**setting) if unpack else task(setting)
        return name, json.dumps(plain(result, "result of task"))
    except Exception as error:
        error.add_note(f"the setting of this task: {name}")
        raise
