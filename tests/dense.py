"""The self-consistent equations again, by dense quadrature and plain iteration.

Slow and simple, to check `rbmlib.phase_diagram`; and wrong on request, to check that
the checks can fail.
"""

import numpy as np

Y, DY = np.linspace(-9, 9, 2001, retstep=True)
P = np.exp(-(Y**2) / 2) / np.sqrt(2 * np.pi) * DY


def overlap(s):
    """Return E tanh²(√s y) for an array s up to about 130.

    A step of h in x = √s y leaves e^{-π²/h}, tanh having its poles at ±iπ/2: 4e-11 for
    every fourth node.
    """
    nodes = np.sqrt(np.asarray(s, float))[..., None] * Y[::4]
    return np.tanh(nodes) ** 2 @ P[::4] * 4


def entries(law):
    """Return values U and their weights; the Laplace law by Gauss–Legendre panels."""
    if law == "rademacher":
        return np.array([-1.0, 1.0]), np.full(2, 0.5)
    if law == "gaussian":
        return Y[::5], P[::5] * 5
    x, weight = np.polynomial.legendre.leggauss(8)
    edges = np.linspace(0, 24, 49)
    half = np.diff(edges)[:, None] / 2
    U = (edges[:-1, None] + half + half * x).ravel()
    p = (half * weight).ravel() * np.exp(-np.sqrt(2) * U) / np.sqrt(2)
    return np.r_[-U, U], np.r_[p, p]


def layer(field, noise, root, law, stein):
    """Return E[U tanh x]/root and E tanh² x for x = root (field U + √noise z)."""
    U, p = entries(law)
    z, pz = Y[::10], P[::10] * 10
    t = np.tanh(root * (field * U[:, None] + np.sqrt(noise) * z))
    q = p @ (t**2 @ pz)
    m = field * (1 - q) if stein else (p * U) @ (t @ pz) / root
    return m, q


def iterate(
    w, sigma, kappa, law, *, exponent=1, one_variance=False, stein=False, most=3000
):
    """Return (m, m̄, q, q̄) reached from m = q = 1.

    Errors that can be planted: `exponent` = -1 exchanges κ and 1/κ; `one_variance` uses
    the visible field's variance in both layers; `stein` uses m = w m̄ (1 - q) for laws
    that are not Gaussian.
    """
    root = kappa ** (exponent / 4)
    m, m_bar, q, q_bar = np.ones(4)
    for _ in range(most):
        old = np.array([m, m_bar, q, q_bar])
        m, q = layer(w * m_bar, sigma**2 * q_bar, root, law, stein)
        if one_variance:
            m_bar, q_bar = layer(w * m_bar, sigma**2 * old[3], 1 / root, law, stein)
        else:
            m_bar, q_bar = layer(w * m, sigma**2 * q, 1 / root, law, stein)
        new = np.array([m, m_bar, q, q_bar])
        if np.abs(new - old).max() < 1e-10:
            break
    return new


def ferromagnets(w, sigma, kappa):
    """Return every (m, m̄, q, q̄) with m > 0 for Gaussian modes, by a scan.

    There w²(1-q)(1-q̄) = 1, so that the visible field's variance ν fixes everything,
    and one equation is left.
    """
    nu = np.geomspace(1e-9, 2 * (sigma**2 + w**2), 300)
    valid = np.isfinite(_gap(nu, w, sigma, kappa)[0])
    more = []
    for k in np.flatnonzero(valid[1:] != valid[:-1]):  # look closely where m → 0
        ends = [nu[k], nu[k + 1]]
        for _ in range(60):
            middle = sum(ends) / 2
            value = _gap(np.array([middle]), w, sigma, kappa)[0][0]
            ends[int(np.isfinite(value) == valid[k + 1])] = middle
        inside = nu[k + 1] if valid[k + 1] else nu[k]
        near = ends[1] if valid[k + 1] else ends[0]
        more = np.r_[more, near + (inside - near) * np.geomspace(1e-12, 1, 200)]
    nu = np.unique(np.r_[nu, more])
    gap = _gap(nu, w, sigma, kappa)[0]
    found = []
    for k in np.flatnonzero(np.isfinite(gap[1:] * gap[:-1]) & (gap[1:] * gap[:-1] < 0)):
        low, high = nu[k], nu[k + 1]
        sign = np.sign(gap[k])
        for _ in range(60):
            middle = (low + high) / 2
            if sign * _gap(np.array([middle]), w, sigma, kappa)[0][0] > 0:
                low = middle
            else:
                high = middle
        found.append([x[0] for x in _gap(np.array([low]), w, sigma, kappa)[1:]])
    return np.array(found).reshape(-1, 4)


def _gap(nu, w, sigma, kappa):
    q = overlap(np.sqrt(kappa) * nu)
    with np.errstate(invalid="ignore"):
        q_bar = 1 - 1 / (w**2 * (1 - q))
        square = np.where(q_bar >= 0, nu - sigma**2 * q_bar, np.nan)
        m_bar = np.sqrt(square) / w
        m = w * m_bar * (1 - q)
        nu_bar = sigma**2 * q + (w * m) ** 2
    gap = np.full(nu.shape, np.nan)
    fine = np.isfinite(nu_bar)
    gap[fine] = overlap(nu_bar[fine] / np.sqrt(kappa)) - q_bar[fine]
    return gap, m, m_bar, q, q_bar
