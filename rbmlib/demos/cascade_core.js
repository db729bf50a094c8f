// The machine of one pattern by its overlaps: its training, and chains that follow it
// forwards and backwards, as rbmlib.cascade has them.  Laws are those of the overlap
// M = -N, -N + 2 … N.

import {
  HIDDEN,
  LOG2_E,
  VISIBLE,
  absorb,
  draw,
  expAbs,
  gridExponent,
  keyOf,
  roundEven,
  sum,
} from "./numbers.js";
import { normalQuantile } from "./normal.js";
import { integrate } from "./steps.js";

const OVERLAPS = 80;
const NODES = 0.2; // grid of the Gaussian unit, in standard deviations
const REACH = 9;
const FIRST_W = 0.3; // where training begins

const overlaps = (N) => Float64Array.from({ length: N + 1 }, (_, n) => 2 * n - N);

// log of the number of states with each overlap; kept, as it is asked for thousands of
// times.
const known = {};

function logCounts(N) {
  let log = 0;
  const more = (_, n) => (log += n ? Math.log((N - n + 1) / n) : 0);
  return (known[N] ??= overlaps(N).map(more));
}

// Of a machine, or of data with w² = β_D.
export function overlapLaw(N, w, a) {
  const logs = logCounts(N).slice();
  for (let n = 0, M = -N; n <= N; n++, M += 2) {
    logs[n] += (w * M) ** 2 / (2 * N) + a * M;
  }
  return normalise(logs);
}

// Logarithms become probabilities, in place.
function normalise(logs) {
  let [top, total] = [-Infinity, 0];
  for (const log of logs) top = Math.max(top, log);
  for (let n = 0; n < logs.length; n++) {
    logs[n] = Math.exp(logs[n] - top);
    total += logs[n];
  }
  for (let n = 0; n < logs.length; n++) logs[n] /= total;
  return logs;
}

// ⟨m⟩ or ⟨|m|⟩.
export function meanOverlap(p, size) {
  const N = p.length - 1;
  return sum(p.map((x, n) => (x * (size ? Math.abs(2 * n - N) : 2 * n - N)) / N));
}

// (dw, da)/d(Nt) of the mean log-likelihood.
function rateOf(data, w, a, learnsBias) {
  const N = data.length - 1;
  const model = overlapLaw(N, w, a);
  let [dw, da] = [0, 0];
  for (let n = 0; n <= N; n++) {
    const M = 2 * n - N;
    dw += M * M * (data[n] - model[n]);
    da += M * (data[n] - model[n]);
  }
  return [(w * dw) / (N * N), learnsBias ? da / (N * N) : 0];
}

// So many times, evenly spaced from 0.
const timesOf = (length, nAges) =>
  Array.from({ length: nAges }, (_, age) => (age * length) / (nAges - 1));

// w and a at so many ages, up to Nt = length.
export function flow(data, biased, length, nAges) {
  const start = [FIRST_W, biased ? Math.atanh(meanOverlap(data)) : 0];
  const rate = ([w, a]) => rateOf(data, w, a, biased);
  return integrate(rate, start, timesOf(length, nAges));
}

// w of infinitely many spins, of data with this order.
export function limitFlow(order, length, nAges) {
  const times = timesOf(length, nAges);
  const crossing = -Math.log(FIRST_W) / order ** 2;
  const early = times.filter((time) => time <= crossing);
  const late = times.filter((time) => time > crossing);
  const rate = ([log]) => [order ** 2 - settled(Math.exp(2 * log), 0, 1) ** 2];
  const after = integrate(rate, [0], [crossing, ...late]).slice(1);
  return [
    ...early.map((time) => FIRST_W * Math.exp(order ** 2 * time)),
    ...after.map(([log]) => Math.exp(log)),
  ];
}

// The stable solution of m = tanh(x m + a) that is reached from m = 1 or -1.
function settled(x, a, start) {
  if (x <= 1 && a === 0) return 0;
  let m = start;
  for (let n = 0, step = 1; n < 200 && Math.abs(step) > 1e-15; n++) {
    const t = Math.tanh(x * m + a);
    step = (m - t) / (1 - x * (1 - t * t));
    m -= step;
  }
  return m;
}

// Magnetisations of both phases of an infinite machine; NaN for one that is not there.
export function phasesOf(w, a) {
  const edge = w > 1 ? Math.sqrt(1 - 1 / w ** 2) : 0;
  const field = w > 1 ? w * w * edge - Math.log(w * (1 + edge)) : 0;
  const against = w > 1 && a < field ? settled(w * w, a, -1) : NaN;
  return [settled(w * w, a, 1), against];
}

// Half sweeps on overlaps: to the sums of the hidden unit, and back.
export class Kernels {
  constructor(N, w, a) {
    const scale = w / Math.sqrt(N);
    const last = Math.ceil((scale * N + REACH) / NODES);
    const sums = Array.from({ length: 2 * last + 1 }, (_, s) => (s - last) * NODES);
    const all = Float64Array.from(sums);
    const gauss = (M) => normalise(all.map((s) => -0.5 * (s - scale * M) ** 2));
    this.toHidden = [...overlaps(N)].map(gauss);
    const counts = logCounts(N);
    this.toVisible = sums.map((s) => {
      const x = 2 * (scale * s + a);
      const [up, down] = [-softplus(-x), -softplus(x)];
      return counts.map((log, n) => Math.exp(log + n * up + (N - n) * down));
    });
  }

  // A law after one sweep.
  carry(p) {
    const next = product(product(p, this.toHidden), this.toVisible);
    const total = sum(next);
    return next.map((x) => x / total);
  }
}

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

function product(p, rows) {
  const out = new Float64Array(rows[0].length);
  for (let i = 0; i < p.length; i++) {
    const [x, row] = [p[i], rows[i]];
    for (let j = 0; j < out.length; j++) out[j] += x * row[j];
  }
  return out;
}

// The numbers in (0, 1) that rbmlib.randomness.uniforms makes of two draws.
const uniform = (high, low) => (high * 2 ** 21 + (low >>> 11) + 0.5) * 2 ** -53;

// Overlaps of chains with a given law.
export function drawOverlaps(p, nChains, seed) {
  const N = p.length - 1;
  let total = 0;
  const sure = p.map((x) => (total += x));
  const key = keyOf(seed, OVERLAPS, 0);
  return Int32Array.from({ length: nChains }, (_, c) => {
    const [k0, k1] = absorb(key, c);
    const u = uniform(draw(k0, k1, 0), draw(k0, k1, N + 1));
    const up = sure.findIndex((x) => x / total > u);
    return 2 * (up < 0 ? N + 1 : up) - N;
  });
}

// What spins feel of the hidden unit: weight and bias on their grid.
export function parametersOf(N, w, a) {
  const one = w / Math.sqrt(N);
  const all = (x) => new Float64Array(N).fill(x);
  const up = 2 ** gridExponent(all(one), all(a), [0]);
  const [weight, bias] = [one, a].map((x) => roundEven(x * up) / up);
  return { N, one, weight, bias };
}

// One sweep of chains, known by their overlaps, as rbmlib.sampling.gibbs makes it.
export function sweepOverlaps(chains, { N, one, weight, bias }, seed, sweep) {
  const [toH, toV] = [HIDDEN, VISIBLE].map((stream) => keyOf(seed, stream, sweep));
  for (let c = 0; c < chains.length; c++) {
    const [h0, h1] = absorb(toH, c);
    const noise = normalQuantile(uniform(draw(h0, h1, 0), draw(h0, h1, 1)));
    const h = one * chains[c] + noise;
    const x = Math.fround(Math.fround(Math.fround(h) * weight) + bias);
    const factor = Math.fround(1 + expAbs(x, 2 * LOG2_E));
    const [k0, k1] = absorb(toV, c);
    let unlikely = 0;
    for (let i = 0; i < N; i++) {
      const u = Math.fround(Math.fround(draw(k0, k1, i) >>> 1) + 0.5);
      if (Math.fround(u * factor) < 2 ** 31) unlikely++;
    }
    chains[c] = x >= 0 ? N - 2 * unlikely : 2 * unlikely - N;
  }
}
