"""Use every room, stored piece, data set and demo of an installed library.

    python -I tools/use_package.py                     # of this Python
    python -I tools/use_package.py --site FOLDER       # unpacked there

It prints one line for each room.  `check_package` runs it from an empty folder.
"""

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]


def main(arguments=None):
    """Run everything, or stop with the error of what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--site", help="folder that holds the package")
    site = parser.parse_args(arguments).site
    if site:
        sys.path.insert(0, site)
    import rbmlib

    where = Path(rbmlib.__file__).resolve()
    if TREE in where.parents:
        raise SystemExit(f"{where} lies in the source tree: run with python -I")
    names = [x.name for x in pkgutil.walk_packages(rbmlib.__path__, "rbmlib.")]
    for name in names:
        importlib.import_module(name)
    print(f"{len(names)} modules from {where.parent}")
    for part in (sampled, stored, drawn):
        print(part())


def sampled():
    """Train on a data set, sample, and compare with the definition."""
    from rbmlib import datasets, likelihood, sampling, scores, training

    sets = [datasets.load(name) for name in ("digits", "simulated haplotypes")]
    data = sets[0].train
    start = training.initial_machine(data, 8, seed=0)
    settings = dict(k=1, n_updates=5, batch_size=10, learning_rate=0.1, seed=0)
    machine = training.train(start, data, progress=False, **settings).machines[-1]
    v = sampling.random_start(machine, 8, seed=0)
    fast = sampling.gibbs(machine, v, 3, 1)[0]
    if not (fast == sampling.reference_gibbs(machine, v, 3, 1)[0]).all():
        raise SystemExit("the sampler differs from its definition")
    estimate = likelihood.ais(machine, n_chains=10, n_temperatures=10, seed=0)
    scores.LinearClassifier.train(data[:100], sets[0].train_labels[:100])
    return f"{sets}, log Z = {estimate.log_z:.3f}"


def stored():
    """Load every stored run, tree and measurement."""
    from rbmlib import ising, mode_tracking, phase_diagram, trained
    from rbmlib.trained import mixing, monte_carlo, runs, trees

    machines = [trained.load(name).trajectory for name in runs.RUNS]
    kept = [trees.load(name) for name in trees.TREES]
    ising.heat_bath(8, 2.0, 4, 0)
    phase = phase_diagram.solve(1.5, 0.5)
    arrays, points = mixing.load(), monte_carlo.load()
    room = mode_tracking.__name__
    return (
        f"{len(machines)} runs, {len(kept)} trees, {len(arrays)} arrays, {len(points)} "
        f"points; {phase}; {room}"
    )


def drawn():
    """Make every demo, and what Jupyter and a page show of it."""
    import matplotlib

    matplotlib.use("Agg")
    from rbmlib import demos, plotting

    plotting.use_style()
    for demo in demos.DEMOS:
        shown = demo()._repr_mimebundle_()[0]
        if "<script" not in shown["text/html"] or "image/png" not in shown:
            raise SystemExit(f"{demo.__name__} shows no page or no picture")
    return f"{len(demos.DEMOS)} demos"


if __name__ == "__main__":
    main()
