// The page of the search: it looks while one types, and keeps the question in the address.
const AT_ONCE = 20; // results that are shown first
const SAYS = {
  all: (n) => `${n} ${n === 1 ? "place has" : "places have"} this.`,
  similar: (n) => `No place has these words. ${n} have similar ones.`,
  some: (n) => `No place has all of these words. ${n} have some of them.`,
  none: () =>
    "Nothing is found. The index and the glossary list the words of the book.",
};

const { bookSearch: search, BOOK_INDEX: index } = globalThis;
const prepared = search.build(index);
const form = document.querySelector(".bd-search-container form");
const field = form.querySelector("input");
const list = document.getElementById("search-results");
const state = document.getElementById("search-status");

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function piece([text, isMarked]) {
  return isMarked ? element("mark", "", text) : text;
}

function result(hit) {
  const { title, pageTitle, chapter, url } = hit.place;
  const { isCode, parts } = search.sample(hit);
  const link = element("a", "", title);
  link.href = url;
  const where = chapter ? `Chapter ${chapter}: ${pageTitle}` : pageTitle;
  const shown = element(isCode ? "code" : "span", "", ...parts.map(piece));
  const place = title === pageTitle && !chapter ? "" : where;
  return element(
    "li",
    "",
    link,
    element("p", "search-place", place),
    element("p", "search-sample", shown),
  );
}

function more(hits) {
  const button = element(
    "button",
    "btn btn-outline-primary",
    `Show all ${hits.length}`,
  );
  button.type = "button";
  button.addEventListener("click", () => {
    const next = list.children.length - 1;
    list.replaceChildren(...hits.map(result));
    list.children[next].querySelector("a").focus();
  });
  return element("li", "search-more", button);
}

function show(question) {
  const asked = question.trim();
  document.title = asked ? `${asked} – Search` : "Search";
  if (!asked) {
    list.replaceChildren();
    state.textContent = "";
    return;
  }
  const { how, hits } = search.find(prepared, asked);
  state.textContent = SAYS[how](hits.length);
  list.replaceChildren(...hits.slice(0, AT_ONCE).map(result));
  if (hits.length > AT_ONCE) list.append(more(hits));
}

function keepInAddress() {
  if (location.protocol === "file:") return; // there an address may not be changed
  const address = new URL(location.href);
  address.searchParams.set("q", field.value);
  history.replaceState(null, "", address);
}

let typing = 0;
field.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    show(field.value);
    keepInAddress();
  }, 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(field.value);
  keepInAddress();
});

// Elsewhere these keys open a field and, pressed again, close it. Here it is open.
function findField(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  field.focus();
  field.select();
}
addEventListener("keydown", findField, { capture: true });

field.value = new URLSearchParams(location.search).get("q") ?? "";
show(field.value);
field.focus();
