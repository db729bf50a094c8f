"""The bar of a run: updates per second, and the log-likelihood at each stored age."""

from tqdm.auto import tqdm

from rbmlib import likelihood


class Progress:
    """A bar that never ends a run, whatever happens to it.

    Parameters
    ----------
    shown : bool
    n_updates, done : int
        Updates in all, and those already made.
    """

    def __init__(self, shown, n_updates, done):
        self.shown = shown
        self._bar = tqdm(
            total=n_updates,
            initial=done,
            disable=not shown,
            unit=" updates",
            smoothing=0.1,
        )

    def step(self):
        """One more update is made."""
        self._quietly(self._bar.update)

    def say(self, text):
        """Show a text beside the bar."""
        self._quietly(self._bar.set_postfix_str, text)

    def say_likelihood(self, rbm, data):
        """Show the log-likelihood of (at most 1000) data, if there is a bar."""
        if self.shown:
            try:
                text = _likelihood_note(rbm, data)
            except Exception as error:
                text = f"log-likelihood not known: {error}"
            self.say(text)

    def close(self):
        """Leave the bar as it is."""
        self._quietly(self._bar.close)

    def _quietly(self, call, *arguments):
        try:
            call(*arguments)
        except Exception:  # for instance a terminal that was closed
            self._bar.disable = True


def _likelihood_note(rbm, data):
    """Return the log-likelihood of the first data, for the progress bar."""
    sample = data[:1000]
    if min(rbm.n_visible, rbm.n_hidden) <= 12:
        return f"log-likelihood {likelihood.log_likelihood(rbm, sample):.3f} (exact)"
    log_z = likelihood.ais(
        rbm, n_chains=100, n_temperatures=200, seed=0, data=sample
    ).log_z
    value = likelihood.log_likelihood(rbm, sample, log_z=log_z)
    return f"log-likelihood {value:.2f} (AIS)"
