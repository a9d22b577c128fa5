"""Shapes the vessels: vases, teapots, cups, bowls, plates, jars, kettles and bottles."""

import math

from mesh import lathe, tube


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
