"""Unit vectors in all directions of a line, a plane or space, up to their sign.

In the plane they have equal angles.  In space they wind from the pole of a half sphere
to its rim.  Bands of equal height have equal areas there, so the heights have equal
steps; from one vector to the next the angle grows by the golden section of a turn,
which keeps neighbours apart.
"""

import numpy as np

N_VECTORS = {1: 1, 2: 8, 3: 24}


def half_sphere(d):
    """Return unit vectors of d = 1, 2 or 3 dimensions, shape (n_vectors, d)."""
    n = N_VECTORS[d]
    if d < 3:
        angles = np.pi * np.arange(n) / n
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, :d]
    steps = np.arange(n) + 0.5
    height, angles = steps / n, np.pi * (1 + np.sqrt(5)) * steps
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(angles), radius * np.sin(angles), height], axis=1)
