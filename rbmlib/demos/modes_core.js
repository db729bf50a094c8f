// Mean-field equations of a {0, 1} machine, in double precision: one step is that of
// rbmlib.mean_field.update.  Sums run in another order than NumPy's, so that means
// agree to about 1e-14, not to the last bit.

import { bytesOf, xlogx } from "./numbers.js";

export const SIDE = 8;
export const PIXELS = SIDE * SIDE; // of an image: the visible units

// An age's modes, rows of bytes, and the modes of the next younger age that they flow to.
export function unpackLevel({ age, modes, up }) {
  return { age, modes: bytesOf(modes, PIXELS * up.length), up };
}

const logistic = (x) => 1 / (1 + Math.exp(-x));

const largestChange = (x, y) =>
  x.reduce((top, value, i) => Math.max(top, Math.abs(value - y[i])), 0);

export class MeanField {
  // W holds nVisible rows of nHidden numbers.
  constructor(W, a, b) {
    Object.assign(this, { W, a, b, nVisible: a.length, nHidden: b.length });
  }

  // From the packed form: bytes of W in steps, biases in 64ths of a step.
  static unpack({ step, W, a, b }) {
    const steps = new Int8Array(bytesOf(W, a.length * b.length).buffer);
    const bias = (x) => Float64Array.from(x, (value) => (value * step) / 64);
    return new MeanField(
      Float64Array.from(steps, (w) => w * step),
      bias(a),
      bias(b),
    );
  }

  // Hidden means that follow from visible ones: σ(b + m·W).
  hidden(v) {
    return this.fields(v, this.b, (i, j) => i * this.nHidden + j).map(logistic);
  }

  // Bias and Σ_i m_i W_ij; at(i, j) is the place of the weight.
  fields(m, bias, at) {
    const x = Float64Array.from(bias);
    m.forEach((mean, i) => {
      for (let j = 0; j < x.length; j++) x[j] += mean * this.W[at(i, j)];
    });
    return x;
  }

  // New means of one layer: from those of the other, and its own in the reaction.
  layer(other, own, bias, at, order) {
    const x = this.fields(other, bias, at);
    if (order === 2) {
      other.forEach((m, i) => {
        const variance = m * (1 - m);
        for (let j = 0; j < x.length; j++) {
          x[j] += (0.5 - own[j]) * variance * this.W[at(i, j)] ** 2;
        }
      });
    }
    return x.map(logistic);
  }

  // One step; returns the new means and the largest change of any of them.
  update(v, h, order) {
    const n = this.nHidden;
    const newH = this.layer(v, h, this.b, (i, j) => i * n + j, order);
    const newV = this.layer(newH, v, this.a, (j, i) => i * n + j, order);
    const change = Math.max(largestChange(newV, v), largestChange(newH, h));
    return { v: newV, h: newH, change };
  }

  // -F without the entropy of saturated units, which is zero.
  freeEnergy(v, h, order) {
    let f = 0;
    for (const m of [...v, ...h]) f += xlogx(m) + xlogx(1 - m);
    v.forEach((m, i) => (f -= m * this.a[i]));
    h.forEach((m, j) => (f -= m * this.b[j]));
    v.forEach((m, i) =>
      h.forEach((n, j) => {
        const w = this.W[i * this.nHidden + j];
        f -= m * w * n;
        if (order === 2) f -= (w * w * m * (1 - m) * n * (1 - n)) / 2;
      }),
    );
    return f;
  }
}

// The nearest of `modes` (rows of 64 bytes) to the means v, and its root mean square
// distance.
export function nearestMode(v, modes) {
  let best = { mode: -1, distance: Infinity };
  for (let at = 0; at < modes.length; at += PIXELS) {
    let squares = 0;
    for (let i = 0; i < PIXELS; i++) squares += (v[i] - modes[at + i] / 255) ** 2;
    const distance = Math.sqrt(squares / PIXELS);
    if (distance < best.distance) best = { mode: at / PIXELS, distance };
  }
  return best;
}
