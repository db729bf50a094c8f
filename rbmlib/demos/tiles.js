// Square images as tiles of one picture, one transparent pixel apart.

import { rgb } from "./colours.js";

// From 0, white, to 1, black.
export const grey = (value) => {
  const level = Math.round(255 * (1 - value));
  return rgb(level, level, level);
};

// Where the pixels of `count` images of `side` pixels a side are, `across` of them in a
// row: the size of the picture, and for each of its pixels which of all it is, or -1.
export function tilePlaces({ count, across, side }) {
  const step = side + 1;
  const size = across * step - 1;
  const of = Int32Array.from({ length: size ** 2 }, (_, at) => {
    const [x, y] = [at % size, Math.floor(at / size)];
    const image = across * Math.floor(y / step) + Math.floor(x / step);
    if (x % step === side || y % step === side || image >= count) return -1;
    return side * (side * image + (y % step)) + (x % step);
  });
  return { size, of };
}

// Those images; colour(k, i) is the colour of pixel i of image k; words(k, i) is read at
// the pointer.
export function drawTiles(picture, tiles, colour, words) {
  const { size, of } = tilePlaces(tiles);
  const pixels = tiles.side ** 2;
  const inside = (act, nothing) => (at) =>
    of[at] < 0 ? nothing : act(Math.floor(of[at] / pixels), of[at] % pixels);
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
