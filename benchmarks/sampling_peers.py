"""A sweep, and an update of training, by plain NumPy and by other libraries."""

import numpy as np


def random_state(n_visible, n_hidden, n_chains):
    """Return states v and h, half of them on, and weights, all float32."""
    rng = np.random.default_rng(0)
    v = (rng.random((n_chains, n_visible)) < 0.5).astype(np.float32)
    h = (rng.random((n_chains, n_hidden)) < 0.5).astype(np.float32)
    W = rng.normal(0, 0.05, (n_visible, n_hidden)).astype(np.float32)
    return v, h, W


def random_data(n_visible, n_samples):
    """Return samples of which 15 percent of the units are on, float32."""
    rng = np.random.default_rng(1)
    return (rng.random((n_samples, n_visible)) < 0.15).astype(np.float32)


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


def sklearn_update(n_visible, n_hidden, n_chains):
    """Return an update of scikit-learn's training, without what precedes the first."""
    from sklearn.neural_network import BernoulliRBM

    data = random_data(n_visible, 4 * n_chains).astype(np.float64)
    model = BernoulliRBM(n_hidden, n_iter=1, batch_size=n_chains, random_state=0)
    model.fit(data)
    rng, done = np.random.RandomState(0), 0

    def update():
        nonlocal done
        first = done % 4 * n_chains
        model._fit(data[first : first + n_chains], rng)
        done += 1

    return update


def rbms_sweep(n_visible, n_hidden, n_chains):
    """Return one sweep of rbms (torch)."""
    _, model = _rbms(n_visible, n_hidden, 200)
    chains = model.init_chains(num_samples=n_chains)
    return lambda: model.sample_state(chains=chains, n_steps=1)


def rbms_update(n_visible, n_hidden, n_chains, k):
    """Return a PCD-k update of rbms: a batch, k sweeps, the gradient and the step."""
    torch, model = _rbms(n_visible, n_hidden, 4 * n_chains)
    data = torch.from_numpy(random_data(n_visible, 4 * n_chains))
    chains = model.init_chains(num_samples=n_chains)
    step = torch.optim.SGD(model.parameters(), lr=0.01, maximize=True)
    done = 0

    def update():
        nonlocal chains, done
        first = done % 4 * n_chains
        done += 1
        step.zero_grad(set_to_none=False)
        batch = data[first : first + n_chains]
        ones = torch.ones(n_chains, 1)
        batch = model.init_chains(num_samples=n_chains, weights=ones, start_v=batch)
        chains = model.sample_state(chains=chains, n_steps=k)
        model.compute_gradient(data=batch, chains=chains, centered=True)
        step.step()

    return update


def _rbms(n_visible, n_hidden, n_samples):
    """Return torch, and a machine of rbms."""
    import torch
    from rbms.bernoulli_bernoulli.classes import BBRBM

    torch.set_num_threads(1)
    model = BBRBM.init_parameters(
        num_hiddens=n_hidden,
        dataset=_TorchData(torch.from_numpy(random_data(n_visible, n_samples))),
        device=torch.device("cpu"),
        dtype=torch.float32,
    )
    return torch, model


class _TorchData:
    def __init__(self, data):
        self.data, self.weights = data, data[:, :1] * 0 + 1

    def get_num_visibles(self):
        return self.data.shape[1]
