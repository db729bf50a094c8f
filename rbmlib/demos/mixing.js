// Out of equilibrium: chains from noise pass through their best moment and go on.

import { Picture } from "./canvas.js";
import { DARK, LIGHT } from "./colours.js";
import { CLASSES, classCounts, unpackClassifier } from "./classes.js";
import { Chains, PIXELS, SIDE, unpackMachine } from "./mixing_core.js";
import { element } from "./element.js";
import { Page } from "./page.js";
import { drawTiles } from "./tiles.js";

const CHAINS = 49;
const ACROSS = 7;
const MAX_SWEEPS = 400;
const MEMORY_K = 10;
const BUDGET = 12; // milliseconds of sampling in a frame; the rest waits for the next one
const DASHES = [[2, 3], [8, 4], []]; // of the ages
const PACE = 60; // frames in which the sampling time grows by a factor e

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "Out of equilibrium", this));
    this.images = new Picture(page, "49 chains from noise", { square: 330 });
    this.error = new Picture(page, "Error of the covariances (of data: dashed)", {
      height: 215,
    });
    this.histogram = new Picture(page, "Classes of the 49 images", { height: 130 });
    const stack = { class: "rbm-stack" };
    this.images.figure.after(
      element("div", stack, this.error.figure, this.histogram.figure),
    );
    this.classifier = unpackClassifier(page.get("classifier"), PIXELS);
    page.addControls();
    page.on("age seed", () => this.restart());
    page.on("sweeps", () => this.draw());
    page.finish();
    this.restart();
    if (!page.get("running") && page.get("sweeps") === 0) this.warmUp();
  }

  // New chains from noise; the sampling time stays, so that ages can be compared.
  restart() {
    const { page } = this;
    const stored = page.get("machines")[page.get("age")];
    const nHidden = stored.b.length;
    const seed = page.get("seed");
    this.chains = new Chains(unpackMachine(stored), CHAINS, nHidden, seed);
    this.draw();
  }

  // Back to the noise, or to the time that a preset starts from.
  reset() {
    this.page.set({ sweeps: this.page.get("start") });
  }

  warmUp() {
    this.page.set({ sweeps: MEMORY_K });
  }

  // The clock is logarithmic, as the axis is: 1 to 10 sweeps take as long as 10 to 100.
  advance(single) {
    const now = this.page.get("sweeps");
    if (now >= MAX_SWEEPS) return this.page.set({ running: false });
    if (single) return this.page.set({ sweeps: now + 1 });
    if (this.shown !== now) this.clock = PACE * Math.log(now + 1);
    this.clock++;
    const time = Math.floor(Math.exp(this.clock / PACE) - 1 + 1e-9);
    const next = Math.min(MAX_SWEEPS, time);
    this.shown = Math.max(now, next);
    if (next > now) this.page.set({ sweeps: next });
    else this.draw();
  }

  draw() {
    if (!this.chains) return;
    const { page, chains } = this;
    const sweeps = page.get("sweeps");
    const stop = performance.now() + BUDGET;
    const v = chains.at(sweeps, () => performance.now() > stop);
    const isLate = v !== chains.states[sweeps];
    if (isLate) {
      cancelAnimationFrame(this.pending);
      this.pending = requestAnimationFrame(() => page.attempt(() => this.draw()));
    }
    const tiles = { count: CHAINS, across: ACROSS, side: SIDE };
    const colour = (chain, i) => (v[chain * PIXELS + i] ? DARK : LIGHT);
    const words = (chain, i) =>
      `chain ${chain + 1}: ${v[chain * PIXELS + i] ? "on" : "off"}`;
    drawTiles(this.images, tiles, colour, words);
    const error = this.drawError(this.error.begin(), sweeps);
    const counts = classCounts(this.classifier, v);
    this.drawHistogram(this.histogram.begin(), counts);
    page.tell(
      `age ${page.get("machines")[page.get("age")].age} updates`,
      `${sweeps} sweeps`,
      `error ${(error / page.get("curves").baseline).toFixed(1)} times that of data`,
      `ones: ${counts[1]} of ${CHAINS}`,
    );
  }

  // The curve of the chosen age (blue) among the others, and a cursor on it.
  drawError(picture, sweeps) {
    const { times, second, baseline } = this.page.get("curves");
    const { colours } = picture;
    const y = { min: 2e-5, max: 3.5e-4, log: true, label: "mean squared error" };
    const x = {
      min: 1,
      max: MAX_SWEEPS,
      log: true,
      label: "sampling time (sweeps)",
      short: "sweeps",
    };
    picture.axes(x, y);
    const age = this.page.get("age");
    const chosen = second[age];
    second.forEach((errors, n) => {
      const curve = errors.map((error, at) => [times[at], error]);
      const words = `age ${this.page.get("machines")[n].age}`;
      const style = n === age ? [colours.blue, 3] : [colours.grey, 1.5];
      picture.line(curve, ...style, DASHES[n], `${words}: error`);
      picture.legend(words, second.length - n, ...style, DASHES[n]);
    });
    picture.across(baseline, colours.ink, 1, [5, 4]);
    picture.upright(MEMORY_K, colours.red, 1, [2, 3]);
    const t = Math.max(1, sweeps);
    const error = between(times, chosen, t);
    picture.pen.setLineDash([]);
    picture.dot(t, error, colours.red, 6);
    return error;
  }

  drawHistogram(picture, counts) {
    const ticks = counts.map((_, c) => c);
    picture.axes(
      { min: -0.6, max: 9.6, label: "digit", ticks },
      { min: 0, max: CHAINS + 1, label: "images" },
    );
    counts.forEach((count, c) => picture.bar(c, count, 0.7, picture.colours.blue));
    picture.across(CHAINS / CLASSES, picture.colours.ink, 1, [5, 4]);
  }
}

// The value at time t, between its neighbours, straight in logarithms.
function between(times, values, t) {
  const after = Math.max(
    1,
    times.findIndex((time) => time >= t),
  );
  const [t0, t1] = [times[after - 1], times[after]];
  const share = Math.log(t / t0) / Math.log(t1 / t0);
  return values[after - 1] * (values[after] / values[after - 1]) ** share;
}
