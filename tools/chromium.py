"""The browser of the tests and of the printed book, with the network cut off."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
MISSING = (
    "no Chromium or Chrome was found. Debian, Ubuntu: apt install chromium. "
    "Elsewhere: .venv/bin/python -m playwright install chromium, or set CHROMIUM to "
    "the program's path."
)
# What a headless browser otherwise asks of the network by itself.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # the network is cut
]


def find_chromium(bundled):
    """Return the path of a browser: CHROMIUM, the system's, or playwright's own."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), MAC, bundled]
    return next((path for path in candidates if path and Path(path).exists()), None)


def missing_browser():
    raise SystemExit(MISSING)


@contextmanager
def launched(missing=missing_browser):
    """Yield a running browser, without a window; call `missing` where there is none."""
    with sync_playwright() as playwright:
        program = find_chromium(playwright.chromium.executable_path)
        if program is None:
            missing()
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()
