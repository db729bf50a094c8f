"""Sums of products at a distance, Σ_t x(t) x(t + lag), fast and in a fixed order.

Few lags are summed directly, many lags at once by Fourier transforms.  Rows are an
array, or what gives one for a slice (`series.Rows`).
"""

import numpy as np
from scipy import fft

from rbmlib import compiled

DIRECT_LAGS = 512  # beyond, transforms are faster than sums
BLOCK = 64  # lags side by side; shorter loops are unrolled, and left scalar
_NUMBERS = 2**22  # looked at once; a block of rows changes no order


def sums(rows, n_lags):
    """Return Σ_t x(t) x(t + lag) over all rows, by the faster of two ways."""
    if n_lags <= DIRECT_LAGS:
        return direct_sums(rows, 0, n_lags)
    return transformed_sums(rows, n_lags)


def transformed_sums(rows, n_lags):
    """Return Σ_t x(t) x(t + lag) over all rows by Fourier transforms."""
    n_steps = rows.shape[1]
    size = fft.next_fast_len(n_steps + n_lags, real=True)
    power = np.zeros(size // 2 + 1)
    step = max(1, _NUMBERS // size)
    for start in range(0, len(rows), step):
        spectrum = fft.rfft(rows[start : start + step], size)
        power += (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
    return fft.irfft(power, size)[:n_lags]


def direct_sums(rows, first, end):
    """Return Σ_t x(t) x(t + lag) over all rows for lags first … end - 1."""
    out = np.zeros(-(-(end - first) // BLOCK) * BLOCK)
    step = max(1, _NUMBERS // rows.shape[1])
    for start in range(0, len(rows), step):
        _add_products(rows[start : start + step], first, out)
    return out[: end - first]


@compiled.kernel(nogil=True)
def _add_products(rows, first, out):
    """Add products for len(out) lags; lanes run over lags, so that order is fixed."""
    n, width = np.uintp(rows.shape[1]), np.uintp(BLOCK)
    for row in range(rows.shape[0]):
        x = rows[row]
        for block in range(0, out.size, BLOCK):
            lag = np.uintp(first + block)
            sums = out[block : block + BLOCK]
            # Four steps at a time, as long as all lags stay inside the series.
            full = (n - min(n, lag + width)) // np.uintp(4) * np.uintp(4)
            for t in range(np.uintp(0), full, np.uintp(4)):
                y0, y1, y2, y3 = x[t], x[t + 1], x[t + 2], x[t + 3]
                for k in range(width):
                    s = t + lag + k
                    pair = y0 * x[s] + y1 * x[s + 1]
                    sums[k] += pair + (y2 * x[s + 2] + y3 * x[s + 3])
            for t in range(full, n):
                for k in range(min(width, n - min(n, t + lag))):
                    sums[k] += x[t] * x[t + lag + k]
