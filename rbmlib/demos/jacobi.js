// Singular values by rotations: columns turn in pairs until all are orthogonal.

const ROUNDS = 40; // far more than rotations to rounding need

export function dot(x, y) {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i] * y[i];
  return total;
}

function turn(x, y, cos, sin) {
  for (let i = 0; i < x.length; i++) {
    const left = x[i];
    x[i] = cos * left - sin * y[i];
    y[i] = sin * left + cos * y[i];
  }
}

// Turn the columns of X, in place, until no two have a cosine above `tolerance`; those
// of V turn with them.
export function orthogonalise(X, V, tolerance) {
  for (let round = 0, rotated = true; rotated && round < ROUNDS; round++) {
    rotated = false;
    for (let p = 0; p < X.length; p++) {
      for (let q = p + 1; q < X.length; q++) {
        const pq = dot(X[p], X[q]);
        const pp = dot(X[p], X[p]);
        const qq = dot(X[q], X[q]);
        if (Math.abs(pq) <= tolerance * Math.sqrt(pp * qq)) continue;
        rotated = true;
        const half = (qq - pp) / (2 * pq);
        const tan = Math.sign(half || 1) / (Math.abs(half) + Math.hypot(1, half));
        const cos = 1 / Math.hypot(1, tan);
        for (const A of [X, V]) turn(A[p], A[q], cos, cos * tan);
      }
    }
  }
}
