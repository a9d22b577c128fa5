"""Shapes cloth and clothing: folded stacks, scarves, cushions, bags, hats and footwear."""

import math

from mesh import (
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
