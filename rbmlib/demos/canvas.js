// Pictures on a canvas: axes with lines, dots and bars; images made of pixels.

import { palette } from "./colours.js";
import { element } from "./element.js";
import { framed, shortNumber, showValues } from "./pointer.js";

const SNAP = 16; // CSS pixels from the pointer to a point whose value is shown

const nameOf = ({ label, short }) => short ?? label;

export class Picture {
  // Of a height in CSS pixels, or square and at most so wide.
  constructor(page, title, { height, square }) {
    Object.assign(this, { page, height });
    this.canvas = element("canvas", { role: "img", "aria-label": title });
    if (square) this.canvas.style.maxWidth = `${square}px`;
    this.caption = element("figcaption", {}, title);
    const { tip, frame } = framed(this.canvas);
    this.figure = element("figure", {}, this.caption, frame);
    this.follow = showValues(this.canvas, tip, (x, y) => this.read?.(x, y));
    page.screen.append(this.figure);
  }

  set title(words) {
    if (this.caption.textContent === words) return;
    this.caption.textContent = this.canvas.ariaLabel = words;
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
    this.curves = [];
    this.follow();
    return this;
  }

  // The words for a place: those of the nearest point drawn, or of the place itself.
  readPlot(left, top) {
    const { box, ranges } = this;
    if (left < box.left || left > box.right || top < box.top || top > box.bottom)
      return;
    let best = { x: this.X.back(left), y: this.Y.back(top), distance: SNAP };
    for (const { points, name, half = 0 } of this.curves) {
      for (let i = 0; i < points.length; i += 2) {
        const [x, y] = [points[i], points[i + 1]];
        const aside = Math.abs(this.X(x) - left);
        const distance = aside < half ? 0 : Math.hypot(aside, this.Y(y) - top);
        if (distance < best.distance) best = { x, y, name, distance };
      }
    }
    const value = `${best.name ?? nameOf(ranges.y)} ${shortNumber(best.y)}`;
    if (!ranges.x.read)
      return `${nameOf(ranges.x)} ${shortNumber(best.x, 4)}\n${value}`;
    return best.distance < SNAP ? `${ranges.x.read(best.x)}\n${value}` : "";
  }

  text(words, x, y, align = "center", colour = this.colours.ink) {
    const { pen } = this;
    Object.assign(pen, { fillStyle: colour, textAlign: align, textBaseline: "middle" });
    pen.fillText(words, x, y);
  }

  // Axes in a box; x and y are {min, max, log, label, ticks}; `short` is the label at the
  // pointer. Sets this.X and this.Y.
  axes(x, y, below = 36) {
    const marks = ticks(y, this.h / 40);
    const widths = marks.map((tick) => this.pen.measureText(tickText(tick, y)).width);
    const left = 22 + Math.max(24, ...widths);
    const box = { left, right: this.w - 10, top: 8, bottom: this.h - below };
    this.read = this.readPlot;
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
    for (const tick of marks) {
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
  line(points, colour, width = 2, dash = [], name = undefined) {
    const { pen, box } = this;
    // One object a curve, however long it grows.
    this.curves.push({ points: Float64Array.from(points.flat()), name });
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

  // A line and its name in the lower right corner, so many rows from the bottom.
  legend(name, row, colour, width, dash) {
    const { pen, box } = this;
    const y = box.bottom - 34 - 15 * row;
    pen.save();
    Object.assign(pen, { strokeStyle: colour, lineWidth: width });
    pen.setLineDash(dash);
    this.segment(box.right - 92, y, box.right - 64, y);
    pen.restore();
    this.text(name, box.right - 60, y, "left", colour);
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
    this.curves.push({ points: [x, y], half: (right - left) / 2 });
    this.pen.fillStyle = colour;
    this.pen.fillRect(left, top, right - left, bottom - top);
  }

  // Fill the canvas with size × size pixels of the colours colour(i); words(i) is read
  // at the pointer.
  pixels(size, colour, words) {
    const source = new OffscreenCanvas(size, size);
    const image = new ImageData(size, size);
    const memory = new Uint32Array(image.data.buffer);
    for (let i = 0; i < memory.length; i++) memory[i] = colour(i);
    source.getContext("2d").putImageData(image, 0, 0);
    this.begin().pen.imageSmoothingEnabled = false;
    this.pen.drawImage(source, 0, 0, this.w, this.h);
    const place = (x) =>
      Math.min(size - 1, Math.max(0, Math.floor((x / this.w) * size)));
    this.read = (x, y) => words?.(place(y) * size + place(x));
  }
}

function scale({ min, max, log }, from, to) {
  const [f, back] = log ? [Math.log, Math.exp] : [(x) => x, (x) => x];
  const slope = (to - from) / (f(max) - f(min));
  const place = (value) => from + (f(value) - f(min)) * slope;
  place.back = (at) => back(f(min) + (at - from) / slope);
  return place;
}

function ticks({ min, max, log }, wanted) {
  if (log) {
    const decades = ticks({ min: Math.log10(min), max: Math.log10(max) }, wanted);
    const powers = decades.filter(Number.isInteger).map((n) => 10 ** n);
    if (powers.length > 1 || max > 100 * min) return powers;
    const first = 10 ** Math.floor(Math.log10(min));
    const all = [1, 2, 5, 10, 20, 50, 100].map((n) => n * first);
    return all.filter((value) => value >= min && value <= max);
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
  const plain = `${Number(value.toPrecision(6))}`;
  if (!log || (value > 0.05 && value < 200)) return plain.replace("-", "−");
  const power = Math.floor(Math.log10(value) + 1e-9);
  const factor = Math.round(value / 10 ** power);
  return `${factor === 1 ? "" : `${factor}·`}10${raised(power)}`;
}
