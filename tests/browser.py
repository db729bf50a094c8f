"""A real browser on the built pages, with everything that is not the book cut off."""

import functools
import http.server
import os
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

import chromium

ROOT = Path(__file__).parent.parent
SITE = Path(os.environ.get("BOOK_HTML", ROOT / "_build/html")).resolve()

# Of the pages that are made alike: the picture of all rooms, a room, exercises.
ALIKE = (
    "book/reference/architecture.html",
    "book/reference/ground.html",
    "book/exercises_5.html",
)
THEME = "document.documentElement.dataset.theme"
# The same page in other colours: only these rules can judge it otherwise.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
# What axe calls moderate at most, and looks long for.
NEVER_GRAVE = {"region": {"enabled": False}}

# Most of axe's time goes into thousands of tokens of code, cells of tables and signs of
# formulas. Three stand for all whose text has the same colours, size, weight and
# backgrounds; a formula is read from its hidden MathML, one sign tells its colour.
FEWER_ELEMENTS = """;(() => {
  const own = ["color", "fontSize", "fontWeight", "textShadow"];
  const behind = ["backgroundColor", "backgroundImage", "opacity", "filter"];
  const visible = { opacityProperty: true, visibilityProperty: true };
  const look = (node, names) => {
    const style = getComputedStyle(node);
    return names.map(name => style[name]).join();
  };
  const known = new Map();
  const backgrounds = node => {
    if (!node) return "";
    if (!known.has(node)) {
      known.set(node, look(node, behind) + "|" + backgrounds(node.parentElement));
    }
    return known.get(node);
  };
  const isText = node => node.nodeType === Node.TEXT_NODE && node.data.trim();
  for (const formula of document.querySelectorAll("mjx-math")) {
    formula.replaceChildren("x");
  }
  const seen = new Map(), spare = [];
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some(isText)) element.dataset.silent = "";
    else if (element.checkVisibility(visible)) {
      const all = look(element, own) + "|" + backgrounds(element);
      seen.set(all, (seen.get(all) ?? 0) + 1);
      if (seen.get(all) > 3) spare.push(element);
    }
  }
  for (const element of spare) {
    if (element.matches("pre span")) element.replaceWith(...element.childNodes);
    else element.dataset.likeOthers = "";
  }
  const selector = "*:not([data-silent], [data-like-others], mjx-assistive-mml *)";
  axe.configure({ rules: [{ id: "color-contrast", selector }] });
})();"""


def missing_browser():
    """Fail where nobody could notice a skip, and tell a reader what to install."""
    if os.environ.get("CI"):
        pytest.fail(chromium.MISSING)
    pytest.skip(chromium.MISSING)


def launched():
    """Yield a running browser, without a window."""
    return chromium.launched(missing_browser)


def built_pages():
    """Return the pages of the built book; index.html only leads to the first one."""
    names = (path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    aside = ("_", "slides/")  # slides have tests of their own
    return sorted(n for n in names if n != "index.html" and not n.startswith(aside))


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def is_one_of_many(name):
    """Whether a page is made from docstrings or cut from a chapter, as others are."""
    return name.startswith(("book/reference/", "book/exercises_"))


@contextmanager
def serve(folder):
    """Serve a folder on a free local port; yield the address."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def grave(violations):
    """Return what a reader must be told of axe's findings, a text for each node."""
    return [
        f"{v['id']}: {node['html'][:200]} | {node['failureSummary'][:300]}"
        for v in violations
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


class Visit:
    """A page under watch: `faults` lists what a reader's console would show."""

    def __init__(self, page, base):
        self.page, self.base, self.faults = page, base, []
        page.on("request", self.check_host)
        page.on("console", self.note_console)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught {error}"))
        page.on("response", self.note_status)
        page.on("requestfailed", self.note_loss)

    def check_host(self, request):
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.faults.append(f"off-host {request.url}")

    def note_console(self, message):
        if message.type == "error":
            self.faults.append(f"console {message.text}")

    def note_loss(self, request):
        self.faults.append(f"lost {request.url}")

    def note_status(self, response):
        if response.status >= 400:
            self.faults.append(f"status {response.status} {response.url}")

    def goto(self, name):
        """Open a page of the book and wait until its formulas are set."""
        self.page.goto(f"{self.base}/{name}", wait_until="load")
        self.page.evaluate("window.MathJax?.startup?.promise")
        return self.page

    def unfold(self):
        """Open everything that is folded, and wait until it is there to be checked."""
        self.page.evaluate(
            """async () => {
              const all = selector => document.querySelectorAll(selector);
              all(".bd-article details").forEach(fold => { fold.open = true; });
              all(".bd-article .toggle-button-hidden").forEach(b => b.click());
              await Promise.all(document.getAnimations().map(a => a.finished));
            }"""
        )

    def violations(self, rules=None):
        """Return what axe finds: of each violated rule its id, impact and nodes.

        The page is no longer what it was.
        """
        axe = Axe(Axe().axe_script + FEWER_ELEMENTS)
        options = {"runOnly": rules} if rules else {"rules": NEVER_GRAVE}
        options["resultTypes"] = ["violations"]
        return axe.run(self.page, options=options).response["violations"]
