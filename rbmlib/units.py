"""The units of a machine: what a layer is made of.

A unit type knows three things as functions of its input field x: the log-partition
function Γ(x) = log Σ_s exp(x s) (for Gaussian units an integral with their own energy),
its first two derivatives (mean and variance of the unit), and its states.  Everything
else in the library is written once on Γ.

For files a unit has a letter, what the letter leaves open (`parameters`), and the way
back from both (`from_file`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit


@dataclass(frozen=True)
class Binary:
    """Unit with states {0, 1}: Γ(x) = log(1 + eˣ)."""

    name = "binary"
    letter = "B"
    states = (0.0, 1.0)

    def log_partition(self, x):
        """Return Γ(x), elementwise."""
        return np.logaddexp(0.0, x)

    def mean(self, x):
        """Return Γ'(x) = 1 / (1 + e⁻ˣ), elementwise."""
        return expit(x)

    def variance(self, x):
        """Return Γ''(x), elementwise."""
        return expit(x) * expit(-np.asarray(x))

    def energy(self, s):
        """Return the unit's own energy: none."""
        return np.zeros_like(s)

    def parameters(self):
        """Return what a file must say of the unit beside its letter: nothing."""
        return {}

    @classmethod
    def from_file(cls, parameters, shape):
        """Return the unit of a file's `parameters` and weights of this shape."""
        return cls()


@dataclass(frozen=True)
class Spin:
    """Unit with states ±1: Γ(x) = log 2cosh x."""

    name = "spin"
    letter = "I"
    states = (-1.0, 1.0)

    def log_partition(self, x):
        """Return Γ(x), elementwise."""
        return np.logaddexp(x, -np.asarray(x))

    def mean(self, x):
        """Return Γ'(x) = tanh x, elementwise."""
        return np.tanh(x)

    def variance(self, x):
        """Return Γ''(x) = 1 - tanh² x, elementwise."""
        # 4 σ(2x) σ(-2x) does not cancel for large |x| as 1 - tanh² would.
        return 4.0 * expit(2.0 * np.asarray(x)) * expit(-2.0 * np.asarray(x))

    def energy(self, s):
        """Return the unit's own energy: none."""
        return np.zeros_like(s)

    def parameters(self):
        """Return what a file must say of the unit beside its letter: nothing."""
        return {}

    @classmethod
    def from_file(cls, parameters, shape):
        """Return the unit of a file's `parameters` and weights of this shape."""
        return cls()


@dataclass(frozen=True)
class Gaussian:
    """Real unit with own energy s²/2σ²: Γ(x) = σ²x²/2 + log(2πσ²)/2.

    Parameters
    ----------
    variance_at_rest : float
        σ², the variance of the unit; its mean is σ²x.
    """

    variance_at_rest: float = 1.0
    name = "gaussian"
    letter = "G"
    states = None

    def __post_init__(self):
        s2 = self.variance_at_rest
        number = isinstance(s2, (int, float, np.floating, np.integer))
        if not (number and np.isfinite(s2) and s2 > 0):
            raise ValueError(
                f"variance_at_rest must be a finite positive number, got {s2!r}"
            )

    def log_partition(self, x):
        """Return Γ(x), elementwise."""
        s2 = self.variance_at_rest
        return 0.5 * s2 * np.square(x) + 0.5 * np.log(2 * np.pi * s2)

    def mean(self, x):
        """Return Γ'(x) = σ²x, elementwise."""
        return self.variance_at_rest * np.asarray(x)

    def variance(self, x):
        """Return Γ''(x) = σ², elementwise."""
        return np.full_like(np.asarray(x, dtype=float), self.variance_at_rest)

    def energy(self, s):
        """Return the unit's own energy s²/2σ², elementwise."""
        return np.square(s) / (2.0 * self.variance_at_rest)

    def parameters(self):
        """Return what a file must say of the unit beside its letter: σ²."""
        return {"variance": float(self.variance_at_rest)}

    @classmethod
    def from_file(cls, parameters, shape):
        """Return the unit of a file's `parameters` and weights of this shape."""
        if "variance" not in parameters:
            raise ValueError("the file does not say the variance of its Gaussian units")
        return cls(float(parameters["variance"]))


BINARY = Binary()
SPIN = Spin()
GAUSSIAN = Gaussian()

UnitType = Binary | Spin | Gaussian
BY_LETTER = {kind.letter: kind for kind in UnitType.__args__}


def check_unit(unit, argument):
    """Return ``unit``, or raise TypeError if it is not a unit type."""
    if not isinstance(unit, UnitType):
        raise TypeError(
            f"{argument} must be BINARY, SPIN, GAUSSIAN or Gaussian(variance), "
            f"got {unit!r}"
        )
    return unit


def variance_at(unit, mean):
    """Return the variance of units that have the given means, elementwise.

    Examples
    --------
    >>> variance_at(SPIN, 0.5), variance_at(BINARY, 0.5)
    (0.75, 0.25)
    """
    if unit.states is None:
        return np.full_like(mean, unit.variance_at_rest, dtype=float)
    low, high = unit.states
    return (mean - low) * (high - mean)


def check_states(x, unit, n_units, argument, dtype=np.float64):
    """Return ``x`` as an array of configurations of a layer, or refuse it.

    Parameters
    ----------
    x : array_like, shape (..., n_units)
    unit : unit type of the layer
    n_units : int
    argument : str
        Name that the error message uses.
    dtype : dtype, optional
        Of the result.

    Returns
    -------
    ndarray, shape (..., n_units)

    Raises
    ------
    ValueError
        Wrong last dimension, not numeric, not finite, or a value that is no state of
        the unit (for instance -1 given to a {0, 1} unit).

    Examples
    --------
    >>> check_states([[1, -1]], BINARY, 2, "v")
    Traceback (most recent call last):
    ...
    ValueError: v must hold states of binary units, 0 or 1; got -1
    """
    x = np.asarray(x)
    if x.dtype.kind not in "biuf":
        raise ValueError(f"{argument} must be numeric, got dtype {x.dtype}")
    if x.ndim == 0 or x.shape[-1] != n_units:
        raise ValueError(f"{argument} must have shape (..., {n_units}), got {x.shape}")
    if unit.states is None:
        allowed = np.isfinite(x)
    else:
        allowed = (x == unit.states[0]) | (x == unit.states[1])
    if not allowed.all():
        bad = x[~allowed].flat[0]
        expected = (
            "finite numbers"
            if unit.states is None
            else f"states of {unit.name} units, "
            + " or ".join(f"{state:g}" for state in unit.states)
        )
        raise ValueError(f"{argument} must hold {expected}; got {bad:g}")
    return x.astype(dtype, copy=False)
