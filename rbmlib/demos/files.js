// Bytes that a reader saves as a file.

import { element } from "./element.js";

export function saveFile(bytes, type, download) {
  const href = URL.createObjectURL(new Blob([bytes], { type }));
  element("a", { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
