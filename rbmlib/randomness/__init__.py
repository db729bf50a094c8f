"""Random numbers as a function, not as a stream.

A draw is computed from its address ``(seed, stream, sweep, chain, unit)`` and from
nothing else.  A chain's path therefore does not depend on how many chains run beside
it, on the number of threads, or on where a run was interrupted.  All arithmetic is on
unsigned 32-bit integers, so that NumPy, numba and JavaScript (``Math.imul``) give the
same bits.

Two steps.  The address without the unit is absorbed word by word into a key of two
32-bit words; the unit's index is then hashed under that key.  The mixing rounds are
xor-shift-multiply with the constants of C. Wellons' "lowbias32" (2018).  Counter-based
generators: J. Salmon et al. (2011), doi:10.1145/2063384.2063405.

Two uses of random numbers stay apart by their stream (`Stream`), or share the streams
of the units and stay apart by their sweeps (`SWEEPS`).  Both are registered in
`addresses`, and nowhere else; `words` has the hash, `distributions` what is made of it.
"""

from rbmlib.randomness.addresses import (
    CHOICES,
    FLIPS,
    HIDDEN,
    ISING,
    ISING_CLUSTERS,
    ISING_REPLICAS,
    ISING_STRIPS,
    MODE_STARTS,
    MODES,
    NOISE,
    POTTS_CONTACTS,
    POTTS_COUPLINGS,
    POTTS_FIELDS,
    POTTS_STATES,
    PROTOTYPES,
    REFERENCE,
    SHUFFLE,
    START,
    SWAP,
    SWEEPS,
    VISIBLE,
    WEIGHTS,
    Stream,
    address_of,
    check_seed,
)
from rbmlib.randomness.distributions import (
    bell,
    normals,
    permutation,
    uniforms,
)
from rbmlib.randomness.words import (
    GOLDEN,
    KEY_START,
    MULTIPLY_1,
    MULTIPLY_2,
    absorb,
    draw,
    draw_at,
    draws,
    keys,
    stream_key,
    sweep_key,
)

__all__ = [
    "CHOICES",
    "FLIPS",
    "GOLDEN",
    "HIDDEN",
    "ISING",
    "ISING_CLUSTERS",
    "ISING_REPLICAS",
    "ISING_STRIPS",
    "KEY_START",
    "MODES",
    "MODE_STARTS",
    "MULTIPLY_1",
    "MULTIPLY_2",
    "NOISE",
    "POTTS_CONTACTS",
    "POTTS_COUPLINGS",
    "POTTS_FIELDS",
    "POTTS_STATES",
    "PROTOTYPES",
    "REFERENCE",
    "SHUFFLE",
    "START",
    "SWAP",
    "SWEEPS",
    "Stream",
    "VISIBLE",
    "WEIGHTS",
    "absorb",
    "address_of",
    "bell",
    "check_seed",
    "draw",
    "draw_at",
    "draws",
    "keys",
    "normals",
    "permutation",
    "stream_key",
    "sweep_key",
    "uniforms",
]
