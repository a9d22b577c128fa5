"""Stages the products of Heron Kiln: porcelain, stoneware, a ring, a book."""

import math

from books import hardback
from materials import ceramic, fabric, metal, plain, wood
from mesh import ball, box, built, disc, lathe, place, place_all, prism, ring, smooth_line, tube
from shapes_vessels import bowl, cup, plate
from subjects import View, subject

COBALT = "#2F4E8C"
WHITE = "#F4F2EC"
GLAZES = {"celadon": "#A9C4B0", "white": "#F2F0EA", "cobalt": COBALT}
CLAY = "#d9cdb8"


@subject("reed-rice-bowl")
def reed_rice_bowl(colour: str, view: int) -> View:
    dark = {"celadon": "#86A894", "white": "#dedbd2"}[colour]
    glaze = ceramic(GLAZES[colour], accent=dark, pattern="dip", high=0.14)
    for at in ((-0.5, 0.5, 0), (-0.48, 0.5, 0.2), (0.62, -0.35, 0)):
        place_all(built(bowl, glaze, radius=0.8, height=0.82, foot=0.36, ripple=26), at)
    return View(turn=0, pitch=24, fill=0.76)


@subject("blue-rim-dinner-plate")
def blue_rim_plate(colour: str, view: int) -> View:
    white, line = ceramic(WHITE), ceramic(COBALT, gloss=0.9)
    standing = built(_lined_plate, white, line)
    place_all(standing, (0, 0, 1.02), (74, 0, 0))
    place_all(standing, (-0.15, 0.55, 0))
    box((0.7, 0.2, 0.35), 0.03, wood("#8d6a48"), (-0.15, 1.02, 0))
    place_all(built(_lined_plate, white, line), (0.35, -0.75, 0))
    return View(turn=-8, pitch=24, fill=0.78)


def _lined_plate(white, line, radius=1.0):
    plate(white, radius=radius, rise=0.15)
    points = [((radius * 0.955 + 0.006 * math.sin(5 * a)) * math.cos(a),
               (radius * 0.955 + 0.006 * math.sin(5 * a)) * math.sin(a),
               0.166) for a in [2 * math.pi * i / 90 for i in range(90)]]
    tube(points, 0.017, line, closed=True, steps=1)


@subject("lakeside-table-set-12")
def lakeside_set(colour: str, view: int) -> View:
    if view == 2:
        _washed_plate(1.1, 0)
        _washed_plate(0.8, 0.11)
        _washed_bowl(0.5, 0.2)
        return View(turn=0, pitch=62, fill=0.8)
    for number in range(4):
        place_all(built(_washed_plate, 1.0, 0), (-0.45, 0.75, 0.1 * number))
        place_all(built(_washed_plate, 0.76, 0), (0.95, -0.15, 0.09 * number))
        place_all(built(_washed_bowl, 0.55, 0), (-0.6, -0.75, 0.17 * number))
    return View(turn=-10, pitch=28, fill=0.8)


def _washed_plate(radius, lift):
    """A white plate whose rim carries a brushed cobalt wash."""
    place_all(built(plate, ceramic(WHITE, accent="#3C5C99", pattern="rim", low=radius * 0.72,
                                   high=radius * 0.98), radius=radius,
                    rise=0.15), (0, 0, lift))


def _washed_bowl(radius, lift):
    glaze = ceramic(WHITE, accent="#3C5C99", pattern="rim", low=radius * 0.74, high=radius * 0.99)
    place_all(built(bowl, glaze, radius=radius, height=0.42, foot=radius * 0.5), (0, 0, lift))


@subject("still-water-gaiwan")
def still_water_gaiwan(colour: str, view: int) -> View:
    glaze = ceramic(GLAZES["celadon"], accent="#86A894", pattern="dip", high=0.12)
    plate(glaze, radius=0.95, rise=0.16)
    place_all(built(bowl, glaze, radius=0.8, height=0.86, foot=0.36, wall=0.045), (0, 0, 0.06))
    lid = built(lathe, [(0.66, 0), (0.7, 0.02), (0.6, 0.1), (0.35, 0.19), (0.2, 0.22), (0.2, 0.22),
                        (0.24, 0.34), (0.2, 0.34),
                        (0.14, 0.26), (0, 0.25)], glaze)
    lid += built(lathe, [(0.66, 0), (0.5, 0.08), (0, 0.14)], glaze)
    if view == 1:
        place_all(lid, (0, 0, 0.86))
        return View(turn=0, pitch=20)
    place_all(lid, (0, 0, 0), (72, 0, 0))
    place_all(lid, (0.95, -0.55, 0.66), (0, 0, 40))
    disc(0.735, 0.01, plain("#C9B458", 0.06, Coat_Weight=1.0), (0, 0, 0.72), edge=0.002)
    return View(turn=6, pitch=32, fill=0.74)


@subject("heron-teapot-400")
def heron_teapot(colour: str, view: int) -> View:
    glaze = ceramic(WHITE)
    top = 1.3
    lathe([(0, 0.04), (0.42, 0.04), (0.44, 0), (0.5, 0.0), (0.53, 0.05), (0.72, 0.35), (0.8, 0.72),
           (0.74, 1.05), (0.5, 1.25),
           (0.4, top), (0.37, top), (0.36, 1.22), (0.62, 1.02), (0.7, 0.7), (0.5, 0.2), (0, 0.14)], glaze)
    tube([(0.62, 0, 0.62), (0.9, 0, 0.84), (1.16, 0, 1.2)], 0.13, glaze, widths=[1.7, 1.05, 0.72])
    place(disc(0.062, 0.02, plain("#4a4640", 0.9), edge=0.002), (1.165, 0, 1.205), (0, 38, 0))
    tube([(-0.62, 0, 1.08), (-0.98, 0, 1.2), (-1.28, 0, 0.9), (-1.14, 0, 0.5), (-0.72, 0, 0.42)], 0.08, glaze,
         widths=[1.3, 1, 0.95, 0.95, 1.25])
    lid = built(lathe, [(0, -0.05), (0.34, -0.05), (0.35, 0), (0.43, 0.01), (0.43, 0.05), (0.3, 0.09),
                        (0, 0.12)], glaze)
    lid.append(ball(0.12, glaze, (0, 0, 0.2), (1, 1, 0.85)))
    _heron_stroke(ceramic(COBALT))
    if view == 1:
        place_all(lid, (0, 0, top))
        return View(turn=0, pitch=14, fill=0.76)
    place_all(lid, (0, 0, 0), (0, -30, 0))
    place_all(lid, (1.0, -0.95, 0.22))
    disc(0.6, 0.01, plain("#b58a3a", 0.06, Coat_Weight=1.0), (0, 0, 0.98), edge=0.002)
    return View(turn=-12, pitch=46, fill=0.78)


def _heron_stroke(ink):
    """A brushed bird: body, neck, beak and two legs, laid onto the wall of the pot."""
    def onto(x, z):
        wall = 0.815 - 0.32 * max(0.0, z - 0.75) ** 1.6 * 2.2 - 0.28 * max(0.0, 0.68 - z) ** 1.7
        return (x, -math.sqrt(max(0.01, wall * wall - x * x)) - 0.002, z)
    strokes = (([(-0.36, 0.58), (-0.16, 0.7), (0.08, 0.72), (0.16, 0.84)], 0.055, [0.3, 1.3, 1.2, 0.5]),
               ([(0.1, 0.76), (0.2, 0.88), (0.12, 0.98), (0.2, 1.06)], 0.03, [1.2, 0.8, 0.8, 1.0]),
               ([(0.2, 1.06), (0.29, 1.045), (0.4, 1.01)], 0.024, [1.2, 0.7, 0.2]),
               ([(-0.06, 0.68), (-0.04, 0.5), (-0.08, 0.32)], 0.014, [1, 0.8, 0.6]),
               ([(0.05, 0.7), (0.09, 0.52), (0.03, 0.36)], 0.014, [1, 0.8, 0.6]))
    for points, width, widths in strokes:
        tube([onto(x, z) for x, z in points], width, ink, widths=widths, steps=8)


@subject("tasting-cups-set-of-4")
def tasting_cups(colour: str, view: int) -> View:
    tones = ("#A9C4B0", "#F2F0EA", COBALT, "#6B5A3A")
    places = (((-0.62, 0.42, 0), (0, 0, 0)), ((0.55, 0.5, 0), (0, 0, 0)),
              ((-0.45, -0.85, 0.34), (68, 0, -35)),
              ((0.72, -0.55, 0.74), (180, 0, 0)))
    for tone, (at, turn) in zip(tones, places, strict=True):
        place_all(built(cup, ceramic(tone), radius=0.52, height=0.72, flare=1.14, foot=0.5), at, turn)
    return View(turn=0, pitch=26, fill=0.74)


@subject("kiln-lane-mug")
def kiln_lane_mug(colour: str, view: int) -> View:
    tone = {"celadon": "#A9C4B0", "white": "#F2F0EA", "cobalt": COBALT}[colour]
    glaze = ceramic(tone, accent=CLAY, pattern="foot", high=0.2)
    mug(glaze)
    return View(turn=-24, pitch=18)


def mug(glaze, *, radius=0.72, height=1.65, belly=1.0, thick=0.085):
    """A mug with a round loop handle; `belly` above one rounds the wall."""
    r, h, b = radius, height, belly
    lathe([(0, 0.05), (r * 0.8, 0.05), (r * 0.84, 0), (r * 0.92, 0), (r * 0.97, 0.05), (r * b, h * 0.3),
           (r * b, h * 0.6),
           (r, h), (r, h), (r - 0.03, h + 0.02), (r - 0.07, h), (r * b - 0.08, h * 0.6),
           (r * b - 0.09, h * 0.3), (r * 0.8, 0.14),
           (0, 0.12)], glaze)
    tube([(r * b * 0.94, 0, h * 0.8), (r * 1.3, 0, h * 0.87), (r * 1.78, 0, h * 0.7), (r * 1.8, 0, h * 0.42),
          (r * 1.35, 0, h * 0.22),
          (r * b * 0.94, 0, h * 0.27)], thick, glaze, widths=[1.2, 1, 0.95, 0.95, 1, 1.2])


@subject("river-stone-vase")
def river_stone_vase(colour: str, view: int) -> View:
    glaze = ceramic("#9DB8A4", accent="#4B4038", pattern="crackle", scale=5)
    lathe([(0, 0.02), (0.44, 0.02), (0.46, 0), (0.52, 0), (0.6, 0.12), (0.62, 0.16)],
          ceramic("#4B4038", gloss=0.1))
    lathe([(0.615, 0.14), (0.64, 0.16), (0.78, 0.42), (0.8, 0.7), (0.68, 1.05), (0.42, 1.45), (0.24, 1.8),
           (0.2, 2.05), (0.23, 2.2),
           (0.3, 2.27), (0.28, 2.31), (0.2, 2.28), (0.16, 2.1), (0.17, 1.9)], glaze)
    bark = wood("#5b4636", axis="Z", gloss=0)
    branches = ([(0.02, 0, 1.8), (0.06, 0, 2.4), (0.3, 0.05, 2.9), (0.36, 0, 3.3), (0.62, 0.02, 3.75)],
                [(0.24, 0.04, 2.75), (0.0, 0.06, 3.1), (-0.12, 0, 3.45)],
                [(0.36, 0, 3.25), (0.62, -0.1, 3.4), (0.78, -0.1, 3.42)],
                [(0.05, 0, 2.35), (-0.2, -0.05, 2.6), (-0.42, -0.02, 2.7)])
    for points in branches:
        tube(points, 0.032, bark, widths=[1.2 - 0.22 * i for i in range(len(points))])
        x, y, z = points[-1]
        for k in (0.35, 0.7, 1.0):
            px, py, pz = (a + (b - a) * k for a, b in zip(points[-2], (x, y, z), strict=True))
            ball(0.045, bark, (px, py, pz + 0.02), (1, 1, 1.4))
    return View(turn=0, pitch=12, fill=0.84)


@subject("glaze-drop-silver-ring")
def glaze_drop_ring(colour: str, view: int) -> View:
    silver, slab = metal("#D6D8DA", 0.14), ceramic("#EDEAE2", gloss=0.02)
    prism(smooth_line([(-1.1, -0.7), (0.9, -0.8), (1.15, 0.1), (0.8, 0.75), (-0.9, 0.7), (-1.2, 0.1)], 5,
                      closed=True), 0.14, slab,
          radius=0.03)
    band = [lathe([(0.66 + 0.06 * math.cos(a), 0.09 * math.sin(a))
                   for a in [2 * math.pi * i / 20 for i in range(21)]], silver,
                  steps=1, segments=120)]
    place_all(band, (0, 0, 0), (90, 0, 0))
    head = built(lathe, [(0, 0), (0.2, 0), (0.33, 0.07), (0.34, 0.16), (0.31, 0.17), (0.3, 0.12), (0, 0.12)],
                 silver)
    head.append(ball(0.3, ceramic("#8FB39C", gloss=1.0), (0, 0, 0.13), (1, 1, 0.45)))
    place_all(head, (0, 0, 0.68))
    place_all(band + head, (0, 0, 0), (0, 34, 0))
    place_all(band + head, (0, 0, 0.14 + 0.72), (0, 0, -32))
    return View(turn=0, pitch=26, fill=0.72)


@subject("kiln-notes-book")
def kiln_notes_book(colour: str, view: int) -> View:
    cloth, pages = fabric("#9DB8A4", weave=70, sheen=0.1), plain("#EFE8D8", 0.9)
    ribbon, stamp = fabric(COBALT, weave=80), fabric("#86a28e", weave=70)
    if view == 1:
        book = hardback(cloth, pages, size=(1.4, 2.0, 0.26), ribbons=[ribbon])
        book += [place(ring(0.36, 0.012, stamp), (0.0, 0.15, 0.262)),
                 place(disc(0.34, 0.004, stamp, edge=0.001), (0.0, 0.15, 0.26))]
        return View(turn=-24, pitch=38, fill=0.76)
    _fanned_book(cloth, pages, stamp)
    return View(turn=-16, pitch=14)


def _fanned_book(cloth, pages, stamp):
    """A book standing on its lower edge, covers apart, pages fanned between."""
    for angle in (-34, 34):
        cover = [place(prism([(0, 0), (1.4, 0), (1.4, 2.0), (0, 2.0)], 0.05, cloth, radius=0.012),
                       (0, 0, -0.025))]
        if angle < 0:
            cover.append(place(ring(0.36, 0.02, stamp), (0.7, 1.15, 0.03)))
        place_all(cover, (0, 0, 0), (90, 0, 0))
        place_all(cover, (0, 0, 0), (0, 0, angle))
    box((0.1, 0.26, 2.0), 0.03, cloth, (-0.03, 0, 0))
    for i in range(27):
        angle = -26 + 2 * i
        leaf = prism([(0, 0.04), (1.3, 0.04), (1.3, 1.95), (0, 1.95)], 0.012, pages)
        place(leaf, (0, 0, 0), (90, 0, 0))
        place(leaf, (0, 0, 0), (0, 0, angle))


@subject("cloud-knob-tea-caddy")
def cloud_caddy(colour: str, view: int) -> View:
    steel = metal("#C4C6C8", 0.3, "Z")
    disc(0.72, 1.5, steel, edge=0.03)
    disc(0.74, 0.42, steel, (0, 0, 1.42), edge=0.04)
    lathe([(0.742, 1.5), (0.748, 1.51), (0.748, 1.57), (0.742, 1.58)], plain(COBALT, 0.25), steps=1)
    porcelain = ceramic("#F2F0EA")
    disc(0.08, 0.1, porcelain, (0, 0, 1.82))
    for x, y, r in ((0, 0, 0.2), (-0.19, 0.02, 0.14), (0.19, -0.02, 0.15), (0.06, 0.12, 0.14),
                    (-0.06, -0.12, 0.14)):
        ball(r, porcelain, (x, y, 1.97), (1, 1, 0.55))
    return View(turn=-10, pitch=18)
