// The Ising magnet: domains, the exact curves, and the free energy of mean field.

import { Picture } from "./canvas.js";
import { DARK, LIGHT } from "./colours.js";
import { Lattice, bondThreshold, heatBathTable } from "./ising_core.js";
import { sum, xlogx } from "./numbers.js";
import { element } from "./element.js";
import { Page } from "./page.js";
import { randomStart } from "./rbm.js";

const BUDGET = 8; // milliseconds of sweeps in a frame
const T_CRITICAL = 2 / Math.log1p(Math.SQRT2);
const MEMORY = 400; // measurements shown

const sizeOf = ({ m }) => Math.abs(m);

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "The Ising magnet", this));
    this.board = new Picture(page, "The lattice: dark spins are up", { square: 300 });
    this.energy = new Picture(page, "Energy: exact, and now (dot)", { height: 136 });
    const title = "Magnetisation: infinite lattice, and now (dot)";
    this.magnet = new Picture(page, title, { height: 136 });
    this.series = new Picture(page, "The last sweeps", { height: 150 });
    this.landscape = new Picture(page, "Free energy of mean field", { height: 150 });
    const stack = { class: "rbm-stack" };
    const curves = element("div", stack, this.energy.figure, this.magnet.figure);
    this.board.figure.after(curves);
    page.addControls();
    page.on("size start seed", () => this.reset());
    page.on("temperature field", () => this.prepare());
    page.on("temperature field algorithm drive", () => this.draw());
    page.finish();
    this.prepare();
    this.reset();
    for (let i = 0; i < page.get("warm_up"); i++) {
      this.sweep();
      this.measure();
    }
    this.draw();
  }

  // Thresholds of the kernels.
  prepare() {
    const T = this.page.get("temperature");
    const field = this.page.get("field");
    this.table = heatBathTable(T, field);
    this.links = {
      bond: bondThreshold(1, T),
      ghost: bondThreshold(Math.abs(field), T),
      ghostSpin: Number(field > 0),
    };
  }

  reset() {
    const { page } = this;
    const L = page.get("size");
    const hot = page.get("start") === "hot";
    const up = new Uint8Array(L * L).fill(1);
    this.lattice = new Lattice(L, hot ? randomStart(1, L * L, page.get("seed")) : up);
    this.age = 0;
    this.history = [];
    this.measure();
    this.draw();
  }

  get stepName() {
    return this.page.get("algorithm") === "wolff" ? "clusters" : "sweeps";
  }

  sweep() {
    const seed = this.page.get("seed");
    if (this.stepName === "clusters") this.lattice.wolff(this.links, seed, this.age);
    else this.lattice.sweep(this.table, seed, this.age);
    this.age++;
  }

  measure() {
    this.now = { ...this.lattice.measure(), age: this.age, h: this.page.get("field") };
    this.history.push(this.now);
    if (this.history.length > MEMORY) this.history.shift();
  }

  advance(single) {
    const { page } = this;
    const stop = performance.now() + BUDGET;
    const most = single ? 1 : page.get("speed") || Infinity;
    for (let n = 0; n < most && performance.now() < stop; n++) this.sweep();
    this.measure();
    if (page.get("drive")) this.moveField(); // which draws
    else this.draw();
    const { m, e } = this.now;
    page.report({ magnetization: m, energy: e, sweeps: this.age }, single);
  }

  // A step of the triangle wave between -1 and 1.
  moveField() {
    const h = this.page.get("field");
    if (h >= 1) this.down = true;
    if (h <= -1) this.down = false;
    this.page.set({ field: Number((h + (this.down ? -0.01 : 0.01)).toFixed(2)) });
  }

  draw() {
    if (!this.now) return;
    const spins = this.lattice.spins();
    const { L } = this.lattice;
    const colour = (i) => (spins[i] ? DARK : LIGHT);
    const words = (i) =>
      `row ${Math.floor(i / L) + 1}, column ${(i % L) + 1}: ${spins[i] ? "up" : "down"}`;
    this.board.pixels(L, colour, words);
    const e = { min: -2.1, max: 0, label: "energy per site" };
    const torus = [`${L} × ${L} torus`, 4.85, -1.75];
    this.drawCurve(this.energy.begin(), "energy", e, torus, (now) => now.e);
    const size = { min: 0, max: 1.05, label: "|m|" };
    const infinite = ["infinite lattice", 4.85, 0.85];
    this.drawCurve(this.magnet.begin(), "magnetization", size, infinite, sizeOf);
    if (this.page.get("drive")) this.drawLoop(this.series.begin());
    else this.drawSeries(this.series.begin());
    this.drawLandscape(this.landscape.begin());
    this.write();
  }

  write() {
    const { m, e } = this.now;
    const steps = `${this.age} ${this.stepName}`;
    this.page.tell(
      steps,
      `m = ${m.toFixed(3)}`,
      `energy per site ${e.toFixed(3).replace("-", "−")}`,
    );
  }

  curve(name) {
    const { temperatures, ...curves } = this.page.get("exact");
    const values = curves[name] ?? curves.energies[this.lattice.L];
    return temperatures.map((T, i) => [T, values[i]]);
  }

  // The exact curve, and the mean of the last measurements as a dot. The curve is that
  // without a field: with one it turns grey.
  drawCurve(picture, name, y, [whose, x, at], of) {
    const { colours } = picture;
    const last = this.history.slice(-100);
    const colour = this.page.get("field") ? colours.grey : colours.ink;
    picture.axes({ min: 0.5, max: 5, label: "temperature T", short: "T" }, y);
    picture.upright(T_CRITICAL, colours.grey, 1, [4, 4]);
    picture.line(this.curve(name), colour, this.page.get("field") ? 0.75 : 1.5);
    const words = `${whose}, h = 0`;
    picture.text(words, picture.X(x), picture.Y(at), "right", colours.grey);
    const mean = sum(last.map(of)) / last.length;
    picture.dot(this.page.get("temperature"), mean, colours.red, 5);
  }

  drawSeries(picture) {
    const { history } = this;
    const { colours } = picture;
    const first = history[0].age;
    picture.axes(
      { min: first, max: Math.max(first + 50, this.age), label: this.stepName },
      { min: -2.1, max: 1.1, label: "m (blue), e (red)" },
    );
    const curve = (name) => history.map((entry) => [entry.age, entry[name]]);
    picture.line(curve("m"), colours.blue, 1.5, [], "m");
    picture.line(curve("e"), colours.red, 1.5, [5, 3], "energy");
  }

  drawLoop(picture) {
    const { colours } = picture;
    const { h, m } = this.now;
    picture.axes(
      { min: -1.05, max: 1.05, label: "field h" },
      { min: -1.1, max: 1.1, label: "magnetisation m" },
    );
    const loop = this.history.map((entry) => [entry.h, entry.m]);
    picture.line(loop, colours.blue, 1.5);
    picture.dot(h, m, colours.red, 5);
  }

  // f(m) = -2m² - hm - T s(m): four mean neighbours, with a T_c of its own, 4.
  drawLandscape(picture) {
    const T = this.page.get("temperature");
    const h = this.page.get("field");
    const f = (m) => -2 * m * m - h * m + T * (xlogx((1 + m) / 2) + xlogx((1 - m) / 2));
    const points = [...Array(201).keys()].map((i) => [i / 100 - 1, f(i / 100 - 1)]);
    const values = points.map(([, y]) => y);
    const low = Math.min(...values);
    picture.axes(
      { min: -1, max: 1, label: "magnetisation m" },
      { min: 0, max: 1.1 * (Math.max(...values) - low), label: "f − min f" },
    );
    const curve = points.map(([m, y]) => [m, y - low]);
    picture.line(curve, picture.colours.blue);
    picture.dot(this.now.m, f(this.now.m) - low, picture.colours.red, 5);
  }
}
