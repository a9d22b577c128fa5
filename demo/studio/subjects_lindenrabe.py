"""Stages the products of Lindenrabe: wooden toys, knitwear, shoes, lamps, a diary, a kettle, sunglasses."""

import math
import random

from animals import flat_animal
from books import hardback
from clothes import crew_neck, folded_garment
from footwear import derby
from materials import fabric, felt, glow, knit, leather, metal, paper, plain, shade, wood
from mesh import (
    ball,
    box,
    built,
    disc,
    lathe,
    place,
    place_all,
    prism,
    ring,
    smooth_line,
    tube,
)
from subjects import View, subject

BEECH, OAK = "#D2B48C", "#C29A66"
BRICK, SLATE, OCHRE, MOSS = "#A8553A", "#5B7188", "#C9922E", "#5E6B4F"


@subject("rabe-roadster")
def rabe_roadster(colour: str, view: int) -> View:
    paint = plain({"red": "#B5382E", "blue": "#3B6187"}[colour], 0.4, Coat_Weight=0.2)
    beech, rubber = wood(BEECH, axis="Z"), plain("#3b342d", 0.7)
    side = [(-1.45, 0.3), (-1.52, 0.62), (-1.35, 0.92), (-0.75, 1.02), (-0.42, 0.98), (-0.3, 0.66),
            (0.3, 0.64), (0.42, 0.95),
            (0.62, 1.0), (1.3, 0.86), (1.56, 0.6), (1.52, 0.32), (0.5, 0.24), (-0.5, 0.24)]
    body = prism(side, 1.0, paint, radius=0.16, steps=5)
    body.modifiers["bevel"].segments = 6
    place_all([body], (0, 0.5, 0), (90, 0, 0))
    for x in (-0.92, 0.92):
        for y in (-0.6, 0.6):
            place(disc(0.4, 0.22, beech, (0, 0, -0.11), edge=0.07), (x, y, 0.4), (90, 0, 0))
            place(disc(0.13, 0.1, paint, (0, 0, -0.05), edge=0.03), (x, y * 1.2, 0.4), (90, 0, 0))
        place(disc(0.06, 1.3, rubber, (0, 0, -0.65)), (x, 0, 0.4), (90, 0, 0))
    lathe([(0, 0.6), (0.24, 0.6), (0.26, 0.7), (0.2, 1.0), (0.12, 1.1), (0, 1.1)], beech)
    ball(0.25, beech, (0, 0, 1.28))
    place(ring(0.2, 0.035, beech), (0.34, 0, 1.0), (0, 62, 0))
    place(disc(0.2, 0.01, plain("#f1ece0", 0.5), (0, 0, 0)), (-0.95, -0.502, 0.68), (90, 0, 0))
    for y in (-0.28, 0.28):
        place(disc(0.11, 0.08, beech, edge=0.03), (1.5, y, 0.62), (0, 90, 0))
    return View(turn=-32, pitch=20, fill=0.76)


@subject("linden-blocks-50")
def linden_blocks(colour: str, view: int) -> View:
    lime = wood("#E0C79E", axis="X")
    stains = {"o": wood(OCHRE, axis="X"), "b": wood(BRICK, axis="X"), "s": wood(SLATE, axis="X"), "l": lime}
    u, rows = 0.36, (
        ("l", (-1.2, 0, 0), (1, 1, 3)), ("o", (-0.1, 0, 0), (1, 1, 3)), ("l", (1.1, 0.1, 0), (1, 1, 1)),
        ("b", (1.1, 0.1, 1), (1, 1, 1)),
        ("l", (1.1, 0.1, 2), (1, 1, 2)), ("s", (1.1, 0.1, 4), (1, 1, 1)), ("b", (-0.65, 0, 3), (3, 1, 1)),
        ("l", (-1.1, 0, 4), (1, 1, 1)),
        ("l", (-0.2, 0, 4), (1, 1, 1)), ("s", (-0.65, 0, 5), (3, 1, 1)), ("l", (-0.65, 0, 6), (1, 1, 1)),
        ("l", (1.9, 0.4, 0), (1, 1, 2)),
        ("l", (-1.75, -0.8, 0), (2, 1, 1)), ("b", (0.55, -1.05, 0), (1, 1, 1)),
        ("o", (1.5, -0.9, 0), (3, 1, 1)))
    random.seed(3)
    for tone, (x, y, z), (w, d, h) in rows:
        box((u * w * 0.99, u * d, u * h * 0.995), 0.03, stains[tone], (x, y, u * z),
            (0, 0, random.uniform(-4, 4)))
    _arch(stains["l"], u, (1.5, 0.25, 2 * u))
    _half_round(stains["b"], u, (-0.65, 0.0, 7 * u))
    _half_round(stains["o"], u, (1.1, 0.1, 5 * u))
    _arch(stains["s"], u, (-0.5, -1.0, 0))
    return View(turn=-16, pitch=18, fill=0.76)


def _arch(material, u, at):
    outline = [(-1.5 * u, 0), (-0.75 * u, 0), *[(-0.75 * u * math.cos(a), 0.75 * u * math.sin(a)) for a in
               [math.pi * i / 14 for i in range(1, 14)]], (0.75 * u, 0), (1.5 * u, 0), (1.5 * u, 1.25 * u),
               (-1.5 * u, 1.25 * u)]
    piece = prism(outline, u, material, radius=0.02)
    place_all([piece], (0, u / 2, 0), (90, 0, 0))
    place(piece, at)


def _half_round(material, u, at):
    outline = [(-u * math.cos(a) * 0.9, u * 0.9 * math.sin(a)) for a in [math.pi * i / 16 for i in range(17)]]
    piece = place(prism(outline, u, material, radius=0.02), (0, u / 2, 0), (90, 0, 0))
    place(piece, at)


@subject("harbour-stacking-animals")
def stacking_animals(colour: str, view: int) -> View:
    bare, slate, grey, brick = wood("#D9B98C"), wood(SLATE), wood("#9A9C98"), wood(BRICK)
    stacked = (("whale", slate, (0, 0, 0), 0), ("seal", grey, (-0.45, 0, 0.98), 0),
               ("crab", brick, (0.55, 0, 0.88), 0),
               ("snail", bare, (0.6, 0, 1.36), 0), ("fish", brick, (-0.42, 0, 1.73), 0),
               ("gull", bare, (-0.55, 0, 2.18), 0),
               ("gull", grey, (0.62, 0, 1.95), 0))
    spread = (("whale", slate, (-0.1, 1.0, 0), 8), ("seal", grey, (1.75, 0.5, 0), -10),
              ("crab", brick, (-1.6, -0.35, 0), 10),
              ("snail", bare, (-0.35, -0.55, 0), -8), ("fish", brick, (0.75, -0.35, 0), 6),
              ("gull", bare, (1.55, -1.0, 0), -14),
              ("gull", grey, (-1.9, 0.75, 0), 14))
    for kind, material, at, turn in (stacked if view == 1 else spread):
        place_all(flat_animal(kind, material), at, (0, 0, turn))
    return View(turn=-20, pitch=10, fill=0.76) if view == 1 else View(turn=0, pitch=30, fill=0.88)


@subject("muehle-pocket-board")
def muehle_board(colour: str, view: int) -> View:
    walnut, maple = wood("#6B4A33", axis="Y"), wood("#E3CDA4", axis="Y")
    for side in (-1, 1):
        box((1.09, 2.2, 0.17), 0.03, walnut, (side * 0.55, 0, 0))
        box((0.05, 0.3, 0.05), 0.01, metal("#B08D4F", 0.3), (0, side * 0.7, 0.14))
    step, top = 0.29, 0.172
    for k in (1, 2, 3):
        r = step * k + 0.05
        for x, y, w, d in ((0, r, 2 * r + 0.042, 0.042), (0, -r, 2 * r + 0.042, 0.042), (r, 0, 0.042, 2 * r),
                           (-r, 0, 0.042, 2 * r)):
            box((w, d, 0.012), 0, maple, (x, y, top - 0.004))
    inner, outer = step + 0.05, 3 * step + 0.05
    middle, length = (inner + outer) / 2, outer - inner
    for x, y, w, d in ((0, middle, 0.042, length), (0, -middle, 0.042, length), (middle, 0, length, 0.042),
                       (-middle, 0, length, 0.042)):
        box((w, d, 0.012), 0, maple, (x, y, top - 0.004))
    spots = [(sx * (step * k + 0.05), sy * (step * k + 0.05)) for k in (1, 2, 3) for sx, sy in
             ((-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0))]
    random.seed(8)
    random.shuffle(spots)
    dark = wood("#513422", axis="X", gloss=0.5)
    for number, (x, y) in enumerate(spots[:13]):
        disc(0.12, 0.08, maple if number % 2 else dark, (x, y, top), edge=0.025)
    for number in range(5):
        disc(0.12, 0.08, dark if number % 2 else maple, (1.32 + 0.1 * (number % 2), -0.8 + 0.3 * number, 0),
             edge=0.025)
    return View(turn=-24, pitch=40, fill=0.82)


@subject("elbe-cotton-pullover")
def elbe_pullover(colour: str, view: int) -> View:
    tone = {"navy": "#27364F", "ochre": OCHRE}[colour]
    chunky = knit(tone, 11)
    folded_garment(chunky, height=0.52, size=(1.85, 2.05))
    crew_neck(knit(tone, 26), at=0.53, width=0.58, depth=0.34, y=0.84, thick=0.085,
              inside=knit(shade(tone, 0.7), 11))
    return View(turn=-18, pitch=40, fill=0.76)


@subject("kontor-leather-shoes")
def kontor_shoes(colour: str, view: int) -> View:
    parts = {"upper": leather("#8C5630", 60, 0.75), "lace": plain("#4A3122", 0.7),
             "sole": plain("#C9A873", 0.75),
             "inside": leather("#c9a57c", 40, 0.2)}
    if view == 2:
        derby(parts, 1)
        return View(turn=82, pitch=10, fill=0.78)
    for side, at, turn in ((-1, (-0.62, 0.25, 0), 6), (1, (0.62, -0.25, 0), -8)):
        place_all(built(derby, parts, side), at, (0, 0, turn))
    return View(turn=42, pitch=26, fill=0.76)


@subject("lantern-table-lamp")
def lantern_lamp(colour: str, view: int) -> View:
    oak, cord = wood(OAK, axis="Z"), fabric(BRICK, weave=60)
    lathe([(0, 0), (0.66, 0), (0.7, 0.04), (0.7, 0.3), (0.6, 0.42), (0.56, 0.6), (0.64, 0.74), (0.66, 0.8),
           (0.6, 0.82), (0, 0.7)], oak)
    opal = glow("#FFE9C6", 1.2, 0.3) if view == 1 else plain("#DDD9CF", 0.12, Coat_Weight=1.0)
    ball(1.0, opal, (0, 0, 1.62), segments=72)
    tube([(0.5, 0.45, 0.08), (0.95, 0.6, 0.05), (1.3, 0.1, 0.04), (1.2, -0.5, 0.04), (0.75, -0.85, 0.04),
          (0.9, -1.2, 0.04)]
         if view == 2 else [(0.5, 0.45, 0.08), (1.1, 0.5, 0.04), (1.5, 0.2, 0.04)], 0.04, cord)
    return View(turn=0, pitch=12, exposure=-0.4) if view == 1 else View(turn=0, pitch=30)


@subject("kai-upholstered-stool")
def kai_stool(colour: str, view: int) -> View:
    cover, steel = felt({"moss": MOSS, "ochre": OCHRE}[colour]), plain("#2A2B2C", 0.5)
    lathe([(0, 1.85), (0.8, 1.85), (0.88, 1.9), (0.9, 2.02), (0.86, 2.14), (0.7, 2.2), (0.3, 2.215),
           (0, 2.215)], cover)
    tube([(0, y, 2.222 - 0.06 * abs(y) ** 5) for y in [-0.84 + 1.68 * i / 12 for i in range(13)]], 0.018,
         felt("#3f4836" if colour == "moss" else "#8f661c"))
    for k in range(3):
        a = 2 * math.pi * k / 3 - math.pi / 2 + 0.35
        tube([(0.56 * math.cos(a), 0.56 * math.sin(a), 1.86), (0.86 * math.cos(a), 0.86 * math.sin(a),
                                                            0.03)], 0.045, steel, steps=1)
    ring(0.755, 0.03, steel, (0, 0, 0.7))
    disc(0.62, 0.05, steel, (0, 0, 1.81))
    return View(turn=62, pitch=18, fill=0.76)


@subject("hafenjahr-diary-2027")
def hafenjahr_diary(colour: str, view: int) -> View:
    cloth, chalk = fabric(SLATE, weave=80, sheen=0.1), paper("#EDEAE3")
    hardback(cloth, plain("#EFE8D8", 0.9), size=(1.3, 2.05, 0.24), corner=0.1,
             ribbons=[fabric(BRICK, weave=80), fabric(OCHRE, weave=80)])
    for number, shift in enumerate((0, 0.1, 0.2)):
        tide = [(-0.56 + 1.16 * i / 30,
                 -0.42 - shift + (0.07 - 0.015 * number) * math.sin(i * 0.62 + number),
                 0.242) for i in range(31)]
        tube(tide, 0.018 if number == 0 else 0.009, chalk, steps=2)
    return View(turn=-26, pitch=38, fill=0.76)


@subject("drip-kettle-900")
def drip_kettle(colour: str, view: int) -> View:
    steel, oak = metal("#C4C6C8", 0.3, "Z"), wood(OAK, axis="Z")
    lathe([(0, 0), (0.82, 0), (0.86, 0.03), (0.82, 0.3), (0.62, 1.32), (0.6, 1.36), (0.52, 1.4), (0, 1.4)],
          steel)
    lathe([(0, 1.39), (0.54, 1.39), (0.56, 1.42), (0.53, 1.46), (0, 1.48)], steel)
    lathe([(0.05, 1.47), (0.05, 1.52), (0.12, 1.56), (0.13, 1.66), (0.1, 1.7), (0, 1.7)], oak)
    tube([(0.76, 0, 0.3), (1.12, 0, 0.34), (1.2, 0, 0.75), (1.12, 0, 1.15), (1.3, 0, 1.5), (1.55, 0, 1.5)],
         0.062, steel,
         widths=[1.7, 1.2, 0.95, 0.85, 0.75, 0.7])
    tube([(-0.6, 0, 1.3), (-1.0, 0, 1.42), (-1.28, 0, 1.2)], 0.05, steel)
    tube([(-1.2, 0, 1.32), (-1.3, 0, 1.1), (-1.28, 0, 0.7), (-1.12, 0, 0.42)], 0.095, oak,
         widths=[0.85, 1, 1, 0.8])
    return View(turn=-8, pitch=14, fill=0.78)


@subject("alster-sunglasses")
def alster_sunglasses(colour: str, view: int) -> View:
    shell = tortoise()
    lens = plain("#4C5A50", 0.06, Coat_Weight=1.0)
    for side in (-1, 1):
        outline = smooth_line([(0.5, 0.1), (0.46, 0.42), (0, 0.46), (-0.46, 0.4), (-0.5, 0.05),
                               (-0.36, -0.38), (0, -0.46), (0.38, -0.38)],
                              6, closed=True)
        rim = [prism(outline, 0.13, shell, radius=0.035, holes=[[(x * 0.86, y * 0.86) for x, y in outline]])]
        rim.append(place(prism([(x * 0.9, y * 0.9) for x, y in outline], 0.03, lens), (0, 0, 0.05)))
        place_all(rim, (0, 0, 0), (90, 0, 0))
        place_all(rim, (side * 0.62, 0, 0.48))
        x = side * 1.13
        tube([(x, 0, 0.68), (x + side * 0.02, 0.12, 0.7), (x - side * 0.3, 1.15, 0.58),
              (x - side * 0.48, 1.6, 0.36), (x - side * 0.52, 1.72, 0.1)],
             0.065, shell, widths=[1, 1.1, 0.9, 1, 1.2])
    tube([(-0.2, -0.07, 0.6), (0, -0.09, 0.68), (0.2, -0.07, 0.6)], 0.065, shell)
    case = felt("#8C8E8B")
    things = [box((2.0, 0.06, 0.8), 0.02, case), box((2.0, 0.8, 0.06), 0.02, case, (0, -0.4, 0))]
    place_all(things[:1], (0, 0, 0), (-24, 0, 0))
    place_all(things, (0.35, 2.05, 0), (0, 0, 8))
    return View(turn=-26, pitch=20, fill=0.88)


def tortoise():
    """Brown acetate with amber clouds."""
    from materials import stone
    return stone("#4a2c17", "#B4793A", 3.2, 0.9)
