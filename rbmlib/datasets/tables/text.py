"""Tables of text: CSV, TSV and FASTA, read line by line; nothing is guessed."""

import csv
import re

from rbmlib.datasets.tables.entries import BLOCK, Numbering, Source

LONGEST = 2**24  # characters of one field
SEPARATORS = {",": "a comma", ";": "';'", "\t": "a tab", "|": "'|'"}
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
BEGINNINGS = {
    b"PK": "a zip archive, as of a spreadsheet: save it as CSV",
    b"\x1f\x8b": "compressed: unpack it first",
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
    b"\x89HDF": "HDF5: name it .h5",
    b"PAR1": "Parquet: name it .parquet",
}


def open_text(path):
    """Open a file of UTF-8 text, with or without the mark at its beginning.

    Raises
    ------
    ValueError
        A file that begins as something else.
    """
    with open(path, "rb") as file:
        head = file.read(4096)
    for beginning, what in BEGINNINGS.items():
        if head.startswith(beginning):
            raise ValueError(f"{path} must be a table as text, got {what}")
    if b"\0" in head:
        raise ValueError(f"{path} must be a table as text, got null characters")
    return open(path, encoding="utf-8-sig", newline="")


def read_separated(path, separator):
    """Return the `Source` of a CSV or TSV file.

    Raises
    ------
    ValueError
        No header, names that are missing twice, a line with another number of fields,
        an open quotation mark, no UTF-8: each with its line.
    """
    csv.field_size_limit(LONGEST)
    with open_text(path) as file:
        lines = csv.reader(file, delimiter=separator, strict=True)
        try:
            return _read(path, lines, separator)
        except csv.Error as error:
            raise ValueError(
                f"{path}, line {lines.line_num} must be fields between {separator!r}, "
                f"quotation marks closed; got: {error}"
            ) from error
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{path} must be UTF-8, got the byte {error.object[error.start]:#x} "
                f"after line {lines.line_num}; save it as UTF-8"
            ) from error


def _read(path, lines, separator):
    names, notes = _header(path, next(lines, []), separator)
    numberings = [Numbering() for _ in names]
    block, numbers, blank, line = [], [], 0, lines.line_num
    for fields in lines:
        line, start = lines.line_num, line + 1  # a quoted field may hold line ends
        if not fields and len(names) > 1:
            blank += 1
            continue
        fields = fields or [""]
        if len(fields) != len(names):
            raise ValueError(
                f"{path}, line {start} must have {len(names)} fields, as the header, "
                f"got {len(fields)}: {separator.join(fields)!r:.60}"
            )
        block.append(fields)
        numbers.append(start)
        if len(block) == BLOCK:
            _add(numberings, block)
    _add(numberings, block)
    if blank:
        notes.append(f"blank lines left out: {blank}")
    columns = [x.entries(name) for x, name in zip(numberings, names, strict=True)]
    return Source(str(path), columns, notes, lambda row: f"line {numbers[row]}")


def _add(numberings, block):
    for numbering, values in zip(numberings, zip(*block, strict=True), strict=False):
        numbering.add(values)
    block.clear()


def _header(path, names, separator):
    """Return the names of the columns, and notes, or refuse the first line."""
    if not any(name.strip() for name in names):
        raise ValueError(f"{path}, line 1 must name the columns, got {names!r:.60}")
    others = [x for x in SEPARATORS if x != separator and len(names) == 1]
    for other in others:
        if other in names[0]:
            raise ValueError(
                f"{path}, line 1 must have fields between {separator!r}, got none, but "
                f"{SEPARATORS[other]}: give separator={other!r}"
            )
    if all(NUMBER.fullmatch(name.strip()) for name in names):
        raise ValueError(
            f"{path}, line 1 must name the columns, got the numbers "
            f"{', '.join(names[:4])}; write a line of names above it"
        )
    notes, named = [], []
    for k, name in enumerate(names, 1):
        if not name.strip():
            notes.append(f"field {k} of the header is empty: named 'column {k}'")
        named.append(name.strip() or f"column {k}")
    check_names(named, f"{path}, line 1")
    return named, notes


def check_names(names, where):
    """Raise ValueError where two columns have one name."""
    first = {}
    for k, name in enumerate(names, 1):
        if first.setdefault(name, k) != k:
            raise ValueError(
                f"{where} must name each column once, got {name!r} as columns "
                f"{first[name]} and {k}"
            )


def read_fasta(path):
    """Return the `Source` of aligned sequences: a column for each position.

    Raises
    ------
    ValueError
        No sequence, letters before the first name, or sequences of other lengths.
    """
    names, starts, rows = [], [], []
    with open_text(path) as file:
        try:
            for number, line in enumerate(file, 1):
                line = line.strip()
                if line.startswith(">"):
                    names.append(line[1:].strip())
                    starts.append(number)
                    rows.append([])
                elif line and not rows:
                    raise ValueError(
                        f"{path}, line {number} must be a name after '>', got "
                        f"{line!r:.40}"
                    )
                elif line:
                    rows[-1].append(line)
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} must be UTF-8, got {error.reason}") from error
    rows = ["".join(parts) for parts in rows]
    if not rows:
        raise ValueError(f"{path} must hold sequences after lines of '>', got none")
    for name, start, row in zip(names, starts, rows, strict=True):
        if len(row) != len(rows[0]) or not row:
            raise ValueError(
                f"{path}, line {start}: aligned sequences must have one length, "
                f"{len(rows[0])} as the first, got {len(row)} in {name!r:.40}"
            )
    numberings = [Numbering() for _ in rows[0]]
    for first in range(0, len(rows), BLOCK):
        _add(numberings, list(rows[first : first + BLOCK]))
    columns = [x.entries(str(k)) for k, x in enumerate(numberings, 1)]
    return Source(str(path), columns, [], lambda row: f"line {starts[row]}")
