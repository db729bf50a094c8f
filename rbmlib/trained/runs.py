"""The compact file of a trained machine: grid integers, and exact counts of the data.

Weights of one age are multiples of one step 2^-g, at most 1023 steps large, so that
two bytes hold one and compression makes it less.  That is coarser than the machine that
training saw: each weight is off by at most half a step, 1/2046 of the largest weight.
The data are represented by the integers Σ v_i and Σ v_i v_j, from which mean and
covariance follow exactly; no sample is stored.
"""

import io
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import h5py
import numpy as np

from rbmlib.checks import check_positive
from rbmlib.files import reading
from rbmlib.files.whole import explained, write_whole
from rbmlib.rbm import RBM
from rbmlib.trained.recipes import RECIPES
from rbmlib.trained.record import Stored, one_of, sha256
from rbmlib.trajectories import Trajectory

MAX_STEPS = 1023
MAX_EXPONENT = 40  # no finer grid than 2^-40


@dataclass(frozen=True, eq=False)
class Trained:
    """A training run of this library, and the first two moments of its data.

    Attributes
    ----------
    name : str
    ages : ndarray of int64, shape (n_ages,)
    exponents : ndarray of int64, shape (n_ages,)
        g: the parameters of an age are integers times 2^-g.
    W : ndarray of int16, shape (n_ages, n_visible, n_hidden)
    a : ndarray of int32, shape (n_ages, n_visible)
    b : ndarray of int32, shape (n_ages, n_hidden)
    pair_counts : ndarray of uint32, shape (n_visible, n_visible)
        In how many samples units i and j are both on; the diagonal counts unit i.
    n_samples : int
    settings : dict
        As in `Trajectory`.
    """

    name: str
    ages: np.ndarray
    exponents: np.ndarray
    W: np.ndarray
    a: np.ndarray
    b: np.ndarray
    pair_counts: np.ndarray
    n_samples: int
    settings: dict

    @classmethod
    def of(cls, name, trajectory, data, max_steps=MAX_STEPS, max_exponent=MAX_EXPONENT):
        """Return the compact form of a trajectory and its {0, 1} data."""
        data = np.asarray(data, np.float32)
        parts = [_integers(m, max_steps, max_exponent) for m in trajectory]
        g, W, a, b = (np.stack(part) for part in zip(*parts, strict=True))
        counts = np.zeros((data.shape[1],) * 2, np.uint32)
        # A float32 holds integers up to 2^24: exact for fewer samples, in any order.
        for block in np.array_split(data, max(1, len(data) // 2**20)):
            counts += (block.T @ block).astype(np.uint32)
        return cls(
            name, trajectory.ages, g, W, a, b, counts, len(data), trajectory.settings
        )

    @cached_property
    def trajectory(self):
        """The machines, as a `Trajectory`."""
        steps = (2.0 ** -int(g) for g in self.exponents)
        machines = [
            RBM(W * step, a * step, b * step)
            for step, W, a, b in zip(steps, self.W, self.a, self.b, strict=True)
        ]
        return Trajectory(self.ages, machines, settings=self.settings)

    @property
    def mean(self):
        """Mean of the data, shape (n_visible,)."""
        return np.diag(self.pair_counts) / self.n_samples

    @property
    def covariance(self):
        """Covariance of the data, shape (n_visible, n_visible)."""
        return self.pair_counts / self.n_samples - np.outer(self.mean, self.mean)

    def until(self, age):
        """Return the part of the run up to an age: what a shorter run would give.

        Raises
        ------
        TypeError, ValueError
            No integer >= 0.

        Examples
        --------
        >>> bool(load("digits").until(100).ages[-1] <= 100)
        True
        """
        kept = self.ages <= check_positive(age, "age", least=0)
        names = ("ages", "exponents", "W", "a", "b")
        return replace(self, **{name: getattr(self, name)[kept] for name in names})

    def sha256(self):
        """Return the hash of every number that is stored."""
        return sha256(*self.parts())

    def save(self, path):
        """Write the file, whole or not at all."""
        write_whole(Path(path), self.pack())

    def parts(self):
        """Return what is hashed: arrays, a number as an array of one, and a text."""
        arrays = {name: np.atleast_1d(x) for name, x in self._arrays().items()}
        return arrays, json.dumps(self.settings, sort_keys=True)

    def pack(self):
        """Return the bytes of the file."""
        memory = io.BytesIO()
        with h5py.File(memory, "w") as file:
            for name, array in self._arrays().items():
                packed = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
                file.create_dataset(name, data=array, **(packed if array.ndim else {}))
            file.attrs["settings"] = json.dumps(self.settings, sort_keys=True)
            file.attrs["sha256"] = self.sha256()
        return memory.getvalue()

    def _arrays(self):
        return {
            "ages": self.ages.astype("<i8"),
            "exponents": self.exponents.astype("<i8"),
            "W": self.W.astype("<i2"),
            "a": self.a.astype("<i4"),
            "b": self.b.astype("<i4"),
            "pair_counts": self.pair_counts.astype("<u4"),
            "n_samples": np.array(self.n_samples, "<i8"),
        }


def load(name):
    """Return one of the runs that come with the library.

    Parameters
    ----------
    name : str
        A key of `RECIPES`, for instance "digits" or "mnist", whose recipe is `stored`.

    Returns
    -------
    Trained

    Raises
    ------
    ValueError
        Unknown name; a run that does not come with the library; a file that is
        damaged, or whose content does not have the recorded sha256.

    Examples
    --------
    >>> run = load("digits")
    >>> run.n_samples, run.trajectory.n_hidden
    (1438, 100)
    """
    if isinstance(name, str) and name in UNSTORED:
        raise ValueError(
            f"name must be that of a stored run, got {name!r}, whose data may not be "
            f"passed on: train it by python -m rbmlib.trained.make {name}"
        )
    return one_of(RUNS, name).load()


def read(path):
    """Return the content of a file of `Trained.save`; its name is that of the run.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    Trained

    Raises
    ------
    FileNotFoundError, PermissionError, BlockingIOError
        No such file, or none that may be read now.
    ValueError
        A file that is damaged, or no file of `Trained.save`.
    """
    path = Path(path)
    with explained(path, "file of a stored run"), h5py.File(path) as file:
        arrays = {name: reading.array(file, name) for name in file}
        settings = json.loads(file.attrs["settings"])
        arrays["n_samples"] = int(arrays["n_samples"])
        run = Trained(name=path.stem, settings=settings, **arrays)
        # Files of older versions have none; those of this library are in the record.
        if file.attrs.get("sha256", run.sha256()) != run.sha256():
            raise ValueError("damaged: the numbers are not those that were saved")
        return run


RUNS = {
    name: Stored(name, f"{name}.h5", read, Trained.pack, Trained.parts)
    for name, recipe in RECIPES.items()
    if recipe.stored
}
UNSTORED = [name for name in RECIPES if name not in RUNS]


def _integers(machine, max_steps, max_exponent):
    """Return (g, W, a, b): the parameters in steps of 2^-g."""
    finest = int(np.floor(np.log2(max_steps / np.abs(machine.W).max())))
    g = min(finest, max_exponent)
    steps = [np.rint(x * 2.0**g) for x in (machine.W, machine.a, machine.b)]
    if max(np.abs(x).max() for x in steps) >= 2**31:
        raise ValueError(
            f"biases must be below 2^31 steps of 2^-{g} to be stored, "
            f"got {np.abs(machine.a).max():.4g} and {np.abs(machine.b).max():.4g}"
        )
    return g, steps[0].astype(np.int16), *(x.astype(np.int32) for x in steps[1:])
