"""Shapes folded garments: the flat bundle, and the necks and collars that tell one garment from another."""

import math

from mesh import bevel, box, loft, place, rounded, smooth_line, solid, tube, wobble


def folded_garment(cloth, *, size=(1.75, 2.15), height=0.3, layers=2):
    """A folded body of cloth with round sides, `layers` edges showing and shallow creases on top."""
    width, depth = size
    each = height / layers
    for layer in range(layers):
        w, d, base = width - 0.05 * layer, depth - 0.04 * layer, each * layer
        rows = []
        for z, inset in ((0.02, 0.05), (0.2, 0.0), (0.5, -0.012), (0.8, 0.0), (0.96, 0.045)):
            outline = rounded(w - 2 * inset, d - 2 * inset, 0.13, 8)
            dense = [(a[0] + (b[0] - a[0]) * k, a[1] + (b[1] - a[1]) * k) for a,
                     b in zip(outline, outline[1:] + outline[:1], strict=True)
                     for k in ((0, 0.25, 0.5, 0.75) if math.dist(a, b) > 0.5 else (0,))]
            rows.append([(x + 0.02 * wobble(x, y, layer, 0.7), y + 0.02 * wobble(y, x, layer + 5, 0.7),
                          base + each * z + 0.012 * wobble(x, y, layer, 0.5)) for x, y in dense])
        loft(rows, cloth, caps=False, sharp=80)
        _top(w - 0.07, d - 0.07, base + each * 0.96, cloth, layer)


def _top(width, depth, z, cloth, seed):
    rows = []
    for j in range(41):
        v = 2 * j / 40 - 1
        row = []
        for i in range(33):
            u = 2 * i / 32 - 1
            x, y = u * width / 2, v * depth / 2
            drop = 0.05 * max(abs(u), abs(v)) ** 14
            crease = 0.016 * wobble(x, y * 0.7, seed, 0.42) + 0.008 * wobble(x, y, seed + 2, 0.16)
            row.append((x, y, z + 0.012 + crease - drop))
        rows.append(row)
    solid(loft(rows, cloth, closed=False, sharp=80), 0.012, 1)


def crew_neck(rib, *, at, width=0.44, depth=0.3, thick=0.05, y=1.02, inside=None):
    """A round ribbed neckline at the rear edge of the bundle, the inside of the neck showing."""
    front = [(-width, y, at + 0.05), (-width * 0.82, y - depth * 0.7, at + 0.03),
             (-width * 0.35, y - depth * 1.15, at + 0.03),
             (width * 0.35, y - depth * 1.15, at + 0.03), (width * 0.82, y - depth * 0.7, at + 0.03),
             (width, y, at + 0.05)]
    back = [(width * 0.7, y + 0.04, at + 0.08), (0, y + 0.02, at + 0.075),
            (-width * 0.7, y + 0.04, at + 0.08)]
    place(tube([*front, *back], thick, rib, closed=True), (0, 0, 0))
    inner = [(x * 0.96, yy, at + 0.034) for x, yy, _z in smooth_line([*front, *back], 5, closed=True)]
    solid(loft([inner, [(0, y - depth * 0.5, at + 0.036)] * len(inner)], inside or rib, caps=False), 0.012)


def square_neck(band, *, at, y=1.0, width=0.5, depth=0.42, strip=0.24):
    """A square neckline edged with a flat band; returns the band's two corners for embroidery."""
    for size, x, yy in (((strip, depth + strip, 0.03), -width, y - depth / 2),
                        ((strip, depth + strip, 0.03), width, y - depth / 2),
                        ((2 * width + strip, strip, 0.032), 0, y - depth - strip / 2)):
        box(size, 0.01, band, (x, yy, at + 0.012))


def collar_stand(cloth, *, at, y=0.72):
    """A standing shirt collar, open at the front."""
    rows = []
    for i in range(41):
        a = math.radians(-70 + 320 * i / 40)
        r = 0.42
        high = 0.26 - 0.1 * max(0.0, -math.sin(a)) ** 2
        x, yy = r * math.cos(a), y + 0.62 * r * math.sin(a)
        rows.append([(x * k, y + (yy - y) * k, at + z) for k, z in ((1.08, 0.0), (1.04, high * 0.5),
                                                            (0.98, high))])
    bevel(solid(loft(rows, cloth, closed=False, sharp=80), 0.03), 0.008, 2)
