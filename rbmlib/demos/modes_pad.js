// The start image of "following the modes", a pad to draw on, and two images beside it.

import { PIXELS, SIDE } from "./modes_core.js";

const LEFT = 6;
const TOP = 8;
const GAP = 14; // CSS pixels between two images, and above their names
const WIDEST = 110; // CSS pixels of an image's side

export class Pad {
  // `demo` has startImage(), page and draw().
  constructor(picture, demo) {
    Object.assign(this, { picture, demo });
    const { canvas } = picture;
    canvas.tabIndex = 0;
    canvas.addEventListener("pointerdown", (event) => this.paint(event, true));
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons) this.paint(event, false);
    });
    canvas.addEventListener("keydown", (event) => this.type(event));
    canvas.addEventListener("dragover", (event) => event.preventDefault());
    canvas.addEventListener("drop", (event) => this.drop(event));
  }

  isOn(pixel) {
    return this.demo.startImage()[pixel] > 0.5;
  }

  setPixel(pixel, on) {
    const image = [...this.demo.startImage()].map((value) => value > 0.5);
    image[pixel] = on;
    this.setImage(image.map(Number).join(""));
  }

  setImage(drawing) {
    this.demo.page.set({ drawing, start: "drawn" });
  }

  // A stroke turns pixels to what its first one became.
  paint(event, first) {
    const { left, top } = this.picture.canvas.getBoundingClientRect();
    const x = Math.floor(((event.clientX - left - LEFT) / this.size) * SIDE);
    const y = Math.floor(((event.clientY - top - TOP) / this.size) * SIDE);
    if (Math.min(x, y) < 0 || Math.max(x, y) >= SIDE) return;
    if (first) this.ink = !this.isOn(SIDE * y + x);
    this.setPixel(SIDE * y + x, this.ink);
  }

  // Arrow keys move a cursor on the pad, space flips the pixel under it.
  type(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE };
    const move = moves[event.key];
    if (move === undefined && event.key !== " ") return;
    event.preventDefault();
    const now = this.cursor ?? 0;
    if (move) this.cursor = (now + move + PIXELS) % PIXELS;
    else this.setPixel(now, !this.isOn(now));
    this.demo.draw();
  }

  async drop(event) {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    try {
      this.setImage(await pixelsOf(file));
    } catch {
      this.demo.page.say("What was dropped cannot be read as an image.");
    }
  }

  // Three images with values from 0 to 1; the first is the one to draw on.
  draw(images, names) {
    const width = this.picture.canvas.clientWidth || 300;
    this.size = Math.min(WIDEST, (width - 40) / images.length);
    this.picture.height = TOP + this.size + 2 * GAP;
    const picture = this.picture.begin();
    const { pen, colours } = picture;
    picture.read = (x, y) => this.words(images, names, x, y);
    images.forEach((image, n) => {
      const left = LEFT + n * (this.size + GAP);
      image.forEach((value, i) => {
        const level = Math.round(255 * (1 - value));
        pen.fillStyle = `rgb(${level} ${level} ${level})`;
        pen.fillRect(...this.pixel(i, left, 0.5)); // no seams
      });
      pen.strokeStyle = colours.grey;
      pen.strokeRect(left, TOP, this.size, this.size);
      picture.text(names[n], left + this.size / 2, TOP + this.size + GAP);
    });
    if (this.cursor === undefined) return;
    pen.strokeStyle = colours.red;
    pen.strokeRect(...this.pixel(this.cursor, LEFT, 0));
  }

  words(images, names, x, y) {
    const { size } = this;
    const n = Math.floor((x - LEFT) / (size + GAP));
    const column = Math.floor(((x - LEFT - n * (size + GAP)) / size) * SIDE);
    const row = Math.floor(((y - TOP) / size) * SIDE);
    const isInside = row >= 0 && row < SIDE && column < SIDE;
    const mean = isInside && images[n]?.[SIDE * row + column];
    return typeof mean === "number" ? `${names[n]}: ${mean.toFixed(2)}` : "";
  }

  // Place and size of a pixel of the image that starts at `left`.
  pixel(i, left, more) {
    const unit = this.size / SIDE;
    const x = left + (i % SIDE) * unit;
    return [x, TOP + Math.floor(i / SIDE) * unit, unit + more, unit + more];
  }
}

// 64 digits 0 or 1 of an image file: shrunk to 8 × 8, dark pixels are on.
async function pixelsOf(file) {
  const pen = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.drawImage(await createImageBitmap(file), 0, 0, SIDE, SIDE);
  const { data } = pen.getImageData(0, 0, SIDE, SIDE);
  const green = data.filter((_, at) => at % 4 === 1);
  return Array.from(green, (level) => Number(level < 128)).join("");
}
