"""Sequences from a Potts model that was planted: which sites are in contact is known.

A method that finds contacts from sequences can so be marked.  Its use on proteins:
F. Morcos et al. (2011), doi:10.1073/pnas.1111471108.

Couplings and fields are multiples of 2^-20, so that all sums of them are exact in
double precision, and a state is chosen by integers: the bits are the same on every
machine.
"""

import itertools
import math
from numbers import Number

import numpy as np

from rbmlib import randomness
from rbmlib.checks import as_numbers, check_integer, check_positive, check_real
from rbmlib.datasets.potts import PlantedPotts
from rbmlib.randomness import (
    POTTS_CONTACTS,
    POTTS_COUPLINGS,
    POTTS_FIELDS,
    POTTS_STATES,
    POTTS_TRIPLES,
)
from rbmlib.units import Categorical
from rbmlib.units.choice import pick, weights

STEPS = 2**20  # of the grid of couplings and fields, in one
# The least norm: some entry of the block is at least LEAST / q, more than a step.  The
# largest: the sum of thousands of couplings is still exact in double precision.
LEAST, MOST = 0.01, 100.0
MOST_COLUMNS = 2**15  # their couplings fill 8 GiB


def planted_potts(
    n_samples,
    n_sites,
    q,
    contacts,
    strength,
    field,
    seed,
    n_sweeps=100,
    n_triples=0,
    triple=1.0,
):
    """Draw sequences from a random Potts model with a known map of contacts.

    Each sample is the end of a chain of its own: uniform states, then `n_sweeps` of
    Gibbs sampling, in which each site in turn is drawn given all others.  Strong
    couplings need more sweeps than weak ones; if twice as many change a statistic,
    there are too few.

    Parameters
    ----------
    n_samples, n_sites : int
        The couplings are (n_sites q)² numbers: n_sites q is at most 2^15.
    q : int
        Number of states of a site, from 2 to 256.
    contacts : int or array_like of bool, shape (n_sites, n_sites)
        Number of contacts, between random pairs of sites; or the map of contacts,
        symmetric and False on the diagonal.  A site has 2 contacts / n_sites on
        average.
    strength : float
        In [0.01, 100]: Frobenius norm of the couplings of each contact, a block of
        random direction in the zero-sum gauge.  An entry is about strength / q.
    field : float
        Zero, or in [0.01, 100]: norm of the fields of each site, of random direction.
    seed : int
        In [0, 2^64).
    n_sweeps : int
        At least 1.
    n_triples : int
        Number of random sets of three sites that interact beyond their pairs; sites of
        a triple are no contacts because of it.
    triple : float
        In [0.01, 100]: norm of the couplings of each triple, whose direction is random
        and whose sum over the states of any one site is zero.

    Returns
    -------
    PlantedPotts

    Raises
    ------
    TypeError, ValueError
        An argument out of its range; the message names it.

    Examples
    --------
    >>> data = planted_potts(4, n_sites=6, q=3, contacts=2, strength=2.0, field=0.5,
    ...                      seed=0)
    >>> data.samples.tolist()
    [[2, 2, 0, 0, 1, 1], [0, 0, 2, 0, 0, 1], [1, 0, 0, 2, 0, 0], [2, 2, 2, 2, 1, 1]]
    >>> np.argwhere(np.triu(data.contacts)).tolist()
    [[0, 3], [1, 4]]
    >>> round(float(np.linalg.norm(data.couplings[0, :, 3])), 4)
    2.0
    """
    n_samples = check_positive(n_samples, "n_samples")
    n_sites = check_positive(n_sites, "n_sites")
    q = Categorical(check_integer(q, "q")).q
    check_positive(n_sites * q, "n_sites * q", most=MOST_COLUMNS)
    strength = _check_norm(strength, "strength")
    field = _check_norm(field, "field", or_zero=True)
    n_sweeps = check_positive(n_sweeps, "n_sweeps")
    contacts = _contact_map(contacts, n_sites, seed)
    couplings = _couplings(contacts, q, strength, seed)
    fields = np.zeros((n_sites, q))
    if field:
        numbers = randomness.bell(seed, POTTS_FIELDS, fields.shape)
        fields = np.stack([_direction(x, field) for x in numbers])
    triples, K = _triples(n_sites, q, n_triples, triple, seed)
    terms = _terms(contacts, couplings, triples, K)
    samples = _sample(n_samples, fields, terms, n_sweeps, seed)
    return PlantedPotts(samples, contacts, couplings, fields, triples, K)


def _check_norm(value, argument, or_zero=False):
    norm = check_real(value, argument, 0, MOST)
    if norm < LEAST and not (or_zero and norm == 0):
        zero = " or zero" if or_zero else ""
        raise ValueError(
            f"{argument} must be in [{LEAST}, {MOST:g}]{zero}, got {value!r}"
        )
    return norm


# ---------------------------------------------------------------- the model


def _contact_map(contacts, n_sites, seed):
    """Return the map of contacts: the one given, or random pairs."""
    if not isinstance(contacts, Number) and getattr(contacts, "ndim", 1) != 0:
        return _check_map(contacts, n_sites)
    n_contacts, most = check_integer(contacts, "contacts"), math.comb(n_sites, 2)
    if not 0 <= n_contacts <= most:
        raise ValueError(
            f"contacts must be from 0 to {most}, the number of pairs of {n_sites} "
            f"sites; got {n_contacts}"
        )
    order = shuffled(seed, POTTS_CONTACTS, 0, most)
    pairs = np.stack(np.triu_indices(n_sites, 1))[:, order[:n_contacts]]
    found = np.zeros((n_sites, n_sites), bool)
    found[tuple(pairs)] = True
    return found | found.T


def shuffled(seed, stream, sweep, n):
    """Return the numbers from 0 to n - 1 in a random order of this address."""
    words = randomness.draws(seed, stream, sweep, [0], n)[0].astype(np.uint64)
    # The number itself breaks ties, so that the order is the same everywhere.
    keys = (words << np.uint64(32)) | np.arange(n, dtype=np.uint64)
    return np.argsort(keys, kind="stable")


def _check_map(contacts, n_sites):
    contacts = as_numbers(contacts, "contacts", bool).copy()
    if contacts.dtype != bool or contacts.shape != (n_sites, n_sites):
        raise ValueError(
            "contacts must be a number, or of bool with the shape "
            f"{(n_sites, n_sites)}; got {contacts.dtype} of shape {contacts.shape}"
        )
    bad = np.argwhere((contacts != contacts.T) | np.diag(np.diag(contacts)))
    if len(bad):
        raise ValueError(
            "contacts must be symmetric and False on the diagonal, got "
            f"{contacts[tuple(bad[0])]} at {tuple(bad[0].tolist())}"
        )
    return contacts


def _couplings(contacts, q, strength, seed):
    """Return J: a block of the given norm for each contact, in a random direction."""
    pairs = np.argwhere(np.triu(contacts))
    numbers = randomness.bell(seed, POTTS_COUPLINGS, (len(pairs), q, q))
    J = np.zeros((len(contacts), q) * 2)
    for (i, k), x in zip(pairs, numbers, strict=True):
        J[i, :, k] = _direction(x, strength)
        J[k, :, i] = J[i, :, k].T
    return J


def _triples(n_sites, q, n_triples, norm, seed):
    """Return random sets of three sites, and couplings of the given norm."""
    n_triples, most = check_integer(n_triples, "n_triples"), math.comb(n_sites, 3)
    if not 0 <= n_triples <= most:
        raise ValueError(
            f"n_triples must be from 0 to {most}, the number of sets of three of "
            f"{n_sites} sites; got {n_triples}"
        )
    norm, K = _check_norm(norm, "triple"), np.zeros((n_triples, q, q, q))
    if not n_triples:
        return np.zeros((0, 3), np.int64), K
    every = np.array(list(itertools.combinations(range(n_sites), 3)))
    chosen = np.sort(shuffled(seed, POTTS_CONTACTS, 1, most)[:n_triples])
    numbers = randomness.bell(seed, POTTS_TRIPLES, K.shape)
    return every[chosen], np.stack([_direction(x, norm) for x in numbers])


def _terms(contacts, couplings, triples, K):
    """Return, for each site, what acts on it: other sites, and a table of its fields.

    The table has an axis for each of the other sites, and a last one for the site.
    """
    terms = [
        [((k,), couplings[k, :, i]) for k in np.flatnonzero(contacts[i])]
        for i in range(len(contacts))
    ]
    for sites, table in zip(triples.tolist(), K, strict=True):
        for place, i in enumerate(sites):
            others = tuple(k for k in sites if k != i)
            terms[i].append((others, np.moveaxis(table, place, -1)))
    return terms


def _direction(numbers, norm):
    """Return numbers without their sums along each axis, at a norm, on the grid."""
    x = np.rint(numbers * 2**16).astype(np.int64)
    for axis in range(x.ndim):  # integers: exact in any order
        x = x.shape[axis] * x - x.sum(axis, keepdims=True)
    x = x.astype(np.float64)
    # fsum rounds once: its result does not depend on the order.
    steps = np.rint(x * (STEPS * norm / math.sqrt(math.fsum(np.square(x).ravel()))))
    for axis in range(x.ndim):  # what rounding adds to a sum, the last entry takes
        rows = np.moveaxis(steps, axis, 0)
        rows[-1] = -rows[:-1].sum(0)
    return steps / STEPS


# ---------------------------------------------------------------- its samples


def _sample(n_samples, fields, terms, n_sweeps, seed):
    """Return the last states of independent chains, which start at uniform states."""
    n_sites, q = fields.shape
    chains = np.arange(n_samples)
    words = randomness.draws(seed, POTTS_STATES, 0, chains, n_sites)
    v = pick(np.ones(q, np.uint64), words).astype(np.int32)
    for sweep in range(1, n_sweeps + 1):
        words = randomness.draws(seed, POTTS_STATES, sweep, chains, n_sites)
        for i in range(n_sites):
            x = np.tile(fields[i], (n_samples, 1))
            for others, table in terms[i]:
                x += table[tuple(v[:, k] for k in others)]
            v[:, i] = pick(weights(x.astype(np.float32)), words[:, i])
    return v
