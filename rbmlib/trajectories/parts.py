"""The parts of a trajectory, each checked where it enters and frozen.

The errors name what does not fit: they are those of `Trajectory`.
"""

from collections.abc import Mapping

import numpy as np

from rbmlib.checks import (
    as_numbers,
    check_instance,
    check_integers,
    check_samples,
    check_sequence,
    shown,
)
from rbmlib.rbm import RBM
from rbmlib.trajectories.history import History


def check_machines(machines):
    """Return machines of the same sizes and unit types as a tuple, or refuse them."""
    machines = check_sequence(machines, "machines", RBM, "an RBM")
    first = machines[0]
    for machine in machines:
        if (machine.W.shape, machine.visible, machine.hidden) != (
            first.W.shape,
            first.visible,
            first.hidden,
        ):
            raise ValueError(
                "machines must have the same sizes and unit types, got "
                f"{first!r} and {machine!r}"
            )
    return machines


def check_ages(ages, n_machines):
    """Return increasing ages, one for each machine, or refuse them."""
    ages = check_integers(ages, "ages", (n_machines,), 0, 2**63 - 1)
    if np.any(ages[1:] <= ages[:-1]):
        raise ValueError(f"ages must be strictly increasing, got {ages.tolist()}")
    return _frozen(ages.copy())


def check_chains(chains, machine):
    """Return the visible states of chains, or None, or refuse them."""
    if chains is None:
        return None
    chains = check_samples(
        chains, machine.visible, machine.n_visible, "chains", "chain"
    )
    return _frozen(chains.copy())


def check_settings(settings):
    """Return settings of plain types as a dict, or refuse them."""
    checked = {}
    check_instance(settings, "settings", Mapping, "a dict")
    for name, value in settings.items():
        _check_name(name, "settings")
        value = value.item() if isinstance(value, np.generic) else value
        if not isinstance(value, str | int | float):
            raise TypeError(
                f"settings[{name!r}] must be a str, int, float or bool, "
                f"got {shown(value)}"
            )
        checked[name] = value
    return checked


def check_state(state):
    """Return named arrays of finite numbers, or None, or refuse them."""
    if state is None:
        return None
    checked = {}
    check_instance(state, "state", Mapping, "a dict or None")
    for name, value in state.items():
        _check_name(name, "state")
        value = as_numbers(value, f"state[{name!r}]")
        bad = ~np.isfinite(value)
        if bad.any():
            raise ValueError(
                f"state[{name!r}] must hold finite numbers, got {value[bad][0]!s}"
            )
        checked[name] = _frozen(value.copy())
    return checked


def check_history(history, ages):
    """Raise TypeError or ValueError unless this is None or a history of the ages."""
    if history is None:
        return
    check_instance(history, "history", History, "a History or None")
    other = np.setdiff1d(history["age"], ages)
    if other.size:
        raise ValueError(
            f"history must have rows of the ages {ages.tolist()} only, got {other[0]}"
        )


def _check_name(name, argument):
    if not (isinstance(name, str) and name.isidentifier()):
        raise ValueError(f"{argument} must have identifiers as keys, got {name!r}")


def _frozen(array):
    array.flags.writeable = False
    return array
