// The Ising torus of even side L, spin for spin the same as with the layout and the draws
// of rbmlib.ising.kernels.byte_kernel (heat bath) and rbmlib.ising.kernels.cluster_kernels
// (Wolff).

import { draw, keyOf } from "./numbers.js";

const ISING = 5;
const CLUSTERS = 10;
const PART_OF = [0, 2, 3, 1]; // of an even and of an odd row
const VERTICAL_OF = [3, 2, 1, 0];
const HORIZONTAL_OF = [2, 3, 0, 1];
const BELOW = [-1, 1, -1, 1];
const RIGHT = [-1, 1, 1, -1];

// e^(-gain/T) as a fixed-point number of 160 bits: with the digits of a double the last
// bit of a threshold would sometimes differ from rbmlib's.
const FIXED = 160n;
const ONE = 1n << FIXED;
const toFixed = (x) => BigInt(x * 2 ** 100) << (FIXED - 100n); // exact for |x| > 2^-48

function fixedExp(gain, T) {
  const halvings = 16n;
  const x = ((gain << FIXED) / T) >> halvings;
  let term = ONE;
  let total = ONE;
  for (let n = 1n; n < 40n; n++) {
    term = ((-term * x) >> FIXED) / n;
    total += term;
  }
  for (let i = 0n; i < halvings; i++) total = (total * total) >> FIXED;
  return total;
}

// rbmlib.ising.rates.heat_bath_table with 48 bits, as the digits the kernel compares.
// Entry 5 s + m: a spin s (0 or 1) with m unlike neighbours.
export function heatBathTable(T, h) {
  const [first, second, inverse] = [0, 1, 2].map(() => new Uint8Array(10));
  const rest = new Uint32Array(10);
  for (let s = 0; s < 2; s++) {
    for (let m = 0; m < 5; m++) {
      const at = 5 * s + m;
      const sign = BigInt(2 * s - 1);
      const gain = toFixed(4 * (2 - m)) + 2n * sign * toFixed(h);
      const weight = fixedExp(gain < 0 ? -gain : gain, toFixed(T));
      const p = Number((weight << 48n) / (ONE + weight));
      inverse[at] = gain < 0 ? 1 : 0;
      first[at] = p / 2 ** 40;
      second[at] = (p / 2 ** 32) % 256;
      rest[at] = p % 2 ** 32;
    }
  }
  return { first, second, rest, inverse };
}

// rbmlib.ising.rates.bond_threshold: a bond of strength x is laid below it, of 2^32.
export function bondThreshold(x, T) {
  return Number(((ONE - fixedExp(2n * toFixed(x), toFixed(T))) << 32n) >> FIXED);
}

export class Lattice {
  // `spins` holds 0 and 1, row by row.
  constructor(L, spins) {
    this.L = L;
    this.half = L / 2;
    this.width = this.half + 2;
    this.size = 4 * Math.ceil((this.width * this.width) / 4);
    const cells = new Uint8Array(4 * this.size);
    const places = [0, 1, 2, 3].map((c) => c * this.size);
    this.parts = places.map((first) => cells.subarray(first, first + this.size));
    this.bytes = [0, 1].map(() => new Uint32Array(this.size / 4));
    this.cells = cells;
    this.cellOf = Uint32Array.from(spins, (_, site) => this.cell(site));
    spins.forEach((s, site) => (cells[this.cellOf[site]] = s));
    this.parts.forEach((part) => this.fillBorder(part));
  }

  // Where a site stands: its sublattice by the parities of row and column.
  cell(site) {
    const i = Math.floor(site / this.L);
    const j = site % this.L;
    const c = PART_OF[2 * (i % 2) + (j % 2)];
    return c * this.size + ((i >> 1) + 1) * this.width + (j >> 1) + 1;
  }

  // Each side of a sublattice is repeated outside the opposite one.
  fillBorder(part) {
    const { half, width } = this;
    part.copyWithin(0, half * width, (half + 1) * width);
    part.copyWithin((half + 1) * width, width, 2 * width);
    for (let q = 0; q < (half + 2) * width; q += width) {
      part[q] = part[q + half];
      part[q + half + 1] = part[q + 1];
    }
  }

  sweep(table, seed, sweep) {
    const [k0, k1] = keyOf(seed, ISING, sweep, 0);
    for (let c = 0; c < 4; c++) {
      this.update(c, table, k0, k1);
      this.fillBorder(this.parts[c]);
    }
  }

  update(c, { first, second, rest, inverse }, k0, k1) {
    const { half, width, size, parts } = this;
    const cells = parts[c];
    const v = parts[VERTICAL_OF[c]];
    const h = parts[HORIZONTAL_OF[c]];
    const dv = BELOW[c] * width;
    const dh = RIGHT[c];
    const [u0, u1] = this.drawBytes(c, k0, k1);
    for (let row = width + 1; row <= half * width + 1; row += width) {
      for (let p = row; p < row + half; p++) {
        const s = cells[p];
        const m = (s ^ v[p]) + (s ^ v[p + dv]) + (s ^ h[p]) + (s ^ h[p + dh]);
        const at = 5 * s + m;
        let below = u0[p] < first[at];
        if (u0[p] === first[at]) {
          below = u1[p] < second[at];
          if (u1[p] === second[at]) {
            below = draw(k0, k1, 2 * size + c * size + p) < rest[at];
          }
        }
        cells[p] = s ^ below ^ inverse[at];
      }
    }
  }

  // The first and the second byte of every cell's uniform integer.
  drawBytes(c, k0, k1) {
    const quarter = this.size / 4;
    this.bytes.forEach((words, which) => {
      const start = (4 * which + c) * quarter;
      for (let i = 0; i < quarter; i++) words[i] = draw(k0, k1, start + i);
    });
    return this.bytes.map((words) => new Uint8Array(words.buffer));
  }

  // Magnetisation and bond energy, per site.
  measure() {
    const { L } = this;
    const spins = this.spins();
    let unlike = 0;
    let up = 0;
    for (let site = 0; site < L * L; site++) {
      const s = spins[site];
      const right = site % L === L - 1 ? site + 1 - L : site + 1;
      up += s;
      unlike += (s ^ spins[right]) + (s ^ spins[(site + L) % (L * L)]);
    }
    return { m: (2 * up - L * L) / L ** 2, e: (2 * unlike) / L ** 2 - 2 };
  }

  // Grow a cluster of like spins along bonds laid at random, and flip it (U. Wolff,
  // doi:10.1103/PhysRevLett.62.361). A field is a ghost spin that can hold a cluster.
  wolff({ bond, ghost, ghostSpin }, seed, cluster) {
    const { L } = this;
    const N = L * L;
    const spins = this.spins();
    const [k0, k1] = keyOf(seed, CLUSTERS, cluster, 0);
    const first = Math.floor((draw(k0, k1, 2 * N) / 2 ** 32) * N);
    const s = spins[first];
    const inside = [first];
    const join = (other, unit) => {
      if (spins[other] !== s || draw(k0, k1, unit) >= bond) return;
      spins[other] = 1 - s;
      inside.push(other);
    };
    spins[first] = 1 - s;
    for (const site of inside) {
      if (s === ghostSpin && draw(k0, k1, 2 * N + 1 + site) < ghost) return;
      // A bond belongs to its left or upper site.
      const j = site % L;
      const left = j ? site - 1 : site + L - 1;
      const up = (site + N - L) % N;
      join(j === L - 1 ? site + 1 - L : site + 1, 2 * site);
      join(left, 2 * left);
      join((site + L) % N, 2 * site + 1);
      join(up, 2 * up + 1);
    }
    for (const site of inside) this.cells[this.cellOf[site]] = 1 - s;
    this.parts.forEach((part) => this.fillBorder(part));
  }

  spins() {
    const { cells, cellOf } = this;
    const spins = new Uint8Array(cellOf.length);
    for (let site = 0; site < spins.length; site++) spins[site] = cells[cellOf[site]];
    return spins;
  }
}
