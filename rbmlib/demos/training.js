// Training live: a machine learns one mode of its data after another.

const QUALITY_UNITS = 10; // hidden units up to which the likelihood is summed exactly
const BUDGET = 9; // milliseconds of training in a frame

class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "Training live", this));
    this.filters = new Picture(page, "Weights of each hidden unit", { square: 290 });
    this.chains = new Picture(page, "Fantasy particles", { square: 290 });
    this.modes = new Picture(page, "Singular values of W", { height: 260 });
    this.quality = new Picture(page, "", { height: 260 });
    page.addControls();
    page.on("data method k learning_rate n_hidden seed", () => this.reset());
    page.finish();
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  // The rows of the chosen data set, bits unpacked.
  data() {
    const [first, last] = this.page.get("rows")[this.page.get("data")];
    const bytes = atob(this.page.get("images"));
    const bits = new Uint8Array((last - first) * 64);
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
    const title = this.exact
      ? "Exact log-likelihood of the data" : "Pseudo-log-likelihood of 50 images";
    this.quality.caption.textContent = this.quality.canvas.ariaLabel = title;
    this.history = [];
    this.record();
    this.draw();
  }

  // A page that starts paused, or is printed first, shows a machine that has learned.
  warmUp() {
    while (this.trainer.age < 600) this.update();
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
    this.page.report({ age: this.trainer.age }, single);
  }

  draw() {
    if (!this.trainer) return;
    const { W, v, nHidden } = this.trainer;
    const largest = W.reduce((top, w) => Math.max(top, Math.abs(w)), 0);
    this.drawMosaic(this.filters, nHidden, (unit, pixel) =>
      signColour(W[pixel * nHidden + unit] / largest));
    this.drawMosaic(this.chains, v.length / 64, (chain, pixel) =>
      v[chain * 64 + pixel] ? rgb(20, 42, 75) : rgb(215, 225, 235));
    this.drawModes(this.modes.begin());
    this.drawQuality(this.quality.begin());
    this.write();
  }

  // Tiles of 8 × 8 pixels in a square, one transparent pixel apart.
  drawMosaic(picture, count, colour) {
    const across = Math.ceil(Math.sqrt(count)), size = 9 * across - 1;
    picture.pixels(size, (at) => {
      const x = at % size, y = Math.floor(at / size);
      const tile = across * Math.floor(y / 9) + Math.floor(x / 9);
      if (x % 9 === 8 || y % 9 === 8 || tile >= count) return 0;
      return colour(tile, 8 * (y % 9) + (x % 9));
    });
  }

  ageAxis() {
    const max = Math.max(100, this.trainer.age);
    return { min: 1, max, log: true, label: "age (updates)" };
  }

  drawModes(picture) {
    const { history } = this, { colours } = picture, last = history.at(-1).modes;
    const max = 2 * Math.max(1, last[0]);
    const y = { min: 1e-4, max, log: true, label: "singular value" };
    picture.axes(this.ageAxis(), y);
    last.forEach((_, mode) => {
      const points = history.slice(1).map((entry) => [entry.age, entry.modes[mode]]);
      picture.line(points, mode < 4 ? colours.blue : colours.grey, mode < 4 ? 2 : 0.8);
    });
  }

  drawQuality(picture) {
    const values = this.history.slice(1).map(({ age, quality }) => [age, quality]);
    const all = this.history.map(({ quality }) => quality);
    const low = Math.min(...all) - 0.5, high = Math.max(...all) + 0.5;
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
