"""A finite machine with planted modes: the same bits everywhere.

Every random number is made from `rbmlib.randomness.bell` and raw draws by additions,
multiplications, divisions and square roots alone, which IEEE 754 rounds in one way
only; a logarithm or an inverse error function may differ in its last bit between
libraries.
"""

from dataclasses import dataclass

import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_number, check_positive
from rbmlib.phase_diagram import laws
from rbmlib.phase_diagram.solve import check_modes
from rbmlib.randomness import MODES, NOISE
from rbmlib.rbm import RBM
from rbmlib.units import SPIN

LARGEST = 1e60  # strength or field: no sum of modes then leaves the numbers
LARGEST_LAYER, MOST_WEIGHTS = 2**24, 2**32
# Whether an entry is not 0 is decided by 32 bits, which know p to 2e-4 then.
LEAST_P = 1e-6
# D. Teichroew's polynomial (1953) in R = (sum - 6)/4, which turns the sum of 12 uniform
# numbers into a normal one; see D. Knuth, TAOCP vol. 2, section 3.4.1.
TEICHROEW = (0.029899776, 0.008355968, 0.076542912, 0.252408784, 3.949846138)


@dataclass(frozen=True, eq=False)
class PlantedMachine:
    """A machine W = Σ w_α u^α (ū^α)ᵀ + r with ±1 units, and what was planted.

    Attributes
    ----------
    rbm : RBM
    u : ndarray, shape (n_visible, n_modes)
        Modes of the visible layer, entries of variance 1/n_visible.
    u_bar : ndarray, shape (n_hidden, n_modes)
    w : ndarray, shape (n_modes,)
    sigma : float
    law : str
    """

    rbm: RBM
    u: np.ndarray
    u_bar: np.ndarray
    w: np.ndarray
    sigma: float
    law: str

    @property
    def kappa(self):
        """N_h/N_v."""
        return self.rbm.n_hidden / self.rbm.n_visible

    @property
    def scale(self):
        """√L = (N_v N_h)^{1/4}, the norm that makes magnetisations of order one."""
        return float(self.rbm.n_visible * self.rbm.n_hidden) ** 0.25

    def planted_state(self, mode=0):
        """Return the visible state along one mode, ±1, shape (n_visible,).

        Raises
        ------
        ValueError, TypeError
            No integer from 0 to n_modes - 1.

        Examples
        --------
        >>> sample_machine(1.5, 0.5, 4, 4, seed=1).planted_state(0).tolist()
        [-1.0, 1.0, -1.0, 1.0]
        """
        mode = check_positive(mode, "mode", 0, len(self.w) - 1)
        return np.where(self.u[:, mode] >= 0, 1.0, -1.0)


def sample_machine(
    w, sigma, n_visible, n_hidden, law="gaussian", *, seed, eta=0.0, theta=0.0
):
    """Draw a machine of the ensemble that `solve` describes.

    Parameters
    ----------
    w, sigma, law, eta, theta
        As in `solve`; up to 1e60, and the p of a sparse law at least 1e-6.
    n_visible, n_hidden : int
        At most 2^24, their product at most 2^32.  κ is their ratio n_hidden/n_visible.
    seed : int
        In [0, 2^64).  Modes and noise do not change with w and sigma.

    Returns
    -------
    PlantedMachine

    Raises
    ------
    ValueError, TypeError
        As in `solve`; a number out of range.

    Examples
    --------
    >>> machine = sample_machine(1.5, 0.5, 40, 20, seed=1)
    >>> machine.rbm, machine.kappa
    (RBM(40 spin visible, 20 spin hidden), 0.5)
    """
    w, eta, theta = check_modes(w, eta, theta)
    sigma, law = check_number(sigma, "sigma"), laws.get(law)
    _check_sizes_of(w=w, sigma=sigma, eta=eta, theta=theta)
    n_visible = check_positive(n_visible, "n_visible", most=LARGEST_LAYER)
    n_hidden = check_positive(n_hidden, "n_hidden", most=LARGEST_LAYER)
    if n_visible * n_hidden > MOST_WEIGHTS:
        raise ValueError(
            "n_visible and n_hidden must have a product of at most 2^32, got "
            f"{n_visible} and {n_hidden}"
        )
    if law.p < LEAST_P:
        raise ValueError(
            f"law must have a p of at least {LEAST_P:g} in a machine, got {law.p!r}"
        )
    U = entries(law, (n_visible + n_hidden, len(w)), seed)
    u, u_bar = U[:n_visible] / np.sqrt(n_visible), U[n_visible:] / np.sqrt(n_hidden)
    noise = randomness.bell(seed, NOISE, (n_visible, n_hidden))
    root = np.sqrt(np.sqrt(float(n_visible * n_hidden)))
    W = (sigma / root) * noise
    for alpha, strength in enumerate(w):  # no BLAS: its sums have no fixed order
        W = W + (strength * u[:, alpha, None]) * u_bar[None, :, alpha]
    a, b = (root * x for x in (_field(u, eta), _field(u_bar, theta)))
    return PlantedMachine(RBM(W, a, b, SPIN, SPIN), u, u_bar, w, sigma, law.name)


def _check_sizes_of(**strengths):
    for name, values in strengths.items():
        if (largest := float(np.abs(values).max())) > LARGEST:
            raise ValueError(
                f"{name} must be at most {LARGEST:g} in size, got {largest!r}"
            )


def _field(u, strengths):
    total = np.zeros(len(u))
    for column, strength in zip(u.T, strengths, strict=True):
        total = total + strength * column
    return total


def entries(law, shape, seed):
    """Return independent entries of a law, of variance 1, as ndarray of a shape.

    The Laplace law is that of a determinant of four normal numbers.
    """
    n = int(np.prod(shape))
    if law.name == "gaussian":
        return normal(randomness.bell(seed, MODES, shape))
    if law.name == "laplace":
        a, b, c, d = normal(randomness.bell(seed, MODES, (4, n)))
        return ((a * b - c * d) / np.sqrt(2.0)).reshape(shape)
    sign, on = randomness.draws(seed, MODES, 0, [0, 1], n)
    value = np.where(on < law.p * 2.0**32, 1 / np.sqrt(law.p), 0.0)
    return np.where(sign >> 31, value, -value).reshape(shape)


def normal(bell):
    """Return standard normal numbers from sums of twelve uniform ones.

    Quantiles are right to 2e-4 within three standard deviations.
    """
    R = bell / 4.0
    square = R * R
    total = TEICHROEW[0]
    for coefficient in TEICHROEW[1:]:
        total = total * square + coefficient
    return total * R
