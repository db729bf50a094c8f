// The linear regime: modes of a Gaussian machine grow, turn and stop.

import { Picture } from "./canvas.js";
import { signColour } from "./colours.js";
import {
  N,
  compose,
  decompose,
  flowRate,
  modeRate,
  parts,
  rk4,
} from "./linear_core.js";
import { WEIGHTS, bell } from "./numbers.js";
import { Page } from "./page.js";
import { shortNumber } from "./pointer.js";

const STEP = 1 / 250; // of the integration, in units of time
const STEPS = 25; // in a frame
const MEMORY = 400; // frames shown
const WARM_UP = 120; // frames before a page that starts paused
const DASHES = [[], [8, 4], [3, 3], [9, 3, 2, 3]];
const AXES = [1, 2, 3, 4];

const overlaps = (u) => AXES.map((_, i) => Math.abs(u[N * i + i]));

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "The linear regime", this));
    this.modes = new Picture(page, "Strength of the modes: theory, flow (dots)", {
      height: 190,
    });
    this.turning = new Picture(page, "Overlap of each mode with its axis of the data", {
      height: 190,
    });
    this.spectrum = new Picture(page, "Variances of the data; the noise (line)", {
      height: 160,
    });
    this.vectors = new Picture(page, "Modes (columns) along the axes (rows)", {
      square: 160,
    });
    page.addControls();
    page.on("noise start seed", () => this.reset());
    page.on("variance_1 variance_2 variance_3 variance_4", () => this.draw());
    page.finish();
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  variances() {
    return AXES.map((axis) => this.page.get(`variance_${axis}`));
  }

  reset() {
    const start = this.page.get("start");
    this.W = bell(this.page.get("seed"), WEIGHTS, N * N).map((x) => start * x);
    this.state = decompose(this.W);
    this.frames = 0;
    this.history = [];
    this.record();
    this.draw();
  }

  warmUp() {
    while (this.frames < WARM_UP) this.move();
    this.draw();
  }

  move() {
    const variances = this.variances();
    const noise = this.page.get("noise");
    for (let n = 0; n < STEPS; n++) {
      this.W = rk4((W) => flowRate(W, variances, noise), this.W, STEP);
      this.state = rk4((state) => modeRate(state, variances, noise), this.state, STEP);
    }
    this.frames++;
    this.record();
  }

  record() {
    const [w, u] = parts(this.state);
    const flow = parts(decompose(this.W));
    this.history.push({
      time: this.frames * STEPS * STEP,
      w: w.toSorted((x, y) => y - x),
      u: overlaps(u),
      flowW: [...flow[0]],
      flowU: overlaps(flow[1]),
    });
    if (this.history.length > MEMORY) this.history.shift();
    this.gap = compose(this.state).reduce(
      (most, x, at) => Math.max(most, Math.abs(x - this.W[at])),
      0,
    );
  }

  advance(single) {
    this.move();
    this.draw();
    this.page.report({ time: this.history.at(-1).time }, single);
  }

  draw() {
    if (!this.history) return;
    const noise = this.page.get("noise");
    const variances = this.variances();
    const ends = variances.map((x) => Math.sqrt(Math.max(0, 1 / noise - 1 / x)));
    const top = { min: 0, max: 1.05 / Math.sqrt(noise), label: "strength w" };
    this.drawCurves(this.modes.begin(), top, "w", "flowW", ends);
    const cosine = { min: 0, max: 1.05, label: "|overlap|" };
    this.drawCurves(this.turning.begin(), cosine, "u", "flowU", []);
    this.drawSpectrum(this.spectrum.begin(), variances, noise);
    const u = parts(this.state)[1];
    const words = (at) =>
      `mode ${(at % N) + 1}, axis ${Math.floor(at / N) + 1}: ${shortNumber(u[at])}`;
    this.vectors.pixels(N, (at) => signColour(u[at]), words);
    const { time, w } = this.history.at(-1);
    this.page.tell(
      `time ${time.toFixed(1)}`,
      `top strength ${w[0].toPrecision(4)}`,
      `above the noise: ${variances.filter((x) => x > noise).length}`,
      `largest difference of theory and flow: ${this.gap.toExponential(0)}`,
    );
  }

  // Theory as lines, the flow as dots, the ends of learning as thin lines.
  drawCurves(picture, y, theory, flow, ends) {
    const { history } = this;
    const { colours } = picture;
    const first = history[0].time;
    const max = Math.max(first + 12, history.at(-1).time);
    picture.axes({ min: first, max, label: "time" }, y);
    for (const end of ends) picture.across(end, colours.grey, 1, [2, 4]);
    DASHES.forEach((dash, mode) => {
      const points = history.map((entry) => [entry.time, entry[theory][mode]]);
      picture.line(points, colours.blue, 2, dash, `mode ${mode + 1}:`);
      for (const entry of history.filter((_, n) => n % 10 === 0)) {
        picture.dot(entry.time, entry[flow][mode], colours.red, 2);
      }
    });
    picture.pen.setLineDash([]);
  }

  drawSpectrum(picture, variances, noise) {
    const { colours } = picture;
    picture.axes(
      { min: 0.4, max: 4.6, label: "axis of the data", short: "axis", ticks: AXES },
      { min: 0, max: 5.2, label: "variance" },
    );
    variances.forEach((x, i) =>
      picture.bar(i + 1, x, 0.5, x > noise ? colours.blue : colours.grey),
    );
    picture.across(noise, colours.red, 2, [5, 3]);
  }
}
