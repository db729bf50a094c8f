"""Interrupt, kill and damage runs at random, and look whether a bit is lost.

    python tools/check_interrupts.py [--sigint 200] [--kill 60] [--term 20]
                                     [--flips 2000] [--seed 0]

A run of a second or two, with autosave, weighted samples, a penalty and a learning rate
that falls, is started again and again in a process of its own and gets SIGINT, SIGKILL
or SIGTERM at a random time.  What it left in its file is resumed, and compared with the
run that nobody disturbed: parameters at every common age, the full-precision state, the
chains and the history, bit for bit.  Then bytes and sectors of
two files are changed, and each must load with the same numbers or be refused with a
ValueError.  The tests of the library do a few of each; needs a system with fork.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from rbmlib import training
from rbmlib.trajectories import Trajectory

N_UPDATES = 300
CHECKPOINTS = 5
N_FILES = 10  # about so many in a run, besides those of the checkpoints
AGAIN = ("sample_weight", "learning_rate")  # what a run is given again to go on
# What may happen to a run; anything else is a fault.
FINE = (
    "returned", "KeyboardInterrupt", "SIGKILL", "SIGTERM", "stopped halfway",
    "parts left", "no file yet", "same bits",
)  # fmt: skip


def setting(n_visible=196, n_hidden=50, n_samples=1000, **changes):
    """Return (machine, data, options) of a run on random data."""
    data = np.random.default_rng(0).random((n_samples, n_visible)) < 0.2
    data = data.astype(np.float32)
    start = training.initial_machine(data, n_hidden, scale=0.05, seed=1)
    options = {"k": 1, "batch_size": 50, "learning_rate": falling, "seed": 2}
    options |= {"l1": 1e-3, "sample_weight": np.sqrt(np.arange(n_samples))}
    return start, data, options | changes


def falling(age):
    """Return the learning rate at an age."""
    return 0.05 / (1 + age / 100)


def train(setting, n_updates=N_UPDATES, **options):
    """Return the trajectory of a setting."""
    start, data, chosen = setting
    steps = {"n_updates": n_updates, "checkpoints": CHECKPOINTS, "progress": False}
    return training.train(start, data, **chosen, **steps, **options)


def same(found, whole):
    """Return whether a run that was continued has the bits of an undisturbed one."""
    common = np.intersect1d(found.ages, whole.ages)
    return (
        np.isin(whole.ages, found.ages).all()
        and all(found.at(age) == whole.at(age) for age in common)
        and all(np.array_equal(found.state[x], whole.state[x]) for x in "Wab")
        and np.array_equal(found.chains, whole.chains)
        and found.settings == whole.settings
        and found.history == whole.history
    )


def disturbed(setting, path, number, delay, n_updates=N_UPDATES, every=0.02):
    """Train in another process that gets a signal, and return how that ended.

    The delay counts from its first file.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            train(setting, n_updates, autosave=path, every=every)
            code = 0
        except KeyboardInterrupt:  # before the first update, or after the last
            code = 3
        finally:
            os._exit(code)
    while not path.exists() and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.001)  # the first file is written before the first update
    time.sleep(delay)
    os.kill(child, number)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return {0: "returned", 3: "KeyboardInterrupt"}.get(os.WEXITSTATUS(status), "failed")


def campaign(setting, number, delays, folder, whole, n_updates=N_UPDATES):
    """Disturb runs after some delays, and resume; return a Counter of what happened."""
    found, every = Counter(), max(delays, default=0.0) / N_FILES
    for i, delay in enumerate(delays):
        path = Path(folder, f"{number.name}-{i}.h5")
        found[disturbed(setting, path, number, delay, n_updates, every)] += 1
        if not path.exists():
            found["no file yet"] += 1
            continue
        reached = Trajectory.load(path)
        found["stopped halfway"] += int(0 < reached.ages[-1] < n_updates)
        found["parts left"] += len(list(Path(folder).glob(".*.part")))
        steps = {"n_updates": n_updates, "checkpoints": CHECKPOINTS, "progress": False}
        steps |= {name: setting[2][name] for name in AGAIN}
        again = training.resume(reached, setting[1], **steps, autosave=path)
        good = same(again, whole) and same(Trajectory.load(path), whole)
        found["same bits" if good else "OTHER BITS"] += 1
        found["PARTS LEFT AFTER RESUMING"] += len(list(Path(folder).glob(".*.part")))
        path.unlink()
    return +found


def equal(one, other):
    """Return whether two trajectories hold the same, to the last bit."""
    return one.ages.tolist() == other.ages.tolist() and same(one, other)


def damaged(run, path, n_flips, seed=0, size=512):
    """Flip random bytes of a run's file and lose every sector; return a Counter."""
    run.save(path)
    whole, chance, found = path.read_bytes(), random.Random(seed), Counter()

    def look(kind, data):
        path.write_bytes(data)
        try:
            good = equal(Trajectory.load(path), run)
            found[f"{kind}: same" if good else f"{kind}: SILENTLY WRONG"] += 1
        except ValueError as error:
            named = str(path) in str(error)
            found[f"{kind}: refused" if named else f"{kind}: NOT NAMED"] += 1
        except Exception as error:
            found[f"{kind}: {type(error).__name__}".upper()] += 1

    for _ in range(n_flips):
        data = bytearray(whole)
        data[chance.randrange(len(whole))] ^= chance.randrange(1, 256)
        look("flip", bytes(data))
    for start in range(0, len(whole), size):
        lost = bytes(len(whole[start : start + size]))
        look("sector", whole[:start] + lost + whole[start + size :])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    defaults = {"sigint": 200, "kill": 60, "term": 20, "flips": 2000, "seed": 0}
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    asked, here, bad = parser.parse_args(), setting(), 0
    chance = random.Random(asked.seed)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also in the background
    with tempfile.TemporaryDirectory() as folder:
        train(here, 3)  # kernels are loaded
        begun = time.monotonic()
        whole = train(here, autosave=Path(folder, "whole.h5"))
        longest = time.monotonic() - begun
        print(f"a run takes {longest:.2f} s", flush=True)
        for number, n_runs in (
            (signal.SIGINT, asked.sigint),
            (signal.SIGKILL, asked.kill),
            (signal.SIGTERM, asked.term),
        ):
            begun = time.monotonic()
            delays = [chance.uniform(0, longest) for _ in range(n_runs)]
            found = campaign(here, number, delays, folder, whole)
            took = time.monotonic() - begun
            print(f"{number.name}: {dict(found)}, {took:.0f} s", flush=True)
            bad += sum(found.values()) - sum(found[what] for what in FINE)
        for n_units in (8, 64):
            run = train(setting(n_units, n_units), 50)
            begun = time.monotonic()
            found = damaged(run, Path(folder, "damaged.h5"), asked.flips, asked.seed)
            took = time.monotonic() - begun
            print(f"{n_units}x{n_units}: {dict(found)}, {took:.0f} s", flush=True)
            good = ("flip: same", "flip: refused", "sector: same", "sector: refused")
            bad += sum(found.values()) - sum(found[what] for what in good)
    sys.exit(f"{bad} faults" if bad else 0)


if __name__ == "__main__":
    main()
