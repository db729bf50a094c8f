"""Files as a whole: written in one step or not at all, read or refused by name.

A file is written beside its place, brought to the disk and renamed, so that whoever
reads its name finds the old content or the new one, never a mixture.  A process that is
killed while it writes leaves its part beside the file; the next writer removes it.
"""

import errno
import hashlib
import os
import platform
import secrets
import stat
from contextlib import contextmanager, suppress
from pathlib import Path

PART = ".part"


def write_whole(path, data):
    """Write bytes to ``path``: an old file is replaced in one step, or stays.

    A symbolic link stays one, and the file that it names is written.  An old file
    keeps its mode; a new one has that of the umask.

    Parameters
    ----------
    path : str or path
    data : bytes

    Raises
    ------
    OSError
        The file cannot be written, or is none (a folder, a device, links in a circle);
        an old one is then untouched.
    """
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    beside = _parts(target.name)
    _remove_leftovers(target.parent, beside)
    # The name of a part is short: that of the file may be as long as a name can be.
    temporary = target.with_name(f"{beside}{os.getpid()}.{secrets.token_hex(4)}{PART}")
    try:
        with open(temporary, "xb") as file:
            if mode is not None:
                os.chmod(temporary, mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


@contextmanager
def explained(path, kind="file of this library"):
    """Turn the errors of reading a damaged file into ValueErrors that name it.

    A missing, forbidden or locked file is what it is, with its name.

    Parameters
    ----------
    path : path
    kind : str
        What the file must be.

    Raises
    ------
    FileNotFoundError, PermissionError, BlockingIOError
        No such file, or none that may be read now.
    ValueError
        In the place of any other error.
    """
    try:
        yield
    except (FileNotFoundError, PermissionError, BlockingIOError) as error:
        # HDF5 does not give the name of the file, or only in its text.
        number = error.errno or errno.ENOENT
        raise type(error)(number, os.strerror(number), str(path)) from error
    except Exception as error:
        if type(error) is ValueError:  # a sentence of ours, which may have the name
            named = str(error) if str(path) in str(error) else f"{path}: {error}"
            raise ValueError(named) from error
        raise ValueError(
            f"{path} must be a whole {kind}, but it is truncated, damaged or no "
            f"{kind}: {type(error).__name__}: {error}"
        ) from error


def _mode(target):
    """Return the mode of an old file, None if there is none."""
    try:
        found = target.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found):  # what realpath could not resolve
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(target))
    if stat.S_ISDIR(found):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not stat.S_ISREG(found):
        raise OSError(errno.EINVAL, "Not a regular file", str(target))
    return stat.S_IMODE(found)


def _parts(name):
    """Return how the names of all parts of a file begin, on this machine."""
    return f".{_digest(name)}.{_digest(platform.node())}."


def _digest(text):
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:12]


def _remove_leftovers(folder, beside):
    """Remove the parts of writers that are no more."""
    if os.name != "posix":  # elsewhere there is no harmless question to a process
        return
    with suppress(OSError):  # a folder that cannot be listed can still be written
        for name in os.listdir(folder):
            if name.startswith(beside) and name.endswith(PART):
                writer = name.removeprefix(beside).split(".")[0]
                if writer.isdecimal() and not _is_running(int(writer)):
                    Path(folder, name).unlink(missing_ok=True)


def _is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


def _sync_folder(folder):
    """Bring the new name to the disk, where a folder can be asked to."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
