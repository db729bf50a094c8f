// Differential equations by the embedded pair of Dormand and Prince, with steps that keep
// the error of each below a tolerance.

const STAGES = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const ERROR = [
  71 / 57600,
  0,
  -71 / 16695,
  71 / 1920,
  -17253 / 339200,
  22 / 525,
  -1 / 40,
];
const TOLERANCE = 1e-9;

// What `start` becomes at times that increase from its own; rate(y) is its derivative.
export function integrate(rate, start, times) {
  let y = start;
  let time = times[0];
  let step = 0.1;
  return times.map((end) => {
    while (time < end) {
      const now = Math.min(step, end - time);
      const slopes = [];
      let next = y;
      for (const row of STAGES) {
        next = moved(y, now, row, slopes);
        slopes.push(rate(next));
      }
      const errors = moved(Array(y.length).fill(0), now, ERROR, slopes).map(Math.abs);
      const worst = Math.max(...errors) / TOLERANCE;
      if (worst <= 1) {
        time = now < end - time ? time + now : end;
        y = next;
      }
      if (worst > 1 || now === step) {
        step = now * Math.min(4, 0.9 * Math.max(worst, 1e-6) ** -0.2);
      }
    }
    return y;
  });
}

const moved = (y, step, row, slopes) =>
  y.map((value, i) => value + step * row.reduce((t, c, s) => t + c * slopes[s][i], 0));
