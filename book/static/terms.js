// The meaning of a glossary's word, shown at the pointer or at the keyboard's focus. A
// finger has no pointer: a tap follows the link to the glossary.
const GAP = 6; // pixels between a word and its tip
const PATIENCE = 150; // ms in which the pointer may travel from the word to the tip

const tip = document.createElement("div");
tip.className = "term-tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true"); // the link is described by the same text
document.body.append(tip);

let leaving = 0;

function show(word) {
  clearTimeout(leaving);
  const meaning = document.getElementById(word.getAttribute("aria-describedby"));
  if (!meaning) return;
  tip.textContent = meaning.textContent;
  tip.hidden = false;
  // A word that is broken between two lines has two boxes: the tip stands at the first.
  const [box] = word.getClientRects();
  const right = document.documentElement.clientWidth - tip.offsetWidth - GAP;
  const above = box.top - tip.offsetHeight - GAP;
  const top = above > 0 ? above : box.bottom + GAP;
  tip.style.left = `${Math.max(GAP, Math.min(box.left, right)) + scrollX}px`;
  tip.style.top = `${top + scrollY}px`;
}

function hide() {
  clearTimeout(leaving);
  tip.hidden = true;
}

function hideSoon() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, PATIENCE);
}

for (const word of document.querySelectorAll("a.glossary-term")) {
  word.addEventListener("pointerenter", ({ pointerType }) => {
    if (pointerType === "mouse" || pointerType === "pen") show(word);
  });
  word.addEventListener("pointerleave", hideSoon);
  word.addEventListener("focus", () => {
    if (word.matches(":focus-visible")) show(word);
  });
  word.addEventListener("blur", hide);
}
tip.addEventListener("pointerenter", () => clearTimeout(leaving));
tip.addEventListener("pointerleave", hideSoon);
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") hide();
});
