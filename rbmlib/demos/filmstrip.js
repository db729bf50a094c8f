// Pictures in a row of time, with a slider: it stands at the last one and moves only
// when asked.

const PERIOD = 500; // milliseconds of a frame while it plays

// Show the first film strip of this name that is not yet alive.  `pixels` is a base64
// text: a byte of grey for each pixel, frame after frame.
export function startFilmstrip(id, labels, pixels) {
  const root = document.querySelector(`[data-filmstrip="${id}"]:not([data-live])`);
  root.dataset.live = "";
  const part = (tag) => root.querySelector(tag);
  const [canvas, slider, label, button] = "canvas input output button"
    .split(" ")
    .map(part);
  const levels = Uint8Array.from(atob(pixels), (c) => c.charCodeAt(0));
  const draw = () => {
    drawFrame(canvas, levels, slider.valueAsNumber);
    label.value = labels[slider.value];
    slider.setAttribute("aria-valuetext", labels[slider.value]);
  };
  let timer = 0;
  const play = (on) => {
    clearInterval(timer);
    if (on) timer = setInterval(advance, PERIOD);
    button.textContent = on ? "Pause" : "Play";
    button.setAttribute("aria-pressed", on);
  };
  const advance = () => {
    if (!root.isConnected) return clearInterval(timer);
    slider.value = (Number(slider.value) + 1) % labels.length;
    draw();
  };
  slider.addEventListener("input", () => {
    play(false);
    draw();
  });
  button.addEventListener("click", () => play(button.textContent === "Play"));
  draw();
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
