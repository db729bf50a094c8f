"""How each stored machine is trained: everything that decides its bits."""

from dataclasses import dataclass, replace

import numpy as np

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
    first_age, scale_until : int
        Where that scale begins and ends; default: 1 and n_updates.
    method, k, batch_size, n_chains, learning_rate, l2
        As in `rbmlib.training.train`; the gradient is centred.
    block : int
        Side of the square blocks of pixels that become one pixel, `coarse`.
    max_steps, max_exponent : int
        Grid of the stored weights: steps of 2^-g, the largest weight at most max_steps
        of them, and g at most max_exponent.
    later_rates : tuple of (int, float)
        Ages, each with the learning rate from there on.
    stored : bool
        Whether the run comes with the library.  False where the data may not be passed
        on: a machine that has learned them by heart would do so.
    """

    dataset: str
    n_hidden: int
    n_updates: int
    n_ages: int
    k: int
    batch_size: int
    n_chains: int
    learning_rate: float
    l2: float = 0.0
    first_age: int = 1
    scale_until: int | None = None
    later_rates: tuple = ()
    method: str = "pcd"
    scale: float = 1e-4
    seed: int = 1
    block: int = 1
    max_steps: int = 1023
    max_exponent: int = 40
    stored: bool = True

    @property
    def ages(self):
        """Ages that are stored, from 0 to n_updates."""
        end = self.n_updates if self.scale_until is None else self.scale_until
        scale = np.rint(np.geomspace(self.first_age, end, self.n_ages))
        switches = [age for age, _ in self.later_rates]
        ages = np.concatenate([[0], scale, switches, [self.n_updates]]).astype(np.int64)
        return np.unique(ages[ages <= self.n_updates])

    def data(self, **options):
        """Return the training samples; options are those of `rbmlib.datasets.load`."""
        dataset = datasets.load(self.dataset, **options)
        if self.block == 1:
            return dataset.train
        return coarse(dataset.train, dataset.shape, self.block)

    def start(self, data):
        """Return the trajectory of age 0."""
        machine = training.initial_machine(
            data, self.n_hidden, scale=self.scale, seed=self.seed
        )
        return training.begin(
            machine,
            data,
            method=self.method,
            k=self.k,
            batch_size=self.batch_size,
            n_chains=self.n_chains,
            learning_rate=self.learning_rate,
            l2=self.l2,
            seed=self.seed,
        )

    def with_rate(self, run):
        """Return a run with the learning rate that its last age asks for."""
        rate = self.learning_rate
        for age, later in self.later_rates:
            if run.ages[-1] >= age:
                rate = later
        return replace(run, settings=run.settings | {"learning_rate": rate})


def coarse(images, shape, block):
    """Return black-and-white images with each block of pixels made one pixel.

    A new pixel is on where at least half of its block is.

    Examples
    --------
    >>> coarse(np.array([[1, 1, 0, 0, 0, 1, 0, 0]]), (2, 4), 2).tolist()
    [[1.0, 0.0]]
    """
    rows, columns = (side // block for side in shape)
    blocks = np.reshape(images, (-1, rows, block, columns, block))
    on = 2 * blocks.sum((2, 4)) >= block**2
    return on.reshape(len(images), -1).astype(np.float32)


# How each machine of the library was trained, by its name.
RECIPES = {
    "digits": Recipe(
        dataset="digits",
        n_hidden=100,
        n_updates=40_000,
        n_ages=46,
        k=10,
        batch_size=500,
        n_chains=500,
        learning_rate=0.02,
    ),
    "mnist": Recipe(
        dataset="mnist",
        n_hidden=200,
        n_updates=15_000,
        n_ages=44,
        k=10,
        batch_size=500,
        n_chains=1000,
        learning_rate=0.01,
    ),
    "digits-4x4": Recipe(
        dataset="digits",
        block=2,
        n_hidden=8,
        n_updates=20_000,
        n_ages=36,
        k=10,
        batch_size=500,
        n_chains=500,
        learning_rate=0.5,
    ),
    "human_haplotypes": Recipe(
        dataset="human haplotypes",
        n_hidden=100,
        n_updates=33_000,
        n_ages=22,
        first_age=10,
        scale_until=20_000,
        k=5,
        batch_size=500,
        n_chains=500,
        learning_rate=0.05,
        later_rates=((20_000, 0.1), (32_000, 0.01)),
    ),
    "simulated_haplotypes": Recipe(
        dataset="simulated haplotypes",
        n_hidden=100,
        n_updates=2058,
        n_ages=22,
        first_age=10,
        scale_until=5000,
        k=5,
        batch_size=1000,
        n_chains=1000,
        learning_rate=0.01,
    ),
}
# What a machine remembers of how many sweeps from noise, k, its training saw.
RECIPES |= (
    {
        f"digits-rdm-{k}": Recipe(
            dataset="digits",
            n_hidden=64,
            n_updates=5000,
            n_ages=34,
            method="rdm",
            k=k,
            batch_size=500,
            n_chains=500,
            learning_rate=0.1,
            max_steps=255,
            max_exponent=13,
        )
        for k in (1, 3, 10, 30)
    }
    | {
        # Small enough to travel in a page, a letter for each weight: a demo samples it.
        "mnist-14x14": Recipe(
            dataset="mnist",
            block=2,
            n_hidden=64,
            n_updates=3000,
            n_ages=30,
            method="rdm",
            k=10,
            batch_size=500,
            n_chains=500,
            learning_rate=0.05,
            max_steps=31,
            max_exponent=13,
        )
    }
    | {
        f"mnist-{method}-{k}": Recipe(
            dataset="mnist",
            n_hidden=200,
            n_updates=n_updates,
            n_ages=n_ages,
            method=method,
            k=k,
            batch_size=500,
            n_chains=500,
            learning_rate=0.05,
            max_steps=255,
            max_exponent=13,
        )
        for method, k, n_updates, n_ages in (
            ("rdm", 10, 3000, 36),
            ("rdm", 30, 1510, 10),
            ("rdm", 100, 3000, 36),
            ("pcd", 100, 1510, 36),
        )
    }
)
RECIPES["faces"] = Recipe(
    dataset="faces",
    n_hidden=100,
    n_updates=7632,
    n_ages=24,
    first_age=20,
    scale_until=10_000,
    k=10,
    batch_size=350,
    n_chains=500,
    learning_rate=0.05,
    max_steps=255,
    max_exponent=13,
)
# The seminar's faces in black and white.  CelebA may not be passed on, nor its machine.
RECIPES["celeba-bw"] = Recipe(
    dataset="celeba",
    n_hidden=500,
    n_updates=20_000,
    n_ages=30,
    k=10,
    batch_size=500,
    n_chains=1000,
    learning_rate=0.01,
    stored=False,
)
