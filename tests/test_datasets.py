"""Real data sets by every source, and generators against their known law."""

import gzip
import hashlib
import logging
import os
import threading
import tracemalloc
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources

import numpy as np
import pytest
from scipy.stats import chisquare
from sklearn.datasets import load_digits

from rbmlib.datasets import clusters, faces, haplotypes, hierarchy, load, mnist, sources
from rbmlib.datasets.dataset import stratified_split
from rbmlib.enumeration import all_states
from rbmlib.units import BINARY

# Of all bits: numbers in the book depend on each of them.
DIGITS = "9381f7c69c4441338d8359bdcfdca7d9e10e802b7722d49373f9db37b785ac15"
BITS = "61de87c4a7a597725b3c2fb1603cd19daa3b19b69aef9151caac335b7c7e55c6"

DATA_FOLDER = os.environ.get(sources.FOLDER_VARIABLE)


def digest(*arrays):
    return hashlib.sha256(b"".join(np.packbits(x == 1) for x in arrays)).hexdigest()


def needs(file):
    """Skip unless the reader has this file, in the folder RBMLIB_DATA."""
    there = DATA_FOLDER and os.path.exists(os.path.join(DATA_FOLDER, file))
    return pytest.mark.skipif(not there, reason=f"{file} is not in RBMLIB_DATA")


@pytest.fixture(autouse=True)
def no_reader_data(monkeypatch, tmp_path):
    """Every test starts without RBMLIB_DATA, with an empty cache and no network."""
    monkeypatch.delenv(sources.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(mnist, "URL", "http://127.0.0.1:9/")


# Digits, and the split


def test_digits_are_those_of_scikit_learn():
    data, raw = load("digits"), load_digits()
    bits = (raw.data >= 8).astype(np.float32)
    rows = np.concatenate([data.train, data.test])
    assert sorted(map(bytes, rows)) == sorted(map(bytes, bits))
    assert data.train.shape == (1438, 64) and data.test.shape == (359, 64)
    assert data.train.dtype == data.test.dtype == np.float32
    assert (data.shape, data.source) == ((8, 8), "scikit-learn")
    labelled = {*zip(map(bytes, bits), raw.target, strict=True)}
    for part, labels in (
        (data.train, data.train_labels),
        (data.test, data.test_labels),
    ):
        assert {*zip(map(bytes, part), labels, strict=True)} <= labelled


def test_the_split_of_the_digits_never_changes():
    data = load("digits")
    assert digest(data.train, data.test) == DIGITS


def test_the_split_takes_a_fifth_of_each_group():
    groups = np.repeat([3, 0, 7], [10, 25, 50])
    is_test = stratified_split(groups)
    assert [is_test[groups == g].sum() for g in (3, 0, 7)] == [2, 5, 10]
    assert np.array_equal(is_test, stratified_split(groups))


def test_arrays_are_read_only():
    data = load("digits")
    for array in (data.train, data.test, data.train_labels, data.test_labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_unknown_names_and_useless_paths_are_refused(tmp_path):
    with pytest.raises(ValueError, match="one of 'digits', 'mnist'.*got 'minst'"):
        load("minst")
    with pytest.raises(ValueError, match="path must be left out for 'digits'"):
        load("digits", path=tmp_path)


# MNIST from small files made here: the code is the same, only the checksums differ


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Make both kinds of MNIST files, of few images, and their checksums known."""
    grey = np.arange(5 * 784, dtype=np.int64).reshape(5, 28, 28) * 7 % 256
    grey = grey.astype(np.uint8)
    labels = np.array([3, 1, 4, 1, 5], np.uint8)
    folder = tmp_path / "idx"
    folder.mkdir()
    contents = [grey[:3], labels[:3], grey[3:], labels[3:]]
    for name, array in zip(mnist.IDX_MD5, contents, strict=True):
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
        idx = header + array.tobytes()
        (folder / name).write_bytes(gzip.compress(idx, mtime=0))
        md5, sha = (
            hashlib.md5(idx, usedforsecurity=False),
            hashlib.sha256((folder / name).read_bytes()),
        )
        monkeypatch.setitem(mnist.IDX_MD5, name, md5.hexdigest())
        monkeypatch.setitem(mnist.IDX_SHA256, name, sha.hexdigest())
    bits = np.packbits(grey.reshape(5, -1) >= 77, axis=1)
    packed = tmp_path / "packed" / mnist.PACKED
    packed.parent.mkdir()
    np.savez(
        packed,
        train_bits=bits[:3],
        train_labels=labels[:3],
        test_bits=bits[3:],
        test_labels=labels[3:],
        shape=[28, 28],
    )
    sha = hashlib.sha256(packed.read_bytes()).hexdigest()
    monkeypatch.setattr(mnist, "PACKED_SHA256", sha)
    return {"idx": folder, "packed": packed, "bits": grey.reshape(5, -1) >= 77}


@pytest.fixture
def server(small):
    """Serve the idx files on this machine; yield the addresses asked for."""
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Handler, directory=small["idx"])
    ) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        mnist.URL = f"http://127.0.0.1:{httpd.server_port}/"
        yield asked
        httpd.shutdown()
        thread.join()


def check_small(data, small):
    assert np.array_equal(data.train, small["bits"][:3])
    assert np.array_equal(data.test, small["bits"][3:])
    assert data.train_labels.tolist() == [3, 1, 4]
    assert data.test_labels.tolist() == [1, 5]
    assert data.train.dtype == np.float32 and data.train_labels.dtype == np.int64
    assert data.shape == (28, 28)


def test_mnist_from_a_path(small):
    for path in (small["packed"], small["packed"].parent):
        data = load("mnist", path=path)
        check_small(data, small)
        assert data.source == "path (mnist_binary.npz)"
    data = load("mnist", path=small["idx"])
    check_small(data, small)
    assert data.source.startswith("path (train-images-idx3-ubyte.gz, ")


def test_mnist_from_the_folder_of_the_reader(small, monkeypatch, caplog):
    monkeypatch.setenv(sources.FOLDER_VARIABLE, str(small["idx"]))
    with caplog.at_level(logging.INFO, logger="rbmlib"):
        data = load("mnist")
    check_small(data, small)
    assert data.source.startswith("RBMLIB_DATA (train-images")
    assert f"from RBMLIB_DATA: {small['idx']}" in caplog.text


def test_mnist_is_downloaded_once_and_then_cached(small, server):
    data = load("mnist")
    check_small(data, small)
    assert data.source == mnist.URL
    assert [path.strip("/") for path in server] == list(mnist.IDX_SHA256)
    data = load("mnist")
    check_small(data, small)
    assert data.source == "cache" and len(server) == 4


@pytest.mark.parametrize("folder", [True, False])
def test_a_folder_without_the_file_is_no_source(server, tmp_path, monkeypatch, folder):
    if folder:
        monkeypatch.setenv(sources.FOLDER_VARIABLE, str(tmp_path))
    assert load("mnist").source == mnist.URL


def test_without_network_the_error_names_the_stand_in():
    with pytest.raises(ConnectionError, match=r'Without network, use load\("digits"\)'):
        load("mnist")


def test_a_download_with_a_wrong_checksum_is_refused(small, server):
    file = small["idx"] / "t10k-labels-idx1-ubyte.gz"
    expected = mnist.IDX_SHA256[file.name]
    file.write_bytes(gzip.compress(b"another file"))
    got = hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(ValueError) as caught:
        load("mnist")
    assert all(word in str(caught.value) for word in (file.name, expected, got))


def test_local_files_with_a_wrong_checksum_are_refused(small):
    data = small["packed"].read_bytes()
    small["packed"].write_bytes(data[:-1] + b"?")
    got = hashlib.sha256(small["packed"].read_bytes()).hexdigest()
    with pytest.raises(ValueError, match=f"npz has the wrong SHA-256.* got {got}, exp"):
        load("mnist", path=small["packed"])
    file = small["idx"] / "train-labels-idx1-ubyte.gz"
    file.write_bytes(gzip.compress(b"another file"))
    got = hashlib.md5(b"another file", usedforsecurity=False).hexdigest()
    with pytest.raises(ValueError, match=f"{file.name} has the wrong MD5.* got {got}"):
        load("mnist", path=small["idx"])
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ValueError, match=f"{file.name} must be a whole gzip file"):
        load("mnist", path=small["idx"])


def test_a_path_that_holds_nothing_is_refused(small, tmp_path, monkeypatch):
    monkeypatch.setenv(sources.FOLDER_VARIABLE, str(small["idx"]))  # no silent fallback
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(FileNotFoundError, match="mnist_binary.npz or of train-"):
            load("mnist", path=path)
    monkeypatch.setenv(sources.FOLDER_VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(NotADirectoryError, match="RBMLIB_DATA must name a folder"):
        load("mnist")


@pytest.mark.parametrize(
    "name, module", [("faces", faces), ("human haplotypes", haplotypes)]
)
def test_files_that_cannot_be_downloaded(name, module, tmp_path):
    with pytest.raises(FileNotFoundError, match=f"needs {module.FILE}.*RBMLIB_DATA"):
        load(name)
    (tmp_path / module.FILE).write_bytes(b"something else")
    with pytest.raises(ValueError, match="wrong SHA-256 checksum"):
        load(name, path=tmp_path)


def test_haplotypes_are_simulated_where_the_human_ones_are_not_found():
    data = load("haplotypes")
    assert data.name == "simulated haplotypes" and data.source == "rbmlib"
    assert data.train.shape == (2000, 805) and data.test.shape == (500, 805)
    assert set(np.unique(data.train)) == {0, 1}
    for labels in (data.train_labels, data.test_labels):
        assert np.array_equal(labels[::2], labels[1::2])  # split by person
        assert len(set(np.bincount(labels))) == 1
    assert len(data.label_names) == 5
    size = os.path.getsize(
        os.path.join(os.path.dirname(haplotypes.__file__), haplotypes.SIMULATED)
    )
    assert size <= 300_000


def test_simulated_populations_differ_as_their_history_says():
    """The order of the squared distances of allele frequencies, with 500 rows each."""
    data = load("simulated haplotypes")
    rows = np.concatenate([data.train, data.test])
    labels = np.concatenate([data.train_labels, data.test_labels])
    afr, _, eas, eur, sas = (rows[labels == c].mean(0) for c in range(5))

    def distance(f, g):
        return np.square(f - g).sum()

    assert distance(eur, sas) < distance(eur, eas) < distance(eur, afr)
    assert distance(sas, eas) < distance(sas, afr)


def test_altered_simulated_haplotypes_are_refused(monkeypatch):
    monkeypatch.setattr(haplotypes, "SIMULATED_SHA256", "0" * 64)
    with pytest.raises(ValueError, match="must hold bits and labels of sha256 0000"):
        load("simulated haplotypes")
    with pytest.raises(ValueError, match="path must be left out"):
        load("simulated haplotypes", path="somewhere")


def test_altered_labels_of_the_simulated_haplotypes_are_refused(tmp_path, monkeypatch):
    file = resources.files("rbmlib.datasets") / haplotypes.SIMULATED
    with np.load(str(file)) as content:
        arrays = dict(content)
    arrays["population"][0] += 1
    np.savez(tmp_path / haplotypes.SIMULATED, **arrays)
    monkeypatch.setattr(haplotypes.resources, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match="must hold bits and labels of sha256"):
        load("simulated haplotypes")


def test_mnist_where_md5_may_not_guard_anything(small, monkeypatch):
    """Hosts in FIPS mode refuse MD5 that is not said to be harmless."""
    md5 = hashlib.md5

    def strict(*args, usedforsecurity=True):
        if usedforsecurity:
            raise ValueError("[digital envelope routines] unsupported")
        return md5(*args, usedforsecurity=False)

    monkeypatch.setattr(hashlib, "md5", strict)
    assert load("mnist", path=small["idx"]).name == "mnist"


def test_a_file_is_expanded_to_its_known_size_at_most(small, monkeypatch):
    bomb = gzip.compress(b"\0" * 100_000_000, 1)
    (small["idx"] / "t10k-images-idx3-ubyte.gz").write_bytes(bomb)
    monkeypatch.setattr(mnist, "LARGEST_IDX", 1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="has the wrong MD5 checksum"):
            load("mnist", path=small["idx"])
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


# The real files, where the reader has them


@needs(mnist.PACKED)
def test_the_real_mnist():
    data = load("mnist", path=DATA_FOLDER)
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(data.train_labels).tolist() == counts
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(data.test_labels).tolist() == counts
    assert (data.train.max(0) == 0).sum() == 94
    assert data.train.mean(dtype=np.float64) == pytest.approx(0.1511, abs=5e-5)


@needs(haplotypes.FILE)
def test_the_real_haplotypes_are_split_by_person():
    data = load("haplotypes", path=DATA_FOLDER)
    assert data.train.shape == (4004, 805) and data.test.shape == (1004, 805)
    for labels in (data.train_labels, data.test_labels):
        assert np.array_equal(labels[::2], labels[1::2])
    counts = np.bincount(np.concatenate([data.train_labels, data.test_labels]))
    assert counts.tolist() == [1322, 694, 1008, 1006, 978]
    # Stratified by population: each continent within a person per population.
    share = np.bincount(data.test_labels) / counts
    assert np.all(np.abs(share - 0.2) < 0.01)


@needs(faces.FILE)
def test_the_real_faces_are_mirrored_for_training():
    data = load("faces", path=DATA_FOLDER)
    assert data.train.shape == (1400, 1024) and data.test.shape == (175, 1024)
    images = data.train.reshape(2, 700, 32, 32)
    assert np.array_equal(images[1], images[0, :, :, ::-1])
    assert data.train_labels is None and data.shape == (32, 32)


@needs(faces.FILE)
def test_the_sizes_and_levels_of_the_real_faces():
    grey = {
        size: load("faces", DATA_FOLDER, size=size, levels="grey")
        for size in faces.SIZES
    }
    for size, small in grey.items():
        blocks = grey[64].test.reshape(175, size, 64 // size, size, 64 // size)
        assert small.shape == (size, size) and 0 <= small.test.min()
        assert small.test == pytest.approx(blocks.mean((2, 4)).reshape(175, -1))
        bits = load("faces", DATA_FOLDER, size=size).test
        above = small.test > np.median(small.test, 1)[:, None]
        # Those of 64 pixels were blurred a little before.
        assert (bits == above).mean() > (0.95 if size == 64 else 1 - 1e-3)


def test_faces_of_other_sizes_and_levels_are_refused():
    with pytest.raises(ValueError, match="size must be one of 16, 32, 64, got 28"):
        load("faces", size=28)
    with pytest.raises(ValueError, match="levels must be one of 'bits', 'grey'"):
        load("faces", levels="colour")


# The generators


def test_the_law_of_the_clusters_is_a_law():
    data = clusters(10, n_visible=9, n_clusters=3, flip=0.2, seed=5)
    p = np.exp(data.log_probability(all_states(BINARY, 9)))
    assert p.sum() == pytest.approx(1, abs=1e-12)
    at_rest = clusters(10, n_visible=9, n_clusters=1, flip=0.0, seed=5)
    assert at_rest.log_probability(at_rest.samples).tolist() == [0.0] * 10
    assert at_rest.log_probability(1 - at_rest.prototypes).tolist() == [-np.inf]


@pytest.mark.parametrize("seed", range(3))
def test_samples_follow_the_law(seed):
    trees = (
        clusters(40_000, n_visible=5, n_clusters=3, flip=0.15, seed=seed),
        hierarchy(40_000, 5, (2, 2), (0.4, 0.3), 0.15, seed),
    )
    for data in trees:
        states = all_states(BINARY, 5)
        index = (data.samples @ 2 ** np.arange(4, -1, -1)).astype(int)
        expected = len(data.samples) * np.exp(data.log_probability(states))
        # Refuses one true law in a thousand.
        assert chisquare(np.bincount(index, minlength=32), expected).pvalue > 1e-3


def test_labels_name_the_prototype():
    data = clusters(2000, n_visible=200, n_clusters=4, flip=0.1, seed=1)
    distance = np.abs(data.samples[:, None] - data.prototypes).mean(-1)
    assert np.array_equal(distance.argmin(1), data.labels)
    # 400,000 bits: five standard errors.
    flipped = distance.min(1).mean()
    assert flipped == pytest.approx(0.1, abs=5 * np.sqrt(0.1 * 0.9 / 400_000))
    assert np.unique(data.labels).tolist() == [0, 1, 2, 3]


def test_children_differ_from_their_parents_as_they_should():
    flips, n_visible = (0.5, 0.2, 0.05), 20_000
    data = hierarchy(3, n_visible, (2, 3, 2), flips, 0.0, seed=4)
    assert [len(level) for level in data.level_prototypes] == [2, 6, 12]
    for level, n_children in ((1, 3), (2, 2)):
        children = data.level_prototypes[level]
        parents = np.repeat(data.level_prototypes[level - 1], n_children, axis=0)
        error = np.sqrt(flips[level] * (1 - flips[level]) / n_visible)
        found = np.abs(children - parents).mean(1)
        assert found == pytest.approx(
            np.full(len(children), flips[level]), abs=5 * error
        )
    assert np.array_equal(data.samples, data.prototypes[data.labels])
    assert np.array_equal(data.prototypes, data.level_prototypes[-1])


def test_the_labels_of_the_levels_are_nested():
    data = hierarchy(500, 10, (2, 3, 2), (0.5, 0.2, 0.1), 0.1, seed=2)
    labels = data.level_labels
    assert labels.shape == (500, 3)
    assert np.array_equal(labels[:, 2], data.labels)
    assert np.array_equal(labels[:, 1], data.labels // 2)
    assert np.array_equal(labels[:, 0], data.labels // 6)
    assert hierarchy(2, 3, (2,), (0.25,), 0.1, 0).newick == "(0:0.25,1:0.25);"


def test_a_sample_does_not_depend_on_its_neighbours():
    few, many = (clusters(n, 30, 3, 0.1, seed=9) for n in (10, 1000))
    assert np.array_equal(few.samples, many.samples[:10])
    assert np.array_equal(few.labels, many.labels[:10])
    other = clusters(10, 30, 3, 0.1, seed=10)
    assert not np.array_equal(few.samples, other.samples)


def test_the_bits_never_change():
    data = hierarchy(100, 50, (3, 2), (0.5, 0.1), 0.05, seed=2**63)
    assert digest(data.samples, data.prototypes) == BITS


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"n_samples": 0}, ValueError, "n_samples must be at least 1, got 0"),
        ({"n_visible": 2.5}, TypeError, "n_visible must be an integer, got float"),
        ({"branching": (2, 0)}, ValueError, r"branching must .* in \[1, .*\], got 0"),
        ({"branching": (2,)}, ValueError, "one entry for each level"),
        ({"branching": ()}, TypeError, "branching must hold integers"),
        ({"flips": (0.1, 0.6)}, ValueError, r"flips must .* in \[0, 0.5\], got 0.6"),
        ({"flip": -0.1}, ValueError, r"flip must .* in \[0, 0.5\], got -0.1"),
        ({"flip": float("nan")}, ValueError, "got nan"),
        ({"flip": "0.1"}, TypeError, "got '0.1'"),
        ({"seed": -1}, ValueError, "seed must be in"),
    ],
)
def test_bad_arguments_are_refused(change, error, message):
    arguments = {
        "n_samples": 5,
        "n_visible": 4,
        "branching": (2, 2),
        "flips": (0.5, 0.1),
        "flip": 0.1,
        "seed": 0,
    }
    with pytest.raises(error, match=message):
        hierarchy(**(arguments | change))


def test_bad_numbers_of_clusters_are_refused():
    with pytest.raises(ValueError, match="n_clusters must be at least 1, got 0"):
        clusters(5, 4, 0, 0.1, 0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: load(["digits"]), ValueError, r"name must be one of .*\['digits'\]"),
        (lambda: load("mnist", path=3), TypeError, "path must be .* got 3"),
        (lambda: stratified_split(["a"]), ValueError, "groups must be integers"),
        (lambda: stratified_split([0, -1]), ValueError, "not be negative, got -1"),
        (lambda: stratified_split([[0]]), ValueError, r"shape \(1, 1\)"),
    ],
)
def test_what_is_no_name_path_or_group_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
