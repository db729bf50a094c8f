"""The square lattice solved: Onsager's infinite plane, Kaufman's finite torus.

Energy E = -Σ_<ij> s_i s_j, each nearest-neighbour pair counted once, coupling J = 1;
temperatures are in units of J / k_B.  Energies and specific heats are per site.  A
torus with a side of length 2 has doubled bonds, as its partition function has.

A sample from a finite lattice is compared with `kaufman`, never with the infinite one.

Energies, specific heats and log Z are right to 1e-11 at every temperature: where the
closed forms cancel, above T = 16 and below 0.72, they are summed from `series`.  The
infinite lattice's specific heat and magnetisation change without bound at T_c: there
the last digit of T decides.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ellipe, ellipkm1

from rbmlib.ising.arguments import check_side, check_temperature
from rbmlib.ising.series import at_an_end

# Of the infinite square lattice, in units of J/k_B.
CRITICAL_TEMPERATURE = 2 / math.log1p(math.sqrt(2))


class Torus(NamedTuple):
    """What `kaufman` knows of a finite lattice: log Z, and e and c per site."""

    log_z: float
    energy: float
    specific_heat: float


def onsager_energy(T):
    """Return the energy per site of the infinite lattice.

    e = -coth(2K) [1 + (2/π)(2 tanh²2K - 1) 𝐊(k)] with K = 1/T and modulus
    k = 2 sinh 2K / cosh² 2K; L. Onsager (1944), doi:10.1103/PhysRev.65.117.

    Parameters
    ----------
    T : float
        In units of J/k_B.

    Raises
    ------
    TypeError, ValueError
        Unless T is finite and positive.

    Examples
    --------
    >>> round(onsager_energy(2.0), 6)
    -1.745565
    >>> round(onsager_energy(CRITICAL_TEMPERATURE), 6)  # -√2
    -1.414214
    """
    K = 1 / check_temperature(T)
    if end := at_an_end(0, 0, K):
        return end[1]
    t = math.tanh(2 * K)
    away = 2 * t * t - 1  # 1 - k² = away²; zero at T_c, where 𝐊 diverges
    product = away * float(ellipkm1(away**2)) if away else 0.0
    return -(1 + 2 / math.pi * product) / t


def onsager_specific_heat(T):
    """Return the specific heat per site of the infinite lattice; infinite at T_c.

    Parameters
    ----------
    T : float
        In units of J/k_B.

    Raises
    ------
    TypeError, ValueError
        Unless T is finite and positive.

    Examples
    --------
    >>> round(onsager_specific_heat(2.0), 6)
    0.724871
    """
    K = 1 / check_temperature(T)
    if T == CRITICAL_TEMPERATURE:
        return math.inf
    if end := at_an_end(0, 0, K):
        return end[2]
    t = math.tanh(2 * K)
    away = 2 * t * t - 1
    first_kind, second_kind = ellipkm1(away**2), ellipe(1 - away**2)
    bracket = math.pi / 2 + away * first_kind
    elliptic = first_kind - second_kind - (1 - t * t) * bracket
    return float(4 / math.pi * (K / t) ** 2 * elliptic)


def onsager_magnetization(T):
    """Return the spontaneous magnetisation per site of the infinite lattice.

    m = (1 - sinh⁻⁴ 2K)^{1/8} below T_c, zero above; C. N. Yang (1952),
    doi:10.1103/PhysRev.85.808.

    Parameters
    ----------
    T : float
        In units of J/k_B.

    Raises
    ------
    TypeError, ValueError
        Unless T is finite and positive.

    Examples
    --------
    >>> round(onsager_magnetization(2.0), 6)
    0.911319
    >>> onsager_magnetization(2.5)
    0.0
    """
    K = 1 / check_temperature(T)
    if T >= CRITICAL_TEMPERATURE:
        return 0.0
    inverse = 2 * math.exp(-2 * K) / -math.expm1(-4 * K)  # 1 / sinh 2K
    return (1 - inverse**4) ** 0.125


def exact_energy(L, T):
    """Return the exact energy per site of the L x L torus: see `kaufman`.

    Parameters
    ----------
    L : int
        Side of the torus.
    T : float
        In units of J/k_B.

    Raises
    ------
    ValueError, TypeError
        A side below 2 or no integer; T not finite and positive.

    Examples
    --------
    >>> round(exact_energy(16, 2.0), 6)
    -1.745531
    """
    L = check_side(L)
    return kaufman(L, L, T).energy


def exact_specific_heat(L, T):
    """Return the exact specific heat per site of the L x L torus: see `kaufman`.

    Parameters
    ----------
    L : int
        Side of the torus.
    T : float
        In units of J/k_B.

    Raises
    ------
    ValueError, TypeError
        A side below 2 or no integer; T not finite and positive.

    Examples
    --------
    >>> round(exact_specific_heat(16, 2.0), 5)
    0.72551
    """
    L = check_side(L)
    return kaufman(L, L, T).specific_heat


def kaufman(L1, L2, T):
    """Return log Z, energy and specific heat of the L1 x L2 torus in zero field.

    Z = ½ (2 sinh 2K)^{L1 L2 / 2} (Z₁ + Z₂ + Z₃ + Z₄) with
    Z₁,₂ = Π_r 2 cosh, 2 sinh (L1 γ_{2r+1} / 2), Z₃,₄ the same with γ_{2r}, and
    cosh γ_l = cosh² 2K / sinh 2K - cos(π l / L2), but γ₀ = 2K + ln tanh K with its
    sign: Z₄ is negative above T_c.  B. Kaufman (1949), doi:10.1103/PhysRev.76.1232.

    Parameters
    ----------
    L1, L2 : int
        At least 2.
    T : float
        Positive.

    Returns
    -------
    Torus
        log_z of the whole lattice; energy and specific_heat per site.

    Raises
    ------
    ValueError, TypeError
        A side below 2 or no integer; T not finite and positive, or so small that log Z
        is no number.

    Examples
    --------
    >>> torus = kaufman(4, 4, 2.0)
    >>> round(torus.log_z, 8), round(torus.energy, 8)
    (17.10536712, -1.75538029)
    """
    L1, L2 = check_side(L1, "L1"), check_side(L2, "L2")
    K = 1 / check_temperature(T)
    if end := at_an_end(L1, L2, K):
        if end[0] == math.inf:
            raise ValueError(f"T must leave log Z below 1.8e308, got {T!r}")
        return Torus(*end)
    terms = [_product(L1, L2, K, odd, sinh) for odd, sinh in _FOUR_PRODUCTS]
    log_sum, first, second = _log_derivatives(terms)
    n = L1 * L2
    q = math.exp(-4 * K)
    # (n/2) ln(2 sinh 2K) and its derivatives by K.
    log_z = n / 2 * (2 * K + math.log(-math.expm1(-4 * K))) + log_sum - math.log(2)
    first += n * (1 + q) / -math.expm1(-4 * K)
    second -= 8 * n * q / math.expm1(-4 * K) ** 2
    return Torus(float(log_z), float(-first / n), float(K * K * second / n))


_FOUR_PRODUCTS = ((True, False), (True, True), (False, False), (False, True))


def _gammas(n, K, odd):
    """Return γ_l, γ'_l, γ''_l (derivatives by K) for l = 2r + odd, r = 0 … n - 1.

    Hyperbolic functions are scaled by ε = exp(-2K), so that no K overflows, and
    cosh γ - 1 = (sinh 2K - 1)² / sinh 2K + 2 sin²(πl/2n) loses no digits near T_c.
    """
    epsilon = math.exp(-2 * K)
    s, c = -math.expm1(-4 * K) / 2, (1 + math.exp(-4 * K)) / 2
    inverse = epsilon / s  # 1 / sinh 2K
    angle = np.sin(np.pi * (2 * np.arange(n) + odd) / (2 * n)) ** 2
    delta = (s - epsilon) ** 2 / s + 2 * epsilon * angle
    sinh = np.sqrt(delta * (2 * epsilon + delta))
    gamma = 2 * K + np.log(epsilon + delta + sinh)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = 2 * c * (1 - inverse**2) / sinh
        growth = 4 * s * (1 - inverse**2) + 8 * (c / s) ** 2 * epsilon * inverse
        second = (growth - (epsilon + delta) * first**2) / sinh
    if not odd:
        gamma[0] = 2 * K + math.log(math.tanh(K))
        first[0] = 2 + 2 * inverse
        second[0] = -4 * (c / s) * inverse
    return gamma, first, second


def _product(m, n, K, odd, sinh):
    """Return one Z_i as (log scale, l', l'', u, u', u'') with Z_i = u exp(log scale).

    The scale is positive; u = tanh(m γ₀ / 2) carries the sign of Z₄, u = 1 otherwise.
    """
    x, x1, x2 = (m / 2 * g for g in _gammas(n, K, odd))
    size, decay = np.abs(x), np.exp(-2 * np.abs(x))
    t = (np.sign(x) * -np.expm1(-2 * size)) / (1 + decay)  # tanh x
    sech2 = 4 * decay / (1 + decay) ** 2
    log, first, second = size + np.log1p(decay), x1 * t, x2 * t + x1**2 * sech2
    if not sinh:
        return log.sum(), first.sum(), second.sum(), 1.0, 0.0, 0.0
    # ln sinh = ln cosh + ln tanh; for γ₀ the tanh stays outside, as it may vanish.
    inside = slice(0 if odd else 1, None)
    ratio = sech2[inside] / t[inside]
    log[inside] += np.log(t[inside])
    first[inside] += x1[inside] * ratio
    curvature = 2 * sech2[inside] + ratio**2
    second[inside] += x2[inside] * ratio - x1[inside] ** 2 * curvature
    total = log.sum(), first.sum(), second.sum()
    if odd:
        return *total, 1.0, 0.0, 0.0
    u1 = x1[0] * sech2[0]
    return *total, t[0], u1, (x2[0] - 2 * x1[0] ** 2 * t[0]) * sech2[0]


def _log_derivatives(terms):
    """Return ln Σ Z_i and its first and second derivative."""
    log, l1, l2, u, u1, u2 = np.array(terms).T
    top = log.max()
    weight = np.exp(log - top)
    total = weight @ u
    first = weight @ (u * l1 + u1) / total
    # Centred, so that the variance is no difference of large numbers.
    centred = l1 - first
    second = weight @ (u * (l2 + centred**2) + 2 * centred * u1 + u2) / total
    return top + math.log(total), first, second
