// Colours of the pictures. Those of lines and words are read from the page at each
// drawing, to follow a change of theme; before the demo is in the page there is none.

export function palette(root) {
  const ink = getComputedStyle(root).color;
  const [red, green, blue] = (ink.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  const dark = 0.3 * red + 0.59 * green + 0.11 * blue > 128;
  return dark
    ? {
        ink,
        paper: "#14181e",
        blue: "#6cb6ff",
        red: "#ff9d7a",
        grey: "#9aa4ae",
        faint: "#9aa4ae55",
      }
    : {
        ink,
        paper: "white",
        blue: "#0b57a4",
        red: "#b8401a",
        grey: "#66707a",
        faint: "#66707a44",
      };
}

// A colour as one word of an image's memory; no word, 0, is a transparent pixel.
export const rgb = (red, green, blue) => 0xff000000 | (blue << 16) | (green << 8) | red;

// A spin up, or a pixel that is on; and the other.
export const DARK = rgb(20, 42, 75);
export const LIGHT = rgb(215, 225, 235);

// Blue for -1, white for 0, red for +1: the ends of the map RdBu_r.
export function signColour(t) {
  const end = t < 0 ? [33, 102, 172] : [178, 24, 43];
  const size = Math.min(1, Math.abs(t));
  return rgb(...end.map((value) => 255 + (value - 255) * size));
}
