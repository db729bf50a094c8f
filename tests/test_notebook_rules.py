"""Each rule of the gate passes a sound notebook and catches a planted defect."""

import copy

import pytest

import chapter_rules
import notebook_rules

ALT = "A curve that falls from one to zero as the temperature passes its critical value"


def markdown(text):
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text}


def code(text, *outputs, **metadata):
    return {
        "cell_type": "code",
        "execution_count": 0,
        "id": "c",
        "metadata": metadata,
        "outputs": list(outputs),
        "source": text,
    }


def stream(text):
    return {"name": "stdout", "output_type": "stream", "text": text}


def bundle(**data):
    return {"data": data, "metadata": {}, "output_type": "display_data"}


FIGURE = bundle(
    **{"image/png": "iVBOR", "text/plain": "<Figure size 500x300 with 1 Axes>"}
)


def exercise(number, kind):
    label = f"ex-{number}"
    return [
        markdown(
            f"```{{exercise-start}} {kind}: a question\n:label: {label}\n```\n"
            "Why?\n\n**Tools:** paper.\n```{exercise-end}\n```\n\n"
            f"```{{solution-start}} {label}\n:label: sol-{number}\n"
            ":class: dropdown\n```\nBecause:"
        ),
        code("assert 1 + 1 == 2\nanswer = 1 + 1\nprint(answer)", stream("2\n")),
        code(
            f'with course.check("{label}", answer=answer):\n    assert answer == 2',
            stream(f"{label}: right\n"),
            stub=["answer: the sum, a number"],
            tags=["self-check"],
            wrong=["answer = 3"],
        ),
        markdown("```{solution-end}\n```"),
    ]


@pytest.fixture
def notebook():
    kinds = ["Concept", "Paper and pencil", "Code"] * 2
    cells = [
        markdown("# A chapter\n\n$$\nE = -W v h\n$$ (eq-energy)"),
        code("from rbmlib import course\n\nm = 0.5\nprint(m)", stream("0.5\n")),
        code("plot(m)", FIGURE, mystnb={"image": {"alt": ALT}}),
        code(
            "assert m < 1\nprint(m)",
            stream("m = 0.5000 +- 0.01\n"),
            checks=["eq-energy"],
        ),
    ]
    for number, kind in enumerate(kinds):
        cells += exercise(number, kind)
    notebook = copy.deepcopy({"cells": cells, "metadata": {}})
    for count, (_, cell) in enumerate(notebook_rules.code_cells(notebook), start=1):
        cell["execution_count"] = count
    return notebook


RULES = [
    *notebook_rules.EVERY_NOTEBOOK,
    *chapter_rules.EVERY_CHAPTER,
    chapter_rules.equations_tested,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_sound_notebook_passes(notebook, rule):
    assert list(rule(notebook)) == []


def unexecuted(nb):
    nb["cells"][1]["execution_count"] = None


def out_of_order(nb):
    nb["cells"][1]["execution_count"] = 7


def failed(nb):
    nb["cells"][1]["outputs"] = [{"output_type": "error", "ename": "ValueError"}]


def widget_state(nb):
    nb["metadata"]["widgets"] = {}


def dead_widget(nb):
    view = {notebook_rules.WIDGET_VIEW: {}, "text/plain": "Slider(value=1)"}
    nb["cells"][1]["outputs"] = [bundle(**view)]


def no_alt(nb):
    nb["cells"][2]["metadata"] = {}


def short_alt(nb):
    nb["cells"][2]["metadata"]["mystnb"]["image"]["alt"] = "a figure"


def lonely_figure(nb):
    nb["cells"][3]["outputs"] = []


def ignored_guard(nb):
    nb["cells"][3]["metadata"]["tags"] = ["nbval-ignore-output"]


def skipped(nb):
    nb["cells"][1]["metadata"]["tags"] = ["nbval-skip"]


def skipped_in_a_comment(nb):
    nb["cells"][1]["source"] = "# NBVAL_IGNORE_OUTPUT\nprint(m)"


def ignored_without_demo(nb):
    nb["cells"][1]["metadata"]["tags"] = ["nbval-ignore-output"]


def ignored_twice(nb):
    for place in (1, 3):
        nb["cells"][place]["metadata"]["tags"] = ["nbval-ignore-output"]
        nb["cells"][place]["outputs"] = [bundle(**{"text/html": "<div>demo 1</div>"})]


def long_cell(nb):
    nb["cells"][1]["source"] = "x = 1\n" * 31


def long_cells(nb):
    for _, cell in notebook_rules.code_cells(nb):
        cell["source"] = "x = 1\n" * 10


def hidden(nb):
    nb["cells"][1]["metadata"]["tags"] = ["hide-input"]
    nb["cells"][1]["source"] = "x = 1\n" * 20


def silent(nb):
    for _, cell in notebook_rules.code_cells(nb)[2:]:
        cell["outputs"] = []


def five_exercises(nb):
    del nb["cells"][-4:]


def one_kind_missing(nb):
    for cell in nb["cells"]:
        cell["source"] = cell["source"].replace("Paper and pencil", "Code")


def unnamed_kind(nb):
    nb["cells"][4]["source"] = nb["cells"][4]["source"].replace("Concept", "Think")


def unsolved(nb):
    start = nb["cells"][4]["source"]
    nb["cells"][4]["source"] = start[: start.index("```{solution-start}")]


def unfolded(nb):
    nb["cells"][4]["source"] = nb["cells"][4]["source"].replace(":class: dropdown", "")


def solution_without_code(nb):
    del nb["cells"][5]


def without_tools(nb):
    nb["cells"][4]["source"] = nb["cells"][4]["source"].replace("Tools", "With")


def without_self_check(nb):
    del nb["cells"][6]


def without_stub(nb):
    nb["cells"][6]["metadata"]["stub"] = []


def without_wrong_answer(nb):
    nb["cells"][6]["metadata"]["wrong"] = []


def check_of_another(nb):
    code = nb["cells"][6]["source"]
    nb["cells"][6]["source"] = code.replace('"ex-0"', '"ex-1"')


def check_that_looks_away(nb):
    nb["cells"][6]["metadata"]["stub"] += ["reason: why"]


def check_that_needs_the_solution(nb):
    nb["cells"][5]["source"] += "\ntwo = 2"
    nb["cells"][6]["source"] = nb["cells"][6]["source"].replace("== 2", "== two")


def check_that_replaces(nb):
    nb["cells"][6]["source"] += "\n    m = 1"


def unchecked(nb):
    for _, cell in notebook_rules.code_cells(nb):
        cell["source"] = cell["source"].replace("assert", "m =")


def untested_equation(nb):
    del nb["cells"][3]["metadata"]["checks"]


def unknown_equation(nb):
    nb["cells"][3]["metadata"]["checks"] += ["eq-energy-of-another"]


def checked_without_assertion(nb):
    nb["cells"][1]["metadata"]["checks"] = ["eq-energy"]


def glue_on_the_page(nb):
    nb["cells"][1]["source"] = "m = 0.5\nprint(m)\nglue('m', m)"


def work_off_the_page(nb):
    nb["cells"][1]["metadata"]["tags"] = ["remove-cell"]


def wide_print(nb):
    nb["cells"][1]["outputs"] = [stream("m = " + "0.5 " * 20)]


DEFECTS = {
    notebook_rules.executed_in_order: [unexecuted, out_of_order],
    notebook_rules.no_errors: [failed],
    notebook_rules.no_widget_state: [widget_state, dead_widget],
    notebook_rules.figures_described: [no_alt, short_alt],
    notebook_rules.figures_guarded: [lonely_figure, ignored_guard],
    notebook_rules.compared_everywhere: [
        skipped,
        skipped_in_a_comment,
        ignored_without_demo,
        ignored_twice,
    ],
    notebook_rules.short_cells: [long_cell, long_cells],
    notebook_rules.little_hidden: [hidden],
    chapter_rules.enough_compared: [silent],
    chapter_rules.enough_exercises: [five_exercises, one_kind_missing, unnamed_kind],
    chapter_rules.every_exercise_solved: [unsolved, unfolded, solution_without_code],
    chapter_rules.every_exercise_checked: [
        without_tools,
        without_self_check,
        without_stub,
        without_wrong_answer,
        check_of_another,
        check_that_looks_away,
        check_that_needs_the_solution,
        check_that_replaces,
    ],
    chapter_rules.checked_against_theory: [unchecked],
    chapter_rules.equations_tested: [
        untested_equation,
        unknown_equation,
        checked_without_assertion,
    ],
    notebook_rules.only_glue_is_removed: [glue_on_the_page, work_off_the_page],
    notebook_rules.narrow: [wide_print],
}


@pytest.mark.parametrize(
    ("rule", "plant"),
    [(rule, plant) for rule, plants in DEFECTS.items() for plant in plants],
    ids=lambda item: item.__name__,
)
def test_planted_defect_is_caught(notebook, rule, plant):
    plant(notebook)
    assert list(rule(notebook)) != []


@pytest.mark.parametrize(
    "stored",
    [
        "<function f at 0x7f26c32e6fc0>",
        "<rbmlib.rbm.RBM object>",
        "saved in /home/reader/machine.h5",
        r"saved in C:\Users\reader",
        "<ipython-input> ipykernel_4711/12.py",
        "trained in 12.3 s",
        "1.2 ms per sweep",
        "100%|#####|",
        "345 it/s",
        "RuntimeWarning: overflow",
        "log Z = 12.3456789",
        "log Z = 0.00012345678",
        "-1.2345678e-05",
    ],
)
@pytest.mark.parametrize(
    "place", ["stream", "traceback", "text/html", "text/plain", "glue"]
)
def test_unportable_text_is_caught(notebook, stored, place):
    kind = {"glue": "application/papermill.record/text/plain"}.get(place, place)
    output = bundle(**{kind: stored})
    if place == "stream":
        output = stream(stored)
    if place == "traceback":
        output = {"output_type": "error", "ename": "E", "traceback": [stored]}
    notebook["cells"][1]["outputs"] = [output]
    assert list(notebook_rules.portable_outputs(notebook)) != []


@pytest.mark.parametrize(
    "stored",
    [
        "log Z = -12.3456",
        "1797 images",
        "m/n",
        "0.000123456",
        "2.5e-06",
        "</td><td>1</td>",
    ],
)
def test_portable_text_passes(notebook, stored):
    notebook["cells"][1]["outputs"] = [bundle(**{"text/html": stored})]
    assert list(notebook_rules.portable_outputs(notebook)) == []


def test_program_of_a_demo_is_not_an_output(notebook):
    demo = "<div>demo</div><script>const seed = 0x9e3779b9, x = 0.123456789;</script>"
    notebook["cells"][1]["outputs"] = [bundle(**{"text/html": demo})]
    assert list(notebook_rules.portable_outputs(notebook)) == []


def test_announced_exception_passes(notebook):
    failed(notebook)
    notebook["cells"][1]["metadata"]["tags"] = ["raises-exception"]
    assert list(notebook_rules.no_errors(notebook)) == []


def test_heavy_notebook_is_caught():
    assert list(notebook_rules.light(notebook_rules.MAX_BYTES)) == []
    assert list(notebook_rules.light(notebook_rules.MAX_BYTES + 1)) != []


def test_every_rule_has_a_planted_defect():
    assert {*DEFECTS, notebook_rules.portable_outputs} == set(RULES)
