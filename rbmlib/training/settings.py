"""What `train` accepts, checked before the first update."""

import hashlib

import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_positive, check_samples
from rbmlib.training.gradient import mean_bits
from rbmlib.training.methods import METHODS


def fingerprint(data):
    """Return the sha256 of the data, to refuse other data when resuming."""
    return hashlib.sha256(np.ascontiguousarray(data).tobytes()).hexdigest()


def log_ages(n_updates, n_ages):
    """Return 0, n_updates and about n_ages ages between, evenly spaced in logarithm.

    Examples
    --------
    >>> log_ages(1000, 7).tolist()
    [0, 1, 3, 10, 32, 100, 316, 1000]
    """
    ages = np.rint(np.geomspace(1, n_updates, n_ages)).astype(np.int64)
    # A single age is the first of geomspace, not the last.
    return np.unique(np.concatenate([[0], ages, [n_updates]]))


def check_data(data, unit, n_visible=None):
    """Return the data as states, float32 for discrete units, or refuse them."""
    return check_samples(data, unit, n_visible, "data")


def check_ages(checkpoints, n_updates):
    """Return the increasing ages to store, or refuse `checkpoints`."""
    if np.ndim(checkpoints) == 0:
        return log_ages(n_updates, check_positive(checkpoints, "checkpoints"))
    ages = np.asarray(checkpoints)
    if ages.dtype.kind not in "iu" or np.any((ages < 0) | (ages > n_updates)):
        raise ValueError(
            f"checkpoints must be integers in [0, {n_updates}], got {checkpoints!r}"
        )
    return np.unique(np.append(ages, n_updates))


def check_updates(n_updates, settings):
    """Return n_updates, or refuse more than there are sweeps of random numbers for."""
    n_updates, k = check_positive(n_updates, "n_updates"), settings.get("k", 1)
    most = len(randomness.SWEEPS["runs"]) // k
    if n_updates > most:
        raise ValueError(f"n_updates must be at most {most} at k={k}, got {n_updates}")
    return n_updates


def check_settings(
    n_samples, method, k, batch_size, n_chains, learning_rate, seed, centred
):
    """Return the settings that a run keeps, as a dict, or refuse an argument."""
    if method not in (methods := tuple(METHODS)):
        raise ValueError(f"method must be one of {methods}, got {method!r}")
    if not (np.isscalar(learning_rate) and 0 < learning_rate < np.inf):
        raise ValueError(
            f"learning_rate must be a finite positive number, got {learning_rate!r}"
        )
    settings = {
        "method": method,
        "learning_rate": float(learning_rate),
        "seed": randomness.check_seed(seed),
        "centred": bool(centred),
    }
    chain = {"k": k, "batch_size": batch_size, "n_chains": n_chains}
    if method == "exact":
        for name, value in chain.items():
            if value is not None:
                raise ValueError(f"{name} must be left out for method='exact'")
        return settings
    settings["k"] = check_positive(k, "k")
    size = settings["batch_size"] = check_positive(batch_size, "batch_size")
    if size > n_samples:
        raise ValueError(
            f"batch_size must be at most the number of samples, {n_samples}, got {size}"
        )
    settings["n_chains"] = check_positive(
        size if n_chains is None else n_chains, "n_chains"
    )
    if method == "cd" and settings["n_chains"] != size:
        raise ValueError(
            f"n_chains must equal batch_size for method='cd' (its chains start at the "
            f"batch), got {n_chains} and {size}"
        )
    mean_bits(max(size, settings["n_chains"]))
    return settings
