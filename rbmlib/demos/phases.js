// The phase diagram: a point in it, what theory says there, and a machine that lives there.

import { Picture } from "./canvas.js";
import { DARK, LIGHT } from "./colours.js";
import { element } from "./element.js";
import { Page } from "./page.js";
import { Planted, landscape, nearestBorder, solveEqual } from "./phases_core.js";

const SIDE = 16;
const CHAINS = 2;
const BUDGET = 4; // milliseconds of sweeps in a frame
const MEMORY = 300; // measurements shown
const END = 3; // of w and of σ, as on the sliders
const KEY_STEP = 0.05; // of an arrow key
const CORNER = [
  [1, 0],
  [1, 1],
  [0, 1],
]; // where the paramagnet ends
const ON_BORDER = 0.006; // the plane's places have two decimals
const NAMES = [
  ["paramagnet", 0.5, 0.5],
  ["spin glass", 0.7, 2.2],
  ["ferromagnet", 2.1, 0.5],
  ["AT", 2.72, 1.75],
];
const ARROWS = {
  ArrowLeft: [-KEY_STEP, 0],
  ArrowRight: [KEY_STEP, 0],
  ArrowUp: [0, KEY_STEP],
  ArrowDown: [0, -KEY_STEP],
};
const INTERVALS = 40; // of the magnetisation from 0 to 1
const HEIGHTS = [...Array(INTERVALS + 1).keys()].map((k) => k / INTERVALS);

const number = (x) => x.toFixed(2).replace("-", "−");

// A place on the plane, with the digits of the sliders.
const clamp = (x) => Number(Math.min(END, Math.max(0, x)).toFixed(2));

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "The phase diagram", this));
    this.plane = new Picture(page, "Click, or use the arrow keys", { square: 310 });
    const titles = ["Dark: along the mode", "A second replica"];
    this.boards = titles.map((title) => new Picture(page, title, { square: 150 }));
    const figures = this.boards.map((board) => board.figure);
    const pair = element("div", { class: "rbm-pair" }, ...figures);
    const title = "The machine (coloured) and theory (dashed)";
    this.series = new Picture(page, title, { height: 140 });
    this.plane.figure.after(
      element("div", { class: "rbm-stack" }, pair, this.series.figure),
    );
    this.energy = new Picture(page, "Free energy along the mode", { height: 130 });
    this.energy.figure.classList.add("rbm-wide");
    this.listen();
    page.addControls();
    page.on("law start seed", () => this.reset());
    page.on("w sigma", () => this.move());
    page.finish();
    this.reset();
    this.warmUp();
  }

  listen() {
    const { canvas } = this.plane;
    const { page } = this;
    const point = (event) => {
      const { left, top } = canvas.getBoundingClientRect();
      const { box } = this.plane;
      const x = (event.clientX - left - box.left) / (box.right - box.left);
      const y = (event.clientY - top - box.bottom) / (box.top - box.bottom);
      page.set({ w: clamp(END * x), sigma: clamp(END * y) });
    };
    canvas.style.cursor = "crosshair";
    canvas.tabIndex = 0;
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointermove", (event) => event.buttons && point(event));
    canvas.addEventListener("keydown", (event) => this.type(event));
    const help = "Click or drag to move; with the keyboard, the arrows.";
    page.help.push(["The plane", help]);
  }

  type(event) {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const { page } = this;
    const [dw, dSigma] = ARROWS[event.key];
    const sigma = clamp(page.get("sigma") + dSigma);
    page.set({ w: clamp(page.get("w") + dw), sigma });
  }

  reset() {
    const { page } = this;
    const seed = page.get("seed");
    const made = `${page.get("law")} ${seed}`;
    if (this.made !== made) {
      this.planted = new Planted(SIDE * SIDE, page.get("law"), seed);
      Object.assign(this, { made, place: null });
    }
    this.planted.start(CHAINS, page.get("start") === "planted", seed);
    this.age = 0;
    this.history = [];
    this.move();
  }

  // A new point: the weights change, the spins stay.
  move() {
    if (!this.planted) return;
    const [law, w, sigma] = ["law", "w", "sigma"].map((name) => this.page.get(name));
    const place = `${w} ${sigma}`;
    if (this.place !== place) {
      this.place = place;
      this.planted.setStrengths(w, sigma);
      this.theory = solveEqual(law, w, sigma);
      this.heights = landscape(law, w, sigma, HEIGHTS);
    }
    if (this.history.length === 0) this.measure();
    this.draw();
  }

  warmUp() {
    while (this.age < this.page.get("warm_up")) this.step();
    this.draw();
  }

  step() {
    const before = this.planted.v.slice();
    this.planted.sweep(this.page.get("seed"), this.age);
    this.age++;
    this.measure(before);
  }

  measure(before = this.planted.v) {
    const kept =
      this.planted.v.filter((s, k) => s === before[k]).length / before.length;
    this.now = { ...this.planted.measure(), kept, age: this.age };
    this.history.push(this.now);
    if (this.history.length > MEMORY) this.history.shift();
  }

  advance(single) {
    const stop = performance.now() + BUDGET;
    const most = single ? 1 : this.page.get("speed");
    for (let n = 0; n < most && performance.now() < stop; n++) this.step();
    this.drawMachine();
    const { m, q } = this.now;
    this.page.report({ magnetization: m, overlap: q, sweeps: this.age }, single);
  }

  get phase() {
    const { m, q } = this.theory;
    const [w, sigma] = [this.page.get("w"), this.page.get("sigma")];
    const { ferro_glass } = this.page.get("lines");
    if (nearestBorder(w, sigma, [CORNER, ferro_glass]) < ON_BORDER) {
      return "on the border";
    }
    if (m > 0) return "ferromagnet";
    return q > 0 ? "spin glass" : "paramagnet";
  }

  draw() {
    if (!this.now) return;
    this.drawPlane(this.plane.begin());
    this.drawMachine();
  }

  // What moves with the machine: all but the plane.
  drawMachine() {
    this.boards.forEach((board, chain) => this.drawBoard(board, chain));
    this.drawSeries(this.series.begin());
    this.drawLandscape(this.energy.begin());
    const { m, q, kept } = this.now;
    const { theory } = this;
    this.page.tell(
      `${this.age} sweeps`,
      `theory: ${this.phase}`,
      `m = ${number(m)} (theory ${theory.m.toFixed(2)})`,
      `q = ${number(q)} (theory ${theory.q.toFixed(2)})`,
      `unchanged in a sweep: ${(100 * kept).toFixed(0)} %`,
    );
  }

  drawPlane(picture) {
    const { colours } = picture;
    const lines = this.page.get("lines");
    picture.axes(
      { min: 0, max: END, label: "strength of the mode w", short: "w" },
      { min: 0, max: END, label: "strength of the noise σ", short: "σ" },
    );
    picture.line(CORNER, colours.ink);
    picture.line(lines.ferro_glass, colours.ink);
    picture.line(lines.at, colours.grey, 1.5, [4, 4]);
    for (const [name, x, y] of NAMES) {
      picture.text(name, picture.X(x), picture.Y(y), "center", colours.grey);
    }
    picture.dot(this.page.get("w"), this.page.get("sigma"), colours.red, 6);
  }

  drawBoard(board, chain) {
    const { v, signs, N } = this.planted;
    const first = chain * N;
    const isAlong = (i) => v[first + i] * signs[i] > 0;
    const words = (i) => `unit ${i + 1}: ${isAlong(i) ? "along" : "against"} the mode`;
    board.pixels(SIDE, (i) => (isAlong(i) ? DARK : LIGHT), words);
  }

  drawSeries(picture) {
    const { history, theory } = this;
    const { colours } = picture;
    const start = history[0].age;
    const end = Math.max(start + 50, this.age);
    picture.axes(
      { min: start, max: end, label: "sweeps" },
      { min: -1, max: 1.05, label: "m (blue), q (red)" },
    );
    for (const [name, colour] of Object.entries({ m: colours.blue, q: colours.red })) {
      picture.across(theory[name], colour, 1.5, [6, 4]);
      const curve = history.map((entry) => [entry.age, entry[name]]);
      picture.line(curve, colour, 1.5, [], name);
    }
  }

  drawLandscape(picture) {
    const { heights, theory, now } = this;
    const { colours } = picture;
    const low = Math.min(...heights);
    const start = heights[0] - low;
    const top = Math.max(2.5 * start, 0.02);
    picture.axes(
      { min: -1, max: 1, label: "magnetisation m" },
      { min: -0.1 * top, max: top, label: "f − min f" },
    );
    const curve = HEIGHTS.map((m, k) => [m, heights[k] - low]);
    const mirrored = curve.map(([m, f]) => [-m, f]).toReversed();
    picture.line([...mirrored, ...curve], colours.ink);
    picture.dot(theory.m, 0, colours.ink, 4, false);
    const at = Math.min(HEIGHTS.length - 1, Math.round(Math.abs(now.m) * INTERVALS));
    picture.dot(now.m, Math.min(heights[at] - low, top), colours.red, 5);
  }
}
