"""Chains that any machine can make again, and what ArviZ says of them.

`arviz_numbers.json` holds ArviZ's rank-normalised split-R̂ and bulk effective sample
size of each case.  The library does without ArviZ; to store the numbers again, run
this file where it is installed:

    python tests/arviz_numbers.py
"""

import json
from pathlib import Path

import numpy as np

from rbmlib.randomness import WEIGHTS, bell

FILE = Path(__file__).parent / "data" / "arviz_numbers.json"


def chains(rho, shape, seed):
    """Return x(t + 1) = rho x(t) + noise from x = 0: sums and products, no library."""
    noise = bell(seed, WEIGHTS, shape)
    x = np.zeros(shape)
    for t in range(1, shape[1]):
        x[:, t] = rho * x[:, t - 1] + noise[:, t]
    return x


def _each(n_chains, step):
    """Return 0, step, 2 step …, one number for each chain."""
    return step * np.arange(n_chains)[:, None]


def _heavy(x):
    return x * x * x


CASES = {
    "independent": chains(0.0, (4, 500), 1),
    "correlated": chains(0.9, (4, 1000), 2),
    "very correlated": chains(0.99, (2, 3000), 9),
    "odd length": chains(0.5, (3, 501), 3),
    "many short chains": chains(0.7, (40, 24), 11),
    "shifted": chains(0.3, (4, 400), 4) + _each(4, 1.0),
    "drifting": chains(0.3, (4, 400), 12) + 0.005 * np.arange(400),
    "of different scale": chains(0.3, (4, 400), 13) * (1 + _each(4, 0.5)),
    "heavy tails": _heavy(chains(0.6, (4, 600), 5)),
    "heavy tails of different scale": _heavy(chains(0.6, (4, 600), 14))
    * (1 + _each(4, 2.0)),
    "two values": np.sign(chains(0.8, (6, 400), 6)),
    "few values": np.rint(chains(0.8, (6, 400), 15)),
    "alternating": chains(-0.5, (4, 400), 7),
    "shortest": chains(0.7, (4, 9), 8),
}


def main():
    """Ask ArviZ and store its numbers."""
    import arviz

    numbers = {
        name: {
            "rhat": float(arviz.rhat(x, method="rank")),
            "bulk_ess": float(arviz.ess(x, method="bulk")),
        }
        for name, x in CASES.items()
    }
    content = {"arviz": arviz.__version__, "numbers": numbers}
    FILE.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
