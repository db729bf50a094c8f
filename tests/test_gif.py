"""Animations as files: what the page saves, what Python saves, and the command."""

import itertools
import json

import numpy as np
import pytest
from PIL import Image

from demo_pages import TOOLS, open_body
from engine import Engine
from rbmlib.demos import Live
from rbmlib.demos.filmstrip import Filmstrip

GREYS = [[level] * 3 for level in range(256)]


@pytest.fixture(scope="module")
def js():
    engine = Engine(Live)
    yield engine
    engine.v8.close()


def opened(path):
    """Return the frames of a GIF, shape (n_frames, height, width, 3), and its times."""
    frames, times = [], []
    with Image.open(path) as image:
        assert image.format == "GIF" and image.info["loop"] == 0
        for frame in range(image.n_frames):
            image.seek(frame)
            times.append(image.info["duration"])
            frames.append(np.asarray(image.convert("RGB")))
    return np.array(frames), times


def written(js, path, frames, palette=GREYS, delay=500):
    """Write frames, places in the palette, with the page's code; open the file."""
    n, height, width = frames.shape
    rows = [f"Uint8Array.from({x.ravel().tolist()})" for x in frames]
    found = js(
        f"[...encodeGif({width}, {height}, {json.dumps(palette)}, "
        f"[{', '.join(rows)}], {delay})]"
    )
    path.write_bytes(bytes(found))
    return opened(path)


def noise(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape)


@pytest.mark.parametrize(
    "frames",
    [
        np.zeros((1, 1, 1), int),
        np.full((2, 3, 5), 255),
        noise((3, 70, 90)),  # more than 4096 codes: the table is begun again
        noise((2, 64, 128)) // 200,  # long rows that repeat
        np.arange(256).reshape(1, 16, 16),
    ],
    ids=["one pixel", "one colour", "noise", "patches", "all greys"],
)
def test_a_page_writes_what_another_program_reads(js, tmp_path, frames):
    found, times = written(js, tmp_path / "a.gif", frames)
    assert (found == frames[..., None]).all() and times == [500] * len(frames)


def test_a_palette_has_the_colours_met_most_often(js, tmp_path):
    paper, ink = [255, 255, 255, 255], [8, 82, 164, 255]
    data = paper * 90 + ink * 10
    js.run(f"var found = paletteOf([cellsOf(Uint8Array.from({data}))]);")
    assert js("found.palette") == [[255, 255, 255], [8, 82, 165]]
    assert js("[...found.frames[0]]") == [0] * 90 + [1] * 10
    steps = np.stack(np.meshgrid(*[33 * np.arange(8)] * 3, indexing="ij"), axis=-1)
    every = np.insert(steps.reshape(-1, 3), 3, 255, axis=1)  # 512 colours
    js.run(
        f"var found = paletteOf([cellsOf(Uint8Array.from({every.ravel().tolist()}))]);"
    )
    cells = every[:, None, :3] >> 3
    palette = np.rint(np.array(js("found.palette")) * 31 / 255).astype(int)
    away = np.square(cells - palette).sum(2)
    assert away.shape == (512, 256) and (away.min(1) == 0).sum() == 256
    taken = np.take_along_axis(away, np.c_[js("[...found.frames[0]]")], 1)[:, 0]
    assert (taken == away.min(1)).all()


def strip():
    frames = np.linspace(0, 1, 36).reshape(3, 3, 4)
    return Filmstrip(frames, ["a", "b", "c"], "age", "three frames", pixel=5)


def test_a_film_strip_is_saved_as_it_is_shown(tmp_path):
    strip().save(tmp_path / "a.gif")
    found, times = opened(tmp_path / "a.gif")
    assert found.shape == (3, 15, 20, 3) and times == [500] * 3
    assert (found[:, ::5, ::5, 0] == strip().pixels).all()
    assert (found[:, 4::5, 4::5, 2] == strip().pixels).all()


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"path must end with \.gif, got .*a\.png"):
        strip().save(tmp_path / "a.png")


# In a browser


def saved(page, path):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save GIF", exact=True).click()
    download.value.save_as(path)
    return download.value.suggested_filename


def test_both_buttons_save_what_is_shown(browser, tmp_path):
    html = strip()._repr_mimebundle_()["text/html"]
    visit = open_body(browser, tmp_path, html, TOOLS)
    assert saved(visit.page, tmp_path / "page.gif").startswith("filmstrip-")
    strip().save(tmp_path / "python.gif")
    (one, times), (other, _) = (
        opened(tmp_path / f"{x}.gif") for x in ("page", "python")
    )
    assert (one == other).all() and times == [500] * 3

    demo = Live(running=False, start="training", speed=1)
    visit = open_body(browser, tmp_path, demo.html(), TOOLS, 688)
    assert saved(visit.page, tmp_path / "demo.gif") == "mnist-live-seed-0.gif"
    visit.page.get_by_text("Animation saved.").wait_for()
    frames, times = opened(tmp_path / "demo.gif")
    assert frames.shape[2] == 640 and times == [100] * len(frames) == [100] * 40
    images = frames[:, 40:300, 20:280]
    pairs = itertools.pairwise(images)
    assert all((x != y).any() for x, y in pairs)  # a sweep in each frame
    assert (images == 255).all(-1).mean() > 0.3 and images.min() < 40
    assert visit.page.get_by_role("button", name="Run", exact=True).count() == 1
    assert visit.faults == []
    visit.page.context.close()
