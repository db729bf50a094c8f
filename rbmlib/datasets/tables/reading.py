"""One door to every kind of table: the reader of a file goes by its name."""

from rbmlib.checks import check_choice, check_path
from rbmlib.datasets.tables import arrays, text

READERS = {
    ".csv": lambda path, separator: text.read_separated(path, separator or ","),
    ".tsv": lambda path, separator: text.read_separated(path, separator or "\t"),
    ".txt": lambda path, separator: text.read_separated(path, separator or "\t"),
    ".fasta": lambda path, _: text.read_fasta(path),
    ".fa": lambda path, _: text.read_fasta(path),
    ".parquet": lambda path, _: arrays.read_parquet(path),
    ".npy": lambda path, _: arrays.read_numpy(path),
    ".npz": lambda path, _: arrays.read_numpy(path),
    ".h5": lambda path, _: arrays.read_hdf5(path),
}


def read(table, separator=None):
    """Return the `Source` of what a caller gave, and the path of its file or "".

    Parameters
    ----------
    table, separator
        As in `from_table`.

    Raises
    ------
    OSError, TypeError, ValueError, ImportError
        As in `from_table`.
    """
    if separator is not None:
        check_choice(separator, "separator", tuple(text.SEPARATORS))
    if not (isinstance(table, str) or hasattr(table, "__fspath__")):
        return arrays.of_frame(table, "the table"), ""
    path = check_path(table, "table")
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise ValueError(
            f"table must be a file {', '.join(READERS)}, by its name, got {str(path)!r}"
        )
    source = READERS[suffix](path, separator)
    if source.n_rows == 0:
        raise ValueError(f"{path} must have rows below the header, got none")
    return source, str(path)
