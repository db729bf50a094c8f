// Following the modes: fixed points at each age, and the way of one image to them.

const CONVERGED = 1e-6, MOST = 2000, REST = 45; // frames before a younger machine
const BUDGET = 6; // milliseconds of iteration in a frame

class Demo {
  constructor(context) {
    const page = (this.page = new Page(context, "Following the modes", this));
    this.machines = page.get("weights").map((packed) => MeanField.unpack(packed));
    this.bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    this.trees = ["tree", "tap_tree"].map((name) => page.get(name).map(
      ({ modes, ...level }) => ({ ...level, modes: this.bytes(modes) })));
    this.digits = this.bytes(page.get("digits"));
    this.modes = new Picture(page, "Modes of this machine (click one)", { square: 330 });
    this.members = new Picture(page, "Digits that flow to the marked mode",
      { square: 330 });
    this.way = new Picture(page, "Start (draw in it), now, and the nearest mode",
      { height: 150 });
    this.progress = new Picture(page, "Largest change of a mean in a step",
      { height: 210 });
    page.addControls();
    this.sliders = Object.fromEntries(["mode", "level"].map((trait) =>
      [trait, page.controls.querySelector(`[data-trait=${trait}]`)]));
    this.listen();
    page.on("level order start drawing seed", () => this.reset());
    page.on("mode", () => this.draw());
    page.finish();
    this.reset();
    if (!page.get("running")) this.warmUp();
  }

  listen() {
    const { canvas } = this.modes;
    canvas.addEventListener("click", (event) => {
      const cells = this.across(), box = canvas.getBoundingClientRect();
      const x = Math.floor(((event.clientX - box.left) / box.width) * cells);
      const y = Math.floor(((event.clientY - box.top) / box.height) * cells);
      if (y * cells + x < this.count) this.page.set({ mode: y * cells + x });
    });
    // It follows the age at hand, so that it may be moved to where it began.
    this.sliders.level.addEventListener("input", () => this.reset());
    const pad = this.way.canvas;
    Object.assign(pad, { tabIndex: 0 });
    pad.addEventListener("pointerdown", (event) => this.paint(event, true));
    pad.addEventListener("pointermove", (event) => {
      if (event.buttons) this.paint(event, false);
    });
    pad.addEventListener("keydown", (event) => this.type(event));
    pad.addEventListener("dragover", (event) => event.preventDefault());
    pad.addEventListener("drop", (event) => this.drop(event));
  }

  // The reader's image with one pixel set.
  setPixel(pixel, on) {
    const image = [...this.startImage()].map((v) => (v > 0.5 ? "1" : "0"));
    image[pixel] = on ? "1" : "0";
    this.page.set({ drawing: image.join(""), start: "drawn" });
  }

  paint(event, first) {
    const { left, top } = this.way.canvas.getBoundingClientRect(), { pad } = this;
    const x = Math.floor(((event.clientX - left - pad.x) / pad.size) * 8);
    const y = Math.floor(((event.clientY - top - pad.y) / pad.size) * 8);
    if (x < 0 || x > 7 || y < 0 || y > 7) return;
    const pixel = 8 * y + x;
    if (first) this.ink = this.startImage()[pixel] < 0.5;
    this.setPixel(pixel, this.ink);
  }

  // Arrow keys move a cursor on the pad, space flips the pixel under it.
  type(event) {
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -8, ArrowDown: 8 }[event.key];
    if (move === undefined && event.key !== " ") return;
    event.preventDefault();
    if (move) this.cursor = ((this.cursor ?? 0) + move + 64) % 64;
    else this.setPixel(this.cursor ?? 0, this.startImage()[this.cursor ?? 0] < 0.5);
    this.draw();
  }

  async drop(event) {
    event.preventDefault();
    const [file] = event.dataTransfer.files, image = file?.type.startsWith("image/");
    if (image) this.page.set({ drawing: await pixelsOf(file), start: "drawn" });
  }

  startImage() {
    const start = this.page.get("start");
    if (start === "drawn") return Float64Array.from(this.page.get("drawing"), Number);
    if (start === "noise") {
      return Float64Array.from(randomStart(1, 64, this.page.get("seed")));
    }
    if (start === "blank") return new Float64Array(64);
    return this.digit(this.page.get("examples")[start]);
  }

  digit(row) {
    return Float64Array.from({ length: 64 }, (_, i) =>
      (this.digits[8 * row + (i >> 3)] >> (7 - (i & 7))) & 1);
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
    return this.level.modes.length / 64;
  }

  reset() {
    this.age = this.page.get("level");
    this.v = this.startImage();
    this.begin();
    this.draw();
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
    const { v, h, change } = this.machine.update(this.v, this.h, this.page.get("order"));
    Object.assign(this, { v, h, steps: this.steps + 1 });
    this.changes.push(change);
  }

  // Settle, rest, then follow the mode to the next younger machine; at last start again.
  advance(single) {
    if (this.settled && (single || ++this.rest > REST)) this.younger();
    else if (!this.settled) {
      const stop = performance.now() + BUDGET, few = this.steps < 20 ? 1 : 8;
      for (let n = 0; n < (single ? 1 : few) && !this.settled; n++) {
        this.iterate();
        if (performance.now() > stop) break;
      }
    }
    this.draw();
    this.page.report({ steps: this.steps }, single);
  }

  younger() {
    if (this.age === 0) {
      this.age = this.page.get("level");
      this.v = this.startImage();
    } else this.age -= 1;
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
    const leaves = this.page.get(this.page.get("order") === 1 ? "leaves" : "tap_leaves");
    const { levels, age } = this;
    const modeOf = (leaf) => {
      for (let k = levels.length - 1; k > age; k--) leaf = levels[k].up[leaf];
      return leaf;
    };
    return [...leaves.keys()].filter((row) =>
      leaves[row] >= 0 && modeOf(leaves[row]) === this.marked);
  }

  get marked() {
    return Math.min(this.page.get("mode"), this.count - 1);
  }

  across() {
    return Math.max(2, Math.ceil(Math.sqrt(this.count)));
  }

  draw() {
    if (!this.v) return;
    this.nearest = nearestMode(this.v, this.level.modes);
    const { modes } = this.level, { count } = this;
    drawTiles(this.modes, count, this.across(), (k, i) => modes[64 * k + i] / 255);
    frameTile(this.modes, this.marked, this.across(), this.modes.colours.red);
    const rows = this.memberRows(), images = rows.slice(0, 64).map((r) => this.digit(r));
    drawTiles(this.members, images.length, 8, (k, i) => images[k][i]);
    this.drawWay();
    this.drawProgress();
    this.showSliders();
    const age = this.page.get("ages")[this.age], { mode, distance } = this.nearest;
    this.page.tell(
      `${this.steps} steps`, `age ${age}`, count === 1 ? "1 mode" : `${count} modes`,
      this.settled && distance < 0.05 ? `reached mode ${mode}`
        : `${distance.toFixed(2)} from mode ${mode}`,
      `marked mode ${this.marked}: ${rows.length} of ${this.page.get("leaves").length}`,
    );
  }

  // The sliders show the state: the age in updates, and a mode that exists.
  showSliders() {
    this.sliders.mode.max = this.count - 1;
    showValue(this.sliders.mode, this.marked, this.marked);
    showValue(this.sliders.level, this.age, this.page.get("ages")[this.age]);
  }

  drawWay() {
    const picture = this.way.begin(), size = Math.min(110, (picture.w - 40) / 3);
    this.pad = { x: 6, y: 8, size };
    const { modes } = this.level, first = 64 * this.nearest.mode;
    const images = [this.startImage(), this.v,
      Float64Array.from(modes.subarray(first, first + 64), (m) => m / 255)];
    const names = ["start", `after ${this.steps} steps`, `mode ${this.nearest.mode}`];
    images.forEach((image, n) => {
      const left = 6 + n * (size + 14), { pen } = picture;
      image.forEach((value, i) => {
        const level = Math.round(255 * (1 - value));
        pen.fillStyle = `rgb(${level} ${level} ${level})`;
        pen.fillRect(left + ((i % 8) * size) / 8, 8 + (Math.floor(i / 8) * size) / 8,
          size / 8 + 0.5, size / 8 + 0.5);
      });
      pen.strokeStyle = picture.colours.grey;
      pen.strokeRect(left, 8, size, size);
      picture.text(names[n], left + size / 2, 8 + size + 14);
    });
    if (this.cursor === undefined) return;
    picture.pen.strokeStyle = picture.colours.red;
    picture.pen.strokeRect(6 + ((this.cursor % 8) * size) / 8,
      8 + (Math.floor(this.cursor / 8) * size) / 8, size / 8, size / 8);
  }

  drawProgress() {
    const picture = this.progress.begin();
    picture.axes(
      { min: 0, max: Math.max(20, this.changes.length), label: "step" },
      { min: CONVERGED / 3, max: 2, log: true, label: "change" });
    picture.line(this.changes.map((change, n) => [n + 1, Math.max(change, CONVERGED / 3)]),
      picture.colours.blue);
  }
}
