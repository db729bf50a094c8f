"""Who uses which random numbers: the register of all streams and of their sweeps.

Two uses stay apart by their stream (`Stream`), or share the streams of the units and
stay apart by their sweeps (`SWEEPS`).
"""

import enum

from rbmlib.checks import check_choice, check_positive, check_word


@enum.global_enum  # HIDDEN, VISIBLE … are names of this module and of `randomness`
@enum.unique
class Stream(enum.IntEnum):
    """One stream for each use of random numbers: no two uses ever share a draw."""

    HIDDEN = 0
    VISIBLE = 1
    START = 2
    SHUFFLE = 3
    WEIGHTS = 4
    ISING = 5
    REFERENCE = 6
    SWAP = 7
    ISING_STRIPS = 8
    ISING_REPLICAS = 9
    ISING_CLUSTERS = 10
    MODES = 11
    NOISE = 12
    LADDER = 13
    LOW_RANK = 14
    POPULATION = 15
    PROTOTYPES = 64
    CHOICES = 65
    FLIPS = 66
    MODE_STARTS = 67
    POTTS_CONTACTS = 68
    POTTS_COUPLINGS = 69
    POTTS_FIELDS = 70
    POTTS_STATES = 71
    COURSE = 72
    SPIN_SETS = 73
    SPIN_SIGNS = 74
    SPIN_STATES = 75
    POTTS_TRIPLES = 76
    HOLES = 77
    OVERLAPS = 80


# Who uses which sweeps of the streams HIDDEN and VISIBLE: chains that are annealed, or
# exchanged, with the seed that made their start do not meet its random numbers again.
SWEEPS = {
    "runs": range(2**30),
    "exchange": range(2**30, 3 * 2**29),
    "ladder": range(3 * 2**29, 7 * 2**28),
    "imputation": range(7 * 2**28, 2**31 - 1),  # what training data do not say
    "annealing start": range(2**31 - 1, 2**31),
    "annealing": range(2**31, 3 * 2**30),
    "reverse annealing": range(3 * 2**30, 2**32),
}


def check_seed(seed, argument="seed"):
    """Return ``seed`` as an int in [0, 2^64), or raise ValueError or TypeError."""
    return check_word(seed, argument, 2**64)


def address_of(sweeps, first_sweep, n_sweeps):
    """Return where the first of n_sweeps sweeps stands among all addresses.

    Parameters
    ----------
    sweeps : str
        One of the ranges in `SWEEPS`.
    first_sweep, n_sweeps : int
        Counted from the beginning of that range.

    Raises
    ------
    ValueError, TypeError
        Sweeps that leave the range: they would meet the numbers of another use.

    Examples
    --------
    >>> address_of("annealing", 5, 10) - 2**31
    5
    """
    room = SWEEPS[check_choice(sweeps, "sweeps", tuple(SWEEPS))]
    first_sweep = check_word(first_sweep, "first_sweep")
    n_sweeps = check_positive(n_sweeps, "n_sweeps")
    check_word(first_sweep + n_sweeps - 1, "last sweep", len(room))
    return room.start + first_sweep


__all__ = [*Stream.__members__, "SWEEPS", "Stream", "address_of"]
