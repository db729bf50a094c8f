"""Monte Carlo points of the diagram, computed once and stored with the library."""

import json

import numpy as np

from rbmlib.phase_diagram.measure import average
from rbmlib.trained.record import FOLDER, Stored

FILE = FOLDER / "monte_carlo.json"
DIGITS = 6  # after the decimal point, of results

# (law, w, σ, κ): both phases that theory gets right, three laws and one sparse.
POINTS = (
    ("gaussian", 0.7, 0.5, 1.0),
    ("laplace", 0.6, 0.6, 0.25),
    ("rademacher", 0.6, 0.5, 4.0),
    ("gaussian", 1.5, 0.5, 1.0),
    ("gaussian", 1.4, 0.6, 0.25),
    ("gaussian", 1.6, 0.4, 4.0),
    ("gaussian", 2.0, 1.2, 1.0),
    ("laplace", 1.5, 0.5, 1.0),
    ("laplace", 1.8, 0.7, 0.25),
    ("laplace", 2.2, 0.6, 4.0),
    ("rademacher", 1.5, 0.5, 1.0),
    ("rademacher", 1.4, 0.6, 0.25),
    ("rademacher", 1.5, 0.8, 4.0),
    (("sparse", 0.3), 1.6, 0.5, 1.0),
)
MACHINES = {400: 48, 100: 96}  # √(N_v N_h): how many machines


def settings():
    """Return the settings of every machine, for `measure_point`.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> settings()[0]["w"], settings()[0]["n_visible"], len(settings())
    (0.7, 400, 2016)
    """
    found = []
    for size, n_machines in MACHINES.items():
        for number, (law, w, sigma, kappa) in enumerate(POINTS):
            for machine in range(n_machines):
                # No two machines share a seed: points are independent.
                seed = 100_000 * (number + 1) + 1000 * (size == 100) + machine
                found.append(
                    {
                        "law": list(law) if isinstance(law, tuple) else law,
                        "w": w,
                        "sigma": sigma,
                        "kappa": kappa,
                        "n_visible": round(size / kappa**0.5),
                        "seed": seed,
                    }
                )
    return found


def load():
    """Return the stored results, shape (n_settings, 4), in the order of `settings`.

    Raises
    ------
    ValueError
        A file that is damaged, or that does not have, with these settings, the
        recorded sha256.

    Examples
    --------
    >>> load().shape
    (2016, 4)
    """
    return STORED.load()


def parts(results):
    """Return what is hashed: no array, and settings and rounded results as a text."""
    return {}, json.dumps([settings(), np.round(results, DIGITS).tolist()])


def read(path):
    """Return the results of a file of `pack`."""
    return np.array(json.loads(path.read_text(encoding="utf-8"))["results"])


def pack(results):
    """Return the bytes of the file: a line for each machine."""
    text = json.dumps({"results": np.round(results, DIGITS).tolist()})
    return (text.replace("], [", "],\n[") + "\n").encode()


STORED = Stored("monte_carlo", FILE.name, read, pack, parts)


def averages(size):
    """Return the `Average` over machines of each of `POINTS`, at one size.

    Parameters
    ----------
    size : 400 or 100
        √(N_v N_h).

    Raises
    ------
    ValueError
        Another size.

    Examples
    --------
    >>> averages(400)[3].n_machines
    48
    """
    if size not in MACHINES:
        raise ValueError(f"size must be one of {list(MACHINES)}, got {size!r}")
    results, first = load(), 0
    for one, n_machines in MACHINES.items():
        shape = (len(POINTS), n_machines, 4)
        block = results[first : first + len(POINTS) * n_machines].reshape(shape)
        first += len(POINTS) * n_machines
        if one == size:
            return [average(machines) for machines in block]
