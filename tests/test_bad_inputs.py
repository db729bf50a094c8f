"""A bad argument is refused where it enters: name, value and what was expected.

Every public function is found by introspection, so that a new one cannot be forgotten;
its valid call is one of its examples, and each argument of it is spoiled in turn by
generated values (`kinds`).
"""

import pytest

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


@pytest.mark.parametrize("room", public.ROOMS)
def test_every_argument_has_a_kind_and_every_function_an_example(room):
    calls = calls_of(room)
    assert [name for name in with_arguments(room) if name not in calls] == []
    for name in with_arguments(room):
        for parameter in PUBLIC[name].parameters:
            kinds.kind_of(name, parameter)


@pytest.mark.parametrize("room", public.ROOMS)
def test_bad_inputs_are_refused_clearly(room):
    unclear = []
    for name in with_arguments(room):
        thing, call = PUBLIC[name], calls_of(room)[name]
        for parameter in bad_inputs.spoilable(thing):
            for value, answer in bad_inputs.answers(thing, call, parameter, EACH):
                if answer.verdict != "clear":
                    unclear.append(f"{name}({parameter}={value!r:.50}): {answer}")
    assert unclear == []


@pytest.mark.parametrize("room", public.ROOMS)
def test_the_answer_does_not_depend_on_how_an_array_lies_in_memory(room):
    other = [
        f"{name}({parameter}: {form}): {text}"
        for name, call in calls_of(room).items()
        for parameter, form, text in array_forms.differences(PUBLIC[name], call)
    ]
    assert other == []
