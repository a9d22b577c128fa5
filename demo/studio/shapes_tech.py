"""Shapes electronics: headphones, earbuds, speakers, chargers, lights, keyboards, cameras and cables."""

import math

from mesh import ball, box, built, circle, disc, lathe, place, place_all, prism, ring, rounded, smooth_line, tube


def headphones(body, *, pad=None, band=None, accent=None, **_):
    """Over-ear headphones standing upright, turned a little."""
    arch = [(-0.82, 0, 0.78), (-0.86, 0, 1.2), (-0.62, 0, 1.74), (0, 0, 2.0), (0.62, 0, 1.74), (0.86, 0, 1.2),
            (0.82, 0, 0.78)]
    tube(arch, 0.07, band or body, widths=[0.7, 0.8, 1.15, 1.3, 1.15, 0.8, 0.7])
    tube([(-0.6, 0, 1.66), (-0.3, 0, 1.86), (0, 0, 1.91), (0.3, 0, 1.86), (0.6, 0, 1.66)], 0.12, pad or body)
    for side in (-1, 1):
        shell = lathe([(0, 0), (0.42, 0), (0.5, 0.05), (0.5, 0.16), (0.44, 0.22), (0, 0.22)], body)
        ear = lathe([(0.2, 0), (0.4, 0), (0.5, 0.08), (0.5, 0.16), (0.42, 0.24), (0.24, 0.2), (0.2, 0.02)], pad or body)
        dot = disc(0.24, 0.02, accent or body, edge=0.008)
        ring_trim = ring(0.46, 0.02, accent or body, (0, 0, 0.06))
        place_all([shell], (0, 0, 0.0))
        place(dot, (0, 0, -0.012))
        place(ear, (0, 0, 0.2))
        if side < 0:
            place_all([shell, ear, dot, ring_trim], (0, 0, 0), (0, 90, 0))
        else:
            place_all([shell, ear, dot, ring_trim], (0, 0, 0), (0, -90, 0))
        place_all([shell, ear, dot, ring_trim], (side * 0.95, 0, 0.52), (0, side * 6, 0), (1, 1, 1.12))


def earbuds(case, *, bud=None, accent=None, **_):
    """An open charging case with two earbuds in front."""
    base = [prism(rounded(1.25, 0.62, 0.3), 0.55, case, radius=0.1)]
    base.append(place(prism(rounded(1.1, 0.48, 0.23), 0.02, accent or case), (0, 0, 0.545)))
    lid = [prism(rounded(1.25, 0.62, 0.3), 0.24, case, radius=0.1)]
    place_all(lid, (0, 0.42, 0.78), (102, 0, 0))
    place_all(base + lid, (0, 0.35, 0))
    for side in (-1, 1):
        pieces = built(ball, 0.17, bud or case, (0, 0, 0.17), (1, 1, 0.85))
        pieces += built(ball, 0.1, accent or case, (0.11 * side, -0.03, 0.29), (1, 1, 0.8))
        pieces.append(tube([(0, 0, 0.17), (-0.1 * side, -0.36, 0.09)], 0.07, bud or case, steps=1))
        place_all(pieces, (side * 0.36, -0.42, 0), (0, 0, side * 20))


def speaker(body, *, grille=None, accent=None, round_body=True, strap=None, **_):
    """A portable loudspeaker with a cloth grille."""
    if round_body:
        lathe([(0, 0), (0.55, 0), (0.62, 0.05), (0.64, 0.14), (0.64, 0.14)], body)
        lathe([(0.645, 0.14), (0.655, 0.16), (0.655, 1.24), (0.645, 1.26)], grille or body, steps=1)
        lathe([(0.64, 1.26), (0.64, 1.26), (0.62, 1.38), (0.54, 1.43), (0, 1.43)], body)
        disc(0.32, 0.015, accent or body, (0, 0, 1.428), edge=0.005)
    else:
        box((1.8, 0.62, 0.95), 0.16, body)
        place(prism(rounded(1.6, 0.78, 0.14), 0.03, grille or body, radius=0.01), (0, -0.3, 0.475), (90, 0, 0))
        for x in (-0.2, 0, 0.2):
            disc(0.05, 0.02, accent or body, (x, 0, 0.945), edge=0.005)
    if strap is not None:
        tube([(0.6, 0, 1.3), (0.86, 0, 1.36), (0.9, 0, 1.0), (0.78, 0, 0.8), (0.62, 0, 1.16)], 0.035, strap)


def power_bank(body, *, port=None, light=None, size=(0.78, 0.24, 1.5), cable=None, **_):
    """A power bank standing up, sockets on its top."""
    w, d, h = size
    shell = prism(rounded(w, d, d * 0.48), h, body, radius=0.03)
    for x, wide in ((-w * 0.2, 0.2), (w * 0.2, 0.16)):
        place(prism(rounded(wide, 0.075, 0.03), 0.01, port), (x, 0, h - 0.002))
    for i in range(4):
        place(disc(0.018, 0.01, light), (-0.09 + 0.06 * i, -d / 2 + 0.004, h * 0.86), (90, 0, 0))
    if cable is not None:
        tube([(w * 0.2, 0, h), (w * 0.2, 0, h + 0.24), (w * 0.75, -0.05, h + 0.2), (w * 1.0, -0.1, h * 0.5),
              (w * 0.85, -0.3, 0.06), (w * 0.2, -0.62, 0.035), (-w * 0.4, -0.5, 0.035)], 0.035, cable)
    return shell


def charger(body, *, prongs=None, port=None, **_):
    """A wall charger lying with its pins to the right."""
    box((0.95, 0.9, 0.95), 0.16, body)
    for y in (-0.17, 0.17):
        place(box((0.4, 0.06, 0.16), 0.02, prongs), (0.64, y, 0.4))
    for z in (0.34, 0.6):
        place(prism(rounded(0.3, 0.1, 0.045), 0.012, port), (-0.475, 0, z), (90, 0, -90))


def cable_coil(body, *, plug=None, tie=None, **_):
    """A charging cable, coiled and tied."""
    path = []
    for i in range(97):
        a = 2 * math.pi * 4 * i / 96
        r = 0.72 + 0.05 * math.sin(3.3 * a)
        path.append((r * math.cos(a), r * math.sin(a), 0.07 + 0.09 * (i / 96) + 0.03 * math.sin(1.7 * a)))
    path = [(0.62, -1.15, 0.06), (0.74, -0.6, 0.06), *path, (0.82, 0.5, 0.12), (1.05, 0.9, 0.06)]
    tube(path, 0.045, body, steps=3)
    for at, turn in (((0.57, -1.3, 0), -12), ((1.14, 1.03, 0), 140)):
        grip = [box((0.17, 0.34, 0.1), 0.035, plug, (0, 0, 0.02)), box((0.11, 0.2, 0.05), 0.02, tie, (0, -0.24, 0.045))]
        place_all(grip, at, (0, 0, turn))
    place(box((0.16, 0.3, 0.3), 0.05, tie), (-0.74, 0, 0.0))


def keyboard(body, *, cap=None, accent=None, **_):
    """A compact keyboard."""
    box((2.3, 0.92, 0.14), 0.05, body)
    for row, counts in enumerate((13, 13, 12, 11)):
        for i in range(counts):
            width = 2.12 / counts
            key = box((width * 0.86, 0.145, 0.1), 0.03, accent if (i == 0 or i == counts - 1) and accent else cap,
                      (-1.06 + width * (i + 0.5), 0.33 - 0.17 * row, 0.13), taper=0.86)
            key.modifiers["bevel"].segments = 2
    for x, wide, material in ((-0.88, 0.3, accent or cap), (-0.52, 0.3, cap), (0.1, 0.86, cap), (0.7, 0.26, cap),
                              (0.97, 0.2, accent or cap)):
        box((wide, 0.145, 0.1), 0.03, material, (x, -0.35, 0.13), taper=0.9)
    place_all([], (0, 0, 0))


def mouse(body, *, wheel=None, **_):
    """A computer mouse."""
    ball(0.6, body, (0, 0, 0.02), (0.78, 1.2, 0.62))
    place(disc(0.1, 0.08, wheel or body), (-0.04, -0.42, 0.28), (0, 90, 0))


def phone_stand(body, *, phone=None, screen=None, **_):
    """A desk stand that holds a phone."""
    box((0.95, 0.9, 0.06), 0.025, body)
    place(box((0.62, 0.06, 1.0), 0.02, body), (0, 0.3, 0.0), (-16, 0, 0))
    shelf = [box((0.78, 0.05, 0.9), 0.02, body, (0, 0, 0)), box((0.78, 0.26, 0.05), 0.02, body, (0, -0.12, 0))]
    place_all(shelf, (0, -0.05, 0.42), (-20, 0, 0))
    if phone is not None:
        handset = [box((0.82, 0.09, 1.66), 0.04, phone), box((0.75, 0.02, 1.58), 0.01, screen or phone, (0, -0.042, 0.04))]
        place_all(handset, (0, -0.13, 0.47), (-20, 0, 0))


def phone_case(body, *, lens=None, ring_mark=None, **_):
    """The back of a phone in its case, leaning."""
    pieces = [prism(rounded(1.0, 2.0, 0.18), 0.13, body, radius=0.05)]
    pieces.append(place(prism(rounded(0.44, 0.46, 0.12), 0.05, body, radius=0.02), (-0.22, 0.7, 0.12)))
    for x, y in ((-0.32, 0.8), (-0.12, 0.8), (-0.22, 0.6)):
        pieces.append(disc(0.085, 0.03, lens, (x, y, 0.165)))
    if ring_mark is not None:
        pieces.append(ring(0.3, 0.022, ring_mark, (0, 0, 0.13)))
    place_all(pieces, (0, 0, 1.0), (72, 0, 0))
    return pieces


def camera(body, *, grip=None, metal=None, lens=None, **_):
    """A small camera with a lens barrel and dials."""
    box((1.7, 0.55, 1.0), 0.1, metal or body)
    box((1.71, 0.57, 0.62), 0.06, grip or body, (0, 0, 0.15))
    barrel = built(lathe, [(0, 0), (0.46, 0), (0.46, 0.18), (0.42, 0.2), (0.42, 0.42), (0.38, 0.45), (0.3, 0.4), (0, 0.34)],
                   grip or body, steps=2)
    barrel += built(ball, 0.3, lens, (0, 0, 0.3), (1, 1, 0.3))
    place_all(barrel, (0.1, -0.28, 0.48), (90, 0, 0))
    for x, r in ((0.55, 0.14), (0.26, 0.1), (-0.62, 0.12)):
        disc(r, 0.13, metal or body, (x, 0, 0.99))
    box((0.4, 0.4, 0.16), 0.05, metal or body, (-0.15, 0, 0.98))


def torch(body, *, head=None, glass=None, **_):
    """A pocket torch lying on its side."""
    rod = built(lathe, [(0, 0), (0.17, 0), (0.2, 0.04), (0.2, 1.3), (0.2, 1.3), (0.3, 1.5), (0.3, 1.9), (0.27, 1.92),
                        (0.25, 1.86), (0, 1.8)], body, steps=2)
    for i in range(7):
        rod.append(ring(0.2, 0.018, head or body, (0, 0, 0.3 + 0.11 * i)))
    rod.append(disc(0.26, 0.02, glass or body, (0, 0, 1.85)))
    place_all(rod, (-0.8, 0.5, 0.3), (0, 90, -30))


def string_lights(cord, *, bulb=None, cap=None, **_):
    """A loop of little lamps."""
    line = smooth_line([(-1.1, 0.3, 0.05), (-0.6, -0.5, 0.05), (0.1, -0.1, 0.05), (0.3, 0.6, 0.05), (-0.3, 0.75, 0.05),
                        (-0.35, 0.1, 0.1), (0.5, -0.5, 0.05), (1.1, 0.2, 0.05)], 8)
    tube(line, 0.022, cord, steps=1)
    for i in range(2, len(line) - 1, 5):
        x, y, z = line[i]
        side = 1 if i % 2 else -1
        lamp = built(ball, 0.1, bulb, (0, 0.24, 0), (1, 1.25, 1)) + [place(disc(0.05, 0.1, cap or cord), (0, 0.05, 0), (-90, 0, 0))]
        place_all(lamp, (x, y, 0.1), (0, 0, 90 + side * 80))


def humidifier(body, *, top=None, light=None, **_):
    """A rounded diffuser with an outlet on top and a ring of light."""
    lathe([(0, 0), (0.52, 0), (0.62, 0.06), (0.72, 0.36), (0.7, 0.7), (0.7, 0.7)], body)
    lathe([(0.71, 0.7), (0.72, 0.72), (0.715, 0.75), (0.7, 0.76)], light or body, steps=1)
    lathe([(0.7, 0.76), (0.7, 0.76), (0.62, 1.06), (0.42, 1.32), (0.16, 1.46), (0.13, 1.44), (0.12, 1.38), (0, 1.38)],
          top or body)


def hand_fan(body, *, grille=None, **_):
    """A small fan with blades in a ring, on a handle."""
    pieces = [ring(0.62, 0.06, body)]
    for radius in (0.2, 0.34, 0.48):
        pieces.append(ring(radius, 0.012, grille or body, (0, 0, 0.12)))
    for k in range(16):
        a = math.pi * k / 8
        pieces.append(tube([(0.1 * math.cos(a), 0.1 * math.sin(a), 0.13), (0.6 * math.cos(a), 0.6 * math.sin(a), 0.05)], 0.012,
                           grille or body, steps=1))
    for k in range(4):
        blade = prism(smooth_line([(0, 0.06), (0.3, 0.24), (0.52, 0.1), (0.5, -0.14), (0.25, -0.12)], 4, closed=True), 0.02,
                      grille or body)
        pieces.append(place(blade, (0, 0, -0.02), (18, 0, 90 * k)))
    pieces.append(disc(0.13, 0.1, body, (0, 0, 0.08)))
    place_all(pieces, (0, 0, 1.65), (82, 0, 0))
    lathe([(0, 0), (0.36, 0), (0.38, 0.04), (0.34, 0.09), (0.16, 0.12), (0.16, 0.2), (0.14, 1.0), (0, 1.05)], body)


def power_strip(body, *, hole=None, button=None, **_):
    """A block with round sockets."""
    box((1.9, 0.55, 0.35), 0.08, body)
    for x in (-0.6, 0, 0.6):
        place(prism(circle(0.2, 32), 0.01, hole), (x, 0, 0.346))
    if button is not None:
        box((0.1, 0.2, 0.03), 0.01, button, (0.9, 0, 0.34))
