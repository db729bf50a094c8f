// How a demo comes to life: in a page without a kernel, or as a widget of a notebook.

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
  };
}

// The state after "#id=", if the address carries one and it can be read.
function stateInAddress(id) {
  if (!location.hash.startsWith(`#${id}=`)) return null;
  try {
    return JSON.parse(decodeURIComponent(location.hash.slice(id.length + 2)));
  } catch {
    return null; // cut short by a mailer
  }
}

// Start the first demo of this name that is not yet alive.
export function start(Demo, id, values) {
  const el = document.querySelector(`[data-demo="${id}"]:not([data-live])`);
  el.dataset.live = "";
  const state = stateInAddress(id);
  renderer(Demo)({ model: staticModel({ ...values, ...state }), el, id });
  if (state) el.scrollIntoView();
}

// What anywidget calls to show a demo; the function that it gets back ends the demo.
export function renderer(Demo) {
  return (context) => {
    const demo = new Demo(context);
    return () => demo.page.stop();
  };
}
