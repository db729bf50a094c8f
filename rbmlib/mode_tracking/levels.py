"""The modes of one age, and whether those of several ages make a tree."""

import itertools
from dataclasses import dataclass

import numpy as np

from rbmlib.checks import (
    check_array,
    check_instance,
    check_integers,
    check_positive,
    check_real,
    check_sequence,
    check_text,
)

LARGEST = 1e100  # of means and of lengths between them, whose squares are numbers


@dataclass(frozen=True, eq=False)
class Level:
    """The modes of one age.

    Attributes
    ----------
    age : int
    m_v : ndarray, shape (n_modes, n_visible)
        Visible means of each mode.
    up : ndarray of int, shape (n_modes,)
        The mode of the next level, of a younger machine, to which each flows.  Zeros on
        the last level: its modes join at the root.

    Raises
    ------
    TypeError, ValueError
        An age below 0; means that are not finite, or no matrix; not one mode >= 0 of
        the next level for each mode.

    Examples
    --------
    >>> len(Level(age=99, m_v=[[0.0, 0.5], [1.0, 0.5]], up=[0, 0]))
    2
    """

    age: int
    m_v: np.ndarray
    up: np.ndarray

    def __post_init__(self):
        age = check_positive(self.age, "age", least=0)
        m_v = check_array(self.m_v, "m_v", ("n_modes", "n_visible"), -LARGEST, LARGEST)
        up = check_integers(self.up, "up", (len(m_v),), 0, 2**32)
        for name, value in {"age": age, "m_v": m_v, "up": up}.items():
            object.__setattr__(self, name, value)

    def __len__(self):
        return len(self.m_v)


def check_eps(eps):
    """Return a distance between modes as a float > 0, or raise an error."""
    return check_real(eps, "eps", 1 / LARGEST, LARGEST)


def check_levels(levels):
    """Return levels as a tuple if each flows into the next, or raise an error."""
    levels = check_sequence(levels, "levels", Level, "a Level")
    for older, younger in itertools.pairwise(levels):
        if not len(younger) < len(older):
            raise ValueError(
                "levels must have fewer modes one after the other, got "
                f"{len(older)} and then {len(younger)}"
            )
        if not younger.age < older.age:
            raise ValueError(
                f"levels must have decreasing ages, got {older.age} and then "
                f"{younger.age}"
            )
        if older.m_v.shape[1] != younger.m_v.shape[1]:
            raise ValueError(
                "levels must have the same units, got modes of "
                f"{older.m_v.shape[1]} and {younger.m_v.shape[1]}"
            )
    sizes = [*map(len, levels[1:]), 1]
    for k, (level, n_next) in enumerate(zip(levels, sizes, strict=True)):
        check_integers(level.up, f"levels[{k}].up", (len(level),), 0, n_next - 1)
        empty = np.flatnonzero(np.bincount(level.up, minlength=n_next) == 0)
        if empty.size:
            raise ValueError(
                f"levels[{k}].up must lead to each mode of the next level, got none "
                f"that leads to {empty[0]}"
            )
    return levels


def check_unassigned(unassigned):
    """Return numbers of samples by what happened to them, or raise an error."""
    check_instance(unassigned, "unassigned", dict)
    return {
        check_text(name, "each name in unassigned"): check_positive(
            n, f"unassigned[{name!r}]", least=0
        )
        for name, n in unassigned.items()
    }
