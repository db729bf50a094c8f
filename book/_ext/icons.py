"""Ship the icons that the pages show, out of the two thousand of the theme's set.

The theme's script carries every Font Awesome icon, 1.4 MB that each page would load.
An icon is in use if a page or a script names it (``fa-rocket``) or a style shows it by
its code point; rules of the set's own style sheet (``.fa-rocket:before``) show nothing
by themselves.  The set's fonts, of which a page loads 156 kB, keep what styles show.
"""

import re
from pathlib import Path

from fontTools import subset

SCRIPT = Path("_static/scripts/fontawesome.js")
FONTS = "_static/vendor/fontawesome/webfonts/*.woff2"
# name:[width,height,[aliases],"code point","path" or ["path","path"]],
ICON = re.compile(
    r'"?([\w-]+)"?:\[\d+,\d+,(\[[^\]]*\]),"([0-9a-f]+)",(?:"[^"]*"|\[[^\]]*\])\],?'
)
NAME = re.compile(r"\bfa-([a-z0-9-]+)")
CODE_POINT = re.compile(r"\\([0-9a-f]{4})\b")
LITERAL = re.compile("[\ue000-\uf8ff]")  # the same written as the character itself
OWN_RULE = re.compile(r"\.fa-[^{}]*\{[^}]*\}")


def used_icons(folder):
    """Return the names and the code points that the built pages can show."""
    names, points = set(), set()
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".js") and path != folder / SCRIPT:
            names.update(NAME.findall(path.read_text(encoding="utf-8")))
        elif path.suffix == ".css":
            points.update(shown_by(OWN_RULE.sub("", path.read_text(encoding="utf-8"))))
    return names, points


def shown_by(style):
    """Return the code points that a style sheet shows.

    >>> sorted(shown_by('a{content:"\\\\f107"} b{--icon:"\uf0eb"}'))
    ['f0eb', 'f107']
    """
    literal = {f"{ord(character):04x}" for character in LITERAL.findall(style)}
    return literal.union(CODE_POINT.findall(style))


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


def keep_glyphs(path, points):
    """Drop from a font file every glyph that no style shows."""
    options = subset.Options(flavor="woff2", notdef_outline=True)
    font = subset.load_font(path, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[int(point, 16) for point in points])
    subsetter.subset(font)
    subset.save_font(font, path, options)


def trim(app, exception):
    if exception is None and app.builder.format == "html":
        folder = Path(app.outdir)
        names, points = used_icons(folder)
        script = folder / SCRIPT
        small = keep_icons(script.read_text("utf-8"), names, points)
        script.write_text(small, encoding="utf-8")
        for path in folder.glob(FONTS):
            keep_glyphs(str(path), points)


def setup(app):
    app.connect("build-finished", trim)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
