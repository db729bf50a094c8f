"""Training: stochastic ascent of the log-likelihood, and its Markov chains.

The data term of the gradient is a mean over a batch.  The model term needs samples of
the machine, and the methods differ in where their chains start:

- "cd": at the batch (contrastive divergence; G. Hinton (2002),
  doi:10.1162/089976602760128018);
- "pcd": where they stood after the last update (persistent chains; T. Tieleman (2008),
  doi:10.1145/1390156.1390290);
- "ptt": the same, and they exchange their states with chains of younger ages of the
  run, at the foot of which every sweep is an independent sample (parallel trajectory
  tempering; N. Béreux et al. (2024), arXiv:2405.15376; `ladder`);
- "tempered": the same with machines at ten easier strengths, β = 0, 0.1 … 0.9 times
  the present one (`tempered`);
- "weighted": where they stood, too, and each has a weight that makes good what it
  lags behind (Jarzynski's equality; D. Carbone et al. (2023), arXiv:2305.19414;
  `population`);
- "rdm": at uniform noise, at every update (E. Nijkamp et al. (2019), arXiv:1904.09770;
  A. Decelle, C. Furtlehner, B. Seoane (2021), arXiv:2105.13889);
- "exact": no chain, the sum over all states (small machines).

One update makes k sweeps (h given v, then v given h) and one step.  The parameters are
kept in double precision; the chains see them rounded to their grid.  For {0, 1} and ±1
units every bit that the chains give follows from the arguments; "exact" sums in
double precision, and its last bits may differ between machines.

Training starts at small random weights (`initial_machine`), or at a machine that has
the density of the data along one to three directions already (`low_rank_start`).

`course` begins a run and `resuming` continues it, `carrying` brings it from age to age,
`run` makes its updates, `settings` has the checks.  What may be added to a run:
penalties on the weights (`regularisation`), weights of the samples (`weights`), a
learning rate that changes (`schedule`), gaps in the data (`missing`), and what it
measures on the way (`history`).  `watch` warns of a run that goes wrong.
"""

from rbmlib.training.course import begin, train
from rbmlib.training.ladder import Ladder, ladder_of
from rbmlib.training.low_rank import LowRank, low_rank_start
from rbmlib.training.population import Population, population_of
from rbmlib.training.resuming import resume
from rbmlib.training.run import Diverged
from rbmlib.training.settings import log_ages
from rbmlib.training.start import initial_machine

__all__ = [
    "Diverged",
    "Ladder",
    "LowRank",
    "Population",
    "begin",
    "initial_machine",
    "ladder_of",
    "log_ages",
    "low_rank_start",
    "population_of",
    "resume",
    "train",
]
