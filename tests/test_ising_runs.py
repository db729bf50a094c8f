"""The arguments that all samplers share: written out, and accepted as written."""

import inspect

import numpy as np
import pytest

from rbmlib.ising import heat_bath, metropolis, swendsen_wang, wolff

SHARED = {
    "h": 0.0,
    "n_chains": 1,
    "start": "random",
    "first_sweep": 0,
    "first_chain": 0,
    "interval": 1,
    "n_threads": 1,
}
OWN = {heat_bath: {"kernel": "bytes"}, metropolis: {"kernel": "bytes"}}


@pytest.mark.parametrize("sampler", [heat_bath, metropolis, wolff, swendsen_wang])
def test_signature_and_docstring_name_every_argument(sampler):
    parameters = inspect.signature(sampler).parameters.values()
    options = SHARED | OWN.get(sampler, {})
    names = ["L", "T", "n_sweeps", "seed", *options]
    assert [p.name for p in parameters] == names
    assert [p.default for p in parameters][4:] == list(options.values())
    assert {p.kind.name for p in list(parameters)[4:]} == {"KEYWORD_ONLY"}
    described = inspect.getdoc(sampler).partition("Parameters\n----------\n")[2]
    described, _, rest = described.partition("\n\nReturns\n")
    heads = [line for line in described.splitlines() if not line.startswith(" ")]
    assert ", ".join(head.split(" : ")[0] for head in heads) == ", ".join(names)
    assert "Raises\n------" in rest
    # What the signature says is what a call means.
    call = {"L": 4, "T": 2.0, "n_sweeps": 3, "seed": 1}
    written, short = sampler(**call, **options), sampler(4, 2.0, 3, 1)
    assert np.array_equal(written.spins, short.spins)
    with pytest.raises(TypeError, match="unexpected keyword argument 'n_chain'"):
        sampler(**call, n_chain=2)
