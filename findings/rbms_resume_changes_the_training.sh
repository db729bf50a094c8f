#!/usr/bin/env bash
# rbms 0.6.0: resuming a run changes its learning rate and its optimiser.
#
# `rbms train --restore` reads the settings of the file, but not learning_rate: the rate
# becomes the default, .01.  The optimiser is read as the text b'adam', which no branch
# knows, so that Adam becomes plain SGD (a line in the log says so).  effective_time,
# the sum of the rates, starts again at 0.  The settings in the file still say what the
# run was begun with.  (0.5.0 reads the rate back.)
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

samples = np.random.default_rng(0).random((500, 20)) < np.linspace(0.1, 0.9, 20)
with h5py.File("data.h5", "w") as file:
    file["samples"] = samples.astype(np.float32)
    file["variable_type"] = "bernoulli"
END
cat > look.py <<'END'
import sys
from importlib.metadata import version

import h5py

with h5py.File("run.h5") as file:
    before, after = file["update_100"], file["update_101"]
    rates = [float(x["learning_rate"][0]) for x in (before, after)]
    times = [float(x["effective_time"][0]) for x in (before, after)]
    asked = float(file["train_args/learning_rate"][0])
    optimiser = file["train_args/optim"].asstr()[()]
with open("resumed.txt") as log:
    line = [x.strip() for x in log if "Unrecognized optimizer" in x] or ["Adam"]
print("rbms", version("rbms"))
print("a run of 100 updates with Adam at rate .002, resumed to update 101")
print(f"the file says: optimiser {optimiser}, rate {asked:.3f}")
print(f"expected: rate {rates[0]:.3f}, effective time {times[0] + asked:.3f}, Adam")
print(f"seen:     rate {rates[1]:.3f}, effective time {times[1]:.3f}, {line[0]}")
same = abs(rates[0] - 0.002) < 1e-6 and abs(rates[1] - 0.01) < 1e-6
same = same and abs(times[1] - 0.01) < 1e-6 and "b'adam', falling back to SGD" in line[0]
print("as recorded" if same else "THE BEHAVIOUR HAS CHANGED")
sys.exit(not same)
END
venv/bin/python data.py
train="venv/bin/rbms train -d data.h5 --filename run.h5 --device cpu"
$train --num_hiddens 4 --num_chains 50 --batch_size 50 --gibbs_steps 2 --seed 1 \
  --n_save 2 --num_updates 100 --optim adam --learning_rate 0.002 >begun.txt 2>&1
$train --restore --num_updates 101 >resumed.txt 2>&1
venv/bin/python look.py
