"""Ship the icons that the pages show, out of the two thousand of the theme's set.

The theme's script carries every Font Awesome icon, 1.4 MB that each page would load.
An icon is in use if a page or a script names it (``fa-rocket``) or a style shows it by
its code point; rules of the set's own style sheet (``.fa-rocket:before``) show nothing
by themselves.
"""

import re
from pathlib import Path

SCRIPT = Path("_static/scripts/fontawesome.js")
# name:[width,height,[aliases],"code point","path" or ["path","path"]],
ICON = re.compile(
    r'"?([\w-]+)"?:\[\d+,\d+,(\[[^\]]*\]),"([0-9a-f]+)",(?:"[^"]*"|\[[^\]]*\])\],?'
)
NAME = re.compile(r"\bfa-([a-z0-9-]+)")
CODE_POINT = re.compile(r"\\([0-9a-f]{4})\b")
OWN_RULE = re.compile(r"\.fa-[^{}]*\{[^}]*\}")


def used_icons(folder):
    """Return the names and the code points that the built pages can show."""
    names, points = set(), set()
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".js") and path != folder / SCRIPT:
            names.update(NAME.findall(path.read_text(encoding="utf-8")))
        elif path.suffix == ".css":
            rules = OWN_RULE.sub("", path.read_text(encoding="utf-8"))
            points.update(CODE_POINT.findall(rules))
    return names, points


def keep_icons(script, names, points):
    """Drop from the set's script every icon that is neither named nor shown.

    >>> keep_icons('x={sun:[1,1,[],"f185","M0"],bug:[1,1,[],"f188","M1"]}', {"sun"}, ())
    'x={sun:[1,1,[],"f185","M0"],}'
    """

    def kept(icon):
        name, aliases, point = icon.groups()
        called = {name, *re.findall(r'"([\w-]+)"', aliases)}
        return icon.group() if called & names or point in points else ""

    return ICON.sub(kept, script)


def trim(app, exception):
    if exception is None and app.builder.format == "html":
        script = Path(app.outdir) / SCRIPT
        small = keep_icons(script.read_text("utf-8"), *used_icons(Path(app.outdir)))
        script.write_text(small, encoding="utf-8")


def setup(app):
    app.connect("build-finished", trim)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
