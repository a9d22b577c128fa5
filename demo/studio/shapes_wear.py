"""Shapes jewellery, watches, eyewear and small leather goods."""

import math

from mesh import (ball, bevel, box, built, circle, disc, lathe, loft, place, place_all, prism, ring, rounded,
                  smooth_line, solid, tube, wobble)


def finger_ring(band, *, gem=None, **_):
    """A ring standing on its edge, with an optional stone."""
    profile = [(0.78 + 0.07 * math.cos(a), 0.16 * math.sin(a)) for a in [2 * math.pi * i / 24 for i in range(25)]]
    hoop = [lathe(profile, band, steps=1, segments=120)]
    place_all(hoop, (0, 0, 0.85), (90, 0, 24))
    if gem is not None:
        ball(0.26, gem, (0, 0, 1.82), (1, 1, 0.7))
        lathe([(0.1, 1.62), (0.27, 1.76), (0.29, 1.82), (0.26, 1.83)], band, steps=1)


def bead_loop(bead, *, accent=None, count=18, radius=0.9, size=None, tassel=None, every=6, **_):
    """A bracelet or necklace of beads lying flat."""
    r = size or math.pi * radius / count * 0.97
    for i in range(count):
        a = 2 * math.pi * i / count - math.pi / 2
        special = accent is not None and i % every == 0
        ball(r, accent if special else bead, (radius * math.cos(a), radius * math.sin(a), r))
    if tassel is not None:
        _tassel(tassel, (0, -radius - r, r * 0.7))


def _tassel(material, at):
    x, y, z = at
    ball(0.07, material, (x, y - 0.05, z))
    for i in range(15):
        lean = (i - 7) / 7
        tube([(x, y - 0.08, z), (x + 0.06 * lean, y - 0.3, z * 0.6), (x + 0.13 * lean, y - 0.62, 0.03)], 0.014, material,
             steps=3)


def necklace(chain, *, pendant=None, shape="drop", gem=None, **_):
    """A chain lying in a loop with a pendant at the front."""
    line = smooth_line([(0, -0.75, 0.05), (0.42, -0.3, 0.04), (0.78, 0.35, 0.04), (0.55, 0.95, 0.04), (0, 1.1, 0.04),
                        (-0.6, 0.9, 0.04), (-0.74, 0.3, 0.04), (-0.4, -0.35, 0.04)], 14, closed=True)
    for i, (x, y, z) in enumerate(line):
        ahead = line[(i + 1) % len(line)]
        turn = math.degrees(math.atan2(ahead[1] - y, ahead[0] - x))
        link = ring(0.042, 0.011, chain)
        place(link, (0, 0, 0), (0, 0, 0), (1.5, 1, 1))
        place(link, (0, 0, 0), (90 if i % 2 else 0, 0, 0))
        place(link, (x, y, z), (0, 0, turn))
    if shape == "disc":
        place(disc(0.3, 0.06, pendant or chain), (0, -1.1, 0.01))
    elif shape == "donut":
        place(ring(0.26, 0.12, pendant or chain), (0, -1.12, 0.11), (0, 0, 0), (1, 1, 0.8))
    else:
        place(lathe([(0, -0.3), (0.16, -0.24), (0.24, -0.06), (0.16, 0.16), (0.04, 0.34), (0, 0.36)], pendant or chain),
              (0, -1.12, 0.16), (-90, 0, 0), (1, 0.6, 1))
    ring(0.06, 0.016, chain, (0, -0.78, 0.07), (0, 90, 0))
    if gem is not None:
        ball(0.09, gem, (0, -1.12, 0.1), (1, 1, 0.6))


def earrings(metal, *, drop=None, style="drop", **_):
    """A pair of earrings hanging side by side from hooks."""
    for side in (-1, 1):
        x = side * 0.48
        tube([(x, 0.1, 1.7), (x, 0.14, 2.0), (x, 0, 2.13), (x, -0.1, 2.0), (x, -0.1, 1.62)], 0.026, metal)
        if style == "hoop":
            place(ring(0.42, 0.05, drop or metal), (x, -0.1, 1.14), (90, 0, 12))
        elif style == "pearl":
            ball(0.34, drop or metal, (x, -0.1, 1.22))
            lathe([(0, 0), (0.1, 0), (0.05, 0.06), (0, 0.07)], metal).location = (x, -0.1, 1.54)
        else:
            ring(0.06, 0.018, metal, (x, -0.1, 1.56), (90, 0, 0))
            place(lathe([(0, 0), (0.2, 0.08), (0.27, 0.3), (0.17, 0.62), (0.04, 0.9), (0, 0.92)], drop or metal),
                  (x, -0.1, 0.58), (0, 0, 0), (1, 0.6, 1))
    tube([(-0.95, 0, 2.11), (0.95, 0, 2.11)], 0.035, metal, steps=1)
    for side in (-1, 1):
        tube([(side * 0.95, 0, 2.11), (side * 0.95, 0, 0.06)], 0.035, metal, steps=1)
        place(box((0.16, 0.6, 0.06), 0.02, metal), (side * 0.95, 0, 0))


def bangle(body, *, radius=0.9, minor=0.15, **_):
    """A closed bangle, resting on its rim against a small block."""
    place(ring(radius, minor, body), (0, 0, minor), (0, 0, 0))


def wrist_watch(case, *, strap=None, dial=None, hands=None, smart=False, crown=None, **_):
    """A watch standing on its closed strap, dial turned up to the viewer."""
    things = []
    if smart:
        things.append(place(box((0.95, 1.1, 0.26), 0.2, case), (0, 0, 0)))
        things.append(place(box((0.84, 0.99, 0.05), 0.15, dial), (0, 0, 0.235)))
        things += _rings_display(hands)
    else:
        things += built(lathe, [(0, 0), (0.56, 0), (0.62, 0.06), (0.62, 0.18), (0.55, 0.24), (0.5, 0.24), (0.5, 0.2),
                                (0, 0.2)], case)
        things.append(disc(0.5, 0.01, dial, (0, 0, 0.2), edge=0.002))
        things += _clock_face(hands)
    things.append(place(disc(0.08, 0.12, crown or case), (0.6, 0, 0.13), (0, 90, 0)))
    things += _watch_strap(strap, case, 0.5 if not smart else 0.52)
    place_all(things, (0, 0, 1.3), (52, 0, 0))


def _clock_face(hands):
    marks = []
    for hour in range(12):
        a = math.pi / 6 * hour
        marks.append(place(box((0.03, 0.1 if hour % 3 else 0.14, 0.012), 0.003, hands),
                           (0.41 * math.sin(a), 0.41 * math.cos(a), 0.208), (0, 0, -30 * hour)))
    for length, width, angle in ((0.27, 0.045, 55), (0.4, 0.03, -62)):
        hand = box((width, length, 0.012), 0.004, hands, (0, length / 2 - 0.04, 0))
        marks.append(place(hand, (0, 0, 0.222), (0, 0, angle)))
    marks.append(disc(0.035, 0.03, hands, (0, 0, 0.21)))
    return marks


def _rings_display(light):
    arcs = []
    for number, radius in enumerate((0.3, 0.22, 0.14)):
        points = [(radius * math.cos(a), radius * math.sin(a) - 0.1, 0.287) for a in
                  [math.pi / 2 - 2 * math.pi * (0.8 - 0.15 * number) * i / 30 for i in range(31)]]
        arcs.append(tube(points, 0.024, light, steps=1))
    arcs.append(box((0.44, 0.06, 0.006), 0.01, light, (0, 0.34, 0.284)))
    return arcs


def _watch_strap(material, buckle, top):
    path = smooth_line([(top, 0.08), (top + 0.22, -0.08), (top + 0.3, -0.5), (top + 0.05, -1.05), (0, -1.25),
                        (-top - 0.05, -1.05), (-top - 0.3, -0.5), (-top - 0.22, -0.08), (-top, 0.08)], 8)
    rows = []
    for y, z in path:
        half = 0.3 + 0.06 * min(1.0, max(0.0, (z + 1.2)))
        rows.append([(x, y, z) for x in (-half, -half * 0.4, half * 0.4, half)])
    band = bevel(solid(loft(rows, material, closed=False, sharp=80), 0.07), 0.02, 2)
    return [band, box((0.74, 0.26, 0.06), 0.02, buckle, (0, -0.02, -1.33))]


def sunglasses(frame, *, lens=None, round_lens=True, **_):
    """Sunglasses with open temples."""
    radius = 0.5
    for side in (-1, 1):
        outline = circle(radius, 48, squash=0.94) if round_lens else rounded(1.06, 0.84, 0.28)
        rim = [(side * 0.62 + x, 0, 0.56 + y) for x, y in outline]
        tube(rim, 0.06, frame, closed=True, steps=1)
        glass = prism([(x * 0.98, y * 0.98) for x, y in outline], 0.03, lens)
        place(glass, (side * 0.62, 0.015, 0.56), (90, 0, 0))
        x = side * (0.62 + radius + 0.04)
        tube([(x, 0, 0.72), (x + side * 0.04, 0.1, 0.73), (x - side * 0.03, 1.2, 0.62), (x - side * 0.08, 1.7, 0.32),
              (x - side * 0.08, 1.82, 0.14)], 0.05, frame, widths=[1.1, 1.1, 0.9, 1, 1.2])
    tube([(-0.16, 0, 0.66), (0, -0.05, 0.76), (0.16, 0, 0.66)], 0.05, frame)


def wallet(body, *, stitch=None, clasp=None, **_):
    """A folded wallet standing half open."""
    for side in (-1, 1):
        flap = [prism(rounded(1.5, 1.05, 0.1), 0.09, body, radius=0.035)]
        if stitch is not None:
            seam = [(x, y, 0.1) for x, y in rounded(1.38, 0.93, 0.08)]
            flap.append(tube(seam, 0.009, stitch, closed=True, steps=1))
        place_all(flap, (0.02, 0, 0.53), (90 - side * 0, 0, 0))
        place_all(flap, (0, 0, 0), (0, 0, 0) if side < 0 else (0, 0, 180))
        place_all(flap, (0, side * 0.2, 0), (side * 16, 0, 0))
    if clasp is not None:
        ball(0.07, clasp, (0, -0.42, 0.6), (1, 0.5, 1))


def belt(body, *, buckle=None, **_):
    """A belt rolled in a coil with its buckle in front."""
    rows = []
    for i in range(220):
        a = 2 * math.pi * 2.6 * i / 219 - math.pi / 2
        r = 0.42 + 0.5 * i / 219
        rows.append([(r * math.cos(a), r * math.sin(a), z) for z in (0, 0.13, 0.27, 0.4)])
    solid(loft(rows, body, closed=False, sharp=80), 0.06)
    x, y, _z = rows[-1][0]
    frame = [(px, 0, pz) for px, pz in rounded(0.52, 0.6, 0.1)]
    place(tube(frame, 0.05, buckle, closed=True, steps=1), (x - 0.1, y - 0.02, 0.22), (0, 0, math.degrees(math.atan2(y, x)) + 90))
    place(tube([(-0.2, 0, 0), (0.24, -0.05, 0)], 0.03, buckle, steps=1), (x - 0.1, y - 0.05, 0.22),
          (0, 0, math.degrees(math.atan2(y, x)) + 90))


def backpack(body, *, strap=None, trim=None, **_):
    """A rucksack with a flap, a front pocket and two straps."""
    shell = box((1.3, 0.62, 1.75), 0.24, body, taper=0.9)
    shell.modifiers["bevel"].segments = 8
    flap_rows = []
    for i in range(19):
        a = math.pi * (i / 18) * 0.62
        flap_rows.append([(x, 0.3 - 0.66 * (1 - math.cos(a)) / 1.36, 1.5 + 0.34 * math.sin(a * 1.3) - 0.45 * (i / 18) ** 3)
                          for x in [-0.64 + 1.28 * j / 12 for j in range(13)]])
    solid(loft(flap_rows, body, closed=False, sharp=80), 0.05, 1)
    pocket = box((0.95, 0.22, 0.66), 0.1, body, (0, -0.36, 0.14))
    pocket.modifiers["bevel"].segments = 6
    for side in (-1, 1):
        box((0.13, 0.04, 0.95), 0.015, trim or body, (side * 0.33, -0.36 - 0.02, 0.62))
        place(box((0.2, 0.05, 0.14), 0.02, strap or body), (side * 0.33, -0.41, 0.82))
        tube([(side * 0.4, 0.34, 1.6), (side * 0.62, 0.55, 1.25), (side * 0.68, 0.55, 0.7), (side * 0.56, 0.3, 0.1)], 0.08,
             strap or body)
    tube([(-0.2, 0.2, 1.72), (-0.16, 0.2, 1.95), (0.16, 0.2, 1.95), (0.2, 0.2, 1.72)], 0.05, trim or body)


def shoulder_bag(body, *, strap=None, clasp=None, **_):
    """A small flap bag with a long strap."""
    shell = box((1.5, 0.45, 0.98), 0.12, body)
    shell.modifiers["bevel"].segments = 6
    place(prism(smooth_line([(-0.76, 0.5), (-0.76, 0.5), (0.76, 0.5), (0.76, 0.5), (0.74, -0.08), (0.5, -0.24), (-0.5, -0.24),
                             (-0.74, -0.08)], 6, closed=True), 0.07, body, radius=0.03), (0, -0.2, 0.5), (90, 0, 0))
    if clasp is not None:
        place(disc(0.085, 0.06, clasp), (0, -0.25, 0.36), (90, 0, 0))
    tube([(-0.74, 0, 0.86), (-0.8, 0, 1.2), (-0.48, 0.04, 1.82), (0, 0.06, 2.0), (0.48, 0.04, 1.82), (0.8, 0, 1.2),
          (0.74, 0, 0.86)], 0.045, strap or body)
    for side in (-1, 1):
        place(ring(0.08, 0.022, clasp or body), (side * 0.76, 0, 0.93), (90, 0, 0))


def comb(body, *, teeth=26, **_):
    """A comb lying flat."""
    w = 2.0
    back = smooth_line([(-w / 2, 0), (-w / 2, 0), (w / 2, 0), (w / 2, 0), (w / 2 + 0.02, 0.22), (w * 0.3, 0.42), (0, 0.48),
                        (-w * 0.3, 0.42), (-w / 2 - 0.02, 0.22)], 5, closed=True)
    prism(back, 0.11, body, radius=0.03)
    for i in range(teeth):
        x = w * ((i + 0.5) / teeth - 0.5) * 0.97
        wide = 0.06 if i in (0, teeth - 1) else 0.026
        tube([(x, 0.04, 0.055), (x, -0.5, 0.055)], wide, body, steps=1, widths=[1, 0.6])


def hair_pin(rod, *, head=None, drop=None, **_):
    """A long hair stick with an ornament."""
    things = [lathe([(0, 0), (0.02, 0), (0.045, 0.6), (0.06, 2.0), (0.05, 2.1), (0, 2.1)], rod, steps=1)]
    things += built(ball, 0.18, head or rod, (0, 0, 2.22))
    for k in range(5):
        a = 2 * math.pi * k / 5
        things += built(ball, 0.13, drop or head or rod, (0.19 * math.cos(a), 0.19 * math.sin(a), 2.22))
    place_all(things, (-0.8, -0.6, 0.2), (-88, 0, -48))


def silk_tie(body, *, seed=1, **_):
    """A rolled necktie with its blade lying out."""
    blade = [(-0.22, 0), (0.22, 0), (0.34, 1.5), (0, 1.86), (-0.34, 1.5)]
    place(prism(blade, 0.05, body, radius=0.015), (0, -0.2, 0), (0, 0, 180))
    rows = []
    for i in range(120):
        a = 2 * math.pi * 3 * i / 119
        r = 0.14 + 0.3 * i / 119
        rows.append([(x + 0.01 * wobble(a, seed), r * math.sin(a), 0.45 - r * math.cos(a)) for x in (-0.22, 0, 0.22)])
    solid(loft(rows, body, closed=False, sharp=80), 0.05)
