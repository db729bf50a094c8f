// Chains of a stored machine from noise, and the class of each image: rbmlib's bits.

import { bytesOf } from "./numbers.js";
import { GridMachine, randomStart } from "./rbm.js";

export const SIDE = 14;
export const PIXELS = SIDE * SIDE;

// So many integers from -32 to 31, one in each letter of a base64 text.
function unpackLetters(text, length) {
  const bytes = bytesOf(text, Math.ceil((length * 6) / 8));
  return Int8Array.from({ length }, (_, i) => {
    const at = (6 * i) >> 3;
    const pair = (bytes[at] << 8) | (bytes[at + 1] ?? 0);
    return ((pair >> (10 - ((6 * i) & 7))) & 63) - 32;
  });
}

// A machine of rbmlib.trained: integers times 2^-exponent. Only pixels with weights
// have their rows in W.
export function unpackMachine({ W, pixels, a, b, exponent }) {
  const scaled = (values) => Float64Array.from(values, (x) => x * 2 ** -exponent);
  const n = b.length;
  const rows = scaled(unpackLetters(W, pixels.length * n));
  const all = new Float64Array(PIXELS * n);
  pixels.forEach((i, row) => all.set(rows.subarray(row * n, (row + 1) * n), i * n));
  return new GridMachine(all, scaled(a), scaled(b));
}

// Chains that remember every sweep, so that going back shows the same states.
export class Chains {
  constructor(machine, nChains, nHidden, seed) {
    Object.assign(this, { machine, seed });
    this.h = new Uint8Array(nChains * nHidden);
    this.states = [randomStart(nChains, PIXELS, seed)];
  }

  // The states after so many sweeps, or as far as the time allows.
  at(sweeps, isLate = () => false) {
    while (this.states.length <= sweeps && !isLate()) {
      const v = this.states.at(-1).slice();
      this.machine.sweep(v, this.h, this.seed, this.states.length - 1);
      this.states.push(v);
    }
    return this.states[Math.min(sweeps, this.states.length - 1)];
  }
}
