"""Shapes a wrist watch, standing on a cushion or lying open."""

import math

from mesh import bevel, box, built, disc, lathe, loft, place, place_all, ring, smooth_line, solid


def _head(parts: dict) -> list:
    """Case, dial, indexes, hands and crown, dial upwards around the origin."""
    case = built(lathe, [(0, 0), (0.54, 0), (0.62, 0.07), (0.62, 0.19), (0.56, 0.25), (0.52, 0.25),
                         (0.52, 0.2), (0, 0.2)], parts["case"])
    case.append(disc(0.52, 0.012, parts["dial"], (0, 0, 0.2), edge=0.002))
    for hour in range(12):
        a = math.pi / 6 * hour
        bar = box((0.028 if hour % 3 else 0.045, 0.13, 0.012), 0.002, parts["index"])
        case.append(place(bar, (0.42 * math.sin(a), 0.42 * math.cos(a), 0.212), (0, 0, -30 * hour)))
    for length, width, angle, lift, name in ((0.3, 0.05, 55, 0.225, "index"),
                                             (0.42, 0.036, -58, 0.235, "index"),
                                             (0.46, 0.014, 180, 0.245, "seconds")):
        hand = box((width, length, 0.01), 0.003, parts[name], (0, length / 2 - 0.05, 0))
        case.append(place(hand, (0, 0, lift), (0, 0, angle)))
    case.append(disc(0.035, 0.05, parts["seconds"], (0, 0, 0.21), edge=0.01))
    case.append(place(disc(0.075, 0.13, parts["case"]), (0.6, 0, 0.13), (0, 90, 0)))
    for y in (-1, 1):
        for x in (-0.27, 0.27):
            case.append(box((0.09, 0.3, 0.13), 0.03, parts["case"], (x, y * 0.56, 0.04)))
    return case


def _band(path, material):
    rows = []
    for y, z in smooth_line(path, 8):
        rows.append([(x, y, z) for x in (-0.22, -0.08, 0.08, 0.22)])
    return bevel(solid(loft(rows, material, closed=False, sharp=80), 0.05), 0.015, 2)


def watch_on_cushion(parts: dict, cushion) -> None:
    """The closed watch around an upright cushion, its dial leaning back."""
    things = _head(parts)
    loop = [(0.52, 0.1), (0.8, -0.1), (0.88, -0.5), (0.62, -1.0), (0, -1.2), (-0.62, -1.0), (-0.88, -0.5),
            (-0.8, -0.1), (-0.52, 0.1)]
    things.append(_band(loop, parts["strap"]))
    pad = built(lathe, [(0, -0.62), (0.66, -0.6), (0.78, -0.5), (0.78, 0.5), (0.66, 0.6), (0, 0.62)], cushion)
    place_all(pad, (0, 0, 0), (0, 90, 0), (1, 0.86, 0.72))
    place_all(pad, (0, 0, -0.58), (0, 0, 0), (1, 1, 1))
    place_all(things + pad, (0, 0, 1.2), (48, 0, 0))


def watch_flat(parts: dict) -> None:
    """The watch lying open, seen from above: strap ends away from each other, buckle and holes."""
    _head(parts)
    _band([(0.5, 0.09), (0.7, 0.07), (1.2, 0.04), (1.75, 0.03)], parts["strap"])
    _band([(-0.5, 0.09), (-0.7, 0.07), (-1.3, 0.04), (-2.05, 0.03)], parts["strap"])
    buckle = ring(0.24, 0.035, parts["case"])
    place(buckle, (0, 1.86, 0.05), (0, 0, 0), (1.15, 0.7, 1))
    place(box((0.03, 0.36, 0.03), 0.01, parts["case"]), (0, 1.85, 0.07))
    for i in range(5):
        disc(0.025, 0.01, parts["index"], (0, -1.25 - 0.14 * i, 0.066), edge=0.002)
