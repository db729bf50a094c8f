"""Simulate the haplotypes that come with the library; needs msprime 1.4.

    python -m pip install msprime==1.4.4
    python tools/simulate_haplotypes.py

Four populations follow a published model: S. R. Browning et al. (2018),
doi:10.1371/journal.pgen.1007385, who add a population admixed 12 generations ago (1/6
African, 1/3 European, 1/2 East Asian) to the out-of-Africa model of S. Gravel et al.
(2011), doi:10.1073/pnas.1019276108.  Ours, chosen and not fitted to anything:

- a South Asian population, which leaves the European branch 800 generations ago with
  1000 people, grows by 0.4 % a generation, and exchanges 1 person in 20 000 a
  generation with Europe and with East Asia;
- the choice of sites: 805 regions of 20 000 base pairs, unlinked to one another; in
  each the site of the largest variance between the populations' frequencies in a panel
  of 50 people from each that is used for nothing else, as the sites of real sets were
  also found in panels;
- equal samples: 250 people from each population.

The output is a function of this file and the version of msprime.
"""

import hashlib
import math
from pathlib import Path

import msprime
import numpy as np

VERSION = "1.4.4"
NAMES = ("AFR", "AMR", "EAS", "EUR", "SAS")
N_PEOPLE, N_PANEL = 250, 50
N_REGIONS, REGION_LENGTH = 805, 20_000
MUTATION_RATE, RECOMBINATION_RATE = 2.36e-8, 1e-8
MIN_FREQUENCY = 0.05  # of the rarer allele in the panel
SEED = 1
FILE = Path(__file__).parents[1] / "rbmlib/datasets/simulated_haplotypes.npz"


def demography():
    """Return the populations' history, times in generations before the present."""
    split_asia, split_south_asia, admixture = 920, 800, 12
    growth = {"EUR": 0.0038, "EAS": 0.0048, "SAS": 0.004, "AMR": 0.05}
    start = {
        "EUR": (1032, split_asia),
        "EAS": (554, split_asia),
        "SAS": (1000, split_south_asia),
        "AMR": (30_000, admixture),
    }
    model = msprime.Demography()
    # Populations from which others split must be told that they live today.
    model.add_population(name="AFR", initial_size=14_474, initially_active=True)
    for name, (size, time) in start.items():
        now = size * math.exp(growth[name] * time)
        model.add_population(
            name=name,
            initial_size=now,
            growth_rate=growth[name],
            initially_active=True,
        )
    model.add_population(name="OOA", initial_size=1861)
    rates = {
        ("AFR", "EUR"): 2.5e-5,
        ("AFR", "EAS"): 7.8e-6,
        ("EUR", "EAS"): 3.11e-5,
        ("EUR", "SAS"): 5e-5,
        ("EAS", "SAS"): 5e-5,
    }
    for pair, rate in rates.items():
        model.set_symmetric_migration_rate(pair, rate)
    model.add_admixture(
        time=admixture,
        derived="AMR",
        ancestral=["AFR", "EUR", "EAS"],
        proportions=[1 / 6, 1 / 3, 1 / 2],
    )
    model.add_population_split(split_south_asia, derived=["SAS"], ancestral="EUR")
    model.add_population_split(split_asia, derived=["EUR", "EAS"], ancestral="OOA")
    model.add_symmetric_migration_rate_change(split_asia, ["AFR", "OOA"], 1.5e-4)
    model.add_population_split(2040, derived=["OOA"], ancestral="AFR")
    model.add_population_parameters_change(5920, population="AFR", initial_size=7310)
    model.sort_events()
    return model


def regions(model):
    """Yield the haplotypes of one region after the other, shape (n_rows, n_sites)."""
    samples = [msprime.SampleSet(N_PEOPLE + N_PANEL, population=name) for name in NAMES]
    seeds = np.random.default_rng(SEED).integers(1, 2**31, (N_REGIONS, 2))
    for ancestry_seed, mutation_seed in seeds:
        ancestry = msprime.sim_ancestry(
            samples,
            demography=model,
            sequence_length=REGION_LENGTH,
            recombination_rate=RECOMBINATION_RATE,
            random_seed=ancestry_seed,
        )
        tables = msprime.sim_mutations(
            ancestry,
            rate=MUTATION_RATE,
            random_seed=mutation_seed,
            model=msprime.BinaryMutationModel(),
        )
        yield tables.genotype_matrix().T


def split_panel(rows):
    """Return (people, panel), each of shape (n_populations, n_rows, n_sites)."""
    rows = rows.reshape(len(NAMES), 2 * (N_PEOPLE + N_PANEL), -1)
    return rows[:, : 2 * N_PEOPLE], rows[:, 2 * N_PEOPLE :]


def choose(panel):
    """Return the place of the site that tells the panel's populations apart best."""
    frequency = panel.mean(1)
    common = np.minimum(frequency.mean(0), 1 - frequency.mean(0)) >= MIN_FREQUENCY
    return np.where(common, frequency.var(0), -1.0).argmax()


def simulate():
    """Return the haplotypes, uint8, two rows a person, the populations in turn."""
    chosen = []
    for rows in regions(demography()):
        people, panel = split_panel(rows)
        chosen.append(people[:, :, choose(panel)])
    bits = np.stack(chosen, axis=2).astype(np.uint8)
    return np.ascontiguousarray(bits.reshape(-1, bits.shape[2]))


def main():
    """Write the file, and print its hash for `rbmlib.datasets.haplotypes`."""
    if msprime.__version__ != VERSION:
        raise SystemExit(f"msprime {VERSION} is needed, found {msprime.__version__}")
    bits = simulate()
    labels = np.repeat(np.arange(len(NAMES), dtype=np.uint8), 2 * N_PEOPLE)
    np.savez_compressed(
        FILE, bits=np.packbits(bits, axis=1), n_snp=bits.shape[1], population=labels
    )
    content = hashlib.sha256(bits.tobytes() + labels.tobytes()).hexdigest()
    print(FILE, FILE.stat().st_size, "bytes, bits and labels:", content)


if __name__ == "__main__":
    main()
