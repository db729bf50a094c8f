"""An archive of our own, packed as that of CelebA is."""

import io
import zipfile

import numpy as np
from PIL import Image

from rbmlib.datasets import celeba_files

N = 30
NAMES = [f"{n:06d}.jpg" for n in range(1, N + 1)]
PARTS = np.repeat([0, 1, 2], [20, 4, 6])
FEATURES = [f"Feature_{n}" for n in range(40)]


def picture(n, size=(178, 218)):
    """Return a smooth coloured picture, so that a JPEG keeps its levels."""
    x, y = np.meshgrid(*(np.linspace(-1, 1, side) for side in size))
    wave = np.cos(3 * x + 0.4 * n) * np.cos(2 * y - 0.3 * n)
    colours = [128 + shade * wave for shade in (110, 100, 90)]
    return Image.fromarray(np.uint8(np.stack(colours, -1)))


def jpeg(n, kind="JPEG", size=(178, 218)):
    file = io.BytesIO()
    picture(n, size).save(file, kind, quality=95)
    return file.getvalue()


def has_feature(n, column):
    return (n * 7 + column * 3) % 5 < 2


def attribute_lines():
    rows = [
        " ".join([name, *(f"{1 if has_feature(n, c) else -1:2d}" for c in range(40))])
        for n, name in enumerate(NAMES, 1)
    ]
    return [str(N), " ".join(FEATURES), *rows]


def partition_lines():
    return [f"{name} {part}" for name, part in zip(NAMES, PARTS, strict=True)]


class Archive:
    """The three files, in memory, to be damaged before they are written."""

    def __init__(self):
        self.images = {f"img_align_celeba/{NAMES[n]}": jpeg(n + 1) for n in range(N)}
        self.partition, self.attributes = partition_lines(), attribute_lines()

    def write(self, folder, sorted_as_theirs=False):
        places = {}
        for name, inner in celeba_files.FOLDERS.items():
            place = folder / inner if sorted_as_theirs else folder
            place.mkdir(exist_ok=True, parents=True)
            places[name] = place / name
        with zipfile.ZipFile(places[celeba_files.IMAGES], "w") as archive:
            archive.writestr("img_align_celeba/", b"")
            for name, content in self.images.items():
                archive.writestr(name, content)
        for name, lines in (
            (celeba_files.PARTITION, self.partition),
            (celeba_files.ATTRIBUTES, self.attributes),
        ):
            places[name].write_text("\n".join(lines) + "\n", encoding="utf-8")
        return places
