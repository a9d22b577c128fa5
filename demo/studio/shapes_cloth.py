"""Shapes cloth and clothing: folded stacks, scarves, cushions, bags, hats and footwear."""

import math

from mesh import (
    ball,
    bevel,
    built,
    lathe,
    loft,
    place,
    place_all,
    prism,
    rounded,
    smooth_line,
    solid,
    subdivide,
    tube,
    wobble,
)


def folded(body, *, size=(1.7, 1.2), layers=3, thickness=0.13, at=(0, 0, 0), seed=0, turn=0, trim=None, **_):
    """One cloth folded in `layers`, its round folds towards the viewer."""
    width, depth = size
    half, pieces = thickness / 2, []
    for layer in range(layers):
        section = _fold_section(depth - 0.03 * layer, half * 0.94)
        rings = []
        for step in range(25):
            x = width * (step / 24 - 0.5)
            pinch = 1 - 0.55 * max(0.0, abs(x) / (width / 2) - 0.9) / 0.1
            lift = thickness * (layer + 0.5)
            rings.append([(x + 0.02 * wobble(y * 3, z * 9, seed + layer),
                           y + 0.03 * wobble(x, layer, seed, 0.6),
                           lift + z * pinch + 0.022 * wobble(x, y, seed + layer, 0.55)) for y, z in section])
        thing = loft(rings, body if trim is None or layer < layers - 1 else trim)
        pieces.append(subdivide(thing, 1))
    return place_all(pieces, at, (0, 0, turn))


def _fold_section(depth, half):
    """A rounded bar, its front edge full like a fold and its rear edge flatter."""
    front = [(-depth / 2 + half - half * math.sin(a), half * math.cos(a)) for a in
             [math.pi * i / 8 for i in range(9)]]
    top = [(depth / 2 - depth * i / 8, half) for i in range(8)]
    bottom = [(-depth / 2 + half + (depth - half) * i / 8, -half) for i in range(1, 9)]
    return [*top, *front, *bottom]


def cushion(body, *, size=1.7, puff=0.36, piping=None, **_):
    """A square cushion leaning back."""
    n, sections = 28, []
    for side in (1, -1):
        rows = []
        for j in range(n + 1):
            v = 2 * j / n - 1
            row = []
            for i in range(n + 1):
                u = 2 * i / n - 1
                edge = (1 - u ** 4) * (1 - v ** 4)
                pull = 1 - 0.06 * (1 - abs(u) ** 2) * abs(v) ** 3 - 0.06 * (1 - abs(v) ** 2) * abs(u) ** 3
                puffed = side * puff * edge ** 0.55 * (1 + 0.06 * wobble(u, v, side, 0.5))
                row.append((u * size / 2 * pull, v * size / 2 * pull, puffed))
            rows.append(row)
        sections.append(loft(rows if side > 0 else [r[::-1] for r in rows], body, closed=False, sharp=80))
    if piping is not None:
        edge = [(0.97 * size / 2 * x, 0.97 * size / 2 * y, 0) for x, y in
                [(1, 1), (0, 0.94), (-1, 1), (-0.94, 0), (-1, -1), (0, -0.94), (1, -1), (0.94, 0)]]
        sections.append(tube(edge, 0.028, piping, closed=True, steps=8))
    place_all(sections, (0, 0, size * 0.47), (74, 0, 0))


def tote(body, *, handle=None, size=(1.5, 0.42, 1.35), pocket=None, handle_drop=0.62, **_):
    """An open bag with two straps."""
    width, depth, height = size
    rows = []
    for step in range(15):
        z = height * step / 14
        k = 1 - 0.05 * math.sin(math.pi * step / 14)
        squeeze = depth * (1 - 0.62 * (step / 14) ** 1.5)
        rows.append([(x * k, y + 0.018 * wobble(x, z, y, 0.45), z + 0.015 * wobble(x, 3, 1, 0.4))
                     for x, y in rounded(width, squeeze, min(0.1, squeeze / 2.2), 4)])
    solid(loft(rows, body, closed=True, caps=False, sharp=60), 0.025)
    prism(rounded(width * 0.98, depth * 0.95, 0.1), 0.02, body)
    for side in (-1, 1):
        y = side * depth * 0.2
        x = width * 0.22
        path = [(-x, y * 1.25, height * 0.72), (-x, y, height), (-x * 0.85, y, height + handle_drop * 0.66),
                (0, y, height + handle_drop), (x * 0.85, y, height + handle_drop * 0.66), (x, y, height),
                (x, y * 1.25, height * 0.72)]
        flat_strap(path, side, handle or body)
    if pocket is not None:
        bag_front = -depth * 0.5
        place(prism(rounded(width * 0.5, height * 0.4, 0.06), 0.03, pocket, radius=0.01),
              (0, bag_front * 0.86, height * 0.4), (84, 0, 0))


def flat_strap(path, side, material):
    """A strap whose flat face looks forward: a loft of thin upright sections."""
    line = smooth_line([(x, y + side * 0.03, z) for x, y, z in path], 8)
    rows = []
    for index, (x, y, z) in enumerate(line):
        ahead, behind = line[min(index + 1, len(line) - 1)], line[max(index - 1, 0)]
        dx, dz = ahead[0] - behind[0], ahead[2] - behind[2]
        long = math.hypot(dx, dz) or 1
        nx, nz = -dz / long * 0.055, dx / long * 0.055
        rows.append([(x + nx, y, z + nz), (x - nx, y, z - nz)])
    return solid(loft(rows, material, closed=False, sharp=80), 0.03)


def cap(body, *, button=None, peak=None, **_):
    """A six-panel cap with a curved peak."""
    lathe([(0.98, 0), (1.0, 0.02), (1.0, 0.25), (0.93, 0.52), (0.72, 0.76), (0.36, 0.9), (0, 0.93)], body,
          ripple=lambda a, z: 1 - 0.012 * (abs(math.cos(3 * a)) ** 14) * (z > 0.02), segments=180)
    outer = []
    for i in range(33):
        a = math.pi + math.pi * i / 32
        u = 1 - abs(i / 16 - 1) ** 2.4
        outer.append((1.02 * math.cos(a), 0.98 * math.sin(a) - 0.78 * u,
                      0.06 - 0.16 * abs(math.cos(a)) ** 2 - 0.08 * u))
    inner = [(0.99 * math.cos(math.pi + math.pi * i / 32), 0.97 * math.sin(math.pi + math.pi * i / 32), 0.05)
             for i in range(33)]
    rows = [[tuple(p + (q - p) * t for p, q in zip(a, b, strict=True)) for t in (0, 0.33, 0.66, 1)]
            for a, b in zip(inner, outer, strict=True)]
    solid(loft(rows, peak or body, closed=False, sharp=80), 0.035)
    ball(0.07, button or body, (0, 0, 0.94), (1, 1, 0.6))
    for k in range(6):
        a = math.pi / 3 * k + math.pi / 6
        seam = [(r * math.cos(a), r * math.sin(a), z) for r, z in
                ((1.005, 0.03), (1.0, 0.26), (0.93, 0.53), (0.72, 0.77), (0.36, 0.91), (0.06, 0.94))]
        tube(seam, 0.009, button or body)


def sandals(sole, *, strap_material=None, footbed=None, thong=False, **_):
    """A pair of sandals side by side, one a little ahead."""
    for side, x, y, turn in ((-1, -0.48, 0.1, 7), (1, 0.48, -0.1, -7)):
        place_all(built(_sandal, sole, footbed or sole, strap_material or sole, side, thong), (x, y, 0),
                  (0, 0, turn))


def _foot_outline(side, grow=0.0):
    points = [(0.0, -1.12), (0.28, -1.0), (0.42, -0.66), (0.4, -0.3), (0.29, 0.15), (0.31, 0.6), (0.24, 0.98),
              (0.0, 1.1), (-0.24, 0.98), (-0.31, 0.6), (-0.33, 0.15), (-0.4, -0.3), (-0.38, -0.7),
              (-0.22, -1.04)]
    grown = [(x * (1 + grow), y * (1 + grow * 0.4)) for x, y in points]
    return grown if side < 0 else [(-x, y) for x, y in reversed(grown)]


def _sandal(sole, footbed, band, side, thong):
    prism(_foot_outline(side, 0.04), 0.14, sole, radius=0.03, steps=5)
    place(prism(_foot_outline(side, -0.06), 0.05, footbed, radius=0.02, steps=5), (0, 0, 0.13))
    if thong:
        for way in (-1, 1):
            tube([(0, -0.72, 0.17), (0.02 * way, -0.66, 0.34), (0.24 * way, -0.3, 0.42),
                  (0.36 * way, 0.08, 0.2)],
                 0.055, band, widths=[0.7, 1.1, 1.2, 1])
        return
    _arch(band, -0.42, 0.46, 0.4, 0.36)
    _arch(band, -0.02, 0.4, 0.4, 0.2)
    tube([(-0.3, 0.62, 0.2), (-0.33, 0.72, 0.5), (0, 0.98, 0.62), (0.33, 0.72, 0.5), (0.3, 0.62, 0.2)], 0.05,
         band)


def _arch(material, y, half, rise, width):
    rows = []
    for i in range(17):
        a = math.pi * i / 16
        rows.append([(-half * math.cos(a), y + w + 0.1 * math.sin(a),
                      0.12 + rise * math.sin(a) ** 0.8 - abs(w) * 0.1)
                     for w in (-width / 2, -width / 6, width / 6, width / 2)])
    bevel(solid(loft(rows, material, closed=False, sharp=80), 0.04), 0.012, 2)
