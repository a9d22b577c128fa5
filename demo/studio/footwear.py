"""Shapes shoes: one last (the foot's form), from which derbies, slip-ons and woven sandals are cut."""

import math

from mesh import ball, loft, place, prism, smooth_line, solid, strap, tube

# Stations along the foot, heel to toe: y, half width, shift inwards, height of the upper's ridge.
STATIONS = ((1.28, 0.1, 0.0, 0.62), (1.22, 0.27, 0.0, 0.72), (1.0, 0.36, 0.0, 0.78), (0.6, 0.37, 0.0, 0.78),
            (0.2, 0.36, 0.01, 0.8),
            (-0.2, 0.39, 0.03, 0.66), (-0.6, 0.45, 0.05, 0.5), (-0.95, 0.45, 0.04, 0.42),
            (-1.22, 0.36, 0.01, 0.36), (-1.4, 0.22, -0.02, 0.24),
            (-1.46, 0.08, -0.03, 0.1))


def outline(side: int, grow: float = 0) -> list[tuple[float, float]]:
    """The print of the foot, seen from above; `side` is -1 for the left."""
    line = smooth_line([(y, half, shift) for y, half, shift, _ in STATIONS], 5)
    right = [(side * (-shift) + half + grow, y + math.copysign(grow, y)) for y, half, shift in line]
    left = [(side * (-shift) - half - grow, y + math.copysign(grow, y)) for y, half, shift in line]
    return right + left[::-1]


def _section(station, side, base, points=21, low=0.0, high=1.0):
    y, half, shift, ridge = station
    row = []
    for i in range(points):
        a = math.pi * (low + (high - low) * i / (points - 1))
        x = half * math.copysign(abs(math.cos(a)) ** 0.75, math.cos(a))
        row.append((side * (-shift) + x, y, base + ridge * abs(math.sin(a)) ** 0.8))
    return row


def _upper(material, side, base, first, last, thickness=0.04):
    """The closed upper between two stations, given as positions along the foot."""
    line = [s for s in smooth_line(STATIONS, 6) if last <= s[0] <= first]
    return solid(loft([_section(s, side, base) for s in line], material, closed=False, sharp=80), thickness,
                 1)


def _quarters(material, side, base, opening, back, thickness=0.05, collar=0.6):
    """The two side walls around the heel, open on top."""
    line = [s for s in smooth_line(STATIONS, 6) if s[0] >= back]
    rows = []
    for way in (1, -1):
        for y, half, shift, _ridge in (line if way < 0 else line[::-1]):
            rear = min(1.0, max(0.0, (y - 0.75) / 0.5))
            front = min(1.0, max(0.0, (opening - y) / 0.45))
            top = base + 0.78 * collar + 0.16 * rear * rear + 0.14 * front
            lean = 0.86 if y < 1.2 else 0.8
            rows.append([(side * (-shift) + way * half, y, base),
                         (side * (-shift) + way * half * 1.01, y, base + (top - base) * 0.35),
                         (side * (-shift) + way * half * 0.96, y, base + (top - base) * 0.7),
                         (side * (-shift) + way * half * lean, y - (0.04 if y > 1.1 else 0), top)])
    return solid(loft(rows, material, closed=False, sharp=80), thickness, 1), rows


def _welt(material, side, height, grow=0.06):
    prism(outline(side, grow), height, material, radius=0.025)


def derby(parts: dict, side: int) -> None:
    """A plain derby with four pairs of eyelets."""
    base = 0.2
    _welt(parts["sole"], side, base)
    place(prism(outline(side, -0.03), 0.05, parts["inside"]), (0, 0, base))
    _upper(parts["upper"], side, base - 0.02, -0.02, -1.5)
    _wall, rows = _quarters(parts["upper"], side, base - 0.02, 0.3, -0.25, collar=0.82)
    tube([row[-1] for row in rows], 0.035, parts["upper"], steps=1)
    tube([(x * 1.02, y, z + 0.01) for x, y, z in _section((-0.86, 0.46, 0.045, 0.45), side, base)], 0.012,
         parts["lace"], steps=1)
    tongue = [[(side * -0.02 + x, y, base + z - 2.2 * x * x) for x in (-0.2, -0.1, 0, 0.1, 0.2)] for y, z in
              ((-0.3, 0.6), (0.0, 0.72), (0.25, 0.82), (0.46, 0.9))]
    solid(loft(tongue, parts["upper"], closed=False, sharp=80), 0.04)
    for flap in (-1, 1):
        rows = [[(side * -0.02 + flap * x, y, base + z - 1.9 * (x - 0.05) ** 2 + 0.03)
                 for x in (0.07, 0.16, 0.26, 0.34)] for y, z in
                ((-0.42, 0.56), (-0.15, 0.68), (0.1, 0.76), (0.32, 0.82))]
        solid(loft(rows, parts["upper"], closed=False, sharp=80), 0.045)
    for k in range(4):
        y, z = -0.3 + 0.18 * k, base + 0.645 + 0.06 * k
        for flap in (-1, 1):
            ball(0.026, parts["lace"], (side * -0.02 + flap * 0.13, y, z + 0.015))
        tube([(side * -0.02 - 0.13, y, z + 0.02), (side * -0.02, y, z + 0.07),
              (side * -0.02 + 0.13, y, z + 0.02)], 0.026, parts["lace"])
    _bow(parts["lace"], side, base)


def _bow(material, side, base):
    x, y, z = side * -0.02, 0.3, base + 0.92
    for way in (-1, 1):
        tube([(x, y, z), (x + way * 0.18, y - 0.03, z + 0.07), (x + way * 0.34, y - 0.1, z - 0.06),
              (x + way * 0.22, y - 0.12, z - 0.08), (x, y, z)],
             0.022, material)
        tube([(x, y, z), (x + way * 0.12, y - 0.2, z - 0.05), (x + way * 0.26, y - 0.36, z - 0.18)], 0.02,
             material)
    ball(0.045, material, (x, y, z))


def slip_on(parts: dict, side: int) -> None:
    """A low canvas shoe with a rope-look sole and elastic gores."""
    base = 0.26
    for row in range(4):
        points = [(x, y, 0.035 + 0.066 * row) for x, y in outline(side, 0.05)]
        tube(points, 0.042, parts["sole"], closed=True, steps=1)
    prism(outline(side, 0.04), base - 0.02, parts["sole"])
    place(prism(outline(side, -0.03), 0.04, parts["inside"]), (0, 0, base))
    _upper(parts["upper"], side, base - 0.04, 0.12, -1.5)
    _wall, rows = _quarters(parts["upper"], side, base - 0.04, 0.35, -0.02, collar=0.72)
    tube([row[-1] for row in rows], 0.03, parts["trim"], steps=1)
    for way in (-1, 1):
        gore = [[(side * -0.01 + way * (0.385 + k), y, z) for y in (0.06, 0.3)] for k,
                z in ((0.01, base + 0.2), (-0.02, base + 0.42), (-0.07, base + 0.56))]
        solid(loft(gore, parts["gore"], closed=False), 0.03)


def huarache(parts: dict, side: int) -> None:
    """A sandal of interlaced strips with an open heel and a buckled strap."""
    base = 0.17
    _welt(parts["sole"], side, base, 0.05)
    place(prism(outline(side, -0.02), 0.05, parts["inside"]), (0, 0, base))
    _lattice(parts["leather"], side, base)
    back = [(side * -0.0 + 0.37, 0.2, base + 0.3), (0.4, 0.6, base + 0.45), (0.33, 1.1, base + 0.55),
            (0, 1.32, base + 0.58), (-0.33, 1.1, base + 0.55),
            (-0.4, 0.6, base + 0.45), (-0.37, 0.2, base + 0.3)]
    strap(back, 0.13, 0.035, parts["leather"], across=(0, 0, 1), steps=6)
    for way in (-1, 1):
        strap([(way * 0.39, 0.72, base + 0.47), (way * 0.4, 0.8, base + 0.2), (way * 0.36, 0.84, base)],
              0.11, 0.035, parts["leather"], across=(0, 1, 0))
    buckle = [(side * 0.42, 0.42 + a, base + 0.4 + b) for a, b in ((-0.08, -0.09), (0.08, -0.09),
                                                            (0.08, 0.09), (-0.08, 0.09))]
    tube(buckle, 0.018, parts["buckle"], closed=True, steps=1)


def _lattice(material, side, base):
    """Two families of strips over the forefoot, each lifted over and under the other."""
    line = smooth_line(STATIONS, 6)
    def over(t, a):
        y = 0.18 - 1.5 * t
        near = min(line, key=lambda s: abs(s[0] - y))
        _y, half, shift, ridge = near
        x = half * math.copysign(abs(math.cos(a)) ** 0.75, math.cos(a))
        return (side * (-shift) + x, y, base + ridge * 0.95 * abs(math.sin(a)) ** 0.8)
    count = 9
    for family in (-1, 1):
        for k in range(-5, count + 1):
            path = []
            for i in range(27):
                u = i / 26
                t = (k + family * 0 + (u if family > 0 else 1 - u) * 5.5) / count
                if -0.02 <= t <= 0.97:
                    weave = 0.022 * math.cos(math.pi * (i * 0.42 + k)) * family
                    x, y, z = over(t, math.pi * u)
                    path.append((x * (1 + weave * 0.6), y, z + 0.03 + weave))
            if len(path) > 3:
                tube(path, 0.055, material, steps=2)
