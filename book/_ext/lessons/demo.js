// A demo on a slide: sharp when the slide is enlarged, set to the preset that the address
// names, and no trap for the keys that turn slides.

const SHARP = 2; // pixels of a canvas in a CSS pixel, at least
const KEYS = { PageDown: "next", PageUp: "prev", Escape: "toggleOverview" };
const OF_THE_PAGE = new Set(["Copy link", "Save image"]); // they mean this frame

const ratio = Math.max(SHARP, devicePixelRatio);
Object.defineProperty(window, "devicePixelRatio", { get: () => ratio });

addEventListener("keydown", ({ key }) => {
  if (!(key in KEYS)) return;
  parent.postMessage(JSON.stringify({ method: KEYS[key], args: [] }), "*");
});

// After the demo's own script.
addEventListener("load", () => {
  const preset = decodeURIComponent(location.hash.slice(1));
  for (const button of document.querySelectorAll(".rbm-demo button")) {
    if (OF_THE_PAGE.has(button.textContent)) button.remove();
    if (button.textContent === preset) button.click();
  }
});
