"""All problems, with the numbers of a seed and with their answers."""

import functools

from rbmlib.addresses import check_seed
from rbmlib.checks import check_integer
from rbmlib.course import (
    problems_1,
    problems_2,
    problems_3,
    problems_4,
    problems_5,
    problems_6,
    problems_7,
    problems_8,
    problems_9,
)
from rbmlib.course.problem import Answer, Posed

PROBLEMS = (
    *problems_1.PROBLEMS,
    *problems_2.PROBLEMS,
    *problems_3.PROBLEMS,
    *problems_4.PROBLEMS,
    *problems_5.PROBLEMS,
    *problems_6.PROBLEMS,
    *problems_7.PROBLEMS,
    *problems_8.PROBLEMS,
    *problems_9.PROBLEMS,
)
BY_LABEL = {problem.label: problem for problem in PROBLEMS}
CHAPTERS = sorted({problem.chapter for problem in PROBLEMS})


def problems(chapter, seed):
    """Return the problems of a chapter with the numbers of a seed.

    Parameters
    ----------
    chapter : int
        From 1 to 9.
    seed : int
        The same seed gives the same numbers on every machine.

    Returns
    -------
    list of Posed
        In a notebook, each is shown as it is printed on a sheet.

    Raises
    ------
    ValueError, TypeError
        A chapter or a seed that is no integer, or outside its range.

    Examples
    --------
    >>> first = problems(4, seed=7)[0]
    >>> first.label, first.title, first.unit
    ('P4.1', 'How long does a mode take to grow?', 'units of t')
    >>> print(first.text)  # doctest: +ELLIPSIS
    A machine with Gaussian units of both layers has `sigma_v` = ...
    """
    return [posed(problem, seed) for problem in _of(chapter, seed)]


def answers(chapter, seed):
    """Return the answers of `problems`, with what is needed to grade them.

    Parameters and errors are those of `problems`.

    Returns
    -------
    dict of str to Answer
        By label.

    Examples
    --------
    >>> key = answers(4, seed=7)["P4.1"]
    >>> round(key.value, 3), key.way
    (2.096, 'dw/dt = σ_h² (λ − σ_v²) w, so t = ln f / (σ_h² (λ − σ_v²))')
    """
    return {problem.label: answer_of(problem, seed) for problem in _of(chapter, seed)}


def _of(chapter, seed):
    if check_integer(chapter, "chapter") not in CHAPTERS:
        raise ValueError(f"chapter must be one of {CHAPTERS}, got {chapter}")
    check_seed(seed)
    return [problem for problem in PROBLEMS if problem.chapter == chapter]


@functools.lru_cache(maxsize=4096)
def posed(problem, seed):
    """Return the `Posed` of one problem and a seed that was checked."""
    text = problem.text(problem.draw(seed))
    return Posed(
        problem.label, problem.chapter, problem.title, problem.kind, text, problem.unit
    )


@functools.lru_cache(maxsize=4096)
def answer_of(problem, seed):
    """Return the `Answer` of one problem and a seed that was checked."""
    numbers = problem.draw(seed)
    value = problem.answer(numbers)
    return Answer(
        value,
        problem.unit,
        problem.tolerance(value),
        problem.reason,
        problem.way,
        problem.mistaken(numbers),
    )
