// What a reader takes away: a link to the state, an image of what is shown; and the next
// seed, which both carry.

import { palette } from "./colours.js";
import { element } from "./element.js";
import { saveFile } from "./files.js";

const LAST_SEED = 2 ** 53 - 1;
const MARGIN = 14; // CSS pixels around the image
const LINE = 20; // CSS pixels of a line of its words
const SCALE = 2; // pixels of the image in a CSS pixel, at least

// The seeds follow one another: a link, which holds the present one, finds them again.
export const nextSeed = (seed) => (seed < LAST_SEED ? seed + 1 : 0);

function addressOf(page) {
  const names = Object.keys(page.get("shared"));
  const state = Object.fromEntries(names.map((name) => [name, page.get(name)]));
  return `#${page.id}=${encodeURIComponent(JSON.stringify(state))}`;
}

// Put the state into the page's address, and that into the clipboard or before the eyes.
export async function copyLink(page) {
  history.replaceState(null, "", addressOf(page));
  page.link?.remove();
  try {
    await navigator.clipboard.writeText(location.href);
    page.note("Link copied.");
  } catch {
    const input = element("input", { class: "rbm-link", "aria-label": "Link" });
    Object.assign(input, { readOnly: true, value: location.href });
    page.link = input;
    page.buttons.after(input);
    input.select();
    input.focus();
    page.note("Copy the link here.");
  }
}

export async function saveImage(page) {
  // Made at once: toBlob waits for idle time, which a busy machine has little of.
  const ratio = Math.max(SCALE, devicePixelRatio);
  const letters = atob((await imageOf(page, ratio)).toDataURL().split(",")[1]);
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  saveFile(bytes, "image/png", fileName(page, "png"));
  page.note("Image saved.");
}

export function fileName(page, ending) {
  const name = page.root.ariaLabel.toLowerCase().replace(",", "").replaceAll(" ", "-");
  return `${name}-seed-${page.get("seed")}.${ending}`;
}

// All pictures with their captions where they stand, between the title and the readout;
// `ratio` pixels in a CSS pixel.
export async function imageOf(page, ratio) {
  const parts = [...page.screen.querySelectorAll("figcaption, canvas, svg")];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const width = Math.max(...boxes.map((box) => box.right)) - left;
  const height = Math.max(...boxes.map((box) => box.bottom)) - top;
  const canvas = element("canvas");
  const pen = canvas.getContext("2d");
  pen.font = FONT;
  const facts = linesOf(pen, page.readout.textContent, width);
  canvas.width = ratio * (width + 2 * MARGIN);
  canvas.height = ratio * (height + LINE * (facts.length + 1.5) + 2 * MARGIN);
  pen.scale(ratio, ratio);
  const { ink, paper } = palette(page.root);
  pen.fillStyle = paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(pen, { font: FONT, fillStyle: ink, textBaseline: "top" });
  pen.translate(MARGIN, MARGIN);
  pen.fillText(`${page.root.ariaLabel}, seed ${page.get("seed")}`, 0, 0);
  const images = await Promise.all(parts.map(drawable));
  parts.forEach((part, n) => {
    const [x, y] = [boxes[n].left - left, boxes[n].top - top + LINE];
    if (images[n]) pen.drawImage(images[n], x, y, boxes[n].width, boxes[n].height);
    else pen.fillText(part.textContent, x, y);
  });
  facts.forEach((fact, n) => pen.fillText(fact, 0, height + LINE * (n + 1.5)));
  return canvas;
}

const FONT = "14px system-ui, sans-serif";

// Words in lines of this width, broken between facts.
function linesOf(pen, text, width) {
  const lines = [];
  for (const fact of text.split(/\s+·\s+/)) {
    const longer = lines.length ? `${lines.at(-1)}   ·   ${fact}` : fact;
    if (lines.length && pen.measureText(longer).width < width) lines.pop();
    lines.push(lines.length && pen.measureText(longer).width >= width ? fact : longer);
  }
  return lines;
}

// What of the page can be drawn as it is: a canvas, or the image of an SVG.
async function drawable(part) {
  if (part.tagName !== "svg") return part.tagName === "CANVAS" ? part : null;
  const copy = part.cloneNode(true);
  const { width, height } = part.getBoundingClientRect();
  const { color, fontFamily } = getComputedStyle(part);
  copy.setAttribute("style", `color: ${color}; font-family: ${fontFamily}`);
  Object.entries({ width, height }).forEach((pair) => copy.setAttribute(...pair));
  const text = new XMLSerializer().serializeToString(copy);
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  await image.decode();
  return image;
}
