"""Shapes the vessels: vases, teapots, cups, bowls, plates, jars, kettles and bottles."""

import math

from mesh import ball, disc, lathe, place, ring, tube


def vase(body, *, foot=0.42, belly=0.72, neck=0.24, lip=0.34, height=2.0, **_):
    """A footed vase with a shoulder."""
    h = height
    lathe([(0, 0.04), (foot * 0.8, 0.04), (foot * 0.9, 0), (foot, 0.03), (belly * 0.86, h * 0.28),
           (belly, h * 0.5),
           (belly * 0.8, h * 0.7), (neck * 1.15, h * 0.83), (neck, h * 0.9), (lip, h),
           (lip * 0.96, h + 0.015),
           (lip * 0.88, h), (neck * 0.82, h * 0.9), (neck * 0.8, h * 0.8), (belly * 0.7, h * 0.68),
           (belly * 0.9, h * 0.5), (foot * 0.7, 0.12), (0, 0.1)], body)


def bowl(body, *, radius=1.0, height=0.7, foot=0.42, wall=0.05, ripple=None, **_):
    """A footed bowl; `ripple` is a count of petals."""
    flute = (lambda a, z: 1 + 0.035 * math.cos(ripple * a) * min(1, z / height * 1.3)) if ripple else None
    r, h = radius, height
    return lathe([(0, 0.05), (foot - 0.06, 0.05), (foot - 0.05, 0), (foot - 0.05, 0), (foot, 0), (foot, 0),
                  (foot, 0.09), (foot, 0.09), (r * 0.72, h * 0.32), (r * 0.93, h * 0.66), (r, h), (r, h),
                  (r - wall / 2, h + 0.012), (r - wall, h), (r * 0.93 - wall, h * 0.66), (r * 0.68, h * 0.36),
                  (foot * 0.8, 0.14), (0, 0.12)], body, ripple=flute, segments=120 if ripple else 72)


def plate(body, *, radius=1.1, rise=0.16, **_):
    """A plate with a raised rim."""
    r = radius
    return lathe([(0, 0.03), (r * 0.55, 0.03), (r * 0.56, 0), (r * 0.6, 0), (r * 0.62, 0.03),
                  (r * 0.72, 0.06),
                  (r, rise), (r, rise + 0.02), (r * 0.985, rise + 0.03), (r * 0.72, 0.1), (r * 0.62, 0.07),
                  (0, 0.065)],
                 body)


def cup(body, *, radius=0.5, height=0.62, handle=False, flare=1.0, foot=0.6, **_):
    """A cup or mug."""
    r, h = radius, height
    lathe([(0, 0.04), (r * foot * 0.85, 0.04), (r * foot * 0.88, 0), (r * foot, 0.0),
           (r * (foot + 0.04), 0.05),
           (r * 0.95, h * 0.35), (r, h * 0.7), (r * flare, h), (r * flare, h), (r * flare - 0.02, h + 0.012),
           (r * flare - 0.045, h), (r - 0.045, h * 0.7), (r * 0.9 - 0.03, h * 0.35), (r * foot * 0.8, 0.09),
           (0, 0.08)], body)
    if handle:
        loop = [(r * 0.93, 0, h * 0.78), (r * 1.3, 0, h * 0.86), (r * 1.6, 0, h * 0.6),
                (r * 1.38, 0, h * 0.3),
                (r * 0.9, 0, h * 0.26)]
        tube(loop, 0.055 * r / 0.5, body, widths=[1.2, 0.95, 0.9, 0.95, 1.2])


def teapot(body, *, lid=None, handle="side", handle_material=None, squat=0.78, **_):
    """A teapot: handle at the `side` (ear), over the `top`, or `stick` (kyusu)."""
    h = squat * 1.35
    lathe([(0, 0.03), (0.42, 0.03), (0.44, 0), (0.5, 0), (0.52, 0.05), (0.74, h * 0.28), (0.82, h * 0.55),
           (0.68, h * 0.84), (0.42, h * 0.98), (0.38, h), (0.36, h * 0.97), (0, h * 0.9)], body)
    _lid(lid or body, h)
    spout = [(0.62, 0, h * 0.38), (0.95, 0, h * 0.5), (1.08, 0, h * 0.78), (1.26, 0, h * 1.0)]
    tube(spout, 0.12, body, widths=[1.75, 1.15, 0.85, 0.62])
    _spout_mouth(h)
    _teapot_handle(handle, handle_material or body, h)


def _lid(material, h):
    lathe([(0, h - 0.02), (0.4, h - 0.02), (0.43, h + 0.015), (0.38, h + 0.06), (0.2, h + 0.12),
           (0.09, h + 0.15),
           (0.07, h + 0.19), (0.12, h + 0.26), (0.08, h + 0.33), (0, h + 0.345)], material)


def _spout_mouth(h):
    from materials import plain
    place(disc(0.052, 0.012, plain("#1b1714", 0.9)), (1.262, 0, h * 1.003), (0, 40, 0))


def _teapot_handle(kind, material, h):
    if kind == "side":
        tube([(-0.66, 0, h * 0.82), (-1.0, 0, h * 0.98), (-1.28, 0, h * 0.72), (-1.12, 0, h * 0.36),
              (-0.72, 0, h * 0.3)], 0.075, material, widths=[1.3, 1, 0.95, 0.95, 1.2])
    elif kind == "stick":
        rod = lathe([(0, 0), (0.11, 0), (0.1, 0.05), (0.085, 0.3), (0.115, 0.62), (0.12, 0.68), (0.1, 0.72),
                     (0, 0.72)],
                    material)
        place(rod, (-0.2, -0.7, h * 0.58), (68, 0, -14))
    else:
        tube([(-0.64, 0, h * 0.86), (-0.78, 0, h * 1.25), (-0.5, 0, h * 1.75), (0, 0, h * 1.92),
              (0.5, 0, h * 1.75),
              (0.78, 0, h * 1.25), (0.64, 0, h * 0.86)], 0.06, material)
        for side in (-1, 1):
            ring(0.09, 0.03, material, (0.66 * side, 0, h * 0.85), (90, 0, 0))


def kettle(body, *, handle=None, knob=None, **_):
    """A cast-iron kettle under a bail handle."""
    teapot(body, handle="top", handle_material=handle, lid=body, squat=0.7)
    if knob is not None:
        ball(0.1, knob, (0, 0, 1.2))


def pot(body, *, lid=None, knob=None, radius=0.95, height=0.75, ears=True, **_):
    """A lidded cooking pot or donabe."""
    r, h = radius, height
    lathe([(0, 0), (r * 0.6, 0), (r * 0.66, 0.03), (r * 0.9, h * 0.35), (r, h * 0.8), (r, h), (r * 0.93, h),
           (r * 0.92, h * 0.8), (0, h * 0.7)], body)
    lathe([(r * 1.02, h), (r * 1.03, h + 0.03), (r * 0.96, h + 0.07), (r * 0.7, h + 0.22),
           (r * 0.3, h + 0.31),
           (0, h + 0.33)], lid or body)
    lathe([(0.12, h + 0.3), (0.1, h + 0.36), (0.19, h + 0.42), (0.19, h + 0.46), (0, h + 0.48)],
          knob or lid or body)
    for side in ((-1, 1) if ears else ()):
        tube([(side * r * 0.93, -0.22, h * 0.72), (side * (r + 0.2), -0.14, h * 0.78),
              (side * (r + 0.2), 0.14, h * 0.78),
              (side * r * 0.93, 0.22, h * 0.72)], 0.065, body)
