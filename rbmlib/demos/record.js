// What a demo shows in its next frames, saved as an animated GIF.

import { palette } from "./colours.js";
import { element } from "./element.js";
import { saveFile } from "./files.js";
import { cellsOf, encodeGif, paletteOf } from "./gif.js";
import { fileName, imageOf } from "./share.js";

const FRAMES = 40;
const DELAY = 100; // milliseconds of a frame
const MOST_WIDE = 640; // pixels

// The demo goes on from where it stands, as it does when it runs; one film at a time.
export async function saveAnimation(page) {
  if (page.isRecording) return;
  page.isRecording = true;
  const runs = page.get("running");
  page.set({ running: false });
  page.note("Recording …");
  const canvas = element("canvas");
  const frames = await recorded(page, canvas, []);
  const { width, height } = canvas;
  const found = paletteOf(frames);
  const bytes = encodeGif(width, height, found.palette, found.frames, DELAY);
  saveFile(bytes, "image/gif", fileName(page, "gif"));
  page.note("Animation saved.");
  page.isRecording = false;
  if (runs) page.set({ running: true });
}

// The colours of the frames, one after the other, until there are enough.
async function recorded(page, canvas, frames) {
  frames.push(cellsOf(await snapshot(page, canvas)));
  if (frames.length === FRAMES || page.end.signal.aborted) return frames;
  page.attempt(() => page.demo.advance(false));
  return recorded(page, canvas, frames);
}

// The bytes of one image, as large as the first of them.
async function snapshot(page, canvas) {
  const image = await imageOf(page, 1);
  if (!canvas.isSized) {
    const scale = Math.min(1, MOST_WIDE / image.width);
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    Object.assign(canvas, { isSized: true, scale });
  }
  const { width, height, scale } = canvas;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = palette(page.root).paper; // where a later image is lower
  pen.fillRect(0, 0, width, height);
  pen.drawImage(image, 0, 0, image.width * scale, image.height * scale);
  return pen.getImageData(0, 0, width, height).data;
}
