// The machine as a graph: click a unit to flip it, drag a line to change its weight.

import { palette } from "./colours.js";
import { element } from "./element.js";
import { fieldH, fieldV } from "./machine_law.js";
import { framed, showValues } from "./pointer.js";
import { mark, svg } from "./svg.js";

const sub = (i) => "₁₂₃₄₅₆"[i];

export class Graph {
  constructor(demo) {
    this.demo = demo;
    this.lines = demo.machine.W.map((row, i) => row.map((_, j) => this.addLine(i, j)));
    this.units = {
      v: demo.machine.a.map((_, i) => this.addUnit("v", i)),
      h: demo.machine.b.map((_, j) => this.addUnit("h", j)),
    };
    const parts = [...this.lines.flat(), ...this.units.v, ...this.units.h];
    const label = { role: "group", "aria-label": "The machine as a graph" };
    const nodes = parts.map((part) => part.node);
    const graph = svg("svg", { viewBox: "0 20 400 245", ...label }, ...nodes);
    const { tip, frame } = framed(graph);
    const caption = element(
      "figcaption",
      {},
      "Click a unit, or drag a line up or down",
    );
    demo.page.screen.append(element("figure", {}, caption, frame));
    showValues(graph, tip, () => this.under?.());
  }

  // The words for a line under the pointer.
  nameOf(i, j) {
    return `W${sub(i)}${sub(j)} ${this.demo.shown.W[i][j].toFixed(2)}`;
  }

  place(layer, index) {
    const count = layer === "v" ? this.demo.n : this.demo.m;
    return { x: (400 * (index + 0.5)) / count, y: layer === "v" ? 205 : 75 };
  }

  addLine(i, j) {
    const from = this.place("v", i);
    const to = this.place("h", j);
    const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
    const line = svg("line", ends);
    const handle = svg("line", {
      ...ends,
      stroke: "transparent",
      "stroke-width": 14,
      style: "cursor: ns-resize; touch-action: none",
      "data-line": `${i} ${j}`,
    });
    handle.addEventListener("pointerdown", (event) => this.drag(event, handle, i, j));
    handle.addEventListener(
      "pointerenter",
      () => (this.under = () => this.nameOf(i, j)),
    );
    handle.addEventListener("pointerleave", () => (this.under = null));
    return { node: svg("g", {}, line, handle), line };
  }

  // A quarter of the slider's range for 100 pixels.
  drag(event, handle, i, j) {
    const { demo } = this;
    const step = demo.low ? 1 / 32 : 1 / 8;
    demo.page.set({ selected: `W ${i} ${j}` });
    const start = demo.selectedValue();
    const move = ({ clientY }) => {
      const pixels = event.clientY - clientY;
      demo.assign(step * Math.round(start / step + pixels / 4));
    };
    handle.setPointerCapture(event.pointerId);
    const dragging = new AbortController();
    const { signal } = dragging;
    handle.addEventListener("pointermove", move, { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, () => dragging.abort(), { signal });
    }
  }

  addUnit(layer, index) {
    const { x, y } = this.place(layer, index);
    const centre = { cx: x, cy: y };
    const disc = svg("circle", { ...centre, r: 17 });
    const ring = svg("circle", {
      ...centre,
      r: 21,
      fill: "none",
      "stroke-width": 4,
      pathLength: 100,
      transform: `rotate(-90 ${x} ${y})`,
    });
    const middle = { "text-anchor": "middle", "font-size": 14, fill: "currentColor" };
    const state = svg("text", { ...middle, x, y: y + 5 });
    const chance = svg("text", { ...middle, x, y: layer === "v" ? y + 42 : y - 32 });
    const button = { role: "button", tabindex: 0, style: "cursor: pointer" };
    const name = { "data-unit": layer + index };
    const node = svg("g", { ...button, ...name }, disc, ring, state, chance);
    node.addEventListener("click", () => this.demo.flip(layer, index));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.demo.flip(layer, index);
    });
    return { node, disc, ring, state, chance };
  }

  draw() {
    const { demo } = this;
    const { page, shown, low } = demo;
    const colours = palette(page.root);
    const { name, i, j } = demo.selected;
    const v = page.get("v");
    const h = page.get("h");
    const state = (bit) => (bit ? 1 : low);
    const chance = (x) => 1 / (1 + Math.exp((low - 1) * x));
    this.drawUnits("v", v, fieldV(shown, h.map(state)).map(chance), "h", colours);
    this.drawUnits("h", h, fieldH(shown, v.map(state)).map(chance), "v", colours);
    this.lines.forEach((row, x) =>
      row.forEach((part, y) => {
        const chosen = name === "W" && i === x && j === y;
        this.drawLine(part, demo.machine.W[x][y], chosen, colours);
      }),
    );
  }

  // Red and whole lines pull both units up; blue, broken ones keep them apart.
  drawLine({ line }, w, chosen, colours) {
    const width = (chosen ? 4 : 0.6) + 1.4 * Math.sqrt(Math.abs(w));
    const stroke = [colours.blue, colours.grey, colours.red][1 + Math.sign(w)];
    const dashes = w < 0 ? "7 4" : "none";
    mark(line, { stroke, "stroke-width": width, "stroke-dasharray": dashes });
  }

  drawUnits(layer, bits, chances, given, colours) {
    this.units[layer].forEach((part, index) => {
      const bit = bits[index];
      const p = chances[index];
      const label = layer + sub(index);
      const text = (this.demo.low ? ["−1", "+1"] : ["0", "1"])[bit];
      part.state.textContent = text;
      part.chance.textContent = `${label}: ${p.toFixed(2)}`;
      mark(part.state, { fill: bit ? "white" : colours.ink });
      mark(part.disc, { fill: bit ? "#0b57a4" : colours.paper, stroke: colours.faint });
      mark(part.ring, { stroke: colours.red, "stroke-dasharray": `${100 * p} 100` });
      const name = `${label} is ${text}; up with chance ${p.toFixed(2)} given ${given}`;
      mark(part.node, { "aria-pressed": bit === 1, "aria-label": name });
    });
  }
}
