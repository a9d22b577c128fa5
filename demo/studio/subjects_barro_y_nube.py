"""Stages the products of Barro y Nube: clay, chocolate, woven things, sandals, silver."""

import math
import random

from clothes import folded_garment, square_neck
from footwear import huarache
from materials import ceramic, fabric, leather, lumps, metal, paper, plain, woven_bands
from mesh import (
    ball,
    box,
    built,
    disc,
    lathe,
    loft,
    place,
    place_all,
    prism,
    smooth_line,
    tube,
    wobble,
)
from shapes_cloth import cushion, folded, tote
from subjects import View, subject
from subjects_heron_kiln import mug

ECRU, OCHRE, COCHINEAL, INDIGO = "#E7DDC8", "#C9922E", "#9E2B45", "#2E3F66"


@subject("milpa-braided-rug")
def milpa_rug(colour: str, view: int) -> View:
    cloths = {tone: fabric(tone, weave=60) for tone in (ECRU, OCHRE, COCHINEAL, INDIGO)}
    order = (ECRU, ECRU, OCHRE, COCHINEAL, COCHINEAL, ECRU, INDIGO, INDIGO, ECRU, OCHRE, OCHRE, ECRU,
             COCHINEAL, INDIGO, ECRU, ECRU)
    if view == 2:
        for number, tone in enumerate(order[:11]):
            _plait(cloths[tone], (number - 5) * 0.235, [(0, y, 0.06) for y in (-1.3, 1.6)], 13, 0.085)
            _knots(cloths[tone], (number - 5) * 0.235, -1.3, 0.04)
        return View(turn=-20, pitch=50, fill=1.12)
    flat = [(0, -1.75, 0.05), (0, -0.2, 0.05)]
    coil = [(0, 0.3 + (0.5 - 0.1 * a / math.pi) * math.sin(a) * 0.95,
             0.55 - (0.5 - 0.1 * a / math.pi) * math.cos(a)) for a in
            [math.pi * i / 6 for i in range(0, 26)]]
    for number, tone in enumerate(order):
        _plait(cloths[tone], (number - 7.5) * 0.16, [*flat, *coil], 34, 0.062)
        _knots(cloths[tone], (number - 7.5) * 0.16, -1.75, 0.03)
    return View(turn=-34, pitch=26, fill=0.8)


def _plait(material, x, path, waves, radius):
    """Three strands braided along a path that runs in the plane of y and z."""
    line = smooth_line(path, 6) if len(path) > 2 else [tuple(a + (b - a) * i / 24 for a,
                                                            b in zip(*path, strict=True)) for i in range(25)]
    lengths = [0.0]
    for a, b in zip(line, line[1:], strict=False):
        lengths.append(lengths[-1] + math.dist(a, b))
    count = waves * 6
    for strand in range(3):
        points = []
        for i in range(count + 1):
            reach = lengths[-1] * i / count
            k = max(j for j, value in enumerate(lengths) if value <= reach + 1e-9)
            k = min(k, len(line) - 2)
            t = (reach - lengths[k]) / max(1e-9, lengths[k + 1] - lengths[k])
            p = [a + (b - a) * t for a, b in zip(line[k], line[k + 1], strict=True)]
            phase = 2 * math.pi * (i / 6 / 1.0 + strand / 3)
            points.append((x + radius * 0.95 * math.sin(phase), p[1],
                           p[2] + radius * 0.5 * math.sin(2 * phase)))
        tube(points, radius * 0.72, material, steps=2)


def _knots(material, x, y, z):
    ball(0.06, material, (x, y - 0.05, z + 0.03))
    for lean in (-1, 0, 1):
        tube([(x, y - 0.06, z + 0.02), (x + 0.03 * lean, y - 0.2, z),
              (x + 0.05 * lean + 0.02 * wobble(x, lean), y - 0.34, 0.015)], 0.016, material)


@subject("atzompa-clay-comal")
def atzompa_comal(colour: str, view: int) -> View:
    outer = ceramic("#B0653F", gloss=0.02, accent="#5B3A2A", pattern="foot", high=0.04)
    lathe([(0, 0), (0.7, 0.02), (1.1, 0.16), (1.2, 0.3), (1.2, 0.34), (1.16, 0.35), (1.12, 0.33),
           (1.08, 0.25)], outer)
    lathe([(1.1, 0.3), (1.05, 0.2), (0.7, 0.11), (0, 0.09)], ceramic("#D9C2A8", gloss=0.0, accent="#B0653F",
                                                            pattern="drip", low=0.2, high=0.5))
    maize = toasted("#E2C27A", "#a9743a")
    for at, seed in (((-0.22, -0.12, 0.13), 1), ((0.3, 0.2, 0.2), 2)):
        disc_points = [(0.62 * math.cos(a) * (1 + 0.02 * wobble(a, seed)),
                        0.62 * math.sin(a) * (1 + 0.02 * wobble(seed, a))) for a in
                       [2 * math.pi * i / 60 for i in range(60)]]
        place(prism(disc_points, 0.045, maize, radius=0.018), at, (0, 4 * seed, 0))
    return View(turn=-10, pitch=36, fill=0.76)


def toasted(colour: str, spots: str):
    """Flat bread with toasted spots."""
    from materials import Surface
    s = Surface("toasted")
    patches = s.step(s.noise(6, 3), 0.58, 0.72)
    return s.set(Base_Color=s.mix(patches, colour, spots), Roughness=0.85).bump(s.noise(9, 3), 0.3,
                                                            0.03).material


@subject("nube-stoneware-mugs-pair")
def nube_mugs(colour: str, view: int) -> View:
    clay = "#8B6A4E"
    glaze = ceramic("#ECE7DB", gloss=0.3, accent=clay, pattern="dip", high=0.56)
    for at, turn in (((-0.75, 0.45, 0), 150), ((0.5, -0.45, 0), -20)):
        place_all(built(mug, glaze, radius=0.72, height=1.5, belly=1.12, thick=0.115), at, (0, 0, turn))
    return View(turn=0, pitch=20, fill=0.8)


@subject("black-clay-vase")
def black_clay_vase(colour: str, view: int) -> View:
    clay = plain("#2B2B2D", 0.24, Metallic=0.35, Coat_Weight=0.3)
    matt = plain("#161617", 0.9)
    lathe([(0, 0.02), (0.4, 0.02), (0.45, 0), (0.55, 0.02), (0.9, 0.4), (1.02, 0.9), (0.9, 1.42),
           (0.6, 1.76), (0.42, 1.88), (0.4, 1.98),
           (0.47, 2.08), (0.44, 2.09), (0.36, 1.98), (0.38, 1.86)], clay)
    for k in range(16):
        a = 2 * math.pi * k / 16
        _leaf(matt, a, 0.14)
        _leaf(matt, a + math.pi / 16, -0.14)
    for r, z in ((0.985, 1.16), (0.735, 1.635)):
        tube([(r * math.cos(a), r * math.sin(a), z) for a in [2 * math.pi * i / 90 for i in range(90)]],
             0.014, matt, closed=True, steps=1)
    return View(turn=0, pitch=14)


def _leaf(material, angle, lean):
    """A carved leaf on the shoulder, following its slope."""
    points = []
    for t in [i / 8 for i in range(9)]:
        z = 1.22 + 0.36 * t
        r = 0.968 - 0.62 * max(0.0, z - 1.16) ** 1.15
        a = angle + lean * (t - 0.5)
        points.append((r * math.cos(a), r * math.sin(a), z))
    tube(points, 0.075, material, steps=1, widths=[0.1, 0.45, 0.75, 0.95, 1.0, 0.85, 0.6, 0.35, 0.08])


@subject("sesame-filled-chocolate-bar")
def sesame_bar(colour: str, view: int) -> View:
    wrap, label, dark = paper(COCHINEAL), paper("#EFE6D2"), plain("#3B221A", 0.32)
    wrapped = [box((1.2, 2.4, 0.2), 0.035, wrap), box((1.21, 0.95, 0.206), 0.03, label, (0, 0.1, -0.003))]
    wrapped += [box((0.7, 0.05, 0.004), 0, paper(COCHINEAL), (0, 0.1 + y, 0.203)) for y in (-0.36, 0.36)]
    wrapped.append(disc(0.17, 0.004, paper(OCHRE), (0, 0.1, 0.203), edge=0.001))
    place_all(wrapped, (-0.72, 0.2, 0), (0, 0, 12))
    filling = lumps("#C9A36B", "#a8834f", 40, 0.5)
    for at, turn, rows, end in (((0.72, 0.52, 0), -6, 3, -1), ((0.9, -0.95, 0), -20, 2, 1)):
        place_all(built(_chocolate, dark, filling, rows, end), at, (0, 0, turn))
    random.seed(5)
    seed = plain("#E3CE9E", 0.5)
    for _ in range(26):
        grain = ball(0.03, seed, (0, 0, 0), (1.0, 0.62, 0.5), 12)
        place(grain, (random.uniform(0.1, 1.5), random.uniform(-1.75, -0.2), 0.016),
              (0, 0, random.uniform(0, 180)))
    return View(turn=0, pitch=42, fill=0.82)


def _chocolate(dark, filling, rows, end):
    """A piece of filled chocolate, two squares wide, its broken end showing the filling."""
    cell = 0.5
    length = rows * cell
    box((1.06, length, 0.12), 0.02, dark)
    for i in range(rows):
        for side in (-1, 1):
            block = box((0.5, 0.46, 0.15), 0.045, dark, (side * 0.26, -length / 2 + cell * (i + 0.5), 0.1),
                        taper=0.86)
            block.modifiers["bevel"].segments = 3
    y = end * length / 2
    outline = [(-0.52, 0.02), *[(-0.5 + 0.1 * i, 0.03 * ((i * 7) % 3) - 0.02) for i in range(11)],
               (0.52, 0.0), (0.5, -0.08), (-0.5, -0.08)]
    jag = prism([(x, end * v) for x, v in outline][::end], 0.2, dark)
    place(jag, (0, y + end * 0.03, 0.0))
    core = prism([(x * 0.88, end * (v + 0.02)) for x, v in outline][::end], 0.1, filling)
    place(core, (0, y + end * 0.045, 0.05))


@subject("valle-cotton-blouse")
def valle_blouse(colour: str, view: int) -> View:
    cotton = crinkled("#F0E9DA")
    folded_garment(cotton, height=0.3)
    square_neck(fabric("#F0E9DA", weave=60), at=0.335, y=0.92, width=0.52, depth=0.5, strip=0.26)
    box((0.8, 0.62, 0.004), 0, plain("#c9bfab", 0.95), (0, 0.72, 0.34))
    spots = [(-0.52, 0.9 - 0.19 * i) for i in range(4)] + [(0.52, 0.9 - 0.19 * i)
                                                           for i in range(4)] + [(-0.52 + 0.208 * i, 0.29)
                                                            for i in range(6)]
    tones = [plain(tone, 0.7) for tone in (COCHINEAL, OCHRE, "#58733F")]
    for number, (x, y) in enumerate(spots):
        petal, leaf = tones[number % 2], tones[2]
        for k in range(5):
            a = 2 * math.pi * k / 5 + number
            ball(0.04, petal, (x + 0.055 * math.cos(a), y + 0.055 * math.sin(a), 0.383), (1, 1, 0.4), 12)
        ball(0.028, tones[(number + 1) % 2], (x, y, 0.393), (1, 1, 0.6), 12)
        ball(0.035, leaf, (x + 0.1, y - 0.06, 0.38), (1.3, 0.6, 0.3), 12)
    return View(turn=-18, pitch=48, fill=0.76)


def crinkled(colour: str):
    """Crinkled cotton: fine lengthwise creases."""
    from materials import Surface, shade
    s = Surface("crinkled")
    creases = s.noise(3, 4, s.stretched((9, 1.2, 3)), 0.8)
    s.set(Base_Color=s.mix(creases, shade(colour, 0.88), colour), Roughness=0.92, Sheen_Weight=0.15)
    return s.bump(creases, 0.7, 0.04).material


@subject("mercado-leather-huaraches")
def mercado_huaraches(colour: str, view: int) -> View:
    parts = {"leather": leather("#8A4F2B", 50, 0.5), "sole": plain("#2C2A28", 0.75),
             "inside": leather("#a9764a", 40, 0.2),
             "buckle": metal("#B08D4F", 0.3)}
    for side, at, turn in ((-1, (-0.6, 0.22, 0), 6), (1, (0.6, -0.22, 0), -8)):
        place_all(built(huarache, parts, side), at, (0, 0, turn))
    return View(turn=40, pitch=30, fill=0.78) if view == 1 else View(turn=20, pitch=62, fill=1.35,
                                                            at=(-0.02, -0.16))


@subject("ridge-silver-bangle")
def ridge_bangle(colour: str, view: int) -> View:
    silver = metal("#D6D8DA", 0.2)
    rows = []
    for i in range(121):
        a = math.radians(112 + 316 * i / 120)
        end = min(1.0, min(i, 120 - i) / 5)
        peak = 0.16 * abs(math.sin(i * 0.21)) * (0.6 + 0.4 * math.sin(i * 0.083))
        peak += 0.03 * abs(math.sin(i * 0.77))
        half = 0.19 * (0.45 + 0.55 * end ** 0.5)
        profile = ((-half, 0.0), (-half * 0.9, 0.045), (-0.02, 0.05),
                   (0.0 + (peak - 0.08) * end, 0.05 + 0.1 * end), (half * 0.75, 0.05), (half * 0.9, 0.045),
                   (half, 0.0), (half * 0.9, -0.035), (-half * 0.9, -0.035))
        rows.append([((0.86 + out) * math.cos(a), (0.8 + out) * math.sin(a) * 0.95, z + 0.2) for z,
                     out in profile])
    bangle = [loft(rows, silver, sharp=35)]
    shard = prism([(-1.3, -0.7), (-0.5, -1.0), (0.8, -0.85), (1.35, -0.1), (1.0, 0.8), (0.1, 1.0),
                   (-0.9, 0.85), (-1.4, 0.2)], 0.13,
                  plain("#2B2B2D", 0.5), radius=0.03)
    place_all(bangle, (0, 0, 0.13), (0, 0, 0))
    return View(turn=-14, pitch=30, fill=0.8) if shard else View()


@subject("loom-cushion-cover")
def loom_cushion(colour: str, view: int) -> View:
    ground = {"cochineal": COCHINEAL, "ochre": OCHRE}[colour]
    cushion(fabric(ground, accent=ECRU, pattern="brocade", scale=3.6, weave=46, soft=0.8), size=1.9,
            puff=0.42, piping=fabric(ground, weave=50))
    return View(turn=-22, pitch=12)


@subject("plaza-striped-blanket")
def plaza_blanket(colour: str, view: int) -> View:
    cloth = woven_bands((("#2E3F66", 0.24), ("#EDEAE3", 0.06), (COCHINEAL, 0.02), ("#EDEAE3", 0.06),
                         ("#9A9C98", 0.2), ("#EDEAE3", 0.12),
                         ("#2E3F66", 0.1), (COCHINEAL, 0.025), ("#9A9C98", 0.175)), length=1.1)
    folded(cloth, size=(2.0, 1.6), layers=4, thickness=0.2)
    fringe(fabric("#d9d6ce", weave=60), 2.0, 1.6, 0.2 * 3.5)
    return View(turn=-26, pitch=24, fill=0.76)


def fringe(thread, width, depth, top, count=34):
    """A twisted fringe hanging over the front edge of a folded blanket."""
    for i in range(count):
        x = width * 0.94 * (i / (count - 1) - 0.5)
        y = -depth / 2
        sway = 0.03 * wobble(i * 1.7, 2.2)
        tube([(x, y + 0.12, top + 0.11), (x, y - 0.03, top + 0.04), (x + sway, y - 0.075, top - 0.12),
              (x + sway * 2, y - 0.07, top - 0.3)], 0.02, thread,
             widths=[0.8, 1, 0.9, 1.2])


@subject("tianguis-canvas-tote")
def tianguis_tote(colour: str, view: int) -> View:
    tote(fabric(ECRU, weave=70, soft=0.5), handle=leather("#8A4F2B", 40), size=(1.6, 0.5, 1.5),
         handle_drop=0.62)
    ink = plain(COCHINEAL, 0.85)
    for x, z, r in ((-0.2, 0.98, 0.13), (0, 1.05, 0.18), (0.22, 0.99, 0.14), (0.07, 0.95, 0.13),
                    (-0.07, 0.95, 0.12)):
        place(disc(r, 0.03, ink, edge=0.002), (x, -0.225 + 0.045 * z, z - 0.02), (97, 0, 0))
    for row in range(3):
        z = 0.68 - 0.13 * row
        points = [(-0.4 + 0.8 * i / 10, -0.248 + 0.085 * (z - 0.3), z + (0.045 if i % 2 else -0.045))
                  for i in range(11)]
        tube(points, 0.017, ink, steps=1)
    return View(turn=-22, pitch=10)
