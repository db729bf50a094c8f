// The Gaussian machine of rbmlib/linear_regime/gaussian.py with N units in each layer and
// σ_h = 1: the flow of the whole matrix, and the equations of its modes. Matrices are
// Float64Arrays, row by row; modes are columns.

const N = 4;

function matrix(entry) {
  return Float64Array.from({ length: N * N }, (_, at) => entry(Math.floor(at / N), at % N));
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
  const a = A.slice(), x = B.slice();
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
function flowRate(W, variances, noise) {
  const square = product(W, transpose(W));
  const precision = matrix((i, j) => (i === j ? 1 / noise : 0) - square[N * i + j]);
  const pull = solve(precision, W);
  return W.map((w, at) => variances[Math.floor(at / N)] * w - pull[at]);
}

// The state of the modes in one array: w, then u, then v.
const parts = (state) =>
  [state.subarray(0, N), state.subarray(N, N + N * N), state.subarray(N + N * N)];

function modeRate(state, variances, noise) {
  const [w, u, v] = parts(state), ut = transpose(u);
  const Cu = u.map((x, at) => variances[Math.floor(at / N)] * x);
  const c = product(ut, Cu), gram = product(ut, u);
  const factor = (i, j) => {
    const error = (c[N * i + i] + c[N * j + j]) / 2 * gram[N * i + j];
    return i === j ? 0 : (c[N * i + j] - error) / (w[i] ** 2 - w[j] ** 2);
  };
  // Both are antisymmetric: the transposes carry the opposite sign.
  const turnU = matrix((j, i) => factor(i, j) * (w[i] ** 2 + w[j] ** 2));
  const turnV = matrix((j, i) => factor(i, j) * 2 * w[i] * w[j]);
  const uTurn = product(u, turnU), outside = product(u, c), rate = state.slice();
  const [dw, du, dv] = parts(rate);
  dw.set(w.map((x, i) => x * (c[N * i + i] - noise / (1 - noise * x * x))));
  du.set(uTurn.map((x, at) => x + Cu[at] - outside[at]));
  dv.set(product(v, turnV));
  return rate;
}

// A step of Runge and Kutta.
function rk4(rate, y, h) {
  const move = (k, size) => y.map((x, i) => x + size * k[i]);
  const k1 = rate(y), k2 = rate(move(k1, h / 2));
  const k3 = rate(move(k2, h / 2)), k4 = rate(move(k3, h));
  return y.map((x, i) => x + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]));
}

// Singular values, largest first, and vectors of W, by rotations of pairs of columns.
function decompose(W) {
  const X = W.slice(), V = matrix((i, j) => Number(i === j));
  const dot = (p, q) => {
    let total = 0;
    for (let i = 0; i < N; i++) total += X[N * i + p] * X[N * i + q];
    return total;
  };
  const turn = (A, p, q, cos, sin) => {
    for (let i = 0; i < N; i++) {
      const left = A[N * i + p], right = A[N * i + q];
      A[N * i + p] = cos * left - sin * right;
      A[N * i + q] = sin * left + cos * right;
    }
  };
  for (let sweep = 0, rotated = true; rotated && sweep < 40; sweep++) {
    rotated = false;
    for (let p = 0; p < N; p++) {
      for (let q = p + 1; q < N; q++) {
        const pq = dot(p, q), pp = dot(p, p), qq = dot(q, q);
        if (Math.abs(pq) <= 1e-15 * Math.sqrt(pp * qq)) continue;
        rotated = true;
        const half = (qq - pp) / (2 * pq);
        const tan = Math.sign(half || 1) / (Math.abs(half) + Math.hypot(1, half));
        const cos = 1 / Math.hypot(1, tan);
        for (const A of [X, V]) turn(A, p, q, cos, cos * tan);
      }
    }
  }
  const sizes = [...Array(N).keys()].map((p) => Math.sqrt(dot(p, p)));
  const order = [...sizes.keys()].sort((p, q) => sizes[q] - sizes[p]);
  const state = new Float64Array(N + 2 * N * N), [w, u, v] = parts(state);
  w.set(order.map((p) => sizes[p]));
  u.set(matrix((i, j) => X[N * i + order[j]] / sizes[order[j]]));
  v.set(matrix((i, j) => V[N * i + order[j]]));
  return state;
}

// W of the modes: Σ_α w_α u_α v_αᵀ.
function compose(state) {
  const [w, u, v] = parts(state);
  return product(u.map((x, at) => x * w[at % N]), transpose(v));
}
