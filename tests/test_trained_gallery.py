"""What the gallery stores, against a new computation where the portraits are here."""

import os

import numpy as np
import pytest
from scipy.special import logsumexp, ndtr

from rbmlib import randomness, scores, trained
from rbmlib.enumeration import all_states
from rbmlib.rbm import RBM
from rbmlib.trained import gallery, make_gallery, make_grey
from rbmlib.trained import make as making
from rbmlib.units import BINARY, Gaussian

HERE = os.path.exists(os.path.join(os.environ.get("RBMLIB_DATA", ""), "faces_bw.npz"))
needs_faces = pytest.mark.skipif(not HERE, reason="RBMLIB_DATA has no faces_bw.npz")


def test_what_is_stored_belongs_to_the_stored_run():
    found, run = gallery.load(), trained.load(gallery.RUN)
    assert found["ages"].tolist() == list(make_gallery.JUDGED)
    assert set(found["ages"]) <= set(run.ages) and gallery.FIRST_AGE in run.ages
    n = len(found["ages"])
    assert found["likelihood"].shape == (n, 10) and found["share"].shape == (n, 2)
    assert found["scores"].shape == (len(gallery.KINDS), len(gallery.SCORES), 2)
    assert len(found["grey"]) == len(found["grey_samples"]) == len(gallery.UNITS)
    assert len(found["distance"]) == make_gallery.N_SETS * make_gallery.N
    assert found["chosen"] in found["ages"]


@needs_faces
def test_the_first_ages_of_the_faces_are_reproduced():
    first = making.make(gallery.RUN, until=20, progress=False)
    assert first.sha256() == trained.load(gallery.RUN).until(20).sha256()


def test_the_nearest_images_are_as_far_as_is_stored():
    found = gallery.load()
    v = dict(gallery.walk(gallery.N_SHOWN))[int(found["chosen"])]
    nearest = np.unpackbits(found["nearest_bits"], axis=1)
    assert np.abs(v - nearest).sum(1).tolist() == (
        found["distance"][: gallery.N_SHOWN].tolist()
    )


@needs_faces
def test_the_portraits_are_measured_again():
    found, data = gallery.load(), make_gallery._faces()
    _, distance = scores.nearest_of(data.test, data.train)
    assert distance.tolist() == found["held_out_distance"].tolist()
    v = dict(gallery.walk(gallery.N_SHOWN))[int(found["chosen"])]
    which, distance = scores.nearest_of(v, data.train)
    assert distance.tolist() == found["distance"][: gallery.N_SHOWN].tolist()
    nearest = np.unpackbits(found["nearest_bits"], axis=1)
    assert np.array_equal(data.train[which], nearest)
    again = make_gallery.portraits()
    assert np.array_equal(again["portraits"], found["portraits"])
    assert np.array_equal(again["portrait_bits"], found["portrait_bits"])
    assert again["explained"] == pytest.approx(found["explained"], abs=2e-3)


@needs_faces
def test_the_laws_without_training_are_measured_again(monkeypatch):
    """With a tenth of the draws, whose mean is as good to a thousandth of a nat."""
    monkeypatch.setattr(make_grey, "N_DRAWS", 10)
    train, test = make_grey.levels()
    for k, kind in enumerate((make_grey.independent, make_grey.gaussian_density)):
        law = kind(train)
        again = [law.log_p(x).mean() / make_grey.SIDE**2 for x in (train, test)]
        abs_ = (1e-4, 5e-3)[k]
        assert again == pytest.approx(gallery.load()["grey"][k, :2].tolist(), abs=abs_)


def test_bins_over_densities_against_a_sum_over_hidden_states():
    """Three pixels and two hidden units: every P(levels) is a sum over four states."""
    variance = 0.6
    machine = RBM(
        [[1.2, -0.5], [0.4, 0.9], [-1.0, 0.3]], [1.0, 2.0, 0.5], [0.2, -0.4],
        visible=Gaussian(variance),
    )  # fmt: skip
    levels = np.array([[0, 1, 2], [3, 0, 1], [1, 1, 1]])
    h = all_states(BINARY, 2)
    mean, log_w = machine.mean_v(h), -machine.hidden_free_energy(h)
    p = np.exp(log_w - logsumexp(log_w))
    z = (levels[:, None] - mean) / np.sqrt(variance)
    each = ndtr(z + 1 / np.sqrt(variance)) - ndtr(z)
    exact = np.log((each.prod(2) * p).sum(1))
    x, n_draws = levels + 0.5, 4000
    on = machine.mean_h(x)
    draws = (
        (randomness.uniforms(1, randomness.REFERENCE, k, range(3), 2) < on)
        for k in range(n_draws)
    )
    means = (machine.mean_v(u.astype(float)) for u in draws)
    found = make_grey.bins_over_density(x, means, variance)
    log_p = -machine.free_energy(x) - logsumexp(log_w)
    assert log_p + found == pytest.approx(exact, abs=0.01)
    # The density in the middle of a bin is no probability of the bin.
    assert abs(log_p - exact).max() > 0.02


def test_the_law_of_pixels_on_their_own_is_a_law():
    train = np.array([[0, 1, 2], [0, 1, 2], [0, 1, 3]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_grey, "N_LEVELS", 4)
        law = make_grey.independent(train)
        every = np.indices((4, 4, 4)).reshape(3, -1).T
        assert np.exp(law.log_p(every)).sum() == pytest.approx(1)
        assert law.sample(50).shape == (50, 3)


def test_an_interrupted_maker_goes_on(tmp_path, monkeypatch):
    """Finished pieces are not measured again."""
    found, asked = gallery.load(), []

    def piece(*names):
        def measured(*arguments):
            asked.append(names[0])
            return {name: found[name] for name in names}

        return measured

    rows = {
        age: {"likelihood": row, "verdicts": verdict}
        for age, row, verdict in zip(
            found["ages"].tolist(), found["likelihood"], found["verdicts"], strict=True
        )
    }
    laws = iter(range(len(gallery.UNITS)))

    def judged(age):
        asked.append(age)
        return rows[age]

    def law(kind):
        asked.append(kind)
        k = next(laws)
        return {
            name: found[name][k] for name in ("grey", "grey_scores", "grey_samples")
        }

    distances = "distance", "held_out_distance", "nearest_bits"
    for place, name, measured in (
        (make_gallery, "judged", judged),
        (make_gallery, "shares", piece("share", "side")),
        (make_gallery, "of_samples", piece(*distances)),
        (make_gallery, "scored", piece("scores")),
        (make_gallery, "portraits", piece("portraits", "portrait_bits", "explained")),
        (make_grey, "judged", law),
        (make_grey, "portraits", piece("grey_portraits")),
    ):
        monkeypatch.setattr(place, name, measured)
    for _ in range(2):
        again = make_gallery.make(tmp_path)
        assert len(asked) == 15
    assert gallery.STORED.sha256(again) == gallery.STORED.sha256(found)
