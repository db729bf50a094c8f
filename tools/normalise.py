"""Execute notebooks and store them in one canonical form.

    python tools/normalise.py book               every notebook below book/
    python tools/normalise.py book/02_rbm.ipynb  one

Each notebook runs in a fresh kernel in its own folder, with warnings raised as errors.
What is written depends on the code and its results alone, not on the clock, the
kernel's version or the editor, so executing again without a change is an empty diff.
A notebook that fails is left as it was.
"""

import base64
import hashlib
import io
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image, ImageChops

CELL_METADATA = ("checks", "mystnb", "slideshow", "stub", "tags", "wrong")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
# A library's own deprecations are its authors' business; the notebook's are ours.
WARNINGS_AS_ERRORS = """
import warnings
warnings.simplefilter("error")
for _category in (DeprecationWarning, PendingDeprecationWarning):
    warnings.simplefilter("ignore", _category)
    warnings.filterwarnings("error", category=_category, module="__main__")
del _category, warnings
"""


def execute(notebook, folder):
    """Run every cell in a fresh kernel; return the slowest cell's number and seconds.

    The outputs are written into `notebook`. Raises CellExecutionError for an
    exception that no ``raises-exception`` tag announces.
    """
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        timeout=600,
        # Its notice about unencrypted local sockets is noise here.
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    slowest = (0, 0.0)
    with client.setup_kernel():
        client.kc.execute(WARNINGS_AS_ERRORS, silent=True, store_history=False)
        for index, cell in enumerate(notebook.cells):
            start = time.perf_counter()
            client.execute_cell(cell, index)
            seconds = time.perf_counter() - start
            slowest = max(slowest, (index, seconds), key=lambda pair: pair[1])
    return slowest


def drop_widget_view(output):
    """Remove the view that needs a kernel where a self-contained HTML twin exists."""
    data = output.get("data", {})
    if "text/html" in data:
        data.pop(WIDGET_VIEW, None)


def shrink_picture(output):
    """Store a figure with a palette of 256 colours: a third of the bytes.

    White becomes transparent, so that the figure stands on the page in both of its
    themes. JupyterLab, which inverts nothing, is told to put a light ground below.
    """
    picture = output.get("data", {}).get("image/png")
    if picture:
        image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
        small = image.quantize(256, dither=Image.Dither.NONE)
        small.info.update(ground(image, small))
        stored = io.BytesIO()
        small.save(stored, "png", optimize=True)
        output.data["image/png"] = base64.b64encode(stored.getvalue()).decode()
        output.metadata["image/png"] = {"needs_background": "light"}


def ground(image, small):
    """Return the index that white pixels have in a palette, as `save` wants it."""
    white = Image.new("RGB", image.size, "white")
    different = ImageChops.difference(image, white).convert("L")
    mask = different.point(lambda value: 0 if value else 255)
    counts = small.histogram(mask)
    return {"transparency": counts.index(max(counts))} if max(counts) else {}


def shorten_traceback(output):
    """Keep the message of an announced exception, not the files it passed through."""
    if output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]


def cell_id(source, taken):
    """Return an id that depends on the cell's text, and on its rank among equal texts.

    >>> cell_id("x = 1", set()) == cell_id("x = 1", set())
    True
    >>> cell_id("x = 1", {cell_id("x = 1", set())}) == cell_id("x = 1", set())
    False
    """
    rank = 0
    while True:
        name = hashlib.sha256(f"{rank}:{source}".encode()).hexdigest()[:8]
        if name not in taken:
            return name
        rank += 1


def normalise(notebook):
    """Keep of the notebook what an author wrote and what its code produced."""
    kept = {key: value for key, value in notebook.metadata.items() if key == "mystnb"}
    notebook.metadata = nbformat.from_dict(METADATA | kept)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    taken = set()
    for cell in notebook.cells:
        cell.source = cell.source.strip("\n")
        cell.id = cell_id(cell.source, taken)
        taken.add(cell.id)
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)}
        )
        if "skip-execution" in cell.metadata.get("tags", []):
            cell.execution_count, cell.outputs = None, []
        for output in cell.get("outputs", []):
            drop_widget_view(output)
            shrink_picture(output)
            shorten_traceback(output)
    nbformat.validate(notebook)


def store(notebook, path):
    """Write a notebook in its canonical form; return its text, and if that changed."""
    text = nbformat.writes(notebook, indent=1, sort_keys=True).rstrip("\n") + "\n"
    changed = text != path.read_text(encoding="utf-8")
    if changed:
        path.write_text(text, encoding="utf-8", newline="\n")
    return text, changed


def renew(path):
    """Execute and rewrite one notebook; return a line that says what happened."""
    notebook = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    index, slowest = execute(notebook, path.parent)
    seconds = time.perf_counter() - start
    normalise(notebook)
    text, changed = store(notebook, path)
    return (
        f"{path}: {seconds:.0f} s, slowest cell {slowest:.0f} s (number {index}), "
        f"{len(text) // 1000} kB, {'changed' if changed else 'unchanged'}"
    )


def notebooks(arguments):
    for argument in map(Path, arguments):
        if argument.is_dir():
            found = argument.rglob("*.ipynb")
            yield from sorted(p for p in found if ".ipynb_checkpoints" not in p.parts)
        elif argument.suffix == ".ipynb" and argument.is_file():
            yield argument
        else:
            raise SystemExit(f"{argument}: expected a notebook or a folder of them")


def main(arguments):
    # A kernel registered for the user must not win over this environment's own.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    failed = []
    for path in notebooks(arguments or ["book"]):
        try:
            print(renew(path), flush=True)
        except CellExecutionError as error:
            failed.append(path)
            print(f"{path}: not rewritten\n{error}", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
