"""Many independent tasks: on all cores, on a cluster, and resumed where they stopped.

The backend is joblib's: ``joblib.parallel_config(backend="dask")`` around the call
sends the same tasks to a Dask cluster.  A result depends on its setting alone, so that
it is the same number wherever it was computed.
"""

import json
from pathlib import Path

import joblib
from tqdm.auto import tqdm

from rbmlib.phase_diagram.plane import FIELDS, solve_grid


def run(task, settings, *, store=None, n_jobs=None, progress=True):
    """Return ``[task(setting) for setting in settings]``, in parallel.

    Parameters
    ----------
    task : callable
        Importable; takes a dict and returns what JSON holds.
    settings : sequence of dict
        JSON values only; each is also the name of its result.
    store : str or path, optional
        File of finished results, one line each.  A run that was interrupted goes on
        from there; a line that was cut short is done again.
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
        A setting that JSON does not hold; and whatever the task raises.

    Examples
    --------
    >>> run(dict, [{"x": 1}, {"x": 2}], progress=False)
    [{'x': 1}, {'x': 2}]
    """
    names = [json.dumps(setting, sort_keys=True) for setting in settings]
    done = _read(store) if store is not None else {}
    missing = {n: s for n, s in zip(names, settings, strict=True) if n not in done}
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    calls = (joblib.delayed(_named)(task, name, s) for name, s in missing.items())
    results = parallel(calls) if missing else ()
    bar = tqdm(results, total=len(missing), disable=not progress)
    file = None if store is None else Path(store).open("a", encoding="utf-8")
    try:
        for name, result in bar:
            line = json.dumps([name, result])
            done[name] = json.loads(line)[1]
            if file is not None:
                file.write(line + "\n")
                file.flush()
    finally:
        if file is not None:
            file.close()
    return [done[name] for name in names]


def _named(task, name, setting):
    return name, task(setting)


def _read(path):
    path = Path(path)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return {}
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):  # cut short: the next line must not join it
        path.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")
    lines = text[: text.rfind("\n") + 1].splitlines()
    return dict(json.loads(line) for line in lines)


def grid_row(setting):
    """Solve one row of a grid: a task for `run`.

    Parameters
    ----------
    setting : dict
        w (list), sigma, kappa, law.

    Returns
    -------
    list
        The fields of `Grid`, each of shape (n_w, 3), None where there is no solution.

    Raises
    ------
    ValueError
        What `solve_grid` refuses.
    """
    law = setting["law"]
    law = tuple(law) if isinstance(law, list) else law
    grid = solve_grid(setting["w"], setting["sigma"], setting["kappa"], law)
    return [
        [[None if x != x else x for x in row] for row in getattr(grid, name).tolist()]
        for name in FIELDS
    ]
