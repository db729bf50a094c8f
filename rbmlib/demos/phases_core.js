// A planted ±1 machine with the bits of rbmlib.phase_diagram.sample_machine and of
// rbmlib.sampling, and the solutions of the self-consistent equations for equal layers.

import { HIDDEN, LOG2_E, VISIBLE, absorb, bell, draw, isOn, keyOf } from "./numbers.js";
import { GridMachine, randomStart } from "./rbm.js";

const MODES = 11;
const NOISE = 12;

// rbmlib.phase_diagram.planted.normal: a sum of twelve uniform numbers made normal.
function normal(total) {
  const R = total / 4;
  const square = R * R;
  const more = [0.008355968, 0.076542912, 0.252408784, 3.949846138];
  return more.reduce((value, c) => value * square + c, 0.029899776) * R;
}

// Entries of the modes, visible units first.
function modeEntries(law, size, seed) {
  if (law === "gaussian") return bell(seed, MODES, size).map(normal);
  const [k0, k1] = keyOf(seed, MODES, 0, 0);
  return Float64Array.from({ length: size }, (_, i) =>
    draw(k0, k1, i) >>> 31 ? 1 : -1,
  );
}

export class Planted {
  // N visible and N hidden units, N a square: √N is exact.
  constructor(N, law, seed) {
    const root = Math.sqrt(N);
    const entries = modeEntries(law, 2 * N, seed);
    this.N = N;
    this.u = entries.slice(0, N).map((U) => U / root);
    this.uBar = entries.slice(N).map((V) => V / root);
    this.noise = bell(seed, NOISE, N * N);
    this.zero = new Float64Array(N);
  }

  setStrengths(w, sigma) {
    const { N, u, uBar, noise } = this;
    const W = new Float64Array(N * N);
    const scale = sigma / Math.sqrt(N);
    for (let i = 0; i < N; i++) {
      for (let j = 0, at = i * N; j < N; j++, at++) {
        W[at] = scale * noise[at] + w * u[i] * uBar[j];
      }
    }
    this.machine = new GridMachine(W, this.zero, this.zero);
  }

  // Chains along the mode, or from random spins.
  start(nChains, planted, seed) {
    const { N } = this;
    const signs = Int8Array.from(this.u, (x) => (x >= 0 ? 1 : -1));
    this.v = new Int8Array(nChains * N);
    this.h = new Int8Array(nChains * N);
    if (planted) for (let c = 0; c < nChains; c++) this.v.set(signs, c * N);
    else this.v.set(randomStart(nChains, N, seed).map((s) => 2 * s - 1));
    this.signs = signs;
  }

  sweep(seed, sweep) {
    const { toHidden, toVisible } = this.machine;
    this.drawLayer(toHidden, this.v, this.h, HIDDEN, seed, sweep);
    this.drawLayer(toVisible, this.h, this.v, VISIBLE, seed, sweep);
  }

  drawLayer({ W, bias }, from, to, stream, seed, sweep) {
    const { N } = this;
    const { step } = this.machine;
    const x = new Int32Array(N);
    const sweepKey = keyOf(seed, stream, sweep);
    for (let first = 0; first < to.length; first += N) {
      const [k0, k1] = absorb(sweepKey, first / N);
      x.set(bias);
      for (let i = 0, at = 0; i < N; i++) {
        if (from[first + i] > 0) for (let j = 0; j < N; j++) x[j] += W[at++];
        else for (let j = 0; j < N; j++) x[j] -= W[at++];
      }
      for (let j = 0; j < N; j++) {
        to[first + j] = isOn(x[j] * step, draw(k0, k1, j), 2 * LOG2_E) ? 1 : -1;
      }
    }
  }

  // Mean magnetisation of the chains along the mode, and overlap of the first two.
  measure() {
    const { N, u, v } = this;
    const n = v.length / N;
    let m = 0;
    let q = 0;
    for (let k = 0; k < v.length; k++) m += u[k % N] * v[k];
    for (let i = 0; i < N; i++) q += v[i] * v[N + i];
    return { m: m / (n * Math.sqrt(N)), q: q / N };
  }
}

// Averages over A + B z on a grid of z, z normal: E tanh and E tanh², or E log 2cosh.
const Z = Float64Array.from({ length: 81 }, (_, k) => 0.15 * (k - 40));
const Z_WEIGHT = Z.map((z) => (0.15 * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));

function tanhAverages(A, B) {
  let first = 0;
  let square = 0;
  for (let k = 0; k < Z.length; k++) {
    const t = Math.tanh(A + B * Z[k]);
    first += Z_WEIGHT[k] * t;
    square += Z_WEIGHT[k] * t * t;
  }
  return [first, square];
}

function logAverage(A, B) {
  let log = 0;
  for (let k = 0; k < Z.length; k++) {
    const size = Math.abs(A + B * Z[k]);
    log += Z_WEIGHT[k] * (size + Math.log1p(Math.exp(-2 * size)));
  }
  return log;
}

// A unit's field A + B z, given the other layer's m and q; κ = 1.
function fieldOf(law, w, sigma, m, q) {
  const noise = sigma * Math.sqrt(q);
  return law === "gaussian" ? [0, Math.hypot(w * m, noise)] : [w * m, noise];
}

// One layer's answer (m, q) to the other's.
function answer(law, w, sigma, m, q) {
  const [first, square] = tanhAverages(...fieldOf(law, w, sigma, m, q));
  return law === "gaussian" ? [w * m * (1 - square), square] : [first, square];
}

// The solution that the iteration reaches from m = q = 1: the stable one.
export function solveEqual(law, w, sigma) {
  let m = 1;
  let q = 1;
  for (let n = 0; n < 1500; n++) {
    const [nextM, nextQ] = answer(law, w, sigma, m, q);
    const change = Math.abs(nextM - m) + Math.abs(nextQ - q);
    [m, q] = [nextM, nextQ];
    if (change < 1e-9) break;
  }
  return { m: w <= 1 || m < 1e-4 ? 0 : m, q: q < 1e-4 ? 0 : q };
}

// -log Z/N with m given in both layers, at the overlap that makes it stationary.
export function landscape(law, w, sigma, values) {
  let q = 1;
  return values.map((m) => {
    for (let n = 0; n < 60; n++) {
      const next = answer(law, w, sigma, m, q)[1];
      const change = Math.abs(next - q);
      q = next;
      if (change < 1e-7) break;
    }
    const log = logAverage(...fieldOf(law, w, sigma, m, q));
    return w * m * m - (sigma ** 2 * (1 - q) ** 2) / 2 - 2 * log;
  });
}

// How far a place is from lines, each a list of places.
export function nearestBorder(w, sigma, lines) {
  let nearest = Infinity;
  for (const line of lines) {
    for (let n = 1; n < line.length; n++) {
      const [[x, y], [x1, y1]] = [line[n - 1], line[n]];
      const [dx, dy] = [x1 - x, y1 - y];
      const along = ((w - x) * dx + (sigma - y) * dy) / (dx * dx + dy * dy);
      const t = Math.min(1, Math.max(0, along));
      nearest = Math.min(nearest, Math.hypot(w - x - t * dx, sigma - y - t * dy));
    }
  }
  return nearest;
}
