// The planted interactions as a graph: choose two spins, or three, to change their
// coupling.

import { palette } from "./colours.js";
import { setsOf } from "./couplings_core.js";
import { element } from "./element.js";
import { mark, svg } from "./svg.js";

const SIDE = { x: 300, y: 210 }; // of the picture
const RING = { x: 105, y: 76 }; // radii of the ring of spins
const CENTRED = { "text-anchor": "middle", fill: "currentColor" };
const NAMES = { 2: "pairs", 3: "triples" };
const SIGNS = ["−", "none", "+"];
const CAPTIONS = {
  2: "Click two spins: their pair (dashed: −)",
  3: "Click three spins: their triple",
};

export const setName = (set) => set.map((i) => i + 1).join("");

export class PlantedGraph {
  constructor(demo, n) {
    Object.assign(this, { demo, n, chosen: [] });
    this.sets = { 2: setsOf(n, 2), 3: setsOf(n, 3) };
    this.triples = this.sets[3].map((set) => this.addTriple(set));
    this.pairs = this.sets[2].map((set) => svg("line", this.ends(set)));
    this.units = Array.from({ length: n }, (_, i) => this.addUnit(i));
    const nodes = [...this.triples, ...this.pairs, ...this.units].map(
      (part) => part.node ?? part,
    );
    const box = { viewBox: `0 0 ${SIDE.x} ${SIDE.y}`, role: "group" };
    this.picture = svg("svg", box, ...nodes);
    this.caption = element("figcaption");
    demo.page.screen.append(element("figure", {}, this.caption, this.picture));
  }

  place(i) {
    const angle = 2 * Math.PI * ((i + 0.5) / this.n - 0.5);
    const x = SIDE.x / 2 + RING.x * Math.sin(angle);
    return { x, y: SIDE.y / 2 - RING.y * Math.cos(angle) };
  }

  ends([i, j]) {
    const [from, to] = [this.place(i), this.place(j)];
    return { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  }

  // A triangle and its sign, in the middle.
  addTriple(set) {
    const corners = set.map((i) => this.place(i));
    const middle = (name) => corners.reduce((t, corner) => t + corner[name] / 3, 0);
    const points = corners.flatMap(({ x, y }) => [x, y]).join();
    const area = svg("polygon", { points, "fill-opacity": 0.2, "stroke-width": 1 });
    const place = { x: middle("x"), y: middle("y") + 6 };
    const text = svg("text", { ...place, ...CENTRED, "font-size": 18 });
    return { node: svg("g", {}, area, text), area, text };
  }

  addUnit(i) {
    const { x, y } = this.place(i);
    const disc = svg("circle", { cx: x, cy: y, r: 16, "stroke-width": 2 });
    const label = svg("text", { x, y: y + 5, ...CENTRED, "font-size": 14 });
    label.textContent = i + 1;
    const button = { role: "button", tabindex: 0, style: "cursor: pointer" };
    const name = { "data-unit": i, "aria-label": `spin ${i + 1}` };
    const node = svg("g", { ...button, ...name }, disc, label);
    node.addEventListener("click", () => this.choose(i));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.choose(i);
    });
    return { node, disc, label };
  }

  // One more spin, or one less; enough of them change their coupling.
  choose(i) {
    const { page } = this.demo;
    const order = page.get("order");
    const chosen = new Set(this.chosen);
    if (!chosen.delete(i)) chosen.add(i);
    this.chosen = [...chosen];
    if (chosen.size < order) return this.draw();
    const set = setName(this.chosen.toSorted());
    this.chosen = [];
    const name = NAMES[order];
    const at = this.sets[order].findIndex((other) => setName(other) === set);
    const sign = ((page.get(name)[at] + 2) % 3) - 1; // none, +, -, and none again
    page.set({ [name]: page.get(name).with(at, sign) });
    page.note(`${set}: ${SIGNS[sign + 1]}`);
  }

  // The planted sets, in words.
  words() {
    const { page } = this.demo;
    const all = [2, 3].flatMap((order) =>
      page.get(NAMES[order]).flatMap((sign, k) => {
        return sign ? `${setName(this.sets[order][k])} ${SIGNS[sign + 1]}` : [];
      }),
    );
    return `Planted couplings: ${all.join(", ") || "none"}`;
  }

  draw() {
    const { page } = this.demo;
    const colours = palette(page.root);
    this.caption.textContent = CAPTIONS[page.get("order")];
    mark(this.picture, { "aria-label": this.words() });
    page.get("pairs").forEach((sign, k) => {
      const [stroke, width] = sign ? [colours.blue, 3] : [colours.faint, 0.5];
      const dashes = sign < 0 ? "7 4" : "none";
      const look = { stroke, "stroke-width": width, "stroke-dasharray": dashes };
      mark(this.pairs[k], look);
    });
    page.get("triples").forEach((sign, k) => {
      const { node, area, text } = this.triples[k];
      mark(node, { visibility: sign ? "visible" : "hidden" });
      mark(area, { fill: colours.red, stroke: colours.red });
      text.textContent = SIGNS[sign + 1];
    });
    this.units.forEach(({ node, disc, label }, i) => {
      const isChosen = this.chosen.includes(i);
      mark(disc, { fill: isChosen ? "#0b57a4" : colours.paper, stroke: colours.grey });
      mark(label, { fill: isChosen ? "white" : colours.ink });
      mark(node, { "aria-pressed": isChosen });
    });
  }
}
