"""Alternating Gibbs sampling, the same bits on every machine.

`gibbs` defines the chain and runs it, `sample` does so from noise, `conditional` with
some units known;
`sampler` has the fast paths of one machine; `logistic` is the decision "is this unit
on?", `kernels` the products of bits with numbers.
"""

from rbmlib.sampling.conditional import check_known, condition, conditional
from rbmlib.sampling.gibbs import (
    check_start,
    gibbs,
    random_start,
    record,
    reference_gibbs,
)
from rbmlib.sampling.sampler import Sampler
from rbmlib.sampling.samples import sample

__all__ = [
    "Sampler",
    "check_known",
    "check_start",
    "condition",
    "conditional",
    "gibbs",
    "random_start",
    "record",
    "reference_gibbs",
    "sample",
]
