"""One register of random addresses: no two uses share a stream, or its sweeps."""

import ast
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import rbmlib
from rbmlib import likelihood, randomness, sampling, training
from rbmlib.randomness import SWEEPS, Stream
from rbmlib.rbm import RBM
from rbmlib.tempering import exchange

PACKAGE = Path(rbmlib.__file__).parent
NAMES = set(Stream.__members__)
# Bits that readers have seen: a stream may be added, none may be renumbered.
ORDER = """
    HIDDEN VISIBLE START SHUFFLE WEIGHTS ISING REFERENCE SWAP
    ISING_STRIPS ISING_REPLICAS ISING_CLUSTERS MODES NOISE
""".split()
NUMBERS = {name: number for number, name in enumerate(ORDER)}
NUMBERS |= {"PROTOTYPES": 64, "CHOICES": 65, "FLIPS": 66, "MODE_STARTS": 67}
POTTS = ["POTTS_CONTACTS", "POTTS_COUPLINGS", "POTTS_FIELDS", "POTTS_STATES"]
NUMBERS |= {name: number for number, name in enumerate(POTTS, 68)}
NUMBERS |= {"COURSE": 72, "SPIN_SETS": 73, "SPIN_SIGNS": 74, "SPIN_STATES": 75}


def test_streams_are_distinct_and_keep_their_numbers():
    assert len(set(Stream)) == len(NAMES)
    assert all(Stream[name] == number for name, number in NUMBERS.items())
    assert all(getattr(randomness, name) is Stream[name] for name in NAMES)


def test_ranges_of_sweeps_are_disjoint():
    for one, other in combinations(SWEEPS.values(), 2):
        assert one.stop <= other.start or other.stop <= one.start
    assert SWEEPS["runs"].start == 0
    assert all(r.step == 1 and 0 <= r.start < r.stop <= 2**32 for r in SWEEPS.values())


# Nobody else defines a stream


def positions_of_stream(tree):
    """Return where functions of a module take a stream, by their names."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
            if "stream" in names:
                found[node.name] = names.index("stream")
    return found


RANDOMNESS = positions_of_stream(ast.parse((PACKAGE / "randomness.py").read_text()))
UNITS = positions_of_stream(ast.parse((PACKAGE / "units" / "unit.py").read_text()))


def streams_passed(source):
    """Yield (line, code) of each argument that a module passes as a stream."""
    tree = ast.parse(source)
    own = positions_of_stream(tree)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "rbmlib.randomness"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        name = called.split(".")[-1]
        far = called.startswith("randomness.") or called in imported
        position = (RANDOMNESS if far else own).get(name)
        if re.search(r"(unit|visible|hidden)\.draw(_at)?$", called):
            position = UNITS[name]
        if position is not None:
            named = [k.value for k in node.keywords if k.arg == "stream"]
            argument = [*node.args[position : position + 1], *named][0]
            yield node.lineno, ast.unparse(argument)


def unregistered(source):
    """Return the arguments that are neither in the register nor handed through."""
    return [
        (line, code)
        for line, code in streams_passed(source)
        if code not in ("stream", "_U(stream)") and code.split(".")[-1] not in NAMES
    ]


def assigned(source):
    """Return the names that a module gives a value."""
    nodes = ast.walk(ast.parse(source))
    return {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def test_every_stream_of_the_library_is_in_the_register():
    sources = {path: path.read_text() for path in PACKAGE.rglob("*.py")}
    seen = {path.name for path, text in sources.items() if [*streams_passed(text)]}
    assert {"gibbs.py", "bit_machine.py", "path.py", "synthetic.py", "local.py"} <= seen
    for path, text in sources.items():
        assert not unregistered(text), path
        if path != PACKAGE / "addresses.py":
            assert not assigned(text) & NAMES, path


@pytest.mark.parametrize(
    "planted",
    [
        "from rbmlib import randomness\nrandomness.draws(1, 67, 0, [0], 3)",
        "from rbmlib.randomness import bell\nMINE = 99\nbell(1, MINE, 3)",
        "from rbmlib import randomness\nrandomness.keys(1, sweep=0, stream=5)",
        "def _mine(seed, stream): pass\n_mine(0, 1 + 1)",
    ],
)
def test_an_unregistered_stream_is_found(planted):
    assert len(unregistered(planted)) == 1


def test_demos_use_the_numbers_of_the_register():
    declared = {}
    for path in (PACKAGE / "demos").glob("*.js"):
        text = path.read_text()
        for name, number in re.findall(r"\b([A-Z_]+) = (\d+)[,;]", text):
            if (name := {"CLUSTERS": "ISING_CLUSTERS"}.get(name, name)) in NAMES:
                declared[name] = int(number)
        used = re.findall(r"\b(?:keyOf|bell)\([\w.()\"]+, ([\w]+)", text)
        assert {x for x in used if x != "stream"} <= NAMES | {"CLUSTERS"}, path
    assert len(declared) >= 9
    assert all(Stream[name] == number for name, number in declared.items())


# Nobody leaves the sweeps that are his

MACHINE = RBM.random(4, 3, scale=0.5, seed=0)
V = np.zeros((2, 4))


def addresses(monkeypatch):
    """Return a list that fills with the sweeps of HIDDEN and VISIBLE in use."""
    used = []
    for name in ("sweep_key", "normals"):
        right = getattr(randomness, name)

        def watched(seed, stream, sweep, *rest, right=right):
            used.append((stream, sweep))
            return right(seed, stream, sweep, *rest)

        monkeypatch.setattr(randomness, name, watched)
    return used


def test_each_user_stays_in_its_range(monkeypatch):
    used = addresses(monkeypatch)
    runs = {
        "runs": lambda: sampling.gibbs(MACHINE, V, 3, seed=0),
        "exchange": lambda: exchange([MACHINE] * 3, V, 4, n_sweeps=2, seed=0),
        "annealing": lambda: likelihood.trajectory_ais([MACHINE], n_chains=2, seed=0),
        "reverse annealing": lambda: likelihood.reverse_ais(
            MACHINE, V, n_temperatures=5, seed=0
        ),
    }
    for name, run in runs.items():
        used.clear()
        run()
        assert used and {stream for stream, _ in used} == {
            Stream.HIDDEN,
            Stream.VISIBLE,
        }
        start = set() if name != "annealing" else set(SWEEPS["annealing start"])
        assert all(sweep in SWEEPS[name] or sweep in start for _, sweep in used)
        assert len(set(used)) == len(used)  # each address once


@pytest.mark.parametrize(
    ("first_sweep", "n_sweeps"), [(2**30, 1), (2**30 - 1, 2), (2**31, 5), (2**32, 1)]
)
def test_ordinary_runs_do_not_enter_the_ranges_of_others(first_sweep, n_sweeps):
    for run in (
        lambda: sampling.gibbs(MACHINE, V, n_sweeps, 0, first_sweep=first_sweep),
        lambda: next(
            sampling.record(MACHINE, V, [n_sweeps], 0, min, first_sweep=first_sweep)
        ),
    ):
        with pytest.raises(ValueError, match=r"sweep must be in \[0, 2\^(30|32)\)"):
            run()
    last, _ = sampling.gibbs(MACHINE, V, 1, 0, first_sweep=2**30 - 1)
    assert last.shape == V.shape


def test_training_and_exchange_are_refused_before_they_run_out_of_sweeps():
    data = np.tile([[1, 0, 1, 0], [0, 1, 1, 0]], (5, 1))
    with pytest.raises(ValueError, match="n_updates must be at most 1 at k=1073741824"):
        training.train(
            MACHINE, data, k=2**30, n_updates=2, batch_size=5, learning_rate=1, seed=0
        )
    with pytest.raises(ValueError, match="at most 536870912 sweeps of all machines"):
        exchange([MACHINE] * 3, V, 2**20, n_sweeps=2**9, seed=0)
