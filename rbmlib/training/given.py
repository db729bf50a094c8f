"""What a run is given beside data and settings, and is given again to be continued.

Weights and validation data are too large for its file, and functions cannot be stored:
of the arrays the settings keep a hash, of a learning rate the history keeps the values.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_instance, check_samples, shown
from rbmlib.training import schedule
from rbmlib.training.settings import fingerprint
from rbmlib.training.weights import check_weights

HASHED = ("sample_weight", "validation")


class Given(NamedTuple):
    """Checked, as a run uses it; None is what was not given."""

    sample_weight: np.ndarray | None
    validation: np.ndarray | None
    learning_rate: Callable | None
    callback: Callable | None

    def settings(self):
        """Return what the settings keep of it: nothing of what was not given."""
        return {
            f"{name}_sha256": fingerprint(getattr(self, name))
            for name in HASHED
            if getattr(self, name) is not None
        }


def check_given(
    n_samples, rbm, sample_weight, validation, learning_rate=None, callback=None
):
    """Return the `Given` of a run of a machine and so many data, or refuse it.

    Raises
    ------
    TypeError, ValueError
        Weights, data or a function that do not fit.
    """
    if sample_weight is not None:
        sample_weight = check_weights(sample_weight, n_samples)
    if validation is not None:
        unit, n_visible = rbm.visible, rbm.n_visible
        validation = check_samples(validation, unit, n_visible, "validation")
    if callback is not None:
        check_instance(callback, "callback", Callable, "a function or None")
    rate = learning_rate if callable(learning_rate) else None
    return Given(sample_weight, validation, rate, callback)


def check_given_again(given, stored, learning_rate):
    """Raise ValueError or TypeError unless what is given is what the run began with.

    Parameters
    ----------
    given : Given
    stored : dict
        Settings of the run.
    learning_rate : object
        What was given as such.
    """
    found = given.settings()
    for name in HASHED:
        begun, now = (x.get(f"{name}_sha256") for x in (stored, found))
        if begun is None and now is not None:
            raise ValueError(
                f"{name} must be left out, as the run began without, got "
                f"{shown(getattr(given, name))}"
            )
        if begun != now:
            got = "None" if now is None else f"other numbers: {now}"
            raise ValueError(
                f"{name} must be what the run began with, sha256 {begun}, got {got}"
            )
    if stored["learning_rate"] == schedule.FUNCTION:
        expected = "a function, the one that the run began with"
        check_instance(learning_rate, "learning_rate", Callable, expected)
    elif learning_rate is not None:
        raise ValueError(
            f"learning_rate must be left out, as the run keeps its number "
            f"{stored['learning_rate']!r}, got {shown(learning_rate)}"
        )
