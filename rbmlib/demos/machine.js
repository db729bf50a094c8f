// A machine in your hands: every number of a small machine, exactly, at once.

const SUBSCRIPTS = "₁₂₃₄₅₆";
const sub = (...indices) => indices.map((i) => SUBSCRIPTS[i]).join("");
const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const signed = (x, digits) => (x < 0 ? "−" : "") + Math.abs(x).toFixed(digits);

class MachineDemo {
  constructor(context) {
    const page = (this.page = new Page(context, "A machine in your hands"));
    page.draw = () => this.draw();
    this.readMachine();
    this.n = this.machine.a.length;
    this.m = this.machine.b.length;
    this.restart();
    this.graph = new Graph(this);
    this.law = new Picture(page, "", 280);
    this.couplings = new Picture(page, "", 190);
    this.couplings.canvas.classList.add("rbm-wide");
    this.readout = element("p", { class: "rbm-readout" });
    page.screen.append(this.readout);
    page.on("W a b", () => this.readMachine());
    this.addControls();
    page.on("W a b v h units selected", () => this.draw());
    page.on("seed", () => this.reset());
    page.finish({
      step: (single) => this.sweep(single ? 1 : page.get("sweeps_per_frame")),
      reset: () => this.reset(),
      shared: ["W", "a", "b", "v", "h", "units", "selected", "seed", "sweeps_per_frame"],
    });
  }

  get low() {
    return this.page.get("units") === "spin" ? -1 : 0;
  }

  // The traits hold the {0, 1} form; this is the form that the reader has chosen.
  get shown() {
    return this.low ? toSpin(this.machine) : this.machine;
  }

  readMachine() {
    const [W, a, b] = ["W", "a", "b"].map((name) => this.page.get(name));
    this.machine = { W, a, b };
    this.exact = exactLaw(this.machine, 0);
    const spin = exactLaw(toSpin(this.machine), -1);
    this.change = Math.max(...spin.p.map((p, i) => Math.abs(p - this.exact.p[i])));
    this.J = effectiveCouplings(this.machine);
    this.grid = new GridMachine(...[W.flat(), a, b].map((x) => Float64Array.from(x)));
    this.forget();
  }

  // Forget the visited states; the chain goes on from where it stands.
  forget() {
    this.visits = new Float64Array(this.exact.p.length);
    this.nVisits = 0;
  }

  restart() {
    this.age = 0;
    this.forget();
  }

  reset() {
    this.restart();
    this.page.set({ v: Array(this.n).fill(0), h: Array(this.m).fill(0) });
  }

  sweep(times) {
    const { page } = this, seed = page.get("seed");
    const v = Uint8Array.from(page.get("v")), h = Uint8Array.from(page.get("h"));
    for (const last = this.age + times; this.age < last; this.age++) {
      this.grid.sweep(v, h, seed, this.age);
      this.visits[indexOf(v)]++;
    }
    this.nVisits += times;
    page.set({ v: [...v], h: [...h] });
  }

  flip(layer, unit) {
    this.page.set({ [layer]: this.page.get(layer).with(unit, 1 - this.page.get(layer)[unit]) });
  }

  get selected() {
    const [name, i, j] = this.page.get("selected").split(" ");
    return { name, i: Number(i), j: j && Number(j) };
  }

  selectedValue() {
    const { name, i, j } = this.selected, parameter = this.shown[name][i];
    return j === undefined ? parameter : parameter[j];
  }

  // Change the selected parameter of the form shown; the traits keep the {0, 1} form.
  assign(value) {
    const { name, i, j } = this.selected, machine = structuredClone(this.shown);
    if (j === undefined) machine[name][i] = value;
    else machine[name][i][j] = value;
    this.page.set(this.low ? toBinary(machine) : machine);
  }

  addControls() {
    const { page, machine } = this, names = [];
    page.select("units", "Units", [["binary", "{0, 1}"], ["spin", "±1"]],
      "Write the same machine for {0, 1} or for ±1 units: W, a, b change, p(v) does not.");
    machine.W.forEach((row, i) => row.forEach((_, j) =>
      names.push([`W ${i} ${j}`, `weight W${sub(i, j)}`])));
    machine.a.forEach((_, i) => names.push([`a ${i}`, `bias a${sub(i)} of v${sub(i)}`]));
    machine.b.forEach((_, j) => names.push([`b ${j}`, `bias b${sub(j)} of h${sub(j)}`]));
    page.select("selected", "Parameter", names,
      "Choose a weight or a bias. A click on a line of the graph chooses its weight.");
    const slider = element("input", {
      type: "range", "data-trait": "W", oninput: () => this.assign(Number(slider.value)) });
    page.bind("selected units W a b", "Value",
      "Change the chosen parameter; or drag its line in the graph up and down.", slider,
      (_, output) => this.showValue(slider, output));
    page.select("sweeps_per_frame", "Speed",
      [[1, "1 sweep a frame"], [20, "20 sweeps a frame"], [400, "400 sweeps a frame"]],
      "Gibbs sweeps (h given v, then v given h) between two drawings.");
  }

  showValue(slider, output) {
    const value = this.selectedValue(), largest = this.low ? 2 : 8;
    slider.step = this.low ? 1 / 32 : 1 / 8;
    slider.max = Math.max(largest, Math.ceil(Math.abs(value)));
    slider.min = -slider.max;
    slider.value = value;
    output.textContent = signed(value, this.low ? 3 : 2);
  }

  draw() {
    this.graph.draw();
    this.drawLaw(this.law.begin());
    this.drawCouplings(this.couplings.begin());
    this.write();
  }

  stateName(index) {
    return stateOf(index, this.n, 0).map((bit) => (this.low ? "−+" : "01")[bit]).join("");
  }

  drawLaw(picture) {
    const { p } = this.exact, { colours } = picture, now = indexOf(this.page.get("v"));
    const share = this.nVisits ? this.visits.map((visits) => visits / this.nVisits) : [];
    const max = 1.15 * Math.max(...p, ...share);
    picture.axes({ min: -1, max: p.length, ticks: [], label: "visible state v (the chain's state in red)" },
      { min: 0, max, label: "probability p(v)" }, 58);
    p.forEach((value, i) =>
      picture.bar(i, value, 0.7, i === now ? colours.red : colours.blue));
    share.forEach((value, i) => picture.dot(i, value, colours.ink, 3, false));
    this.nameStates(picture, now);
    const best = p.indexOf(Math.max(...p));
    picture.describe(`Exact probabilities of the ${p.length} visible states. Most likely: ` +
      `${this.stateName(best)} with ${p[best].toFixed(3)}; now ${this.stateName(now)} ` +
      `with ${p[now].toFixed(3)}.`);
  }

  // Below the axis all states if they fit; else the first, the last and the present one.
  nameStates(picture, now) {
    const count = this.exact.p.length, { pen, box } = picture;
    const shown = count <= 16 ? [...Array(count).keys()] : [0, now, count - 1];
    for (const i of shown) {
      pen.save();
      pen.translate(picture.X(i), box.bottom + 3);
      if (count <= 16) pen.rotate(-Math.PI / 4);
      pen.font = "11px ui-monospace, monospace";
      picture.text(this.stateName(i), 0, 5, count <= 16 ? "right" : "center",
        i === now ? picture.colours.red : picture.colours.ink);
      pen.restore();
    }
  }

  drawCouplings(picture) {
    const sets = setsUpTo(this.n, 3), { colours } = picture;
    const values = sets.map((set) => this.J[indexOfSet(set, this.n)]);
    const max = 1.2 * Math.max(0.5, ...values.map(Math.abs));
    picture.axes({ min: -1, max: sets.length, ticks: [], label: "sets of 1, 2 and 3 visible units" },
      { min: -max, max, label: "coupling J" }, 46);
    const shades = [colours.grey, colours.blue, colours.red];
    sets.forEach((set, x) => {
      picture.bar(x, values[x], 0.7, shades[set.length - 1]);
      const row = picture.w / sets.length < 32 ? x % 2 : 0;
      if (picture.w / sets.length < 16 && set.length > 2) return;
      picture.text(set.map((i) => i + 1).join(""), picture.X(x), picture.box.bottom + 9 + 12 * row);
    });
    const order = (n) => signed(sets.reduce((largest, set, x) =>
      set.length === n && Math.abs(values[x]) > Math.abs(largest) ? values[x] : largest, 0), 3);
    picture.describe("Effective couplings of one, two and three visible units. Largest: " +
      `field ${order(1)}, pair ${order(2)}, triple ${order(3)}.`);
  }

  write() {
    const { page, exact } = this, v = page.get("v"), h = page.get("h");
    const { W, a, b } = this.machine;
    const energy = -sum(v.map((s, i) => s * fieldOn(a[i], W[i], h))) -
      sum(h.map((s, j) => s * b[j]));
    const distance = sum(exact.p.map((p, i) =>
      Math.abs(p - this.visits[i] / Math.max(1, this.nVisits)))) / 2;
    this.readout.textContent =
      `p(v) = ${exact.p[indexOf(v)].toFixed(4)}   ·   p(v, h) = ` +
      `${Math.exp(-energy - exact.logZ).toFixed(4)}   ·   ln Z{0,1} = ` +
      `${exact.logZ.toFixed(3)}   ·   {0, 1} against ±1: max |Δp| = ` +
      `${this.change.toExponential(0)}   ·   ` + (this.nVisits
        ? `${this.nVisits} sweeps (○), distance to the exact law ${distance.toFixed(3)}`
        : "no sweeps yet: press Run and circles will show the visited states");
  }
}

const indexOf = (bits) => bits.reduce((index, bit) => 2 * index + bit, 0);
const indexOfSet = (set, n) => set.reduce((index, i) => index + 2 ** (n - 1 - i), 0);

function setsUpTo(n, order) {
  const sets = [[]];
  for (const set of sets) {
    if (set.length === order) break;
    for (let i = (set.at(-1) ?? -1) + 1; i < n; i++) sets.push([...set, i]);
  }
  return sets.slice(1);
}

function render(context) {
  const demo = new MachineDemo(context);
  return () => demo.page.stop();
}
