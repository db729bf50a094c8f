"""The memory of training on a large table: 100 000 × 1000 bits from a Parquet file.

    python benchmarks/table_memory.py [rows] [columns]

A process of its own reads the table and trains on it; its peak is printed beside what
the table takes as one byte, and as four, for each entry.  The goal is 1 GB.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas

GOAL = 1000  # MB
AT_ONCE = 64  # columns that are drawn together
TRAIN = """
import pathlib, sys
from rbmlib import datasets, training

table = datasets.from_table(sys.argv[1])
start = training.initial_machine(table.train, 64, seed=0, scale=0.01)
run = training.train(start, table.train, n_updates=20, learning_rate=0.03, seed=0,
                     checkpoints=[], progress=False)
# Not of getrusage: a new process inherits the peak of its parent there.
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
print(sum(int(x.split()[1]) for x in lines if x.startswith("VmHWM")) / 1024)
"""


def write(path, n_rows, n_columns):
    """Write a table of groups of columns that go together, not to be all noise."""
    rng = np.random.default_rng(0)
    parts = []
    for first in range(0, n_columns, AT_ONCE):
        n = min(AT_ONCE, n_columns - first)
        on = rng.random(n_rows, np.float32) < 0.3
        parts.append(on[:, None] ^ (rng.random((n_rows, n), np.float32) < 0.05))
    x = np.concatenate(parts, axis=1).astype(np.uint8)
    frame = pandas.DataFrame(x, columns=[f"c{k}" for k in range(n_columns)])
    frame.to_parquet(path)


def main(n_rows=100_000, n_columns=1000):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.parquet")
        write(path, n_rows, n_columns)
        done = subprocess.run(
            [sys.executable, "-c", TRAIN, path], text=True, capture_output=True
        )
    if done.returncode:
        sys.exit(done.stderr)
    *said, peak = done.stdout.splitlines()
    print(*said, sep="\n")
    size = n_rows * n_columns / 2**20
    print(f"peak {float(peak):.0f} MB, goal {GOAL}; as bytes {size:.0f}, "
          f"as float32 {4 * size:.0f}")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
