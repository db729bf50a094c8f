"""Work that threads share, and that Ctrl-C stops.

Python notices a pressed key between two calls of a kernel, and in the main thread only.
So kernels are called for pieces of a run, none longer than a fraction of a second, and
threads ask before each piece whether they are still wanted.
"""

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

# More threads than cores only wait for each other; a few more do no harm.
MOST_THREADS = max(8, os.cpu_count() or 1)


def share(task, items, n_threads):
    """Return ``[task(item, stop) for item in items]``, on several threads.

    Parameters
    ----------
    task : callable
        Returns at once, whatever it likes, when the event ``stop`` is set: then
        another task failed, or a key was pressed.
    items : sequence
    n_threads : int
        At most `MOST_THREADS`, and no more than there are items, are started.

    Raises
    ------
    KeyboardInterrupt
        A key was pressed; the threads end with the piece that they are at.

    Examples
    --------
    >>> share(lambda item, stop: item**2, [1, 2, 3], n_threads=2)
    [1, 4, 9]
    """
    items, stop, started = list(items), threading.Event(), []
    n_threads = min(n_threads, len(items), MOST_THREADS)
    if n_threads <= 1:
        return [task(item, stop) for item in items]
    try:
        with _pool(n_threads, started) as pool, _set_on_error(stop):
            return list(pool.map(lambda item: task(item, stop), items))
    finally:
        # A key pressed while the pool starts a thread leaves the pool without it.
        for thread in started:
            thread.join()


def _pool(n_threads, started):
    """Return a pool whose threads write themselves in the list started."""
    return ThreadPoolExecutor(
        n_threads, initializer=lambda: started.append(threading.current_thread())
    )


@contextlib.contextmanager
def _set_on_error(stop):
    try:
        yield
    except BaseException:
        stop.set()
        raise


def share_chains(run_block, n_chains, n_threads, size):
    """Call ``run_block(rows, stop)`` for slices of at most ``size`` chains, in threads.

    Parameters
    ----------
    run_block : callable
        As ``task`` of `share`.
    n_chains, n_threads, size : int
    """
    blocks = blocks_of(n_chains, min(n_threads, n_chains, MOST_THREADS), size)
    share(run_block, blocks, n_threads)


def blocks_of(n_chains, n_threads, size):
    """Return slices of about equal size, a multiple of n_threads of them."""
    n_blocks = n_threads * -(-n_chains // (size * n_threads))
    edges = [n_chains * i // n_blocks for i in range(n_blocks + 1)]
    return [slice(i, j) for i, j in zip(edges, edges[1:], strict=False) if i < j]
