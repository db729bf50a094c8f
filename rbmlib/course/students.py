"""Who gets which numbers: a seed for each student, made of the name."""

import hashlib
import unicodedata

from rbmlib.addresses import check_seed
from rbmlib.checks import check_path, check_sequence, check_text


def student_seed(lecturer_seed, student):
    """Return the seed of a student's numbers, made of the lecturer's and the name.

    It is a hash (SHA-256): nobody has to keep a list, and another lecturer's seed gives
    every student other numbers.

    Parameters
    ----------
    lecturer_seed : int
    student : str
        A name or a number of matriculation.  Capitals, blanks at the ends and forms of
        the same letter make no difference; any other letter does.

    Returns
    -------
    int
        In [0, 2^32): short enough to be typed.

    Raises
    ------
    ValueError, TypeError
        A seed outside [0, 2^64), or a name that is empty or no text.

    Examples
    --------
    >>> student_seed(7, "Emmy Noether"), student_seed(7, " emmy  noether ")
    (1594358093, 1594358093)
    >>> student_seed(8, "Emmy Noether") == student_seed(7, "Emmy Noether")
    False
    """
    seed = check_seed(lecturer_seed, "lecturer_seed")
    name = check_name(student, "student").casefold()
    return int.from_bytes(
        hashlib.sha256(f"{seed}\n{name}".encode()).digest()[:4], "big"
    )


def seed_mark(lecturer_seed):
    """Return four hexadecimal digits of a lecturer's seed, which do not show it.

    They stand on each sheet and with each grading: two that differ are of two seeds.

    Parameters
    ----------
    lecturer_seed : int
        In [0, 2^64).

    Raises
    ------
    ValueError, TypeError
        A seed that is none.

    Examples
    --------
    >>> seed_mark(7), seed_mark(8)
    ('2039', '3c2e')
    """
    seed = check_seed(lecturer_seed, "lecturer_seed")
    return hashlib.sha256(f"sheets of {seed}".encode()).hexdigest()[:4]


def check_name(value, argument):
    """Return a name with single blanks, or raise TypeError or ValueError.

    Examples
    --------
    >>> check_name("  Emmy   Noether", "student")
    'Emmy Noether'
    """
    name = " ".join(unicodedata.normalize("NFC", check_text(value, argument)).split())
    if not name or any(unicodedata.category(letter)[0] == "C" for letter in name):
        raise ValueError(
            f"{argument} must be a name, not empty and of letters that can be printed, "
            f"got {value!r}"
        )
    return name


def check_names(students):
    """Return a sequence of names, each as by `check_name`, or raise an error."""
    if isinstance(students, str):
        raise TypeError(
            f"students must be a sequence of names, got the text {students!r}"
        )
    names = check_sequence(students, "students", str, "a name")
    return [check_name(name, f"students[{i}]") for i, name in enumerate(names)]


def read_names(path):
    """Return the names in a text file, one a line; empty lines are left out.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    list of str

    Raises
    ------
    ValueError, TypeError
        No path, no name in it, or a name twice; the message has file and line.
    OSError
        The file cannot be read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     names = pathlib.Path(folder, "names.txt")
    ...     _ = names.write_text("Emmy Noether\\n\\nLise Meitner\\n")
    ...     read_names(names)
    ['Emmy Noether', 'Lise Meitner']
    """
    path, names = check_path(path), {}
    for line, text in enumerate(read_text(path).splitlines(), 1):
        if not text.strip():
            continue
        name = check_name(text, f"{path}, line {line}")
        first = names.setdefault(name.casefold(), (name, line))
        if first[1] != line:
            raise ValueError(
                f"{path}, line {line}: names must differ, got {name!r} as in line "
                f"{first[1]}"
            )
    if not names:
        raise ValueError(f"path must hold names, one a line, got none in {path}")
    return [name for name, _ in names.values()]


def read_text(path):
    """Return the text of a file in UTF-8, or raise ValueError with its name."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"path must be a text file in UTF-8, got {path} with byte "
            f"0x{error.object[error.start]:02x} at place {error.start}; save it again, "
            'in Excel as "CSV UTF-8", in an editor with the encoding UTF-8'
        ) from None
