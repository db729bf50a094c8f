"""Compare with the field's library `rbms` itself; needs rbms 0.5.0 or 0.6.0.

    python -m pip install rbms==0.6.0
    python tools/check_rbms.py [a folder of runs that rbms wrote]

For each type of machine: does `rbms` load the file that `Trajectory.save` writes, with
``load_params`` and with ``load_model``, and how far apart are the energies of the same
visible states, its ``compute_energy_visibles`` and our `RBM.free_energy`?  Then the
energies of every machine of the runs in the folder.  The tests of the library compare
with stored numbers instead, for `rbms` brings PyTorch with it.

Energies agree to rounding, 1e-13, where no field on a hidden unit is above 10: there
`rbms` cuts log(1 + exp x) to x.  For IGRBM the constant that its energy has too much is
taken off (`rbmlib.files.model_types`).
"""

import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import h5py
import numpy as np

from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory
from rbmlib.units import BY_LETTER, GAUSSIAN, Gaussian

N_VISIBLE, N_HIDDEN, N_STATES = 20, 6, 4
TYPES = ("BBRBM", "IIRBM", "PBRBM", "BGRBM", "IGRBM")


def states_of(machine, n, rng):
    """Return random visible states: {0, 1}, ±1, or 0 … q - 1 where W has q states."""
    shape = (n, machine.n_visible)
    if machine.W.ndim == 3:
        return rng.integers(machine.W.shape[1], size=shape)
    return rng.choice(machine.visible.states, size=shape)


def run_of(name, rng):
    """Return a run of a named type, with chains and settings; None if it is not here.

    Examples
    --------
    >>> run_of("IGRBM", np.random.default_rng(0))
    Trajectory(1 ages from 9 to 9, RBM(20 spin visible, 6 gaussian hidden))
    """
    if not {name[0], name[1]} <= set(BY_LETTER):
        return None
    many = (N_STATES,) if name[0] == "P" else ()
    W = rng.normal(0, 0.3, (N_VISIBLE, *many, N_HIDDEN)).astype(np.float32)
    a = rng.normal(0, 0.3, (N_VISIBLE, *many)).astype(np.float32)
    b = rng.normal(0, 0.3, N_HIDDEN).astype(np.float32)
    visible = BY_LETTER[name[0]].from_file({}, W.shape)
    hidden = Gaussian(1 / N_VISIBLE) if name[1] == "G" else BY_LETTER[name[1]]()
    machine = RBM(W, a, b, visible, hidden)
    settings = {"method": "pcd", "k": 10, "batch_size": 7, "n_chains": 5, "seed": 1}
    settings |= {"learning_rate": 0.05, "centred": True}
    return Trajectory([9], [machine], states_of(machine, 5, rng), settings)


def variance_of(path):
    """Return the hidden variance that the energy of `rbms` has for a file, or None."""
    with h5py.File(path) as file:
        gaussian = file["model_type"].asstr()[()][1] == "G"
        return 1 / int(file["hyperparameters/num_visibles"][()]) if gaussian else None


def excess(machine):
    """Return what `rbms` adds to our free energy: a wrong sign for IGRBM."""
    if machine.visible.letter + machine.hidden.letter != "IG":
        return 0.0
    return machine.n_hidden * np.log(2 * np.pi / machine.n_visible)


def compare(path, age, machine, chains, rng):
    """Return two words on the loaders, and the largest difference of an energy."""
    import torch
    from rbms import io

    where = {"device": torch.device("cpu"), "dtype": torch.float64}
    words, difference = [], np.nan
    for loader in (io.load_params, io.load_model):
        try:
            loaded = loader(str(path), age + 1, **where)
        except KeyError as error:
            words.append(f"KeyError {error}")
            continue
        words.append("yes")
        theirs = loaded
        if loader is io.load_model:
            theirs = loaded[0]
            if chains is not None:
                assert np.array_equal(loaded[1]["visible"].numpy(), chains)
        v = states_of(machine, 100, rng)
        energy = theirs.compute_energy_visibles(torch.from_numpy(v).double()).numpy()
        here = machine.free_energy(v) + excess(machine)
        difference = np.fmax(difference, np.abs(energy - here).max())
    return *words, difference


def main():
    rng = np.random.default_rng(1)
    row = "{:12} {:24} {:24} {}".format
    print(f"rbms {version('rbms')}")
    print(row("our file", "load_params", "load_model", "max |energy difference|"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.h5"
        for name in TYPES:
            if (run := run_of(name, rng)) is None:
                print(row(name, "no such unit here", "", ""))
                continue
            run.save(path)
            found = compare(path, 9, run[0], run.chains, rng)
            print(row(name, *found[:2], f"{found[2]:.1e}"))
        if (run := run_of("BGRBM", rng)) is not None:
            machine = RBM(run[0].W, run[0].a, run[0].b, hidden=GAUSSIAN)
            Trajectory([9], [machine]).save(path)
            print(row("BGRBM, σ²=1", *compare(path, 9, machine, None, rng)[:2], ""))
    for path in sorted(Path(sys.argv[1]).glob("*.h5")) if sys.argv[1:] else ():
        try:
            run = Trajectory.load(path, hidden_variance=variance_of(path))
        except ValueError as error:
            print(error)
            continue
        worst = max(
            compare(path, age, machine, run.chains, rng)[2]
            for age, machine in zip(run.ages, run, strict=True)
        )
        print(f"{path.name}: {len(run)} machines, energies differ by {worst:.1e}")


if __name__ == "__main__":
    main()
