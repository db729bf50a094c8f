// MNIST, live: a hundred chains of a machine whose weights are bytes.

import { Picture } from "./canvas.js";
import { CLASSES, classesOf, unpackClassifier } from "./classes.js";
import { element } from "./element.js";
import { ByteMachine, startOf } from "./live_core.js";
import { bitsOf, bytesOf } from "./numbers.js";
import { Page } from "./page.js";
import { frameTile, grey, tilePlaces } from "./tiles.js";

const CHAINS = 100;
const TILES = { count: CHAINS, across: 10, side: 28 };
const PIXELS = TILES.side ** 2;
const EVEN_ODDS = new Uint8Array(PIXELS).fill(128); // noise, in 256ths
const BUDGET = 40; // milliseconds of sweeps in a frame
const WARM_UP = 10; // sweeps that a page which starts paused has made
const CLICKS = {
  look: "shows it larger",
  restart: "starts it again",
  hold: "holds it",
};
const LEVELS = 256;
const GREYS = Uint32Array.from({ length: LEVELS }, (_, n) => grey(n / (LEVELS - 1)));
const STEEP = 16; // fields beyond ±16 are drawn as certain
const PLACES = tilePlaces(TILES);
const logistic = (x) => 1 / (1 + Math.exp(-x));

export class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "MNIST, live", this));
    this.machine = ByteMachine.unpack(page.get("weights"), page.get("machine"));
    this.classifier = unpackClassifier(page.get("classifier"), PIXELS);
    this.mean = bytesOf(page.get("levels"), PIXELS);
    this.kept = bitsOf(bytesOf(page.get("chains"), (CHAINS * PIXELS) / 8));
    this.images = new Picture(page, "100 chains", { square: 420 });
    this.one = new Picture(page, "One of them", { square: 170 });
    this.histogram = new Picture(page, "Classes of the 100 images", { height: 140 });
    const stack = { class: "rbm-stack" };
    this.images.figure.after(
      element("div", stack, this.one.figure, this.histogram.figure),
    );
    this.images.canvas.addEventListener("click", (event) => this.click(event));
    page.addControls();
    page.on("start seed", () => this.reset());
    page.on("chain click show", () => this.draw());
    const chain = () => page.get("chain");
    const extra = [
      page.button("Restart one", "Start the chain that is shown larger again.", () =>
        this.restart(chain()),
      ),
      page.button("Hold one", "Hold the chain shown larger, or let it go.", () =>
        this.hold(chain()),
      ),
    ];
    page.finish();
    page.buttons.append(...extra, page.said);
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  // The start of a chain; of one that starts again, after so many sweeps of the others.
  startOf(chain, sweep) {
    const { page, kept, mean } = this;
    const start = page.get("start");
    if (start === "training")
      return kept.subarray(chain * PIXELS, (chain + 1) * PIXELS);
    const odds = start === "noise" ? EVEN_ODDS : mean;
    return startOf(odds, page.get("seed"), sweep, chain);
  }

  reset() {
    this.v = new Uint8Array(CHAINS * PIXELS);
    this.fields = new Int32Array(CHAINS * PIXELS);
    this.fresh = new Uint8Array(CHAINS).fill(1); // chains that have no fields yet
    this.levels = new Uint8Array(CHAINS * PIXELS);
    this.held = new Set();
    Object.assign(this, { sweeps: 0, due: 0 });
    for (let c = 0; c < CHAINS; c++) this.v.set(this.startOf(c, 0), c * PIXELS);
    this.draw();
  }

  restart(chain) {
    this.v.set(this.startOf(chain, this.sweeps), chain * PIXELS);
    this.fresh[chain] = 1;
    this.held.delete(chain);
    this.draw();
  }

  hold(chain) {
    if (!this.held.delete(chain)) this.held.add(chain);
    this.draw();
  }

  click(event) {
    const { across } = TILES;
    const box = this.images.canvas.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * across);
    const y = Math.floor(((event.clientY - box.top) / box.height) * across);
    const chain = Math.min(CHAINS - 1, across * y + x);
    this.page.set({ chain });
    const act = this.page.get("click");
    if (act !== "look") this.page.press(() => this[act](chain));
  }

  // A page that starts paused shows more than noise.
  warmUp() {
    while (this.sweeps < WARM_UP) this.sweep();
    this.draw();
  }

  sweep() {
    const { machine, v, fields, held, page } = this;
    const seed = page.get("seed");
    for (let c = 0; c < CHAINS; c++) {
      if (held.has(c)) continue;
      machine.sweep(v, fields, c, seed, this.sweeps);
      this.fresh[c] = 0;
    }
    this.sweeps++;
  }

  // At a low speed a sweep is due once in many frames; a slow machine makes fewer.
  advance(single) {
    const stop = performance.now() + BUDGET;
    this.due = single ? 1 : this.due + this.page.get("speed");
    while (this.due >= 1) {
      this.sweep();
      this.due--;
      if (performance.now() > stop) this.due %= 1;
    }
    this.draw();
    this.page.report({ sweeps: this.sweeps }, single);
  }

  // The grey of each of 256 sizes of a field, from -STEEP to STEEP.
  greysOfFields() {
    const level = (_, n) => (LEVELS - 1) * logistic((n / LEVELS - 0.5) * 2 * STEEP);
    return Uint8Array.from({ length: LEVELS }, level);
  }

  // How dark the pixels are, in 256 levels: states, or their probabilities.
  setLevels() {
    const { v, fields, levels, machine, fresh } = this;
    const greys = (this.greys ??= this.greysOfFields());
    const scale = (machine.step * LEVELS) / (2 * STEEP);
    const areStates = this.page.get("show") === "samples";
    for (let c = 0, i = 0; c < CHAINS; c++) {
      const end = i + PIXELS;
      if (areStates || fresh[c]) for (; i < end; i++) levels[i] = v[i] * (LEVELS - 1);
      for (; i < end; i++) {
        const place = Math.round(fields[i] * scale) + LEVELS / 2;
        levels[i] = greys[Math.max(0, Math.min(LEVELS - 1, place))];
      }
    }
  }

  draw() {
    if (!this.v) return;
    const { page, images, held, levels } = this;
    const chosen = page.get("chain");
    images.title = `100 chains; a click ${CLICKS[page.get("click")]}`;
    this.setLevels();
    const classes = classesOf(this.classifier, this.v);
    const words = (at) => {
      const chain = Math.floor(PLACES.of[at] / PIXELS);
      return chain < 0 ? "" : `chain ${chain}: a ${classes[chain]}`;
    };
    const colour = (at) => (PLACES.of[at] < 0 ? 0 : GREYS[levels[PLACES.of[at]]]);
    images.pixels(PLACES.size, colour, words);
    const { red, blue } = images.colours;
    for (const chain of held) frameTile(images, chain, TILES, red);
    frameTile(images, chosen, TILES, blue);
    this.drawOne(chosen, classes[chosen]);
    const counts = Array(CLASSES).fill(0);
    for (const found of classes) counts[found]++;
    this.drawHistogram(this.histogram.begin(), counts);
    const hold = held.size ? [`${held.size} held`] : [];
    page.tell(
      `${this.sweeps} sweeps`,
      `${counts.filter((count) => count > 0).length} of ${CLASSES} digits`,
      `chain ${chosen}: a ${classes[chosen]}`,
      ...hold,
    );
  }

  drawOne(chain, digit) {
    this.one.title = `Chain ${chain}, a ${digit}${this.held.has(chain) ? ", held" : ""}`;
    const first = chain * PIXELS;
    const words = (i) => {
      const on = `pixel ${i}: ${this.v[first + i] ? "on" : "off"}`;
      if (this.fresh[chain]) return on;
      const p = logistic(this.fields[first + i] * this.machine.step);
      return `${on}\nprobability ${p.toFixed(2)}`;
    };
    this.one.pixels(TILES.side, (i) => GREYS[this.levels[first + i]], words);
  }

  drawHistogram(picture, counts) {
    const ticks = counts.map((_, c) => c);
    const most = Math.max(30, ...counts);
    picture.axes(
      { min: -0.6, max: 9.6, label: "digit", ticks },
      { min: 0, max: 1.05 * most, label: "images" },
    );
    counts.forEach((count, c) => picture.bar(c, count, 0.7, picture.colours.blue));
    picture.across(CHAINS / CLASSES, picture.colours.ink, 1, [5, 4]);
    const words = counts.map((count, c) => `${count} of ${c}`).join(", ");
    picture.canvas.ariaLabel = `Classes of the 100 images: ${words}`;
  }
}
