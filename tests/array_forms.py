"""The same numbers as other arrays: order, strides, byte order, dtype, frame.

python tests/array_forms.py ising training    # a survey of rooms, other answers
"""

import copy
import dataclasses
import sys
import warnings

import numpy as np

import public


class Frame:
    """What pandas, xarray and others are to NumPy: an object that gives an array."""

    def __init__(self, x):
        self.x = x

    def __array__(self, dtype=None, copy=None):
        return np.array(self.x, dtype)


def _strided(x):
    wide = np.empty(tuple(2 * n for n in x.shape), x.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in x.shape)]
    view[...] = x
    return view


def _backwards(x):
    turn = tuple(slice(None, None, -1) for _ in x.shape)
    return np.ascontiguousarray(x[turn])[turn]


def _frozen(x):
    y = x.copy()
    y.flags.writeable = False
    return y


def _smaller(x):
    """Return x in the smallest dtype of its kind that holds it exactly."""
    kinds = {"f": "f2 f4", "i": "i1 i2 i4", "u": "u1 u2 u4", "b": "?"}
    for dtype in kinds[x.dtype.kind].split():
        with np.errstate(over="ignore", invalid="ignore"):
            if np.array_equal(x.astype(dtype), x):
                return x.astype(dtype)
    return x


FORMS = {
    "Fortran order": np.asfortranarray,
    "strided": _strided,
    "backwards": _backwards,
    "read-only": _frozen,
    "big-endian": lambda x: x.astype(x.dtype.newbyteorder(">")),
    "nested lists": lambda x: x.tolist(),
    "a frame": Frame,
    "a smaller dtype": _smaller,
    "masking nothing": np.ma.masked_array,
}

# Shorter work than in the examples: an array is read where it enters.
QUICK = {
    "cascade.flow": {"times": [0.0, 1.0]},
    "cascade.nested_flow": {"n_visible": 10, "times": [0.0, 0.5]},
    "cascade.nested_limit_flow": {"times": [0.0, 0.5]},
    "demos.Linear.modes": {"times": [0, 1]},
    "linear_regime.full_flow": {"times": [0.0, 0.5]},
    "linear_regime.mode_dynamics": {"times": [0, 1]},
    "mixing_time.propagation.train": {"n_updates": 5},
    "tempering.exchange": {"n_rounds": 20, "skip": 5},
    "training.low_rank_start": {"n_directions": 1},
    "training.train": {"n_updates": 10, "checkpoints": [5]},
}


def is_array(value):
    """Whether a value is an array of numbers, or lists of them."""
    if isinstance(value, list):
        try:
            value = np.array(value)
        except (ValueError, TypeError):
            return False
    return (
        isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "biuf"
    )


def same(a, b):
    """Whether two results are the same to the last bit."""
    if isinstance(a, np.ndarray | np.generic):
        return (
            type(a) is type(b)
            and (a.dtype, a.shape) == (b.dtype, b.shape)
            and (a.dtype.kind == "O" or a.tobytes() == b.tobytes())
        )
    if type(a) is not type(b):
        return False
    if dataclasses.is_dataclass(a):
        names = [field.name for field in dataclasses.fields(a)]
        return all(same(getattr(a, name), getattr(b, name)) for name in names)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float):
        return a == b or (a != a and b != b)
    return not isinstance(a, str | int | bytes) or a == b


def differences(thing, call):
    """Yield (parameter, form, what happened) where a form is not answered alike."""
    for parameter, value in list(_bound(thing, call).arguments.items()):
        if parameter not in thing.parameters or not is_array(value):
            continue
        x = np.array(value)
        expected = _result(thing, call, parameter, x)
        for name, form in FORMS.items():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    found = _result(thing, call, parameter, form(x))
            except Exception as error:
                yield parameter, name, f"{type(error).__name__}: {error}"
                continue
            if not same(found, expected):
                yield parameter, name, f"{found!r:.60} for {expected!r:.60}"


def _bound(thing, call):
    bound = public.bind(thing, call)
    bound.arguments |= QUICK.get(thing.name, {})
    return bound


def _result(thing, call, parameter, value):
    bound = _bound(thing, call)
    bound.arguments[parameter] = value
    result = public.carry_out(thing, bound)
    return list(result) if hasattr(result, "__next__") else copy.deepcopy(result)


def main(rooms):
    for name, (thing, call) in public.called(rooms).items():
        for parameter, form, text in differences(thing, call):
            print(f"{name}({parameter}: {form}): {text[:150]}")


if __name__ == "__main__":
    main(sys.argv[1:])
