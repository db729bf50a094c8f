"""The bar of a run: updates per second, and now and then the log-likelihood."""

import time

import numpy as np
from tqdm.auto import tqdm

from rbmlib import likelihood

SHARE = 0.04  # of the time of training, which likelihoods for the bar may take
N_DATA, N_CHAINS, N_TEMPERATURES = 1000, 100, 200
FEW_UNITS = 12  # of a layer that is enumerated


class Progress:
    """A bar that never ends a run, whatever happens to it.

    Parameters
    ----------
    shown : bool
    n_updates, done : int
        Updates in all, and those already made.
    rows : int
        Configurations that pass through the weights in one update: from their time
        follows what a first likelihood will cost.
    """

    def __init__(self, shown, n_updates, done, rows):
        self.shown, self._rows = shown, rows
        self._start, self._n_steps = time.perf_counter(), 0
        self._spent, self._cost = 0.0, None
        self._bar = tqdm(
            total=n_updates,
            initial=done,
            disable=not shown,
            unit=" updates",
            smoothing=0.1,
        )

    def step(self):
        """One more update is made."""
        self._n_steps += 1
        self._quietly(self._bar.update)

    def say(self, text):
        """Show a text beside the bar."""
        self._quietly(self._bar.set_postfix_str, text)

    def say_likelihood(self, rbm, data):
        """Show the log-likelihood of the first of `held.Held` data, if it costs little.

        All of them together take at most 4 percent of the time of training.
        """
        if not self.shown:
            return
        before = time.perf_counter()
        trained = before - self._start - self._spent
        if self._spent + self._expected(rbm, trained) > SHARE * trained:
            return
        try:
            text = _likelihood_note(rbm, data.rows(slice(N_DATA)))
        except Exception as error:
            text = f"log-likelihood not known: {error}"
        self._cost = time.perf_counter() - before
        self._spent += self._cost
        self.say(text)

    def _expected(self, rbm, trained):
        """Return the time of a likelihood: that of the last, or of so many rows."""
        if self._cost is not None:
            return self._cost
        rows = 2**FEW_UNITS if _is_small(rbm) else N_CHAINS * N_TEMPERATURES
        return trained * (rows + N_DATA) / (self._rows * max(1, self._n_steps))

    def close(self):
        """Leave the bar as it is."""
        self._quietly(self._bar.close)

    def _quietly(self, call, *arguments):
        try:
            call(*arguments)
        except Exception:  # for instance a terminal that was closed
            self._bar.disable = True


def _likelihood_note(rbm, data):
    """Return the log-likelihood of data, for the progress bar."""
    if isinstance(data, np.ma.MaskedArray):
        if not _is_small(rbm):
            return "log-likelihood not known: the data have gaps"
        value = likelihood.log_observed(rbm, data).mean()
        return f"log-likelihood of what is known {value:.3f} (exact)"
    if _is_small(rbm):
        return f"log-likelihood {likelihood.log_likelihood(rbm, data):.3f} (exact)"
    log_z = likelihood.ais(
        rbm, n_chains=N_CHAINS, n_temperatures=N_TEMPERATURES, seed=0, data=data
    ).log_z
    value = likelihood.log_likelihood(rbm, data, log_z=log_z)
    return f"log-likelihood {value:.2f} (AIS)"


def _is_small(rbm):
    return min(rbm.n_visible, rbm.n_hidden) <= FEW_UNITS
