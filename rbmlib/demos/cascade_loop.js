// Chains and laws that follow a path of machines forwards and backwards, loop after loop,
// as rbmlib.cascade.replay_chains and rbmlib.cascade.replay do, and the areas between.

import {
  Kernels,
  drawOverlaps,
  meanOverlap,
  overlapLaw,
  parametersOf,
  sweepOverlaps,
} from "./cascade_core.js";
import { roundEven, sum } from "./numbers.js";

const ON_GRID = 2 ** 12; // steps of w and a of a stored age, in one
const SEEDS = 1024; // of the ways of one setting

// One way, k sweeps at each age.
class Way {
  // Settings as for Loops; and backward, seed, and whether the law is carried too.
  constructor({ path, N, k, nChains, size }, { backward, seed, exact }) {
    Object.assign(this, { N, k, size, seed, exact });
    this.machines = path.map((age) => age.map((x) => roundEven(x * ON_GRID) / ON_GRID));
    if (backward) this.machines.reverse();
    this.p = overlapLaw(N, ...this.machines[0]);
    this.chains = drawOverlaps(this.p, nChains, seed);
    Object.assign(this, { sweeps: 0, means: [], seen: [] });
  }

  // Sweep until the age is done, or until it is late.
  step(isLate = () => false) {
    const { N, k, chains, seed, exact } = this;
    const place = this.seen.length;
    const machine = this.machines[place];
    this.parameters ??= parametersOf(N, ...machine);
    if (exact) this.kernels ??= new Kernels(N, ...machine);
    const end = (place + 1) * k;
    do {
      if (exact) this.p = this.kernels.carry(this.p);
      sweepOverlaps(chains, this.parameters, seed, this.sweeps++);
    } while (this.sweeps < end && !isLate());
    if (this.sweeps < end) return;
    if (exact) this.means.push(meanOverlap(this.p, this.size));
    this.seen.push(chains.slice());
    this.kernels = this.parameters = null;
  }

  get isDone() {
    return this.seen.length === this.machines.length;
  }
}

// Loops of both ways, each with random numbers of its own; laws are carried in the first.
export class Loops {
  // Settings: path, N, k, nChains, seed, and whether it is the size of m that is averaged.
  constructor(settings) {
    Object.assign(this, { settings, round: 0, areas: [] });
    this.begin();
  }

  begin() {
    const { settings, round } = this;
    const first = ((settings.seed * SEEDS) % 2 ** 53) + 2 * round;
    this.ways = [0, 1].map(
      (way) =>
        new Way(settings, { backward: way === 1, seed: first + way, exact: !round }),
    );
    if (round === 0) this.exact = this.ways.map(({ means }) => means);
  }

  get isDone() {
    return this.ways[1].isDone;
  }

  get isClosed() {
    return this.isDone || this.round > 0;
  }

  // One age of the way that is under way, or as much of it as there is time for.
  step(isLate) {
    if (this.isDone) {
      this.round++;
      return this.begin();
    }
    this.ways.find((way) => !way.isDone).step(isLate);
    if (!this.isDone) return;
    for (let c = 0; c < this.settings.nChains; c++) {
      const one = (all) => this.value(all[c]);
      this.areas.push(this.between(this.ways.map(({ seen }) => seen.map(one))));
    }
  }

  value(M) {
    const { size, N } = this.settings;
    return (size ? Math.abs(M) : M) / N;
  }

  // The exact area as far as the way back has come.
  get area() {
    return this.between(this.exact);
  }

  // With a bias the way forwards is the upper one, without it the way back.
  between([there, back]) {
    const both = [there.slice(there.length - back.length), back.toReversed()];
    if (!this.settings.size) both.reverse();
    return areaBetween(...both, this.settings.path.length);
  }

  // The mean area of the chains, and its error.
  get measured() {
    const n = this.areas.length;
    const mean = sum(this.areas) / n;
    const squares = sum(this.areas.map((x) => (x - mean) ** 2));
    return { n, mean, error: Math.sqrt(squares / (n - 1) / n) };
  }
}

// ∫ (upper - lower) dx over ages evenly spaced, of which there are so many from 0 to 1.
function areaBetween(lower, upper, nAges) {
  const last = lower.length - 1;
  const height = (age) => (age % last ? 1 : 0.5) * (upper[age] - lower[age]);
  return last > 0 ? sum(lower.map((_, age) => height(age))) / (nAges - 1) : 0;
}
