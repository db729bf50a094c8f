"""A bad argument is refused where it enters: name, value and what was expected.

Every public function is found by introspection, so that a new one cannot be forgotten;
its valid call is one of its examples, and each argument of it is spoiled in turn by
generated values (`kinds`).
"""

import numpy as np

import array_forms
import bad_inputs
import kinds
import public

EACH = 20  # bad values for each argument
PUBLIC = public.public()
CALLS = {}


def calls_of(room):
    """Return the valid calls of a room, from its examples, run once a process."""
    if room not in CALLS:
        things = {k: v for k, v in PUBLIC.items() if k.split(".")[0] == room}
        CALLS[room] = public.harvest(things, [room])
    return CALLS[room]


def with_arguments(room):
    return [
        name
        for name, thing in PUBLIC.items()
        if name.split(".")[0] == room and thing.parameters
    ]


class Refusals:
    """What is asked of each room; a class for each, so that they run side by side."""

    room = None

    def test_every_argument_has_a_kind_and_every_function_an_example(self):
        calls = calls_of(self.room)
        assert [name for name in with_arguments(self.room) if name not in calls] == []
        for name in with_arguments(self.room):
            for parameter in PUBLIC[name].parameters:
                kinds.kind_of(name, parameter)

    def test_bad_inputs_are_refused_clearly(self):
        unclear = []
        for name in with_arguments(self.room):
            thing, call = PUBLIC[name], calls_of(self.room)[name]
            for parameter in bad_inputs.spoilable(thing):
                for value, answer in bad_inputs.answers(thing, call, parameter, EACH):
                    if answer.verdict != "clear":
                        unclear.append(f"{name}({parameter}={value!r:.50}): {answer}")
        assert unclear == []

    def test_the_answer_does_not_depend_on_how_an_array_lies_in_memory(self):
        other = [
            f"{name}({parameter}: {form}): {text}"
            for name, call in calls_of(self.room).items()
            for parameter, form, text in array_forms.differences(PUBLIC[name], call)
        ]
        assert other == []


for room in public.ROOMS:
    name = "Test" + room.title().replace("_", "")
    globals()[name] = type(name, (Refusals,), {"room": room})


def test_shorter_work_is_that_of_functions_that_exist():
    assert set(array_forms.QUICK) <= set(PUBLIC)


def test_there_are_ten_thousand_bad_inputs():
    arguments = sum(
        len(bad_inputs.spoilable(thing))
        for name, thing in PUBLIC.items()
        if thing.parameters
    )
    assert EACH * arguments >= 10_000


def test_the_judge_is_strict():
    clear = bad_inputs._is_clear
    assert clear("n must be at least 1, got 0", "n", 0)
    assert clear("x must have shape (3,), got (2,)", "x", np.zeros(2))
    for message in (
        "must be at least 1, got 0",  # which argument?
        "n: got 0",  # what was expected?
        "n must be at least 1",  # what was it?
        "n must be at least 1, got it",
        "len_n must be at least 1, got 0",
    ):
        assert not clear(message, "n", 0)
