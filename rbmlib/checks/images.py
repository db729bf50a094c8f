"""Check of the shape of an image, whose pixels are the units of a layer."""

from rbmlib.checks.arrays import check_integers

MOST = 10_000  # pixels of a side


def check_image_shape(shape, n_units, whose):
    """Return height and width as a tuple of int, or raise an error.

    Parameters
    ----------
    shape : array_like of int, shape (2,)
    n_units : int
    whose : str
        Units, in words for the message.

    Raises
    ------
    TypeError, ValueError
        No two integers from 1 to 10 000, or a product that is not n_units.

    Examples
    --------
    >>> check_image_shape([2, 3], 7, "samples")
    Traceback (most recent call last):
    ...
    ValueError: shape must have a product of 7, the units of samples; got (2, 3)
    """
    height, width = check_integers(shape, "shape", (2,), 1, MOST).tolist()
    if height * width != n_units:
        raise ValueError(
            f"shape must have a product of {n_units}, the units of {whose}; got "
            f"{(height, width)}"
        )
    return height, width
