"""Calls with one bad argument, and whether what is answered is clear.

python tests/bad_inputs.py ising training     # a survey of rooms, unclear answers
"""

import contextlib
import re
import signal
import sys
import threading
import traceback
import warnings
from collections import Counter
from typing import NamedTuple

import hypothesis
import numpy as np

import kinds
import public

SECONDS = 10


class Answer(NamedTuple):
    """What a call with a bad argument was answered."""

    verdict: str  # "clear", "unclear", "other error", "warning", "silent" or "slow"
    text: str


class TooSlow(BaseException):
    """A call that did not come back in time."""


@contextlib.contextmanager
def _in_time():
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def answer(thing, call, parameter, value):
    """Call a function with one argument replaced, and judge the answer."""
    bound = public.bind(thing, call)
    bound.arguments[parameter] = value
    named = _name_of(thing, call, parameter)
    try:
        with warnings.catch_warnings(), _in_time():
            warnings.simplefilter("error")
            result = public.carry_out(thing, bound)
            if hasattr(result, "__next__"):
                next(result)
    except (ValueError, TypeError) as error:
        text = f"{type(error).__name__}: {error}"
        clear = _is_clear(str(error), named, value)
        return Answer("clear" if clear else "unclear", text)
    except Warning as warning:
        return Answer("warning", f"{type(warning).__name__}: {warning}")
    except TooSlow:
        return Answer("slow", f"no answer in {SECONDS} s")
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Answer("other error", f"{type(error).__name__}: {error} at {where}")
    return Answer("silent", f"returned {result!r:.60}")


def _name_of(thing, call, parameter):
    """Return how a message must call a parameter: a check is told it, `argument`."""
    if "argument" in thing.parameters and parameter == next(iter(thing.parameters)):
        return good_value(thing, call, "argument")
    return parameter


def _is_clear(message, parameter, value):
    """Whether a message names the argument, what was expected and what it was."""
    named = re.search(rf"(?<![\w.]){re.escape(parameter)}(?!\w)", message)
    expected = re.search(r"\bmust\b|\bexpected\b", message)
    found = re.search(r"\bgot\b(.*)", message, re.DOTALL)
    return bool(named and expected and found and _shows(found[1], value))


def _shows(text, value):
    """Whether a text has a value in full, one of its numbers, or what it is."""
    if type(value).__name__ in text or repr(value)[:60] in text:
        return True
    if isinstance(value, list | tuple | set | dict | str | bytes):
        if any(_shows(text, part) for part in _parts(value)):
            return True
        if not value and re.search(r"\bnone\b|\b0\b|\[\]", text):
            return True
    if isinstance(value, str | bytes):
        return repr(value)[1:9] in text
    try:
        x = np.ma.asarray(value)
    except (ValueError, TypeError):  # no array: its length is what can be said
        return bool(re.search(r"\d", text))
    about = {str(x.shape), str(x.dtype), str(len(x)) if x.ndim else "", "masked"}
    if any(word and word in text for word in about):
        return True
    shown = {repr(one).removesuffix(".0") for one in x.ravel().tolist()}
    return any(one in text for one in shown) or bool(re.search(r"\d", text))


def _parts(value):
    """Return what a container holds: a message may show the part that is bad."""
    if isinstance(value, str):
        return list(value) if len(value) > 1 else []
    return [*value, *value.values()] if isinstance(value, dict) else list(value)


def good_value(thing, call, parameter):
    """Return the value of a parameter in a valid call, or its default."""
    bound = public.bind(thing, call)
    bound.apply_defaults()
    return bound.arguments[parameter]


def bad_values(thing, call, parameter):
    """Return a strategy of bad values for one parameter."""
    good = good_value(thing, call, parameter)
    strategy = kinds.kind_of(thing.name, parameter)(good)
    default = thing.parameters[parameter].default
    if good is not None and default is not None:
        strategy |= hypothesis.strategies.none()
    return strategy


def answers(thing, call, parameter, n):
    """Return [(value, answer)] of at most n different bad values."""
    found = []

    @hypothesis.settings(
        max_examples=n,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(bad_values(thing, call, parameter))
    def collect(value):
        found.append((value, answer(thing, call, parameter, value)))

    collect()
    return found


def spoilable(thing):
    """Return the parameters of a thing that some value can spoil."""
    return [
        name
        for name in thing.parameters
        if kinds.kind_of(thing.name, name) is not kinds.anything
    ]


def main(rooms, n=20):
    things, total = public.public(), Counter()
    things = {k: v for k, v in things.items() if k.split(".")[0] in rooms}
    calls = public.harvest(things, rooms)
    for name, thing in things.items():
        if thing.parameters and name not in calls:
            print(f"{name}: no example calls it")
            continue
        for parameter in thing.parameters:
            try:
                kind = kinds.kind_of(name, parameter)
            except KeyError:
                print(f"{name}({parameter}): of no kind")
                continue
            if kind is kinds.anything:
                continue
            shown = set()
            for value, (verdict, text) in answers(thing, calls[name], parameter, n):
                total[verdict] += 1
                if verdict != "clear" and (verdict, text[:40]) not in shown:
                    shown.add((verdict, text[:40]))
                    value = " ".join(repr(value).split())[:50]
                    print(f"{name}({parameter}={value}): {verdict}: {text[:150]}")
    print(dict(total))


if __name__ == "__main__":
    main(sys.argv[1:])
