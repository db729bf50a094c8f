"""What the recipe celeba-bw would take: measured on a subset, stated for the whole.

    python benchmarks/bench_celeba.py [images]

The subset is an archive of made-up pictures in the layout of the official one, with
JPEGs of the same size in pixels.  Loading is measured at two sizes, so that what it
takes once is not counted for each image; an update takes the same time whatever the
number of images.  Times are seconds of one core, and memory the largest resident set.
The rest is multiplication: 202 599 images, 20 000 updates.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from rbmlib import datasets, training
from rbmlib.datasets import celeba_files
from rbmlib.trained.recipes import RECIPES

ALL = 202_599
RECIPE = RECIPES["celeba-bw"]
N_TIMED = 20  # updates


def write(folder, n):
    """Write an archive of n pictures, four fifths of them for training."""
    names = [f"{k:06d}.jpg" for k in range(1, n + 1)]
    x, y = np.meshgrid(np.linspace(-1, 1, 178), np.linspace(-1, 1, 218))
    noise = np.random.default_rng(0)
    with zipfile.ZipFile(folder / celeba_files.IMAGES, "w") as archive:
        for k, name in enumerate(names):
            wave = np.cos(3 * x + 0.4 * k) * np.cos(2 * y - 0.3 * k)
            grain = noise.normal(0, 6, (*x.shape, 3))
            pixels = np.clip(128 + 90 * wave[:, :, None] + grain, 0, 255)
            file = io.BytesIO()
            Image.fromarray(pixels.astype(np.uint8)).save(file, "JPEG", quality=90)
            archive.writestr(f"{celeba_files.INSIDE}/{name}", file.getvalue())
    parts = np.repeat([0, 1, 2], [n - n // 5, n // 10, n // 5 - n // 10])
    lines = [f"{name} {part}" for name, part in zip(names, parts, strict=True)]
    (folder / celeba_files.PARTITION).write_text("\n".join(lines) + "\n")


def loaded(folder):
    """Print the seconds and the memory of loading, and of an update, as JSON."""
    before, begin = _memory(), time.process_time()
    data = datasets.load("celeba", folder, official=False).train
    seconds, memory = time.process_time() - begin, _memory() - before
    update = _update(data) if len(data) >= RECIPE.batch_size else np.nan
    print(json.dumps([seconds, memory, update, _memory() - before]))


def _update(data):
    run = training.resume(
        RECIPE.start(data), data, n_updates=2, checkpoints=[2], progress=False
    )
    begin = time.process_time()
    training.resume(
        run, data, n_updates=2 + N_TIMED, checkpoints=[2 + N_TIMED], progress=False
    )
    return (time.process_time() - begin) / N_TIMED


def _memory():
    """Return the peak so far; not of getrusage, which begins at the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return sum(1024 * int(x.split()[1]) for x in lines if x.startswith("VmHWM"))


def measured(n):
    """Return what `loaded` prints in a fresh process, of an archive of n pictures."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), n)
        command = [sys.executable, __file__, "--loaded", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return np.array(json.loads(done.stdout))


def main():
    """Print a table of what was measured, and of what follows for the whole."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    few, many = measured(n // 4), measured(n)
    images = n - n // 4
    per_image, memory = (many - few)[:2] / images
    update, trained = many[2], many[3]
    print(f"measured: {n // 4} and {n} images; batches of {RECIPE.batch_size}")
    print(f"  an image    {1e3 * per_image:.2f} ms, {memory / 1e3:.1f} kB")
    print(f"  an update   {1e3 * update:.0f} ms")
    print(f"  memory at {n} images, with training  {trained / 1e6:.0f} MB")
    print(f"for the whole: {ALL} images, {RECIPE.n_updates} updates (extrapolated)")
    print(f"  loading     {per_image * ALL / 60:.1f} minutes")
    print(f"  training    {update * RECIPE.n_updates / 3600:.1f} hours")
    print(f"  memory      {(trained + memory * (ALL - n)) / 1e9:.1f} GB")


if __name__ == "__main__":
    if "--loaded" in sys.argv:
        loaded(sys.argv[-1])
    else:
        main()
