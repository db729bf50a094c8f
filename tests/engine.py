"""A demo's program in an embedded V8, without a page."""

import json

from py_mini_racer import MiniRacer

# Browsers have atob, the bare engine has not.
ATOB = """
var atob = (text) => {
  const code = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let bits = 0, n = 0, out = "";
  for (const c of text.replace(/=+$/, "")) {
    bits = (bits << 6) | code.indexOf(c);
    n += 6;
    if (n >= 8) { n -= 8; out += String.fromCharCode((bits >> n) & 255); }
  }
  return out;
};
"""


class Engine:
    """A demo's program in V8, without a page."""

    def __init__(self, demo):
        self.v8 = MiniRacer()
        self.v8.eval(ATOB)
        self.v8.eval(demo.program)

    def __call__(self, expression):
        return json.loads(self.v8.eval(f"JSON.stringify({expression})"))

    def run(self, statements):
        self.v8.eval(statements)
