// Square images as tiles of one picture, one transparent pixel apart.

import { rgb } from "./colours.js";

// From 0, white, to 1, black.
export const grey = (value) => {
  const level = Math.round(255 * (1 - value));
  return rgb(level, level, level);
};

// `count` images of `side` pixels a side, `across` of them in a row; colour(k, i) is
// the colour of pixel i of image k; words(k, i) is read at the pointer.
export function drawTiles(picture, { count, across, side }, colour, words) {
  const step = side + 1;
  const size = across * step - 1;
  const inside = (act, nothing) => (at) => {
    const x = at % size;
    const y = Math.floor(at / size);
    const image = across * Math.floor(y / step) + Math.floor(x / step);
    if (x % step === side || y % step === side || image >= count) return nothing;
    return act(image, side * (y % step) + (x % step));
  };
  picture.pixels(size, inside(colour, 0), words && inside(words));
}

// A frame around image k of those that drawTiles drew.
export function frameTile(picture, k, { across, side }, colour) {
  const { pen } = picture;
  const unit = picture.w / (across * (side + 1) - 1); // a pixel of an image
  const place = (n) => n * (side + 1) * unit + 1;
  Object.assign(pen, { strokeStyle: colour, lineWidth: 3 });
  const size = side * unit - 2;
  pen.strokeRect(place(k % across), place(Math.floor(k / across)), size, size);
}
