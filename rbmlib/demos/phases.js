// The phase diagram: a point in it, what theory says there, and a machine that lives there.

const SIDE = 16, CHAINS = 2, FRAME_BUDGET = 4, REMEMBERED = 300;
const HEIGHTS = [...Array(41).keys()].map((k) => k / 40);

class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "The phase diagram", this));
    this.plane = new Picture(page, "Click, or use the arrow keys", { square: 420 });
    this.boards = [0, 1].map((k) =>
      new Picture(page, ["Dark: along the mode", "A second replica"][k], { square: 190 }));
    const pair = element("div", { class: "rbm-pair" },
      ...this.boards.map((board) => board.figure));
    this.series = new Picture(page, "The machine (coloured) and theory (dashed)",
      { height: 200 });
    this.plane.figure.after(element("div", {}, pair, this.series.figure));
    this.energy = new Picture(page, "Free energy along the mode", { height: 190 });
    this.energy.figure.classList.add("rbm-wide");
    this.listen();
    page.addControls();
    page.on("law start seed", () => this.reset());
    page.on("w sigma", () => this.move());
    page.finish();
    this.reset();
    this.warmUp();
  }

  listen() {
    const { canvas } = this.plane, { page } = this;
    const clamp = (x) => Number(Math.min(3, Math.max(0, x)).toFixed(2));
    const point = (event) => {
      const { left, top } = canvas.getBoundingClientRect(), { box } = this.plane;
      const x = (event.clientX - left - box.left) / (box.right - box.left);
      const y = (event.clientY - top - box.bottom) / (box.top - box.bottom);
      page.set({ w: clamp(3 * x), sigma: clamp(3 * y) });
    };
    canvas.style.cursor = "crosshair";
    canvas.tabIndex = 0;
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointermove", (event) => event.buttons && point(event));
    canvas.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1],
        ArrowDown: [0, -1] }[event.key];
      if (!steps) return;
      event.preventDefault();
      const [dw, dSigma] = steps.map((step) => 0.05 * step);
      page.set({ w: clamp(page.get("w") + dw), sigma: clamp(page.get("sigma") + dSigma) });
    });
    page.help.push(["The plane", "Click or drag to move; with the keyboard, the arrows."]);
  }

  reset() {
    const { page } = this, seed = page.get("seed"), made = `${page.get("law")} ${seed}`;
    if (this.made !== made) {
      this.planted = new Planted(SIDE * SIDE, page.get("law"), seed);
      Object.assign(this, { made, place: null });
    }
    this.planted.start(CHAINS, page.get("start") === "planted", seed);
    this.age = 0;
    this.history = [];
    this.move();
  }

  // A new point: the weights change, the spins stay.
  move() {
    if (!this.planted) return;
    const [law, w, sigma] = ["law", "w", "sigma"].map((name) => this.page.get(name));
    const place = `${w} ${sigma}`;
    if (this.place !== place) {
      this.place = place;
      this.planted.setStrengths(w, sigma);
      this.theory = solveEqual(law, w, sigma);
      this.heights = landscape(law, w, sigma, HEIGHTS);
    }
    if (this.history.length === 0) this.measure();
    this.draw();
  }

  warmUp() {
    while (this.age < this.page.get("warm_up")) this.step();
    this.draw();
  }

  step() {
    this.planted.sweep(this.page.get("seed"), this.age);
    this.age++;
    this.measure();
  }

  measure() {
    this.now = { ...this.planted.measure(), age: this.age };
    this.history.push(this.now);
    if (this.history.length > REMEMBERED) this.history.shift();
  }

  advance(single) {
    const stop = performance.now() + FRAME_BUDGET;
    const most = single ? 1 : this.page.get("speed");
    for (let n = 0; n < most && performance.now() < stop; n++) this.step();
    this.drawMachine();
    const { m, q } = this.now;
    this.page.report({ magnetization: m, overlap: q, sweeps: this.age }, single);
  }

  get phase() {
    const { m, q } = this.theory;
    return m > 0 ? "ferromagnet" : q > 0 ? "spin glass" : "paramagnet";
  }

  draw() {
    if (!this.now) return;
    this.drawPlane(this.plane.begin());
    this.drawMachine();
  }

  // What moves with the machine: all but the plane.
  drawMachine() {
    this.boards.forEach((board, chain) => this.drawBoard(board, chain));
    this.drawSeries(this.series.begin());
    this.drawLandscape(this.energy.begin());
    const { m, q } = this.now, theory = this.theory;
    this.page.tell(`${this.age} sweeps`, `theory: ${this.phase}`,
      `m = ${m.toFixed(2)} (theory ${theory.m.toFixed(2)})`,
      `q = ${q.toFixed(2)} (theory ${theory.q.toFixed(2)})`);
  }

  drawPlane(picture) {
    const { colours } = picture, lines = this.page.get("lines");
    picture.axes({ min: 0, max: 3, label: "strength of the mode w" },
      { min: 0, max: 3, label: "strength of the noise σ" });
    picture.line([[1, 0], [1, 1]], colours.ink);
    picture.line([[0, 1], [1, 1]], colours.ink);
    picture.line(lines.ferro_glass, colours.ink);
    picture.line(lines.at, colours.grey, 1.5, [4, 4]);
    for (const [name, x, y] of [["paramagnet", 0.5, 0.5], ["spin glass", 0.7, 2.2],
      ["ferromagnet", 2.1, 0.5], ["AT", 2.72, 1.75]]) {
      picture.text(name, picture.X(x), picture.Y(y), "center", colours.grey);
    }
    picture.dot(this.page.get("w"), this.page.get("sigma"), colours.red, 6);
  }

  drawBoard(board, chain) {
    const { v, signs, N } = this.planted, first = chain * N;
    const along = rgb(20, 42, 75), against = rgb(215, 225, 235);
    board.pixels(SIDE, (i) => (v[first + i] * signs[i] > 0 ? along : against));
  }

  drawSeries(picture) {
    const { history, theory } = this, { colours } = picture, start = history[0].age;
    const end = Math.max(start + 50, this.age);
    picture.axes({ min: start, max: end, label: "sweeps" },
      { min: -1, max: 1.05, label: "m (blue), q (red)" });
    for (const [name, colour] of [["m", colours.blue], ["q", colours.red]]) {
      picture.line([[start, theory[name]], [end, theory[name]]], colour, 1.5, [6, 4]);
      picture.line(history.map((entry) => [entry.age, entry[name]]), colour, 1.5);
    }
  }

  drawLandscape(picture) {
    const { heights, theory, now } = this, { colours } = picture;
    const low = Math.min(...heights), start = heights[0] - low;
    const top = Math.max(2.5 * start, 0.02);
    picture.axes({ min: -1, max: 1, label: "magnetisation m" },
      { min: -0.1 * top, max: top, label: "f − min f" });
    const curve = HEIGHTS.map((m, k) => [m, heights[k] - low]);
    picture.line([...curve.map(([m, f]) => [-m, f]).reverse(), ...curve], colours.ink);
    picture.dot(theory.m, 0, colours.ink, 4, false);
    const at = Math.min(HEIGHTS.length - 1, Math.round(Math.abs(now.m) * 40));
    picture.dot(now.m, Math.min(heights[at] - low, top), colours.red, 5);
  }
}
