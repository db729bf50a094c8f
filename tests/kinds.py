"""What each parameter takes, by its name, and how to spoil it.

A kind is a function of a good value: it gives a hypothesis strategy of values that are
bad.  A name has one kind in the whole library; `SPECIAL` has the exceptions, by the
dotted name of the function and of the parameter.
"""

import math
from math import prod

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

NAN, INF = math.nan, math.inf
odd_floats = st.floats().filter(lambda x: not (math.isfinite(x) and x == int(x)))
texts = st.text(max_size=12)


class Thing:
    """An object of nobody's class."""

    def __repr__(self):
        return "a thing"


OBJECTS = (Thing(), object, len, {"a": 1}, {1, 2}, b"bytes", 1j, np.array([[1j]]), "?")


def _no(*values):
    return st.sampled_from(values)


def _objects(*legal):
    return st.sampled_from([x for x in OBJECTS if not isinstance(x, legal or ())])


# ------------------------------------------------------------------- single values


def integer(low=None, high=None):
    """An integer from low to high."""

    def bad(good):
        kinds = [
            st.floats(),
            texts,
            _objects(),
            st.lists(st.integers(), max_size=3),
            _no(np.float64(2), np.array([1, 2]), (1,)),
        ]
        if low is not None:
            kinds.append(st.integers(max_value=low - 1))
        if high is not None:
            kinds.append(st.integers(min_value=high + 1))
        return st.one_of(kinds)

    return bad


def real(low=-INF, high=INF, open_low=False):
    """A finite number from low to high."""

    def bad(good):
        kinds = [
            _no(NAN, INF, -INF, np.float64(NAN), np.float32(INF), 10**400),
            texts,
            st.complex_numbers(),
            _objects(),
            st.lists(st.floats(), max_size=3),
            hnp.arrays(float, hnp.array_shapes(min_dims=1, max_dims=2)),
        ]
        if low > -INF:
            beyond = st.floats(max_value=low, exclude_max=not open_low)
            kinds.append(beyond.filter(math.isfinite))
        if high < INF:
            kinds.append(st.floats(min_value=high, exclude_min=True))
        return st.one_of(kinds)

    return bad


def flag(good):
    """True or False."""
    return st.one_of(
        texts, st.integers(), st.floats(), _objects(), st.lists(st.booleans())
    )


def choice(good):
    """One of a few words."""
    return st.one_of(
        texts.filter(lambda x: x != good and len(x) > 1),
        st.integers(),
        st.floats(),
        _objects(),
        _no(np.array(["a", "b"]), ("pcd", "cd"), "exact ", "EXACT"),
    )


def text(good):
    """A str."""
    return st.one_of(st.integers(), st.floats(), _objects(str), st.lists(st.integers()))


def path(good):
    """Where a file is."""
    return st.one_of(
        st.integers(),
        st.floats(),
        _objects(str, type),
        _no("", "a\0b", b"", [], ("a",)),
    )


def instance(good):
    """An object of one of the library's classes, or a function."""
    return st.one_of(
        st.integers(),
        st.floats(),
        texts,
        _objects(type, type(len)) if callable(good) else _objects(),
        _no(np.zeros(3), [], ()),
    )


def function(good):
    """Something that can be called."""
    return instance(len)


def sequence(good):
    """A sequence of objects of one class."""
    good = list(good)
    return st.one_of(
        st.integers(),
        st.floats(),
        _no(Thing(), object, len, 1j, [], (), [Thing()], [None], [1.5], "?"),
        _no(*[[*good[:i], Thing(), *good[i + 1 :]] for i in range(min(3, len(good)))]),
    )


def machines(good):
    """A trajectory, or a sequence of machines."""
    return sequence(getattr(good, "machines", good))


def anything(good):
    """Whatever a caller likes: nothing can be bad."""
    return st.nothing()


# ------------------------------------------------------------------- arrays


def _spoilt(good, *values):
    """An array with one of its numbers replaced."""
    x = np.array(good)
    places = st.integers(0, x.size - 1)

    def put(place, value):
        kind = x.dtype if np.array(value).dtype.kind == x.dtype.kind else object
        y = x.astype(np.result_type(x, type(value)) if kind is object else kind)
        with np.errstate(over="ignore"):  # 1e300 in single precision
            y.flat[place] = value
        return y

    return st.builds(put, places, st.sampled_from(values))


def _no_numbers(good):
    x = np.array(good)
    mask = np.zeros(x.shape, bool)
    mask.flat[0] = True
    return _no(
        x.astype(complex) + 1j,
        x.astype(str),
        x.astype(object) if x.dtype.kind != "O" else "?",
        np.ma.masked_array(x, mask),
        [[1.0], [1.0, 2.0]],
        "text",
        b"bytes",
        Thing(),
        {"a": 1},
        {1, 2},
        len,
        1j,
        np.array("2020-01-01", "M8[D]"),
    )


def _other_shapes(good):
    x = np.array(good)
    kinds = [x[None, ..., None], x[None, None, None]]
    if x.ndim:
        kinds += [x[..., :0], x[(0,) * x.ndim]]
    if x.ndim == 2:
        kinds += [x[0], x[:0]]
    return st.sampled_from([y.copy() for y in kinds])


def array(low=-INF, high=INF, *, integers=False, shape=True, also=()):
    """Finite numbers in [low, high] of the shape of the good ones."""

    def bad(good):
        values = [NAN, INF, -INF, *also]
        if low > -INF:
            values += [low - 1e-7, low - 1.0, -1e300]
        if high < INF:
            values += [high + 1e-7, high + 1.0, 1e300]
        if integers:
            values += [0.5, 0.9999999]
        kinds = [_spoilt(good, *values), _no_numbers(good)]
        if shape:
            kinds.append(_other_shapes(good))
        return st.one_of(kinds)

    return bad


def elementwise(low=-INF, high=INF, open_low=False):
    """A number or an array of numbers of any shape."""
    return array(low, high, shape=False, also=(low,) if open_low else ())


def states(good):
    """Configurations of units of two states, or of few."""
    return array(-1, 255, integers=True, also=(0.9999999, 0.5, -7.0, 300.0))(good)


def states_with_gaps(good):
    """Configurations in which NaN may stand for what is unknown."""
    values = (-1.0000001, 256.0, 1e300, 0.9999999, 0.5, -7.0, INF, -INF)
    return _spoilt(good, *values) | _no_numbers(good) | _other_shapes(good)


def states_or_gaps(good):
    """Configurations in which NaN, or a mask, may stand for what is unknown."""
    return states_with_gaps(good).filter(lambda x: not isinstance(x, np.ma.MaskedArray))


def words_of(good):
    """A sequence of str, which may have none."""
    return st.one_of(
        st.integers(), st.floats(), _no(Thing(), len, 1j, "text", [1], [None], [b"a"])
    )


def mask(good):
    """Bools of the shape of the good ones."""
    x = np.array(good)
    return _no(
        *(x.astype(kind) for kind in (int, float, str, object)),
        *(x[..., :-1], np.append(x, True), x[None, None], x[:0], True),
        *(np.ma.masked_array(x, x), None, "text", Thing(), {True}, [[True], [1, 2]]),
    )


def leading(kind, values=(NAN, 0.5)):
    """Of a kind of array, but with any leading dimensions, also of no rows."""

    def bad(good):
        x = np.array(good)
        shorter = np.concatenate([x, x[..., :1]], -1) if x.ndim else x[None]
        return (
            kind(good).filter(lambda y: _last(y) != x.shape[-1:])
            | _no(shorter)
            | _spoilt(good, *values)
            | _no_numbers(good)
        )

    return bad


def _last(y):
    """Return the last dimension of what may be no array."""
    try:
        return np.shape(y)[-1:]
    except ValueError:  # rows of unequal length
        return None


def state_counts(good):
    """An integer from 2 to 256, or a sequence of such."""
    return integer(2, 256)(good).filter(
        lambda q: not (isinstance(q, list) and q and 2 <= min(q) <= max(q) <= 256)
    ) | _no([[2], [3, 4]], [2.0, 3.0], [2, 257], np.full((2, 2), 2), [3, "a"])


def shape(good):
    """An integer in [0, 2^32), or a tuple of such of at most 2^32 numbers."""
    return integer(0, 2**32 - 1)(good).filter(
        lambda n: (
            not (
                isinstance(n, list | tuple)
                and min(n, default=0) >= 0
                and prod(n) <= 2**32
            )
        )
    ) | _no((-1,), (2, 2.0), (2**20, 2**20), ("2",), [[2]], (2**40,), (None,))


def series(good):
    """One observable, of one chain or of several, or several observables."""
    x = np.array(good)
    return array(shape=False)(x) | _no(
        x[..., :1], x[..., :0], x * 0, x[None, None, None]
    )


def one_or_each(good):
    """A number, or one for each variable."""
    return array(shape=False)(0.0) | _no(np.zeros((2, 2)), np.zeros(7), [], [[0.0]])


def increasing(good):
    """An iterable of increasing integers >= 1."""
    return st.one_of(
        st.integers(),
        st.floats(),
        _objects(set, bytes),
        _no([0], [-1, 2], [1.0, 2.0], ["1"], [None], [NAN], "12", [[1]]),
    )


def means(low=-1, high=1, dims=99):
    """Means of a layer; as many leading dimensions as you like, or up to `dims`."""

    def bad(good):
        x = np.array(good)
        shapes = _other_shapes(good).filter(
            lambda y: y.shape[-1:] != x.shape[-1:] or y.ndim > dims or not y.size
        )
        longer = np.concatenate([x, x[..., :1]], -1)
        return array(low, high, shape=False)(good) | shapes | _no(longer)

    return bad


def unit_columns(good):
    """Unit vectors in columns, below as many leading dimensions as you like."""
    x = np.array(good)
    return array(shape=False, also=(5.0,))(good) | _no(x[0], x[:0], x[:, :0], x[0, 0])


def fields(good):
    """One number for all spins, or a number for each."""
    shapes = _other_shapes(good).filter(lambda y: y.ndim > 0)
    return array(shape=False)(good) | shapes


def several(kind):
    """A few numbers, each of a kind of array, as many as the good ones."""

    def bad(good):
        return kind(good) | _no("ab", b"ab", {1, 2}, 1, None, good[:-1], (*good, 1))

    return bad


def log_weights(good):
    """Logarithms of weights, of which -inf is one, of a few chains."""
    return (
        _spoilt(good, NAN, INF)
        | _no_numbers(good)
        | _no(np.zeros(1), np.zeros(0), np.zeros((2, 2, 2)), np.full(3, -INF), 0.0)
    )


def mapping(*bad_ones):
    """A dict of names, or None; some that are bad."""

    def bad(good):
        return st.one_of(
            st.integers(), st.floats(), texts, _no(Thing(), len, [1], *bad_ones)
        )

    return bad


def checkpoints(good):
    """An integer >= 1, or integers from 0 to the number of updates."""
    return st.one_of(
        st.integers(max_value=0),
        st.floats(),
        texts,
        _no(Thing(), len, [1.5], [-1], [10**6], ["1"], [[1]], {1, 2}, {"a": 1}, 1j),
    )


def _left_out(good):
    """What the method of the example does not take."""
    return st.one_of(st.integers(), st.floats(), texts, _objects())


def labels(good):
    """One label a sample, of any type: only their number can be wrong."""
    x = np.array(good)
    return _no(x[:-1], np.append(x, x[:1]), x[None], x[:0], 3, None, Thing(), len)


def names_of(good):
    """A sequence of texts, one for each thing."""
    return sequence(good) | _no(good[:1], "".join(good), set(good), [*good[1:], 7])


def own_labels(good):
    """One label a sample: all texts or all integers >= 0."""
    x = np.array(good)
    return labels(good) | _spoilt(good, -1, 0.5, NAN) | _no(["a", *x[1:].tolist()])


def labels_or_none(good):
    """As `own_labels`, where there need be none."""
    return own_labels(good).filter(lambda value: value is not None)


def newick(good):
    """A tree in Newick format."""
    return text(good) | _no("", ";", "(a,b)", "(a,,b);", "(a,a);", "(a,b);;")


def image_shape(good):
    """(height, width) of an image that has as many pixels as the good one."""
    return _no(
        2, (2,), (1, 3), (1, 2, 1), (0, 2), (-1, -2), (1.0, 2.0), "12", Thing(), {}
    )


def chains(good):
    """An integer in [0, 2^32), or an array of such."""
    return array(0, 2**32 - 1, integers=True, also=(-1.0,))(good).filter(
        lambda x: not isinstance(x, np.integer)
    )


def some(low=-INF, high=INF):
    """An array of any shape, but of at least one number."""
    return lambda good: (
        array(low, high, shape=False)(good)
        | _no([], np.zeros((0, 2)), np.zeros((2, 0)))
    )


def of_modes(low=-INF):
    """A number, or one for each of at most 12 modes."""
    return lambda good: (
        array(low, shape=False)(good) | _no(np.zeros((2, 2)), [], [[0.0]], np.zeros(13))
    )


def setting(good):
    """A dict with all of its keys and no others."""
    without = [{k: v for k, v in good.items() if k != one} for one in ("w", "law")]
    return st.one_of(
        st.integers(),
        st.floats(),
        texts,
        _objects(),
        _no([], [("w", 1.0)], {}, *without, good | {"others": 1}, good | {1: 2}),
    )


def settings(good):
    """A sequence of dicts with texts as keys, of what JSON holds."""
    return st.one_of(
        st.integers(),
        st.floats(),
        texts,
        _objects(),
        _no([1.5], [Thing()], [[]], [{1: 2}], [{"x": Thing()}], [{"x": 1}, None], {}),
    )


def person(good):
    """A name, or any text that can be printed."""
    return text(good) | _no("", "  ", "a\0b", "\x1b")


def people(good):
    """Some names."""
    return sequence(["Emmy"]) | _no("Emmy", [""], ["Emmy", 7], ["a\0"])


def problem_labels(good):
    """Labels of problems."""
    return sequence(["P1.1"]) | _no("P1.1", ["P9.9"], ["p1.1"], [1.1])


def answers(good):
    """Answers by label; a path or a frame is as good."""
    return st.one_of(
        st.integers(),
        st.floats(),
        _objects(str, dict),
        _no({}, {"P9.9": 1}, {1.1: 1}, {"P1.1": "x"}, {"P1.1": [1]}, "", "a\0b", []),
    )


seed = integer(0, 2**64 - 1)
word = integer(0, 2**32 - 1)
count = integer(1)
positive = real(0, open_low=True)
nonnegative = real(0)
probability = real(0, 1)

KINDS = {
    # machines and what is made of them
    "rbm": instance,
    "machine": instance,
    "reference": instance,
    "trajectory": instance,
    "run": instance,
    "figure": instance,
    "ax": instance,
    "machines": sequence,
    "unit": instance,
    "visible": instance,
    "hidden": instance,
    "law": instance,
    "tree": instance,
    # parameters, states, means
    "W": array(),
    "a": array(),
    "b": array(),
    "J": array(),
    "v": states,
    "v0": states,
    "known": mask,
    "data": states,
    "samples": states,
    "m_v": array(-1, 1),
    "m_h": array(-1, 1),
    "mean_v": array(-1, 1),
    "covariance": array(),
    # numbers of things
    "n_visible": count,
    "n_hidden": count,
    "n_units": count,
    "n_chains": count,
    "n_sweeps": count,
    "n_samples": count,
    "n_updates": count,
    "n_sites": count,
    "n_spins": count,
    "n_triples": integer(0),
    "n_columns": count,
    "n_temperatures": count,
    "n_threads": count,
    "n_rounds": count,
    "n_clusters": count,
    "n_modes": count,
    "n_ages": count,
    "n_epochs": count,
    "n_nearest": count,
    "n_neighbours": count,
    "max_iter": count,
    "max_iterations": count,
    "batch_size": count,
    "interval": count,
    "k": count,
    "L": count,
    "L1": count,
    "L2": count,
    "N": count,
    # addresses
    "seed": seed,
    "stream": word,
    "sweep": word,
    "first_sweep": word,
    "first_chain": word,
    # real numbers
    "learning_rate": positive,
    "sigma": nonnegative,
    "sigma_v": positive,
    "sigma_h": positive,
    "kappa": positive,
    "variance": positive,
    "w0": positive,
    "damping": real(0, 1),
    "time": elementwise(0),
    "tol": positive,
    "tolerance": positive,
    "l1": nonnegative,
    "l2": nonnegative,
    # the rest
    "centred": flag,
    "progress": flag,
    "kernel": choice,
    "start": choice,
    "counts": array(0, integers=True),
    "method": choice,
    "missing": choice,
    "path": path,
    "name": text,
    "argument": anything,
}
SPECIAL = {
    # ---------------------------------------------------------------- rbm
    "rbm.RBM.W": array(),
    "rbm.RBM.random.scale": real(),
    "rbm.RBM.random.bias_scale": real(),
    "rbm.RBM.hidden_field.v": leading(states),
    "rbm.RBM.visible_field.h": leading(states),
    "rbm.RBM.energy.v": leading(states),
    "rbm.RBM.energy.h": leading(states),
    "rbm.RBM.free_energy.v": leading(states),
    "rbm.RBM.hidden_free_energy.h": leading(states),
    "rbm.RBM.mean_h.v": leading(states),
    "rbm.RBM.load.model_type": text,
    "rbm.RBM.load.hidden_variance": positive,
    "rbm.RBM.mean_v.h": leading(states),
    # ---------------------------------------------------------------- units
    **{
        f"units.{unit}.{name}": kind
        for unit in ("Unit", "Binary", "Spin", "Gaussian", "ReLU")
        for name, kind in {
            "check.x": leading(states),
            "check.dtype": choice,
            "check_means.m": leading(array(-1, 1), (NAN, 1.0000001, -2)),
        }.items()
    },
    "units.Categorical.q": state_counts,
    "units.Categorical.check.x": leading(states),
    "units.Categorical.check.dtype": choice,
    "units.Categorical.check_means.m": leading(array(0, 1), (NAN, 2.0, -1e-7)),
    "units.Gaussian.variance_at_rest": positive,
    "units.ReLU.variance_at_rest": positive,
    # ---------------------------------------------------------------- enumeration
    "enumeration.divergence.p": array(0, 1),
    "enumeration.divergence.q": array(0, 1),
    # ---------------------------------------------------------------- randomness
    "addresses.address_of.sweeps": choice,
    "randomness.bell.shape": shape,
    **{
        f"randomness.{name}.chains": chains
        for name in ("keys", "draws", "uniforms", "normals")
    },
    "randomness.permutation.epoch": word,
    "randomness.permutation.n": word,
    # ---------------------------------------------------------------- effective
    "effective_couplings.couplings.order": integer(0),
    "effective_couplings.couplings.sets": array(0, 2, integers=True),
    # ---------------------------------------------------------------- autocorrelation
    "autocorrelation.correlation.max_lag": integer(0),
    "autocorrelation.mean_with_error.mean": real(),
    **{
        f"autocorrelation.{name}.mean": one_or_each
        for name in ("correlation", "exponential_time", "integrated_time")
    },
    **{
        f"autocorrelation.{name}.x": series
        for name in ("correlation", "exponential_time", "integrated_time")
    },
    **{
        f"autocorrelation.{name}.x": array()
        for name in ("mean_with_error", "rank_ess", "split_rhat")
    },
    # ---------------------------------------------------------------- sampling
    "sampling.Sampler.sweeps": choice,
    "sampling.Sampler.of.sweeps": choice,
    "sampling.Sampler.mean_h.bits": integer(1, 20),
    "sampling.Sampler.sums.bits": integer(1, 20),
    "sampling.conditional.v": states_with_gaps,
    "sampling.condition.v": states_with_gaps,
    "sampling.check_known.v": states_with_gaps,
    "sampling.record.sweeps": increasing,
    "sampling.record.observe": function,
    # ---------------------------------------------------------------- likelihood
    "likelihood.Estimate.from_weights.log_weights": log_weights,
    "likelihood.Estimate.from_weights.log_z_start": real(),
    "likelihood.Estimate.from_weights.sign": choice,
    "likelihood.log_likelihood.log_z": real(),
    "likelihood.log_observed.data": states_or_gaps,
    "likelihood.log_observed.log_z": real(),
    "likelihood.class_probabilities.v": states_or_gaps,
    "likelihood.class_probabilities.site": integer(-2, 1),
    "likelihood.trajectory_ais.trajectory": machines,
    "likelihood.assess.train": states,
    "likelihood.assess.test": states,
    # ---------------------------------------------------------------- tempering
    "tempering.between.first": instance,
    "tempering.between.last": instance,
    "tempering.between.n_steps": count,
    "tempering.between_ages.trajectory": machines,
    "tempering.between_ages.n_steps": count,
    "tempering.between_ages.first": integer(0),
    "tempering.exchange.skip": integer(0),
    "tempering.exchange.observe": function,
    "tempering.in_beta.n_steps": count,
    # ---------------------------------------------------------------- scores
    "scores.NearestImage.images": states,
    "scores.NearestImage.labels": labels,
    "scores.LinearClassifier.weights": array(-(2**53), 2**53, integers=True),
    "scores.LinearClassifier.train.images": states,
    "scores.LinearClassifier.train.labels": own_labels,
    "scores.LinearClassifier.classes": names_of,
    "scores.class_counts.classes": array(0, 4, integers=True),
    "scores.class_counts.n_classes": integer(1, 2**24),
    "scores.class_divergence.found": array(0, 2**24, integers=True),
    "scores.class_divergence.expected": array(0, 2**24, integers=True),
    "scores.class_entropy.counts": array(0),
    "scores.compressed_size.samples": array(0, 255, integers=True),
    "scores.power_spectrum.samples": array(also=(-1e200,)),
    "scores.spectral_distance.x": array(also=(-1e200,)),
    "scores.spectral_distance.y": array(also=(-1e200,)),
    "scores.binarised_gaussian.mean": array(0, 1, also=(0, 1)),
    **{
        f"scores.{name}": states
        for name in (
            *("nearest_of.samples", "nearest_of.images", "nearer_share.samples"),
            *("nearer_share.held_out", "nearer_share.train"),
        )
    },
    "scores.hamming.x": states,
    "scores.hamming.y": states,
    "scores.baseline.n": integer(2),
    "scores.quality.times": increasing,
    **{
        f"scores.{name}.classifier": instance
        for name in ("score", "baseline", "quality")
    },
    **{
        f"scores.{name}.shape": image_shape
        for name in ("power_spectrum", "spectral_distance", "score", "baseline")
    },
    "scores.quality.shape": image_shape,
    # ---------------------------------------------------------------- mean_field
    "mean_field.coupling_ratio.order": integer(1, 3),
    "mean_field.fixed_points.order": integer(1, 3),
    "mean_field.free_energy.order": integer(1, 3),
    "mean_field.jacobian.order": integer(1, 3),
    "mean_field.update.order": integer(1, 3),
    "mean_field.fixed_points.m0": means(dims=2),
    "mean_field.free_energy.m_v": means(),
    "mean_field.free_energy.m_h": means(),
    "mean_field.update.m_v": means(),
    "mean_field.update.m_h": means(),
    # ---------------------------------------------------------------- trajectories
    "trajectories.Trajectory.ages": array(0, 2**62, integers=True),
    "trajectories.Trajectory.chains": states,
    "trajectories.Trajectory.settings": mapping({"k": [1]}, {"k": None}, {"a b": 1}),
    "trajectories.Trajectory.state": mapping({"W": [NAN]}, {"W": "a"}, {1: [1.0]}),
    "trajectories.Trajectory.history": instance,
    "trajectories.Trajectory.until.age": integer(0),
    "trajectories.History.columns": mapping(
        {},
        {"age": [1, 0]},
        {"age": [0], "b": [1, 2]},
        {"age": [0], "b": [1j]},
        {1: [0]},
    ),
    "trajectories.History.until.age": integer(0),
    "trajectories.Trajectory.at.age": lambda good: integer(1)(good).filter(
        lambda age: not (isinstance(age, int) and age == 0)
    ),
    "trajectories.Trajectory.load.model_type": text,
    "trajectories.Trajectory.load.hidden_variance": positive,
    "trajectories.machines_of.trajectory": machines,
    # ---------------------------------------------------------------- datasets
    "datasets.Dataset.train": array(),
    "datasets.Dataset.test": array(),
    "datasets.Dataset.train_labels": array(0, 1, integers=True),
    "datasets.Dataset.test_labels": array(0, 1, integers=True),
    "datasets.Dataset.label_names": sequence,
    "datasets.Dataset.shape": lambda good: _no(
        3, (3,), (1, 2), (1, 3, 1), (0, 3), (-1, -3), (1.0, 3.0), "13", Thing(), len, {}
    ),
    "datasets.Dataset.source": text,
    **{
        f"datasets.Table.{name}": kind
        for name, kind in {
            "train": states_with_gaps,
            "test": states_with_gaps,
            "train_labels": array(0, 1, integers=True),
            "test_labels": array(0, 1, integers=True),
            "label_names": sequence,
            "shape": lambda good: _no(3, (3,), (1, 3), (0, 1), "13", Thing(), len, {}),
            "source": text,
            "columns": sequence,
            "train_rows": array(0, integers=True),
            "test_rows": array(0, integers=True),
            "notes": words_of,
        }.items()
    },
    "datasets.Table.decode.v": states_with_gaps,
    "datasets.decode.v": states_with_gaps,
    "datasets.decode.columns": sequence,
    "datasets.encode.columns": sequence,
    "datasets.encode.table": lambda good: (
        st.integers() | st.floats() | _no(Thing(), len, 1j, {}, "t.xlsx", np.zeros(3))
    ),
    "datasets.encode.missing": words_of,
    "datasets.encode.separator": choice,
    "datasets.encode.partly": flag,
    "datasets.from_table.table": lambda good: (
        st.integers() | st.floats() | _no(Thing(), len, 1j, {}, "t.xlsx", np.zeros(3))
    ),
    "datasets.from_table.label": lambda good: text(good) | _no("nothing"),
    "datasets.from_table.drop": words_of,
    "datasets.from_table.categorical": words_of,
    "datasets.from_table.missing": words_of,
    "datasets.from_table.max_states": integer(2, 256),
    "datasets.from_table.separator": choice,
    "datasets.from_table.test_fraction": real(0, 1, open_low=True),
    "datasets.from_table.show": flag,
    "datasets.Mixture.log_probability.v": leading(states),
    "datasets.Hierarchy.log_probability.v": leading(states),
    "datasets.PlantedPotts.log_weight.v": leading(states),
    "datasets.PlantedPotts.log_probability.v": leading(states),
    "datasets.clusters.flip": real(0, 0.5),
    "datasets.hierarchy.flip": real(0, 0.5),
    "datasets.hierarchy.flips": several(array(0, 0.5)),
    "datasets.hierarchy.branching": several(array(1, 2**24, integers=True)),
    "datasets.load.name": choice,
    "datasets.PlantedSpins.log_weight.v": leading(states),
    "datasets.PlantedSpins.log_probability.v": leading(states),
    "datasets.planted_spins.n_pairs": integer(0, 10),
    "datasets.planted_spins.n_triples": integer(0, 10),
    "datasets.planted_spins.pair": real(0, 10),
    "datasets.planted_spins.triple": real(0, 10),
    "datasets.planted_potts.q": integer(2, 256),
    "datasets.planted_potts.contacts": integer(0, 15),
    "datasets.planted_potts.strength": real(0.01, 100),
    "datasets.planted_potts.field": lambda good: real(0.01, 100)(good).filter(
        lambda x: not (isinstance(x, float) and x == 0)
    ),
    "datasets.planted_potts.n_triples": integer(0, 20),
    "datasets.planted_potts.triple": real(0.01, 100),
    # ---------------------------------------------------------------- plotting
    "plotting.tile.X": array(),
    "plotting.images.X": array(),
    **dict.fromkeys(
        ("plotting.tile.shape", "plotting.images.shape", "plotting.weights.shape"),
        image_shape,
    ),
    "plotting.tile.gap": count,
    "plotting.images.cmap": choice,
    "plotting.images.limits": lambda good: (
        array()(good) | _no((1, 0), (0,), 1, "01", (0, 1, 2), (0, "b"))
    ),
    "plotting.weights.limit": nonnegative,
    # ---------------------------------------------------------------- ising
    **dict.fromkeys(
        (
            "ising.heat_bath.T",
            "ising.metropolis.T",
            "ising.swendsen_wang.T",
            "ising.wolff.T",
            "ising.curie_weiss.free_energy.T",
            "ising.curie_weiss.magnetization.T",
        ),
        nonnegative,
    ),
    **dict.fromkeys(
        (
            "ising.DensityOfStates.log_z.T",
            "ising.DensityOfStates.mean.T",
            "ising.DensityOfStates.energy_per_site.T",
            "ising.DensityOfStates.specific_heat.T",
            "ising.bethe_magnetization.T",
            "ising.curie_weiss.exact.T",
            "ising.curie_weiss.log_weights.T",
            "ising.exact_energy.T",
            "ising.exact_specific_heat.T",
            "ising.hopfield_couplings.T",
            "ising.kaufman.T",
            "ising.onsager_energy.T",
            "ising.onsager_magnetization.T",
            "ising.onsager_specific_heat.T",
            "ising.square_lattice_couplings.T",
            "ising.tap_stability.T",
        ),
        positive,
    ),
    **dict.fromkeys(
        (
            "ising.heat_bath.h",
            "ising.metropolis.h",
            "ising.swendsen_wang.h",
            "ising.wolff.h",
            "ising.curie_weiss.exact.h",
            "ising.curie_weiss.log_weights.h",
            "ising.curie_weiss.free_energy.h",
            "ising.curie_weiss.magnetization.h",
            "ising.DensityOfStates.log_z.h",
            "ising.DensityOfStates.mean.h",
            "ising.DensityOfStates.energy_per_site.h",
            "ising.DensityOfStates.specific_heat.h",
        ),
        real(),
    ),
    "ising.DensityOfStates.mean.observable": instance,
    "ising.curie_weiss.free_energy.m": elementwise(-1, 1),
    "ising.hopfield_couplings.patterns": states,
    "ising.exact_marginals.a": fields,
    "ising.mean_field.free_energy.a": fields,
    "ising.mean_field.free_energy.m": means(),
    "ising.mean_field.free_energy.order": integer(1, 2),
    "ising.mean_field.naive.a": fields,
    "ising.mean_field.naive.m0": means(dims=2),
    "ising.mean_field.tap.a": fields,
    "ising.mean_field.tap.m0": means(dims=2),
    # ---------------------------------------------------------------- training
    "training.initial_machine.data": states_or_gaps,
    "training.initial_machine.scale": real(-1.67e69, 1.67e69),
    "training.initial_machine.clip": real(0, 0.5),
    "training.low_rank_start.scale": real(-1.67e69, 1.67e69),
    "training.low_rank_start.clip": real(0, 0.5),
    "training.low_rank_start.n_directions": integer(1, 3),
    "training.low_rank_start.n_charges": integer(1, 3),
    "training.train.checkpoints": checkpoints,
    "training.resume.checkpoints": checkpoints,
    "training.train.autosave": path,
    "training.resume.autosave": path,
    **{
        f"training.{name}.{argument}": kind
        for name in ("train", "begin")
        for argument, kind in {
            "sample_weight": lambda good: array(0)(np.ones(100)),
            "validation": lambda good: states(np.zeros((5, 4))),
            "patience": count,
        }.items()
    },
    **{
        f"training.resume.{name}": _left_out
        for name in ("learning_rate", "sample_weight", "validation")
    },
    "training.train.callback": function,
    "training.resume.callback": function,
    "training.train.every": nonnegative,
    "training.resume.every": nonnegative,
    **{f"training.train.{name}": _left_out for name in ("k", "batch_size", "n_chains")},
    # ---------------------------------------------------------------- linear_regime
    "linear_regime.Growth.weights.ages": array(0),
    "linear_regime.full_flow.times": array(),
    "linear_regime.mode_dynamics.times": array(),
    "linear_regime.log_slopes.ages": array(),
    "linear_regime.log_slopes.w": array(0, also=(0.0,)),
    "linear_regime.mode_rate.w": elementwise(),
    "linear_regime.rdm_variance.w": elementwise(),
    "linear_regime.rdm_stationary.variance": nonnegative,
    "linear_regime.stationary_modes.variances": elementwise(0),
    "linear_regime.overlaps.u": unit_columns,
    "linear_regime.overlaps.directions": array(also=(5.0,)),
    "linear_regime.subspace_overlap.u": unit_columns,
    "linear_regime.subspace_overlap.directions": array(also=(5.0,)),
    "linear_regime.participation_ratio.u": unit_columns,
    "linear_regime.rotations.w": array(),
    "linear_regime.rotations.c": array(),
    # ---------------------------------------------------------------- phase_diagram
    "phase_diagram.Grid.stable.name": choice,
    "phase_diagram.Law.product.n_modes": integer(1, 12),
    "phase_diagram.PlantedMachine.planted_state.mode": integer(0, 0),
    "phase_diagram.at_sigma.w": some(1),
    "phase_diagram.at_sigma.largest": real(1, 1e6),
    "phase_diagram.average.results": array(),
    "phase_diagram.boundaries.largest_sigma": real(1, 5e4, open_low=True),
    "phase_diagram.boundaries.n_points": integer(2, 2**24),
    "phase_diagram.project.n_sweeps": integer(1, 2**30),
    "phase_diagram.sampled_means.n_sweeps": integer(1, 2**30),
    "phase_diagram.measure.n_sweeps": integer(1, 2**29),
    "phase_diagram.critical_w.sigma": some(0),
    "phase_diagram.measure.n_burn": integer(1, 2**29),
    "phase_diagram.measure.n_chains": integer(2),
    "phase_diagram.measure.mode": integer(0, 0),
    "phase_diagram.measure_point.setting": setting,
    "phase_diagram.overlap.averages": array(-1, 1),
    "phase_diagram.least_units.w": real(0.3, 3e5, open_low=True),
    "phase_diagram.least_units.sigma": real(0, 2.0, open_low=True),
    "phase_diagram.least_units.kappa": real(1e-3, 1e3),
    "phase_diagram.place.matrix": array(),
    "phase_diagram.sample_machine.n_visible": integer(1, 2**24),
    "phase_diagram.sample_machine.n_hidden": integer(1, 2**24),
    "phase_diagram.solve_grid.w": some(0),
    "phase_diagram.solve_grid.sigma": some(0),
    "phase_diagram.strength.s": elementwise(0),
    "phase_diagram.susceptible.mean_v": array(0, 1),
    "phase_diagram.susceptible.mean_h": array(0, 1),
    "phase_diagram.sweep.grid_row.setting": setting,
    "phase_diagram.top_singular_value.w": elementwise(0),
    "phase_diagram.top_singular_value.sigma": elementwise(0),
    **{
        f"phase_diagram.{name}.{parameter}": of_modes(low)
        for name in ("sample_machine", "solve")
        for parameter, low in (("w", 0), ("eta", -INF), ("theta", -INF))
    },
    # ---------------------------------------------------------------- sweeps
    "sweeps.run.task": instance,
    "sweeps.run.settings": settings,
    "sweeps.run.store": path,
    "sweeps.run.n_jobs": lambda good: integer()(good) | _no(0),
    "sweeps.sweep.function": instance,
    "sweeps.sweep.grid": lambda good: (
        settings(good).filter(lambda grid: not isinstance(grid, dict))
        | _no({"x": 1}, {"x": "ab"}, {1: [2]}, {"result": [1]}, {"x": [Thing()]})
    ),
    "sweeps.sweep.store": path,
    "sweeps.sweep.n_jobs": lambda good: integer()(good) | _no(0),
    "sweeps.identify.task": instance,
    # ---------------------------------------------------------------- mixing_time
    "mixing_time.measure.n_chains": integer(2),
    "mixing_time.measure.max_sweeps": integer(2, 2**29),
    "mixing_time.measure.start": states,
    "mixing_time.along.n_chains": integer(2),
    "mixing_time.along.max_sweeps": integer(2, 2**29),
    "mixing_time.mode_strengths.variance_v": array(0),
    "mixing_time.mode_strengths.variance_h": array(0),
    "mixing_time.uniform_machine.w": real(-1e70, 1e70),
    "mixing_time.uniform_relaxation_time.w": real(),
    "mixing_time.propagation.law_of.n_visible": integer(1, 25),
    "mixing_time.propagation.uniform_law.n_visible": integer(1, 25),
    "mixing_time.propagation.law_after.law": array(0, 1),
    "mixing_time.propagation.law_after.n_sweeps": integer(0, 10**6),
    "mixing_time.propagation.divergences.data_law": array(0, 1),
    "mixing_time.propagation.divergences.start_law": array(0, 1),
    "mixing_time.propagation.divergences.times": array(0, 10**6, integers=True),
    "mixing_time.propagation.train.data_law": array(0, 1),
    "mixing_time.propagation.train.k": integer(1, 10**6),
    "mixing_time.propagation.train.n_updates": integer(0),
    "mixing_time.propagation.train.learning_rate": real(0, 1e30),
    # ---------------------------------------------------------------- interactions
    "interactions.pair_recovery.J": array(),
    "interactions.triple_recovery.K": array(),
    "interactions.maximum_likelihood.counts": array(0, shape=False),
    "interactions.learn.rates": array(0, also=(0.0, -0.5)),
    "interactions.learn.samples": states,
    "interactions.learn.checkpoints": checkpoints,
    "interactions.learn.bias": real(0, 10),
    "interactions.plant.size": real(0, 10),
    "interactions.magnet.L": integer(4, 64),
    "interactions.magnet.temperature": real(0.1),
    "interactions.half_known.shape": array(1, 2**31, integers=True),
    "interactions.nearest_rows.train": states,
    "interactions.nearest_rows.rows": states,
    "interactions.calibration.probability": array(0, 1, shape=False),
    "interactions.calibration.outcome": array(0, 1),
    "interactions.calibration.n_bins": count,
    "interactions.average_product.norm": array(0),
    "interactions.contact_precision.score": array(),
    "interactions.contact_precision.contacts": mask,
    "interactions.potts_pseudo_likelihood.samples": states,
    "interactions.potts_pseudo_likelihood.q": integer(2, 256),
    "interactions.potts_pseudo_likelihood.l2": positive,
    "interactions.learn_pixels.rows": states,
    "interactions.learn_digits.table": states,
    "interactions.with_label.rows": states,
    "interactions.with_label.labels": array(-1, 9, integers=True),
    **{
        f"interactions.{name}.ages": array(1, 2**31, integers=True, shape=False)
        for name in ("learn_pixels", "learn_digits")
    },
    **{
        f"interactions.{name}.planted": instance
        for name in ("pair_recovery", "triple_recovery", "mark")
    },
    # ---------------------------------------------------------------- mode_tracking
    "mode_tracking.Level.age": integer(0),
    "mode_tracking.Level.m_v": array(also=(-1e200,)),
    "mode_tracking.Level.up": array(0, 2**32, integers=True),
    "mode_tracking.ModeTree.levels": sequence,
    "mode_tracking.ModeTree.leaf_of": array(-1, 1, integers=True, shape=False),
    "mode_tracking.ModeTree.ages": array(0, integers=True),
    "mode_tracking.ModeTree.n_modes": array(-1, 2, integers=True),
    "mode_tracking.ModeTree.unassigned": lambda good: (
        instance(good) | _no({1: 2}, {"cycle": -1}, {"cycle": 0.5}, {"cycle": "1"})
    ),
    "mode_tracking.ModeTree.order": integer(1, 3),
    "mode_tracking.ModeTree.eps": positive,
    "mode_tracking.ModeTree.mode_of_leaf.level": integer(0, 1),
    "mode_tracking.ModeTree.way.start": integer(0, 1),
    "mode_tracking.ModeTree.way.end": integer(0, 1),
    "mode_tracking.ModeTree.mode_of.level": integer(0, 1),
    "mode_tracking.ModeTree.branch_lengths.level": integer(0, 1),
    "mode_tracking.ModeTree.children.level": integer(1, 1),
    "mode_tracking.ModeTree.children.mode": integer(0, 0),
    "mode_tracking.ModeTree.leaf_labels.labels": own_labels,
    "mode_tracking.ModeTree.label_counts.labels": own_labels,
    "mode_tracking.ModeTree.newick.names": names_of,
    "mode_tracking.track.order": integer(1, 3),
    "mode_tracking.track.eps": positive,
    "mode_tracking.group.m_v": array(also=(-1e200,)),
    "mode_tracking.group.eps": positive,
    "mode_tracking.valley_over_peak.values": array(also=(-1e200,)),
    "mode_tracking.valley_over_peak.width": real(0, 1, open_low=True),
    **{
        f"mode_tracking.{name}.{argument}": kind
        for name in ("find_modes", "share_at_home")
        for argument, kind in {"order": integer(1, 3), "eps": positive}.items()
    },
    "mode_tracking.share_at_home.modes": array(0, 1),
    "mode_tracking.share_at_home.sweeps": increasing,
    "mode_tracking.purity.labels": own_labels,
    "mode_tracking.purity.n_shuffles": count,
    "mode_tracking.cluster_purity.clusters": array(integers=True),
    "mode_tracking.cluster_purity.labels": own_labels,
    "mode_tracking.label_counts.groups": array(integers=True),
    "mode_tracking.label_counts.labels": own_labels,
    "mode_tracking.label_counts.n_groups": integer(2),
    "mode_tracking.clades.newick": newick,
    "mode_tracking.robinson_foulds.first": newick,
    "mode_tracking.robinson_foulds.second": newick,
    "mode_tracking.covariance_between.sums": array(also=(-1e200,)),
    "mode_tracking.covariance_between.sizes": array(1, 2**52, integers=True),
    "mode_tracking.principal_axes.n_axes": integer(1, 3),
    **{
        f"mode_tracking.{name}.{argument}": kind
        for name in ("draw", "draw_radial")
        for argument, kind in {
            "labels": labels_or_none,
            "names": names_of,
        }.items()
    },
    "mode_tracking.draw.shape": image_shape,
    "mode_tracking.draw.cmap": choice,
    "mode_tracking.draw.zoom": real(0, 10_000, open_low=True),
    "mode_tracking.draw.max_levels": count,
    # ---------------------------------------------------------------- cascade
    **{
        f"cascade.{name}.{argument}": kind
        for name in ("machine", "law", "moments", "gradient", "relaxation_time")
        for argument, kind in {"w": real(0, 100), "field": real(-100, 100)}.items()
    },
    **{
        f"cascade.{name}.pattern": array(-1, 1, also=(0.5,), shape=False)
        for name in ("machine", "draw")
    },
    **{
        f"cascade.{name}.p": array(0, 1, shape=False) for name in ("moments_of", "draw")
    },
    "cascade.gradient.data_law": array(0, 1, shape=False),
    "cascade.flow.data_law": array(0, 1, shape=False),
    "cascade.flow.times": array(),
    "cascade.flow.field0": real(-100, 100),
    "cascade.sweep_kernels.w": real(0, 100),
    "cascade.sweep_kernels.field": real(-100, 100),
    "cascade.binary_relaxation_time.weight": real(-1e3, 1e3),
    "cascade.binary_relaxation_time.visible_bias": real(-1e3, 1e3),
    "cascade.binary_relaxation_time.hidden_bias": real(-1e3, 1e3),
    "cascade.layer_means.c": real(-1e3, 0),
    "cascade.ladder_bound.w": array(0, 100),
    "cascade.ladder_bound.field": array(-100, 100),
    "cascade.mode_variances.covariance": array(),
    "cascade.mode_variances.n_modes": integer(1, 10),
    "cascade.mode_variances.n_chains": integer(2),
    "cascade.mode_variances.n_sweeps": integer(8),
    **{
        f"cascade.nested_{name}.{argument}": kind
        for name in ("machine", "draw", "moments", "flow", "limit_flow", "phases")
        for argument, kind in {
            "share": real(0, 1, open_low=True),
            "strengths": array(0, 4),
            "teacher": array(0, 4),
            "start": array(0, 4),
            "times": array(),
        }.items()
    },
    "cascade.limit_flow.times": array(0),
    "cascade.limit_flow.beta": real(1, 10, open_low=True),
    "cascade.crossing_time.beta": real(1, 10, open_low=True),
    "cascade.scaling_functions.z": elementwise(-20, 20),
    "cascade.scaling_functions.ratio": real(1e-3, 1e6),
    "cascade.critical_time.z": real(-20, 20),
    "cascade.critical_time.ratio": real(1e-3, 1e6),
    "cascade.collapse_spread.sizes": array(1),
    "cascade.collapse_spread.x": array(),
    "cascade.collapse_spread.y": array(),
    "cascade.collapse_spread.x_exponent": real(-10, 10),
    "cascade.collapse_spread.y_exponent": real(-10, 10),
    "cascade.replay.w": array(0, 100),
    "cascade.replay.field": array(-100, 100),
    "cascade.replay_chains.trajectory": machines,
    "cascade.replay_chains.backward": flag,
    "cascade.loop_area.coordinate": array(),
    "cascade.loop_area.lower": array(),
    "cascade.loop_area.upper": array(),
    "cascade.spinodal_field.w": elementwise(0, 100),
    "cascade.phases.w": real(0, 100),
    "cascade.phases.field": real(-100, 100),
    "cascade.spike_overlap.strength": real(1e-6, 1e6),
    "cascade.spike_overlap.samples_per_unit": elementwise(1e-9, 1e9),
    "cascade.spike_threshold.strength": real(1e-6, 1e6),
    "cascade.sample_spectrum.variances": array(0, 1e3, also=(0.0,)),
    "cascade.sample_spectrum.shares": array(0, 1, also=(0.0,)),
    "cascade.sample_spectrum.ratio": real(0.01, 100),
    "cascade.sample_spectrum.n_points": integer(100, 10**5),
    "cascade.growth.variances": array(0, shape=False),
    "cascade.growth.w0": real(1e-10, 0.99),
    "cascade.growth.times": array(0),
    "cascade.growth.penalty": real(0, 1e3),
    "cascade.predicted_gain.spectrum": instance,
    "cascade.predicted_gain.x": array(0, 1, shape=False, also=(1.0,)),
    # ---------------------------------------------------------------- trained
    "trained.load.name": choice,
    # ---------------------------------------------------------------- course
    "course.problems.chapter": integer(1, 9),
    "course.answers.chapter": integer(1, 9),
    "course.student_seed.lecturer_seed": seed,
    "course.student_seed.student": person,
    "course.grade.answers": answers,
    "course.grade.students": people,
    "course.sheet.student": person,
    **{
        f"course.{name}.{argument}": kind
        for name in ("sheet", "key", "write_sheets")
        for argument, kind in {
            "students": people,
            "labels": problem_labels,
            "title": person,
            "folder": path,
            "form": choice,
        }.items()
    },
    "trained.Trained.until.age": integer(0),
    # ---------------------------------------------------------------- faces
    "report.measure.table": instance,
    "report.judge.measured": instance,
    "report.page.measured": instance,
    "report.page.title": text,
    "report.strongest_pairs.n": count,
    "report.page.book": text,
    # ---------------------------------------------------------------- demos
    "demos.Cascade.chains.backward": flag,
    "demos.Couplings.learn.checkpoints": checkpoints,
    "demos.Linear.flow.times": array(),
    "demos.Linear.modes.times": array(),
    "demos.Live.samples.sweeps": word,
    "demos.Live.classes.sweeps": word,
    "demos.Live.start_states.sweep": word,
    "demos.Mixing.samples.sweeps": word,
    "demos.Mixing.classes.sweeps": word,
    # ---------------------------------------------------------------- course
    "course.agree.answer": function,
    "course.agree.reference": function,
    "course.agree.n_points": count,
    "course.check.label": text,
    "course.fingerprint.label": text,
    "course.fingerprint.answer": lambda good: _objects(str) | _no(NAN, INF, [], 1j),
    "course.fingerprint.step": positive,
    "course.matches.label": text,
    "course.matches.answer": lambda good: _objects(str) | _no(NAN, INF, [], 1j),
    "course.matches.digest": text,
    "course.matches.step": positive,
}


def kind_of(function, parameter):
    """Return the kind of a parameter, or raise KeyError: a new one must be named."""
    full = f"{function}.{parameter}"
    return SPECIAL[full] if full in SPECIAL else KINDS[parameter]
