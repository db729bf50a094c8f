// How a demo comes to life: in a page without a kernel, or as a widget of a notebook.

import { element } from "./element.js";
import { readState } from "./settings.js";

// What a widget's model is to a page without a kernel: values and their listeners.
function staticModel(values) {
  const listeners = {};
  return {
    isStatic: true,
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      for (const listen of listeners[`change:${name}`] ?? []) listen();
    },
    save_changes() {},
    on: (event, listen) => (listeners[event] ??= []).push(listen),
    off: (event) => delete listeners[event],
  };
}

// The text after "#id=" in the address.  An id that is not on this page is that of an
// earlier edition: the first demo of its kind takes it.
function stateInAddress(el) {
  const [, id, kind, text] =
    location.hash.match(/^#(([a-z]+)-[0-9a-f]{6})=(.*)$/) ?? [];
  if (!id || el.dataset.demo === id) return text;
  if (document.querySelector(`[data-demo="${id}"]`)) return undefined;
  return el === document.querySelector(`[data-demo^="${kind}-"]`) ? text : undefined;
}

// Start the first demo of this name that is not yet alive.
export function start(Demo, id, values) {
  const el = document.querySelector(`[data-demo="${id}"]:not([data-live])`);
  if (!el) return; // the page has lost its place
  el.dataset.live = "";
  const show = (text) => {
    const hasState = text !== undefined;
    const found = hasState ? readState(text, values.shared, values) : {};
    const model = staticModel({ ...values, ...found.state });
    const stop = renderer(Demo)({ model, el, id, notice: found.refusal });
    if (hasState) el.scrollIntoView();
    return stop;
  };
  let stop = show(stateInAddress(el));
  addEventListener("hashchange", () => {
    const text = stateInAddress(el);
    if (text === undefined || !el.isConnected) return;
    stop();
    el.replaceChildren();
    stop = show(text);
  });
}

// What anywidget calls to show a demo; the function that it gets back ends the demo.
export function renderer(Demo) {
  return (context) => {
    const end = new AbortController();
    const stop = () => end.abort();
    try {
      Reflect.construct(Demo, [{ ...context, end }]);
    } catch (error) {
      stop();
      const words = `This demo cannot start: ${error.message}.`;
      const notice = element("p", { class: "rbm-notice", role: "status" }, words);
      context.el.replaceChildren(element("div", { class: "rbm-demo" }, notice));
      console.error(error);
    }
    return stop;
  };
}
