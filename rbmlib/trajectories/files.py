"""The file of a training run, in the HDF5 layout of the field's library `rbms`.

A machine trained there on a GPU is studied here, and the reverse.  The layout is that
of `rbms` 0.5.0 (https://pypi.org/project/rbms): ``model_type``, ``parallel_chains``,
``hyperparameters/`` and one group ``update_N/`` for each age, with the parameters in
``params/`` and, by hard links, beside it.  What that layout cannot say (settings, the
state for resuming, variances of Gaussian units) is in the group ``rbmlib/``, which
`rbms` ignores.
"""

import os
import re
import secrets
from contextlib import contextmanager

import h5py
import numpy as np

from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN, Gaussian

FORMAT = 1
# rbms names a machine by the letters of its visible and hidden units.
LETTERS = {"binary": "B", "spin": "I", "gaussian": "G"}
PARAMETERS = {"W": "weight_matrix", "a": "vbias", "b": "hbias"}
RBMS_NAMES = {"k": "gibbs_steps", "n_chains": "num_chains"}
OUR_NAMES = {theirs: ours for ours, theirs in RBMS_NAMES.items()}
# What the loader of rbms asks for; 0 where a run has none.
HYPERPARAMETERS = {
    "num_chains": 0, "batch_size": 0, "gibbs_steps": 0, "learning_rate": 0.0,
    "L1": 0.0, "L2": 0.0,
}  # fmt: skip
OPTIONAL = ("seed", "train_size")
NOT_SETTINGS = ("num_visibles", "num_hiddens", "filename")


def write(path, trajectory):
    """Write a `Trajectory` to ``path``, whole or not at all."""
    write_whole(path, _encode(trajectory))


def write_whole(path, data):
    """Write bytes to ``path``: an old file is replaced in one step, or stays."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read(path, model_type=None):
    """Return the arguments of the `Trajectory` that a file holds, as a dict."""
    with h5py.File(path, "r") as file:
        _check_format(file)
        visible, hidden = _read_units(file, model_type)
        groups = _age_groups(file)
        chains = file["parallel_chains"][()] if "parallel_chains" in file else ()
        return {
            "ages": list(groups),
            "machines": [
                RBM(*_read_parameters(file[name]), visible, hidden)
                for name in groups.values()
            ],
            "chains": chains if len(chains) else None,
            "settings": _read_settings(file),
            "state": _read_group(file, "rbmlib/state"),
        }


@contextmanager
def explained(path):
    """Turn the errors of reading a file into ValueErrors that name the file."""
    try:
        yield
    except (FileNotFoundError, PermissionError):
        raise
    except (OSError, KeyError, RuntimeError) as error:
        raise ValueError(
            f"{path} must be a whole HDF5 file of a trajectory, but it is truncated, "
            f"damaged or no HDF5: {error}"
        ) from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def _encode(trajectory):
    """Return the bytes of the file; made in memory, so that a failure costs nothing."""
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        first = trajectory[0]
        letters = (LETTERS[unit.name] for unit in (first.visible, first.hidden))
        file["model_type"] = "".join(letters) + "RBM"
        chains = trajectory.chains
        if chains is None:  # rbms wants the array: no chains are zero rows
            chains = np.zeros((0, first.n_visible), np.float32)
        file["parallel_chains"] = chains
        _write_hyperparameters(file.create_group("hyperparameters"), trajectory)
        for age, machine in zip(trajectory.ages, trajectory, strict=True):
            _write_machine(file.create_group(f"update_{age + 1}"), machine, age)
        _write_extras(file.create_group("rbmlib"), trajectory)
        file.flush()
        return file.id.get_file_image()


def _write_hyperparameters(group, trajectory):
    settings = {
        RBMS_NAMES.get(name, name): value for name, value in trajectory.settings.items()
    }
    values = HYPERPARAMETERS | {
        name: settings[name]
        for name in (*HYPERPARAMETERS, *OPTIONAL)
        if name in settings
    }
    for name, value in values.items():
        group[name] = value
    group["num_visibles"] = trajectory.n_visible
    group["num_hiddens"] = trajectory.n_hidden


def _write_machine(group, machine, age):
    parameters = group.create_group("params")
    for ours, theirs in PARAMETERS.items():
        parameters[theirs] = _float32(getattr(machine, ours), ours, age)
        group[theirs] = parameters[theirs]
    # Wall time would make equal runs unequal files; rbms only adds to it.
    group["time"] = 0.0
    group["flags/checkpoint"] = True
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
    for layer in ("visible", "hidden"):
        unit = getattr(trajectory[0], layer)
        if isinstance(unit, Gaussian):
            group[f"{layer}_variance"] = float(unit.variance_at_rest)
    _write_group(group, "settings", trajectory.settings)
    if trajectory.state is not None:
        _write_group(group, "state", trajectory.state)


def _write_group(group, name, values):
    group = group.create_group(name)
    for key, value in sorted(values.items()):  # equal dicts, equal bytes
        group[key] = value


def _check_format(file):
    if "rbmlib" in file:
        found = int(_dataset(file, "rbmlib/format")[()])
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


def _read_units(file, model_type):
    if "model_type" in file:
        model_type = _value(_dataset(file, "model_type"))
    elif model_type is None:
        _age_groups(file)  # a foreign file is told so, not asked for a type
        raise ValueError(
            "model_type is missing, as in files of older programs; for {0, 1} units "
            "pass model_type='BBRBM', for ±1 units 'IIRBM'"
        )
    match = re.fullmatch(r"([BIG])([BIG])RBM", str(model_type))
    if not match:
        reason = "; Potts units are not supported" if model_type == "PBRBM" else ""
        raise ValueError(
            "model_type must be two letters out of B (units {0, 1}), I (units ±1), "
            f"G (Gaussian units), then RBM; got {model_type!r}{reason}"
        )
    return _unit(file, match[1], "visible"), _unit(file, match[2], "hidden")


def _unit(file, letter, layer):
    if letter != "G":
        return {"B": BINARY, "I": SPIN}[letter]
    name = f"rbmlib/{layer}_variance"
    if name not in file:
        raise ValueError(
            f"{name} is missing: the file does not say the variance of its Gaussian "
            f"{layer} units"
        )
    return Gaussian(float(file[name][()]))


def _read_parameters(group):
    """Return W, a, b of one age; older files have no params/."""
    source = group["params"] if "params" in group else group
    return [_dataset(source, name)[()] for name in PARAMETERS.values()]


def _dataset(group, name):
    if not isinstance(group.get(name), h5py.Dataset):
        raise ValueError(f"{group.name} must hold the array {name}, got {list(group)}")
    return group[name]


def _read_settings(file):
    """Return our settings, or those of rbms under our names."""
    if "rbmlib" in file:
        settings = _read_group(file, "rbmlib/settings")
    else:
        settings = {
            OUR_NAMES.get(name, name): value
            for name, value in (_read_group(file, "hyperparameters") or {}).items()
            if name not in NOT_SETTINGS
        }
    return settings


def _read_group(file, name):
    """Return the datasets of a group as a dict, or None if there is no such group."""
    if name not in file:
        return None
    return {key: _value(dataset) for key, dataset in file[name].items()}


def _value(dataset):
    if h5py.check_string_dtype(dataset.dtype):
        return dataset.asstr()[()]
    return dataset[()]
