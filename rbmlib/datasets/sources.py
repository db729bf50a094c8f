"""Finding a data file: a given path, RBMLIB_DATA, the cache, a download.

Whatever the source, a file is taken only if its checksum is the known one.
"""

import logging
import os
from pathlib import Path

import pooch

logger = logging.getLogger(__name__)

FOLDER_VARIABLE = "RBMLIB_DATA"


def cache_folder():
    """Return the folder that keeps downloaded files."""
    return Path(pooch.os_cache("rbmlib"))


def data_folder():
    """Return the folder named by RBMLIB_DATA, or None if it is not set.

    Raises
    ------
    NotADirectoryError
        If the variable names no folder.
    """
    value = os.environ.get(FOLDER_VARIABLE)
    if not value:
        return None
    if not Path(value).is_dir():
        raise NotADirectoryError(f"{FOLDER_VARIABLE} must name a folder, got {value!r}")
    return Path(value)


def find(path, *choices):
    """Return local files, from a given path or RBMLIB_DATA, and their source.

    Parameters
    ----------
    path : str, path or None
        A folder, or the file itself.
    *choices : sequences of str
        File names that belong together; the first choice that is complete is taken.

    Returns
    -------
    files : list of Path, or None if `path` is None and RBMLIB_DATA has not all of them
    source : str

    Raises
    ------
    FileNotFoundError
        If `path` is given and holds no choice.
    """
    folder = data_folder() if path is None else Path(path)
    for names in choices if folder else ():
        files = [folder / name for name in names]
        if folder.is_file() and len(names) == 1:
            files = [folder]
        if all(file.is_file() for file in files):
            where = FOLDER_VARIABLE if path is None else "path"
            logger.info("taking %s from %s: %s", ", ".join(names), where, folder)
            return files, f"{where} ({', '.join(file.name for file in files)})"
    if path is None:
        return None, ""
    expected = " or of ".join(" and ".join(names) for names in choices)
    raise FileNotFoundError(
        f"path must be the file or folder of {expected}; got {path}"
    )


def local(path, file, name, stand_in):
    """Return a file that has no download, from a path or RBMLIB_DATA, and its source.

    Parameters
    ----------
    path : str, path or None
    file : str
        Its name.
    name, stand_in : str
        The data set, and the one that a reader without the file can use instead.

    Raises
    ------
    FileNotFoundError
        The file is in neither place; the message names the stand-in.
    """
    files, source = find(path, [file])
    if files is None:
        raise FileNotFoundError(
            f"'{name}' needs {file}, which is not distributed here: give its path or "
            f'its folder in {FOLDER_VARIABLE}, or use load("{stand_in}")'
        )
    return files[0], source


def check_sha256(file, expected):
    """Raise ValueError unless a file has the known SHA-256 checksum."""
    found = pooch.file_hash(str(file), alg="sha256")
    if found != expected:
        raise ValueError(
            f"{file} has the wrong SHA-256 checksum: got {found}, expected {expected}"
        )


def download(base_url, checksums, stand_in):
    """Return paths of files in the cache, downloaded if need be, and the source.

    Parameters
    ----------
    base_url : str
        Ends with a slash.
    checksums : dict of str to str
        {file name: SHA-256}.
    stand_in : str
        What a reader without network can use instead.

    Raises
    ------
    ConnectionError
        No network and not in the cache; the message names the stand-in.
    ValueError
        A downloaded file with a wrong checksum (named, with both values).
    """
    folder = cache_folder()
    cached = all(_is_cached(folder / name, sha) for name, sha in checksums.items())
    source = "cache" if cached else base_url
    logger.info("taking %s from %s", ", ".join(checksums), folder if cached else source)
    try:
        files = [
            Path(pooch.retrieve(base_url + name, f"sha256:{sha}", name, folder))
            for name, sha in checksums.items()
        ]
    except OSError as error:
        raise ConnectionError(
            f"{', '.join(checksums)} neither in {FOLDER_VARIABLE} nor in the cache "
            f"{folder}, and the download from {base_url} failed ({error}). "
            f"Without network, use {stand_in}"
        ) from error
    return files, source


def _is_cached(file, expected):
    return file.is_file() and pooch.file_hash(str(file), alg="sha256") == expected
