"""The machine as an estimator of scikit-learn: pipelines, grid search, pickles.

`RBMTransformer` trains with `rbmlib.training` and gives the means of the hidden units.
"""

from rbmlib.estimator.transformer import RBMTransformer

__all__ = ["RBMTransformer"]
