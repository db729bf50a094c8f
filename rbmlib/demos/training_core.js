// Training as rbmlib.training.train does it, bit for bit: same batches, same chains,
// statistics as whole numbers, and the centred gradient added in the same order.

import { ascend, logit, nextBatch } from "./ascent.js";
import { dot, orthogonalise } from "./jacobi.js";
import { LOG2_E, WEIGHTS, bell, gridProbability, logSumExp, sum } from "./numbers.js";
import { GridMachine, randomStart } from "./rbm.js";

export class Trainer {
  // `data` holds one row of n_visible bits per sample, in a Uint8Array.
  // Settings: data, nVisible, nHidden, method, k, learningRate, batchSize, seed.
  constructor(settings) {
    Object.assign(this, settings);
    const { data, nVisible, nHidden, batchSize, seed } = this;
    this.nSamples = data.length / nVisible;
    this.W = bell(seed, WEIGHTS, nVisible * nHidden).map((x) => 1e-4 * x);
    this.a = Float64Array.from({ length: nVisible }, (_, i) => this.firstBias(i));
    this.b = new Float64Array(nHidden);
    this.v = randomStart(batchSize, nVisible, seed);
    this.h = new Uint8Array(batchSize * nHidden);
    this.age = 0;
  }

  // From the mean of pixel i.
  firstBias(i) {
    let on = 0;
    for (let at = i; at < this.data.length; at += this.nVisible) on += this.data[at];
    return logit(on / this.nSamples);
  }

  update() {
    const grid = new GridMachine(this.W, this.a, this.b);
    const batch = this.batch();
    const fromData = this.statistics(grid, batch);
    if (this.method === "cd") this.v.set(batch);
    if (this.method === "rdm") {
      this.v = randomStart(this.batchSize, this.nVisible, this.seed, this.age);
    }
    for (let s = 0; s < this.k; s++) {
      grid.sweep(this.v, this.h, this.seed, this.age * this.k + s);
    }
    ascend(this, fromData, this.statistics(grid, this.v));
    this.age++;
  }

  // The next rows of the data.
  batch() {
    const { batchSize, nVisible } = this;
    const batch = new Uint8Array(batchSize * nVisible);
    nextBatch(this).forEach((sample, row) => {
      const at = sample * nVisible;
      batch.set(this.data.subarray(at, at + nVisible), row * nVisible);
    });
    return batch;
  }

  // ⟨v hᵀ⟩, ⟨v⟩ and ⟨h⟩ over the rows of v, hidden units averaged on a grid.
  statistics(grid, v) {
    const { nVisible: n, nHidden: m, batchSize: rows } = this;
    const scale = 2 ** Math.min(20, 24 - Math.ceil(Math.log2(rows)));
    const vh = new Int32Array(n * m);
    const x = new Int32Array(m);
    const sumV = new Int32Array(n);
    const sumH = new Int32Array(m);
    for (let start = 0; start < rows * n; start += n) {
      GridMachine.field(grid.toHidden, v, start, n, x);
      for (let j = 0; j < m; j++) {
        x[j] = gridProbability(x[j] * grid.step, scale, LOG2_E) * scale;
        sumH[j] += x[j];
      }
      for (let i = 0; i < n; i++) {
        if (!v[start + i]) continue;
        sumV[i]++;
        for (let j = 0, at = i * m; j < m; j++) vh[at + j] += x[j];
      }
    }
    const mean = (unit) => (total) => (total * unit) / rows;
    return {
      vh: Float64Array.from(vh, mean(1 / scale)),
      v: Float64Array.from(sumV, mean(1)),
      h: Float64Array.from(sumH, mean(1 / scale)),
    };
  }
}

// Singular values of W (n rows of m), falling.
export function singularValues(W, n, m) {
  const column = (j) => Float64Array.from({ length: n }, (_, i) => W[i * m + j]);
  const columns = [...Array(m).keys()].map(column);
  orthogonalise(
    columns,
    columns.map(() => []),
    1e-5,
  );
  return columns.map((x) => Math.sqrt(dot(x, x))).toSorted((x, y) => y - x);
}

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

// Fields on the hidden units from the sample that starts at `start`.
function hiddenField({ W, b, nVisible, nHidden: m }, v, start) {
  const x = Float64Array.from(b);
  for (let i = 0; i < nVisible; i++) {
    if (v[start + i]) for (let j = 0; j < m; j++) x[j] += W[i * m + j];
  }
  return x;
}

// Mean of log p(v) over all data, exactly: a sum over all 2^n_hidden hidden states.
export function logLikelihood(machine) {
  const { W, a, b, data, nVisible: n, nHidden: m } = machine;
  const x = Float64Array.from(a);
  const logs = new Float64Array(2 ** m);
  const h = new Uint8Array(m);
  let bias = 0;
  for (let state = 0; state < logs.length; state++) {
    if (state > 0) {
      const j = 31 - Math.clz32(state & -state);
      const sign = h[j] ? -1 : 1; // Gray code
      h[j] ^= 1;
      bias += sign * b[j];
      for (let i = 0; i < n; i++) x[i] += sign * W[i * m + j];
    }
    logs[state] = bias + sum(x.map(softplus));
  }
  let total = 0;
  for (let start = 0; start < data.length; start += n) {
    for (let i = 0; i < n; i++) total += data[start + i] * a[i];
    total += sum(hiddenField(machine, data, start).map(softplus));
  }
  return total / machine.nSamples - logSumExp(logs);
}

// Mean over samples of Σ_i log p(v_i | all other v), every `stride`-th sample.
export function pseudoLogLikelihood(machine, stride) {
  const { W, a, data, nVisible: n, nHidden: m } = machine;
  let total = 0;
  let count = 0;
  for (let start = 0; start < data.length; start += n * stride, count++) {
    const x = hiddenField(machine, data, start);
    const now = x.map(softplus);
    for (let i = 0; i < n; i++) {
      const sign = data[start + i] ? -1 : 1;
      let gain = sign * a[i]; // of -F when pixel i is flipped
      for (let j = 0; j < m; j++) gain += softplus(x[j] + sign * W[i * m + j]) - now[j];
      total -= softplus(gain);
    }
  }
  return total / count;
}
