"""Pictures in a row of time, with a slider: moves in a page without any kernel.

The pixels travel in the page as bytes, and `filmstrip.js` draws the chosen frame.  It
starts at the last frame and moves only when asked.  Two film strips on a page may be
equal: each script wakes the first strip of its name that is not yet alive.
"""

import base64
import hashlib
import html
import io

import matplotlib.image
import numpy as np
from PIL import Image

from rbmlib.checks import check_path, check_positive
from rbmlib.demos.base import STYLE, program, script_text
from rbmlib.files.whole import write_whole

PERIOD = 500  # milliseconds of a frame, as in filmstrip.js

_PROGRAM = program("filmstrip.js")
_HTML = """\
<figure class="rbm-demo rbm-filmstrip" data-filmstrip="{id}" \
data-pixel="{pixel}" style="max-width:{css_width}px">
<canvas width="{width}" height="{height}" role="img" aria-label="{alt}"></canvas>
<div class="rbm-buttons">
<button type="button" aria-pressed="false">Play</button>
<input type="range" min="0" max="{last}" value="{last}" step="1" aria-label="{name}">
<output></output>
<button type="button" data-save>Save GIF</button>
</div>
</figure>
<style>
{style}</style>
<script type="module">
{program}
startFilmstrip("{id}", {labels}, "{pixels}");
</script>"""


class Filmstrip:
    """Grey images at increasing times, shown one at a time with a slider.

    Parameters
    ----------
    frames : array_like, shape (n_frames, height, width)
        Values in [0, 1]; 0 is white.
    labels : sequence of str
        One for each frame.
    name : str
        What the slider moves, for instance "age".
    alt : str
        Description of the picture for readers who do not see it.
    pixel : int
        Size of one pixel of a frame on a wide screen, in CSS pixels.

    Raises
    ------
    ValueError
        No frame, values that are masked, not real or outside [0, 1], another number of
        labels, or a pixel below 1.
    TypeError
        A pixel that is not an integer.

    Examples
    --------
    >>> Filmstrip(np.zeros((2, 3, 4)), ["start", "end"], "time", "empty frames")
    Filmstrip(2 frames of 3 × 4 pixels)
    """

    def __init__(self, frames, labels, name, alt, pixel=6):
        if np.ma.isMaskedArray(frames) or np.asarray(frames).dtype.kind not in "biuf":
            raise ValueError(
                f"frames must hold real numbers, none masked, got {frames!r}"
            )
        frames = np.asarray(frames, dtype=np.float64)
        if frames.ndim != 3 or 0 in frames.shape:
            raise ValueError(
                f"frames must have shape (n_frames, height, width), got {frames.shape}"
            )
        if not (frames.min() >= 0 and frames.max() <= 1):
            raise ValueError(
                "frames must hold values in [0, 1], "
                f"got {frames.min()} to {frames.max()}"
            )
        if len(labels) != len(frames):
            raise ValueError(
                f"labels must hold one label a frame, {len(frames)}, got {len(labels)}"
            )
        self.pixels = np.rint(255 * (1 - frames)).astype(np.uint8)
        self.labels = [str(label) for label in labels]
        self.name, self.alt = str(name), str(alt)
        self.pixel = check_positive(pixel, "pixel")

    def __repr__(self):
        n, height, width = self.pixels.shape
        return f"Filmstrip({n} frames of {height} × {width} pixels)"

    def save(self, path):
        """Write the frames as an animated GIF, half a second each: the page's file.

        Parameters
        ----------
        path : str or path
            Ends with .gif.

        Raises
        ------
        TypeError, ValueError
            No path, or another ending.

        Examples
        --------
        >>> import tempfile
        >>> strip = Filmstrip(np.zeros((2, 3, 4)), ["start", "end"], "time", "empty")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     strip.save(f"{folder}/empty.gif")
        """
        path = check_path(path)
        if path.suffix != ".gif":
            raise ValueError(f"path must end with .gif, got {path}")
        large = self.pixels.repeat(self.pixel, 1).repeat(self.pixel, 2)
        first, *rest = (Image.fromarray(frame) for frame in large)
        memory = io.BytesIO()
        how = {"save_all": True, "append_images": rest, "loop": 0, "optimize": False}
        first.save(memory, "GIF", duration=PERIOD, **how)
        write_whole(path, memory.getvalue())

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            "text/plain": repr(self),
            "text/html": self._html(),
            "image/png": self._png(),
        }

    def _html(self):
        n, height, width = self.pixels.shape
        data = self.pixels.tobytes()
        labels = script_text(self.labels)
        digest = hashlib.sha256(labels.encode() + data).hexdigest()
        return _HTML.format(
            id=f"filmstrip-{digest[:12]}",
            width=width,
            height=height,
            last=n - 1,
            css_width=width * self.pixel,
            pixel=self.pixel,
            labels=labels,
            alt=html.escape(self.alt),
            name=html.escape(self.name),
            pixels=base64.b64encode(data).decode(),
            style=STYLE,
            program=_PROGRAM,
        )

    def _png(self):
        buffer = io.BytesIO()
        last = np.kron(self.pixels[-1], np.ones((self.pixel, self.pixel), np.uint8))
        matplotlib.image.imsave(
            buffer, last, format="png", cmap="gray", vmin=0, vmax=255, metadata={}
        )
        return buffer.getvalue()
