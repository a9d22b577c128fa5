"""Stages the products of Pebblewire: electronics and travel goods."""

import math

from materials import fabric, glow, leather, metal, plain, stone, wood
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
    ring,
    rounded,
    smooth_line,
    solid,
    tube,
)
from subjects import View, subject

SHELLS = {"graphite": "#3A3D40", "sand": "#CDBFA6", "moss": "#5E6B4F", "chalk": "#EDEAE3"}
ALUMINIUM = "#B9BCBE"


@subject("hum-over-ear-headphones")
def hum_headphones(colour: str, view: int) -> View:
    pads = {"graphite": "#26282A", "sand": "#A8977B", "moss": "#47523B"}
    shell, pad = plain(SHELLS[colour], 0.42), leather(pads[colour], 30, 0.3)
    pair = built(_headphones, shell, pad, metal(ALUMINIUM, 0.3))
    if view == 1:
        return View(turn=28, pitch=10)
    place_all(pair, (0, 0, 0.5), (-88, 0, 0))
    place_all(pair, (0.5, -0.9, 0), (0, 0, 42))
    cloth = fabric(SHELLS[colour], weave=40)
    lathe([(0, 0), (0.5, 0), (0.72, 0.08), (0.75, 0.2), (0.6, 0.33), (0, 0.36)], cloth,
          ripple=lambda a, z: 1 + 0.02 * math.sin(9 * a)).matrix_world.translation = (1.3, -0.75, 0)
    tube([(0.95, -1.25, 0.25), (0.85, -1.55, 0.05), (1.05, -1.75, 0.03), (1.3, -1.6, 0.03)], 0.025,
         plain("#2b2b2b", 0.8))
    return View(turn=8, pitch=48, fill=0.78)


def _headphones(shell, pad, yoke):
    """Band over the top, yokes of metal, oval cups with pads turned inwards."""
    arch = [(-0.84, 0, 0.95), (-0.84, 0, 1.3), (-0.6, 0, 1.78), (0, 0, 2.0), (0.6, 0, 1.78), (0.84, 0, 1.3),
            (0.84, 0, 0.95)]
    tube(arch, 0.045, yoke)
    outer = [(0.62, 0, 1.79), (0.34, 0, 1.95), (0, 0, 2.02), (-0.34, 0, 1.95), (-0.62, 0, 1.79)]
    _band(outer, 0.34, 0.12, shell)
    _band([(x * 0.97, y, z - 0.1) for x, y, z in outer], 0.32, 0.13, pad)
    for side in (-1, 1):
        cup = built(lathe, [(0, 0), (0.3, 0), (0.44, 0.05), (0.49, 0.14), (0.49, 0.22), (0, 0.22)], shell)
        cup += built(lathe, [(0.2, 0.2), (0.43, 0.2), (0.52, 0.28), (0.5, 0.4), (0.4, 0.46), (0.27, 0.42),
                             (0.22, 0.3)], pad)
        cup += [disc(0.22, 0.03, yoke, (0, 0, -0.015), edge=0.01),
                disc(0.23, 0.1, plain("#202122", 0.9), (0, 0, 0.25))]
        place_all(cup, (0, 0, 0), (0, -side * 90, 0), (1.0, 1.0, 1.0))
        place_all(cup, (side * 0.97, 0, 0.56), (0, side * 5, 0), (1, 0.9, 1.12))
        arm = [(side * 0.84, -0.5, 0.6), (side * 0.85, -0.38, 0.95), (side * 0.84, 0, 1.12),
               (side * 0.85, 0.38, 0.95),
               (side * 0.84, 0.5, 0.6)]
        tube(arm, 0.035, yoke)


def _band(path, width, thickness, material):
    rows = []
    for x, y, z in smooth_line(path, 8):
        rows.append([(x * (1 + b * 0.06), y + a, z + b * 0.5 * thickness) for a, b in
                     [(width / 2 * math.cos(t), math.sin(t)) for t in [2 * math.pi * i / 20
                                                            for i in range(20)]]])
    return loft(rows, material)


@subject("pip-wireless-earbuds")
def pip_earbuds(colour: str, view: int) -> View:
    seam = {"chalk": "#B8B2A6", "graphite": "#1F2122"}[colour]
    body, dark = plain(SHELLS[colour], 0.3, Coat_Weight=0.25), plain(seam, 0.45)
    base = built(lathe, [(0, 0), (0.45, 0), (0.7, 0.07), (0.82, 0.26), (0.84, 0.42), (0.82, 0.44),
                         (0, 0.44)], body)
    base.append(disc(0.78, 0.02, dark, (0, 0, 0.43), edge=0.005))
    base.append(ring(0.83, 0.018, dark, (0, 0, 0.435)))
    lid = built(lathe, [(0, 0.36), (0.45, 0.34), (0.7, 0.25), (0.81, 0.1), (0.83, 0), (0.78, 0), (0.7, 0.18),
                        (0, 0.26)], body)
    lid += built(lathe, [(0.68, 0.19), (0.4, 0.255), (0, 0.265)], dark)
    place_all(lid, (0, -0.66, 0), (0, 0, 0), (1.2, 0.9, 1))
    place_all(lid, (0, 0.74, 0.46), (-104, 0, 0))
    place_all(lid, (0, 0, 0), (0, 0, 0))
    place_all(base, (0, 0, 0), (0, 0, 0), (1.2, 0.9, 1))
    for at, turn in (((-0.42, 0.02, 0.42), (20, 0, 0)), ((0.42, 0.02, 0.42), (20, 0, 0)),
                     ((-0.35, -1.15, 0.17), (60, 0, 30))):
        bud = [ball(0.24, body, (0, 0, 0.1), (1, 1, 0.85)), ball(0.13, dark, (0.1, -0.02, 0.28), (1, 1, 0.9)),
               disc(0.1, 0.02, dark, (-0.02, 0, -0.11), edge=0.004)]
        place_all(bud, at, turn)
    return View(turn=-22, pitch=26)


@subject("brick-desk-speaker")
def brick_speaker(colour: str, view: int) -> View:
    grille = {"sand": "#B7A88C", "graphite": "#55585B"}[colour]
    body = plain(SHELLS[colour], 0.38)
    shell = prism(rounded(1.5, 0.9, 0.16), 0.8, body, radius=0.05)
    front = prism(rounded(1.36, 0.76, 0.11), 0.05, fabric(grille, accent="#2d2e30", pattern="dots", scale=26,
                                                          weave=60), radius=0.02)
    place_all([shell, front], (0, 0, 0))
    place(front, (0, 0, 0.775))
    place_all([shell, front], (0, 0.4, 0.45), (90, 0, 0))
    knob = [disc(0.12, 0.1, metal(ALUMINIUM, 0.25, "Z"), (0.48, 0, 0.89), edge=0.015),
            disc(0.14, 0.012, plain("#222325", 0.6), (0.48, 0, 0.895))]
    knob += [place(box((0.012, 0.014, 0.08), 0, metal("#8d9092", 0.4)),
                   (0.48 + 0.12 * math.cos(a), 0.12 * math.sin(a), 0.91),
                   (0, 0, math.degrees(a))) for a in [2 * math.pi * i / 30 for i in range(30)]]
    return View(turn=-26, pitch=20)


@subject("slab-power-bank-10000")
def slab_power_bank(colour: str, view: int) -> View:
    body, edge = plain(SHELLS["graphite"], 0.55), metal("#B9BCBE", 0.25)
    slab = [prism(rounded(1.36, 2.8, 0.24), 0.3, body, radius=0.07)]
    slab.append(place(prism(rounded(1.376, 2.816, 0.246), 0.06, edge, radius=0.01), (0, 0, 0.12)))
    for x in (-0.3, 0.06):
        slot = prism(rounded(0.26, 0.085, 0.04), 0.02, plain("#0d0e0f", 0.8))
        slab.append(place(slot, (x, -1.4, 0.15), (90, 0, 0)))
    for i in range(4):
        slab.append(disc(0.028, 0.012, glow("#dfeaf0", 3), (0.2 + 0.12 * i, -1.16, 0.294)))
    place_all(slab, (0, 0.35, 0.02), (24, 0, 0))
    place_all(slab, (0, -0.2, 0.57), (0, 0, 0))
    box((1.5, 0.5, 0.75), 0.03, stone("#aaa7a1", "#8f8c86", 5, 0.05), (0.0, 0.95, 0))
    return View(turn=-30, pitch=28)


@subject("nib-usb-c-charger-45w")
def nib_charger(colour: str, view: int) -> View:
    body, steel = plain(SHELLS["chalk"], 0.35), metal("#c9ccd0", 0.22)
    box((1.1, 1.1, 1.1), 0.2, body).modifiers["bevel"].segments = 8
    face = prism(rounded(0.94, 0.94, 0.16), 0.02, plain("#E2DED5", 0.4), radius=0.006)
    slot = prism(rounded(0.36, 0.13, 0.06), 0.012, plain("#9b9da0", 0.35, Metallic=1.0), radius=0.004)
    hole = prism(rounded(0.29, 0.065, 0.03), 0.012, plain("#131415", 0.8))
    place(slot, (0, 0, 0.015))
    place(hole, (0, 0, 0.02))
    place_all([face, slot, hole], (0, -0.545, 0.55), (90, 0, 0))
    plate = place(prism(rounded(0.8, 0.62, 0.3), 0.16, body, radius=0.04), (0.55, 0, 0.55), (90, 0, 90))
    for y in (-0.2, 0.2):
        place(lathe([(0, 0), (0.07, 0), (0.07, 0.24), (0, 0.24)], plain("#d8d4ca", 0.5), steps=1),
              (0.66, y, 0.55), (0, 90, 0))
        place(lathe([(0, 0), (0.062, 0), (0.062, 0.2), (0.04, 0.25), (0, 0.26)], steel), (0.9, y, 0.55),
              (0, 90, 0))
    return View(turn=-38, pitch=20) if plate else View()


@subject("loop-usb-c-cable")
def loop_cable(colour: str, view: int) -> View:
    cord = fabric("#CDBFA6", accent="#3A3D40", pattern="check", scale=26, weave=60)
    coiled_cable(cord, metal(ALUMINIUM, 0.3), leather("#8A5A3B", 30))
    return View(turn=0, pitch=48)


def coiled_cable(cord, plug, tie):
    """A cable laid in a neat coil, both plugs in front."""
    loops = []
    for i in range(121):
        a = -math.pi / 2 + 2 * math.pi * 5 * i / 120
        r = 0.8 + 0.055 * math.sin(2.4 * a + 0.5)
        loops.append((r * math.cos(a), r * math.sin(a), 0.09 + 0.2 * (i / 120) + 0.04 * math.sin(1.8 * a)))
    tube([(-1.05, -1.3, 0.07), (-0.8, -1.02, 0.07), (-0.4, -0.82, 0.08), *loops, (0.45, -0.85, 0.2),
          (0.85, -1.06, 0.09),
          (1.05, -1.34, 0.08)], 0.062, cord, steps=3)
    for at, turn in (((-1.1, -1.38, 0), -32), ((1.08, -1.42, 0), 20)):
        grip = [place(prism(rounded(0.2, 0.17, 0.06), 0.42, plug, radius=0.015), (0, 0.1, 0.1), (90, 0, 0)),
                place(prism(rounded(0.15, 0.075, 0.035), 0.2, plug, radius=0.01), (0, -0.3, 0.1), (90, 0, 0))]
        place_all(grip, at, (0, 0, turn))
    place(box((0.46, 0.3, 0.5), 0.06, tie), (-0.8, 0.05, 0.0), (0, 0, 3))
    place(ball(0.05, metal("#BC9F68", 0.3)), (-0.8, 0.05, 0.5), (0, 0, 0), (1, 1, 0.5))


@subject("tally-compact-keyboard")
def tally_keyboard(colour: str, view: int) -> View:
    chalk, moss = plain("#EDEAE3", 0.55), plain(SHELLS["moss"], 0.55)
    case = [box((3.2, 1.36, 0.2), 0.06, metal(ALUMINIUM, 0.35))]
    case.append(box((3.02, 1.2, 0.02), 0.005, plain("#2c2e30", 0.8), (0, 0, 0.195)))
    rows = ((1.0,) * 15, (1.5, *(1.0,) * 12, 1.5), (1.75, *(1.0,) * 11, 2.25),
            (2.25, *(1.0,) * 10, 1.75, 1.0),
            (1.25, 1.25, 1.25, 6.25, 1, 1, 1, 1, 1))
    for number, widths in enumerate(rows):
        total, x = sum(widths), -1.47
        for i, wide in enumerate(widths):
            width = wide / total * 2.94
            dark = wide != 1.0 and wide < 6 or (number == 4 and wide < 6) or (number == 0 and i > 12)
            cap = plain("#D9653B", 0.5) if number == 0 and i == 0 else moss if dark else chalk
            _keycap(width, x + width / 2, 0.46 - 0.23 * number, cap)
            x += width
    if view == 1:
        return View(turn=-24, pitch=36, fill=0.88)
    cord = fabric("#CDBFA6", accent="#3A3D40", pattern="check", scale=26, weave=60)
    coil = built(coiled_cable, cord, metal(ALUMINIUM, 0.3), leather("#8A5A3B", 30))
    place_all(coil, (-0.3, 1.75, 0), (0, 0, 160), 0.62)
    return View(turn=-48, pitch=20, fill=1.18, at=(0.0, -0.08))


def _keycap(width, x, y, material):
    key = box((width * 0.9, 0.21, 0.13), 0.03, material, (x, y, 0.21), taper=0.82)
    key.modifiers["bevel"].segments = 2


@subject("perch-phone-stand")
def perch_stand(colour: str, view: int) -> View:
    sheet_metal, cork = metal("#C9CCCE", 0.42), stone("#B98A5A", "#8f6538", 14, 0.02)
    side = smooth_line([(0.62, 0.03), (0.62, 0.03), (-0.2, 0.03), (-0.42, 0.06), (-0.4, 0.22), (-0.34, 0.38),
                        (0.22, 1.75),
                        (0.22, 1.75)], 8)
    rows = [[(x, y, z) for x in (-0.4, -0.2, 0.2, 0.4)] for y, z in side]
    solid(loft(rows, sheet_metal, closed=False, sharp=80), 0.07)
    lip = [(-0.36, 0.34), (-0.36, 0.34), (-0.62, 0.44), (-0.7, 0.47), (-0.74, 0.56), (-0.76, 0.64),
           (-0.76, 0.64)]
    rows = [[(x, y, z) for x in (-0.4, -0.2, 0.2, 0.4)] for y, z in smooth_line(lip, 6)]
    solid(loft(rows, sheet_metal, closed=False, sharp=80), 0.07)
    place(box((0.72, 0.26, 0.05), 0.015, cork), (0, -0.5, 0.425), (-22, 0, 0))
    place(box((0.74, 0.6, 0.03), 0.01, cork), (0, 0.2, 0.06))
    phone = [prism(rounded(0.78, 1.62, 0.11), 0.09, plain("#202225", 0.3), radius=0.03)]
    phone.append(place(prism(rounded(0.72, 1.56, 0.09), 0.01, plain("#33393f", 0.08)), (0, 0, 0.086)))
    place_all(phone, (0, 0, 0), (67, 0, 0))
    place_all(phone, (0, -0.235, 1.2))
    return View(turn=-38, pitch=14)


@subject("arc-desk-lamp")
def arc_lamp(colour: str, view: int) -> View:
    coat, brass = plain("#3A3D40", 0.5), metal("#BC9F68", 0.25)
    disc(0.5, 0.1, coat, (-0.7, 0, 0), edge=0.03)
    arm = [(-0.7, 0, 0.08), (-0.7, 0, 1.3), *[(-0.7 + 0.75 * (1 - math.cos(a)), 0, 1.3 + 0.75 * math.sin(a))
                                              for a in
           [math.pi / 2 * i / 10 for i in range(11)]], (0.2, 0, 2.05)]
    tube(arm, 0.042, coat, steps=2)
    place(disc(0.075, 0.17, brass), (-0.7, 0.085, 1.28), (90, 0, 0))
    disc(0.055, 0.2, brass, (-0.7, 0, 0.1))
    box((1.7, 0.24, 0.08), 0.035, coat, (0.9, 0, 2.02))
    box((1.56, 0.16, 0.02), 0.005, glow("#ffdfae", 7), (0.9, 0, 2.008))
    place(disc(0.1, 0.07, brass), (0.35, -0.11, 2.06), (90, 0, 0))
    if view == 1:
        return View(turn=-22, pitch=8, fill=0.76, exposure=-0.15)
    return View(turn=-48, pitch=-4, fill=1.5, at=(0.08, 0.36), exposure=-0.3)


@subject("fold-travel-umbrella")
def fold_umbrella(colour: str, view: int) -> View:
    tones = {"navy": "#27364F", "moss": "#5E6B4F", "ochre": "#C9922E"}
    cloth, beech = fabric(tones[colour], weave=50, sheen=0.15, roughness=0.65), wood("#D2B48C", axis="Z")
    twist = lambda a, z: 1 + 0.09 * math.sin(8 * (a + z * 0.5)) * min(1, (2.0 - z) * 2)  # noqa: E731
    body = built(lathe, [(0.12, 0), (0.25, 0.03), (0.29, 0.2), (0.3, 0.8), (0.27, 1.4), (0.22, 1.9),
                         (0.13, 2.0), (0, 2.02)], cloth,
                 ripple=twist, segments=160)
    body += built(lathe, [(0.3, 0.6), (0.325, 0.61), (0.325, 0.79), (0.3, 0.8)], cloth, steps=1)
    body.append(place(box((0.2, 0.04, 0.15), 0.02, plain("#D8CDB8", 0.6)), (0.0, -0.32, 0.62)))
    body += built(lathe, [(0, -0.72), (0.15, -0.72), (0.2, -0.66), (0.2, -0.6), (0.165, -0.1), (0.18, 0.0),
                          (0, 0.02)], beech)
    body.append(ring(0.185, 0.022, metal(ALUMINIUM, 0.25), (0, 0, -0.02)))
    body += built(lathe, [(0, 2.0), (0.06, 2.0), (0.06, 2.14), (0.03, 2.18), (0, 2.18)],
                  metal(ALUMINIUM, 0.25))
    body.append(tube([(0.12, 0, -0.7), (0.3, -0.1, -0.98), (0.12, -0.25, -1.22), (-0.16, -0.1, -1.05),
                      (-0.1, 0, -0.7)], 0.028, cloth))
    place_all(body, (0, 0, 0.3), (0, 90, 0))
    place_all(body, (0, 0, 0), (0, 0, 28))
    return View(turn=0, pitch=36, fill=0.86)


@subject("field-laptop-backpack")
def field_backpack(colour: str, view: int) -> View:
    web = {"graphite": "#232527", "sand": "#9b8b6d"}[colour]
    cloth, webbing = fabric(SHELLS[colour], weave=84, soft=0.5), fabric(web, weave=90)
    shell = prism(smooth_line([(x, y) for x, y in rounded(1.35, 0.68, 0.22, 4)], 2, closed=True), 1.75,
                  cloth, radius=0.12)
    shell.modifiers["bevel"].segments = 6
    roll = place(tube([(-0.62, 0, 0), (0, 0, 0), (0.62, 0, 0)], 0.17, cloth, steps=3), (0, -0.04, 1.84),
                 (0, 0, 0), (1, 1.25, 0.9))
    pocket = box((1.12, 0.24, 0.9), 0.09, cloth, (0, -0.36, 0.12))
    pocket.modifiers["bevel"].segments = 6
    tube([(-0.5, -0.485, 0.93), (0.5, -0.485, 0.93)], 0.018, plain("#1d1e1f", 0.4), steps=1)
    box((0.24, 0.03, 0.16), 0.01, leather("#8A5A3B", 30), (0, -0.485, 0.62))
    for side in (-1, 1):
        box((0.12, 0.03, 0.9), 0.008, webbing, (side * 0.42, -0.36, 0.95))
        tube([(side * 0.3, 0.36, 1.62), (side * 0.4, 0.56, 1.4), (side * 0.46, 0.6, 0.9),
              (side * 0.62, 0.45, 0.4), (side * 0.6, 0.3, 0.12)],
             0.1, webbing, widths=[0.9, 1.2, 1.2, 0.5, 0.4])
    tube([(-0.2, 0.22, 1.72), (-0.18, 0.22, 2.12), (0.18, 0.22, 2.12), (0.2, 0.22, 1.72)], 0.05, webbing)
    if view == 1:
        return View(turn=-28, pitch=12)
    pad = fabric(web, weave=22, accent=SHELLS[colour], pattern="dots", scale=9)
    for x in (-0.26, 0.26):
        place(box((0.42, 0.09, 1.3), 0.045, pad), (x, 0.34, 0.25))
    place_all([roll, pocket])
    return View(turn=154, pitch=12)
