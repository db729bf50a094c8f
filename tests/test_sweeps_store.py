"""Stores of sweeps: they answer for one task only, and what is in them is whole."""

import functools
import json
import re
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from rbmlib import sweeps
from rbmlib.sweeps.identity import identify
from rbmlib.sweeps.store import Store, plain

FACTOR = 1
calls = []


def square(setting):
    calls.append(setting["x"])
    if setting["x"] == 3 and setting.get("fail"):
        raise KeyboardInterrupt
    return setting["x"] ** 2


def cube(setting):
    return setting["x"] ** 3


def scaled(setting):
    return [helper(x) * FACTOR for x in setting["x"]]


def helper(x):
    return x + 1


def power(setting, n):
    return setting["x"] ** n


def broken(setting):
    return 1 / setting["x"]


def thirds(setting):
    return {"x": setting["x"] / 3, "rows": np.arange(2) / 3, "one": np.float32(0.1)}


def run(task, xs, store=None, **more):
    return sweeps.run(task, [{"x": x, **more} for x in xs], store=store, progress=False)


@pytest.fixture
def store(tmp_path):
    calls.clear()
    return tmp_path / "deep" / "done.jsonl"


def test_an_interrupted_sweep_goes_on(store, caplog):
    assert run(square, (1, 2, 4), store) == [1, 4, 16]
    text = store.read_text()
    with store.open("a") as file:  # the process died while it wrote
        file.write(text.splitlines()[-1][:30])
    calls.clear()
    assert run(square, (5, 1, 2, 4, 6), store) == [25, 1, 4, 16, 36]
    assert calls == [5, 6]
    assert f"{store}: the last line was cut short" in caplog.text
    assert run(square, (5, 1, 2, 4, 6), store) == [25, 1, 4, 16, 36]
    assert calls == [5, 6] and store.read_text().startswith(text)


def test_what_was_finished_before_an_interrupt_is_kept(store):
    settings = [{"x": 1}, {"x": 2}, {"x": 3, "fail": True}]
    with pytest.raises(KeyboardInterrupt):
        sweeps.run(square, settings, store=store, progress=False)
    calls.clear()
    assert run(square, (1, 2), store) == [1, 4] and calls == []


def test_a_killed_process_loses_only_what_it_was_doing(store):
    script = (
        "import sys, time; sys.path.insert(0, 'tests')\n"
        "from test_sweeps_store import square, run\n"
        "run(square, range(10), sys.argv[1]); print('ready', flush=True)\n"
        "from rbmlib.sweeps.store import Store\n"
        "from rbmlib.sweeps.identity import identify\n"
        "kept = Store(sys.argv[1], *identify(square))\n"
        "for x in range(10, 10**6): kept.add('{\"x\": %d}' % x, str(x * x))\n"
    )
    command = [sys.executable, "-c", script, str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        ours = Store(store, *identify(square))  # a second writer, meanwhile
        for x in range(2_000_000, 2_000_100):
            ours.add(f'{{"x": {x}}}', str(x * x))
        process.send_signal(signal.SIGKILL)
    xs = [*range(10), *range(2_000_000, 2_000_100)]
    assert run(square, xs, store) == [x * x for x in xs]
    assert calls == []
    assert all(json.loads(line) for line in store.read_text().splitlines())


def test_two_threads_mix_no_lines(store):
    def write(start):
        kept = Store(store, "task", "code")
        for x in range(start, start + 100):
            kept.add(f'{{"x": {x}}}', json.dumps([x] * 500))

    threads = [threading.Thread(target=write, args=(k,)) for k in (0, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Store(store, "task", "code").results) == 200
    assert len(store.read_text().splitlines()) == 201


# Whose store it is


def test_the_store_of_another_task_is_refused(store):
    run(square, (1, 2), store)
    message = f"of the task {__name__}.cube, {store} is of {__name__}.square;"
    with pytest.raises(ValueError, match=re.escape(message)):
        run(cube, (1, 2), store)


def test_a_line_of_another_task_is_damage(store):
    run(square, (1, 2), store)
    run(cube, (1, 2), store.with_name("cubes"))
    with store.open("a") as file:
        file.write(store.with_name("cubes").read_text().splitlines()[-1] + "\n")
    with pytest.warns(UserWarning, match=rf"{re.escape(str(store))}: line 4 is dam"):
        assert run(square, (1, 2), store) == [1, 4]


@pytest.mark.parametrize("change", ["FACTOR", "helper"])
def test_a_task_with_other_constants_or_helpers_is_another(store, monkeypatch, change):
    assert run(scaled, ([1, 2],), store) == [[2, 3]]
    monkeypatch.setitem(globals(), change, {"FACTOR": 2, "helper": abs}[change])
    with pytest.raises(ValueError, match="scaled with another code or constants;"):
        run(scaled, ([1, 2],), store)


def test_partials_and_closures_are_known_by_their_values(store):
    def to_the(n):
        return lambda setting: setting["x"] ** n

    for two, three in (
        (functools.partial(power, n=2), functools.partial(power, n=3)),
        (to_the(2), to_the(3)),
    ):
        assert identify(two) == identify(two) != identify(three)
    assert run(functools.partial(power, n=2), (3,), store) == [9]
    with pytest.raises(ValueError, match="another code or constants"):
        run(functools.partial(power, n=3), (3,), store)


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (dict, "<class 'dict'> is no function"),
        ({}.get, "is no function"),
        (eval("lambda setting: 1"), "the text of <lambda> is in no file"),
        (functools.partial(power, n=object()), "it holds <object object"),
    ],
)
def test_a_task_that_a_store_cannot_know_is_refused(store, task, reason):
    with pytest.raises(TypeError, match=f"^task must be a function .*{reason}"):
        run(task, (1,), store)
    assert not store.exists()


@pytest.mark.parametrize("line", ['["{\\"x\\": 1}", 1]', "[]", "no JSON", ""])
def test_a_store_that_names_no_task_is_refused_and_kept(store, line):
    store.parent.mkdir()
    store.write_text(line + "\n")
    message = f"names its task in line 1, {re.escape(str(store))} does not.*remove it"
    with pytest.raises(ValueError, match=message):
        run(square, (1,), store)
    assert store.read_text() == line + "\n"


# Damage


def test_every_damaged_line_is_computed_again_with_a_warning(store):
    run(square, range(4), store)
    lines = store.read_text().splitlines()
    half = lines[1][:9]
    other = lines[2].replace('"result": 1', '"result": 2')
    assert other != lines[2]
    store.write_text("\n".join([lines[0], half, other, "3", *lines[4:]]) + "\n")
    calls.clear()
    with pytest.warns(UserWarning, match="is damaged; its result") as caught:
        assert run(square, range(4), store) == [0, 1, 4, 9]
    found = [re.search(r"line (\d+)", str(w.message))[1] for w in caught]
    assert found == ["2", "3", "4"] and calls == [0, 1, 2]


def test_another_result_of_the_same_setting_is_named(store):
    kept = Store(store, "task", "code")
    kept.add('{"x": 1}', "1")
    kept.add('{"x": 1}', "2")
    with pytest.warns(UserWarning, match="line 3 has another result"):
        assert Store(store, "task", "code").results == {'{"x": 1}': "1"}


# Settings and results


def test_results_keep_every_digit_and_are_independent(store):
    for _ in range(2):
        first, second = run(thirds, (1.0, 1.0), store)
        assert first == {
            "x": 1 / 3,
            "rows": [0.0, 1 / 3],
            "one": float(np.float32(0.1)),
        }
        first["rows"].append(1)
        assert second["rows"] == [0.0, 1 / 3]
    assert len(store.read_text().splitlines()) == 2  # equal settings once


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1: 2}, r"x must have texts as keys, got 1"),
        ([0, 1j], r"x\[1\] must be what JSON holds.*got 1j of complex"),
        (np.array([1j, 2]), "got an array of complex128"),
        (np.ma.array([1.0], mask=[True]), "of MaskedArray"),
        (np.longdouble(1) / 3, "of longdouble"),
        ({"y": {1, 2}}, r"x\['y'\] must be what JSON holds"),
    ],
)
def test_what_json_would_change_is_refused(value, message):
    with pytest.raises(TypeError, match=message):
        plain(value, "x")


def test_what_is_no_setting_is_refused():
    with pytest.raises(TypeError, match=r"settings\[1\] must be a dict, got 2"):
        sweeps.run(square, [{"x": 1}, 2], progress=False)
    with pytest.raises(
        TypeError, match=r"settings\[0\]\['x'\] must be what JSON holds"
    ):
        run(square, (object(),))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_failing_task_names_its_setting(n_jobs):
    with pytest.raises(ZeroDivisionError) as caught:
        sweeps.run(broken, [{"x": 1}, {"x": 0}], n_jobs=n_jobs, progress=False)
    assert caught.value.__notes__ == ['the setting of this task: {"x": 0}']
