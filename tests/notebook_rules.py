"""What the stored notebooks must keep, as functions over a notebook's JSON.

Strict nbval compares stored outputs with new ones, so it is only as good as what is
stored: a cell without an execution count is run and not compared, a picture is never
compared, and an address or a time cannot be. Each rule takes a notebook (a dict) and
yields one sentence for each fault.
"""

import ast
import re
from statistics import median

from colab import is_colab

NUMBER_FORMS = {
    "an address": re.compile(r"\b0x[0-9a-fA-F]{4,}"),
    "an object without a repr": re.compile(r"<[\w.]+ object|<[^<>\n]* at 0x"),
    "an absolute path": re.compile(r"(?<![\w/.<:])/[A-Za-z_][\w.-]*/\S+|\b[A-Z]:\\\w"),
    "a kernel's file": re.compile(r"ipykernel_\d+"),
    "a duration": re.compile(
        r"\b\d+(?:\.\d+)? ?(?:ns|µs|μs|us|ms|s|sec|seconds?|minutes?)\b(?!\.e)"
    ),
    "a rate or a progress bar": re.compile(r"(?:it|updates|sweeps)/s\b|\d%\|"),
    "a warning": re.compile(r"\w*Warning\b"),
}
FLOAT = re.compile(r"(?<![\w.])[-+]?(\d*\.\d+)(?:[eE][-+]?\d+)?")
SIGNIFICANT_DIGITS = 6
SCRIPT = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
FIGURE_REPR = re.compile(r"<Figure size .*>")
HIDING_TAGS = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
NBVAL_COMMENT = re.compile(r"#\s*(?:NBVAL_|PYTEST_VALIDATE)\w+")
MAX_BYTES = 600_000
WIDTH = 74  # characters of a line, which fit at 1280 pixels; see book/ruff.toml


def text(lines):
    return lines if isinstance(lines, str) else "".join(lines)


def source(cell):
    return text(cell["source"])


def code_cells(notebook):
    """Return (position, cell) of the code cells; positions count from 1.

    The cell for Colab is no part of the record. test_colab says what it holds.
    """
    cells = enumerate(notebook["cells"], start=1)
    code = [(place, cell) for place, cell in cells if cell["cell_type"] == "code"]
    return [(place, cell) for place, cell in code if not is_colab(cell)]


def tags(cell):
    return set(cell["metadata"].get("tags", []))


def bundles(cell):
    return [output.get("data", {}) for output in cell["outputs"]]


def shows_image(cell):
    return any(kind.startswith("image/") for data in bundles(cell) for kind in data)


def stored_texts(cell):
    """Yield each stored text that nbval compares, without a demo's own program."""
    for output in cell["outputs"]:
        if "text" in output:
            yield text(output["text"])
        yield from output.get("traceback", [])
        for kind, data in output.get("data", {}).items():
            if kind.removeprefix("application/papermill.record/").startswith("text/"):
                yield SCRIPT.sub("", text(data))


def printed_texts(cell):
    """Yield each stored text that the page sets line by line."""
    for output in cell["outputs"]:
        yield text(output.get("text", ""))
        yield "\n".join(output.get("traceback", []))
        if not {"text/html", "image/png"} & set(output.get("data", {})):
            yield text(output.get("data", {}).get("text/plain", ""))


def compared_texts(cell):
    """Return the stored texts that carry information: a figure's size does not."""
    if "nbval-ignore-output" in tags(cell):
        return []
    return [t for t in stored_texts(cell) if not FIGURE_REPR.fullmatch(t.strip())]


def executed_in_order(notebook):
    counts = [cell["execution_count"] for _, cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}, expected 1 to {len(counts)} in order"


def no_errors(notebook):
    for place, cell in code_cells(notebook):
        kinds = [output["output_type"] for output in cell["outputs"]]
        if "error" in kinds and "raises-exception" not in tags(cell):
            yield f"cell {place} stores an exception that no raises-exception announces"


def no_widget_state(notebook):
    if "widgets" in notebook["metadata"]:
        yield "the metadata hold widget state: run tools/normalise.py"
    for place, cell in code_cells(notebook):
        if any(WIDGET_VIEW in data for data in bundles(cell)):
            yield f"cell {place} shows a widget that is dead without a kernel"


def figures_described(notebook):
    for place, cell in code_cells(notebook):
        alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
        if shows_image(cell) and len(alt) < 40:
            yield f"cell {place} shows a figure whose alt text is {alt!r}: too short"


def figures_guarded(notebook):
    cells = code_cells(notebook)
    following = [cell for _, cell in cells[1:]] + [None]
    for (place, cell), after in zip(cells, following, strict=True):
        checks = compared_texts(cell) + (compared_texts(after) if after else [])
        if shows_image(cell) and not any(re.search(r"\d", check) for check in checks):
            yield (
                f"cell {place} shows a figure, and neither it nor the next code cell "
                "prints a number that nbval compares"
            )


def portable_outputs(notebook):
    for place, cell in code_cells(notebook):
        for stored in stored_texts(cell):
            for what, form in NUMBER_FORMS.items():
                if found := form.search(stored):
                    yield f"cell {place} stores {what}: {found.group()!r}"
            for number in FLOAT.finditer(stored):
                digits = number.group(1).replace(".", "").lstrip("0")
                if len(digits) > SIGNIFICANT_DIGITS:
                    yield f"cell {place} stores {number.group()}: over 6 digits"


def compared_everywhere(notebook):
    ignoring = []
    for place, cell in code_cells(notebook):
        if "nbval-skip" in tags(cell) or NBVAL_COMMENT.search(source(cell)):
            yield f"cell {place} asks nbval to look away"
        if "nbval-ignore-output" in tags(cell):
            ignoring.append(place)
            if not any("text/html" in data for data in bundles(cell)):
                yield f"cell {place} ignores its output and shows no demo"
    if len(ignoring) > 1:
        yield f"cells {ignoring} ignore their outputs, expected one at most"


def short_cells(notebook):
    sizes = {place: len(source(c).splitlines()) for place, c in code_cells(notebook)}
    yield from (f"cell {p} has {n} lines, over 30" for p, n in sizes.items() if n > 30)
    # A self-check is met in a folded solution only.
    read = [sizes[p] for p, c in code_cells(notebook) if "self-check" not in tags(c)]
    if read and median(read) > 9:
        yield f"the median code cell has {median(read)} lines, over 9"


def says_nothing(cell):
    """Tell whether a cell only imports, or only hands numbers to the text."""
    body = ast.parse(source(cell)).body
    imports = all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in body)
    return imports or "remove-cell" in tags(cell)


def only_glue_is_removed(notebook):
    """A cell that no reader sees may hand numbers to the text and do nothing else."""
    for place, cell in code_cells(notebook):
        if "remove-cell" in tags(cell):
            body = ast.parse(source(cell)).body
            while any(isinstance(node, ast.For) for node in body):
                body = [n for node in body for n in getattr(node, "body", [node])]
            calls = [node.value for node in body if isinstance(node, ast.Expr)]
            if len(calls) < len(body) or not all(map(glues, calls)):
                yield f"cell {place} is removed from the page and does more than glue"
        elif any(map(glues, ast.walk(ast.parse(source(cell))))):
            yield f"cell {place} shows glue: move it to a cell tagged remove-cell"


def glues(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "glue"


def narrow(notebook):
    """Code is kept narrow by the linter; what it prints must fit the same box."""
    for place, cell in code_cells(notebook):
        for printed in printed_texts(cell):
            for line in printed.splitlines():
                if len(line) > WIDTH:
                    yield f"cell {place} prints {len(line)} characters: {line}"


def little_hidden(notebook):
    lines = {True: 0, False: 0}
    for _, cell in code_cells(notebook):
        if says_nothing(cell):
            continue
        lines[bool(tags(cell) & HIDING_TAGS)] += len(source(cell).splitlines())
    share = lines[True] / max(1, sum(lines.values()))
    if share > 0.2:
        yield f"{share:.0%} of the code is hidden, over 20%"


def light(size):
    """Yield a fault for a file of `size` bytes that is too heavy to review."""
    if size > MAX_BYTES:
        yield f"{size} bytes, over {MAX_BYTES}"


EVERY_NOTEBOOK = (
    executed_in_order,
    no_errors,
    no_widget_state,
    figures_described,
    figures_guarded,
    portable_outputs,
    compared_everywhere,
    short_cells,
    little_hidden,
    only_glue_is_removed,
    narrow,
)
