"""The stored form of a notebook depends on its code and results alone."""

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import normalise

CODE = """
import sys
import matplotlib.pyplot as plt
for line in range(3):
    print(line, flush=True)
fig = plt.figure()
"""


def store(path, *cells):
    notebook = new_notebook(cells=list(cells), metadata={"editor": "some", "toc": {}})
    nbformat.write(notebook, path)
    return path


def test_second_execution_changes_nothing(tmp_path):
    cells = (
        new_markdown_cell("# Title\n"),
        new_code_cell(CODE),
        new_code_cell("1 + 1\n"),
    )
    path = store(tmp_path / "a.ipynb", *cells)
    assert normalise.renew(path).endswith("changed")
    first = path.read_bytes()
    assert normalise.renew(path).endswith("unchanged")
    assert path.read_bytes() == first

    title, plot, total = nbformat.read(path, as_version=4).cells
    assert [plot.execution_count, total.execution_count] == [1, 2]
    assert plot.outputs[0].text == "0\n1\n2\n"
    assert plot.metadata == {}


def test_warning_stops_the_notebook_and_leaves_the_file(tmp_path, capsys):
    warning = "import numpy as np\nnp.log(np.zeros(1))"
    path = store(tmp_path / "a.ipynb", new_code_cell(warning))
    before = path.read_bytes()
    assert normalise.main([str(path)]) == 1
    assert "divide by zero encountered" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_error_names_its_cell(tmp_path):
    path = store(tmp_path / "a.ipynb", new_code_cell("1 / 0"))
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        normalise.renew(path)


def test_only_author_metadata_are_kept():
    figure = {"image": {"alt": "what the figure shows"}}
    noise = {"execution": {"iopub.status.busy": "now"}, "collapsed": True}
    cell = new_code_cell(
        "x = 1", metadata={"tags": ["remove-cell"], "mystnb": figure} | noise
    )
    notebook = new_notebook(cells=[cell], metadata={"widgets": {}})
    normalise.normalise(notebook)
    assert cell.metadata == {"tags": ["remove-cell"], "mystnb": figure}
    assert notebook.metadata == normalise.METADATA


def test_announced_exception_shows_its_message_without_paths(tmp_path):
    cell = new_code_cell("int('two')", metadata={"tags": ["raises-exception"]})
    path = store(tmp_path / "a.ipynb", cell)
    normalise.renew(path)
    (error,) = nbformat.read(path, as_version=4).cells[0].outputs
    message = "ValueError: invalid literal for int() with base 10: 'two'"
    assert error.traceback == [message]


def test_ids_follow_the_text():
    texts = ["a = 1", "b = 2", "a = 1"]
    notebooks = [
        new_notebook(cells=[new_code_cell(t) for t in texts]) for _ in range(2)
    ]
    for notebook in notebooks:
        normalise.normalise(notebook)
    ids = [[cell.id for cell in notebook.cells] for notebook in notebooks]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_widget_view_goes_only_where_html_stays():
    view = {normalise.WIDGET_VIEW: {"model_id": "1"}, "text/plain": "Demo()"}
    live = new_output("display_data", data=view | {"text/html": "<div></div>"})
    dead = new_output("display_data", data=view)
    for output in (live, dead):
        normalise.drop_widget_view(output)
    assert set(live.data) == {"text/html", "text/plain"}
    assert normalise.WIDGET_VIEW in dead.data


def test_unknown_path_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="expected a notebook"):
        list(normalise.notebooks([tmp_path / "missing.ipynb"]))
