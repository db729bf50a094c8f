// Following the modes: fixed points at each age, and the way of one image to them.

import { element, showValue } from "./element.js";
import { Picture } from "./canvas.js";
import { MeanField, PIXELS, SIDE, nearestMode, unpackLevel } from "./modes_core.js";
import { Pad } from "./modes_pad.js";
import { Tree, modeOf } from "./modes_tree.js";
import { bitsOf, bytesOf } from "./numbers.js";
import { Page } from "./page.js";
import { randomStart } from "./rbm.js";
import { drawTiles, frameTile, grey } from "./tiles.js";

const CONVERGED = 1e-6;
const MOST = 2000;
const REST = 45; // frames before a younger machine
const NEAR = 0.05; // root mean square distance at which a mode is reached
const MEMBERS_ACROSS = 8;
const BUDGET = 6; // milliseconds of iteration in a frame

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "Following the modes", this));
    this.machines = page.get("weights").map((packed) => MeanField.unpack(packed));
    this.trees = ["tree", "tap_tree"].map((name) => page.get(name).map(unpackLevel));
    const nDigits = page.get("leaves").length;
    this.digits = bytesOf(page.get("digits"), (nDigits * PIXELS) / 8);
    const picture = (title, size) => new Picture(page, title, size);
    this.modes = picture("Modes of this age (click one)", { square: 222 });
    this.members = picture("Digits of the marked mode", { square: 222 });
    this.tree = new Tree(page, ({ age, mode }) => page.set({ level: age, mode }));
    const way = picture("Start (draw in it), now, and the nearest mode", {});
    this.pad = new Pad(way, this);
    this.progress = picture("Largest change of a mean in a step", { height: 140 });
    const last = element("div", { class: "rbm-halves rbm-wide" });
    last.append(way.figure, this.progress.figure);
    page.screen.classList.add("rbm-thirds");
    page.screen.append(last);
    this.random = { start: "noise" }; // else another seed would change nothing
    page.addControls();
    this.listen();
    page.on("level order start drawing seed", () => this.reset());
    page.on("mode", () => this.draw());
    page.finish();
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  slider(trait) {
    return this.page.controls.querySelector(`[data-trait=${trait}]`);
  }

  listen() {
    const { canvas } = this.modes;
    canvas.addEventListener("click", (event) => {
      const { across } = this.tiles;
      const box = canvas.getBoundingClientRect();
      const x = Math.floor(((event.clientX - box.left) / box.width) * across);
      const y = Math.floor(((event.clientY - box.top) / box.height) * across);
      if (y * across + x < this.count) this.page.set({ mode: y * across + x });
    });
    // It follows the age at hand, so that it may be moved to where it began.
    const reset = () => this.page.attempt(() => this.reset());
    this.slider("level").addEventListener("input", reset);
  }

  startImage() {
    const start = this.page.get("start");
    if (start === "drawn") return Float64Array.from(this.page.get("drawing"), Number);
    if (start === "noise") {
      return Float64Array.from(randomStart(1, PIXELS, this.page.get("seed")));
    }
    if (start === "blank") return new Float64Array(PIXELS);
    return this.digit(this.page.get("examples")[start]);
  }

  digit(row) {
    const first = (row * PIXELS) / 8;
    return Float64Array.from(bitsOf(this.digits.subarray(first, first + PIXELS / 8)));
  }

  get machine() {
    return this.machines[this.age];
  }

  // The modes at this age, of the equations that are iterated.
  get levels() {
    return this.trees[this.page.get("order") - 1];
  }

  get level() {
    return this.levels[this.age];
  }

  get count() {
    return this.level.modes.length / PIXELS;
  }

  reset() {
    this.startWay();
    this.begin();
    this.draw();
  }

  startWay() {
    this.age = this.page.get("level");
    this.v = this.startImage();
    this.walk = [];
  }

  // Start iterating the machine of this age from the visible means at hand.
  begin() {
    this.h = this.machine.hidden(this.v);
    Object.assign(this, { steps: 0, changes: [], rest: 0 });
  }

  get settled() {
    return this.changes.at(-1) <= CONVERGED || this.steps >= MOST;
  }

  iterate() {
    const order = this.page.get("order");
    const { v, h, change } = this.machine.update(this.v, this.h, order);
    Object.assign(this, { v, h, steps: this.steps + 1 });
    this.changes.push(change);
    if (!this.settled) return;
    this.walk.push([this.age, nearestMode(this.v, this.level.modes).mode]);
  }

  // Settle, rest, then follow the mode to the next younger machine; at last start again.
  advance(single) {
    if (this.settled && (single || ++this.rest > REST)) this.younger();
    else if (!this.settled) {
      const stop = performance.now() + BUDGET;
      const few = this.steps < 20 ? 1 : 8;
      for (let n = 0; n < (single ? 1 : few) && !this.settled; n++) {
        this.iterate();
        if (performance.now() > stop) break;
      }
    }
    this.draw();
    this.page.report({ steps: this.steps }, single);
  }

  younger() {
    if (this.age === 0) this.startWay();
    else this.age -= 1;
    this.begin();
    this.iterate();
  }

  // A page that starts paused shows where the iteration ends.
  warmUp() {
    while (!this.settled) this.iterate();
    this.draw();
  }

  // Modes of the chosen age of all digits that flow to the marked mode.
  memberRows() {
    const name = this.page.get("order") === 1 ? "leaves" : "tap_leaves";
    const leaves = this.page.get(name);
    const isHere = (leaf) =>
      leaf >= 0 && modeOf(leaf, this.levels, this.age) === this.marked;
    return [...leaves.keys()].filter((row) => isHere(leaves[row]));
  }

  get marked() {
    return Math.min(this.page.get("mode"), this.count - 1);
  }

  // How the modes stand in their picture.
  get tiles() {
    const across = Math.max(2, Math.ceil(Math.sqrt(this.count)));
    return { count: this.count, across, side: SIDE };
  }

  draw() {
    if (!this.v) return;
    this.nearest = nearestMode(this.v, this.level.modes);
    const { modes } = this.level;
    const mean = (k, i) => modes[PIXELS * k + i] / 255;
    drawTiles(
      this.modes,
      this.tiles,
      (k, i) => grey(mean(k, i)),
      (k, i) => `mode ${k}: mean ${mean(k, i).toFixed(2)}`,
    );
    frameTile(this.modes, this.marked, this.tiles, this.modes.colours.red);
    const rows = this.memberRows();
    this.drawMembers(rows.slice(0, MEMBERS_ACROSS ** 2));
    const walk = this.settled
      ? this.walk
      : [...this.walk, [this.age, this.nearest.mode]];
    this.tree.draw(this.levels, walk, [this.age, this.marked]);
    this.drawWay();
    this.drawProgress();
    this.showSliders();
    this.write(rows.length);
  }

  drawMembers(rows) {
    const images = rows.map((row) => this.digit(row));
    const tiles = { count: images.length, across: MEMBERS_ACROSS, side: SIDE };
    const words = (k) => `digit ${rows[k]} of the data`;
    drawTiles(this.members, tiles, (k, i) => grey(images[k][i]), words);
  }

  write(nMembers) {
    const { count, nearest, marked } = this;
    const age = this.page.get("ages")[this.age];
    const { mode, distance } = nearest;
    this.page.tell(
      `${this.steps} steps`,
      `age ${age}`,
      count === 1 ? "1 mode" : `${count} modes`,
      this.settled && distance < NEAR
        ? `reached mode ${mode}`
        : `${distance.toFixed(2)} from mode ${mode}`,
      `marked mode ${marked}: ${nMembers} of ${this.page.get("leaves").length}`,
    );
  }

  drawWay() {
    const { mode } = this.nearest;
    const bytes = this.level.modes.subarray(PIXELS * mode, PIXELS * (mode + 1));
    const nearest = Float64Array.from(bytes, (m) => m / 255);
    const names = ["start", `${this.steps} steps`, `mode ${mode}`];
    this.pad.draw([this.startImage(), this.v, nearest], names);
  }

  // The sliders show the state: the age in updates, and a mode that exists.
  showSliders() {
    const mode = this.slider("mode");
    mode.max = this.count - 1;
    showValue(mode, this.marked, this.marked);
    showValue(this.slider("level"), this.age, this.page.get("ages")[this.age]);
  }

  drawProgress() {
    const picture = this.progress.begin();
    picture.axes(
      { min: 0, max: Math.max(20, this.changes.length), label: "step" },
      { min: CONVERGED / 3, max: 2, log: true, label: "change" },
    );
    const place = (change, n) => [n + 1, Math.max(change, CONVERGED / 3)];
    picture.line(this.changes.map(place), picture.colours.blue);
  }
}
