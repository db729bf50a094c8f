const LONGEST_SHOWN = 8; // lines of code that a phone shows unfolded
const LIGHTNESS = /\b(black|white|dark|light|grey)(er|est)?\b/i;

// The search button's name is the text it shows, so that speaking that text works.
document.addEventListener("DOMContentLoaded", () => {
  // The theme follows the reader in a list of contents that it no longer has, then in all
  // links, and stops at one to a demo's state.
  document.body.dataset.bsTarget = ".page-toc";
  for (const button of document.querySelectorAll(".search-button-field")) {
    button.removeAttribute("aria-label");
  }
  for (const toggle of document.querySelectorAll(".bd-sidebar summary")) {
    const page = toggle.closest("li").querySelector("a").textContent.trim();
    toggle.setAttribute("aria-label", `Pages of “${page}”`);
  }
  for (const caption of document.querySelectorAll(".cell_output figcaption")) {
    caption.classList.toggle("names-lightness", LIGHTNESS.test(caption.textContent));
  }
  if (matchMedia("(max-width: 480px)").matches) foldLongCode();
  stayAtTarget();
  const boxes = document.querySelectorAll(
    "article pre, .cell_output figure, .pst-scrollable-table-container",
  );
  // What is folded away has no width when the page loads; fonts may come later still.
  const seen = new ResizeObserver((entries) => mark(entries.map((e) => e.target)));
  boxes.forEach((box) => seen.observe(box));
  document.fonts.ready.then(() => mark([...boxes]));
});

// What is wider than its box scrolls: it must be reachable by keyboard and say so.
// All are measured before one is changed, so that the page is laid out once.
function mark(boxes) {
  // What a box says of itself counts as its contents otherwise.
  boxes.forEach((box) => box.classList.remove("scrolls"));
  const wide = boxes.map((box) => box.scrollWidth > box.clientWidth);
  boxes.forEach((box, n) => {
    box.tabIndex = wide[n] ? 0 : -1;
    box.classList.toggle("scrolls", wide[n]);
  });
}

// On a phone a long cell would hide the text around it: its code opens at a touch.
function foldLongCode() {
  for (const code of document.querySelectorAll(".cell_input")) {
    const lines = code.textContent.trim().split("\n").length;
    if (lines <= LONGEST_SHOWN || code.closest("details.hide")) continue;
    const fold = document.createElement("details");
    fold.className = "admonition hide above-input";
    const summary = document.createElement("summary");
    for (const [state, verb] of [
      ["collapsed", "Show"],
      ["expanded", "Hide"],
    ]) {
      const title = document.createElement("p");
      title.className = `${state} admonition-title`;
      title.textContent = `${verb} the code (${lines} lines)`;
      summary.append(title);
    }
    code.replaceWith(fold);
    fold.append(summary, code);
  }
}

// A formula is broken into lines for the width that it had when it was set: it is set
// again when the page gets another width, or when what hid it is opened.
let lastWidth = innerWidth;
addEventListener("resize", () => {
  const width = innerWidth;
  setTimeout(() => {
    if (width !== innerWidth || width === lastWidth) return; // still moving, or done
    lastWidth = width;
    setFormulasAgain(document.body);
  }, 200);
});
document.addEventListener("toggle", ({ target }) => setFormulasAgain(target), true);
document.addEventListener("click", ({ target }) => {
  const title = target.closest(".dropdown > .admonition-title");
  if (title) setFormulasAgain(title.parentNode);
});

async function setFormulasAgain(box) {
  await window.MathJax?.startup?.promise;
  const page = window.MathJax?.startup?.document;
  for (const formula of page?.getMathItemsWithin([box]) ?? []) formula.rerender(page);
}

// Where the address leads moves while formulas, fonts and pictures come, and a smooth
// scroll ends where it was at first: until all are there, or the reader acts, the page
// goes to it again.
async function stayAtTarget() {
  const height = new ResizeObserver(goThere);
  const end = new AbortController();
  end.signal.addEventListener("abort", () => height.disconnect());
  for (const act of ["keydown", "pointerdown", "wheel"]) {
    addEventListener(act, () => end.abort(), { passive: true, signal: end.signal });
  }
  height.observe(document.body);
  await new Promise((done) => addEventListener("load", done));
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;
  await new Promise(requestAnimationFrame);
  if (!end.signal.aborted) goThere();
  end.abort();
}

const goThere = () => addressed()?.scrollIntoView({ behavior: "instant" });

// A demo that finds its state in the address, or what any other address names, but for
// a page that the reader comes back to: the browser has kept the place.
function addressed() {
  const [, id, kind] = location.hash.match(/^#(([a-z]+)-[0-9a-f]{6})=/) ?? [];
  if (id) {
    const same = document.querySelector(`[data-demo="${id}"]`);
    return same ?? document.querySelector(`[data-demo^="${kind}-"]`);
  }
  const [{ type }] = performance.getEntriesByType("navigation");
  return type === "navigate" ? document.querySelector(":target") : null;
}
