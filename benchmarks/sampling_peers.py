"""One sweep of block Gibbs sampling by plain NumPy and by other libraries."""

import numpy as np


def random_state(n_visible, n_hidden, n_chains):
    """Return states v and h, half of them on, and weights, all float32."""
    rng = np.random.default_rng(0)
    v = (rng.random((n_chains, n_visible)) < 0.5).astype(np.float32)
    h = (rng.random((n_chains, n_hidden)) < 0.5).astype(np.float32)
    W = rng.normal(0, 0.05, (n_visible, n_hidden)).astype(np.float32)
    return v, h, W


def numpy_sweep(n_visible, n_hidden, n_chains):
    """Return a sweep as it is usually written in NumPy, in float32."""
    v, _, W = random_state(n_visible, n_hidden, n_chains)
    a, b = np.zeros(n_visible, np.float32), np.zeros(n_hidden, np.float32)
    rng, one = np.random.default_rng(1), np.float32(1)

    def layer(s, W, bias):
        p = one / (one + np.exp(-(s @ W + bias)))
        return (rng.random(p.shape, np.float32) < p).astype(np.float32)

    return lambda: layer(layer(v, W, b), W.T, a)


def sklearn_sweep(n_visible, n_hidden, n_chains):
    """Return scikit-learn's Gibbs step."""
    from sklearn.neural_network import BernoulliRBM

    v, _, W = random_state(n_visible, n_hidden, n_chains)
    model = BernoulliRBM(n_hidden, n_iter=1, batch_size=100, random_state=0)
    model.fit(v[:100])
    model.components_ = np.ascontiguousarray(W.T)
    return lambda: model.gibbs(v)


def rbms_sweep(n_visible, n_hidden, n_chains):
    """Return one sweep of rbms (torch)."""
    import torch
    from rbms.bernoulli_bernoulli.classes import BBRBM

    torch.set_num_threads(1)
    model = BBRBM.init_parameters(
        num_hiddens=n_hidden,
        dataset=_TorchData(torch.rand(200, n_visible).round()),
        device=torch.device("cpu"),
        dtype=torch.float32,
    )
    chains = model.init_chains(num_samples=n_chains)
    return lambda: model.sample_state(chains=chains, n_steps=1)


class _TorchData:
    def __init__(self, data):
        self.data, self.weights = data, data[:, :1] * 0 + 1

    def get_num_visibles(self):
        return self.data.shape[1]
