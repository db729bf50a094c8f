// The same bits as rbmlib.randomness, rbmlib.sampling.logistic and rbmlib.grid, which
// say why.

export const HIDDEN = 0;
export const VISIBLE = 1;
export const START = 2;
const SHUFFLE = 3;
export const WEIGHTS = 4;
const GOLDEN = 0x9e3779b9;
const MULTIPLY_1 = 0x7feb352d;
const MULTIPLY_2 = 0x846ca68b;

function mix(word) {
  let x = Math.imul(word ^ (word >>> 16), MULTIPLY_1);
  x = Math.imul(x ^ (x >>> 15), MULTIPLY_2);
  return x ^ (x >>> 16);
}

// The key [k0, k1] after one more word of a draw's address.
export function absorb([k0, k1], word) {
  const first = mix(k0 ^ word);
  return [first, mix((k1 + first) ^ ((word << 16) | (word >>> 16)))];
}

// The key of (seed, stream, sweep, …); the words may stop short, as kernels do.
export function keyOf(seed, ...words) {
  const start = [0x243f6a88, 0x85a308d3];
  return [seed >>> 0, Math.floor(seed / 2 ** 32), ...words].reduce(absorb, start);
}

// A uniform unsigned 32-bit integer: the draw of one unit under a key.
export function draw(k0, k1, unit) {
  let x = (k0 + Math.imul(unit, GOLDEN)) | 0;
  x = (Math.imul(x ^ (x >>> 16), MULTIPLY_1) + k1) | 0;
  x = Math.imul(x ^ (x >>> 15), MULTIPLY_2);
  return (x ^ (x >>> 16)) >>> 0;
}

// Sums of twelve uniform numbers minus six: nearly normal, and exact.
export function bell(seed, stream, size) {
  const total = new Float64Array(size).fill(6);
  for (let chain = 0; chain < 12; chain++) {
    const [k0, k1] = keyOf(seed, stream, 0, chain);
    for (let i = 0; i < size; i++) total[i] += draw(k0, k1, i);
  }
  return total.map((sum) => sum * 2 ** -32 - 6);
}

export function permutation(seed, epoch, n) {
  const [k0, k1] = keyOf(seed, SHUFFLE, epoch, 0);
  const word = Uint32Array.from({ length: n }, (_, i) => draw(k0, k1, i));
  return Uint32Array.from(word.keys()).toSorted((i, j) => word[i] - word[j] || i - j);
}

const f32 = Math.fround;
export const LOG2_E = f32(Math.LOG2E);
const ROUND = 1.5 * 2 ** 23;
const LARGEST = 86;
const C1 = 0x162e432 / 2 ** 25;
const C2 = 0x1ebf9ac / 2 ** 27;
const C3 = 0x1c6b15a / 2 ** 29;
const C4 = 0x13cedaa / 2 ** 31;
const C5 = 0x15e089e / 2 ** 34;
const asFloat = new Float32Array(1);
const asInt = new Int32Array(asFloat.buffer);

// e^|x| in float32; `gain` is LOG2_E, or twice that for the fields of ±1 units.
export function expAbs(x, gain) {
  const t = Math.min(f32(Math.abs(x) * gain), LARGEST);
  const shifted = f32(t + ROUND);
  const f = f32(t - f32(shifted - ROUND));
  let p = f32(f32(C5 * f) + C4);
  p = f32(f32(p * f) + C3);
  p = f32(f32(p * f) + C2);
  p = f32(f32(p * f) + C1);
  p = f32(f32(p * f) + 1);
  asFloat[0] = shifted;
  const power = asInt[0] << 23;
  asFloat[0] = p;
  asInt[0] += power;
  return asFloat[0];
}

export function isOn(x, word, gain) {
  const u = f32(f32(word >>> 1) + 0.5);
  const unlikely = f32(u * f32(1 + expAbs(x, gain))) < 2 ** 31;
  return x >= 0 !== unlikely;
}

// σ(x) on multiples of 1/scale, for exact sums.
export function gridProbability(x, scale, gain) {
  const quotient = f32(scale / f32(1 + expAbs(x, gain)));
  const small = f32(f32(quotient + ROUND) - ROUND) / scale;
  return x >= 0 ? 1 - small : small;
}

// So many bytes of a base64 text.
export function bytesOf(text, size) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  if (bytes.length !== size) {
    throw new Error(`the page holds ${bytes.length} bytes in the place of ${size}`);
  }
  return bytes;
}

// The bits of bytes, highest first.

export function bitsOf(bytes) {
  const bit = (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1;
  return Uint8Array.from({ length: 8 * bytes.length }, bit);
}

const EVEN = 1.5 * 2 ** 52;
export const roundEven = (x) => x + EVEN - EVEN; // |x| < 2^51, ties to even as in NumPy

// The largest |bias| + Σ|W| over all units, each value passed through `size`.
function largestSum(W, a, b, size) {
  const rows = a.map(size);
  const columns = b.map(size);
  const nHidden = b.length;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < nHidden; j++) {
      const step = size(W[i * nHidden + j]);
      rows[i] += step;
      columns[j] += step;
    }
  }
  return Math.max(...rows, ...columns);
}

// The largest g for which every field is an exact sum of float32 multiples of 2^-g.
export function gridExponent(W, a, b) {
  const largest = largestSum(W, a, b, Math.abs);
  if (largest === 0) return 40;
  let g = Math.min(40, Math.floor(Math.log2(2 ** 24 / largest)) + 1);
  const steps = (x) => Math.abs(roundEven(x * 2 ** g));
  while (largestSum(W, a, b, steps) > 2 ** 24) g--;
  if (g < 8) throw new Error("parameters too large for exact float32 sums");
  return g;
}

export const sum = (values) => values.reduce((total, value) => total + value, 0);

export const xlogx = (x) => (x > 0 ? x * Math.log(x) : 0);

export function logSumExp(logs) {
  const top = logs.reduce((largest, value) => Math.max(largest, value));
  return top + Math.log(sum(logs.map((value) => Math.exp(value - top))));
}
