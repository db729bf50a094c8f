"""The filmstrip: what it draws, and what it refuses."""

import base64
import re

import numpy as np
import pytest

from rbmlib.demos.filmstrip import Filmstrip


def _strip():
    frames = np.linspace(0, 1, 24).reshape(2, 3, 4)
    return Filmstrip(frames, ["a", "b"], "age", "two frames")


def test_the_page_holds_the_pixels_and_loads_nothing():
    html = _strip()._repr_mimebundle_()["text/html"]
    pixels = base64.b64decode(re.search(r'startFilmstrip\(.* "(.*)"\);', html)[1])
    assert list(pixels[:2]) == [255, 244] and pixels[-1] == 0 and len(pixels) == 24
    assert "http" not in html and "src=" not in html
    assert html == _strip()._repr_mimebundle_()["text/html"]


def test_the_fallback_picture_is_a_png_of_the_last_frame():
    assert _strip()._repr_mimebundle_()["image/png"].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("frames", "labels", "message"),
    [
        (np.zeros((2, 3)), ["a", "b"], r"got \(2, 3\)"),
        (np.zeros((0, 3, 3)), [], r"got \(0, 3, 3\)"),
        (np.full((1, 2, 2), 1.5), ["a"], r"values in \[0, 1\]"),
        (np.full((1, 2, 2), np.nan), ["a"], r"values in \[0, 1\]"),
        (np.zeros((2, 2, 2)), ["a"], "one label a frame, 2, got 1"),
    ],
)
def test_bad_input_is_refused(frames, labels, message):
    with pytest.raises(ValueError, match=message):
        Filmstrip(frames, labels, "age", "alt")
