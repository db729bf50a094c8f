"""Demo "the linear regime": a spectrum in the reader's hands, learned by modes."""

import numpy as np
from matplotlib.figure import Figure

from rbmlib import linear_regime, randomness
from rbmlib.demos.base import BLUE, RED, Demo, preset, slider
from rbmlib.demos.traits import Number

UNITS = 4
SEED = 19  # first weights that know nothing of the data's axes: overlaps below 0.4
FIRST_FRAME_TIMES = np.linspace(0, 12, 49)

CONTROLS = [
    *(
        slider(
            f"variance_{axis}",
            f"Variance {axis}",
            0.2,
            5,
            0.05,
            2,
            f"Of the data along axis {axis}. It acts at once: learning goes on with "
            "the new data.",
        )
        for axis in range(1, UNITS + 1)
    ),
    slider(
        "noise",
        "Noise σ²",
        0.5,
        2,
        0.05,
        2,
        "Variance of a visible unit without weights: the threshold. A change starts "
        "again.",
    ),
    slider(
        "start",
        "First weights",
        0.005,
        0.1,
        0.005,
        3,
        "Standard deviation of the weights at time 0. A change starts again.",
    ),
]


def _preset(label, look, variances, noise=1.0):
    names = (f"variance_{axis}" for axis in range(1, UNITS + 1))
    state = dict(zip(names, variances, strict=True)) | {"noise": noise}
    return preset(label, look, start=0.02, seed=SEED, running=True, **state)


PRESETS = [
    _preset(
        "staircase",
        "The larger the variance, the earlier the mode: four steps, each ending at its "
        "dotted line. The fourth takes longer than the other three together.",
        (4, 2.5, 1.6, 1.2),
    ),
    _preset(
        "below the noise",
        "Two variances lie below the red line. Their modes shrink to nothing, "
        "although the data do vary along them. Raise one above 1.5 and wait: its mode "
        "grows.",
        (4, 2.5, 0.8, 0.5),
    ),
    _preset(
        "twins",
        "Two variances are nearly equal. Both strengths rise together at once, but "
        "which direction is which is settled late: see the overlaps.",
        (2.5, 2.4, 0.6, 0.4),
    ),
    _preset(
        "too much noise",
        "The staircase again with twice the noise: two modes never grow. Bring the "
        "noise down to 1, and they come one after the other.",
        (4, 2.5, 1.6, 1.2),
        noise=2.0,
    ),
]


class Linear(Demo):
    """A Gaussian machine that learns four directions, against the theory of its modes.

    The page integrates the flow of the whole matrix and the equations of the modes side
    by side; `flow` and `modes` give both in Python.  Hidden units have variance 1.

    Parameters
    ----------
    **traits
        Any of the attributes below.

    Raises
    ------
    traitlets.TraitError
        A trait outside the values below.

    Attributes
    ----------
    variance_1, variance_2, variance_3, variance_4 : float
        Of the data along its four axes.
    noise : float
        σ_v², the variance of a visible unit without weights.
    start : float
        Standard deviation of the first weights.
    time : float
        Told by the page twice a second.

    Examples
    --------
    >>> demo = Linear(variance_4=0.5)
    >>> demo
    Linear(variances=(4, 2.5, 1.6, 0.5), noise=1, start=0.02, seed=19)
    >>> demo.modes([0, 30]).w[-1].round(3).tolist()
    [0.866, 0.775, 0.612, 0.0]
    """

    script = "linear.js"
    variance_1 = Number(4.0, min=0.1, max=6.0)
    variance_2 = Number(2.5, min=0.1, max=6.0)
    variance_3 = Number(1.6, min=0.1, max=6.0)
    variance_4 = Number(1.2, min=0.1, max=6.0)
    noise = Number(1.0, min=0.5, max=2.0)
    start = Number(0.02, min=0.001, max=0.1)
    time = Number()

    def __init__(self, **traits):
        fixed = {"controls": CONTROLS, "presets": PRESETS}
        super().__init__(fixed, **({"running": True, "seed": SEED} | traits))

    def __repr__(self):
        variances = ", ".join(f"{x:g}" for x in self.variances())
        return (
            f"Linear(variances=({variances}), noise={self.noise:g}, "
            f"start={self.start:g}, seed={self.seed})"
        )

    def variances(self):
        """Return the variances of the data, shape (4,)."""
        axes = range(1, UNITS + 1)
        return np.array([getattr(self, f"variance_{axis}") for axis in axes])

    def weights(self):
        """Return the weights at time 0, shape (4, 4)."""
        shape = (UNITS, UNITS)
        return self.start * randomness.bell(self.seed, randomness.WEIGHTS, shape)

    def flow(self, times):
        """Return the weights at increasing times, by `rbmlib.linear_regime.full_flow`.

        Parameters
        ----------
        times : array_like, shape (n_times,)
            From 0, in units of the learning time; at least two.

        Returns
        -------
        ndarray, shape (n_times, 4, 4)

        Raises
        ------
        ValueError
            Times that do not increase.

        Examples
        --------
        >>> Linear().flow([0.0, 1.0]).shape
        (2, 4, 4)
        """
        return linear_regime.full_flow(*self._problem(times), sigma_v=self.noise**0.5)

    def modes(self, times):
        """Return the modes of the same flow, by `rbmlib.linear_regime.mode_dynamics`.

        Parameters
        ----------
        times : array_like, shape (n_times,)
            As for `flow`.

        Returns
        -------
        ModePath

        Raises
        ------
        ValueError
            Times that do not increase.
        """
        return linear_regime.mode_dynamics(
            *self._problem(times), sigma_v=self.noise**0.5
        )

    def _problem(self, times):
        return self.weights(), np.diag(self.variances()), times

    def first_frame(self):
        """Return strengths and overlaps: theory as lines, the flow as dots."""
        times = FIRST_FRAME_TIMES
        path = self.modes(times)
        u, w, _ = np.linalg.svd(self.flow(times))
        axes = np.eye(UNITS)
        figure = Figure(figsize=(8, 3), layout="constrained")
        strength, turning = figure.subplots(1, 2)
        for end in linear_regime.stationary_modes(
            self.variances(), sigma_v=self.noise**0.5
        ):
            strength.axhline(end, color="0.6", lw=1, ls=":")
        for plot, theory, found in (
            (strength, path.w, w),
            (
                turning,
                linear_regime.overlaps(path.u, axes),
                linear_regime.overlaps(u, axes),
            ),
        ):
            for mode, dash in enumerate(("-", "--", ":", "-.")):
                plot.plot(times, theory[:, mode], dash, color=BLUE)
                plot.plot(times[::3], found[::3, mode], ".", color=RED, ms=4)
        strength.set(xlabel="time", ylabel="strength $w_\\alpha$")
        turning.set(xlabel="time", ylabel="overlap with the axis of the data")
        return figure
