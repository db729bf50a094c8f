"""What a demo takes from Python, from a notebook's page and from an address."""

import base64
import json
import re
from urllib.parse import quote

import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st
from py_mini_racer import JSEvalException

from engine import Engine
from rbmlib.demos import (
    DEMOS,
    Couplings,
    Ising,
    Machine,
    Mixing,
    Modes,
    Phases,
    Training,
)
from rbmlib.demos.base import script_text

NONSENSE = [None, True, -1, 0.5, 10**9, 10**400, np.nan, np.inf, "", "2.0", b"1", []]
NONSENSE += [
    {},
    [[1]],
    [[1, 2], [3]],
    np.ones(2),
    np.int64(3),
    1j,
    object(),
    "x" * 1000,
]
GIVEN = {"controls", "presets", "shared"}


@pytest.fixture(scope="module", params=DEMOS, ids=lambda demo: demo.__name__)
def demo(request):
    return request.param()


@pytest.fixture(scope="module")
def v8():
    engine = Engine(Mixing)
    yield engine
    engine.v8.close()


def test_a_setting_takes_a_value_or_says_what_it_takes(demo):
    for name in demo.settings():
        before = getattr(demo, name)
        for value in NONSENSE:
            try:
                setattr(demo, name, value)
            except traitlets.TraitError as error:
                assert str(error).startswith(f"{name} must be ")
                assert str(error).endswith(f"got {value!r}")
                assert getattr(demo, name) == before
            else:
                script_text(demo.values())  # still JSON, and finite
                setattr(demo, name, before)


@pytest.mark.parametrize(
    ("kind", "setting", "message"),
    [
        (Ising, {"temperature": np.nan}, "a finite number from 0.1 to 10.0, got nan"),
        (Ising, {"temperature": 10.000001}, "from 0.1 to 10.0, got 10.000001"),
        (Ising, {"size": "64"}, "one of 32, 64, 128, 256, got '64'"),
        (Ising, {"warm_up": 10**9}, "a whole number from 0 to 2000, got 1000000000"),
        (Training, {"k": 10**9}, "a whole number from 1 to 100, got 1000000000"),
        (Phases, {"warm_up": 10**9}, "a whole number from 0 to 2000, got"),
        (Machine, {"sweeps_per_frame": 10**9}, "a whole number from 1 to 10000, got"),
        (Machine, {"selected": "W 9 9"}, "one of 'W 0 0', 'W 0 1'"),
        (Machine, {"W": [[1.0] * 3] * 3}, "numbers from -8192 to 8192 of shape (4, 3)"),
        (Machine, {"a": [np.inf] * 4}, "of shape (4,), got [inf, inf, inf, inf]"),
        (Machine, {"v": [0, 1, 2, 0]}, "whole numbers from 0 to 1 of shape (4,), got"),
        (Modes, {"drawing": "0" * 63 + "2"}, "64 digits 0 or 1, got '000"),
        (Couplings, {"triples": [0] * 15}, "whole numbers from -1 to 1 of shape (20,)"),
    ],
)
def test_a_demo_is_not_made_with_what_it_cannot_be(kind, setting, message):
    (name,) = setting
    with pytest.raises(traitlets.TraitError, match=re.escape(message)) as error:
        kind(**setting)
    assert str(error.value).startswith(f"{name} must be ")


def test_a_name_that_is_no_setting_is_refused():
    with pytest.raises(TypeError, match=r"temperature.*, got temprature$"):
        Ising(temprature=2.0)


def test_what_the_demo_fills_itself_is_read_only(demo):
    for name in GIVEN:
        with pytest.raises(traitlets.TraitError, match=name):
            setattr(demo, name, type(getattr(demo, name))())


def test_numbers_of_numpy_are_stored_as_those_of_python():
    ising = Ising(size=np.int64(64), temperature=np.float32(2.5), seed=np.uint8(3))
    assert [type(x) for x in (ising.size, ising.temperature, ising.seed)] == [
        int,
        float,
        int,
    ]
    machine = Machine(W=np.ones((4, 3)), v=np.array([0, 1, 0, 1]))
    assert machine.W == [[1.0] * 3] * 4 and machine.v == [0, 1, 0, 1]


def test_nonsense_from_the_page_is_refused_and_answered(demo, monkeypatch):
    sent = []
    monkeypatch.setattr(demo, "send_state", lambda key=None: sent.append(key))
    before = demo.values()
    for value in [None, "x", [], {}, [[None]], "1e9", {"length": 3}]:
        told = {name: value for name in before if name != "running"}
        demo.set_state(told | {"bogus": 1, "__class__": 2, "running": not demo.running})
        assert {"running": before["running"]} | demo.values() == before | {
            "running": demo.running
        }
        assert set(sent.pop()) == set(told)
    demo.set_state({"seed": 5, "presets": []})
    assert demo.seed == 5 and demo.presets == before["presets"]
    demo.seed = before["seed"]


# What an address may set, in V8


def read(v8, text, shared, own=None):
    arguments = ", ".join(json.dumps(x) for x in (text, shared, own or {}))
    return v8(f"readState({arguments})")


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.dictionaries(
            st.sampled_from(["seed", "W", "size", "__proto__", "constructor", "x"]),
            st.recursive(
                st.none()
                | st.booleans()
                | st.floats(allow_nan=False)
                | st.text(max_size=9),
                lambda inner: st.lists(inner, max_size=4),
                max_leaves=9,
            ),
        ).map(lambda state: quote(json.dumps(state))),
    )
)
def test_any_text_gives_settings_within_their_limits(v8, text):
    shared = {
        "seed": {"kind": "number", "min": 0, "max": 9, "whole": True},
        "W": {"kind": "numbers", "shape": [1, 2], "min": -1, "max": 1, "whole": False},
        "size": {"kind": "choice", "options": [32, "a"]},
    }
    found = read(v8, text, shared)
    state = found.get("state", {})
    assert set(state) <= set(shared) and len(found["refusal"]) < 700
    assert state.get("seed", 0) in range(10) and state.get("size", 32) in (32, "a")
    W = np.array(state.get("W", [[0, 0]]), float)
    assert W.shape == (1, 2) and np.abs(W).max() <= 1


# Packed data


def test_packed_data_of_another_length_are_refused(v8):
    text = base64.b64encode(bytes(5)).decode()
    assert v8(f"[...bytesOf({json.dumps(text)}, 5)]") == [0] * 5
    machine = {"W": text, "pixels": [0], "a": [0] * 196, "b": [0] * 64, "exponent": 1}
    for call in (
        f"bytesOf({json.dumps(text)}, 6)",
        f"unpackClassifier({json.dumps(text)}, 196)",
        f"unpackMachine({json.dumps(machine)})",
    ):
        with pytest.raises(JSEvalException, match=r"holds 5 bytes in the place of \d+"):
            v8(call)


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "&<>\"'\\", "\u2028é"])
def test_json_in_a_script_is_only_a_text(v8, text):
    written = script_text({"label": [text]})
    assert "<" not in written and v8(written[9:-1]) == [text]
