// The value under the pointer, written beside it. It is for the eye: the readout below
// the pictures has the numbers in words, for the keyboard and for readers of the screen.

import { element } from "./element.js";

const ASIDE = 12; // CSS pixels between the pointer and the words

export const shortNumber = (x, digits = 3) =>
  `${Number(x.toPrecision(digits))}`.replace("-", "−");

// `node` is a picture; read(x, y) has the words for a place on it, in CSS pixels from
// its corner, or nothing. The function that comes back brings them up to date.
export function showValues(node, tip, read) {
  let place = null;
  const show = () => {
    const words = place ? (read(place.x, place.y) ?? "") : "";
    if (tip.textContent !== words) tip.textContent = words;
  };
  const move = (event) => {
    const { left, top, width } = node.getBoundingClientRect();
    place = { x: event.clientX - left, y: event.clientY - top };
    const isRight = place.x > width / 2;
    tip.style.left = isRight ? "auto" : `${place.x + ASIDE}px`;
    tip.style.right = isRight ? `calc(100% - ${place.x - ASIDE}px)` : "auto";
    tip.style.top = `${Math.max(0, place.y - 2 * ASIDE)}px`;
    show();
  };
  const leave = () => {
    place = null;
    show();
  };
  for (const name of ["pointermove", "pointerdown"]) node.addEventListener(name, move);
  for (const name of ["pointerleave", "pointercancel"]) {
    node.addEventListener(name, leave);
  }
  return () => place && queueMicrotask(show);
}

// A picture in a box that holds the words, too.
export function framed(node) {
  const tip = element("div", { class: "rbm-value", "aria-hidden": "true" });
  return { tip, frame: element("div", { class: "rbm-frame" }, node, tip) };
}
