"""A machine of MNIST with 500 hidden units and weights of one byte, for a page.

Its biases are few, and stand on a grid that is `FINER` binary digits finer.  Beside it
are stored 100 of the chains that its training went on with, the mean of the data, what
`likelihood.assess` says of it, and what it lost when its weights were rounded.  Made by
``python -m rbmlib.trained.make live``.
"""

import json

import numpy as np

from rbmlib.checks import check_instance
from rbmlib.rbm import RBM
from rbmlib.trained.record import Stored, pack_npz, read_npz

LARGEST = 127  # steps of a weight
FINER = 4  # a step of a weight is 2^4 steps of a bias


def load():
    """Return {name: array}.

    Returns
    -------
    dict
        "W", "a", "b", "exponent": as `byte_steps` returns them; "age" in updates;
        "chains", bits in bytes, shape (100, 98); "levels", 256 times the data's mean,
        rounded down, shape (784,).

    Raises
    ------
    ValueError
        A file that is damaged, or whose content does not have the recorded sha256.

    Examples
    --------
    >>> load()["W"].shape
    (784, 500)
    """
    return STORED.load()


def machine():
    """Return the stored machine.

    Raises
    ------
    ValueError
        As `load` does.

    Examples
    --------
    >>> machine()
    RBM(784 binary visible, 500 binary hidden)
    """
    found = load()
    return of_steps(*(found[name] for name in ("W", "a", "b", "exponent")))


def assessed():
    """Return what is known of the likelihood, in nats for an image.

    Returns
    -------
    dict
        Of the machine of bytes: "train" and "test", mean log-likelihoods; "error", of
        ln Z; "trusted" and "verdict", as `likelihood.assess` gives them, and what its
        bounds leave, "test_at_least" and "test_at_most".  "lost": by how much "test"
        fell when the weights became bytes, and "lost_error".

    Raises
    ------
    ValueError
        As `load` does.

    Examples
    --------
    >>> bool(abs(assessed()["lost"]) < 0.5)
    True
    """
    return json.loads(str(load()["assessed"]))


def byte_steps(rbm):
    """Return the parameters of a machine in steps, of which a weight has at most 127.

    Parameters
    ----------
    rbm : RBM
        One weight, not zero, at least.

    Returns
    -------
    W : ndarray of int8, shape (n_visible, n_hidden)
    a, b : ndarray of int32, shape (n_visible,) and (n_hidden,)
    exponent : int
        g: a step of a weight is 2^-g, and one of a bias 2^-(g + `FINER`).

    Raises
    ------
    TypeError, ValueError
        No machine, or one without weights.

    Examples
    --------
    >>> W, a, b, exponent = byte_steps(RBM([[0.5, -2.0]], [0.25], [0.0, 1.0]))
    >>> W.tolist(), a.tolist(), b.tolist(), exponent
    ([[16, -64]], [128], [0, 512], 5)
    """
    check_instance(rbm, "rbm", RBM)
    largest = np.abs(rbm.W).max()
    if largest == 0:
        raise ValueError("rbm must have a weight that is not zero, got none")
    g = int(np.floor(np.log2(LARGEST / largest)))
    W = np.rint(rbm.W * 2.0**g).astype(np.int8)
    a, b = (np.rint(x * 2.0 ** (g + FINER)).astype(np.int32) for x in (rbm.a, rbm.b))
    return W, a, b, g


def of_steps(W, a, b, exponent):
    """Return the machine of `byte_steps`.

    Examples
    --------
    >>> of_steps(*byte_steps(RBM([[0.51, -2.0]], [0.25], [0.0, 1.0]))).W.tolist()
    [[0.5, -2.0]]
    """
    step = 2.0 ** -int(exponent)
    return RBM(W * step, *(x * step * 2.0**-FINER for x in (a, b)))


def parts(arrays):
    """Return what is hashed: sorted arrays, a number as an array of one, and a text."""
    names = sorted(set(arrays) - {"assessed"})
    text = str(arrays["assessed"])
    return {name: np.atleast_1d(arrays[name]) for name in names}, text


STORED = Stored("live", "live.npz", read_npz, pack_npz, parts)
