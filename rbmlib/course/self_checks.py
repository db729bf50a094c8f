"""Checks of a student's answers that neither print nor contain the answer.

A self-check asks for a property of what the student defined: that a derivative, an
enumeration or the library agrees with it.  Where only a number or a letter can be
asked for, the check keeps a salted hash of it.
"""

import hashlib
from collections.abc import Callable
from contextlib import contextmanager

import numpy as np

from rbmlib.checks import (
    check_array,
    check_instance,
    check_positive,
    check_real,
    check_text,
)


class _NotRight(AssertionError):
    """An answer that a check refused."""

    def _render_traceback_(self):
        """Return what a notebook shows: the hint alone, not the check's frames."""
        return [str(self)]


def check(label, **answers):
    """Run the assertions of a ``with`` block on answers, and say if they hold.

    Parameters
    ----------
    label : str
        Name of the exercise.
    **answers
        What the block is about to use, by name.  Each must have been given a value:
        a stub holds ``...`` in its place.

    Raises
    ------
    AssertionError
        If an answer is missing, an assertion of the block fails, or the block stops
        with another error; the message begins with the label.  In the first two cases
        a notebook shows the message alone.

    Examples
    --------
    >>> root = 1.41421356
    >>> with check("ex-root", root=root):
    ...     assert abs(root**2 - 2) < 1e-6, "Its square is not 2."
    ex-root: right
    >>> root = ...
    >>> with check("ex-root", root=root):  # doctest: +ELLIPSIS
    ...     assert abs(root**2 - 2) < 1e-6, "Its square is not 2."
    Traceback (most recent call last):
        ...
    rbmlib.course.self_checks._NotRight: ex-root: `root` is not there yet. ...
    """
    return _checking(check_text(label, "label"), answers)


@contextmanager
def _checking(label, answers):
    missing = [f"`{name}`" for name, value in answers.items() if value is ...]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise _NotRight(
            f"{label}: {', '.join(missing)} {verb} not there yet. "
            "Replace the `...` in the stub."
        )
    try:
        yield
    except AssertionError as error:
        hint = str(error) or "not yet."
        raise _NotRight(f"{label}: {hint}") from None
    except Exception as error:  # its traceback leads to the line of the answer
        raise AssertionError(
            f"{label}: the check stopped with {type(error).__name__} ({error}). "
            "Compare the type and the shape of your answer with the stub."
        ) from error
    print(f"{label}: right")


def agree(answer, reference, *ranges, tolerance=1e-8, n_points=20):
    """Whether two functions of numbers agree at random points.

    Parameters
    ----------
    answer, reference : callable
        Functions of as many numbers as there are ranges; each returns a number or an
        array.
    *ranges : tuple of float
        Lowest and highest value of each argument.
    tolerance : float
        Largest deviation, relative where the reference exceeds 1.
    n_points : int
        Number of points, the same ones at every call.

    Returns
    -------
    bool

    Raises
    ------
    TypeError
        If `answer` or `reference` cannot be called, or a number is none.
    ValueError
        If a range is not two numbers, or `tolerance` or `n_points` is not positive.

    Examples
    --------
    >>> agree(lambda x: 2 * np.sinh(x) * np.cosh(x), lambda x: np.sinh(2 * x), (-2, 2))
    True
    >>> agree(lambda x: np.sinh(x), lambda x: np.sinh(2 * x), (-2, 2))
    False
    """
    check_instance(answer, "answer", Callable, "a function")
    check_instance(reference, "reference", Callable, "a function")
    tolerance = check_real(tolerance, "tolerance", 0, open_low=True)
    n_points = check_positive(n_points, "n_points")
    low, high = np.array([check_array(r, "ranges", (2,)) for r in ranges]).T
    points = np.random.default_rng(0).uniform(low, high, (n_points, len(ranges)))
    for point in points.tolist():
        given, right = np.asarray(answer(*point), float), reference(*point)
        scale = np.maximum(1, np.abs(right))
        if not np.all(np.abs(given - right) <= tolerance * scale):
            return False
    return True


def fingerprint(label, answer, step=None):
    """Return a hash of an answer, which does not show it.

    Parameters
    ----------
    label : str
        Name of the exercise, the salt: equal answers to two exercises differ.
    answer : float or str
        A number, or letters: case, order and all that is no letter do not count.
    step : float, optional
        Width of the box of numbers that share the hash; needed for a number.

    Returns
    -------
    str
        Eight hexadecimal digits.

    Raises
    ------
    TypeError, ValueError
        If the label is no str, the answer neither a str nor a finite number, or the
        step not positive.

    Examples
    --------
    >>> fingerprint("ex-three", 1.003, step=0.01) == fingerprint("ex-three", 1, 0.01)
    True
    >>> fingerprint("ex-three", "(c)") == fingerprint("ex-three", "C")
    True
    >>> fingerprint("ex-three", "C")
    'cf10ef93'
    """
    check_text(label, "label")
    if isinstance(answer, str):
        return _hash(label, "".join(sorted(filter(str.isalpha, answer.lower()))))
    return _hash(label, round(_boxes(answer, step)))


def matches(label, answer, digest, step=None):
    """Whether an answer is the one whose `fingerprint` is known.

    Parameters
    ----------
    label, answer, step
        As in `fingerprint`.  A number may be off by one step.
    digest : str
        The fingerprint of the right answer.

    Returns
    -------
    bool

    Raises
    ------
    TypeError, ValueError
        As in `fingerprint`; or if the digest is no str.

    Examples
    --------
    >>> digest = fingerprint("ex-three", 3.14159, step=0.01)
    >>> [matches("ex-three", x, digest, step=0.01) for x in (3.14, 3.15, 3.2)]
    [True, True, False]
    """
    check_text(label, "label")
    check_text(digest, "digest")
    if isinstance(answer, str):
        return fingerprint(label, answer) == digest
    box = round(_boxes(answer, step))
    return digest in [_hash(label, near) for near in (box - 1, box, box + 1)]


def _boxes(answer, step):
    return check_real(answer, "answer") / check_real(step, "step", 0, open_low=True)


def _hash(label, answer):
    return hashlib.sha256(f"{label}:{answer}".encode()).hexdigest()[:8]
