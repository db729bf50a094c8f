"""The statistical physics of the Restricted Boltzmann Machine, in rooms.

The rooms carry the words of the book.  Imports go downwards only.

==========  ========================================================================
faces       `demos`: a demo for each chapter, film strips; `course`: self-checks,
            problems with numbers of one's own, and their grading; `estimator`: for
            scikit-learn; `command`: the command line; `report`: a page on a run
stored      `trained`: runs, trees, mixing times and Monte Carlo points, with records
chapters    `ising`, `training`, `linear_regime`, `phase_diagram`, `mixing_time`,
            `mode_tracking`, `interactions`, `cascade`
shared      `sampling`, `likelihood`, `tempering`, `scores`, `mean_field`,
            `trajectories`, `datasets`, `sweeps`, `plotting`
ground      `rbm`, `units`, `effective_couplings`, `enumeration`, `grid`,
            `randomness`, `addresses`, `autocorrelation`, `files`, `checks`, `compiled`
==========  ========================================================================

Start reading at `rbm`: one frozen dataclass, and free functions around it.
"""

from rbmlib import moved

__all__ = ["__version__"]

__version__ = "0.2.0"

moved.install()
