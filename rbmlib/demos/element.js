// A node of the page: attributes as text, listeners by "on…", children as nodes or text.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// A slider that shows another value than its place.
export function showValue(slider, place, text) {
  slider.value = place;
  slider.setAttribute("aria-valuetext", text);
  slider.parentNode.querySelector("output").textContent = text;
}
