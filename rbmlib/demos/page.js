// The frame around every demo: labelled controls bound to the model's traits, presets,
// and a legend.

import { Clock } from "./clock.js";
import { element } from "./element.js";
import { saveAnimation } from "./record.js";
import { copyLink, nextSeed, saveImage } from "./share.js";

const same = (x, y) => JSON.stringify(x) === JSON.stringify(y);

const FIRST_HINT = "A preset sets the demo and says here what to look for.";

export class Page {
  // `demo` has advance(single), reset() and draw().
  constructor({ model, el, id, end, notice }, title, demo) {
    Object.assign(this, { model, id, demo, end, help: [] });
    this.notice = element("p", { class: "rbm-notice", role: "status" });
    this.screen = element("div", { class: "rbm-screen" });
    this.readout = element("p", { class: "rbm-readout" });
    this.controls = element("div", { class: "rbm-controls" });
    this.buttons = element("div", { class: "rbm-buttons" });
    this.said = element("span", { class: "rbm-said", role: "status" });
    this.hint = element("p", { class: "rbm-hint", role: "status" });
    this.root = element(
      "div",
      { class: "rbm-demo", role: "group", "aria-label": title },
      this.notice,
      this.buttons,
      this.hint,
      this.controls,
      this.screen,
      this.readout,
    );
    el.append(this.root);
    // Readers of the screen announce what changes in a status that they know already.
    const announce = () => {
      this.say(notice);
      this.root.scrollIntoView(); // it has moved the pictures down
    };
    if (notice) setTimeout(announce, 100);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (calm) this.set({ running: false });
  }

  // A sentence above the pictures: what of a link was ignored, or why the demo stopped.
  say(sentence) {
    this.notice.textContent = sentence;
  }

  // A few words beside the buttons: what one of them has done.
  note(words) {
    this.said.textContent = words;
  }

  // Whatever goes wrong in a step or a drawing stops the clock and is said.
  attempt(action) {
    try {
      action();
    } catch (error) {
      console.error(error);
      this.say(`Stopped: ${error.message}. Reset starts again.`);
      if (this.get("running")) this.set({ running: false });
    }
  }

  tell(...facts) {
    this.readout.textContent = facts.join("   ·   ");
  }

  // Tell Python, at most twice a second.
  report(values, now) {
    if (!now && performance.now() < (this.reported ?? 0) + 500) return;
    this.reported = performance.now();
    this.set(values);
  }

  get(name) {
    return this.model.get(name);
  }

  // Set some traits, then call each of their listeners once.
  set(values) {
    const due = (this.due = new Set());
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.due = null;
    for (const listen of due) this.attempt(listen);
    this.model.save_changes();
  }

  // Call `listen` when a trait changes, from the page or from Python.
  on(names, listen) {
    const call = () => (this.due ? this.due.add(listen) : this.attempt(listen));
    for (const name of names.split(" ")) {
      this.model.on(`change:${name}`, call);
      this.end.signal.addEventListener("abort", () =>
        this.model.off(`change:${name}`, call),
      );
    }
  }

  // A control for a trait; `show` writes its value into the control and its output,
  // whenever this trait or another of `names` changes.
  bind(names, label, help, input, show) {
    const value = element("output");
    const [name] = names.split(" ");
    const update = () => show(this.get(name), value);
    this.help.push([label, help]);
    const text = element("span", {}, label, value);
    this.controls.append(element("label", {}, text, input));
    this.on(names, update);
    update();
  }

  // The controls listed in Python.
  addControls() {
    for (const control of this.get("controls")) this[control.kind](control);
  }

  range({ trait, label, help, min, max, step, digits }) {
    const input = element("input", {
      type: "range",
      min,
      max,
      step,
      "data-trait": trait,
      oninput: () => this.set({ [trait]: Number(input.value) }),
    });
    this.bind(trait, label, help, input, (value, output) => {
      input.value = value;
      output.textContent = value.toFixed(digits);
    });
  }

  select({ trait, label, help, options }) {
    const names = options.map(([, text]) => element("option", {}, text));
    const choose = () => this.set({ [trait]: options[input.selectedIndex][0] });
    const select = { "data-trait": trait, onchange: choose };
    const input = element("select", select, ...names);
    this.bind(trait, label, help, input, (value) => {
      input.selectedIndex = options.findIndex(([option]) => option === value);
    });
  }

  checkbox({ trait, label, help }) {
    const input = element("input", {
      type: "checkbox",
      "data-trait": trait,
      onchange: () => this.set({ [trait]: input.checked }),
    });
    this.bind(trait, label, help, input, (value) => (input.checked = value));
  }

  // What a reader presses takes away what was said before.
  press(action) {
    this.say("");
    this.note("");
    this.link?.remove();
    this.attempt(action);
  }

  button(label, help, action) {
    const onclick = () => this.press(action);
    const button = element("button", { type: "button", onclick }, label);
    this.buttons.append(button);
    this.help.push([label, help]);
    return button;
  }

  // Run/pause, step, reset, and what to take away; then the presets and the legend.
  finish() {
    const reset = () => this.demo.reset();
    const run = this.button("Run", "Start or pause the simulation.", () =>
      this.set({ running: !this.get("running") }),
    );
    const show = () => {
      run.textContent = this.get("running") ? "Pause" : "Run";
      this.clock?.wake();
    };
    this.on("running", show);
    this.button("Step", "Advance by one step while paused.", () => {
      this.set({ running: false });
      this.demo.advance(true);
    });
    this.button("Reset", "Start again from the same seed.", reset);
    this.addShare();
    this.addPresets(reset);
    this.addLegend();
    this.clock = new Clock(this);
    show();
  }

  addShare() {
    const help = "Start again with the next seed: other random numbers.";
    this.button("New seed", help, () => {
      const seed = nextSeed(this.get("seed"));
      this.set({ seed, ...this.demo.random });
      this.note(`Seed ${seed}.`);
    });
    const copy = "Put this state into the page's address, and copy that.";
    if (this.model.isStatic) this.button("Copy link", copy, () => copyLink(this));
    this.button("Save image", "Save the pictures as a PNG file.", () =>
      saveImage(this),
    );
    const record = "Save the next 40 frames as an animation, a GIF file.";
    this.button("Save GIF", record, () => saveAnimation(this));
    this.buttons.append(this.said);
  }

  addPresets(reset) {
    const presets = this.get("presets");
    if (presets.length === 0) return;
    this.hint.textContent = presets.find(this.holds)?.look ?? FIRST_HINT;
    const row = element("div", { class: "rbm-presets" }, element("span", {}, "Try:"));
    for (const { label, state, look } of presets) {
      const choose = () => {
        this.set(state);
        reset();
        this.hint.textContent = look;
      };
      const onclick = () => this.press(choose);
      row.append(element("button", { type: "button", onclick }, label));
    }
    this.buttons.after(row);
  }

  // Whether the demo stands as a preset sets it: a link may lead there.
  holds = ({ state }) => {
    const names = Object.keys(this.get("shared")).filter((name) => name in state);
    const isSet = (name) => same(this.get(name), state[name]);
    return names.every(isSet);
  };

  // What the controls and the buttons do, folded.
  addLegend() {
    const entries = this.help.flatMap(([label, help]) => [
      element("dt", {}, label),
      element("dd", {}, help),
    ]);
    const summary = element("summary", {}, "What the controls do");
    this.root.append(element("details", {}, summary, element("dl", {}, ...entries)));
  }
}
