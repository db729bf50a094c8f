"""The settings of a run: our names, and where two versions of `rbms` keep them.

`rbms` 0.5.0 keeps every setting in ``hyperparameters/``; 0.6.0 leaves the sizes there
and spreads the rest over five groups.  A file of either gives the same names here:

====================  ===============================  =====================
here                  0.6.0                            0.5.0
====================  ===============================  =====================
n_chains              hyperparameters/num_chains       the same
k                     sampling_args/gibbs_steps        gibbs_steps
method                train_args/training_type         not recorded
batch_size            train_args/batch_size            batch_size
learning_rate         train_args/learning_rate, float  learning_rate
                      of one number a parameter
centred               grad_args/no_center, negated     not recorded
L1, L2                grad_args/                       L1, L2
seed, train_size      dataset_args/                    seed, train_size
====================  ===============================  =====================

A run of ours with penalties is written with L1 = l1 and L2 = l2/2, which is what they
mean there; one whose learning rate is a function, with the last one.  What is read
keeps the names L1 and L2, as the steps of `rbms` with them are not ours.

What else the groups hold keeps its name (beta, optim, max_lr, normalize_grad, …).  The
seed of `rbms` is that of its split into training and test data alone.
"""

import numpy as np

from rbmlib.files import reading

THEIR_NAMES = {"k": "gibbs_steps", "n_chains": "num_chains", "method": "training_type"}
OUR_NAMES = {theirs: ours for ours, theirs in THEIR_NAMES.items()}
NOT_SETTINGS = ("num_visibles", "num_hiddens", "filename")
# What the loader of rbms 0.5.0 asks for; 0 where a run has none.
HYPERPARAMETERS = {
    "num_chains": 0, "batch_size": 0, "gibbs_steps": 0, "learning_rate": 0.0,
    "L1": 0.0, "L2": 0.0,
}  # fmt: skip
OPTIONAL = ("seed", "train_size")
# Where rbms 0.6.0 keeps what it adds to hyperparameters/; later groups win.
GROUPS = {
    "sampling_args": ("gibbs_steps", "beta"),
    "train_args": ("training_type", "batch_size", "learning_rate", "optim", "max_lr"),
    "grad_args": ("L1", "L2", "no_center", "normalize_grad", "max_norm_grad"),
    "dataset_args": (
        "seed", "train_size", "test_size", "alphabet", "remove_duplicates",
        "use_weights", "subset_labels",
    ),
    "save_args": ("n_save", "spacing"),
}  # fmt: skip


def read(file):
    """Return the settings of an open file, ours or of either version of `rbms`.

    Raises
    ------
    ValueError
        Settings that are no numbers or texts.
    """
    if reading.find(file, "rbmlib") is not None:
        settings = reading.arrays(file, "rbmlib/settings")
        if settings is None:
            raise ValueError("rbmlib must hold the group settings")
        return {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in settings.items()
        }
    found = {}
    for group in ("hyperparameters", *GROUPS):
        found |= reading.arrays(file, group) or {}
    if "no_center" in found:
        found["centred"] = not found.pop("no_center")
    return {
        OUR_NAMES.get(name, name): _scalar(value)
        for name, value in found.items()
        if name not in NOT_SETTINGS
    }


def write(file, parts):
    """Write the settings of a run where both versions of `rbms` have them."""
    settings = {
        THEIR_NAMES.get(name, name): value for name, value in parts.settings.items()
    }
    if "centred" in settings:
        settings["no_center"] = not settings.pop("centred")
    if "l1" in settings:
        settings["L1"] = settings["l1"]
    if "l2" in settings:
        settings["L2"] = settings["l2"] / 2
    if isinstance(settings.get("learning_rate"), str):
        del settings["learning_rate"]
        if "learning_rate" in (parts.history or ()):
            last = parts.history["learning_rate"][-1]
            settings["learning_rate"] = float(last)
    numbers = {
        name: settings[name]
        for name in (*HYPERPARAMETERS, *OPTIONAL)
        if isinstance(settings.get(name), int | float)
    }
    sizes = {
        "num_visibles": parts.machines[0].n_visible,
        "num_hiddens": parts.machines[0].n_hidden,
    }
    _write_group(file, "hyperparameters", HYPERPARAMETERS | numbers | sizes)
    if "learning_rate" in numbers:  # 0.6.0 has an array of float32
        rate = np.array([numbers["learning_rate"]], np.float32)
        settings["learning_rate"] = rate
    for group, names in GROUPS.items():
        known = {name: settings[name] for name in names if name in settings}
        _write_group(file, group, known)


def _write_group(file, name, values):
    group = file.create_group(name)
    for key, value in values.items():
        group[key] = value


def _scalar(value):
    """Return a setting of `rbms` as a number or a str.

    A float32 is given by its shortest decimal, .05 and not .05000000074505806.  An
    array of equal numbers is that number (0.6.0 keeps the learning rate once for each
    of W, a and b); any other is a str of its numbers.

    >>> _scalar(np.full(3, 0.05, np.float32)), _scalar(np.array([0, 4]))
    (0.05, '0, 4')
    """
    values = np.ravel(value)
    if values.dtype.kind == "f" and values.itemsize < 8:
        values = np.array([float(str(x)) for x in values])
    if values.size and (values == values[0]).all():
        return values[0].item()
    return ", ".join(str(x) for x in values)
