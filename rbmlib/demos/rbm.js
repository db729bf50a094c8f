// A {0, 1} machine on its grid, sampled as rbmlib.sampling.gibbs does: the same bits.
// Fields are sums of whole grid steps, so a JavaScript integer holds them exactly.

import {
  HIDDEN,
  LOG2_E,
  START,
  VISIBLE,
  absorb,
  draw,
  gridExponent,
  isOn,
  keyOf,
  roundEven,
} from "./numbers.js";

export class GridMachine {
  // W holds n_visible rows of n_hidden numbers; W, a, b are Float64Arrays.
  constructor(W, a, b) {
    const up = 2 ** gridExponent(W, a, b);
    const round = (x) => Int32Array.from(x, (value) => roundEven(value * up));
    const n = a.length;
    const m = b.length;
    const rows = round(W);
    const columns = new Int32Array(n * m);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) columns[j * n + i] = rows[i * m + j];
    }
    this.step = 1 / up;
    this.toHidden = { W: rows, bias: round(b) };
    this.toVisible = { W: columns, bias: round(a) };
  }

  // The fields, in grid steps, that one row of states exerts on the other layer.
  static field(layer, states, start, nFrom, out) {
    const { W, bias } = layer;
    const n = bias.length;
    out.set(bias);
    for (let i = 0; i < nFrom; i++) {
      if (states[start + i]) {
        for (let j = 0, at = i * n; j < n; j++) out[j] += W[at + j];
      }
    }
  }

  // Draw a layer for every chain: states of the other layer in, states out.
  drawLayer(layer, from, to, stream, seed, sweep) {
    const n = layer.bias.length;
    const x = new Int32Array(n);
    const nChains = to.length / n;
    const nFrom = from.length / nChains;
    const sweepKey = keyOf(seed, stream, sweep);
    for (let chain = 0; chain < nChains; chain++) {
      const [k0, k1] = absorb(sweepKey, chain);
      const at = chain * n;
      GridMachine.field(layer, from, chain * nFrom, nFrom, x);
      for (let j = 0; j < n; j++) {
        to[at + j] = isOn(x[j] * this.step, draw(k0, k1, j), LOG2_E) ? 1 : 0;
      }
    }
  }

  // One sweep, in place: h given v, then v given h.
  sweep(v, h, seed, sweep) {
    this.drawLayer(this.toHidden, v, h, HIDDEN, seed, sweep);
    this.drawLayer(this.toVisible, h, v, VISIBLE, seed, sweep);
  }
}

// Uniform states: rbmlib.sampling.random_start.
export function randomStart(nChains, n, seed, sweep = 0) {
  const v = new Uint8Array(nChains * n);
  for (let chain = 0; chain < nChains; chain++) {
    const [k0, k1] = keyOf(seed, START, sweep, chain);
    for (let i = 0; i < n; i++) v[chain * n + i] = draw(k0, k1, i) >>> 31;
  }
  return v;
}
