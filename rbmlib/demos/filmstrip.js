// Pictures in a row of time, with a slider: it stands at the last one and moves only
// when asked.

import { saveFile } from "./files.js";
import { encodeGif } from "./gif.js";

const PERIOD = 500; // milliseconds of a frame while it plays

// Show the first film strip of this name that is not yet alive.  `pixels` is a base64
// text: a byte of grey for each pixel, frame after frame.
export function startFilmstrip(id, labels, pixels) {
  const root = document.querySelector(`[data-filmstrip="${id}"]:not([data-live])`);
  if (!root) return; // the page has lost its place
  root.dataset.live = "";
  const parts = ["canvas", "input", "output", "button"];
  const [canvas, slider, label, button] = parts.map((tag) => root.querySelector(tag));
  const levels = Uint8Array.from(atob(pixels), (c) => c.charCodeAt(0));
  if (levels.length !== canvas.width * canvas.height * labels.length) {
    label.value = "These pictures have not arrived whole.";
    return;
  }
  const draw = () => {
    drawFrame(canvas, levels, slider.valueAsNumber);
    label.value = labels[slider.value];
    slider.setAttribute("aria-valuetext", labels[slider.value]);
  };
  const play = player(root, button, () => {
    slider.value = (Number(slider.value) + 1) % labels.length;
    draw();
  });
  slider.addEventListener("input", () => {
    play(false);
    draw();
  });
  button.addEventListener("click", () => play(button.textContent === "Play"));
  root.querySelector("[data-save]").addEventListener("click", () => {
    saveFile(
      gifOf(canvas, levels, Number(root.dataset.pixel)),
      "image/gif",
      `${id}.gif`,
    );
  });
  draw();
}

// A function that starts or stops a clock, which rests in a tab that is not in front.
function player(root, button, advance) {
  let timer = 0;
  const tick = () => {
    if (!root.isConnected) clearInterval(timer);
    else if (!document.hidden) advance();
  };
  return (on) => {
    clearInterval(timer);
    if (on) timer = setInterval(tick, PERIOD);
    button.textContent = on ? "Pause" : "Play";
    button.setAttribute("aria-pressed", on);
  };
}

// All frames, each pixel a square of so many: those of `Filmstrip.save`.
function gifOf({ width, height }, levels, pixel) {
  const greys = Array.from({ length: 256 }, (_, level) => [level, level, level]);
  const [wide, high] = [width * pixel, height * pixel];
  const frames = [];
  for (let first = 0; first < levels.length; first += width * height) {
    const frame = new Uint8Array(wide * high);
    for (let i = 0; i < frame.length; i++) {
      const y = Math.floor(i / wide / pixel);
      frame[i] = levels[first + width * y + Math.floor((i % wide) / pixel)];
    }
    frames.push(frame);
  }
  return encodeGif(wide, high, greys, frames, PERIOD);
}

function drawFrame(canvas, levels, frame) {
  const { width, height } = canvas;
  const size = width * height;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  levels.subarray(frame * size, (frame + 1) * size).forEach((level, i) => {
    image.data.set([level, level, level, 255], 4 * i);
  });
  pen.putImageData(image, 0, 0);
}
