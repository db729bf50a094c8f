// Training live: a machine learns one mode of its data after another.

import { Picture } from "./canvas.js";
import { DARK, LIGHT, signColour } from "./colours.js";
import { bitsOf, bytesOf } from "./numbers.js";
import { Page } from "./page.js";
import { shortNumber } from "./pointer.js";
import { drawTiles } from "./tiles.js";
import {
  Trainer,
  logLikelihood,
  pseudoLogLikelihood,
  singularValues,
} from "./training_core.js";

const SIDE = 8;
const PIXELS = SIDE * SIDE; // of an image: the visible units
const WARM_UP = 600; // updates before a page that starts paused
const RECORDS = 1.12; // ratio of two ages at which the machine is measured
const LEADING = 4; // singular values drawn as strong lines
const QUALITY_UNITS = 10; // hidden units up to which the likelihood is summed exactly
const BUDGET = 7; // milliseconds of training in a frame

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "Training live", this));
    this.filters = new Picture(page, "Weights of each hidden unit", { square: 236 });
    this.chains = new Picture(page, "Samples: where the chains are now", {
      square: 236,
    });
    this.modes = new Picture(page, "Singular values of W (the first four in blue)", {
      height: 170,
    });
    this.quality = new Picture(page, "", { height: 170 });
    page.addControls();
    page.on("data method k learning_rate n_hidden seed", () => this.reset());
    page.finish();
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  // The rows of the chosen data set, bits unpacked.
  data() {
    const [first, last] = this.page.get("rows")[this.page.get("data")];
    const rows = Math.max(...Object.values(this.page.get("rows")).flat());
    const bytes = bytesOf(this.page.get("images"), (rows * PIXELS) / 8);
    return bitsOf(bytes.subarray((first * PIXELS) / 8, (last * PIXELS) / 8));
  }

  reset() {
    const { page } = this;
    this.trainer = new Trainer({
      data: this.data(),
      nVisible: PIXELS,
      nHidden: page.get("n_hidden"),
      method: page.get("method"),
      k: page.get("k"),
      seed: page.get("seed"),
      learningRate: page.get("learning_rate"),
      batchSize: page.get("batch_size"),
    });
    this.exact = this.trainer.nHidden <= QUALITY_UNITS;
    const title = this.exact
      ? "Exact log-likelihood of the data"
      : "Pseudo-log-likelihood of 50 images";
    this.quality.title = title;
    this.history = [];
    this.record();
    this.draw();
  }

  // A page that starts paused, or is printed first, shows a machine that has learned.
  warmUp() {
    while (this.trainer.age < WARM_UP) this.update();
    this.draw();
  }

  update() {
    this.trainer.update();
    if (this.trainer.age >= this.nextRecord) this.record();
  }

  // Measure at ages evenly spaced in logarithm.
  record() {
    const { trainer } = this;
    const { W, nVisible, nHidden, age } = trainer;
    const quality = this.exact
      ? logLikelihood(trainer)
      : pseudoLogLikelihood(trainer, trainer.nSamples / 50);
    this.history.push({ age, quality, modes: singularValues(W, nVisible, nHidden) });
    this.nextRecord = Math.max(age + 1, Math.round(age * RECORDS));
  }

  advance(single) {
    const { page, trainer } = this;
    const until = page.get("until") || Infinity;
    if (!single && trainer.age >= until) return page.set({ running: false });
    const stop = performance.now() + BUDGET;
    const last = trainer.age + (single ? 1 : page.get("speed") || Infinity);
    do this.update();
    while (trainer.age < Math.min(last, until) && performance.now() < stop);
    this.draw();
    this.page.report({ age: this.trainer.age }, single);
  }

  draw() {
    if (!this.trainer) return;
    const { W, v, nHidden } = this.trainer;
    const largest = W.reduce((top, w) => Math.max(top, Math.abs(w)), 0);
    const weight = (unit, pixel) => signColour(W[pixel * nHidden + unit] / largest);
    const size = (unit, pixel) =>
      `hidden unit ${unit + 1}: weight ${shortNumber(W[pixel * nHidden + unit])}`;
    this.drawMosaic(this.filters, nHidden, weight, size);
    const isOn = (chain, pixel) => v[chain * PIXELS + pixel];
    const state = (chain, pixel) => (isOn(chain, pixel) ? DARK : LIGHT);
    const word = (chain, pixel) =>
      `chain ${chain + 1}: ${isOn(chain, pixel) ? "on" : "off"}`;
    this.drawMosaic(this.chains, v.length / PIXELS, state, word);
    this.drawModes(this.modes.begin());
    this.drawQuality(this.quality.begin());
    this.write();
  }

  drawMosaic(picture, count, colour, words) {
    const across = Math.ceil(Math.sqrt(count));
    drawTiles(picture, { count, across, side: SIDE }, colour, words);
  }

  ageAxis() {
    const max = Math.max(100, this.trainer.age);
    return { min: 1, max, log: true, label: "age (updates)", short: "age" };
  }

  drawModes(picture) {
    const { history } = this;
    const { colours } = picture;
    const last = history.at(-1).modes;
    const max = 2 * Math.max(1, last[0]);
    const y = { min: 1e-4, max, log: true, label: "singular value" };
    picture.axes(this.ageAxis(), y);
    last.forEach((_, mode) => {
      const points = history.slice(1).map((entry) => [entry.age, entry.modes[mode]]);
      const style = mode < LEADING ? [colours.blue, 2] : [colours.grey, 0.8];
      picture.line(points, ...style, [], `singular value ${mode + 1}:`);
    });
  }

  drawQuality(picture) {
    const values = this.history.slice(1).map(({ age, quality }) => [age, quality]);
    const all = this.history.map(({ quality }) => quality);
    const low = Math.min(...all) - 0.5;
    const high = Math.max(...all) + 0.5;
    const y = { min: low, max: high, label: "nats per image" };
    picture.axes(this.ageAxis(), y);
    picture.line(values, picture.colours.red);
  }

  write() {
    const { modes, quality } = this.history.at(-1);
    this.page.tell(
      `age ${this.trainer.age} updates`,
      `singular values above 1: ${modes.filter((w) => w > 1).length}`,
      `${quality.toFixed(2)} nats per image`,
    );
  }
}
