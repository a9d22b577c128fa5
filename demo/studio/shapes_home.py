"""Shapes household wood and basketry: baskets, boards, spoons, boxes, stools, lamps, candles, umbrellas."""

import math

from mesh import (ball, bevel, box, built, circle, disc, lathe, loft, place, place_all, prism, ring, rounded, sheet,
                  smooth_line, solid, tube, wobble)


def basket(body, *, radius=0.85, height=0.85, flare=1.12, rim=None, handles=True, rows=13, lid=False, **_):
    """A basket woven of round strands over stakes."""
    pitch = height / rows
    for row in range(rows + 1):
        z = pitch * (row + 0.5)
        wide = radius * (0.9 + (flare - 0.9) * (row / rows) ** 0.8)
        tube(_strand(wide, z, row), pitch * 0.56, body, closed=True, steps=1)
    for stake in range(30):
        a = 2 * math.pi * stake / 30
        tube([(radius * k * math.cos(a), radius * k * math.sin(a), z) for k, z in
              ((0.9, 0.02), (0.9 + (flare - 0.9) * 0.5, height * 0.4), (flare, height))], 0.025, body, steps=3)
    disc(radius * 0.9, 0.05, body)
    top = height + pitch * 0.6
    ring(radius * flare, 0.065, rim or body, (0, 0, top))
    for side in ((-1, 1) if handles else ()):
        x = side * radius * flare
        tube([(x * 0.94, -0.28, top), (x * 1.03, -0.2, top + 0.26), (x * 1.05, 0, top + 0.33),
              (x * 1.03, 0.2, top + 0.26), (x * 0.94, 0.28, top)], 0.05, rim or body)
    if lid:
        _basket_lid(body, rim or body, radius * flare, top)


def _strand(wide, z, row):
    return [((wide + 0.03 * math.cos(15 * a + math.pi * (row % 2))) * math.cos(a),
             (wide + 0.03 * math.cos(15 * a + math.pi * (row % 2))) * math.sin(a), z)
            for a in [2 * math.pi * i / 120 for i in range(120)]]


def _basket_lid(body, knob, wide, top):
    for row in range(10):
        r = wide * (1 - row / 10)
        tube(_strand(max(r, 0.05), top + 0.08 + 0.22 * math.sin(math.pi / 2 * row / 10), row), 0.06, body, closed=True,
             steps=1)
    ball(0.1, knob, (0, 0, top + 0.36))


def board(body, *, size=(1.9, 1.15), thickness=0.1, hole=True, handle=False, **_):
    """A cutting board leaning slightly, or lying when long."""
    w, d = size
    outline = rounded(w, d, 0.14)
    if handle:
        outline = [(-w / 2, -d / 2), (-w / 2, -d / 2), (w * 0.3, -d / 2), (w * 0.36, -d * 0.34), (w * 0.42, -0.12),
                   (w * 0.7, -0.12), (w * 0.76, 0), (w * 0.7, 0.12), (w * 0.42, 0.12), (w * 0.36, d * 0.34),
                   (w * 0.3, d / 2), (-w / 2, d / 2), (-w / 2, d / 2)]
        outline = smooth_line(outline, 5, closed=True)
    centre = (w * 0.67, 0) if handle else (w / 2 - 0.17, 0)
    thing = prism(outline, thickness, body, radius=0.02, holes=[circle(0.06, 24, centre)] if hole else ())
    return place(thing, (0, 0, 0), (0, 0, -14))


def spoon(body, *, length=2.2, bowl_width=0.26, at=(0, 0, 0), turn=0, **_):
    """A spoon with a hollow bowl."""
    rows = []
    for i in range(21):
        t = i / 20
        y = -0.42 + 0.84 * t
        half = bowl_width * math.sqrt(max(0.0, 1 - (2 * t - 1) ** 2)) + 0.004
        rows.append([(half * u, y, 0.03 + 0.13 * (1 - (1 - u * u) * (1 - (2 * t - 1) ** 2)) ** 1.2)
                     for u in [-1 + j / 6 for j in range(13)]])
    bowl = bevel(solid(loft(rows, body, closed=False, sharp=80), 0.05), 0.015, 2)
    stem = tube([(0, 0.38, 0.15), (0, 0.6, 0.2), (0, length * 0.5, 0.17), (0, length - 0.42, 0.1)], 0.055, body,
                widths=[0.8, 0.8, 1.0, 1.35])
    return place_all([bowl, stem], at, (0, 0, turn))


def spatula(body, *, length=2.2, at=(0, 0, 0), turn=0, slots=False, **_):
    """A flat turner."""
    outline = [(-0.22, -0.5), (0.22, -0.5), (0.25, -0.2), (0.18, 0.15), (0.06, 0.38), (0.05, 0.6), (0.07, length - 0.5),
               (0.0, length - 0.42), (-0.07, length - 0.5), (-0.05, 0.6), (-0.06, 0.38), (-0.18, 0.15), (-0.25, -0.2)]
    holes = [rounded(0.05, 0.34, 0.024) for _ in range(3)] if slots else []
    holes = [[(x + 0.12 * (k - 1), y - 0.2) for x, y in hole] for k, hole in enumerate(holes)]
    thing = prism(smooth_line(outline, 4, closed=True), 0.07, body, radius=0.015, holes=holes)
    return place_all([thing], at, (0, 0, turn))


def utensils(body, *, count=3, **_):
    """Spoons and a turner fanned out."""
    spoon(body, at=(-0.35, 0, 0), turn=14)
    spatula(body, at=(0.1, 0, 0), turn=-2, slots=True)
    if count > 2:
        spoon(body, at=(0.58, 0, 0), turn=-18, bowl_width=0.2)


def chopsticks(body, *, tip=None, rest=None, pairs=2, **_):
    """Pairs of chopsticks on a rest."""
    for pair in range(pairs):
        for stick in (0, 1):
            x = 0.3 * (pair - (pairs - 1) / 2) + 0.1 * stick
            turn = -18 + 3 * stick
            rod = lathe([(0, 0), (0.018, 0), (0.035, 0.8), (0.05, 2.3), (0.045, 2.34), (0, 2.34)], body, steps=1)
            end = lathe([(0.0, 1.62), (0.0485, 1.62), (0.053, 2.31), (0.047, 2.35), (0, 2.35)], tip or body, steps=1)
            place_all([rod, end], (x, -1.0, 0.12), (-89, 0, turn))
    if rest is not None:
        place(box((0.3 * pairs + 0.2, 0.2, 0.1), 0.04, rest), (0.14, -0.55, 0), (0, 0, -18))


def tray(body, *, size=(2.0, 1.3), rise=0.2, handles=True, inside=None, **_):
    """A rectangular tray with a rim."""
    w, d = size
    prism(rounded(w, d, 0.12), 0.06, inside or body, radius=0.015)
    rim = prism(rounded(w, d, 0.14), rise, body, radius=0.02, holes=[rounded(w - 0.14, d - 0.14, 0.09)])
    place(rim, (0, 0, 0))
    for side in ((-1, 1) if handles else ()):
        tube([(side * (w / 2 - 0.04), -0.26, rise * 0.9), (side * (w / 2 + 0.04), -0.2, rise + 0.15),
              (side * (w / 2 + 0.04), 0.2, rise + 0.15), (side * (w / 2 - 0.04), 0.26, rise * 0.9)], 0.045, body)


def casket(body, *, lid=None, size=(1.5, 1.0, 0.6), open_lid=False, clasp=None, tiers=1, **_):
    """A box of one or more tiers with a lid."""
    w, d, h = size
    for tier in range(tiers):
        box((w, d, h - 0.015), 0.04, body, (0, 0, h * tier))
    top = h * tiers
    box((w + 0.02, d + 0.02, h * 0.28), 0.05, lid or body, (0, 0, top + 0.004))
    if clasp is not None:
        box((0.16, 0.04, 0.22), 0.015, clasp, (0, -d / 2 - 0.015, top - 0.1))


def stool(seat, *, legs=None, height=1.5, radius=0.75, square=False, **_):
    """A stool on four splayed legs with stretchers."""
    leg = legs or seat
    if square:
        box((radius * 2, radius * 1.5, 0.14), 0.05, seat, (0, 0, height - 0.14))
    else:
        disc(radius, 0.14, seat, (0, 0, height - 0.14), edge=0.06)
    feet = [(sx * radius * 0.86, sy * radius * (0.66 if square else 0.86)) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    for x, y in feet:
        tube([(x, y, 0), (x * 0.66, y * 0.66, height - 0.1)], 0.065, leg, steps=1, widths=[0.75, 1.15])
    for (ax, ay), (bx, by) in zip(feet, feet[1:] + feet[:1], strict=True):
        z = 0.42 if abs(ax - bx) > 0.1 else 0.6
        k = 1 - 0.34 * z / height
        tube([(ax * k, ay * k, z), (bx * k, by * k, z)], 0.038, leg, steps=1)


def table_lamp(shade, *, base=None, stem=None, body_profile=None, **_):
    """A lamp with a drum shade on a turned body."""
    foot = base
    profile = body_profile or [(0, 0), (0.42, 0), (0.45, 0.03), (0.4, 0.06), (0.2, 0.12), (0.24, 0.3), (0.36, 0.55),
                               (0.3, 0.8), (0.12, 0.98), (0.07, 1.1), (0, 1.1)]
    lathe(profile, foot)
    disc(0.035, 0.5, stem or foot, (0, 0, 1.0))
    lathe([(0.78, 1.12), (0.8, 1.12), (0.58, 1.98), (0.56, 1.98)], shade, steps=1)
    lathe([(0.76, 1.13), (0.55, 1.97)], shade, steps=1)
    ball(0.12, shade, (0, 0, 1.5))


def desk_lamp(body, *, head=None, joint=None, light=None, **_):
    """A jointed desk lamp."""
    disc(0.5, 0.08, body, edge=0.03)
    arm = joint or body
    tube([(0, 0, 0.06), (-0.42, 0, 1.05)], 0.04, arm, steps=1)
    tube([(-0.42, 0, 1.05), (0.45, 0, 1.72)], 0.04, arm, steps=1)
    place(disc(0.09, 0.12, body), (-0.42, 0.06, 1.05), (90, 0, 0))
    hood = built(lathe, [(0.1, 0.36), (0.14, 0.34), (0.18, 0.2), (0.38, 0), (0.36, 0), (0.16, 0.19)], head or body)
    hood += built(ball, 0.15, light or body, (0, 0, 0.08))
    place_all(hood, (0.52, 0, 1.45), (0, -28, 0))


def lantern(body, *, frame=None, ribs=14, **_):
    """A paper lantern with ribs and end rings."""
    points = [(0.3, 0.1), (0.62, 0.26), (0.86, 0.62), (0.92, 0.98), (0.86, 1.34), (0.62, 1.7), (0.3, 1.86)]
    lathe(points, body, ripple=lambda a, z: 1 + 0.012 * math.sin(z * math.pi * ribs), steps=22)
    for z in (0.02, 1.84):
        lathe([(0.26, z), (0.34, z), (0.34, z + 0.1), (0.26, z + 0.1), (0.26, z)], frame or body, steps=1)
    tube([(-0.3, 0, 1.92), (0, 0, 2.25), (0.3, 0, 1.92)], 0.02, frame or body)


def candle(body, *, wax=None, wick=None, label=None, lid=None, radius=0.55, height=0.9, **_):
    """A candle in a jar or tin, its lid leaning beside it."""
    r, h = radius, height
    lathe([(0, 0), (r * 0.95, 0), (r, 0.05), (r, h), (r, h), (r - 0.03, h + 0.01), (r - 0.05, h), (r - 0.05, 0.1),
           (0, 0.08)], body)
    disc(r - 0.055, h * 0.68, wax or body, (0, 0, 0.1), edge=0.01)
    if wick is not None:
        tube([(0, 0, h * 0.76), (0.01, 0, h * 0.84), (0.03, 0, h * 0.9)], 0.016, wick)
    if label is not None:
        lathe([(r * 1.003, h * 0.22), (r * 1.012, h * 0.23), (r * 1.012, h * 0.72), (r * 1.003, h * 0.73)], label, steps=1)
    if lid is not None:
        place(disc(r * 1.03, 0.09, lid, edge=0.03), (r * 1.55, 0.12, r * 0.99), (0, 78, 20))


def umbrella(canopy, *, shaft=None, handle=None, ribs=8, **_):
    """An open umbrella lying on its rim."""
    def scallop(a, z):
        dip = abs(math.sin(ribs / 2 * a))
        return 1 - 0.08 * dip * (1 - z / 0.7)
    things = [lathe([(1.2, 0), (1.12, 0.16), (0.85, 0.42), (0.45, 0.6), (0, 0.68)], canopy, segments=16 * ribs,
                    ripple=scallop)]
    things.append(tube([(0, 0, 0.86), (0, 0, -1.1)], 0.028, shaft or canopy, steps=1))
    things.append(tube([(0, 0, -0.95), (0, 0, -1.3), (0.1, 0, -1.42), (0.22, 0, -1.34), (0.24, 0, -1.22)], 0.06,
                       handle or canopy))
    for rib in range(ribs):
        a = 2 * math.pi * rib / ribs
        things.append(tube([(r * math.cos(a), r * math.sin(a), z) for r, z in
                            ((1.2, -0.005), (1.12, 0.15), (0.85, 0.41), (0.45, 0.595), (0.05, 0.675))], 0.014,
                           shaft or canopy))
    place_all(things, (0, 0, 1.0), (62, 0, 38))


def folding_fan(leaf, *, sticks=None, blades=22, **_):
    """An open folding fan, leaning back."""
    things, spread = [], math.radians(150)
    rows = []
    for i in range(blades * 2 + 1):
        a = math.pi / 2 + spread * (0.5 - i / (blades * 2))
        lift = 0.03 if i % 2 else -0.03
        rows.append([(r * math.cos(a), r * math.sin(a), lift) for r in (0.72, 1.1, 1.5)])
    things.append(loft(rows, leaf, closed=False, sharp=10))
    solid(things[0], 0.008)
    for i in range(blades + 1):
        a = math.pi / 2 + spread * (0.5 - i / blades)
        wide = 2.2 if i in (0, blades) else 1
        reach = 1.5 if i in (0, blades) else 0.95
        things.append(tube([(0, 0, 0), (reach * math.cos(a), reach * math.sin(a), 0)], 0.016 * wide, sticks or leaf, steps=1))
    place_all(things, (0, 0, 0.02), (64, 0, 0))


def rug(body, *, size=(2.3, 1.5), fringe=None, rolled=False, **_):
    """A flat mat or rug, one corner of it turned up, or a roll with a loose end."""
    if rolled:
        return _roll(body, size)
    sheet(*size, lambda x, y: 0.03 + 0.5 * max(0.0, (x / size[0] - y / size[1]) - 0.72) ** 1.3, body, thickness=0.03)
    for i in range(40 if fringe is not None else 0):
        y = size[1] * (i / 39 - 0.5)
        for side in (-1, 1):
            x = side * size[0] / 2
            tube([(x, y, 0.04), (x + side * 0.13, y + 0.03 * wobble(i, side), 0.02)], 0.012, fringe, steps=1)
    return None


def _roll(body, size):
    rows, turns = [], 3.4
    for i in range(150):
        t = i / 149
        if t < 0.72:
            a = 2 * math.pi * turns * (1 - t / 0.72)
            r = 0.42 - 0.27 * (1 - t / 0.72)
            point = (r * math.sin(-a), 0.42 - r * math.cos(a))
        else:
            point = (-(t - 0.72) / 0.28 * 1.5, 0.0)
        rows.append([(x, point[0], point[1] + 0.03) for x in (-size[1] * 0.72, -0.3, 0.3, size[1] * 0.72)])
    return solid(loft(rows, body, closed=False, sharp=60), 0.06)
