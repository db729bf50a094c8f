"""The file of a run or of a machine, in the HDF5 layout of the field's library `rbms`.

A machine trained there on a GPU is studied here, and the reverse.  The layout is that
of `rbms` 0.5.0 and 0.6.0 at once (https://pypi.org/project/rbms): ``model_type``,
``parallel_chains``, one group ``update_N/`` for each age, with the parameters in
``params/`` and, by hard links, beside it, and the settings where either version has
them (`rbmlib.files.settings`).  Both load it with ``load_params`` and
``load_model``.  What that layout cannot say (our settings, the state for resuming, the
history, variances of Gaussian units, a checksum) is in the group ``rbmlib/``, which
`rbms` ignores.

What is written and read are `Parts`, which a `Trajectory` has under the same names; the
file of one machine is that of a run of one age, without chains or settings.
"""

import hashlib
import json
import re
import secrets
from typing import NamedTuple

import h5py
import numpy as np

from rbmlib.checks import check_real, check_samples, check_text
from rbmlib.files import model_types, reading, settings
from rbmlib.files.whole import explained, write_whole

FORMAT = 1
KIND = "HDF5 file of a run or of a machine"
PARAMETERS = {"W": "weight_matrix", "a": "vbias", "b": "hbias"}
# Structures of HDF5 1.10 carry checksums of their own: a lost group is noticed.
VERSION = ("v110", "v110")


class Parts(NamedTuple):
    """What a file holds; see `Trajectory`."""

    ages: list
    machines: list
    chains: np.ndarray | None = None
    settings: dict = {}
    state: dict | None = None
    history: dict | None = None  # of columns


def write(path, parts, double=False):
    """Write `Parts`, or a `Trajectory`, to ``path``, whole or not at all.

    Parameters
    ----------
    path : path
    parts : Parts or Trajectory
    double : bool
        Keep parameters that are no float32 numbers as float64; else they are refused.
    """
    write_whole(path, _encode(parts, double))


def read(path, make, machine, model_type=None, hidden_variance=None):
    """Return what a file holds, and refuse numbers that are not those of its checksum.

    Parameters
    ----------
    path : path
    make : callable
        Takes `Parts`, returns or refuses what the caller wants.
    machine : callable
        `RBM`: takes W, a, b, visible and hidden.
    model_type, hidden_variance : optional
        As in `Trajectory.load`.

    Raises
    ------
    TypeError, ValueError
        As in `Trajectory.load`.
    """
    if model_type is not None:
        check_text(model_type, "model_type")
    if hidden_variance is not None:
        check_real(hidden_variance, "hidden_variance", 0, open_low=True)
    with explained(path, KIND), np.errstate(all="ignore"), h5py.File(path) as file:
        _check_format(file)
        groups = _age_groups(file)
        parameters = [_read_parameters(reading.find(file, n)) for n in groups.values()]
        units = model_types.read_units(
            file, parameters[0][0].shape, model_type, hidden_variance
        )
        machines = [machine(*arrays, *units) for arrays in parameters]
        parts = Parts(
            ages=list(groups),
            machines=machines,
            chains=_read_chains(file, machines[0]),
            settings=settings.read(file),
            state=reading.arrays(file, "rbmlib/state"),
            history=_read_history(file),
        )
        made = make(parts)
        _check_sum(file, parts)
        return made


def _encode(parts, double=False):
    """Return the bytes of the file; made in memory, so that a failure costs nothing."""
    # HDF5 shares what is open under one name, in memory too: threads need their own.
    name = f"memory {secrets.token_hex(8)}"
    with h5py.File(
        name, "w", driver="core", backing_store=False, libver=VERSION
    ) as file:
        file["model_type"] = model_types.name_of(parts.machines[0])
        file["parallel_chains"] = _chains_of_rbms(parts)
        settings.write(file, parts)
        for age, machine in zip(parts.ages, parts.machines, strict=True):
            group = file.create_group(f"update_{age + 1}")
            _write_machine(group, machine, age, double)
        _write_extras(file.create_group("rbmlib"), parts)
        file.flush()
        return file.id.get_file_image()


def _chains_of_rbms(parts):
    chains = parts.chains
    if chains is None:  # rbms wants the array: no chains are zero rows
        return np.zeros((0, parts.machines[0].n_visible), np.float32)
    return chains if chains.dtype.kind == "f" else chains.astype(np.float32)


def _write_machine(group, machine, age, double):
    parameters = group.create_group("params")
    for ours, theirs in PARAMETERS.items():
        parameters[theirs] = _stored(getattr(machine, ours), ours, age, double)
        group[theirs] = parameters[theirs]
    # Wall time would make equal runs unequal files; rbms only adds to it.
    group["time"] = 0.0
    group.create_group("flags")["checkpoint"] = True
    group["save_checkpoint"] = True


def _stored(values, name, age, double):
    """Return parameters as float32 where that holds them, as float64 if it may."""
    with np.errstate(over="ignore"):
        stored = values.astype(np.float32)
    wrong = stored != values
    if wrong.any() and double:
        return values
    if wrong.any():
        raise ValueError(
            f"{name} at age {age} must hold float32 numbers, as the file does; got "
            f"{values[wrong][0]!r}. RBM.on_grid() rounds a machine to its grid"
        )
    return stored


def _write_extras(group, parts):
    group["format"] = FORMAT
    group["sha256"] = checksum(parts)
    model_types.write_units(group, parts.machines[0])
    _write_group(group, "settings", parts.settings)
    if parts.state is not None:
        _write_group(group, "state", parts.state)
    if parts.history is not None:
        _write_history(group, parts.history)


def _write_group(group, name, values):
    group = group.create_group(name)
    for key, value in sorted(values.items()):  # equal dicts, equal bytes
        group[key] = value


def _write_history(group, history):
    """Write the columns in their order, texts in as many bytes as the longest has."""
    group = group.create_group("history", track_order=True)
    for name, column in history.items():
        if column.dtype.kind == "U":
            column = np.char.encode(column, "utf-8")
            text = h5py.string_dtype("utf-8", max(1, column.dtype.itemsize))
            column = column.astype(text)
        group[name] = column


def _read_history(file):
    columns = reading.arrays(file, "rbmlib/history")
    if columns is None:
        return None
    return {
        name: column.astype(str) if column.dtype.kind == "O" else column
        for name, column in columns.items()
    }


def checksum(parts):
    """Return the sha256 of `Parts` or of a `Trajectory`, in hexadecimal digits.

    It is that of the numbers, not of the file: compressing the file keeps it.
    """
    found = hashlib.sha256(json.dumps(parts.settings, sort_keys=True).encode())

    def add(name, value):
        value = np.asarray(value)
        value = value.astype(value.dtype.newbyteorder("<"))
        found.update(f"{name} {value.dtype.str} {value.shape}".encode())
        found.update(value.tobytes())

    add("ages", parts.ages)
    for layer in ("visible", "hidden"):
        unit = getattr(parts.machines[0], layer)
        for name, value in {"name": unit.letter, **unit.parameters()}.items():
            add(f"{layer} {name}", value)
    for machine in parts.machines:
        for name in PARAMETERS:
            add(name, getattr(machine, name))
    if parts.chains is not None:
        add("chains", parts.chains)
    for name, value in sorted((parts.state or {}).items()):
        add(f"state {name}", value)
    for name, value in sorted((parts.history or {}).items()):
        add(f"history {name}", value)
    return found.hexdigest()


def _check_sum(file, parts):
    if reading.find(file, "rbmlib/sha256") is None:
        return  # another program's, or one written before there was a checksum
    if reading.array(file, "rbmlib/sha256") != checksum(parts):
        raise ValueError(
            "damaged: the numbers are not those that were saved (rbmlib/sha256). If "
            "the file was changed on purpose, delete rbmlib/sha256 from it"
        )


def _check_format(file):
    if reading.find(file, "rbmlib") is not None:
        found = int(reading.array(file, "rbmlib/format"))
        if found != FORMAT:
            raise ValueError(f"rbmlib/format must be {FORMAT}, got {found}")


def _age_groups(file):
    """Return {age: name of the group}, youngest first."""
    groups = {}
    for name in file:
        match = re.fullmatch(r"(update|epoch)_(\d+)", name)
        if match:
            age = int(match[2]) - (match[1] == "update")
            if age < 0 or age in groups:
                raise ValueError(
                    f"groups must be update_1, update_2 … or epoch_0, epoch_1 …, each "
                    f"age once; got {name}"
                )
            groups[age] = name
    if not groups:
        raise ValueError(
            "not the file of a trained RBM: expected groups update_N, "
            f"got {sorted(file)}"
        )
    return dict(sorted(groups.items()))


def _read_parameters(group):
    """Return W, a, b of one age; older files have no params/."""
    params = reading.find(group, "params")
    source = group if params is None else params
    return [reading.array(source, name) for name in PARAMETERS.values()]


def _read_chains(file, machine):
    """Return the visible states of the chains; 0.6.0 has them in sampler/ too."""
    for name in ("parallel_chains", "sampler/parallel_chains"):
        if reading.find(file, name) is not None:
            chains = reading.array(file, name)
            if not len(chains):
                return None
            sizes = machine.visible, machine.n_visible
            return check_samples(chains, *sizes, "chains", "chain")
    return None
