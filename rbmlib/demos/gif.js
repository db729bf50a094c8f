// Pictures in a row of time as an animated GIF (GIF89a): a palette, and the places of the
// pixels in it in the code of Lempel, Ziv and Welch.

const DEPTH = 8; // bits of a place in the palette
const CLEAR = 2 ** DEPTH;
const FINISH = CLEAR + 1;
const MOST_CODES = 4096; // codes
const CELLS = 2 ** 15; // colours of five bits a channel

const word = (n) => [n & 255, n >> 8];
const text = (letters) => [...letters].map((letter) => letter.charCodeAt(0));

// The bytes of a GIF that repeats for ever.  `palette` holds [red, green, blue], at most
// 256 of them; a frame is a Uint8Array of places in it; `delay` is in milliseconds.
export function encodeGif(width, height, palette, frames, delay) {
  const colours = new Uint8Array(3 * CLEAR);
  palette.forEach((colour, n) => colours.set(colour, 3 * n));
  const size = [...word(width), ...word(height)];
  const parts = [
    [...text("GIF89a"), ...size, 0xf0 | (DEPTH - 1), 0, 0],
    colours,
    [0x21, 0xff, 11, ...text("NETSCAPE2.0"), 3, 1, ...word(0), 0],
  ];
  for (const frame of frames) {
    parts.push([0x21, 0xf9, 4, 0, ...word(Math.round(delay / 10)), 0, 0]);
    parts.push([0x2c, ...word(0), ...word(0), ...size, 0, DEPTH]);
    parts.push(inBlocks(compress(frame)), [0]);
  }
  return joined([...parts, [0x3b]]);
}

function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

// At most 255 bytes in a block, which says how many.
function inBlocks(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255);
    parts.push([block.length], block);
  }
  return joined(parts);
}

// A row of pixels that was met before has a code; a code has 9 bits, later up to 12.
function compress(pixels) {
  const out = new Uint8Array(2 * pixels.length + 16);
  const codes = new Uint16Array(MOST_CODES * CLEAR); // of a code and the pixel after it
  let [at, held, nHeld] = [0, 0, 0];
  let [next, bits] = [FINISH + 1, DEPTH + 1];
  const put = (code) => {
    held |= code << nHeld;
    for (nHeld += bits; nHeld >= 8; nHeld -= 8) {
      out[at++] = held & 255;
      held >>>= 8;
    }
  };
  put(CLEAR);
  let code = pixels[0];
  for (let i = 1; i < pixels.length; i++) {
    const place = code * CLEAR + pixels[i];
    if (codes[place]) {
      code = codes[place];
      continue;
    }
    put(code);
    if (next < MOST_CODES) {
      if (next === 2 ** bits) bits++;
      codes[place] = next++;
    } else {
      put(CLEAR);
      codes.fill(0);
      [next, bits] = [FINISH + 1, DEPTH + 1];
    }
    code = pixels[i];
  }
  put(code);
  put(FINISH);
  if (nHeld > 0) out[at++] = held;
  return out.subarray(0, at);
}

// The cell of a colour, of five bits a channel, of each pixel in the bytes of an image.
export function cellsOf(data) {
  const cells = new Uint16Array(data.length / 4);
  for (let i = 0, at = 0; i < cells.length; i++, at += 4) {
    const red = data[at] >> 3;
    cells[i] = (red << 10) | ((data[at + 1] >> 3) << 5) | (data[at + 2] >> 3);
  }
  return cells;
}

const channels = (cell) => [cell >> 10, (cell >> 5) & 31, cell & 31];

// The palette of the 256 cells met most often, and the frames as places in it: a cell
// that is not among them becomes the nearest that is.
export function paletteOf(frames) {
  const counts = new Uint32Array(CELLS);
  for (const frame of frames) for (const cell of frame) counts[cell]++;
  const met = [...counts.keys()].filter((cell) => counts[cell] > 0);
  const chosen = met.toSorted((p, q) => counts[q] - counts[p] || p - q).slice(0, 256);
  const places = new Uint8Array(CELLS);
  for (const cell of met) places[cell] = nearest(channels(cell), chosen);
  const palette = chosen.map((cell) =>
    channels(cell).map((x) => Math.round((x * 255) / 31)),
  );
  return { palette, frames: frames.map((frame) => toPlaces(frame, places)) };
}

const toPlaces = (frame, places) => Uint8Array.from(frame, (cell) => places[cell]);

function nearest(colour, cells) {
  let [best, least] = [0, Infinity];
  cells.forEach((cell, n) => {
    const distance = channels(cell).reduce((d, x, c) => d + (x - colour[c]) ** 2, 0);
    if (distance < least) [best, least] = [n, distance];
  });
  return best;
}
