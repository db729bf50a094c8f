// The class of an image, by rbmlib.scores.LinearClassifier: the same whole numbers.

import { bytesOf } from "./numbers.js";

export const CLASSES = 10;

// Weights of images of so many pixels: little-endian words of two bytes.
export function unpackClassifier(text, pixels) {
  const length = (pixels + 1) * CLASSES; // the last row holds the biases
  const view = new DataView(bytesOf(text, 2 * length).buffer);
  return Int16Array.from({ length }, (_, i) => view.getInt16(2 * i, true));
}

// The class of each of the images in v.
export function classesOf(weights, v) {
  const pixels = weights.length / CLASSES - 1;
  const sums = new Int32Array(CLASSES);
  return Array.from({ length: v.length / pixels }, (_, image) => {
    sums.set(weights.subarray(pixels * CLASSES)); // the biases
    for (let i = 0; i < pixels; i++) {
      if (!v[image * pixels + i]) continue;
      for (let c = 0; c < CLASSES; c++) sums[c] += weights[i * CLASSES + c];
    }
    return sums.indexOf(Math.max(...sums));
  });
}

// How many of the images in v belong to each class.
export function classCounts(weights, v) {
  const counts = Array(CLASSES).fill(0);
  for (const found of classesOf(weights, v)) counts[found]++;
  return counts;
}
