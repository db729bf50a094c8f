// Couplings appear: a machine learns planted pairs and triples of a few spins.

import { Picture } from "./canvas.js";
import {
  SpinTrainer,
  divergence,
  indexOfSet,
  lawOf,
  logWeights,
  plant,
  sampleStates,
  setsOf,
} from "./couplings_core.js";
import { PlantedGraph, setName } from "./couplings_graph.js";
import { pairModel } from "./couplings_pairs.js";
import { Page } from "./page.js";

const SPINS = 6;
const K = 10; // sweeps of an update
const BATCH = 500;
const SAMPLE_SWEEPS = 50;
const WARM_UP = 300; // updates before a page that starts paused
const RECORDS = 1.12; // ratio of two ages at which couplings are read
const BUDGET = 8; // milliseconds of training in a frame
const OF_SAMPLES = "pairs triples pair triple n_samples seed";
const SETS = [1, 2, 3].flatMap((order) => setsOf(SPINS, order));
const NUMBERS = SETS.map((set) => indexOfSet(set, SPINS));

const number = (x) => x.toFixed(2).replace("-", "−");

const shadeOf = (set, { ink, blue, red }) => [ink, blue, red][set.length - 1];

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "Couplings appear", this));
    this.graph = new PlantedGraph(this, SPINS);
    const words = "Planted pairs (blue) and triples (red), as learned";
    this.growth = new Picture(page, words, { height: 236 });
    const all = "Planted (bars), machine (dots), pair model (circles)";
    this.all = new Picture(page, all, { height: 180 });
    this.all.figure.classList.add("rbm-wide");
    page.addControls();
    page.on("order", () => {
      this.graph.chosen = [];
      this.graph.draw();
    });
    page.on(`${OF_SAMPLES} n_hidden bias rate`, () => this.reset());
    page.finish();
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  // Other samples, if they are asked for.
  sample() {
    const all = OF_SAMPLES.split(" ").map((name) => this.page.get(name));
    if (this.made === `${all}`) return;
    this.made = `${all}`;
    const [pairs, triples, pair, triple, samples, seed] = all;
    this.truth = plant(SPINS, [pairs, triples], [pair, triple]);
    this.law = lawOf(logWeights(this.truth));
    this.states = sampleStates(this.truth, SPINS, samples, SAMPLE_SWEEPS, seed);
    this.pairs = pairModel(this.states, SPINS);
    this.pairDistance = divergence(this.law, lawOf(logWeights(this.pairs)));
  }

  reset() {
    const { page } = this;
    this.sample();
    this.trainer = new SpinTrainer({
      states: this.states,
      nVisible: SPINS,
      nHidden: page.get("n_hidden"),
      bias: page.get("bias"),
      batchSize: Math.min(BATCH, this.states.length),
      k: K,
      seed: page.get("seed"),
    });
    this.history = [];
    this.record();
    this.draw();
  }

  warmUp() {
    while (this.trainer.age < WARM_UP) this.update();
    this.draw();
  }

  // The learning rate now; none after the last age.
  get rate() {
    const stages = this.page.get("rates")[this.page.get("rate")];
    return stages.find(([end]) => this.trainer.age < end)?.[1];
  }

  update() {
    const { trainer, rate } = this;
    if (!rate) return;
    trainer.learningRate = rate;
    trainer.update();
    if (trainer.age >= this.nextRecord || !this.rate) this.record();
  }

  // Read the couplings at ages evenly spaced in logarithm.
  record() {
    const { age } = this.trainer;
    this.history.push({ age, J: this.trainer.couplings() });
    this.nextRecord = Math.max(age + 1, Math.round(age * RECORDS));
  }

  advance(single) {
    const { page, trainer } = this;
    if (!this.rate) return page.set({ running: false });
    const stop = performance.now() + BUDGET;
    const last = trainer.age + (single ? 1 : page.get("speed") || Infinity);
    do this.update();
    while (this.rate && trainer.age < last && performance.now() < stop);
    this.draw();
    page.report({ age: trainer.age }, single);
  }

  draw() {
    if (!this.history) return;
    this.now = this.trainer.couplings();
    this.graph.draw();
    this.drawGrowth(this.growth.begin());
    this.drawAll(this.all.begin());
    this.write();
  }

  get axis() {
    const max = 1.25 * Math.max(0.2, this.page.get("pair"), this.page.get("triple"));
    return { min: -max, max, label: "coupling" };
  }

  // Couplings against the age, those that are not planted thin; dashed: the truth.
  drawGrowth(picture) {
    const { colours } = picture;
    const max = Math.max(100, this.trainer.age);
    const x = { min: 1, max, log: true, label: "age (updates)", short: "age" };
    picture.axes(x, this.axis);
    SETS.forEach((set, k) => {
      if (set.length === 1) return;
      const at = NUMBERS[k];
      const points = this.history.slice(1).map(({ age, J }) => [age, J[at]]);
      points.push([Math.max(1, this.trainer.age), this.now[at]]);
      const colour = shadeOf(set, colours);
      const style = this.truth[at] ? [colour, 2.2] : [colours.grey, 0.6];
      picture.line(points, ...style, [], `${setName(set)}:`);
      if (this.truth[at]) picture.across(this.truth[at], colour, 1, [5, 4]);
    });
  }

  drawAll(picture) {
    const { colours } = picture;
    const label = "sets of up to three spins";
    const read = (x) => `spins ${setName(SETS[x])}`;
    picture.axes({ min: -1, max: SETS.length, ticks: [], label, read }, this.axis, 46);
    picture.pen.setLineDash([]);
    SETS.forEach((set, x) => {
      const at = NUMBERS[x];
      if (this.truth[at]) picture.bar(x, this.truth[at], 0.7, colours.faint);
      picture.dot(x, this.now[at], shadeOf(set, colours), 3);
      if (set.length < 3) picture.dot(x, this.pairs[at], colours.ink, 5, false);
      picture.curves.push({ points: [x, this.now[at]], half: 4, name: "machine:" });
      const low = picture.box.bottom + 8 + 10 * (x % 2);
      if (this.truth[at]) picture.text(setName(set), picture.X(x), low);
    });
  }

  write() {
    const { truth, now } = this;
    const distance = divergence(this.law, lawOf(logWeights(now)));
    const told = SETS.flatMap((set, k) => {
      const at = NUMBERS[k];
      return truth[at] ? `${setName(set)} ${number(now[at])}` : [];
    });
    const others = NUMBERS.map((at) => (truth[at] ? 0 : Math.abs(now[at])));
    this.page.tell(
      `age ${this.trainer.age}`,
      `planted: ${told.join(", ") || "none"}`,
      `others up to ${number(Math.max(...others))}`,
      `nats off ${distance.toFixed(3)}, pair model ${this.pairDistance.toFixed(3)}`,
    );
  }
}
