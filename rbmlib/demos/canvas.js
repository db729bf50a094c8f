// Pictures on a canvas: axes with lines, dots and bars; images made of pixels.
// Colours are read from the page at each drawing, to follow a change of theme; before
// the demo is in the page there is none.

import { element } from "./element.js";

export function palette(root) {
  const ink = getComputedStyle(root).color;
  const [red, green, blue] = (ink.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  const dark = 0.3 * red + 0.59 * green + 0.11 * blue > 128;
  return dark
    ? {
        ink,
        paper: "#14181e",
        blue: "#6cb6ff",
        red: "#ff9d7a",
        grey: "#9aa4ae",
        faint: "#9aa4ae55",
      }
    : {
        ink,
        paper: "white",
        blue: "#0b57a4",
        red: "#b8401a",
        grey: "#66707a",
        faint: "#66707a44",
      };
}

export class Picture {
  // Of a height in CSS pixels, or square and at most so wide.
  constructor(page, title, { height, square }) {
    Object.assign(this, { page, height });
    this.canvas = element("canvas", { role: "img", "aria-label": title });
    if (square) this.canvas.style.maxWidth = `${square}px`;
    this.caption = element("figcaption", {}, title);
    this.figure = element("figure", {}, this.caption, this.canvas);
    page.screen.append(this.figure);
  }

  // Clear the canvas at the size the page gives it now; coordinates are CSS pixels.
  begin() {
    const { canvas } = this;
    const ratio = devicePixelRatio || 1;
    this.w = canvas.clientWidth || 300;
    this.h = this.height ?? this.w;
    const width = Math.round(this.w * ratio);
    const height = Math.round(this.h * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.style.height = `${this.h}px`;
      Object.assign(canvas, { width, height });
    }
    this.pen = canvas.getContext("2d");
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.pen.clearRect(0, 0, this.w, this.h);
    this.pen.font = "12px system-ui, sans-serif";
    this.colours = palette(this.page.root);
    return this;
  }

  text(words, x, y, align = "center", colour = this.colours.ink) {
    const { pen } = this;
    Object.assign(pen, { fillStyle: colour, textAlign: align, textBaseline: "middle" });
    pen.fillText(words, x, y);
  }

  // Axes in a box; x and y are {min, max, log, label, ticks}. Sets this.X and this.Y.
  axes(x, y, below = 36) {
    const box = { left: 50, right: this.w - 10, top: 12, bottom: this.h - below };
    this.X = scale(x, box.left, box.right);
    this.Y = scale(y, box.bottom, box.top);
    this.ranges = { x, y };
    const { pen, colours } = this;
    Object.assign(pen, { strokeStyle: colours.grey, lineWidth: 1 });
    pen.setLineDash([]);
    pen.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.strokeStyle = colours.faint;
    for (const tick of x.ticks ?? ticks(x, this.w / 80)) {
      this.segment(this.X(tick), box.top, this.X(tick), box.bottom);
      this.text(tickText(tick, x), this.X(tick), box.bottom + 11);
    }
    for (const tick of ticks(y, this.h / 45)) {
      this.segment(box.left, this.Y(tick), box.right, this.Y(tick));
      this.text(tickText(tick, y), box.left - 5, this.Y(tick), "right");
    }
    this.text(x.label, (box.left + box.right) / 2, this.h - 8);
    pen.save();
    pen.translate(8, (box.top + box.bottom) / 2);
    pen.rotate(-Math.PI / 2);
    this.text(y.label, 0, 0);
    pen.restore();
    this.box = box;
  }

  segment(x0, y0, x1, y1) {
    this.pen.beginPath();
    this.pen.moveTo(x0, y0);
    this.pen.lineTo(x1, y1);
    this.pen.stroke();
  }

  // A curve in the coordinates of the axes, cut at their box.
  line(points, colour, width = 2, dash = []) {
    const { pen, box } = this;
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.clip();
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(this.X(x), this.Y(y));
    Object.assign(pen, { strokeStyle: colour, lineWidth: width });
    pen.setLineDash(dash);
    pen.stroke();
    pen.restore();
  }

  // A straight line at a height, from side to side.
  across(y, ...style) {
    this.line(
      [this.ranges.x.min, this.ranges.x.max].map((x) => [x, y]),
      ...style,
    );
  }

  // A straight line at a place, from the bottom to the top.
  upright(x, ...style) {
    this.line(
      [this.ranges.y.min, this.ranges.y.max].map((y) => [x, y]),
      ...style,
    );
  }

  dot(x, y, colour, radius, filled = true) {
    const { pen } = this;
    pen.beginPath();
    pen.arc(this.X(x), this.Y(y), radius, 0, 7);
    Object.assign(pen, { fillStyle: colour, strokeStyle: colour, lineWidth: 1.5 });
    if (filled) pen.fill();
    else pen.stroke();
  }

  bar(x, y, width, colour) {
    const left = this.X(x - width / 2);
    const right = this.X(x + width / 2);
    const top = this.Y(Math.max(y, 0));
    const bottom = this.Y(Math.min(y, 0));
    this.pen.fillStyle = colour;
    this.pen.fillRect(left, top, right - left, bottom - top);
  }

  // Fill the canvas with size × size pixels of the colours colour(i).
  pixels(size, colour) {
    const source = new OffscreenCanvas(size, size);
    const image = new ImageData(size, size);
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0; i < words.length; i++) words[i] = colour(i);
    source.getContext("2d").putImageData(image, 0, 0);
    this.begin().pen.imageSmoothingEnabled = false;
    this.pen.drawImage(source, 0, 0, this.w, this.h);
  }
}

function scale({ min, max, log }, from, to) {
  const f = log ? Math.log : (value) => value;
  return (value) => from + ((f(value) - f(min)) / (f(max) - f(min))) * (to - from);
}

function ticks({ min, max, log }, wanted) {
  if (log) {
    const decades = ticks({ min: Math.log10(min), max: Math.log10(max) }, wanted);
    return decades.filter(Number.isInteger).map((n) => 10 ** n);
  }
  const rough = (max - min) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((n) => n * power >= rough) ?? 10);
  const values = [];
  for (let n = Math.ceil(min / step - 1e-9); n * step <= max + 1e-9; n++) {
    values.push(n * step);
  }
  return values;
}

const raised = (n) => (n < 0 ? "⁻" : "") + "⁰¹²³⁴⁵⁶⁷⁸⁹"[Math.abs(n)];

function tickText(value, { log }) {
  if (!log || (value > 0.05 && value < 200)) return `${Number(value.toPrecision(6))}`;
  return `10${raised(Math.round(Math.log10(value)))}`;
}

// A colour as one word of an image's memory; no word, 0, is a transparent pixel.
export const rgb = (red, green, blue) => 0xff000000 | (blue << 16) | (green << 8) | red;

// A spin up, or a pixel that is on; and the other.
export const DARK = rgb(20, 42, 75);
export const LIGHT = rgb(215, 225, 235);

// Blue for -1, white for 0, red for +1: the ends of the map RdBu_r.
export function signColour(t) {
  const end = t < 0 ? [33, 102, 172] : [178, 24, 43];
  const size = Math.min(1, Math.abs(t));
  return rgb(...end.map((value) => 255 + (value - 255) * size));
}
