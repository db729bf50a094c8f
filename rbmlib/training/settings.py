"""What `train` accepts, checked before the first update."""

import hashlib

import numpy as np

from rbmlib import randomness
from rbmlib.checks import (
    check_choice,
    check_flag,
    check_gaps,
    check_instance,
    check_integers,
    check_positive,
    check_real,
    check_samples,
    shown,
)
from rbmlib.checks.arrays import WAY_OUT
from rbmlib.rbm import RBM
from rbmlib.training.gradient import mean_bits
from rbmlib.training.methods import METHODS
from rbmlib.training.missing import STATE, check_values, draws
from rbmlib.trajectories import Trajectory

CHAIN_SETTINGS = ("k", "batch_size", "n_chains")
SETTINGS = ("method", *CHAIN_SETTINGS, "learning_rate", "seed", "centred")


def fingerprint(data):
    """Return the sha256 of the data, to refuse other data when resuming."""
    found = hashlib.sha256(np.ascontiguousarray(np.ma.getdata(data)))
    if isinstance(data, np.ma.MaskedArray):
        found.update(np.packbits(data.mask, axis=1))
    return found.hexdigest()


def log_ages(n_updates, n_ages):
    """Return 0, n_updates and about n_ages ages between, evenly spaced in logarithm.

    Parameters
    ----------
    n_updates, n_ages : int
        At least 1.

    Raises
    ------
    ValueError, TypeError
        Numbers that are no integers >= 1.

    Examples
    --------
    >>> log_ages(1000, 7).tolist()
    [0, 1, 3, 10, 32, 100, 316, 1000]
    """
    n_updates = check_positive(n_updates, "n_updates")
    n_ages = check_positive(n_ages, "n_ages")
    ages = np.rint(np.geomspace(1, n_updates, n_ages)).astype(np.int64)
    # A single age is the first of geomspace, not the last.
    return np.unique(np.concatenate([[0], ages, [n_updates]]))


def check_data(data, unit, n_visible=None, missing=None):
    """Return the data as states, float32 for discrete units, or refuse them.

    With ``missing="sample"``, data with gaps are a masked array.
    """
    if check_choice(missing, "missing", (None, "sample")) is not None:
        return check_gaps(data, unit, n_visible, "data")
    try:
        return check_samples(data, unit, n_visible, "data")
    except ValueError as error:
        if not str(error).endswith(WAY_OUT):
            raise
        text = f'{error}; or let missing="sample" draw them from the machine'
        raise ValueError(text) from None


def check_ages(checkpoints, n_updates):
    """Return the increasing ages to store, or refuse `checkpoints`."""
    if isinstance(checkpoints, int | np.integer):
        return log_ages(n_updates, check_positive(checkpoints, "checkpoints"))
    if isinstance(checkpoints, list | tuple) and not checkpoints:
        return np.array([n_updates])
    ages = check_integers(checkpoints, "checkpoints", ("n_ages",), 0, n_updates)
    return np.unique(np.append(ages, n_updates))


def check_updates(n_updates, settings):
    """Return n_updates, or refuse more than there are sweeps of random numbers for."""
    n_updates, k = check_positive(n_updates, "n_updates"), settings.get("k", 1)
    sweeps = "imputation" if "missing" in settings else "runs"  # the fewer
    most = len(randomness.SWEEPS[sweeps]) // k
    if n_updates > most:
        raise ValueError(f"n_updates must be at most {most} at k={k}, got {n_updates}")
    return n_updates


def check_settings(
    n_samples, method, k, batch_size, n_chains, learning_rate, seed, centred
):
    """Return the settings that a run keeps, as a dict, or refuse an argument."""
    settings = {
        "method": check_choice(method, "method", tuple(METHODS)),
        "learning_rate": check_real(learning_rate, "learning_rate", 0, open_low=True),
        "seed": randomness.check_seed(seed),
        "centred": check_flag(centred, "centred"),
    }
    chain = {"k": k, "batch_size": batch_size, "n_chains": n_chains}
    if method == "exact":
        for name, value in chain.items():
            if value is not None:
                raise ValueError(
                    f"{name} must be left out for method='exact', got {shown(value)}"
                )
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


def check_resumable(trajectory, data):
    """Return the checked data of a run that can be continued, or refuse it.

    Nothing of the trajectory is taken on trust: a file may have been edited, or put
    together from parts of two runs.
    """
    check_instance(trajectory, "trajectory", Trajectory)
    settings, unit = trajectory.settings, trajectory[-1].visible
    data = check_data(data, unit, trajectory.n_visible, settings.get("missing"))
    _check_state(trajectory, data)
    _check_stored_settings(settings, len(data))
    if fingerprint(data) != settings["data_sha256"]:
        raise ValueError("data must be the data the run began with; sha256 differs")
    check_values(trajectory.state, data, unit, settings)
    _check_chains(trajectory.chains, settings)
    return data


def _check_state(trajectory, data):
    last, state = trajectory[-1], trajectory.state
    if state is None:
        raise ValueError(
            "trajectory must hold the full-precision state of its last update to be "
            "resumed, got state=None (a run of another program, or a compact file)"
        )
    drawn = {STATE} if draws(data, trajectory.settings) else set()
    if set(state) != set("Wab") | drawn:
        names = "W, a, b and unknown" if drawn else "W, a and b"
        raise ValueError(f"trajectory.state must hold {names}, got {sorted(state)}")
    for name, value in ((name, state[name]) for name in "Wab"):
        shape = getattr(last, name).shape
        if value.shape != shape or value.dtype != np.float64:
            raise ValueError(
                f"trajectory.state[{name!r}] must be float64 of shape {shape}, got "
                f"{value.dtype} of shape {value.shape}"
            )
    rounded = _rounded(last, state)
    for name in "Wab":
        found, stored = getattr(rounded, name), getattr(last, name)
        if not np.array_equal(found, stored):
            at = tuple(map(int, np.argwhere(found != stored)[0]))
            raise ValueError(
                f"trajectory.state[{name!r}] must be, rounded to its grid, the machine "
                f"of the last age, {trajectory.ages[-1]}; at {at} it is "
                f"{float(found[at])!r} and that {float(stored[at])!r}"
            )


def _rounded(machine, state):
    try:
        parameters = (state[name] for name in "Wab")
        return RBM(*parameters, machine.visible, machine.hidden).on_grid()
    except ValueError as error:
        raise ValueError(f"trajectory.state: {error}") from error


def _check_stored_settings(settings, n_samples):
    names = ["data_sha256", *SETTINGS]
    if settings.get("method") == "exact":
        names = [name for name in names if name not in CHAIN_SETTINGS]
    missing = [name for name in names if name not in settings]
    if missing:
        raise ValueError(
            f"trajectory.settings must hold {', '.join(missing)} to be resumed, got "
            f"{settings}"
        )
    try:
        check_settings(n_samples, *(settings.get(name) for name in SETTINGS))
    except (TypeError, ValueError) as error:
        raise ValueError(f"trajectory.settings: {error}") from error


def _check_chains(chains, settings):
    if not METHODS[settings["method"]].keeps_chains:
        if chains is not None:
            raise ValueError(
                f"trajectory.chains must be None for method={settings['method']!r}, "
                f"which keeps none, got {len(chains)} chains"
            )
    elif chains is None or len(chains) != settings["n_chains"]:
        found = "None" if chains is None else f"{len(chains)}"
        raise ValueError(
            f"trajectory.chains must be n_chains = {settings['n_chains']} chains, "
            f"got {found}"
        )
