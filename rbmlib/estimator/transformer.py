"""`RBMTransformer`: training, hidden means and likelihood, by scikit-learn's rules."""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from rbmlib import likelihood, sampling, training
from rbmlib.checks import check_choice
from rbmlib.likelihood.bound import mean_field_bound
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN

UNITS = {"binary": BINARY, "spin": SPIN, "gaussian": GAUSSIAN}
MOST_ENUMERATED = 16  # units of a layer that is summed exactly for a score


class RBMTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """A restricted Boltzmann machine that turns samples into means of hidden units.

    Parameters
    ----------
    n_hidden : int
    visible : "auto", "binary", "spin" or "gaussian"
        "auto": binary units if all entries are 0 or 1, else Gaussian ones.  Columns of
        Gaussian units are standardised first; nothing is cut at a threshold.
    method, k, n_updates, learning_rate, centred
        As in `rbmlib.training.train`.
    batch_size : int, optional
        Default: 100, or all samples if there are fewer.
    seed : int
        The same seed gives the same machine, bit for bit.

    Attributes
    ----------
    run_ : Trajectory
        The machine at increasing ages; ``run_[-1]`` is the one that is used.
    mean_, scale_ : ndarray, shape (n_features,), or None
        Of Gaussian units: what was subtracted, and by what was divided.
    n_features_in_ : int

    Raises
    ------
    ValueError, TypeError
        From ``fit``: what `rbmlib.training.train` refuses, or entries that are no
        states of the units.

    Notes
    -----
    Pickles hold the run's file, with its checksum, in the HDF5 layout of
    `Trajectory.save`.  ``machine_.save(path)`` writes the machine alone.

    Examples
    --------
    >>> X = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> machine = RBMTransformer(2, n_updates=500, learning_rate=0.2, seed=1).fit(X)
    >>> machine.transform(X).shape
    (100, 2)
    >>> bool(machine.score(X) > -1.5)
    True
    """

    def __init__(
        self,
        n_hidden=32,
        *,
        visible="auto",
        method="pcd",
        k=10,
        n_updates=1000,
        batch_size=None,
        learning_rate=0.01,
        centred=True,
        seed=0,
    ):
        self.n_hidden = n_hidden
        self.visible = visible
        self.method = method
        self.k = k
        self.n_updates = n_updates
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.centred = centred
        self.seed = seed

    def fit(self, X, y=None):
        """Train the machine.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n_samples, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            What `rbmlib.training.train` refuses, or entries that are no states.
        """
        check_choice(self.visible, "visible", ("auto", *UNITS))
        X = self._dense(validate_data(self, X, accept_sparse="csr", dtype=np.float64))
        name = self.visible
        if name == "auto":
            name = "binary" if np.isin(X, (0, 1)).all() else "gaussian"
        unit, self.mean_, self.scale_ = UNITS[name], None, None
        if unit.quadratic:
            scale = X.std(0)
            self.mean_, self.scale_ = X.mean(0), np.where(scale > 0, scale, 1.0)
            X = (X - self.mean_) / self.scale_
        start = training.initial_machine(
            X, self.n_hidden, seed=self.seed, visible=unit, scale=0.01
        )
        chains = {"k": self.k, "batch_size": self.batch_size or min(100, len(X))}
        self.run_ = training.train(
            start,
            X,
            method=self.method,
            n_updates=self.n_updates,
            learning_rate=self.learning_rate,
            centred=self.centred,
            seed=self.seed,
            progress=False,
            **({} if self.method == "exact" else chains),
        )
        return self

    @property
    def machine_(self):
        """The `RBM` of the last age.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        """
        check_is_fitted(self, "run_")
        return self.run_[-1]

    @property
    def _n_features_out(self):
        return self.run_.n_hidden

    def transform(self, X):
        """Return the means of the hidden units, shape (n_samples, n_hidden).

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n_samples, n_features)

        Raises
        ------
        ValueError
            Another number of columns, or entries that are no states of the units.
        """
        return self.machine_.mean_h(self._states(X))

    def score_samples(self, X):
        """Return log p(x) of each sample in nats, shape (n_samples,).

        log Z is summed exactly where a layer of two states has at most 16 units.  Else
        it is the larger of annealing and of the bound of mean field, so that a mode
        that annealing misses makes no machine look better (`likelihood.assess`).

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n_samples, n_features)

        Raises
        ------
        ValueError
            As `transform`.
        """
        machine, v = self.machine_, self._states(X)
        # A density of standardised columns is one of X after this.
        volume = 0.0 if self.scale_ is None else np.log(self.scale_).sum()
        return -machine.free_energy(v) - self._log_z(machine) - volume

    def score(self, X, y=None):
        """Return the mean of `score_samples`: what a grid search makes large.

        Parameters
        ----------
        X : array_like or sparse matrix, shape (n_samples, n_features)
        y : ignored

        Raises
        ------
        ValueError
            As `transform`.
        """
        return float(self.score_samples(X).mean())

    def sample(self, n_samples, n_sweeps=1000, seed=0):
        """Return samples of the machine in the units of X, as `sampling.sample`.

        Parameters
        ----------
        n_samples, n_sweeps, seed : int
            As in `rbmlib.sampling.sample`.

        Raises
        ------
        ValueError, TypeError
            As `rbmlib.sampling.sample`.
        """
        v = sampling.sample(self.machine_, n_samples, n_sweeps, seed)
        return v if self.scale_ is None else self.mean_ + self.scale_ * v

    def _states(self, X):
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        X = self._dense(X)
        return X if self.scale_ is None else (X - self.mean_) / self.scale_

    @staticmethod
    def _dense(X):
        return X.toarray() if hasattr(X, "toarray") else X

    def _log_z(self, machine):
        layers = (
            (machine.visible, machine.n_visible),
            (machine.hidden, machine.n_hidden),
        )
        if any(unit.states and n <= MOST_ENUMERATED for unit, n in layers):
            return machine.log_z()
        found = likelihood.ais(
            machine, n_chains=200, n_temperatures=500, seed=self.seed
        )
        if machine.visible.states is None:
            return found.log_z
        return max(found.log_z, mean_field_bound(machine, seed=self.seed)[0])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def __getstate__(self):
        state = dict(super().__getstate__())
        if "run_" in state:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "run.h5")
                self.run_.save(path)
                state["run_"] = path.read_bytes()
        return state

    def __setstate__(self, state):
        if isinstance(state.get("run_"), bytes):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "run.h5")
                path.write_bytes(state["run_"])
                state = state | {"run_": Trajectory.load(path)}
        super().__setstate__(state)
