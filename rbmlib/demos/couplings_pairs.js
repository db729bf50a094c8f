// The best model of pairs: rbmlib.ising.inverse.pseudo_likelihood, by Newton's method.

import { indexOfSet, setsOf, spinOf } from "./couplings_core.js";
import { sum } from "./numbers.js";

const PENALTY = 1e-3; // l2: keeps the couplings of few samples finite
const NEWTON_STEPS = 25;

// Couplings by their sets, of spins whose states are those of samples.
export function pairModel(states, n) {
  const shares = new Float64Array(2 ** n);
  for (const state of states) shares[state] += 1 / states.length;
  const rows = setsOf(n, 1).map(([i]) => regression(shares, n, i));
  const J = new Float64Array(2 ** n);
  rows.forEach((row, i) => (J[indexOfSet([i], n)] = row[i]));
  for (const [i, j] of setsOf(n, 2)) {
    J[indexOfSet([i, j], n)] = (rows[i][j] + rows[j][i]) / 2;
  }
  return J;
}

// J_i1 … J_in with the field of spin i in the place of J_ii: p(s_i | others) is
// σ(2 x·θ).
function regression(shares, n, i) {
  const theta = new Float64Array(n);
  const penalty = theta.map((_, j) => (j === i ? 0 : PENALTY));
  for (let step = 0; step < NEWTON_STEPS; step++) {
    // Rows of the curvature, each with the slope at its end.
    const rows = [...theta].map((value, j) => {
      const row = new Float64Array(n + 1);
      row[j] = penalty[j];
      row[n] = -penalty[j] * value;
      return row;
    });
    shares.forEach((share, state) => {
      const s = spinOf(state, i, n);
      const x = theta.map((_, j) => (j === i ? s : s * spinOf(state, j, n)));
      const field = sum(x.map((value, j) => value * theta[j]));
      const wrong = 1 / (1 + Math.exp(2 * field));
      rows.forEach((row, j) => {
        row[n] += 2 * share * wrong * x[j];
        const spread = 4 * share * wrong * (1 - wrong) * x[j];
        for (let k = 0; k < n; k++) row[k] += spread * x[k];
      });
    });
    solve(rows).forEach((change, j) => (theta[j] += change));
  }
  return theta;
}

// The solution of linear equations of a positive matrix, by elimination in place.
function solve(rows) {
  const n = rows.length;
  rows.forEach((pivot, i) => {
    rows.forEach((row, j) => {
      if (j === i) return;
      const factor = row[i] / pivot[i];
      for (let k = i; k <= n; k++) row[k] -= factor * pivot[k];
    });
  });
  return rows.map((row, i) => row[n] / row[i]);
}
