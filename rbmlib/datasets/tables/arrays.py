"""Tables of numbers: arrays, frames, and the files that hold them."""

from collections.abc import Mapping
from zipfile import BadZipFile

import h5py
import numpy as np
from scipy import sparse

from rbmlib.checks import as_numbers, shown
from rbmlib.datasets.tables.entries import Entries, Source, of_array, of_objects
from rbmlib.datasets.tables.text import check_names

AT_ONCE = 64  # columns of a Parquet file that are in memory together
MATRIX = "a matrix, a row for each sample"


def read_numpy(path):
    """Return the `Source` of an NPY or NPZ file: a matrix, or a SciPy sparse one.

    Raises
    ------
    ValueError
        Pickled objects, several arrays, or no matrix.
    """
    try:
        with open(path, "rb") as file:
            found = _load(np.load(file, allow_pickle=False), file)
    except FileNotFoundError:
        raise
    except (EOFError, OSError, KeyError, ValueError, BadZipFile) as error:
        raise ValueError(f"{path} must be a whole file of arrays: {error}") from error
    if isinstance(found, list):
        raise ValueError(
            f"{path} must hold one matrix, got the arrays {', '.join(found)}"
        )
    return of_matrix(found, str(path))


def _load(found, file):
    """Return the only matrix of a file, or the names of what it holds."""
    if isinstance(found, np.ndarray):
        return found
    names = found.files
    if {"indices", "row"} & set(names):
        file.seek(0)
        return sparse.load_npz(file)
    return found[names[0]] if len(names) == 1 else names


def read_hdf5(path):
    """Return the `Source` of a data set in the layout of `rbms`, with its labels.

    Raises
    ------
    ValueError
        No HDF5, or no matrix ``samples`` in it.
    """
    try:
        with h5py.File(path) as file:
            if "samples" not in file:
                raise ValueError(
                    f"{path} must hold the array 'samples', got {sorted(file)}"
                )
            source = of_matrix(file["samples"][()], str(path))
            if "labels" in file:
                labels = (
                    file["labels"].asstr()
                    if file["labels"].dtype.hasobject
                    else (file["labels"])
                )
                column = of_objects("labels", np.ravel(labels[()]).tolist())
                if len(column.codes) != source.n_rows:
                    raise ValueError(
                        f"{path} must hold as many labels as samples, got "
                        f"{len(column.codes)} and {source.n_rows}"
                    )
                source.columns.append(column)
    except OSError as error:
        raise ValueError(f"{path} must be a whole HDF5 file: {error}") from error
    return source


def read_parquet(path):
    """Return the `Source` of a Parquet file, some columns at a time.

    Raises
    ------
    ImportError
        pandas, or what it reads Parquet with, is not installed.
    ValueError
        No Parquet file.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            f"{path}: Parquet is read with pandas and fastparquet or pyarrow: "
            'python -m pip install "rbmlib[tables]"'
        ) from error
    columns = []
    try:
        names = _parquet_names(path)
        for first in range(0, len(names), AT_ONCE):
            part = pandas.read_parquet(path, columns=names[first : first + AT_ONCE])
            columns += of_frame(part, str(path)).columns
    except ImportError:
        raise
    except Exception as error:  # each engine has errors of its own
        raise ValueError(
            f"{path} must be a whole Parquet file: {type(error).__name__}: {error}"
        ) from error
    return Source(str(path), columns, [], _row)


def _parquet_names(path):
    """Return the names of the columns, from the end of the file."""
    try:
        import fastparquet

        return fastparquet.ParquetFile(path).columns
    except ImportError:
        from pyarrow import parquet

        return parquet.read_schema(path).names


def of_matrix(x, name):
    """Return the `Source` of a matrix; its columns are named 1, 2, …

    Raises
    ------
    ValueError
        No matrix of numbers, bools or texts, or one without rows or columns.
    """
    if sparse.issparse(x):
        return _of_sparse(x.tocsc(), name)
    mask = np.ma.getmaskarray(x) if np.ma.isMaskedArray(x) else None
    x = np.asarray(np.ma.getdata(x))
    if x.dtype.kind not in "biufUO" or x.ndim != 2 or 0 in x.shape:
        what = f"shape {x.shape} of {x.dtype}" if x.ndim else shown(x.item())
        raise ValueError(f"{name} must be {MATRIX}, got {what}")
    if mask is not None and mask.any():
        x = x.astype(object)
        x[mask] = None
    make = of_objects if x.dtype.kind == "O" else of_array
    columns = [make(str(k), column) for k, column in enumerate(x.T, 1)]
    return Source(name, columns, [], _row)


def _of_sparse(x, name):
    """Return the `Source` of a sparse matrix, one column dense at a time."""
    if x.ndim != 2 or 0 in x.shape:
        raise ValueError(f"{name} must be {MATRIX}, got shape {x.shape}")
    columns = []
    for k in range(x.shape[1]):
        dense = as_numbers(x[:, [k]].toarray().ravel(), name)
        whole = dense.dtype.kind != "f" or np.array_equal(dense, np.rint(dense))
        columns.append(of_array(str(k + 1), dense.astype(np.int64) if whole else dense))
    return Source(name, columns, [], _row)


def of_frame(frame, name):
    """Return the `Source` of a frame, a mapping of columns, or a matrix.

    Raises
    ------
    TypeError, ValueError
        Something else; two columns of one name; columns of other lengths.
    """
    if not hasattr(frame, "iloc") and hasattr(frame, "to_pandas"):
        frame = frame.to_pandas()
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):
        names = [str(x) for x in frame.columns]
        parts = (frame.iloc[:, k] for k in range(len(names)))
    elif isinstance(frame, Mapping):
        names, parts = [str(x) for x in frame], frame.values()
    elif isinstance(frame, np.ndarray | list | tuple) or sparse.issparse(frame):
        return of_matrix(_array(frame, name), name)
    else:
        raise TypeError(
            f"{name} must be a path, a frame, a mapping of names to columns, or "
            f"{MATRIX}; got {shown(frame)}"
        )
    check_names(names, name)
    columns = [_column(*pair, name) for pair in zip(names, parts, strict=True)]
    lengths = [len(column.codes) for column in columns]
    if len(set(lengths)) > 1:
        raise ValueError(f"{name} must have columns of one length, got {lengths[:9]}")
    if not lengths or lengths[0] == 0:
        raise ValueError(f"{name} must have rows and columns, got none")
    return Source(name, columns, [], _row)


def _array(x, name):
    try:
        return x if not isinstance(x, list | tuple) else np.array(x)
    except ValueError:
        raise ValueError(
            f"{name} must be {MATRIX}, got rows of other lengths"
        ) from None


def _column(name, values, where) -> Entries:
    """Return one column of a frame or of a mapping."""
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf" and np.ndim(values) == 1:
        return of_array(name, np.asarray(values))
    try:
        if isinstance(values, str | bytes) or getattr(values, "ndim", 1) > 1:
            raise TypeError
        values = values.tolist() if hasattr(values, "tolist") else list(values)
    except (TypeError, ValueError):
        raise TypeError(
            f"{where}: column {name!r} must be a sequence of entries, got "
            f"{shown(values)}"
        ) from None
    return of_objects(name, values)


def _row(row):
    return f"row {row + 1}"
