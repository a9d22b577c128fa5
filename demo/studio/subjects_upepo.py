"""Stages the products of Upepo: coffee, baskets, blankets, brass, carved wood, leather, canvas shoes."""

import math
import random

from animals import elephant, giraffe, rhino, warthog, zebra
from footwear import slip_on
from materials import fabric, leather, metal, paper, plain, wicker, wood, woven_check
from mesh import (
    ball,
    bevel,
    box,
    built,
    disc,
    lathe,
    loft,
    place,
    place_all,
    prism,
    ring,
    rounded,
    sheet,
    solid,
    tube,
    wobble,
)
from shapes_cloth import flat_strap, folded
from subjects import View, subject

BRASS, BRICK, BLACK, CHALK, ECRU, INDIGO = "#C3A266", "#A8432E", "#2B2724", "#EDEAE3", "#E7DDC8", "#2E3F66"


@subject("nyeri-hill-coffee")
def nyeri_coffee(colour: str, view: int) -> View:
    kraft, label = paper("#B08A5B"), paper("#EFE6D2")
    rows = []
    for i in range(21):
        t = i / 20
        depth = 0.66 * (1 - 0.86 * max(0.0, (t - 0.45) / 0.55) ** 1.2) + 0.02
        rows.append([(x + 0.012 * wobble(x, t * 3, y), y + 0.025 * wobble(x * 1.5, t * 4, 2), 2.1 * t) for x,
                     y in _gusset(0.98, depth)])
    loft(rows, kraft, sharp=28)
    fold = [box((1.0, 0.07, 0.26), 0.02, kraft, (0, -0.03, 1.98)),
            box((1.08, 0.09, 0.05), 0.012, plain("#d8d3c6", 0.4), (0, -0.035, 2.08))]
    for side in (-1, 1):
        fold.append(box((0.14, 0.1, 0.05), 0.012, plain("#d8d3c6", 0.4), (side * 0.5, -0.04, 2.08)))
    art = [prism(rounded(0.78, 0.96, 0.03), 0.012, label)]
    art.append(disc(0.19, 0.008, paper(BRICK), (0, 0.16, 0.01), edge=0.001))
    for number, (tone, rise) in enumerate(((BRICK, -0.1), ("#6d4a2f", -0.24))):
        hill = [(-0.34 + 0.68 * i / 20, rise + 0.07 * math.sin(i * 0.33 + 1.9 * number), 0.016)
                for i in range(21)]
        art.append(place(tube(hill, 0.022, paper(tone), steps=2), (0, 0, 0.009), (0, 0, 0), (1, 1, 0.3)))
    place_all(art, (0, 0, 0), (90, 0, 0))
    place_all(art, (0, -0.374, 0.64))
    _beans([(-0.28, -0.72), (-0.02, -0.85), (0.2, -0.7), (0.46, -0.86), (0.66, -0.66), (0.06, -1.05),
            (-0.5, -0.95), (0.36, -1.1)])
    return View(turn=-24, pitch=14, fill=0.78) if fold else View()


def _gusset(width, depth):
    """A bag's section: flat front and back, sides drawn in."""
    w, d = width / 2, depth / 2
    fold = 0.12 * min(1.0, depth / 0.5)
    front = [(-w + 2 * w * i / 8, -d - 0.02 * math.sin(math.pi * i / 8)) for i in range(9)]
    back = [(w - 2 * w * i / 8, d) for i in range(9)]
    return [*front, (w - fold, 0.0), *back, (-w + fold, 0.0)]


def _beans(spots):
    random.seed(9)
    roast, crease = plain("#4A2C1D", 0.38), plain("#26150d", 0.8)
    for x, y in spots:
        bean = [ball(0.1, roast, (0, 0, 0), (1.35, 0.95, 0.68), 20),
                tube([(-0.12, 0, 0.035), (-0.05, 0.015, 0.064), (0.05, -0.015, 0.064), (0.12, 0, 0.035)],
                     0.011, crease)]
        place_all(bean, (x, y, 0.066), (random.uniform(-8, 25), random.uniform(-8, 8),
                                        random.uniform(0, 180)))


@subject("kiondo-sisal-bag")
def kiondo_bag(colour: str, view: int) -> View:
    tones = {name: wicker(tone) for name, tone in (("n", "#D9C49A"), ("b", BRICK), ("k", BLACK))}
    bands = "nnnnbbbknnkbbbnnnnkknnbbnnkknnnn"
    hide = leather("#6B4226", 40)
    height, top = 1.75, 0.98
    for row, band in enumerate(bands):
        z = height * (row + 0.5) / len(bands)
        t = z / height
        wide = 0.5 + 0.46 * math.sin(min(1.0, t * 1.25 + 0.12) * math.pi / 2)
        points = []
        for i in range(180):
            a = 2 * math.pi * i / 180
            r = wide + 0.014 * math.cos(45 * a + math.pi * (row % 2))
            points.append((r * math.cos(a), r * math.sin(a), z))
        tube(points, height / len(bands) * 0.58, tones[band], closed=True, steps=1)
    disc(0.62, 0.04, tones["n"])
    lathe([(top - 0.01, height - 0.03), (top + 0.03, height - 0.01), (top + 0.03, height + 0.08),
           (top - 0.03, height + 0.09), (top - 0.05, height)], hide)
    for side in (-1, 1):
        y, x = side * 0.72, 0.5
        path = [(-x, y, height - 0.3), (-x * 0.98, y, height), (-x * 0.8, y * 0.8, height + 0.7),
                (0, y * 0.5, height + 1.05),
                (x * 0.8, y * 0.8, height + 0.7), (x * 0.98, y, height), (x, y, height - 0.3)]
        if view == 2:
            path = [(px, y + side * (0.16 + 0.9 * max(0, pz - height)),
                     min(pz, height + 0.05) - 0.55 * max(0, pz - height)) for px, y, pz in path]
        flat_strap([(px, py * (1.2 if pz < height + 0.1 else 1.05), pz) for px, py, pz in path], side, hide)
    if view == 1:
        return View(turn=-16, pitch=12, fill=0.78)
    lining = fabric(CHALK, weave=60)
    lathe([(0.94, height + 0.04), (0.9, height + 0.1), (0.8, height + 0.1), (0.74, height + 0.02),
           (0.76, height - 0.3), (0.6, 0.2), (0, 0.12)], lining,
          segments=160, ripple=lambda a, z: 1 + (0.035 * math.sin(22 * a) * (z > height - 0.4)))
    tube([(0.77 * math.cos(a), 0.77 * math.sin(a), height + 0.09)
          for a in [2 * math.pi * i / 40 for i in range(40)]], 0.03, plain(BRICK, 0.8), closed=True)
    return View(turn=-16, pitch=52, fill=0.8)


@subject("pwani-rope-basket")
def pwani_basket(colour: str, view: int) -> View:
    ecru, indigo = fabric(ECRU, weave=50, soft=0.8), fabric(INDIGO, weave=50, soft=0.8)
    rows, pitch = 22, 0.082
    for row in range(rows):
        wide = 0.98 + 0.012 * wobble(row * 0.9, 3)
        ring(wide, pitch * 0.56, indigo if row < 7 else ecru, (0, 0, pitch * (row + 0.5)))
    for k in range(9):
        ring(0.1 + 0.1 * k, 0.05, indigo, (0, 0, 0.05))
    thread = plain("#f4efe2", 0.8)
    for row in range(1, rows):
        for k in range(44):
            a = 2 * math.pi * (k + 0.5 * (row % 2)) / 44
            if math.sin(a) < 0.25:
                r = 0.98 + pitch * 0.5
                tube([(r * math.cos(a), r * math.sin(a), pitch * row - 0.03),
                      (r * math.cos(a + 0.02), r * math.sin(a + 0.02), pitch * row + 0.03)], 0.009,
                     thread, steps=1)
    for side in (-1, 1):
        x = side * 0.98
        loop = [(x, -0.3, pitch * rows - 0.3), (x * 1.07, -0.28, pitch * rows - 0.05),
                (x * 1.1, -0.2, pitch * rows + 0.26), (x * 1.1, 0.2, pitch * rows + 0.26),
                (x * 1.07, 0.28, pitch * rows - 0.05), (x, 0.3, pitch * rows - 0.3)]
        tube(loop, 0.06, ecru)
    return View(turn=-28, pitch=24, fill=0.76)


@subject("savanna-check-blanket")
def savanna_blanket(colour: str, view: int) -> View:
    ground, first, second = {"red": ("#B3282D", "#24201F", "#2F4B7C"),
                             "blue": ("#2F4B7C", "#B3282D", CHALK)}[colour]
    folded(woven_check(ground, first, second, 0.62), size=(2.0, 1.65), layers=4, thickness=0.16)
    thread = fabric(ground, weave=60)
    for i in range(40):
        x = 1.9 * (i / 39 - 0.5)
        tube([(x, -0.72, 0.62), (x, -0.86, 0.55), (x + 0.03 * wobble(i, 2), -0.87, 0.4)], 0.014, thread)
    return View(turn=-26, pitch=26, fill=0.76)


@subject("ripple-brass-bangle")
def ripple_bangle(colour: str, view: int) -> View:
    brass = metal(BRASS, 0.24, hammered=15)
    profile = [(0.84, -0.085), (0.98, -0.085), (0.99, -0.075), (0.99, 0.075), (0.98, 0.085), (0.84, 0.085),
               (0.83, 0.075), (0.83, -0.075), (0.84, -0.085)]
    bangle = lathe(profile, brass, steps=1, segments=180, ripple=lambda a, z: 1 + 0.008 * math.sin(34 * a))
    place(bangle, (0, 0, 0), (74, 0, 0))
    place(bangle, (-0.15, -0.3, 0.97))
    box((1.1, 0.7, 0.9), 0.03, wood("#4a2f1f", axis="X"), (0.15, 0.42, 0))
    return View(turn=-30, pitch=18)


@subject("market-day-brass-necklace")
def market_necklace(colour: str, view: int) -> View:
    brass, cord = metal(BRASS, 0.3, hammered=16), plain("#24201F", 0.8)
    random.seed(2)
    path, count = [], 70
    for i in range(count + 1):
        a = -0.5 * math.pi + 2 * math.pi * 1.55 * i / count
        r = 1.1 - 0.52 * i / count
        path.append((r * math.cos(a), r * math.sin(a) * 0.95, 0.0))
    for i in range(count):
        (x, y, _z), (nx, ny, _n) = path[i], path[i + 1]
        gap = math.dist((x, y), (nx, ny))
        large = i in (34, 35, 36)
        size = gap * (0.62 if large else random.uniform(0.44, 0.52))
        bead = ball(size, brass, (0, 0, 0), (random.uniform(0.86, 1.0), 1.0, random.uniform(0.88, 1.0)), 20)
        place(bead, (x, y, size), (0, 0, math.degrees(math.atan2(ny - y, nx - x))))
    tube([(path[0][0], path[0][1], 0.05), (-0.35, -1.35, 0.03), (-0.8, -1.3, 0.03), (-1.2, -1.5, 0.03)],
         0.022, cord)
    end = path[-1]
    tube([(end[0], end[1], 0.05), (end[0] * 0.4, end[1] * 0.3, 0.03), (0.1, 0.1, 0.03), (-0.1, -0.2, 0.03)],
         0.022, cord)
    tube([(path[0][0] + 0.1, path[0][1], 0.04), (-0.5, -1.15, 0.03), (-0.9, -1.5, 0.03)], 0.022, cord)
    ball(0.05, cord, (-0.68, -1.31, 0.05), (1.6, 1, 1))
    return View(turn=10, pitch=48, fill=0.78)


@subject("olive-wood-salad-servers")
def salad_servers(colour: str, view: int) -> View:
    olive = wood("#B98B52", "#6E4A2A", axis="Y", scale=7, gloss=0.45)
    sheet(2.6, 1.7, lambda x, y: 0.02 + 0.02 * wobble(x, y, 1, 0.6), fabric("#dcd3c0", weave=46, soft=0.8),
          cells=(70, 50), thickness=0.03)
    place_all(built(_server, olive, False), (0.05, 0, 0.07), (0, 0, 56))
    place_all(built(_server, olive, True), (-0.05, 0, 0.17), (0, 0, -56))
    return View(turn=0, pitch=52, fill=0.84)


def _server(olive, fork):
    """A long server with an oval, hollowed head; the fork's head ends in three tines."""
    rows = []
    for i in range(25):
        t = i / 24
        y = -1.45 + 0.95 * t
        half = 0.3 * math.sqrt(max(0.0, 1 - (2 * t - 1) ** 2)) + 0.005
        if fork:
            blunt = math.sqrt(max(0.0, 1 - max(0.0, 2 * t - 0.9) ** 2 / 1.22))
            half = 0.3 * blunt * (0.86 + 0.14 * min(1, 4 * t))
        rows.append([(half * u, y, 0.02 + 0.1 * abs(u) ** 2.2 + 0.07 * (2 * t - 1) ** 2)
                     for u in [-1 + j / 8 for j in range(17)]])
    if fork:
        _tines(rows, olive)
    else:
        bevel(solid(loft(rows, olive, closed=False, sharp=80), 0.06), 0.02, 2)
    tube([(0, -0.58, 0.07), (0, -0.35, 0.09), (0, 0.4, 0.08), (0, 1.2, 0.06), (0, 1.45, 0.05)], 0.075, olive,
         widths=[1.25, 0.9, 0.85, 1.2, 0.9])


def _tines(rows, olive):
    """Cuts the front half of a head into three tines."""
    bevel(solid(loft(rows[9:], olive, closed=False, sharp=80), 0.06), 0.02, 2)
    for first, last in ((0, 4), (6, 10), (12, 16)):
        bevel(solid(loft([row[first:last + 1] for row in rows[:11]], olive, closed=False, sharp=80), 0.06),
              0.02, 2)


@subject("rift-leather-tote")
def rift_tote(colour: str, view: int) -> View:
    tone = {"tan": "#A86B3C", "cocoa": "#4B2F22"}[colour]
    hide, rivet = leather(tone, 34, 0.5), metal(BRASS, 0.25)
    inside = leather("#c79a6c" if colour == "tan" else "#6b4a38", 20, 0.1)
    width, depth, height = 1.8, 0.62, 1.5
    rows = []
    for i in range(13):
        z = height * i / 12
        squeeze = depth * (1 - (0.5 if view == 1 else -0.25) * (i / 12) ** 1.6)
        rows.append([(x * (1 + 0.05 * i / 12), y + 0.02 * wobble(x, z, y, 0.6), z) for x,
                     y in rounded(width, squeeze, min(0.09, squeeze / 2.3), 5)])
    solid(loft(rows, hide, caps=False, sharp=60), 0.045)
    tube(list(rows[-1]), 0.028, inside, closed=True, steps=1)
    prism(rounded(width, depth, 0.1), 0.03, inside)
    for side in (-1, 1):
        y, x = side * depth * (0.25 if view == 1 else 0.62), 0.42
        rise = [(-x, y * 1.16, height - 0.3), (-x, y, height), (-x * 0.82, y, height + 0.46),
                (0, y, height + 0.68), (x * 0.82, y, height + 0.46), (x, y, height),
                (x, y * 1.16, height - 0.3)]
        if view == 2:
            rise = [(px, py + side * (0.1 + 0.85 * max(0.0, pz - height)),
                     min(pz, height) - 0.5 * max(0.0, pz - height)) for px, py, pz in rise]
        flat_strap(rise, side, hide)
        for px in (-x, x):
            place(ball(0.04, rivet), (px, y * 1.2 + side * 0.075, height - 0.2), (0, 0, 0), (1, 0.6, 1))
    if view == 1:
        return View(turn=-26, pitch=12, fill=0.78)
    pocket = [box((0.85, 0.06, 0.7), 0.03, inside), box((0.6, 0.03, 0.03), 0.01, rivet, (0, -0.035, 0.62))]
    place_all(pocket, (0, depth * 0.5, height - 0.82))
    return View(turn=-14, pitch=54, fill=0.82)


@subject("lamu-canvas-shoes")
def lamu_shoes(colour: str, view: int) -> View:
    parts = {"upper": fabric("#6E869C", weave=50, soft=0.7), "sole": fabric(CHALK, weave=30, soft=0.9),
             "inside": fabric("#d8cfbd", weave=50),
             "trim": fabric("#5c7388", weave=50), "gore": fabric("#4d6072", accent="#3e4f60",
                                                            pattern="stripes-z", scale=16)}
    for side, at, turn in ((-1, (-0.62, 0.25, 0), 6), (1, (0.62, -0.25, 0), -8)):
        place_all(built(slip_on, parts, side), at, (0, 0, turn))
    return View(turn=42, pitch=26, fill=0.78)


@subject("savanna-animal-family")
def savanna_family(colour: str, view: int) -> View:
    pale, dark = wood("#D8BC8E", axis="X"), plain("#4B2F22", 0.6)
    for animal, at, turn in ((giraffe, (0.15, 0.75, 0), 200), (elephant, (-0.95, 0.35, 0), 205),
                             (zebra, (1.15, 0.05, 0), 160),
                             (rhino, (-0.85, -0.85, 0), 20), (warthog, (0.6, -0.95, 0), 195)):
        place_all(animal(pale, dark), at, (0, 0, turn))
    return View(turn=0, pitch=16, fill=0.8)


@subject("three-leg-side-table")
def side_table(colour: str, view: int) -> View:
    mango, legs = wood("#9C6B3F", "#4f321d", axis="X", scale=4, gloss=0.35), wood("#9C6B3F", axis="Z")
    lathe([(0, 1.78), (0.8, 1.78), (0.9, 1.82), (0.94, 1.9), (0.94, 1.97), (0.92, 1.99), (0.88, 1.98),
           (0.86, 1.93), (0.84, 1.91), (0.84, 1.91), (0, 1.91)], mango)
    for k in range(3):
        a = 2 * math.pi * k / 3 - math.pi / 2 + 0.5
        tube([(0.4 * math.cos(a), 0.4 * math.sin(a), 1.8), (0.6 * math.cos(a), 0.6 * math.sin(a), 0.9),
              (0.8 * math.cos(a), 0.8 * math.sin(a), 0.0)], 0.085, legs,
             widths=[1.35, 1.0, 0.6])
    disc(0.5, 0.06, legs, (0, 0, 1.73))
    return View(turn=34, pitch=24, fill=0.76)
