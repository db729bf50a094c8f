// What the trainers share with rbmlib.training: batches, and the centred gradient.

import { permutation, roundEven } from "./numbers.js";

// Numbers of the samples of an update: the next ones of this epoch's permutation.
export function nextBatch(trainer) {
  const { batchSize, nSamples, age, seed } = trainer;
  const perEpoch = Math.floor(nSamples / batchSize);
  const epoch = Math.floor(age / perEpoch);
  const first = (age % perEpoch) * batchSize;
  if (trainer.epoch !== epoch) {
    Object.assign(trainer, { epoch, order: permutation(seed, epoch, nSamples) });
  }
  return trainer.order.subarray(first, first + batchSize);
}

// The logit of a share, rounded as the last bits of a logarithm may differ.
export function logit(share) {
  const p = Math.min(Math.max(share, 1e-4), 1 - 1e-4);
  return roundEven(Math.log(p / (1 - p)) * 2 ** 20) * 2 ** -20;
}

// rbmlib.training.gradient.ascend: the order of these additions decides the last bits.
export function ascend({ W, a, b, learningRate: rate }, data, model) {
  const m = b.length;
  const correctionB = new Float64Array(m);
  for (let i = 0; i < a.length; i++) {
    const dv = data.v[i] - model.v[i];
    const mu = data.v[i];
    let correctionA = 0;
    for (let j = 0; j < m; j++) {
      const at = i * m + j;
      const lam = data.h[j];
      const dh = lam - model.h[j];
      const step = data.vh[at] - model.vh[at] - mu * dh - dv * lam;
      W[at] += rate * step;
      correctionA += step * lam;
      correctionB[j] += mu * step;
    }
    a[i] += rate * (dv - correctionA);
  }
  for (let j = 0; j < m; j++) {
    b[j] += rate * (data.h[j] - model.h[j] - correctionB[j]);
  }
}
