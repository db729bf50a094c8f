"""The name of a machine in a file, and the units that it stands for.

`rbms` names a machine by the letters of its visible and hidden units: BBRBM, IIRBM,
PBRBM, BGRBM, IGRBM.  The last two name two machines each.  The energy that `rbms`
computes for them has Gaussian hidden units of variance 1/N_v,

    E(v, h) = -v·W·h - a·v - b·h + N_v h²/2,

which is our E with ``hidden=Gaussian(1 / n_visible)``.  The samplers of 0.6.0 draw
something else: BGRBM's draws h around b + v·W with variance 1, our machine with
``Gaussian(1.0)``; IGRBM's draws it around b + v·W with variance 1/N_v, which together
with its rule for v is the sampler of no energy at all.  So the reader must be told.

The marginal energy of the visible units in `rbms`, ``compute_energy_visibles``, is our
`RBM.free_energy` for every type but IGRBM, where it is larger by N_h log(2π / N_v): the
normalisation of the Gaussian integral has the wrong sign there.

A machine of ours takes one of these names only if `rbms` computes its energy.  Machines
with other variances are named ``rbmlib:BGRBM`` and ``rbmlib:IGRBM``, and categorical
units of several numbers of states ``rbmlib:PBRBM``, which `rbms` does not know and
refuses; names of pairs that it has not, such as BIRBM, it refuses too.
"""

import re

from rbmlib.checks import check_number
from rbmlib.files import reading
from rbmlib.units import BY_LETTER

PREFIX = "rbmlib:"
OF_TWO_MACHINES = ("BGRBM", "IGRBM")


def name_of(machine):
    """Return the name under which a machine is written.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import Gaussian
    >>> name_of(RBM.random(8, 2, seed=0, hidden=Gaussian(1 / 8)))
    'BGRBM'
    >>> name_of(RBM.random(8, 2, seed=0, hidden=Gaussian(1.0)))
    'rbmlib:BGRBM'
    """
    name = f"{machine.visible.letter}{machine.hidden.letter}RBM"
    of_rbms = {"variance": 1.0 / machine.n_visible}
    other_variance = name in OF_TWO_MACHINES and machine.hidden.parameters() != of_rbms
    several_q = "q" in machine.visible.parameters()
    return PREFIX + name if other_variance or several_q else name


def read_units(file, shape, model_type=None, hidden_variance=None):
    """Return the visible and hidden units of an open file.

    Parameters
    ----------
    file : h5py.File
    shape : tuple
        Of the weights, which say how many states a visible unit has.
    model_type, hidden_variance : optional
        As in `Trajectory.load`.
    """
    if reading.find(file, "model_type") is not None:
        model_type = reading.array(file, "model_type")
    elif model_type is None:
        raise ValueError(
            "model_type is missing, as in files of older programs; for {0, 1} units "
            "pass model_type='BBRBM', for ±1 units 'IIRBM'"
        )
    letters = "".join(BY_LETTER)
    match = re.fullmatch(f"(?:{PREFIX})?([{letters}])([{letters}])RBM", str(model_type))
    if not match:
        known = ", ".join(f"{x} ({kind.name})" for x, kind in BY_LETTER.items())
        raise ValueError(
            f"model_type must be two letters out of {known}, then RBM; "
            f"got {model_type!r}"
        )
    visible, hidden = (_parameters(file, layer) for layer in ("visible", "hidden"))
    _tell_variance(hidden, match[0], shape[0], hidden_variance)
    return (
        BY_LETTER[match[1]].from_file(visible, shape),
        BY_LETTER[match[2]].from_file(hidden, shape),
    )


def write_units(group, machine):
    """Write what the letters leave open, as ``visible_variance`` and so on."""
    for layer in ("visible", "hidden"):
        for name, value in getattr(machine, layer).parameters().items():
            group[f"{layer}_{name}"] = value


def _parameters(file, layer):
    ours = reading.find(file, "rbmlib")
    names = [] if ours is None else [n for n in ours if n.startswith(f"{layer}_")]
    return {name.removeprefix(f"{layer}_"): reading.array(ours, name) for name in names}


def _tell_variance(parameters, name, n_visible, hidden_variance):
    """Add the variance that the caller of `load` means, if the file leaves it open."""
    if name[-4] != "G":
        if hidden_variance is not None:
            raise ValueError(
                f"hidden_variance must be left out for {name}, which has no Gaussian "
                f"hidden units; got {hidden_variance!r}"
            )
        return
    if hidden_variance is None:
        if "variance" not in parameters:
            raise ValueError(
                f"hidden_variance is missing: the file does not say the variance of "
                f"its Gaussian hidden units, and {name} names two machines in rbms. "
                f"Pass hidden_variance=1/{n_visible}, one over the number of visible "
                f"units, for what its energy means, or hidden_variance=1 for what the "
                f"sampler of BGRBM draws"
            )
        return
    hidden_variance = check_number(hidden_variance, "hidden_variance")
    if parameters.setdefault("variance", hidden_variance) != hidden_variance:
        raise ValueError(
            f"hidden_variance must be left out or {parameters['variance']}, as the "
            f"file says; got {hidden_variance!r}"
        )
