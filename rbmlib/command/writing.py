"""Tables that a command writes: CSV, to a file or to the screen."""

import csv
import sys
from contextlib import nullcontext


def write_table(path, header, rows):
    """Write rows below a header; without a path to the screen.

    Parameters
    ----------
    path : str or None
    header : sequence of str
    rows : iterable of sequences
    """
    place = open(path, "w", newline="", encoding="utf-8") if path else None
    with place or nullcontext(sys.stdout) as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
