"""Import names of the first edition that now live in another room.

Notebooks and scripts written for the first edition still run: importing an old name
gives the module that took its place, the very same object.  New code uses the new name.
"""

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

MOVED = {
    "rbmlib.convergence": "rbmlib.autocorrelation.convergence",
    "rbmlib.filmstrip": "rbmlib.demos.filmstrip",
    "rbmlib.gradient": "rbmlib.training.gradient",
    "rbmlib.kernels": "rbmlib.sampling.kernels",
    "rbmlib.lagged_sums": "rbmlib.autocorrelation.lagged_sums",
    "rbmlib.logistic": "rbmlib.sampling.logistic",
    "rbmlib.propagation": "rbmlib.mixing_time.propagation",
    "rbmlib.sampler": "rbmlib.sampling.sampler",
    "rbmlib.trajectory_files": "rbmlib.files.layout",
    "rbmlib.ising.enumeration": "rbmlib.ising.density_of_states",
    "rbmlib.likelihood.trajectory": "rbmlib.likelihood.along_training",
    "rbmlib.mode_tracking.stored": "rbmlib.trained.trees",
    "rbmlib.phase_diagram.grid": "rbmlib.phase_diagram.plane",
    "rbmlib.phase_diagram.identity": "rbmlib.sweeps.identity",
    "rbmlib.phase_diagram.make": "rbmlib.trained.make_monte_carlo",
    "rbmlib.phase_diagram.recorded": "rbmlib.trained.monte_carlo",
    "rbmlib.phase_diagram.store": "rbmlib.sweeps.store",
    "rbmlib.trajectories.files": "rbmlib.files.layout",
    "rbmlib.trajectories.model_types": "rbmlib.files.model_types",
    "rbmlib.trajectories.reading": "rbmlib.files.reading",
    "rbmlib.trajectories.settings": "rbmlib.files.settings",
    "rbmlib.trajectories.whole": "rbmlib.files.whole",
    "rbmlib.trained.make_chapter6": "rbmlib.trained.make_mixing",
    "rbmlib.trained.store": "rbmlib.trained.runs",
    "rbmlib.trained.summaries": "rbmlib.trained.mixing",
}


class _Moved(MetaPathFinder, Loader):
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name in MOVED else None

    def create_module(self, spec):
        return None  # an empty one, which is replaced below

    def exec_module(self, module):
        name = module.__name__
        sys.modules[name] = importlib.import_module(MOVED[name])


def install():
    """Let the old names be found; after the ordinary search, so they cost nothing."""
    sys.meta_path.append(_Moved())
