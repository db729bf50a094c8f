// Training live: a machine learns one mode of its data after another.

const QUALITY_UNITS = 10; // hidden units up to which the likelihood is summed exactly
const BUDGET = 9; // milliseconds of training in a frame

class TrainingDemo {
  constructor(context) {
    const page = (this.page = new Page(context, "Training live"));
    page.draw = () => this.draw();
    this.filters = this.panel("Weights of each hidden unit", (w) => w);
    this.chains = this.panel("Fantasy particles: the chains' states", (w) => w);
    for (const { canvas } of [this.filters, this.chains]) canvas.style.maxWidth = "290px";
    this.modes = this.panel("Singular values of W", 270);
    this.quality = this.panel("", 270);
    this.readout = element("p", { class: "rbm-readout" });
    page.screen.append(this.readout);
    this.addControls();
    page.on("data method k learning_rate n_hidden seed", () => this.reset());
    page.finish({
      step: (single) => this.advance(single),
      reset: () => this.reset(),
      shared: ["data", "method", "k", "learning_rate", "n_hidden", "seed"],
    });
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  panel(title, height) {
    const caption = element("figcaption", {}, title), figure = element("figure", {}, caption);
    this.page.screen.append(figure);
    const picture = new Picture(this.page, title, height);
    figure.append(picture.canvas);
    return Object.assign(picture, { caption });
  }

  addControls() {
    const { page } = this, restarts = "A change starts training again.";
    page.select("data", "Data", [["digits", "all digits"], ["zeros and ones", "zeros and ones"],
      ["two clusters", "two clusters"]], `8 × 8 images to learn from. ${restarts}`);
    page.select("method", "Method", [["pcd", "PCD"], ["cd", "CD"], ["rdm", "Rdm"]],
      "Where the chains start at each update: where they stood (PCD), at the data (CD), " +
      `at noise (Rdm). ${restarts}`);
    page.select("k", "k", [1, 2, 5, 10, 20].map((k) => [k, `${k}`]),
      `Gibbs sweeps at each update. ${restarts}`);
    page.select("learning_rate", "Learning rate",
      [0.003, 0.01, 0.03, 0.1].map((rate) => [rate, `${rate}`]),
      `Size of a step along the gradient. ${restarts}`);
    page.select("n_hidden", "Hidden units", [8, 16, 32, 64].map((n) => [n, `${n}`]),
      `With 8 the log-likelihood is exact; with more it is a pseudo-likelihood. ${restarts}`);
  }

  // The rows of the chosen data set, bits unpacked.
  data() {
    const [first, last] = this.page.get("rows")[this.page.get("data")];
    const bytes = atob(this.page.get("images")), bits = new Uint8Array((last - first) * 64);
    for (let i = 0; i < bits.length; i++) {
      bits[i] = (bytes.charCodeAt(first * 8 + (i >> 3)) >> (7 - (i & 7))) & 1;
    }
    return bits;
  }

  reset() {
    const { page } = this;
    this.trainer = new Trainer({
      data: this.data(), nVisible: 64, nHidden: page.get("n_hidden"),
      method: page.get("method"), k: page.get("k"), seed: page.get("seed"),
      learningRate: page.get("learning_rate"), batchSize: page.get("batch_size"),
    });
    this.exact = this.trainer.nHidden <= QUALITY_UNITS;
    this.quality.caption.textContent = this.exact
      ? "Log-likelihood of the data, exact" : "Pseudo-log-likelihood of 50 training images";
    this.history = [];
    this.record();
    this.draw();
  }

  // A page that starts paused, or is printed, shows a machine that has begun to learn.
  warmUp() {
    for (let i = 0; i < 400; i++) this.update();
    this.draw();
  }

  update() {
    this.trainer.update();
    if (this.trainer.age >= this.nextRecord) this.record();
  }

  // Measure at ages evenly spaced in logarithm.
  record() {
    const { trainer } = this, { W, nVisible, nHidden, age } = trainer;
    const quality = this.exact
      ? logLikelihood(trainer) : pseudoLogLikelihood(trainer, trainer.nSamples / 50);
    this.history.push({ age, quality, modes: singularValues(W, nVisible, nHidden) });
    this.nextRecord = Math.max(age + 1, Math.round(age * 1.12));
  }

  advance(single) {
    const stop = performance.now() + BUDGET;
    do this.update(); while (!single && performance.now() < stop);
    this.draw();
    if (performance.now() - (this.told ?? 0) > 500 || single) {
      this.told = performance.now();
      this.page.set({ age: this.trainer.age });
    }
  }

  draw() {
    if (!this.trainer) return;
    const { W, v, nHidden, age } = this.trainer;
    const largest = W.reduce((top, w) => Math.max(top, Math.abs(w)), 0);
    this.drawMosaic(this.filters, nHidden, (unit, pixel) =>
      signColour(W[pixel * nHidden + unit] / largest));
    this.drawMosaic(this.chains, v.length / 64, (chain, pixel) =>
      v[chain * 64 + pixel] ? [20, 30, 40] : [222, 229, 236]);
    this.drawModes(this.modes.begin());
    this.drawQuality(this.quality.begin());
    this.write(age, largest);
  }

  // Tiles of 8 × 8 pixels in a square, one transparent pixel apart.
  drawMosaic(picture, count, colour) {
    const across = Math.ceil(Math.sqrt(count)), size = 9 * across - 1;
    const source = pixels(size, size, (at) => {
      const x = at % size, y = Math.floor(at / size);
      const tile = across * Math.floor(y / 9) + Math.floor(x / 9);
      if (x % 9 === 8 || y % 9 === 8 || tile >= count) return null;
      return colour(tile, 8 * (y % 9) + (x % 9));
    });
    picture.begin().image(source, 0, 0, picture.w, picture.w);
  }

  ageAxis() {
    return { min: 1, max: Math.max(100, this.trainer.age), log: true, label: "age (updates)" };
  }

  drawModes(picture) {
    const { history } = this, { colours } = picture, last = history.at(-1).modes;
    const max = 2 * Math.max(1, last[0]);
    picture.axes(this.ageAxis(), { min: 1e-4, max, log: true, label: "singular value" });
    last.forEach((_, mode) => {
      const points = history.slice(1).map((entry) => [entry.age, entry.modes[mode]]);
      picture.line(points, mode < 4 ? colours.blue : colours.grey, mode < 4 ? 2 : 0.8);
    });
    picture.describe(`Singular values of W against age. The largest at age ` +
      `${history.at(-1).age}: ${last.slice(0, 4).map((w) => w.toFixed(3)).join(", ")}.`);
  }

  drawQuality(picture) {
    const values = this.history.slice(1).map(({ age, quality }) => [age, quality]);
    const all = this.history.map(({ quality }) => quality);
    const low = Math.min(...all), high = Math.max(...all), room = 0.1 * (high - low) + 0.5;
    const label = this.exact ? "log-likelihood (nats)" : "pseudo-log-likelihood (nats)";
    picture.axes(this.ageAxis(), { min: low - room, max: high + room, label });
    picture.line(values, picture.colours.red);
    picture.describe(`${this.quality.caption.textContent} against age: ${all.at(-1).toFixed(2)} nats.`);
  }

  write(age, largest) {
    const { modes, quality } = this.history.at(-1);
    const learned = modes.filter((w) => w > 1).length;
    this.readout.textContent = `age ${age} updates   ·   singular values above 1: ${learned}` +
      `   ·   largest |W| ${largest.toPrecision(2)}   ·   ` +
      `${this.exact ? "log-likelihood" : "pseudo-log-likelihood"} ${quality.toFixed(2)} nats`;
    this.filters.describe(`Weights of ${this.trainer.nHidden} hidden units as 8 by 8 images, ` +
      "red positive, blue negative, scaled to the largest.");
    this.chains.describe(`The states of ${this.trainer.batchSize} chains as 8 by 8 images.`);
  }
}

function render(context) {
  const demo = new TrainingDemo(context);
  return () => demo.page.stop();
}
