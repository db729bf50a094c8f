#!/usr/bin/env bash
# rbms 0.6.0: training with --training_type rdm never moves its chains.
#
# "Rdm" training compares the data with chains that start at random and make
# --gibbs_steps sweeps at each update (in 0.5.0 it does).  In 0.6.0 RDM.get_conf_grad
# runs the sweeps, drops their result, and returns the chains of the constructor: the
# negative phase is the same random configurations at every update, whatever k is.
# A machine that starts with the right biases therefore leaves them.
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
cat > data.py <<'END'
import h5py
import numpy as np

# 20 independent pixels, on with probability .9: the initial biases are the answer.
samples = np.random.default_rng(0).random((2000, 20)) < 0.9
with h5py.File("data.h5", "w") as file:
    file["samples"] = samples.astype(np.float32)
    file["variable_type"] = "bernoulli"
END
cat > look.py <<'END'
import sys
from importlib.metadata import version

import torch
from rbms import BBRBM, load_params
from rbms.sampler import RDM

torch.manual_seed(0)
machine = BBRBM(torch.zeros(20, 4), torch.full((20,), 2.2), torch.zeros(4))
sampler = RDM(params=machine, num_chains=1000, num_steps=100)
before = sampler.chains["visible"].clone()
after = sampler.get_conf_grad(batch=before)["visible"]
moved = (after != before).float().mean().item()
on = after.mean().item()
print("rbms", version("rbms"), "torch", torch.__version__)
print("1. chains of RDM after 100 sweeps of a machine without weights, field 2.2")
print(f"   expected: the machine's law, {torch.sigmoid(torch.tensor(2.2)):.3f} on")
print(f"   seen:     {moved:.3f} of the units changed, {on:.3f} on")

means = {}
for kind in ("pcd", "rdm"):
    trained = load_params(f"{kind}.h5", 300, "cpu", torch.float32)
    chains = trained.sample_state(trained.init_chains(5000), 50)
    means[kind] = chains["visible"].mean().item()
print("2. 300 updates of rate .1 from the right machine; data are on with .900")
print(f"   expected: {means['pcd']:.3f} on, as PCD")
print(f"   seen:     {means['rdm']:.3f} on after Rdm")
same = moved == 0 and abs(on - 0.5) < 0.02 and means["rdm"] > 0.98
same = same and abs(means["pcd"] - 0.9) < 0.02
print("as recorded" if same else "THE BEHAVIOUR HAS CHANGED")
sys.exit(not same)
END
venv/bin/python data.py
for kind in pcd rdm; do
  venv/bin/rbms train -d data.h5 --filename $kind.h5 --training_type $kind \
    --num_hiddens 4 --num_chains 200 --batch_size 200 --gibbs_steps 10 --device cpu \
    --num_updates 300 --learning_rate 0.1 --seed 1 --n_save 2 >log.txt 2>&1
done
venv/bin/python look.py
