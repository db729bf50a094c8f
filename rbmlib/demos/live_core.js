// Chains of a {0, 1} machine whose weights are bytes: the bits of rbmlib.sampling.gibbs.
// Two sums travel in one integer, and eight units that are on are added at once.

import {
  HIDDEN,
  LOG2_E,
  START,
  VISIBLE,
  bytesOf,
  draw,
  isOn,
  keyOf,
} from "./numbers.js";

const HALF = 2 ** 15; // a sum of weights must be below that
const LARGEST_FIELD = 2 ** 16;
const UNKNOWN = 2 ** 32 - 1;

// Rows of whole numbers in Rice's code: of each row three bits say k, and then each
// number, with its sign folded in, is a quotient by 2^k in units and k more bits.
function unpackRows(bytes, nRows, nColumns) {
  const numbers = new Int8Array(nRows * nColumns);
  let at = 0;
  const bit = () => (bytes[at >> 3] >> (7 - (at++ & 7))) & 1;
  const bits = (n) => {
    let value = 0;
    for (let i = 0; i < n; i++) value = 2 * value + bit();
    return value;
  };
  for (let row = 0; row < nRows; row++) {
    const k = bits(3);
    for (let j = 0; j < nColumns; j++) {
      let quotient = 0;
      while (bit()) quotient++;
      const folded = quotient * 2 ** k + bits(k);
      numbers[row * nColumns + j] = folded & 1 ? -(folded + 1) / 2 : folded / 2;
    }
  }
  return numbers;
}

// The smallest half of a word for which a unit takes the likely state.
function limitOf(x) {
  let [low, high] = [0, 2 ** 31];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isOn(x, 2 * middle, LOG2_E)) high = middle;
    else low = middle + 1;
  }
  return low;
}

// A layer as the other one sees it: `weight(i, j)` from its unit i to unit j of this.
class Layer {
  constructor(nFrom, bias, weight) {
    const n = bias.length;
    this.width = (n + 1) >> 1; // sums j and j + width share an integer
    this.bias = Int32Array.from(bias);
    this.pairs = new Int32Array(nFrom * this.width);
    const size = new Int32Array(n);
    for (let i = 0; i < nFrom; i++) {
      for (let j = 0; j < n; j++) {
        const w = weight(i, j);
        size[j] += Math.abs(w);
        const high = j < this.width ? 0 : 1;
        this.pairs[i * this.width + j - high * this.width] += w * 2 ** (16 * high);
      }
    }
    if (Math.max(...size) >= HALF) throw new Error("the weights' sums are too large");
    this.sums = new Int32Array(this.width);
  }

  // Sum the rows of so many units; `field` gets each sum times `fine`, and the bias.
  add(units, count, fine, field, start) {
    const { width, pairs, sums, bias } = this;
    sums.fill(0);
    let n = 0;
    for (; n + 7 < count; n += 8) {
      const p0 = units[n] * width;
      const p1 = units[n + 1] * width;
      const p2 = units[n + 2] * width;
      const p3 = units[n + 3] * width;
      const p4 = units[n + 4] * width;
      const p5 = units[n + 5] * width;
      const p6 = units[n + 6] * width;
      const p7 = units[n + 7] * width;
      for (let j = 0; j < width; j++) {
        const a = (pairs[p0 + j] + pairs[p1 + j]) | 0;
        const b = (pairs[p2 + j] + pairs[p3 + j]) | 0;
        const c = (pairs[p4 + j] + pairs[p5 + j]) | 0;
        const d = (pairs[p6 + j] + pairs[p7 + j]) | 0;
        sums[j] += (((a + b) | 0) + ((c + d) | 0)) | 0;
      }
    }
    for (; n < count; n++) {
      const p = units[n] * width;
      for (let j = 0; j < width; j++) sums[j] += pairs[p + j];
    }
    const rest = bias.length - width;
    for (let j = 0; j < width; j++) {
      const low = (sums[j] << 16) >> 16;
      field[start + j] = low * fine + bias[j];
      if (j === rest) break; // of an odd number of sums the last has no partner
      field[start + j + width] = ((sums[j] - low) >> 16) * fine + bias[j + width];
    }
  }
}

export class ByteMachine {
  // `W` holds a row of bytes for each of `pixels`; other units have no weights.  W is in
  // steps of 2^-exponent, the biases are in steps that are 2^finer times smaller.
  constructor(W, { pixels, a, b, exponent, finer }) {
    const [n, m] = [pixels.length, b.length];
    this.fine = 2 ** finer;
    this.step = 2 ** -(exponent + finer);
    this.pixels = pixels;
    this.a = Int32Array.from(a);
    this.b = Int32Array.from(b);
    const biases = pixels.map((pixel) => a[pixel]);
    this.hidden = new Layer(n, b, (i, j) => W[i * m + j]);
    this.visible = new Layer(m, biases, (j, i) => W[i * m + j]);
    this.limits = new Uint32Array(LARGEST_FIELD << finer).fill(UNKNOWN);
    this.x = new Int32Array(Math.max(n, m));
    this.units = new Int32Array(Math.max(n, m));
  }

  static unpack(text, packed) {
    const bytes = bytesOf(text, packed.bytes);
    const W = unpackRows(bytes, packed.pixels.length, packed.b.length);
    return new ByteMachine(W, packed);
  }

  // Whether a unit with a field of so many steps is on: isOn, of which the word's smallest
  // half without the unlikely state is kept for each size of a field.
  decide(x, word) {
    const size = Math.abs(x);
    let limit = this.limits[size];
    if (limit === UNKNOWN) limit = this.limits[size] = limitOf(size * this.step);
    return word >>> 1 >= limit === x >= 0;
  }

  // One sweep of one chain, in place: row `chain` of v and of the fields of its pixels.
  sweep(v, fields, chain, seed, sweep) {
    const { pixels, hidden, visible, x, units, fine } = this;
    const nPixels = this.a.length;
    const at = chain * nPixels;
    let count = 0;
    for (let i = 0; i < pixels.length; i++) if (v[at + pixels[i]]) units[count++] = i;
    hidden.add(units, count, fine, x, 0);
    let [k0, k1] = keyOf(seed, HIDDEN, sweep, chain);
    count = 0;
    for (let j = 0; j < this.b.length; j++) {
      if (this.decide(x[j], draw(k0, k1, j))) units[count++] = j;
    }
    visible.add(units, count, fine, x, 0);
    const row = fields.subarray(at, at + nPixels);
    row.set(this.a);
    for (let i = 0; i < pixels.length; i++) row[pixels[i]] = x[i];
    [k0, k1] = keyOf(seed, VISIBLE, sweep, chain);
    for (let i = 0; i < nPixels; i++) {
      v[at + i] = this.decide(row[i], draw(k0, k1, i)) ? 1 : 0;
    }
  }
}

// A pixel is on with probability levels[i] / 256: rbmlib.demos.Live.start_states.
export function startOf(levels, seed, sweep, chain) {
  const [k0, k1] = keyOf(seed, START, sweep, chain);
  return Uint8Array.from(levels, (level, i) => ((draw(k0, k1, i) >>> 24) + level) >> 8);
}
