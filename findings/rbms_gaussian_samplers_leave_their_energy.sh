#!/usr/bin/env bash
# rbms 0.6.0: the samplers of BGRBM and IGRBM do not sample the law of their energy.
#
# E(v, h) = -v·W·h - a·v - b·h + N_v h²/2 makes a hidden unit Gaussian with variance 1/N_v
# and mean (b + v·W)/N_v.  BGRBM.sample_hiddens draws it around b + v·W with variance 1,
# IGRBM's around b + v·W with variance 1/N_v.  So chains go to another law than the one
# whose likelihood, AIS and exact partition function the same object computes.  (BGRBM's
# is the law of hidden variance 1; IGRBM's two rules belong to no common energy.)  BBRBM
# and IIRBM, tried beside them, sample theirs.
#
# Needs Python 3.12 or newer (PYTHON=...), and 6 GB of disk for PyTorch while it runs.
# Exits with 0 if rbms 0.6.0 still behaves so, with 1 if not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in ${PYTHON:-} python3.12 python3.13 python3; do
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && break
done
"$python" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  rbms==0.6.0 torch==2.14.1 numpy==2.5.5 h5py==3.16.0 matplotlib==3.11.2 tqdm==4.70.1
export OMP_NUM_THREADS=1 PYTHONWARNINGS=ignore
export TORCHDYNAMO_DISABLE=1  # no compiler is needed; the numbers are the same
cd "$folder"
cat > look.py <<'END'
import itertools
import sys
from importlib.metadata import version

import torch
from rbms.map_model import map_model

N_VISIBLE, N_HIDDEN, N_CHAINS, N_SWEEPS = 6, 2, 100_000, 200
FOUR_ERRORS = 4 / N_CHAINS**0.5  # a product of two units has at most variance 1
print("rbms", version("rbms"), "torch", torch.__version__)
print("second moments of the visible units, largest difference from the exact law")
torch.manual_seed(0)
where = {"device": "cpu", "dtype": torch.float64}
W = torch.randn(N_VISIBLE, N_HIDDEN, dtype=torch.float64)
a = 0.3 * torch.randn(N_VISIBLE, dtype=torch.float64)
b = 0.3 * torch.randn(N_HIDDEN, dtype=torch.float64)
errors = {}
for name in ("BBRBM", "IIRBM", "BGRBM", "IGRBM"):
    machine = map_model[name](W, a, b)
    states = [-1, 1] if machine.visible_type == "ising" else [0, 1]
    v = torch.tensor(list(itertools.product(states, repeat=N_VISIBLE))).double()
    p = torch.softmax(-machine.compute_energy_visibles(v), 0)
    exact = (v * p[:, None]).T @ v
    # The chains start from the exact law: a right sampler stays there.
    start = v[torch.multinomial(p, N_CHAINS, replacement=True)]
    chains = machine.sample_state(machine.init_chains(N_CHAINS, start_v=start), N_SWEEPS)
    found = chains["visible"].T @ chains["visible"] / N_CHAINS
    errors[name] = (found - exact).abs().max().item()
    print(f"{name}: expected below {FOUR_ERRORS:.3f}, seen {errors[name]:.3f}")
right = max(errors["BBRBM"], errors["IIRBM"]) < FOUR_ERRORS
wrong = min(errors["BGRBM"], errors["IGRBM"]) > 0.1
print("as recorded" if right and wrong else "THE BEHAVIOUR HAS CHANGED")
sys.exit(not (right and wrong))
END
venv/bin/python look.py
