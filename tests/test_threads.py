"""Threads: stopped by a key, by an error of one of them, and never too many."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from rbmlib import ising, sampling
from rbmlib.rbm import RBM
from rbmlib.sampling import threads
from rbmlib.sampling.kernels.bit_machine import sweeps_at_once
from rbmlib.sampling.threads import MOST_THREADS, share
from rbmlib.units import Categorical

FOREVER = 10**8


def _gibbs(n_sweeps, n_threads):
    machine = RBM.random(64, 64, scale=0.3, seed=0)
    v = sampling.random_start(machine, 200, seed=0)
    sampling.gibbs(machine, v, n_sweeps, seed=0, n_threads=n_threads)


def _potts(n_sweeps, n_threads):
    q = Categorical(3)
    machine = RBM(np.zeros((9, 3, 5)), np.zeros((9, 3)), np.zeros(5), q)
    v = sampling.random_start(machine, 300, seed=0)
    sampling.gibbs(machine, v, n_sweeps, seed=0, n_threads=n_threads)


def _lattice(sampler, **options):
    def run(n_sweeps, n_threads):
        sampler(
            16, 2.3, n_sweeps, 0, interval=n_sweeps, n_chains=130, n_threads=n_threads,
            **options,
        )  # fmt: skip

    return run


CALLS = {
    "gibbs": _gibbs,
    "potts": _potts,
    "bytes": _lattice(ising.heat_bath),
    "replicas": _lattice(ising.metropolis, kernel="replicas"),
    "wolff": _lattice(ising.wolff),
    "swendsen_wang": _lattice(ising.swendsen_wang),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("n_threads", [1, 2, 10**9])
def test_a_pressed_key_stops_threads(name, n_threads):
    call, before = CALLS[name], set(threading.enumerate())
    call(2, n_threads)  # kernels are loaded
    pressed = []

    def press():
        pressed.append(time.process_time())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.05, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        call(FOREVER, n_threads)
    # Processor time: the clock of a busy machine says nothing about us.  Each of the
    # threads may finish the piece that it is at.
    allowed = 1.0 * min(n_threads, MOST_THREADS)
    assert time.process_time() - pressed[0] < allowed
    timer.join()
    _no_thread_is_left(before)


def _no_thread_is_left(before):
    """Those that came since then end, within a moment.  Older ones may end too."""
    until = time.monotonic() + 10
    while set(threading.enumerate()) - before and time.monotonic() < until:
        time.sleep(0.001)
    assert not set(threading.enumerate()) - before


def test_a_key_pressed_while_a_thread_starts_waits_for_it(monkeypatch):
    before, at_work, start = set(threading.enumerate()), [], threading.Thread.start

    def pressed(thread):
        start(thread)
        while not at_work:
            time.sleep(0.001)
        raise KeyboardInterrupt

    def task(item, stop):
        at_work.append(item)
        assert stop.wait(60)
        time.sleep(0.2)  # the rest of its piece
        at_work.remove(item)

    monkeypatch.setattr(threading.Thread, "start", pressed)
    with pytest.raises(KeyboardInterrupt):
        share(task, range(4), n_threads=2)
    assert not at_work
    _no_thread_is_left(before)


def test_an_error_in_one_thread_stops_the_others():
    def task(item, stop):
        if item == 0:
            raise ValueError("of the first")
        assert stop.wait(60)

    with pytest.raises(ValueError, match="of the first"):
        share(task, range(4), n_threads=4)


def test_no_more_threads_than_work_or_cores(monkeypatch):
    asked = []

    class Pool(threads.ThreadPoolExecutor):
        def __init__(self, n, **options):
            asked.append(n)
            super().__init__(n, **options)

    monkeypatch.setattr(threads, "ThreadPoolExecutor", Pool)
    for n_items, n_threads in ((3, 10**9), (10**4, 10**9), (10**4, 2)):
        found = share(lambda item, stop: item, range(n_items), n_threads)
        assert found == list(range(n_items))
    assert asked == [3, MOST_THREADS, 2]


def test_kernels_return_often():
    assert sweeps_at_once((64, 64), 1024) == 64
    for shape, n_chains in (((784, 500), 1024), ((20_000, 1000), 1024)):
        work = sweeps_at_once(shape, n_chains) * shape[0] * shape[1] * n_chains
        assert work <= max(2**31, shape[0] * shape[1] * n_chains)


@pytest.mark.parametrize("at_once", [1, 3, 7, 10**6])
@pytest.mark.parametrize("name", ["bytes", "replicas", "wolff", "swendsen_wang"])
def test_pieces_of_a_lattice_run_change_no_bit(at_once, name, monkeypatch):
    sampler, options = {
        "bytes": (ising.heat_bath, {}),
        "replicas": (ising.metropolis, {"kernel": "replicas"}),
        "wolff": (ising.wolff, {}),
        "swendsen_wang": (ising.swendsen_wang, {}),
    }[name]

    def run():
        return sampler(8, 2.3, 30, 1, h=0.1, interval=5, n_chains=3, **options)

    whole = run()
    monkeypatch.setattr("rbmlib.ising.runs._SITES", at_once * 64)
    monkeypatch.setattr("rbmlib.ising.runs._PIECE", 0)  # none is doubled
    pieces = run()
    for attribute in ("spins", "energy", "magnetization"):
        assert np.array_equal(getattr(pieces, attribute), getattr(whole, attribute))
