#!/usr/bin/env bash
# jaxbm 0.1.0: with spin=False both chains sample at twice the inverse temperature.
#
# The energy is E(x) = -x·W·x/2 - b·x (for the RBM -v·W·h - a·v - b·h).  A unit of values
# ±1 is then on with probability σ(2 field), but one of values 0 and 1 with σ(field):
# its two values are one apart, not two.  BM_chain and RBM_chain use σ(2 field) for both,
# so that the chains of binary units go to exp(-2E), as if all weights and biases were
# doubled.  Means and correlations, and so the gradients made of them, are those of
# another machine.  The chains of ±1 units, tried beside them, are right.
#
# Seen: largest difference of a second moment from the exact law .287 (BM) and .118 (RBM)
# for binary units, at most .002 for ±1.  Needs Python 3.10 to 3.13 (PYTHON=...).
# Exits with 0 if jaxbm 0.1.0 still behaves so, with 1 if not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  jaxbm==0.1.0 jax==0.6.2 jaxlib==0.6.2 numpy==2.2.6
cd "$folder"
cat > look.py <<'END'
import itertools
import sys
from importlib.metadata import version

import jax
import jax.numpy as jnp
import numpy as np
from jaxbm import BM_chain, RBM_chain

N_VISIBLE, N_HIDDEN, N_SAMPLES, SPACING = 3, 2, 200_000, 8
BOUND = 4 / N_SAMPLES**0.5  # a product of two units has at most variance 1
random = np.random.default_rng(0)


def second_moments(weights, bias, values, beta):
    """Exact <x xᵀ> of exp(-beta E), by enumeration."""
    x = np.array(list(itertools.product(values, repeat=len(bias))), dtype=float)
    minus_energy = 0.5 * np.einsum("si,ij,sj->s", x, weights, x) + x @ bias
    p = np.exp(beta * minus_energy)
    return (x * (p / p.sum())[:, None]).T @ x


def from_bm(weights, bias, spin):
    start = jnp.ones(len(bias))
    options = {"n_samples": N_SAMPLES, "steps": 5 * SPACING, "mode": "CORR", "spin": spin}
    _, found = BM_chain(jax.random.PRNGKey(1), start, weights, bias, **options)
    return np.asarray(found)


def from_rbm(weights, bias, spin):
    couplings = weights[:N_VISIBLE, N_VISIBLE:]
    a, b = bias[:N_VISIBLE], bias[N_VISIBLE:]
    start = jnp.ones(N_VISIBLE), jnp.ones(N_HIDDEN)
    options = {"n_samples": N_SAMPLES, "steps": SPACING, "mode": "CORR", "spin": spin}
    _, found = RBM_chain(jax.random.PRNGKey(1), *start, couplings, a, b, **options)
    return np.asarray(found)


between = np.zeros((N_VISIBLE + N_HIDDEN,) * 2)
between[:N_VISIBLE, N_VISIBLE:] = random.normal(size=(N_VISIBLE, N_HIDDEN))
full = np.triu(random.normal(size=between.shape), 1)
bias = 0.5 * random.normal(size=N_VISIBLE + N_HIDDEN)
blocks = np.s_[:, :], np.s_[:N_VISIBLE, N_VISIBLE:]

print("jaxbm", version("jaxbm"), "jax", version("jax"), "numpy", version("numpy"))
print("second moments, largest difference from the exact law of exp(-E) and of exp(-2E)")
same = True
machines = zip(("BM_chain", "RBM_chain"), (full, between), (from_bm, from_rbm), blocks)
for name, upper, chain, block in machines:
    weights = upper + upper.T
    for spin, values in ((True, (-1, 1)), (False, (0, 1))):
        found = chain(jnp.asarray(weights), jnp.asarray(bias), spin)
        errors = [
            np.abs(found - second_moments(weights, bias, values, beta)[block]).max()
            for beta in (1, 2)
        ]
        print(f"{name:9} units {values}: expected below {BOUND:.3f} and not,", end=" ")
        print(f"seen {errors[0]:.3f} and {errors[1]:.3f}")
        right, wrong = errors if spin else errors[::-1]
        same = same and right < BOUND and wrong > 0.1
print("as recorded" if same else "THE BEHAVIOUR HAS CHANGED")
sys.exit(not same)
END
venv/bin/python look.py
