// Planted pairs and triples of a few ±1 spins, samples of them and a machine that learns
// them, with the bits of rbmlib.datasets.planted_spins and rbmlib.interactions.learn.  A
// state of a layer is a whole number, first unit in the highest bit, as is a set.

import { ascend, logit, nextBatch } from "./ascent.js";
import {
  HIDDEN,
  LOG2_E,
  START,
  VISIBLE,
  WEIGHTS,
  absorb,
  bell,
  draw,
  expAbs,
  gridExponent,
  gridProbability,
  keyOf,
  roundEven,
  sum,
} from "./numbers.js";

const SPIN_STATES = 75;
const GAIN = 2 * LOG2_E; // of ±1 units
const SPREAD = 0.2; // of the weights at the start
const IN_ONE = 2 ** 20; // steps of the grid of planted couplings

// All sets of so many of n units, in increasing order.
export function setsOf(n, order) {
  if (order === 0) return [[]];
  return setsOf(n, order - 1).flatMap((set) => {
    const first = (set.at(-1) ?? -1) + 1;
    return Array.from({ length: n - first }, (_, i) => [...set, first + i]);
  });
}

export const indexOfSet = (set, n) =>
  set.reduce((index, i) => index + 2 ** (n - 1 - i), 0);

export const spinOf = (state, i, n) => ((state >> (n - 1 - i)) & 1 ? 1 : -1);

// Couplings by their sets: signs of all pairs and all triples, times their sizes.
export function plant(n, signs, sizes) {
  const J = new Float64Array(2 ** n);
  signs.forEach((ofOrder, which) => {
    const size = roundEven(sizes[which] * IN_ONE) / IN_ONE;
    setsOf(n, which + 2).forEach((set, k) => {
      if (ofOrder[k]) J[indexOfSet(set, n)] = ofOrder[k] * size;
    });
  });
  return J;
}

// Pairs of values that differ in one unit become their sum and their difference.
function walsh(values, factor, sign) {
  const x = Float64Array.from(values);
  for (let step = 1; step < x.length; step *= 2) {
    for (let i = 0; i < x.length; i++) {
      if (i & step) continue;
      const [low, high] = [factor * x[i], factor * x[i | step]];
      x[i] = low + sign * high;
      x[i | step] = high - sign * low;
    }
  }
  return x;
}

// Σ_A J_A Π_{i∈A} s_i of every state, and back.
export const logWeights = (J) => walsh(J, 1, -1);
const couplingsOf = (logs) => walsh(logs, 0.5, 1);

export function lawOf(logs) {
  const top = logs.reduce((most, value) => Math.max(most, value));
  const p = logs.map((value) => Math.exp(value - top));
  const total = sum(p);
  return p.map((value) => value / total);
}

// Σ p log(p/q), in nats.
export const divergence = (p, q) => sum(p.map((x, i) => x * Math.log(x / q[i])));

// 1 for +1, as isOn of numbers.js; up is 1 where the field favours it.
function decide(up, factor, word) {
  const u = Math.fround(Math.fround(word >>> 1) + 0.5);
  return Math.fround(u * factor) < 2 ** 31 ? 1 - up : up;
}

const logCosh = (x) => Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x)));

// A layer of ±1 units by the state of the other layer, of n units: fields, whether they
// favour +1, and what a draw is multiplied with.
class SpinLayer {
  constructor(bias, n, weights) {
    const m = bias.length;
    this.x = new Float64Array(2 ** n * m);
    for (let state = 0, at = 0; state < 2 ** n; state++) {
      for (let j = 0; j < m; j++, at++) {
        let field = bias[j];
        for (let i = 0; i < n; i++) field += spinOf(state, i, n) * weights[i * m + j];
        this.x[at] = field;
      }
    }
    this.m = m;
    this.up = Uint8Array.from(this.x, (x) => (x >= 0 ? 1 : 0));
    this.factor = Float32Array.from(this.x, (x) => 1 + expAbs(x, GAIN));
  }

  // The layer's states, given those of the other.
  drawStates(from, to, key) {
    const { m, up, factor } = this;
    for (let c = 0; c < from.length; c++) {
      const [k0, k1] = absorb(key, c);
      let state = 0;
      for (let j = 0, at = from[c] * m; j < m; j++, at++) {
        state = 2 * state + decide(up[at], factor[at], draw(k0, k1, j));
      }
      to[c] = state;
    }
  }
}

// Samples: each the end of a chain of its own, spin after spin.
export function sampleStates(J, n, nSamples, nSweeps, seed) {
  const logs = logWeights(J); // sums of grid steps: exact
  const bits = Array.from({ length: n }, (_, i) => 2 ** (n - 1 - i));
  const field = (state, bit) => (logs[state | bit] - logs[state & ~bit]) / 2;
  const fields = [...logs.keys()].flatMap((state) =>
    bits.map((bit) => field(state, bit)),
  );
  const layer = new SpinLayer(fields, 0, []);
  const states = drawn(n, nSamples, keyOf(seed, SPIN_STATES, 0));
  const { up, factor } = layer;
  for (let sweep = 1; sweep <= nSweeps; sweep++) {
    const key = keyOf(seed, SPIN_STATES, sweep);
    for (let c = 0; c < nSamples; c++) {
      const [k0, k1] = absorb(key, c);
      let state = states[c];
      for (let i = 0; i < n; i++) {
        const at = state * n + i;
        const on = decide(up[at], factor[at], draw(k0, k1, i));
        state = on ? state | bits[i] : state & ~bits[i];
      }
      states[c] = state;
    }
  }
  return states;
}

// Uniform states of so many chains.
const drawn = (n, nChains, key) =>
  Uint32Array.from({ length: nChains }, (_, c) => {
    const [k0, k1] = absorb(key, c);
    let state = 0;
    for (let i = 0; i < n; i++) state = 2 * state + (draw(k0, k1, i) >>> 31);
    return state;
  });

export class SpinTrainer {
  // Settings: states, nVisible, nHidden, bias, batchSize, k, seed; the learning rate may
  // change between updates.
  constructor(settings) {
    Object.assign(this, settings);
    const { states, nVisible: n, nHidden: m, bias, batchSize, seed } = this;
    this.nSamples = states.length;
    this.W = bell(seed, WEIGHTS, n * m).map((x) => SPREAD * x);
    this.a = Float64Array.from({ length: n }, (_, i) => {
      const up = sum(states.map((state) => (state >> (n - 1 - i)) & 1));
      return logit(up / states.length) / 2;
    });
    this.b = Float64Array.from({ length: m }, (_, j) => (j % 2 ? -bias : bias));
    this.chains = drawn(n, batchSize, keyOf(seed, START, 0));
    this.hidden = new Uint32Array(batchSize);
    this.age = 0;
  }

  update() {
    const { nVisible: n, nHidden: m, states, chains, hidden, seed } = this;
    const up = 2 ** gridExponent(this.W, this.a, this.b);
    const onGrid = (x) => x.map((value) => roundEven(value * up) / up);
    const [W, a, b] = [this.W, this.a, this.b].map(onGrid);
    const turned = W.map((_, at) => W[(at % n) * m + Math.floor(at / n)]);
    const toHidden = new SpinLayer(b, n, W);
    const toVisible = new SpinLayer(a, m, turned);
    const batch = nextBatch(this).map((sample) => states[sample]);
    const fromData = this.means(toHidden, batch);
    for (let s = 0; s < this.k; s++) {
      const sweep = this.age * this.k + s;
      toHidden.drawStates(chains, hidden, keyOf(seed, HIDDEN, sweep));
      toVisible.drawStates(hidden, chains, keyOf(seed, VISIBLE, sweep));
    }
    ascend(this, fromData, this.means(toHidden, chains));
    this.age++;
  }

  // ⟨v hᵀ⟩, ⟨v⟩ and ⟨h⟩ over states, hidden units averaged on a grid.
  means({ x }, states) {
    const { nVisible: n, nHidden: m } = this;
    const scale = 2 ** Math.min(20, 24 - Math.ceil(Math.log2(states.length)));
    const counts = new Uint32Array(2 ** n);
    for (const state of states) counts[state]++;
    const [vh, v, h] = [n * m, n, m].map((size) => new Float64Array(size));
    counts.forEach((count, state) => {
      if (count === 0) return;
      for (let i = 0; i < n; i++) v[i] += count * spinOf(state, i, n);
      for (let j = 0; j < m; j++) {
        const p = gridProbability(x[state * m + j], scale, GAIN);
        const total = count * (2 * p - 1);
        h[j] += total;
        for (let i = 0; i < n; i++) vh[i * m + j] += spinOf(state, i, n) * total;
      }
    });
    const mean = (total) => total / states.length;
    return { vh: vh.map(mean), v: v.map(mean), h: h.map(mean) };
  }

  // J_A of every set A of visible spins.
  couplings() {
    const { W, a, b, nVisible: n, nHidden: m } = this;
    const { x } = new SpinLayer(b, n, W);
    const logs = Float64Array.from({ length: 2 ** n }, (_, state) => {
      const gamma = x.subarray(state * m, (state + 1) * m).map(logCosh);
      return sum(a.map((bias, i) => bias * spinOf(state, i, n))) + sum(gamma);
    });
    return couplingsOf(logs);
  }
}
