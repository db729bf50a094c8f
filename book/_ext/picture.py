"""The picture of the rooms: floors from the top down, thin arrows for imports.

It is an SVG inside the page, so that its inks are those of the theme
(`reference.css`), and narrow, so that its names can be read on a phone.
"""

from functools import cache
from html import escape
from itertools import groupby

from rooms import arrows, direct, every_room, floors

WIDTH, LEFT = 404, 58  # rooms stand between them; names of floors stand left of LEFT
ROW, ROOM, GAP, PAD = 33, 20, 8, 7
LETTER, MARGIN = 6.2, 6  # width of a letter of a room's name, and of a room's margin


@cache
def imports_now():
    """Return the imports, read once for all pictures of a build."""
    return arrows()


def rank(rooms, pairs):
    """Return {room: its row on a floor}: below all rooms of the floor that import it.

    >>> rank(("b", "a", "c"), {("a", "b"), ("b", "c")})
    {'b': 1, 'a': 0, 'c': 2}
    """
    above = {room: [a for a, b in pairs if b == room and a in rooms] for room in rooms}

    def row(room):
        return 1 + max(map(row, above[room]), default=-1)

    return {room: row(room) for room in rooms}


def places(pairs):
    """Return {room: (x, y) of its middle}, {floor: (top, bottom)} and the height."""
    spots, bands, y = {}, {}, 0
    for floor, rooms in floors().items():
        top, rows = y, rank(rooms, pairs)
        y += PAD
        for _, row in groupby(sorted(rooms, key=rows.get), rows.get):
            for line in lines(list(row)):
                spots |= spread(line, y + ROW / 2, spots, pairs)
                y += ROW
        y += PAD
        bands[floor] = top, y
    return spots, bands, y


def lines(row):
    """Split a row that is too wide into rows that fit."""
    if sum(map(width, row)) + GAP * (len(row) - 1) <= WIDTH - LEFT - GAP:
        return [row]
    half = (len(row) + 1) // 2
    return lines(row[:half]) + lines(row[half:])


def width(room):
    return LETTER * len(room) + 2 * MARGIN


def spread(line, y, spots, pairs):
    """Place the rooms of one line, each as near as can be below those that use it."""

    def wish(room):
        above = [spots[a][0] for a, b in pairs if b == room and a in spots]
        return sum(above) / len(above) if above else (WIDTH + LEFT) / 2

    line = sorted(line, key=wish)
    free = WIDTH - LEFT - sum(map(width, line))
    found, x = {}, LEFT
    for room in line:
        x += free / (len(line) + 1)
        found[room] = x + width(room) / 2, y
        x += width(room)
    return found


def path(a, b):
    """Return an arrow's path from the lower edge of a room to the upper one of another.

    It leaves and arrives upright, so that it is not taken for one between neighbours.
    """
    (x, y), (u, v) = a, b
    y, v = y + ROOM / 2, v - ROOM / 2 - 1
    bend = max(12, (v - y) * 0.45)
    points = (x, y), (x, y + bend), (u, v - bend), (u, v)
    return "M{} C{} {} {}".format(*(f"{x:.1f} {y:.1f}" for x, y in points))


def picture(here=(), address=lambda room: None):
    """Return the picture as SVG.

    Parameters
    ----------
    here : sequence of str
        Rooms that are marked; then the arrows are those from and to them, all of
        them.  Without, arrows that follow from others are left out.
    address : callable
        The address of a room's page, or None.
    """
    everything = imports_now()
    short = direct(set(everything))
    spots, bands, height = places(short)
    shown = [pair for pair in everything if set(pair) & set(here)] if here else short
    near = {room for pair in shown for room in pair} if here else set(every_room())
    parts = [band(floor, *at) for floor, at in bands.items()]
    parts += [arrow(pair, spots, here) for pair in sorted(shown)]
    parts += [
        box(room, spots[room], room in here, room in near, address(room))
        for room in every_room()
    ]
    return (
        f'<svg class="rooms" viewBox="0 0 {WIDTH} {height:g}" role="group" '
        f'aria-label="{escape(said(here, shown))}">'
        '<defs><marker id="rooms-tip" viewBox="0 0 6 6" refX="5" refY="3" '
        'markerWidth="6" markerHeight="6" orient="auto">'
        f'<path d="M0 0.5L5.5 3L0 5.5z"/></marker></defs>{"".join(parts)}</svg>'
    )


def said(here, shown):
    """Return the picture in words."""
    if not here:
        return (
            f"The {len(every_room())} rooms of the library on {len(floors())} floors: "
            + "; ".join(f"{f}: {', '.join(rooms)}" for f, rooms in floors().items())
        )
    uses = sorted({b for a, b in shown if a in here} - set(here))
    used = sorted({a for a, b in shown if b in here} - set(here))
    return (
        f"Among the rooms of the library, {' and '.join(here)}: "
        f"imports from {', '.join(uses) or 'no room'}; "
        f"imported by {', '.join(used) or 'no room'}"
    )


def band(floor, top, bottom):
    middle = (top + bottom) / 2
    line = (
        f'<path class="floor" d="M0 {bottom:g}H{WIDTH}"/>' if floor != "ground" else ""
    )
    return f'{line}<text class="floor" x="2" y="{middle:g}">{floor}</text>'


def arrow(pair, spots, here):
    kind = "to" if pair[0] in here else "from" if here else "any"
    return (
        f'<path class="import {kind}" data-from="{pair[0]}" data-to="{pair[1]}" '
        f'marker-end="url(#rooms-tip)" d="{path(*(spots[room] for room in pair))}"/>'
    )


def box(room, spot, marked, near, address):
    x, y = spot
    wide = width(room)
    kind = "room" + (" here" if marked else "" if near else " away")
    drawn = (
        f'<rect x="{x - wide / 2:.1f}" y="{y - ROOM / 2:g}" width="{wide:.1f}" '
        f'height="{ROOM}" rx="4"/><text x="{x:.1f}" y="{y:g}">{room}</text>'
    )
    if address:
        drawn = f'<a href="{escape(address)}">{drawn}</a>'
    return f'<g class="{kind}">{drawn}</g>'
