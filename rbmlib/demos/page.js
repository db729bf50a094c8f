// The frame around every demo: labelled controls bound to the model's traits, presets,
// a legend, the shared address, and a clock that only ticks while someone can see it.

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
    off() {},
  };
}

// Start the first demo of this name that is not yet alive.
function start(id, values) {
  const el = document.querySelector(`.rbm-demo-place[data-demo="${id}"]:not([data-live])`);
  el.dataset.live = "";
  const state = stateInAddress(id);
  render({ model: staticModel({ ...values, ...state }), el, id });
  if (state) el.scrollIntoView();
}

// The state after "#id=", if the address carries one and it can be read.
function stateInAddress(id) {
  if (!location.hash.startsWith(`#${id}=`)) return null;
  try {
    return JSON.parse(decodeURIComponent(location.hash.slice(id.length + 2)));
  } catch {
    return null; // an address cut short by a mail program: show the demo's own start
  }
}

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

class Page {
  constructor({ model, el, id }, title) {
    Object.assign(this, { model, id, title, help: [], stops: [], frame: null });
    this.screen = element("div", { class: "rbm-screen" });
    this.controls = element("div", { class: "rbm-controls" });
    this.buttons = element("div", { class: "rbm-buttons" });
    this.hint = element("p", { class: "rbm-hint", role: "status" });
    this.root = element(
      "div", { class: "rbm-demo", role: "group", "aria-label": title },
      this.screen, this.controls, this.buttons, this.hint,
    );
    el.append(this.root);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.set({ running: false });
  }

  get(name) {
    return this.model.get(name);
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  // Call `listen` when a trait changes, from the page or from Python.
  on(names, listen) {
    for (const name of names.split(" ")) {
      this.model.on(`change:${name}`, listen);
      this.stops.push(() => this.model.off(`change:${name}`, listen));
    }
  }

  // A control for a trait; `show` writes its value into the control and its output,
  // whenever this trait or another of `names` changes.
  bind(names, label, help, input, show) {
    const value = element("output"), [name] = names.split(" ");
    const update = () => show(this.get(name), value);
    this.help.push([label, help]);
    this.controls.append(element("label", {}, element("span", {}, label, value), input));
    this.on(names, update);
    update();
    return input;
  }

  range(name, label, { min, max, step, digits = 0, help }) {
    const input = element("input", {
      type: "range", min, max, step, "data-trait": name,
      oninput: () => this.set({ [name]: Number(input.value) }),
    });
    return this.bind(name, label, help, input, (value, output) => {
      input.value = value;
      output.textContent = value.toFixed(digits);
    });
  }

  // `options` lists [value, text]; values may be numbers or strings.
  select(name, label, options, help) {
    const choose = () => this.set({ [name]: options[input.selectedIndex][0] });
    const input = element(
      "select", { "data-trait": name, onchange: choose },
      ...options.map(([, text]) => element("option", {}, text)),
    );
    return this.bind(name, label, help, input, (value) => {
      input.selectedIndex = options.findIndex(([option]) => option === value);
    });
  }

  button(label, help, onclick) {
    const button = element("button", { type: "button", onclick }, label);
    this.buttons.append(button);
    if (help) this.help.push([label, help]);
    return button;
  }

  // Run/pause, step, reset, share; then the presets and the legend.
  finish({ step, reset, shared }) {
    const run = this.button("Run", "Start or pause the simulation.", () =>
      this.set({ running: !this.get("running") }));
    const show = () => {
      run.textContent = this.get("running") ? "Pause" : "Run";
      this.wake();
    };
    this.on("running", show);
    this.button("Step", "Advance by one step while paused.", () => {
      this.set({ running: false });
      step(true);
    });
    this.button("Reset", "Start again from the same seed.", reset);
    if (this.model.isStatic) {
      this.button("Link", "Put this state into the page's address, to share it.", () => {
        const state = Object.fromEntries(shared.map((name) => [name, this.get(name)]));
        const hash = `${this.id}=${encodeURIComponent(JSON.stringify(state))}`;
        history.replaceState(null, "", `#${hash}`);
        this.hint.textContent = "The address of this page now holds the demo's state.";
      });
    }
    this.addPresets(reset);
    const entries = this.help.flatMap(([label, help]) => [
      element("dt", {}, label), element("dd", {}, help)]);
    this.root.append(element("details", {},
      element("summary", {}, "What the controls do"), element("dl", {}, ...entries)));
    this.tick = step;
    this.watch();
    show();
  }

  addPresets(reset) {
    const row = element("div", { class: "rbm-presets" }, element("span", {}, "Try:"));
    for (const { label, state, look } of this.get("presets")) {
      row.append(element("button", { type: "button", onclick: () => {
        this.set(state);
        reset();
        this.hint.textContent = look;
      } }, label));
    }
    this.buttons.after(row);
  }

  // Tick only while running, on screen, and in the tab in front.
  watch() {
    const seen = new IntersectionObserver((entries) => {
      this.onScreen = entries.at(-1).isIntersecting;
      this.wake();
    });
    seen.observe(this.root);
    const resized = new ResizeObserver(() => this.draw());
    resized.observe(this.screen);
    const themed = new MutationObserver(() => this.draw());
    themed.observe(document.documentElement, { attributes: true });
    const print = (event) => {
      this.root.classList.toggle("rbm-print", event.type === "beforeprint");
      this.draw();
    };
    const wake = () => this.wake();
    document.addEventListener("visibilitychange", wake);
    for (const name of ["beforeprint", "afterprint"]) addEventListener(name, print);
    this.stops.push(() => {
      for (const observer of [seen, resized, themed]) observer.disconnect();
      document.removeEventListener("visibilitychange", wake);
      for (const name of ["beforeprint", "afterprint"]) removeEventListener(name, print);
    });
  }

  wake() {
    const awake = this.get("running") && this.onScreen && !document.hidden;
    if (awake && this.frame === null) this.frame = requestAnimationFrame(() => this.beat());
    if (!awake && this.frame !== null) {
      cancelAnimationFrame(this.frame);
      this.frame = null;
    }
  }

  beat() {
    this.frame = null;
    this.tick(false);
    this.wake();
  }

  stop() {
    this.onScreen = false;
    this.wake();
    for (const stop of this.stops) stop();
  }
}
