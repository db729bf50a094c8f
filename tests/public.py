"""What is public, by introspection, and a valid call of each of it, from its examples.

Public is what a room's ``__all__`` hands on and what the modules of the ground that
stand alone define: functions, classes with checks of their own, and their methods.  A
class without `__init__` or `__post_init__` of its own is a record, a thing that
functions return, and has nothing to refuse.

`grid`, `checks` and the kernels are not public: what they are given was checked by the
functions that call them.  Nor are `estimator`, whose parameters scikit-learn wants
refused by ``fit`` alone (test_estimator), and `command`, which is given texts
(test_command).

A valid call is taken from the examples in the docstrings: they are run once, and the
first call of each function that returns is kept.
"""

import contextlib
import doctest
import functools
import importlib
import inspect
import io
import sys
from typing import NamedTuple

from catalogue import OF_PROGRAMS

ROOMS = (
    "units rbm effective_couplings enumeration addresses randomness autocorrelation "
    "sampling likelihood tempering scores mean_field trajectories datasets sweeps "
    "plotting ising training linear_regime phase_diagram mixing_time mode_tracking "
    "interactions cascade trained demos course report"
).split()
# Units are asked by the library thousands of times, with arrays that were checked
# where they came in; what a caller hands to a unit goes through these.
CHECKED_OF_UNITS = ("check", "check_means")


class Public(NamedTuple):
    """A public function, class or method."""

    name: str  # dotted, below rbmlib
    owner: object  # the class or module in whose namespace it is
    attribute: str  # "__init__" for a class
    function: object

    @property
    def parameters(self):
        """Parameters by name, without self, *args and **kwargs."""
        found = inspect.signature(self.function).parameters.values()
        bound = inspect.isclass(self.owner) and not isinstance(
            vars(self.owner).get(self.attribute), staticmethod
        )
        return {
            p.name: p
            for p in list(found)[1 if bound else 0 :]
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        }


def public():
    """Return every `Public` thing of the library by its name."""
    found = {}
    for room in ROOMS:
        module = importlib.import_module(f"rbmlib.{room}")
        names = getattr(module, "__all__", None)
        if names is None:
            found |= _of_module(room, module)
            continue
        for name in names:
            thing = getattr(module, name)
            if inspect.ismodule(thing):
                found |= _of_module(f"{room}.{name}", thing)
            else:
                found |= _of(f"{room}.{name}", thing)
    return found


def _of_module(prefix, module):
    found = {}
    for name, thing in vars(module).items():
        own = getattr(thing, "__module__", None) == module.__name__
        if own and not name.startswith(("_", "check_")):
            found |= _of(f"{prefix}.{name}", thing)
    return found


def _of(name, thing):
    if inspect.isfunction(thing):
        owner = sys.modules[thing.__module__]
        return {name: Public(name, owner, thing.__name__, thing)}
    return _of_class(name, thing) if inspect.isclass(thing) else {}


def _of_class(name, cls):
    found = {}
    is_unit = any(base.__name__ == "Unit" for base in cls.__mro__)
    own = [base for base in cls.__mro__ if base.__module__.startswith("rbmlib")]
    if any({"__init__", "__post_init__"} & set(vars(b)) for b in own if not _plain(b)):
        found[name] = Public(name, cls, "__init__", cls.__init__)
    for base in reversed(own):
        for attribute, value in vars(base).items():
            function = getattr(value, "__func__", value)
            if attribute.startswith("_") or not inspect.isfunction(function):
                continue
            key = f"{name}.{attribute}"
            room = name.split(".")[0]
            if {key, f"{room}.*.{attribute}"} & OF_PROGRAMS:
                continue
            if not is_unit or attribute in CHECKED_OF_UNITS:
                found[key] = Public(key, base, attribute, function)
    return found


def _plain(cls):
    """Whether a class is a record: its __init__ is made from its fields alone."""
    made = "__dataclass_fields__" in vars(cls) or hasattr(cls, "_fields")
    return made and "__post_init__" not in vars(cls)


class Call(NamedTuple):
    """A valid call: a bound method keeps its object in the first place."""

    args: tuple
    kwargs: dict


def harvest(things, rooms=ROOMS):
    """Run the examples of some rooms; return {name: `Call`} of what they call."""
    calls, keys, put_back = {}, {}, []
    for thing in things.values():
        keys.setdefault((thing.owner, thing.attribute), thing.name)
    # A method may have its example where a class below defines it.
    classes = [owner for owner, _ in keys if inspect.isclass(owner)]
    rooms = {*rooms, *(owner.__module__.split(".")[1] for owner in classes)}
    for (owner, attribute), name in keys.items():
        put_back += _record(owner, attribute, name, calls)
    try:
        for module in _modules():
            if (module.__name__.split(".") + [""])[1] in rooms:
                _run_examples(module)
    finally:
        for owner, attribute, value in reversed(put_back):
            setattr(owner, attribute, value)
    names = {key: calls.get(name) for key, name in keys.items()}
    return {
        thing.name: names[thing.owner, thing.attribute]
        for thing in things.values()
        if names[thing.owner, thing.attribute]
    }


def called(rooms):
    """Return {name: (`Public`, `Call`)} of what the examples of some rooms call."""
    things = {k: v for k, v in public().items() if k.split(".")[0] in rooms}
    calls = harvest(things, rooms)
    return {name: (things[name], call) for name, call in calls.items()}


def bind(thing, call):
    """Return the arguments of a call by name, as `inspect.BoundArguments`."""
    return inspect.signature(thing.function).bind_partial(*call.args, **call.kwargs)


def carry_out(thing, bound):
    """Call a thing; a class makes a new object, as the old one must stay whole."""
    if thing.attribute == "__init__":
        first, *rest = bound.args
        return type(first)(*rest, **bound.kwargs)
    return thing.function(*bound.args, **bound.kwargs)


def _record(owner, attribute, name, calls):
    """Put a recorder in the place of a function wherever it is known by name."""
    there = vars(owner).get(attribute)
    if there is None:  # __init__ of a base class
        there = getattr(owner, attribute)
    function = getattr(there, "__func__", there)

    @functools.wraps(function)
    def recorder(*args, **kwargs):
        result = function(*args, **kwargs)
        calls.setdefault(name, Call(args, kwargs))
        return result

    wrapper = type(there)(recorder) if hasattr(there, "__func__") else recorder
    places = [(owner, attribute)]
    if inspect.ismodule(owner):
        places = [
            (module, key)
            for module in _modules()
            for key, value in list(vars(module).items())
            if value is function
        ]
    put_back = [(place, key, vars(place).get(key, there)) for place, key in places]
    for place, key in places:
        setattr(place, key, wrapper)
    return put_back


def _modules():
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.split(".")[0] == "rbmlib" and module.__name__ == name
    ]


def _run_examples(module):
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    with contextlib.redirect_stdout(io.StringIO()):
        for test in doctest.DocTestFinder(exclude_empty=True).find(module):
            runner.run(test, out=io.StringIO().write)
