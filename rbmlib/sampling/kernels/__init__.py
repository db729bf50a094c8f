"""Gibbs sampling on bits: faster than the two matrix products, and the same bits.

A sweep is usually two matrix products and some random numbers.  But the inputs of the
products are bits, and that is worth more than a fast product.

* A state is one bit, 64 units in a word (`packing`).
* Four bits choose one of 16 subsets of four rows of W.  The 16 sums of these subsets
  are made once, and then every chain looks its sum up: one vector addition instead of
  four multiplications and additions (`tables`).  With ±1 units the 16 sums have signs.
  Tables of 64 rows and 32 columns fill the fastest cache, 32 KB; all chains pass
  through them before the next tables are made.
* The summed fields of a tile are still in cache when each is compared with its random
  number, a function of its address, and becomes a bit (`layers`, `decisions`).
* Vectors are values inside the kernels (`vectors`): LLVM makes of them the registers of
  AVX-512, AVX2, SSE or NEON.

The order of the additions differs from that of a matrix product.  On the grid
(`rbmlib.grid`) every partial sum is exact, also those with signs and those in a table:
each is a sum over some of a unit's weights, so below 2^24 steps.  So no bit changes.

The same product serves wherever bits meet numbers: the fields of annealed machines, and
the correlations ⟨v hᵀ⟩ of training, where a word holds one unit of 64 chains and the
rows are probabilities on a grid (`BitMachine.sums`).

Categorical visible units (`sites`) name rows of W by their states, and a row is
looked up as a sum in a table is (`site_layout`); their own fields come from the words
of the hidden units by the same tables, and 16 sites at a time choose their states with
one site in each lane of a vector (`site_layers`).

Chains are independent, so threads share them without any effect on the result.  No
linear-algebra library runs beside them: two libraries that both start threads on the
same cores slow each other down many times.  `bits_pay` knows when a plain product is
the better choice: few chains at a large machine, or few sweeps of a small one.
"""

from rbmlib.sampling.kernels.bit_machine import BitMachine, bits_pay, product
from rbmlib.sampling.kernels.sites import SiteMachine

__all__ = ["BitMachine", "SiteMachine", "bits_pay", "product"]
