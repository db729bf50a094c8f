#!/usr/bin/env bash
# adabmDCA 1.0.0: the entropy of estimate_entropy is too high by 1/n_steps of its integral.
#
# It pulls the chains to a target sequence with strength theta, and finds the free energy
# F(0) = F(theta_max) + integral of the mean identity over theta.  The n_steps values of
# theta are n_steps - 1 intervals apart, but the trapezoids are given the width
# theta_max / n_steps: their weights add up to theta_max (1 - 1/n_steps).  So F(0) lacks
# a part 1/n_steps of the integral, and the entropy <E> - F(0) has it too much.  The error
# falls like 1/n_steps, not like 1/n_steps²; more chains or more sweeps do not help.
# The command `adabmDCA entropy` calls the same function, 100 steps by default.
#
# The model tried has fields and no couplings, so that all is known in closed form.
# Seen, for an entropy of 14.90: 18.03 with 10 steps, 15.68 with 40.
#
# Needs Python 3.10 to 3.13 (PYTHON=...), and 6 GB of disk for PyTorch while it runs.
# Exits with 0 if adabmDCA 1.0.0 still behaves so, with 1 if not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  adabmDCA==1.0.0 torch==2.13.0 numpy==1.26.4
export OMP_NUM_THREADS=1 WANDB_MODE=disabled
cd "$folder"
cat > look.py <<'END'
import sys
import warnings
from importlib.metadata import version

warnings.filterwarnings("ignore")
import numpy as np
import torch
from adabmDCA import estimate_entropy
from adabmDCA.io import save_params

LENGTH, TOKENS, TARGET, N_CHAINS = 10, "-ACGT", "ACGTACGTAC", 4000
torch.set_num_threads(1)
torch.manual_seed(0)
fields = 0.5 * torch.randn(LENGTH, len(TOKENS))
couplings = torch.zeros(LENGTH, len(TOKENS), LENGTH, len(TOKENS))
save_params("model.dat", {"bias": fields, "coupling_matrix": couplings}, TOKENS)
with open("target.fasta", "w") as file:
    file.write(f">target\n{TARGET}\n")

fields = fields.double().numpy()
wanted = np.array([[token == letter for token in TOKENS] for letter in TARGET], float)


def site_laws(theta):
    p = np.exp(fields + theta * wanted)
    return p / p.sum(1, keepdims=True)


def identity(theta):
    return (site_laws(theta) * wanted).sum()


def free_energy(theta):
    return -np.log(np.exp(fields + theta * wanted).sum(1)).sum()


p = site_laws(0)
entropy = -(p * np.log(p)).sum()
print("adabmDCA", version("adabmDCA"), "torch", torch.__version__)
print(f"exact entropy {entropy:.2f}")
same = True
for n_steps in (10, 40):
    result = estimate_entropy(
        model="model.dat",
        natural_alignment="target.fasta",
        target_alignment="target.fasta",
        alphabet="dna",
        sampler="gibbs",
        n_chains=N_CHAINS,
        n_steps=n_steps,
        n_sweeps=10,
        zero_sweeps=20,
        theta_sweeps=20,
        seed=1,
        device="cpu",
    )
    top = result.theta_max
    y = np.array([identity(theta) for theta in np.linspace(0, top, n_steps)])
    integral = top / (n_steps - 1) * (y.sum() - (y[0] + y[-1]) / 2)
    trapezoids = (fields * p).sum() * -1 - free_energy(top) - integral
    print(f"{n_steps} steps: expected {trapezoids:.2f} (trapezoids of the exact identities)")
    print(f"   seen {result.entropy:.2f}; lost 1/n_steps of the integral: {integral / n_steps:.2f}")
    same = same and abs(result.entropy - trapezoids - integral / n_steps) < 0.2
    same = same and result.entropy - trapezoids > 0.5
print("as recorded" if same else "THE BEHAVIOUR HAS CHANGED")
sys.exit(not same)
END
venv/bin/python look.py
