// A machine in your hands: every number of a small machine, exactly, at once.

import { Picture } from "./canvas.js";
import { Graph } from "./machine_graph.js";
import {
  effectiveCouplings,
  exactLaw,
  stateOf,
  toBinary,
  toSpin,
} from "./machine_law.js";
import { sum } from "./numbers.js";
import { element } from "./element.js";
import { Page } from "./page.js";
import { GridMachine } from "./rbm.js";
import { fits } from "./settings.js";

const BUDGET = 8; // milliseconds of sweeps in a frame

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "A machine in your hands", this));
    this.readMachine();
    this.n = this.machine.a.length;
    this.m = this.machine.b.length;
    this.age = 0;
    this.graph = new Graph(this);
    this.law = new Picture(page, "Exact distribution of the visible states", {
      height: 208,
    });
    this.couplings = new Picture(page, "Couplings in ±1 units", { height: 150 });
    this.couplings.figure.classList.add("rbm-wide");
    page.on("W a b", () => this.readMachine());
    page.addControls();
    this.addSlider();
    page.on("W a b v h units selected", () => this.draw());
    page.on("seed", () => this.reset());
    page.finish();
  }

  get low() {
    return this.page.get("units") === "spin" ? -1 : 0;
  }

  // The traits hold the {0, 1} form; this is the form that the reader has chosen.
  get shown() {
    return this.low ? toSpin(this.machine) : this.machine;
  }

  readMachine() {
    const [W, a, b] = ["W", "a", "b"].map((name) => this.page.get(name));
    this.machine = { W, a, b };
    this.exact = exactLaw(this.machine, 0);
    const spin = exactLaw(toSpin(this.machine), -1);
    this.change = Math.max(...spin.p.map((p, i) => Math.abs(p - this.exact.p[i])));
    this.J = effectiveCouplings(this.machine);
    this.grid = new GridMachine(...[W.flat(), a, b].map((x) => Float64Array.from(x)));
    this.forget();
  }

  // Forget the visited states; the chain goes on from where it stands.
  forget() {
    this.visits = new Float64Array(this.exact.p.length);
    this.nVisits = 0;
  }

  reset() {
    this.age = 0;
    this.forget();
    this.page.set({ v: Array(this.n).fill(0), h: Array(this.m).fill(0) });
  }

  advance(single) {
    const { page } = this;
    const seed = page.get("seed");
    const most = single ? 1 : page.get("sweeps_per_frame");
    const stop = performance.now() + BUDGET;
    const v = Uint8Array.from(page.get("v"));
    const h = Uint8Array.from(page.get("h"));
    for (let n = 0; n < most && (n === 0 || performance.now() < stop); n++) {
      this.grid.sweep(v, h, seed, this.age++);
      this.visits[indexOf(v)]++;
      this.nVisits++;
    }
    page.set({ v: [...v], h: [...h] });
  }

  flip(layer, unit) {
    const bits = this.page.get(layer);
    this.page.set({ [layer]: bits.with(unit, 1 - bits[unit]) });
  }

  get selected() {
    const [name, i, j] = this.page.get("selected").split(" ");
    return { name, i: Number(i), j: j && Number(j) };
  }

  selectedValue() {
    const { name, i, j } = this.selected;
    const parameter = this.shown[name][i];
    return j === undefined ? parameter : parameter[j];
  }

  // Change the selected parameter of the form shown; the traits keep the {0, 1} form.
  assign(value) {
    const { name, i, j } = this.selected;
    const machine = structuredClone(this.shown);
    if (j === undefined) machine[name][i] = value;
    else machine[name][i][j] = value;
    const { page } = this;
    const binary = this.low ? toBinary(machine) : machine;
    const shared = page.get("shared");
    const ends = Object.entries(binary).every(([key, x]) => fits(x, shared[key]));
    if (ends) page.set(binary);
    else page.say(`Parameters end at ±${shared.W.max} for {0, 1} units.`);
  }

  addSlider() {
    const { page } = this;
    const oninput = () => this.assign(Number(slider.value));
    const slider = element("input", { type: "range", "data-trait": "W", oninput });
    page.bind(
      "selected units W a b",
      "Value",
      "Change the chosen parameter; or drag its line in the graph up and down.",
      slider,
      (_, output) => this.showValue(slider, output),
    );
  }

  showValue(slider, output) {
    const value = this.selectedValue();
    const largest = this.low ? 2 : 8;
    slider.step = this.low ? 1 / 32 : 1 / 8;
    slider.max = Math.max(largest, Math.ceil(Math.abs(value)));
    slider.min = -slider.max;
    slider.value = value;
    output.textContent = value.toFixed(this.low ? 3 : 2);
  }

  draw() {
    this.graph.draw();
    this.drawLaw(this.law.begin());
    this.drawCouplings(this.couplings.begin());
    this.write();
  }

  drawLaw(picture) {
    const { p } = this.exact;
    const { colours } = picture;
    const now = indexOf(this.page.get("v"));
    const share = this.nVisits ? this.visits.map((n) => n / this.nVisits) : [];
    const max = 1.15 * Math.max(...p, ...share);
    const label = "visible state v (the chain's state in red)";
    const read = (i) => stateOf(i, this.n, 0).join("");
    const x = { min: -1, max: p.length, ticks: [], label, read };
    picture.axes(x, { min: 0, max, label: "p(v)" }, 58);
    p.forEach((value, i) =>
      picture.bar(i, value, 0.7, i === now ? colours.red : colours.blue),
    );
    share.forEach((value, i) => picture.dot(i, value, colours.ink, 3, false));
    this.nameStates(picture, now);
  }

  // Below the axis the bits of all states, or of the present one if they are too many.
  nameStates(picture, now) {
    const { pen, box, colours } = picture;
    this.exact.p.forEach((_, i, { length }) => {
      if (i !== now && length > 16) return;
      pen.save();
      pen.translate(picture.X(i), box.bottom + 3);
      pen.rotate(-Math.PI / 4);
      const colour = i === now ? colours.red : colours.ink;
      picture.text(stateOf(i, this.n, 0).join(""), 0, 5, "right", colour);
      pen.restore();
    });
  }

  drawCouplings(picture) {
    const sets = setsUpTo(this.n, 3);
    const { colours } = picture;
    const values = sets.map((set) => this.J[indexOfSet(set, this.n)]);
    const max = 1.2 * Math.max(0.5, ...values.map(Math.abs));
    const label = "sets of one, two and three visible units";
    const nameOf = (x) => sets[x].map((i) => i + 1).join("");
    const read = (x) => `units ${nameOf(x)}`;
    picture.axes(
      { min: -1, max: sets.length, ticks: [], label, read },
      { min: -max, max, label: "coupling J" },
      46,
    );
    const shades = [colours.grey, colours.blue, colours.red];
    sets.forEach((set, x) => {
      picture.bar(x, values[x], 0.7, shades[set.length - 1]);
      const room = picture.w / sets.length;
      const row = room < 32 ? x % 2 : 0;
      picture.text(nameOf(x), picture.X(x), picture.box.bottom + 9 + 12 * row);
    });
  }

  write() {
    const { page, exact } = this;
    const share = this.visits.map((n) => n / Math.max(1, this.nVisits));
    const distance = sum(exact.p.map((p, i) => Math.abs(p - share[i]))) / 2;
    page.tell(
      `p(v) = ${exact.p[indexOf(page.get("v"))].toFixed(4)}`,
      `ln Z of {0, 1} = ${exact.logZ.toFixed(3)}`,
      `{0, 1} against ±1: max |Δp| = ${this.change.toExponential(0)}`,
      this.nVisits
        ? `${this.nVisits} sweeps (circles), distance to p(v) ${distance.toFixed(3)}`
        : "press Run: circles will show the visited states",
    );
  }
}

const indexOf = (bits) => bits.reduce((index, bit) => 2 * index + bit, 0);
const indexOfSet = (set, n) => set.reduce((index, i) => index + 2 ** (n - 1 - i), 0);

function setsUpTo(n, order) {
  const sets = [[]];
  for (const set of sets) {
    if (set.length === order) break;
    for (let i = (set.at(-1) ?? -1) + 1; i < n; i++) sets.push([...set, i]);
  }
  return sets.slice(1);
}
