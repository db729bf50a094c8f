"""Pages that hold a demo and nothing else, and what the tests run inside them."""

from browser import Visit

PHONE = 390  # CSS pixels of width

PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A demo</title>
<style>
  body {{ margin: 12px; color: #222; background: #fff; }}
  html[data-theme=dark] {{ color-scheme: dark; }}
  html[data-theme=dark] body {{ color: #ced6dd; background: #14181e; }}
</style>
<main><h1>A demo</h1>{body}</main>
</html>
"""

# What a reader sees: every picture and every word.
TOOLS = """
window.look = () => [
  ...[...document.querySelectorAll("canvas")].map(c => c.toDataURL()),
  document.querySelector(".rbm-screen").innerHTML,
  document.querySelector(".rbm-readout").textContent,
].join("|");
window.keep = () => { window.kept = look(); };
window.changed = () => look() !== window.kept;
window.frame = () => new Promise(done => requestAnimationFrame(done));
window.move = control => {
  if (control.type === "checkbox" || control.tagName === "BUTTON") {
    return control.click();
  }
  if (control.tagName === "SELECT") {
    control.selectedIndex = (control.selectedIndex + 1) % control.options.length;
    return control.dispatchEvent(new Event("change"));
  }
  const up = Number(control.value) < Number(control.max);
  control.value = Number(control.value) + (up ? 1 : -1) * 10 * control.step;
  control.dispatchEvent(new Event("input"));
};
"""

# A stand-in for the model that a notebook's front end hands to a widget.
KERNEL = """
<div id="place"></div>
<script type="module">
const values = VALUES, listeners = {};
window.model = {
  saved: 0,
  get: name => values[name],
  set(name, value) {
    values[name] = value;
    for (const listen of listeners["change:" + name] ?? []) listen();
  },
  save_changes() { this.saved++; },
  on: (event, listen) => (listeners[event] ??= []).push(listen),
  off(event, listen) {
    listeners[event] = listeners[event].filter(known => known !== listen);
  },
  count: () => Object.values(listeners).flat().length,
};
const source = new Blob([SOURCE], { type: "text/javascript" });
const { default: widget } = await import(URL.createObjectURL(source));
window.stop = widget.render({ model, el: document.getElementById("place") });
</script>
"""


def open_body(
    browser, folder, body, script=TOOLS, width=PHONE, theme="light", fragment=""
):
    """Open a body of HTML in a window of its own; return it under watch."""
    page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
    page.add_init_script(script)
    visit = Visit(page, folder.as_uri())
    path = folder / "page.html"
    path.write_text(PAGE.format(theme=theme, body=body), encoding="utf-8")
    page.goto(path.as_uri() + fragment)
    return visit
