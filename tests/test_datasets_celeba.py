"""CelebA's loader, on an archive of our own that is packed as theirs is."""

import hashlib
import logging

import numpy as np
import pytest

from celeba_archive import (
    FEATURES,
    NAMES,
    Archive,
    attribute_lines,
    has_feature,
    jpeg,
    picture,
)
from rbmlib.datasets import celeba_files, load, sources


@pytest.fixture(autouse=True)
def no_reader_data(monkeypatch):
    monkeypatch.delenv(sources.FOLDER_VARIABLE, raising=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("celeba")
    Archive().write(folder)
    return folder


def bits_by_hand(n, size, crop=(15, 35, 163, 183)):
    """Return a picture's bits by means over equal blocks, before JPEG."""
    grey = np.asarray(picture(n).convert("L"), float)
    left, top, right, bottom = crop
    side = (right - left) // size
    blocks = grey[top:bottom, left:right].reshape(size, side, size, side).mean((1, 3))
    return blocks, blocks > np.median(blocks)


def test_pixels_and_parts_are_those_of_the_archive(whole):
    data = load("celeba", whole, size=37, official=False)
    assert data.train.shape == (20, 37 * 37) and data.test.shape == (6, 37 * 37)
    assert (data.shape, data.name, data.source) == ((37, 37), "celeba", "path")
    assert data.train_labels is None and data.train.dtype == np.float32
    found = np.concatenate([data.train, data.test]).reshape(-1, 37, 37)
    for image, n in zip(found, [*range(1, 21), *range(25, 31)], strict=True):
        level, bits = bits_by_hand(n, 37)
        # What a JPEG changes is a level or two; a pixel that far from the median stays.
        clear = abs(level - np.median(level)) > 3
        assert clear.mean() > 0.8 and np.array_equal(image[clear] == 1, bits[clear])
        assert image.sum() <= 37 * 37 / 2


def test_grey_levels_are_the_means_of_blocks(whole):
    data = load("celeba", whole, size=74, levels="grey", official=False)
    level, _ = bits_by_hand(1, 74)
    found = data.train[0].reshape(74, 74)
    assert 0 <= data.train.min() and data.train.max() <= 1
    assert abs(255 * found - level).max() < 4


def test_a_crop_of_own(whole):
    crop = (0, 0, 178, 178)
    options = {"levels": "grey", "crop": crop, "official": False}
    data = load("celeba", whole, size=89, **options)
    level, _ = bits_by_hand(3, 89, crop)
    assert abs(255 * data.train[2].reshape(89, 89) - level).max() < 4


def test_an_attribute_gives_the_labels(whole):
    how = {"size": 16, "attribute": "Feature_11", "official": False}
    data = load("celeba", whole, held_out="validation", **how)
    assert data.label_names == ("not Feature_11", "Feature_11")
    assert data.train_labels.tolist() == [has_feature(n, 11) for n in range(1, 21)]
    assert data.test_labels.tolist() == [has_feature(n, 11) for n in range(21, 25)]


def test_a_subset_keeps_the_share_of_those_held_out(whole):
    data = load("celeba", whole, size=16, n_train=10, official=False)
    whole_set = load("celeba", whole, size=16, official=False)
    assert np.array_equal(data.train, whole_set.train[:10])
    assert np.array_equal(data.test, whole_set.test[:3])


def test_files_lie_flat_or_as_their_authors_sort_them(tmp_path, whole, monkeypatch):
    Archive().write(tmp_path, sorted_as_theirs=True)
    monkeypatch.setenv(sources.FOLDER_VARIABLE, str(tmp_path))
    there, flat = (
        load("celeba", path, size=8, official=False) for path in (None, whole)
    )
    assert np.array_equal(there.train, flat.train) and there.source == "RBMLIB_DATA"


def test_the_terms_are_said_before_an_image_is_read(whole, caplog):
    with caplog.at_level(logging.WARNING):
        load("celeba", whole, size=8, official=False)
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    assert "may not be passed on" in caplog.text and celeba_files.PAGE in caplog.text


def test_without_files_the_message_says_where_they_are():
    with pytest.raises(FileNotFoundError, match=r"1\.4 GB.*mmlab\.ie\.cuhk.*faces"):
        load("celeba")


def sum_of(path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def test_official_files_are_known_by_their_checksums(whole, monkeypatch):
    with pytest.raises(ValueError, match=r"list_eval_partition\.txt has the wrong MD5"):
        load("celeba", whole)
    for name in celeba_files.MD5:
        monkeypatch.setitem(celeba_files.MD5, name, sum_of(whole / name))
    assert len(load("celeba", whole, size=8, attribute="Feature_0").train) == 20
    monkeypatch.setitem(celeba_files.MD5, celeba_files.ATTRIBUTES, "0" * 32)
    with pytest.raises(ValueError, match=r"list_attr_celeba\.txt has the wrong MD5"):
        load("celeba", whole, attribute="Feature_0")


def test_official_files_where_md5_may_not_guard_anything(whole, monkeypatch):
    """Hosts in FIPS mode refuse MD5 that is not said to be harmless."""
    for name in celeba_files.MD5:
        monkeypatch.setitem(celeba_files.MD5, name, sum_of(whole / name))
    md5 = hashlib.md5

    def strict(*args, usedforsecurity=True):
        if usedforsecurity:
            raise ValueError("[digital envelope routines] unsupported")
        return md5(*args, usedforsecurity=False)

    monkeypatch.setattr(hashlib, "md5", strict)
    assert len(load("celeba", whole, size=8).train) == 20


FIRST = "img_align_celeba/000001.jpg"


def nested(archive):
    archive.images = {f"data/{name}": x for name, x in archive.images.items()}


def without(name):
    def damage(archive):
        del archive.images[name]

    return damage


def with_image(name, content):
    return lambda archive: archive.images.update({name: content})


def cut_short(archive):
    archive.images[FIRST] = archive.images[FIRST][:-2000]


def line(part, number, text):
    def damage(archive):
        getattr(archive, part)[number - 1] = text

    return damage


def drop(part, number):
    return lambda archive: getattr(archive, part).pop(number - 1)


DAMAGES = {
    "nested folder": (nested, "img_align_celeba.zip", r"data/img_align"),
    "an image is missing": (
        without("img_align_celeba/000030.jpg"),
        "img_align_celeba.zip",
        "got 29, without .*000030",
    ),
    "an image that is not listed": (
        with_image("img_align_celeba/000031.jpg", jpeg(31)),
        "img_align_celeba.zip",
        "got 31; .*000031.jpg is not listed",
    ),
    "another file": (
        with_image("img_align_celeba/Thumbs.db", b"x"),
        "img_align_celeba.zip",
        "Thumbs.db",
    ),
    "truncated JPEG": (cut_short, "img_align_celeba.zip", "000001.jpg must be a whole"),
    "no JPEG": (with_image(FIRST, b"no image"), "img_align_celeba.zip", "000001.jpg"),
    "empty image": (with_image(FIRST, b""), "img_align_celeba.zip", "000001.jpg"),
    "another size": (
        with_image(FIRST, jpeg(1, size=(178, 178))),
        "img_align_celeba.zip",
        r"000001.jpg must be a JPEG of 178 × 218 pixels, got JPEG of 178 × 178",
    ),
    "a PNG": (
        with_image(FIRST, jpeg(1, "PNG")),
        "img_align_celeba.zip",
        "got PNG of 178 × 218",
    ),
    "wrong count": (
        line("attributes", 1, "202599"),
        "list_attr_celeba.txt",
        "must list 202599 images, as its first line says, got 30",
    ),
    "39 attributes": (
        line("attributes", 2, " ".join(FEATURES[1:])),
        "list_attr_celeba.txt",
        "line 2: expected 40 names",
    ),
    "a value that is none": (
        line("attributes", 9, attribute_lines()[8].replace("-1", " 0", 1)),
        "list_attr_celeba.txt",
        "line 9: expected",
    ),
    "an image without attributes": (
        lambda archive: (
            line("attributes", 1, "29")(archive),
            drop("attributes", 32)(archive),
        ),
        "list_attr_celeba.txt",
        "got none for 000030.jpg",
    ),
    "a part that is none": (
        line("partition", 4, "000004.jpg 3"),
        "list_eval_partition.txt",
        "line 4: expected .* got '000004.jpg 3'",
    ),
    "listed twice": (
        line("partition", 4, "000003.jpg 0"),
        "list_eval_partition.txt",
        "got 000003.jpg twice",
    ),
    "a list with commas": (
        line("partition", 1, "image_id,partition"),
        "list_eval_partition.txt",
        "line 1: expected",
    ),
    "no test image": (
        lambda archive: setattr(archive, "partition", [f"{name} 0" for name in NAMES]),
        "list_eval_partition.txt",
        r"images of part 2 \(test\)",
    ),
    "an empty list": (
        lambda archive: setattr(archive, "partition", []),
        "list_eval_partition.txt",
        "must list images, got none",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_archive_is_refused_with_file_and_reason(damage, tmp_path):
    change, file, reason = DAMAGES[damage]
    archive = Archive()
    change(archive)
    places = archive.write(tmp_path)
    with pytest.raises(ValueError, match=reason) as error:
        load("celeba", tmp_path, attribute="Feature_0", size=8, official=False)
    assert str(places[file]) in str(error.value)


@pytest.mark.parametrize("name", celeba_files.MD5)
def test_a_missing_file_is_named(name, tmp_path):
    Archive().write(tmp_path)[name].unlink()
    with pytest.raises(FileNotFoundError, match=f"which has no {name}"):
        load("celeba", tmp_path, attribute="Feature_0", official=False)


def test_an_archive_that_is_none_or_cut_short(tmp_path):
    places = Archive().write(tmp_path)
    whole = places[celeba_files.IMAGES].read_bytes()
    for content in (b"", b"no zip", whole[: len(whole) // 2]):
        places[celeba_files.IMAGES].write_bytes(content)
        with pytest.raises(ValueError, match=r"img_align_celeba\.zip must be a zip"):
            load("celeba", tmp_path, official=False)


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("size", 0, "size must"),
        ("size", 149, "size must be at most 148"),
        ("levels", "colour", "levels must"),
        ("crop", (0, 0, 179, 178), "crop must be"),
        ("crop", (100, 0, 50, 178), "crop must be"),
        ("attribute", "Wise", "attribute must be one of Feature_0"),
        ("held_out", "train", "held_out must"),
        ("n_train", 21, "n_train must be at most 20"),
        ("official", 1, "official must"),
        ("colour", True, "must be one of size"),
    ],
)
def test_options_that_do_not_fit(whole, option, value, reason):
    options = {"official": False} | {option: value}
    with pytest.raises((TypeError, ValueError), match=reason):
        load("celeba", whole, **options)


def test_other_sets_have_no_options():
    with pytest.raises(TypeError, match="must be left out, got size=32"):
        load("digits", size=32)
