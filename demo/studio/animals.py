"""Shapes wooden animals: flat-cut ones for stacking and round carved ones."""

import math

from mesh import ball, circle, disc, loft, place, prism, smooth_line, tube

OUTLINES = {
    "whale": [(-1.15, 0.35), (-1.1, 0.12), (-0.8, 0), (-0.8, 0), (0.55, 0), (0.55, 0), (0.9, 0.2),
              (1.05, 0.5), (1.35, 0.72), (1.22, 0.86),
              (1.0, 0.8), (0.82, 0.95), (0.7, 0.86), (0.78, 0.62), (0.55, 0.58), (0.3, 0.82), (0.25, 0.88),
              (-0.75, 0.88), (-1.0, 0.75)],
    "seal": [(-0.5, 0), (-0.5, 0), (0.45, 0), (0.75, 0.05), (0.8, 0.16), (0.6, 0.2), (0.45, 0.3), (0.2, 0.4),
             (-0.1, 0.5), (-0.25, 0.72),
             (-0.42, 0.78), (-0.6, 0.7), (-0.66, 0.58), (-0.52, 0.5), (-0.46, 0.3), (-0.62, 0.08)],
    "crab": [(-0.3, 0), (-0.3, 0), (0.3, 0), (0.3, 0), (0.44, 0.14), (0.58, 0.18), (0.64, 0.4), (0.5, 0.46),
             (0.48, 0.34), (0.4, 0.3),
             (0.28, 0.42), (-0.28, 0.42), (-0.4, 0.3), (-0.48, 0.34), (-0.5, 0.46), (-0.64, 0.4),
             (-0.58, 0.18), (-0.44, 0.14)],
    "snail": [(-0.5, 0), (-0.5, 0), (0.45, 0), (0.45, 0), (0.36, 0.14), (0.36, 0.4), (0.12, 0.58),
              (-0.16, 0.5), (-0.24, 0.26), (-0.34, 0.26),
              (-0.4, 0.48), (-0.5, 0.5), (-0.56, 0.3), (-0.6, 0.1)],
    "fish": [(-0.55, 0.2), (-0.3, 0.02), (-0.2, 0), (0.12, 0), (0.3, 0.1), (0.55, 0.0), (0.5, 0.22),
             (0.56, 0.44), (0.3, 0.32), (0.1, 0.42),
             (-0.22, 0.44)],
    "gull": [(-0.2, 0), (-0.2, 0), (0.16, 0), (0.16, 0), (0.32, 0.18), (0.62, 0.26), (0.5, 0.34),
             (0.1, 0.44), (-0.12, 0.52), (-0.18, 0.66),
             (-0.34, 0.68), (-0.42, 0.6), (-0.58, 0.54), (-0.42, 0.5), (-0.34, 0.3), (-0.3, 0.12)]}
EYES = {"whale": (-0.82, 0.48), "seal": (-0.46, 0.66), "crab": (-0.12, 0.3), "snail": (-0.47, 0.4),
        "fish": (-0.36, 0.26), "gull": (-0.32, 0.6)}


def flat_animal(kind: str, material) -> list:
    """An animal cut from a board, standing on its lower edge, with a drilled eye."""
    from materials import plain
    body = prism(OUTLINES[kind], 0.34, material, radius=0.05, steps=5)
    parts = [place(body, (0, 0.17, 0), (90, 0, 0))]
    dark = plain("#2b211a", 0.8)
    x, z = EYES[kind]
    for eye in ([x, -x] if kind == "crab" else [x]):
        parts.append(place(disc(0.04, 0.012, dark, edge=0.003), (eye, -0.165, z), (90, 0, 0)))
    if kind == "snail":
        spiral = [(0.08 + 0.019 * a * math.cos(a), -0.172, 0.3 + 0.019 * a * math.sin(a))
                  for a in [0.35 * i for i in range(30)]]
        parts.append(tube(spiral, 0.014, dark, steps=2))
    return parts


def _body(rings, material):
    """A smooth body through (x, z, half height, half width) rings along x."""
    line = smooth_line(rings, 6)
    sections = [[(x, max(w, 0.004) * math.cos(a), z + max(h, 0.004) * math.sin(a))
                 for a in [2 * math.pi * i / 28 for i in range(28)]]
                for x, z, h, w in line]
    return loft(sections, material, sharp=80)


def _legs(material, spots, top, radius, foot=None):
    return [tube([(x, y, top), (x, y * 1.05, top * 0.5), (x, y * 1.08, 0.0)], radius, material,
                 widths=[1.25, 0.95, foot or 1.0])
            for x, y in spots]


def giraffe(wood, dark) -> list:
    parts = [_body([(-0.42, 1.02, 0.05, 0.05), (-0.34, 1.05, 0.2, 0.18), (0, 1.12, 0.23, 0.2),
                    (0.32, 1.2, 0.24, 0.18), (0.45, 1.25, 0.05, 0.05)], wood)]
    parts.append(tube([(0.3, 0, 1.25), (0.42, 0, 1.6), (0.55, 0, 2.1), (0.6, 0, 2.4)], 0.12, wood,
                      widths=[1.4, 1.05, 0.85, 0.8]))
    parts.append(_body([(0.5, 2.45, 0.04, 0.04), (0.56, 2.46, 0.13, 0.12), (0.75, 2.42, 0.11, 0.1),
                        (0.98, 2.32, 0.08, 0.07), (1.02, 2.3, 0.02, 0.02)], wood))
    for y in (-0.06, 0.06):
        parts += [tube([(0.58, y, 2.55), (0.56, y, 2.72)], 0.026, dark, steps=1),
                  ball(0.04, dark, (0.56, y, 2.73))]
        parts.append(ball(0.07, wood, (0.5, y * 2.6, 2.52), (0.5, 1.3, 0.6)))
    parts += _legs(wood, ((-0.3, -0.11), (-0.3, 0.11), (0.3, -0.11), (0.3, 0.11)), 1.02, 0.07)
    spots = ((-0.25, 1.14), (0.02, 1.22), (0.24, 1.12), (-0.08, 1.0), (0.12, 1.02), (0.36, 1.26),
             (-0.34, 1.0))
    for x, z in spots:
        parts += [ball(0.075, dark, (x, side * (0.17 if abs(x) > 0.3 else 0.19), z), (1.1, 0.3, 1))
                  for side in (-1, 1)]
    for k in range(5):
        z = 1.45 + 0.21 * k
        x = 0.36 + 0.055 * k * 1.0
        parts += [ball(0.05, dark, (x, side * (0.125 - 0.008 * k), z), (1, 0.35, 1.1)) for side in (-1, 1)]
    return parts + _eyes(dark, 0.68, 0.1, 2.47)


def _eyes(dark, x, y, z):
    return [ball(0.024, dark, (x, side * y, z)) for side in (-1, 1)]


def elephant(wood, dark) -> list:
    parts = [_body([(-0.62, 0.75, 0.06, 0.06), (-0.52, 0.78, 0.32, 0.28), (0, 0.86, 0.42, 0.36),
                    (0.4, 0.86, 0.36, 0.3), (0.55, 0.85, 0.1, 0.1)], wood)]
    parts.append(ball(0.31, wood, (0.62, 0, 1.0), (1, 0.85, 1.1)))
    parts.append(tube([(0.82, 0, 1.0), (1.02, 0, 0.78), (1.06, 0, 0.45), (1.16, 0, 0.2), (1.3, 0, 0.2)],
                      0.11, wood, widths=[1.5, 1.1, 0.85, 0.7, 0.6]))
    for side in (-1, 1):
        ear = prism(circle(0.3, 32, squash=1.15), 0.07, wood, radius=0.03)
        place(ear, (0, 0, 0), (90, 0, 0))
        parts.append(place(ear, (0.5, side * 0.34, 1.02), (0, 0, side * 24)))
        parts.append(tube([(0.82, side * 0.13, 0.82), (0.98, side * 0.16, 0.68), (1.14, side * 0.16, 0.72)],
                          0.035, dark, widths=[1.2, 1, 0.4]))
    parts += _legs(wood, ((-0.4, -0.2), (-0.4, 0.2), (0.3, -0.2), (0.3, 0.2)), 0.75, 0.14)
    return parts + _eyes(dark, 0.84, 0.19, 1.1)


def zebra(wood, dark) -> list:
    parts = [_body([(-0.5, 0.78, 0.04, 0.04), (-0.42, 0.78, 0.22, 0.18), (0, 0.78, 0.23, 0.2),
                    (0.36, 0.82, 0.23, 0.18), (0.46, 0.84, 0.05, 0.05)], wood)]
    parts.append(tube([(0.34, 0, 0.9), (0.5, 0, 1.12), (0.6, 0, 1.32)], 0.14, wood, widths=[1.2, 0.95, 0.85]))
    parts.append(_body([(0.5, 1.36, 0.04, 0.04), (0.56, 1.37, 0.13, 0.11), (0.76, 1.3, 0.11, 0.09),
                        (0.98, 1.2, 0.08, 0.07), (1.02, 1.18, 0.02, 0.02)], wood))
    parts += _legs(wood, ((-0.34, -0.11), (-0.34, 0.11), (0.3, -0.11), (0.3, 0.11)), 0.72, 0.065)
    for x in (-0.4, -0.28, -0.16, -0.04, 0.08, 0.2, 0.32):
        r = 0.2 + 0.035 * math.cos(x * 3)
        hoop = [(x + 0.04 * math.sin(a), (r - 0.025) * math.cos(a), 0.79 + (r + 0.01) * math.sin(a))
                for a in [math.pi * 2 * i / 24 for i in range(24)]]
        parts.append(tube(hoop, 0.02, dark, closed=True, steps=1))
    for x, z in ((0.42, 1.0), (0.5, 1.12), (0.57, 1.22)):
        parts.append(tube([(x + 0.04, -0.13, z + 0.02), (x - 0.12, 0, z + 0.1), (x + 0.04, 0.13, z + 0.02)],
                          0.018, dark))
    parts.append(tube([(0.24, 0, 1.05), (0.36, 0, 1.22), (0.48, 0, 1.42)], 0.035, dark))
    for side in (-1, 1):
        parts.append(ball(0.06, wood, (0.54, side * 0.08, 1.5), (0.6, 0.6, 1.4)))
    parts.append(tube([(-0.5, 0, 0.86), (-0.6, 0, 0.68), (-0.6, 0, 0.5)], 0.024, dark))
    return parts + _eyes(dark, 0.7, 0.095, 1.36)


def rhino(wood, dark) -> list:
    parts = [_body([(-0.6, 0.55, 0.05, 0.05), (-0.52, 0.56, 0.26, 0.24), (0, 0.6, 0.32, 0.3),
                    (0.36, 0.62, 0.3, 0.26), (0.5, 0.6, 0.2, 0.18),
                    (0.75, 0.52, 0.18, 0.15), (0.98, 0.44, 0.14, 0.12), (1.04, 0.42, 0.03, 0.03)], wood)]
    parts.append(tube([(0.92, 0, 0.52), (1.0, 0, 0.68), (0.98, 0, 0.86)], 0.08, dark,
                      widths=[1.2, 0.8, 0.15]))
    parts.append(tube([(0.74, 0, 0.62), (0.78, 0, 0.74), (0.76, 0, 0.82)], 0.055, dark,
                      widths=[1.2, 0.8, 0.2]))
    parts += [ball(0.08, wood, (0.52, side * 0.13, 0.84), (0.6, 0.6, 1.2)) for side in (-1, 1)]
    parts += _legs(wood, ((-0.38, -0.17), (-0.38, 0.17), (0.3, -0.17), (0.3, 0.17)), 0.5, 0.11)
    return parts + _eyes(dark, 0.78, 0.15, 0.6)


def warthog(wood, dark) -> list:
    parts = [_body([(-0.42, 0.42, 0.04, 0.04), (-0.36, 0.43, 0.18, 0.16), (0, 0.47, 0.22, 0.19),
                    (0.28, 0.46, 0.2, 0.17), (0.5, 0.4, 0.15, 0.13),
                    (0.72, 0.3, 0.1, 0.1), (0.78, 0.28, 0.08, 0.08), (0.79, 0.28, 0.02, 0.02)], wood)]
    for side in (-1, 1):
        parts.append(tube([(0.68, side * 0.08, 0.26), (0.72, side * 0.2, 0.28), (0.7, side * 0.22, 0.42)],
                          0.03, dark, widths=[1.2, 0.9, 0.3]))
        parts.append(ball(0.06, wood, (0.34, side * 0.13, 0.66), (0.6, 0.6, 1.3)))
    parts.append(tube([(-0.2, 0, 0.66), (0.1, 0, 0.71), (0.34, 0, 0.64)], 0.035, dark,
                      widths=[0.5, 1.1, 0.6]))
    parts.append(tube([(-0.42, 0, 0.48), (-0.5, 0, 0.64), (-0.48, 0, 0.74)], 0.02, dark,
                      widths=[1, 0.8, 1.8]))
    parts += _legs(wood, ((-0.26, -0.11), (-0.26, 0.11), (0.24, -0.11), (0.24, 0.11)), 0.38, 0.06)
    return parts + _eyes(dark, 0.5, 0.125, 0.48)
