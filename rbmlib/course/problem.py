"""A problem whose numbers change with a seed, and whose answer is computed anew.

A `Problem` is a recipe: it draws numbers, fills them into a text, computes the answer,
and knows what its typical mistakes would give.  A draw is kept only if no mistake comes
near the answer, so that a wrong answer can be told from a right one that was rounded.
"""

import math
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rbmlib import randomness

ATTEMPTS = 200  # a draw that is not well posed is drawn again
APART = 3.0  # tolerances between an answer and what a mistake gives
ROUNDED = 0.006
WIDTH = 78
NO_BREAK = "\u00a0"
DIGITS = (
    "three significant digits are asked for, whose rounding is up to 0.5 %, and 0.1 % "
    "is for rounding on the way"
)
EXACT = "an integer that the library gives to the last bit"
COUNTED = "a whole number, which has no rounding"
KINDS = ("paper", "code", "bits")


class Draws:
    """Numbers drawn one after another from one address of `rbmlib.randomness`."""

    def __init__(self, seed, number, attempt):
        row = randomness.uniforms(seed, randomness.COURSE, number, [attempt], 64)
        self._left = iter(row[0].tolist())

    def integer(self, low, high):
        """Return an integer from low to high, both included."""
        return low + min(int(next(self._left) * (high - low + 1)), high - low)

    def real(self, low, high, digits=2):
        """Return a number from low to high with so many digits after the point."""
        unit = 10**digits
        return self.integer(round(low * unit), round(high * unit)) / unit

    def one_of(self, options):
        """Return one of a sequence."""
        return options[self.integer(0, len(options) - 1)]

    def seed(self):
        """Return a seed that is short to type."""
        return self.integer(1, 9999)


class Posed(NamedTuple):
    """A problem with its numbers filled in; shown as Markdown in a notebook."""

    label: str
    chapter: int
    title: str
    kind: str  # "paper", "code" or "bits"
    text: str  # Markdown
    unit: str

    def __str__(self):
        return f"{self.label} ({self.kind}) {self.title}\n\n{self.text}"

    def _repr_markdown_(self):
        return f"**{self.label}** ({self.kind}) *{self.title}*\n\n{self.text}"


class Answer(NamedTuple):
    """The right answer of a posed problem, and all that grading needs."""

    value: float  # an int where a whole number is asked for
    unit: str
    tolerance: float
    reason: str  # of the tolerance
    way: str  # how it is found
    mistakes: dict  # what each typical mistake gives, by its words


@dataclass(frozen=True, eq=False)
class Problem:
    """How a problem is drawn, put into words and solved.

    Attributes
    ----------
    label : str
        "P" with the chapter and a number: no spreadsheet takes it for a number.
    title, kind, unit : str
        The kind is one of "paper", "code" and "bits" (a whole number of a simulation).
    template : str
        Markdown with names of drawn numbers in braces.  Paragraphs, code and emphasis
        only, and no TeX: it is read in a terminal and in print as well.
    drawn : callable
        Makes a dict of numbers of a `Draws`, or None if they make no good problem.
    solve : callable
        Makes the answer of these numbers, given by name.
    way : str
        How the answer is found, for the lecturer.
    mistakes : dict of str to callable
        As `solve`, for typical mistakes; NaN where one cannot be made.
    relative, absolute : float
        The tolerance is the larger of ``relative * abs(answer)`` and ``absolute``.
    reason : str
        Why this tolerance.

    Examples
    --------
    >>> one = Problem("P1.9", "Half", "paper", "What is half of {n}?", "",
    ...               lambda d: {"n": d.integer(3, 99)}, lambda n: n / 2, "n/2",
    ...               {"doubled": lambda n: 2 * n})
    >>> one.answer({"n": 7}), one.mistaken({"n": 7})
    (3.5, {'doubled': 14})
    """

    label: str
    title: str
    kind: str
    template: str
    unit: str
    drawn: Callable
    solve: Callable
    way: str
    mistakes: Mapping = field(default_factory=dict)
    relative: float = ROUNDED
    absolute: float = 0.0
    reason: str = DIGITS

    @property
    def chapter(self):
        """The chapter: the digit after the P."""
        return int(self.label[1])

    @property
    def number(self):
        """An integer of its own: where its random numbers are."""
        return 100 * self.chapter + int(self.label.partition(".")[2])

    def draw(self, seed):
        """Return the numbers of a seed, a dict: the first well-posed draw.

        Raises
        ------
        ValueError, TypeError
            A seed that is no integer in [0, 2^64).
        RuntimeError
            No draw of many is well posed: the fault of the problem.

        Examples
        --------
        >>> from rbmlib.course import bank
        >>> bank.PROBLEMS[0].draw(7)
        {'n': 5, 'T': 1.65}
        """
        for attempt in range(ATTEMPTS):
            numbers = self.drawn(Draws(seed, self.number, attempt))
            if numbers is not None and self.well_posed(numbers):
                return numbers
        raise RuntimeError(f"{self.label}: no well-posed draw for seed {seed}")

    def text(self, numbers):
        """Return the text, Markdown, with the numbers filled in; see `draw`."""
        whole = isinstance(self.answer(numbers), int)
        unit = f" in {self.unit}" if self.unit else ""
        form = "a whole number" if whole else "three significant digits"
        text = self.template.strip().format(**numbers)
        return f"{_wrapped(text)}\n\n*Answer:* {form}{unit}."

    def answer(self, numbers):
        """Return the answer of drawn numbers, an int or a float; see `draw`."""
        return _plain(self.solve(**numbers))

    def mistaken(self, numbers):
        """Return {words: what this mistake gives} of those that can be made."""
        found = {words: _plain(f(**numbers)) for words, f in self.mistakes.items()}
        return {words: x for words, x in found.items() if math.isfinite(x)}

    def tolerance(self, answer):
        """Return how far off a right answer may be: 0 for a whole number."""
        if isinstance(answer, int):
            return 0.0
        return max(self.relative * abs(answer), self.absolute)

    def well_posed(self, numbers):
        """Whether there is an answer, and no mistake that comes near it."""
        right = self.answer(numbers)
        if not math.isfinite(right):
            return False
        least = APART * self.tolerance(right)
        return all(abs(x - right) > least for x in self.mistaken(numbers).values())


def _wrapped(text):
    """Return Markdown with paragraphs of lines of one length; code as it is."""
    blocks = re.split(r"\n\n(?=```)|(?<=```)\n\n", text)
    shown = (x if x.startswith("```") else _filled(x) for x in blocks)
    return "\n\n".join(shown)


def _filled(text):
    """Return paragraphs filled; no line begins like a list or a heading."""
    parts = []
    for block in text.split("\n\n"):
        whole = " ".join(block.split())
        tied = re.sub(r"(?<==) | (?=[-=+*#>]|\d+[.)](\s|$))", NO_BREAK, whole)
        some = textwrap.fill(
            tied, WIDTH, break_long_words=False, break_on_hyphens=False
        )
        parts.append(some.replace(NO_BREAK, " "))
    return "\n\n".join(parts)


def in_digits(x, digits, sign=""):
    """Return a number as people write it: to some digits, a whole one in full.

    Examples
    --------
    >>> in_digits(-4000.0, 3), in_digits(-3987.6, 3), in_digits(0.5, 3, "+")
    ('-4000', '-3988', '+0.5')
    """
    if not 1e-4 <= abs(x) < 1e12:
        return f"{x:{sign}.{digits}g}"
    if x == round(x):
        return f"{x:{sign}.0f}"
    places = max(digits - 1 - math.floor(math.log10(abs(x))), 0)
    text = f"{x:{sign}.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text


def _plain(value):
    """Return a number as int or float: no array, and no NumPy number."""
    return value.item() if hasattr(value, "item") else value
