"""A cluster of two interpreters, in the place of a Dask cluster.

joblib asks of it what it asks of its Dask backend: calls are pickled, sent to
interpreters that share nothing with this one, and come back in the order in which they
end.  Here the first call does not end first.
"""

import atexit
import os
import pickle
import queue
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from joblib.parallel import ParallelBackendBase, register_parallel_backend

N_WORKERS = 2
WORK = """
import pickle, sys
answers, sys.stdout = sys.stdout.buffer, sys.stderr  # what a task prints is no answer
while True:
    try:
        call = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    pickle.dump(call(), answers)
    answers.flush()
"""


class Cluster(ParallelBackendBase):
    """A backend of joblib; its interpreters serve every parallel call."""

    supports_retrieve_callback = True
    default_n_jobs = -1

    def effective_n_jobs(self, n_jobs):
        return N_WORKERS

    def configure(self, n_jobs=1, parallel=None, **_):
        self.parallel = parallel
        self.threads = ThreadPoolExecutor(N_WORKERS)
        self.idle = queue.SimpleQueue()
        for worker in _workers():
            self.idle.put(worker)
        self.n_calls, self.another_ended = 0, threading.Event()
        return N_WORKERS

    def submit(self, func, callback=None):
        self.n_calls += 1
        future = self.threads.submit(self._call, pickle.dumps(func), self.n_calls == 1)
        future.add_done_callback(callback)
        return future

    def retrieve_result_callback(self, future):
        return future.result()

    def terminate(self):
        self.threads.shutdown()

    def _call(self, data, is_first):
        worker = self.idle.get()
        worker.stdin.write(data)
        worker.stdin.flush()
        answer = pickle.load(worker.stdout)
        self.idle.put(worker)
        if is_first and self.n_calls > 1:
            self.another_ended.wait(timeout=60)
        else:
            self.another_ended.set()
        return answer


@cache
def _workers():
    """Return interpreters that are started once and end with this one."""
    workers = [_worker() for _ in range(N_WORKERS)]
    atexit.register(_end, workers)
    return workers


def _end(workers):
    for worker in workers:
        worker.stdin.close()
        worker.wait()
        worker.stdout.close()


def _worker():
    return subprocess.Popen(
        [sys.executable, "-c", WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


register_parallel_backend("cluster", Cluster)
