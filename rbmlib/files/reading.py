"""Reading an HDF5 file that somebody else wrote, or that a disk damaged.

Such a file may link to other files, and may declare arrays that it does not hold.  The
first are not opened and the second not allocated: both are refused with a ValueError.
"""

import math

import h5py

# An array up to this size is read whatever the file stores of it: zeros and repeated
# states compress well, and HDF5 does not store an array that was never written.
ALWAYS_READ = 2**24
# Beyond it the file must store a hundredth: chains of bits compress about 32 times.
COMPRESSION = 100


def find(group, path):
    """Return the object at a path below ``group``, or None if there is none.

    Raises
    ------
    ValueError
        A link to another file on the way; it is not opened.
    """
    for name in path.split("/"):
        link = group.get(name, getlink=True) if isinstance(group, h5py.Group) else None
        if link is None:
            return None
        if isinstance(link, h5py.ExternalLink):
            raise ValueError(
                f"{name} in {group.name} must not link to another file, "
                f"got {link.filename}"
            )
        if isinstance(link, h5py.SoftLink):
            start = group.file if link.path.startswith("/") else group
            group = find(start, link.path.strip("/"))
        else:
            group = group[name]
    return group


def array(group, path):
    """Return what the dataset at ``path`` holds: an array, a number or a str.

    Raises
    ------
    ValueError
        No dataset, or one whose numbers are in another file or nowhere.
    """
    dataset = find(group, path)
    if not isinstance(dataset, h5py.Dataset):
        found = list(group) if isinstance(group, h5py.Group) else "an array"
        raise ValueError(f"{group.name} must hold the array {path}, got {found}")
    _check_numbers(dataset)
    if h5py.check_string_dtype(dataset.dtype):
        return dataset.asstr()[()]
    return dataset[()]


def arrays(group, path):
    """Return the datasets of the group at ``path`` as a dict; None if it is missing.

    Raises
    ------
    ValueError
        Shapes that the file does not hold.
    """
    found = find(group, path)
    if found is None:
        return None
    if not isinstance(found, h5py.Group):
        raise ValueError(f"{path} must be a group of arrays, got an array")
    return {name: array(found, name) for name in found}


def _check_numbers(dataset):
    if dataset.is_virtual or dataset.external:
        raise ValueError(f"{dataset.name} must hold its own numbers, not another file")
    if dataset.shape is None:
        raise ValueError(f"{dataset.name} must hold an array, got an empty dataset")
    declared = math.prod(dataset.shape) * dataset.dtype.itemsize
    stored = dataset.id.get_storage_size()
    if declared > max(ALWAYS_READ, COMPRESSION * stored):
        raise ValueError(
            f"{dataset.name} must hold the array that it declares, got shape "
            f"{dataset.shape} and {stored} bytes of it"
        )
