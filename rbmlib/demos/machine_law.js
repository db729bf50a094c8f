// The exact law of a small machine and its couplings, tested against rbmlib.
// A machine is { W, a, b } with W a list of rows; low = 0 or -1 is the lower state of
// the units that it is written for.

import { logSumExp, sum } from "./numbers.js";

const column = (W, j) => W.map((row) => row[j]);

export function toSpin({ W, a, b }) {
  return {
    W: W.map((row) => row.map((w) => w / 4)),
    a: a.map((value, i) => value / 2 + sum(W[i]) / 4),
    b: b.map((value, j) => value / 2 + sum(column(W, j)) / 4),
  };
}

export function toBinary({ W, a, b }) {
  return {
    W: W.map((row) => row.map((w) => 4 * w)),
    a: a.map((value, i) => 2 * value - 2 * sum(W[i])),
    b: b.map((value, j) => 2 * value - 2 * sum(column(W, j))),
  };
}

// State number `index` of n units, first unit in the highest bit.
export const stateOf = (index, n, low) =>
  Array.from({ length: n }, (_, i) => ((index >> (n - 1 - i)) & 1 ? 1 : low));

// log Σ_s e^(x s): of a {0, 1} unit, or of a ±1 unit.
function logPartition(x, low) {
  return Math.max(x, low * x) + Math.log1p(Math.exp(-Math.abs((1 - low) * x)));
}

const fieldOn = (bias, weights, states) =>
  bias + sum(weights.map((w, i) => w * states[i]));

export const fieldH = ({ W, b }, v) =>
  b.map((bias, j) => fieldOn(bias, column(W, j), v));
export const fieldV = ({ W, a }, h) => a.map((bias, i) => fieldOn(bias, W[i], h));

// -F(v) of all visible states.
function minusFreeEnergies(machine, low) {
  const n = machine.a.length;
  return Array.from({ length: 2 ** n }, (_, index) => {
    const v = stateOf(index, n, low);
    const gamma = fieldH(machine, v).map((x) => logPartition(x, low));
    return sum(v.map((s, i) => s * machine.a[i])) + sum(gamma);
  });
}

// p(v) of all visible states, and log Z.
export function exactLaw(machine, low) {
  const logs = minusFreeEnergies(machine, low);
  const logZ = logSumExp(logs);
  return { p: logs.map((value) => Math.exp(value - logZ)), logZ };
}

// J_A of every set A of units: the Walsh transform of -F of the ±1 machine.
export function effectiveCouplings(machine) {
  const J = minusFreeEnergies(toSpin(machine), -1);
  for (let step = 1; step < J.length; step *= 2) {
    for (let i = 0; i < J.length; i++) {
      if (i & step) continue;
      const down = J[i];
      const up = J[i | step];
      J[i] = (up + down) / 2;
      J[i | step] = (up - down) / 2;
    }
  }
  return J;
}
