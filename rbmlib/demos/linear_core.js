// The Gaussian machine of rbmlib.linear_regime.gaussian with N units in each layer and
// σ_h = 1: the flow of the whole matrix, and the equations of its modes. Matrices are
// Float64Arrays, row by row; modes are columns.

import { dot, orthogonalise } from "./jacobi.js";

export const N = 4;

function matrix(entry) {
  const A = new Float64Array(N * N);
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) A[N * i + j] = entry(i, j);
  return A;
}

const transpose = (A) => matrix((i, j) => A[N * j + i]);

function product(A, B) {
  return matrix((i, j) => {
    let total = 0;
    for (let k = 0; k < N; k++) total += A[N * i + k] * B[N * k + j];
    return total;
  });
}

// X of A X = B for a positive definite A, which needs no pivots.
function solve(A, B) {
  const a = A.slice();
  const x = B.slice();
  for (let p = 0; p < N; p++) {
    for (let i = p + 1; i < N; i++) {
      const factor = a[N * i + p] / a[N * p + p];
      for (let j = 0; j < N; j++) {
        a[N * i + j] -= factor * a[N * p + j];
        x[N * i + j] -= factor * x[N * p + j];
      }
    }
  }
  for (let p = N - 1; p >= 0; p--) {
    for (let j = 0; j < N; j++) {
      for (let k = p + 1; k < N; k++) x[N * p + j] -= a[N * p + k] * x[N * k + j];
      x[N * p + j] /= a[N * p + p];
    }
  }
  return x;
}

// dW/dt = (C_D - C_M) W for data of these variances along the axes.
export function flowRate(W, variances, noise) {
  const square = product(W, transpose(W));
  const precision = matrix((i, j) => (i === j ? 1 / noise : 0) - square[N * i + j]);
  const pull = solve(precision, W);
  return W.map((w, at) => variances[Math.floor(at / N)] * w - pull[at]);
}

// The state of the modes in one array: w, then u, then v.
export const parts = (state) => [
  state.subarray(0, N),
  state.subarray(N, N + N * N),
  state.subarray(N + N * N),
];

export function modeRate(state, variances, noise) {
  const [w, u, v] = parts(state);
  const ut = transpose(u);
  const Cu = u.map((x, at) => variances[Math.floor(at / N)] * x);
  const c = product(ut, Cu);
  const gram = product(ut, u);
  const factor = (i, j) => {
    const error = ((c[N * i + i] + c[N * j + j]) / 2) * gram[N * i + j];
    return i === j ? 0 : (c[N * i + j] - error) / (w[i] ** 2 - w[j] ** 2);
  };
  // Both are antisymmetric: the transposes carry the opposite sign.
  const turnU = matrix((j, i) => factor(i, j) * (w[i] ** 2 + w[j] ** 2));
  const turnV = matrix((j, i) => factor(i, j) * 2 * w[i] * w[j]);
  const uTurn = product(u, turnU);
  const outside = product(u, c);
  const rate = state.slice();
  const [dw, du, dv] = parts(rate);
  dw.set(w.map((x, i) => x * (c[N * i + i] - noise / (1 - noise * x * x))));
  du.set(uTurn.map((x, at) => x + Cu[at] - outside[at]));
  dv.set(product(v, turnV));
  return rate;
}

// A step of Runge and Kutta.
export function rk4(rate, y, h) {
  const move = (k, size) => y.map((x, i) => x + size * k[i]);
  const k1 = rate(y);
  const k2 = rate(move(k1, h / 2));
  const k3 = rate(move(k2, h / 2));
  const k4 = rate(move(k3, h));
  return y.map((x, i) => x + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]));
}

const columns = (A) =>
  [...Array(N).keys()].map((p) => A.filter((_, at) => at % N === p));

// Singular values, largest first, and vectors of W.
export function decompose(W) {
  const X = columns(W);
  const V = columns(matrix((i, j) => Number(i === j)));
  orthogonalise(X, V, 1e-15);
  const sizes = X.map((x) => Math.sqrt(dot(x, x)));
  const order = [...sizes.keys()].toSorted((p, q) => sizes[q] - sizes[p]);
  const state = new Float64Array(N + 2 * N * N);
  const [w, u, v] = parts(state);
  w.set(order.map((p) => sizes[p]));
  u.set(matrix((i, j) => X[order[j]][i] / sizes[order[j]]));
  v.set(matrix((i, j) => V[order[j]][i]));
  return state;
}

// W of the modes: Σ_α w_α u_α v_αᵀ.
export function compose(state) {
  const [w, u, v] = parts(state);
  const scaled = u.map((x, at) => x * w[at % N]);
  return product(scaled, transpose(v));
}
