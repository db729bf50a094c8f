// Past the jump: one transition of learning, and chains that follow it both ways.

import { Picture } from "./canvas.js";
import { flow, limitFlow, overlapLaw, phasesOf } from "./cascade_core.js";
import { Loops } from "./cascade_loop.js";
import { sum } from "./numbers.js";
import { Page } from "./page.js";

const AGES = 41;
const CHAINS = 40;
const ROUNDS = 500;
const PACE = 2; // frames of an age
const BUDGET = 8; // milliseconds of sweeps in a frame
const WAYS = ["forwards", "backwards"];
const TICKS = [1, 4, 16, 64]; // of k

const OF_TRAINING = "beta field n_spins length";

const number = (x, digits = 2) => x.toFixed(digits).replace("-", "−");

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "There and back", this));
    this.path = new Picture(page, "", { height: 190 });
    this.loop = new Picture(page, "", { height: 190 });
    this.law = new Picture(page, "", { height: 150 });
    this.areas = new Picture(page, "Exact area of the loop, for each k so far", {
      height: 150,
    });
    page.addControls();
    page.on(OF_TRAINING, () => this.reset());
    page.on("k seed", () => this.restart());
    page.finish();
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  // Forget the areas of another machine.
  reset() {
    this.train();
    this.found = {};
    this.restart();
  }

  // Train, unless it is done.
  train() {
    const all = OF_TRAINING.split(" ").map((name) => this.page.get(name));
    if (this.made === `${all}`) return;
    this.made = `${all}`;
    const [beta, field, N, length] = all;
    const data = overlapLaw(N, Math.sqrt(beta), field / N);
    this.share = sum(data.map((p, n) => (p * (1 + Math.sign(2 * n - N))) / 2));
    this.ages = flow(data, field > 0, length, AGES);
    this.times = this.ages.map((_, age) => (age * length) / (AGES - 1));
    this.axis = {
      min: 0,
      max: length,
      label: "age (updates × rate × N)",
      short: "age",
    };
    const order = phasesOf(Math.sqrt(beta), 0)[0];
    this.limit = !field && order ? limitFlow(order, length, AGES) : [];
    this.phases = this.ages.map((age) => phasesOf(...age));
  }

  restart() {
    const { page } = this;
    this.loops = new Loops({
      path: this.ages,
      N: page.get("n_spins"),
      k: page.get("k"),
      nChains: CHAINS,
      seed: page.get("seed"),
      size: !page.get("field"),
    });
    this.frames = 0;
    this.draw();
  }

  step(isLate) {
    this.loops.step(isLate);
    const { isClosed, area } = this.loops;
    if (isClosed) this.found[this.page.get("k")] = area;
  }

  warmUp() {
    while (!this.loops.isDone) this.step();
    this.draw();
  }

  advance(single) {
    const { page, loops } = this;
    if (loops.round >= ROUNDS) return page.set({ running: false });
    const stop = performance.now() + BUDGET;
    this.frames++;
    if (single) this.step();
    else if (this.frames % PACE === 0) this.step(() => performance.now() > stop);
    this.draw();
    page.report({ area: loops.area, loops: loops.round }, single);
  }

  // The way under way, and the age that it has reached.
  get here() {
    const { ways } = this.loops;
    const back = ways[1].seen.length > 0;
    const way = ways[Number(back)];
    const place = Math.max(0, way.seen.length - 1);
    return { way, back, age: back ? AGES - 1 - place : place };
  }

  draw() {
    if (!this.loops) return;
    this.drawPath(this.path.begin());
    this.drawLoop(this.loop.begin());
    this.drawLaw(this.law.begin());
    this.drawAreas(this.areas.begin());
    this.write();
  }

  curve(values) {
    return values.map((value, age) => [this.times[age], value]);
  }

  drawPath(picture) {
    const { colours } = picture;
    const { limit } = this;
    this.path.title = `w (blue), ${limit.length ? "of N = ∞ dashed" : "a (red)"}`;
    const top = Math.max(...this.ages.flat(), ...limit, 1);
    picture.axes(this.axis, { min: 0, max: 1.08 * top, label: "w, a" });
    picture.across(1, colours.grey, 1, [2, 3]);
    picture.line(this.curve(limit), colours.ink, 1.5, [6, 4], "w, N = ∞:");
    picture.line(this.curve(this.ages.map(([w]) => w)), colours.blue, 2.5, [], "w");
    if (this.page.get("field")) {
      picture.line(this.curve(this.ages.map(([, a]) => a)), colours.red, 2, [], "a");
    }
    const { age } = this.here;
    picture.pen.setLineDash([]);
    picture.dot(this.times[age], this.ages[age][0], colours.blue, 6);
  }

  // Theory as lines, means of the chains as dots, of the way forwards in blue.
  drawLoop(picture) {
    const { colours } = picture;
    const size = !this.page.get("field");
    this.loop.title = `${size ? "⟨|m|⟩" : "⟨m⟩"} forwards (blue), backwards (red)`;
    picture.axes(this.axis, { min: size ? 0 : -1, max: 1, label: size ? "|m|" : "m" });
    for (const which of size ? [0] : [0, 1]) {
      const points = this.curve(this.phases.map((both) => both[which]));
      const there = points.filter(([, m]) => !Number.isNaN(m));
      picture.line(there, colours.grey, 1.5, [6, 4], "phase, N = ∞:");
    }
    const { loops } = this;
    this.shade(picture, ...loops.exact);
    loops.ways.forEach(({ seen }, which) => {
      const colour = [colours.blue, colours.red][which];
      const times = which ? this.times.toReversed() : this.times;
      const curve = (values) => values.map((value, n) => [times[n], value]);
      picture.line(curve(loops.exact[which]), colour, 2, [], `${WAYS[which]}:`);
      picture.pen.setLineDash([]);
      const mean = (all) => sum([...all].map((M) => loops.value(M))) / CHAINS;
      for (const [t, m] of curve(seen.map(mean))) picture.dot(t, m, colour, 2.5);
    });
  }

  // The loop, as far as the way back has come.
  shade({ pen, colours, X, Y }, there, back) {
    const known = this.curve(there).slice(there.length - back.length);
    const turned = this.times.toReversed().map((t, n) => [t, back[n]]);
    pen.beginPath();
    for (const [t, m] of [...turned.slice(0, back.length), ...known]) {
      pen.lineTo(X(t), Y(m));
    }
    pen.fillStyle = colours.faint;
    pen.fill();
  }

  // The law in equilibrium, that of the chains, and the chains below.
  drawLaw(picture) {
    const { colours } = picture;
    const { way, back, age } = this.here;
    const N = this.page.get("n_spins");
    this.law.title = `Law of m: equilibrium (dashed), ${WAYS[Number(back)]}`;
    const equal = overlapLaw(N, ...this.ages[age]);
    const chains = way.seen.at(-1) ?? way.chains;
    const max = 1.1 * Math.max(...equal, ...way.p);
    picture.axes(
      { min: -1, max: 1, label: "overlap m", short: "m" },
      { min: -0.12 * max, max, label: "p(m)" },
    );
    const curve = (law) => [...law].map((value, n) => [(2 * n - N) / N, value]);
    const colour = back ? colours.red : colours.blue;
    if (way.exact) picture.line(curve(way.p), colour, 2.5, [], "chains:");
    picture.line(curve(equal), colours.ink, 1.5, [5, 4], "equilibrium:");
    picture.pen.setLineDash([]);
    for (const M of chains) picture.dot(M / N, -0.06 * max, colour, 2.5, false);
  }

  drawAreas(picture) {
    const { colours } = picture;
    const points = Object.entries(this.found).map(([k, area]) => [Number(k), area]);
    const max = 1.2 * Math.max(0.1, ...points.map(([, area]) => area));
    picture.axes(
      {
        min: 0.7,
        max: 180,
        log: true,
        ticks: TICKS,
        label: "sweeps an age k",
        short: "k",
      },
      { min: 0, max, label: "area" },
    );
    picture.line(points, colours.grey, 1);
    picture.pen.setLineDash([]);
    for (const [k, area] of points) picture.dot(k, area, colours.blue, 4);
  }

  write() {
    const { age } = this.here;
    const [w, a] = this.ages[age];
    const { area, isClosed } = this.loops;
    const { n, mean, error } = this.loops.measured;
    this.page.tell(
      `data with m > 0: ${(100 * this.share).toFixed(0)} %`,
      `age ${number(this.times[age], 1)}: w = ${number(w)}, a = ${number(a, 3)}`,
      `k = ${this.page.get("k")}`,
      `area of the loop${isClosed ? "" : ", so far,"} ${number(area, 4)}`,
      n ? `${n} chains ${number(mean, 3)} ± ${number(error, 3)}` : "no chain is back",
    );
  }
}
