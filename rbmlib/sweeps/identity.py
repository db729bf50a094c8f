"""What a task is: its name, its code, and the constants that the code uses."""

import functools
import hashlib
import inspect
import json
import textwrap

PLAIN = (str, int, float, type(None))  # bool is an int


def identify(task):
    """Return the name of a task and the SHA-256 of what it computes with.

    That is the text of the function, and what this text uses: values of arguments that
    were left out or bound by `functools.partial`, of variables of the function around
    it, and of constants of its module (numbers and texts); and in the same way the
    functions of the same module that it calls.  What it calls in other modules, and
    other global objects, are not looked at: remove a store when those change.

    Parameters
    ----------
    task : function
        Also a lambda, a function inside another one, or a `functools.partial`.

    Returns
    -------
    name, code : str

    Raises
    ------
    TypeError
        An object that is no function, one whose text Python does not find, or one that
        was given values that JSON does not hold.

    Examples
    --------
    >>> identify(textwrap.dedent)[0]
    'textwrap.dedent'
    """
    parts = _parts(task, task, set())
    code = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    while isinstance(task, functools.partial):
        task = task.func
    return f"{task.__module__}.{task.__qualname__}", code


def _parts(function, task, seen):
    """Return texts and values that decide what a function computes."""
    if isinstance(function, functools.partial):
        given = [_value(x, task) for x in function.args]
        named = {k: _value(x, task) for k, x in function.keywords.items()}
        return [given, named, _parts(function.func, task, seen)]
    function = getattr(function, "py_func", function)  # what Numba compiles
    if not inspect.isfunction(function):
        raise _unknown(task, f"{function!r} is no function")
    try:
        text = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        reason = f"the text of {function.__qualname__} is in no file"
        raise _unknown(task, reason) from None
    seen.add(function)
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    values = [_value(x, task) for x in function.__defaults__ or ()]
    values += [
        {k: _value(x, task) for k, x in (function.__kwdefaults__ or {}).items()},
        {name: _around(cell.cell_contents, task, seen) for name, cell in cells},
    ]
    for name in sorted(_names(function.__code__) & set(function.__globals__)):
        value = function.__globals__[name]
        value = getattr(value, "py_func", value)
        if isinstance(value, PLAIN):
            values.append([name, _value(value, task)])
        elif inspect.isfunction(value) and value.__module__ == function.__module__:
            if value not in seen:
                values.append([name, _parts(value, task, seen)])
    return [function.__module__, function.__qualname__, text, values]


def _names(code):
    """Return the names that a function uses, also in functions inside it."""
    inside = [_names(x) for x in code.co_consts if inspect.iscode(x)]
    return set(code.co_names).union(*inside)


def _around(value, task, seen):
    """Return the parts of a variable of the function around: a value or a function."""
    if not inspect.isfunction(value):
        return _value(value, task)
    return None if value in seen else _parts(value, task, seen)


def _value(value, task):
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError):
        raise _unknown(task, f"it holds {value!r}, not a value of JSON") from None


def _unknown(task, reason):
    return TypeError(
        "task must be a function with a text and values by which a store knows it, got "
        f"{task!r}: {reason}; define it in a module and put values into the settings, "
        "or leave store out"
    )
