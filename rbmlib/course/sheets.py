"""Sheets of problems, one a student, and the lecturer's key; Markdown and HTML.

The texts hold paragraphs, code and emphasis only (`Problem.template`), so that a page
of a few lines prints them, without a script and without a network.
"""

import pkgutil
import re
import unicodedata

import rbmlib
from rbmlib.addresses import check_seed
from rbmlib.checks import check_choice, check_path, check_sequence
from rbmlib.course.bank import BY_LABEL, answer_of, posed
from rbmlib.course.pages import page_of
from rbmlib.course.problem import in_digits
from rbmlib.course.students import check_name, check_names, seed_mark, student_seed

FORMATS = ("html", "md")
ALL = "all"
BLANK = "_" * 24
ROOMS = {module.name for module in pkgutil.iter_modules(rbmlib.__path__)}
SETUP = {  # what the code of problems names besides rooms
    "np": "import numpy as np",
    "lr": "from rbmlib import linear_regime as lr",
    "RBM": "from rbmlib.rbm import RBM",
    "sample_machine": "from rbmlib.phase_diagram import sample_machine",
    "digits": 'digits = datasets.load("digits")',
}


def sheet(student, labels, seed, *, title="Problems"):
    """Return a student's sheet, in Markdown.

    Parameters
    ----------
    student : str
    labels : sequence of str
        Of the problems, in this order.
    seed : int
        The lecturer's.
    title : str

    Returns
    -------
    str

    Raises
    ------
    ValueError, TypeError
        A name, a label or a seed that is none.

    Examples
    --------
    >>> print(sheet("Emmy Noether", ["P4.1"], 7, title="Week 4"))  # doctest: +ELLIPSIS
    # Week 4
    <BLANKLINE>
    *Emmy Noether*. These numbers are yours alone...
    """
    name, labels, seed = (
        check_name(student, "student"),
        _labels(labels),
        check_seed(seed),
    )
    own = student_seed(seed, name)
    parts = [
        f"# {check_name(title, 'title')}",
        f"*{name}*. These numbers are yours alone. Hand in a table with the columns "
        "student, label and answer; write your name as it stands here. The fingerprint "
        f"of these sheets is {seed_mark(seed)}.",
    ]
    some = [posed(BY_LABEL[label], own) for label in labels]
    if lines := _setup("\n\n".join(one.text for one in some)):
        parts += ["The code of this sheet begins with:", f"```\n{lines}\n```"]
    for one in some:
        parts += [
            f"## {one.label} {one.title} ({one.kind})",
            f"{one.text} {BLANK}",
        ]
    return "\n\n".join(parts) + "\n"


def key(students, labels, seed):
    """Return the lecturer's key in Markdown: answers, ways, and what mistakes give.

    Parameters
    ----------
    students : sequence of str
    labels : sequence of str
    seed : int
        The lecturer's.

    Returns
    -------
    str

    Raises
    ------
    ValueError, TypeError
        A name, a label or a seed that is none.

    Examples
    --------
    >>> print(key(["Emmy Noether"], ["P4.1"], 7))  # doctest: +ELLIPSIS
    # Key, seed 7, fingerprint 2039
    <BLANKLINE>
    ## P4.1 How long does a mode take to grow? (paper)
    ...
    """
    names, labels, seed = check_names(students), _labels(labels), check_seed(seed)
    parts = [f"# Key, seed {seed}, fingerprint {seed_mark(seed)}"]
    for label in labels:
        problem = BY_LABEL[label]
        parts.append(f"## {label} {problem.title} ({problem.kind})")
        parts += [f"Way: {problem.way}.", f"Tolerance: {problem.reason}."]
        for name in names:
            found = answer_of(problem, student_seed(seed, name))
            parts.append(f"*{name}*: {_in_words(found)}.")
    return "\n\n".join(parts) + "\n"


def write_sheets(folder, students, labels, seed, *, form="html", title="Problems"):
    """Write a sheet for each student, and the key; return their paths, the key last.

    The folder can be handed out: the key stands beside it, with "-key" after its name.
    In HTML there is ``all.html`` as well, to print the sheets of all at once.

    Parameters
    ----------
    folder : str or path
        It is made if it is not there.
    students, labels, seed, title
        As in `sheet` and `key`.
    form : str
        "html", to print; or "md".

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    ValueError, TypeError
        As in `sheet`; or a form that is none; or two names with one file.
    OSError
        A file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = write_sheets(f"{folder}/week4", ["Emmy Noether"], ["P4.1"], 7)
    >>> [path.name for path in paths]
    ['emmy-noether.html', 'all.html', 'week4-key.html']
    """
    folder, names, labels = (
        check_path(folder, "folder"),
        check_names(students),
        _labels(labels),
    )
    check_choice(form, "form", FORMATS)
    files = {_file_name(name): name for name in names}
    if len(files) < len(names):
        twice = [name for name in names if files[_file_name(name)] != name]
        raise ValueError(
            f"students must have different file names, got {twice[0]!r} twice"
        )
    texts = {
        folder / f"{file}.{form}": sheet(name, labels, seed, title=title)
        for file, name in files.items()
    }
    if form == "html":
        texts[folder / f"{ALL}.html"] = "\n".join(texts.values())
    texts[_beside(folder, f"-key.{form}")] = key(names, labels, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        page = text if form == "md" else page_of(text)
        path.write_text(page, encoding="utf-8")
    return list(texts)


def _beside(folder, end):
    """Return a path beside a folder: its name, also that of ".", and an end."""
    named = folder if folder.name not in ("", "..") else folder.resolve()
    return named.parent / f"{named.name}{end}"


def _setup(text):
    """Return the lines that the code in a text needs before it, or "" for none."""
    found = re.findall(r"```\n(.*?)```|`([^`]+)`", text, re.DOTALL)
    code = "\n".join(block or word for block, word in found)
    first = set(re.findall(r"(?<![\w.\"'])[A-Za-z_]\w*(?=[.(])", code))
    first |= {"datasets"} if "digits" in first else set()
    rooms = ", ".join(sorted(first & ROOMS))
    lines = [f"from rbmlib import {rooms}"] if rooms else []
    return "\n".join(lines + [SETUP[name] for name in SETUP if name in first])


def _in_words(found):
    """Return an answer, and what mistakes give."""
    value = f"{in_digits(found.value, 6)} {found.unit}".strip()
    near = found.tolerance
    allowed = f"± {in_digits(near, 2)}" if near else "exactly"
    mistakes = found.mistakes.items()
    wrong = "; ".join(f"{in_digits(x, 4)} ({words})" for words, x in mistakes)
    return f"{value}, {allowed}. Mistakes: {wrong}"


def _labels(labels):
    if isinstance(labels, str):
        raise TypeError(f"labels must be a sequence of labels, got the text {labels!r}")
    labels = check_sequence(labels, "labels", str, "the label of a problem")
    return [
        check_choice(x, f"labels[{i}]", tuple(BY_LABEL)) for i, x in enumerate(labels)
    ]


def _file_name(name):
    """Return a name in letters that every file system takes; "all" is of all."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = "-".join(re.findall("[a-z0-9]+", plain.lower()))
    return f"student-{words or student_seed(0, name)}" if words in ("", ALL) else words
