"""How each stored machine is trained: everything that decides its bits."""

from dataclasses import dataclass

from rbmlib import datasets, training


@dataclass(frozen=True)
class Recipe:
    """Settings of one training run on the training part of a data set.

    Attributes
    ----------
    dataset : str
        Name for `rbmlib.datasets.load`.
    n_hidden, scale, seed
        As in `rbmlib.training.initial_machine`.
    n_updates, n_ages : int
        Last age, and the number of ages on a logarithmic scale up to it.
    method, k, batch_size, n_chains, learning_rate
        As in `rbmlib.training.train`; the gradient is centred.
    """

    dataset: str
    n_hidden: int
    n_updates: int
    n_ages: int
    k: int
    batch_size: int
    n_chains: int
    learning_rate: float
    method: str = "pcd"
    scale: float = 1e-4
    seed: int = 1

    @property
    def ages(self):
        """Ages that are stored, from 0 to n_updates."""
        return training.log_ages(self.n_updates, self.n_ages)

    def data(self):
        """Return the training samples."""
        return datasets.load(self.dataset).train

    def start(self, data):
        """Return the trajectory of age 0."""
        machine = training.initial_machine(
            data, self.n_hidden, scale=self.scale, seed=self.seed
        )
        return training.begin(
            machine, data, method=self.method, k=self.k, batch_size=self.batch_size,
            n_chains=self.n_chains, learning_rate=self.learning_rate, seed=self.seed,
        )  # fmt: skip


RECIPES = {
    "digits": Recipe(
        dataset="digits", n_hidden=100, n_updates=40_000, n_ages=46, k=10,
        batch_size=500, n_chains=500, learning_rate=0.02,
    ),
    "mnist": Recipe(
        dataset="mnist", n_hidden=200, n_updates=15_000, n_ages=44, k=10,
        batch_size=500, n_chains=1000, learning_rate=0.01,
    ),
}  # fmt: skip
