"""The file of a training run, in the HDF5 layout of the field's library `rbms`.

A machine trained there on a GPU is studied here, and the reverse.  The layout is that
of `rbms` 0.5.0 and 0.6.0 at once (https://pypi.org/project/rbms): ``model_type``,
``parallel_chains``, one group ``update_N/`` for each age, with the parameters in
``params/`` and, by hard links, beside it, and the settings where either version has
them (`rbmlib.trajectories.settings`).  Both load it with ``load_params`` and
``load_model``.  What that layout cannot say (our settings, the state for resuming, the
history, variances of Gaussian units, a checksum) is in the group ``rbmlib/``, which
`rbms` ignores.
"""

import hashlib
import json
import re
import secrets

import h5py
import numpy as np

from rbmlib.rbm import RBM
from rbmlib.trajectories import model_types, reading, settings
from rbmlib.trajectories.history import History
from rbmlib.trajectories.whole import explained, write_whole

FORMAT = 1
KIND = "HDF5 file of a trajectory"
PARAMETERS = {"W": "weight_matrix", "a": "vbias", "b": "hbias"}
# Structures of HDF5 1.10 carry checksums of their own: a lost group is noticed.
VERSION = ("v110", "v110")


def write(path, trajectory):
    """Write a `Trajectory` to ``path``, whole or not at all."""
    write_whole(path, _encode(trajectory))


def read(path, make, model_type=None, hidden_variance=None):
    """Return the trajectory that a file holds.

    Parameters
    ----------
    path : path
    make : callable
        `Trajectory`: takes ages, machines, chains, settings, state and history.
    model_type, hidden_variance : optional
        As in `Trajectory.load`.
    """
    with explained(path, KIND), np.errstate(all="ignore"), h5py.File(path) as file:
        _check_format(file)
        groups = _age_groups(file)
        parameters = [_read_parameters(reading.find(file, n)) for n in groups.values()]
        units = model_types.read_units(
            file, parameters[0][0].shape, model_type, hidden_variance
        )
        trajectory = make(
            ages=list(groups),
            machines=[RBM(*arrays, *units) for arrays in parameters],
            chains=_read_chains(file),
            settings=settings.read(file),
            state=reading.arrays(file, "rbmlib/state"),
            history=_read_history(file),
        )
        _check_sum(file, trajectory)
        return trajectory


def _encode(trajectory):
    """Return the bytes of the file; made in memory, so that a failure costs nothing."""
    # HDF5 shares what is open under one name, in memory too: threads need their own.
    name = f"memory {secrets.token_hex(8)}"
    with h5py.File(
        name, "w", driver="core", backing_store=False, libver=VERSION
    ) as file:
        file["model_type"] = model_types.name_of(trajectory[0])
        file["parallel_chains"] = _chains_of_rbms(trajectory)
        settings.write(file, trajectory)
        for age, machine in zip(trajectory.ages, trajectory, strict=True):
            _write_machine(file.create_group(f"update_{age + 1}"), machine, age)
        _write_extras(file.create_group("rbmlib"), trajectory)
        file.flush()
        return file.id.get_file_image()


def _chains_of_rbms(trajectory):
    chains = trajectory.chains
    if chains is None:  # rbms wants the array: no chains are zero rows
        return np.zeros((0, trajectory.n_visible), np.float32)
    return chains if chains.dtype.kind == "f" else chains.astype(np.float32)


def _write_machine(group, machine, age):
    parameters = group.create_group("params")
    for ours, theirs in PARAMETERS.items():
        parameters[theirs] = _float32(getattr(machine, ours), ours, age)
        group[theirs] = parameters[theirs]
    # Wall time would make equal runs unequal files; rbms only adds to it.
    group["time"] = 0.0
    group.create_group("flags")["checkpoint"] = True
    group["save_checkpoint"] = True


def _float32(values, name, age):
    with np.errstate(over="ignore"):
        stored = values.astype(np.float32)
    wrong = stored != values
    if wrong.any():
        raise ValueError(
            f"{name} at age {age} must hold float32 numbers, as the file does; got "
            f"{values[wrong][0]!r}. RBM.on_grid() rounds a machine to its grid"
        )
    return stored


def _write_extras(group, trajectory):
    group["format"] = FORMAT
    group["sha256"] = checksum(trajectory)
    model_types.write_units(group, trajectory[0])
    _write_group(group, "settings", trajectory.settings)
    if trajectory.state is not None:
        _write_group(group, "state", trajectory.state)
    if trajectory.history is not None:
        _write_history(group, trajectory.history)


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
    return None if columns is None else History(columns)


def checksum(trajectory):
    """Return the sha256 of all that a trajectory holds, in hexadecimal digits.

    It is that of the numbers, not of the file: compressing the file keeps it.
    """
    found = hashlib.sha256(json.dumps(trajectory.settings, sort_keys=True).encode())

    def add(name, value):
        value = np.asarray(value)
        value = value.astype(value.dtype.newbyteorder("<"))
        found.update(f"{name} {value.dtype.str} {value.shape}".encode())
        found.update(value.tobytes())

    add("ages", trajectory.ages)
    for layer in ("visible", "hidden"):
        unit = getattr(trajectory[0], layer)
        for name, value in {"name": unit.letter, **unit.parameters()}.items():
            add(f"{layer} {name}", value)
    for machine in trajectory:
        for name in PARAMETERS:
            add(name, getattr(machine, name))
    if trajectory.chains is not None:
        add("chains", trajectory.chains)
    for name, value in sorted((trajectory.state or {}).items()):
        add(f"state {name}", value)
    for name, value in sorted((trajectory.history or {}).items()):
        add(f"history {name}", value)
    return found.hexdigest()


def _check_sum(file, trajectory):
    if reading.find(file, "rbmlib/sha256") is None:
        return  # another program's, or one written before there was a checksum
    if reading.array(file, "rbmlib/sha256") != checksum(trajectory):
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


def _read_chains(file):
    """Return the visible states of the chains; 0.6.0 has them in sampler/ too."""
    for name in ("parallel_chains", "sampler/parallel_chains"):
        if reading.find(file, name) is not None:
            chains = reading.array(file, name)
            return chains if len(chains) else None
    return None
