"""Stages the products of Asamori: cotton, table things, paper, tea and a watch."""

import math
import random

from books import sewn_notebook
from clothes import collar_stand, crew_neck, folded_garment
from materials import ceramic, fabric, knit, lumps, metal, paper, plain, shade, stone, terry, wood
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
    strap,
    tube,
)
from shapes_cloth import folded
from subjects import View, subject
from watches import watch_flat, watch_on_cushion

INDIGO, ECRU, PERSIMMON, STEEL = "#2E3F66", "#E7DDC8", "#D9653B", "#C4C6C8"


@subject("harbour-cotton-t-shirt")
def harbour_t_shirt(colour: str, view: int) -> View:
    tone = {"indigo": INDIGO, "ecru": ECRU}[colour]
    cloth = fabric(tone, weave=90, soft=0.25, scale=1.2)
    folded_garment(cloth, height=0.3)
    crew_neck(knit(tone, 40), at=0.3, width=0.56, y=0.9, thick=0.04,
              inside=fabric(shade(tone, 0.8), weave=90))
    return View(turn=-18, pitch=44, fill=0.76)


@subject("sailmaker-shirt")
def sailmaker_shirt(colour: str, view: int) -> View:
    cloth = fabric("#4A5F86", accent="#c9d2e0", pattern="grid", scale=34, weave=68, soft=0.3)
    button = plain("#D9CDB5", 0.25, Coat_Weight=0.5)
    folded_garment(cloth, height=0.3)
    collar_stand(cloth, at=0.3)
    box((0.26, 1.5, 0.02), 0.008, cloth, (0, -0.4, 0.305))
    for i in range(4):
        y = 0.22 - 0.38 * i
        disc(0.055, 0.025, button, (0, y, 0.325), edge=0.01)
        for dx in (-0.016, 0.016):
            disc(0.008, 0.004, plain("#5a5140", 0.8), (dx, y, 0.3485), edge=0.001)
    return View(turn=-18, pitch=46, fill=0.76)


@subject("morning-face-towel")
def morning_towel(colour: str, view: int) -> View:
    tone = {"ecru": ECRU, "indigo": INDIGO}[colour]
    for number in (0, 1):
        folded(terry(tone), size=(1.8 - 0.06 * number, 1.5), layers=3, thickness=0.19,
               at=(0.02 * number, 0, 0.57 * number),
               seed=4 * number, turn=(-3, 3)[number])
    band = fabric(tone, accent="#ffffff" if colour == "indigo" else "#cdbf9f", weave=70, pattern="stripes-y",
                  scale=26)
    rows = [[(x, y, z) for x in (-0.84, -0.3, 0.3, 0.84)] for y, z in
            smooth_line([(-0.45, 1.172), (-0.6, 1.17), (-0.69, 1.145), (-0.757, 1.06), (-0.74, 0.97)], 5)]
    place(solid(loft(rows, band, closed=False, sharp=80), 0.02), (0.02, 0, 0.0), (0, 0, 3))
    return View(turn=-24, pitch=22)


@subject("plum-wood-chopsticks")
def plum_chopsticks(colour: str, view: int) -> View:
    plum, tip = wood("#8A4B34", axis="Z", scale=9, gloss=0.5), wood("#4d281c", axis="Z", gloss=0.6)
    for stick, turn in ((0, -4), (1, 2)):
        rod = [lathe([(0.026, 0), (0.03, 0.5), (0.03, 0.5), (0.055, 2.6), (0.05, 2.66), (0, 2.66)], plum,
                     steps=1, segments=8),
               lathe([(0, -0.01), (0.028, -0.01), (0.0325, 0.52)], tip, steps=1, segments=8)]
        place_all(rod, (0, 0, 0), (-86.5, 0, 0))
        place_all(rod, (0.24 * stick, -1.25, 0.3), (0, 0, turn))
    pebble = ball(0.3, stone("#8f9194", "#6f7174", 5, 0.25), (0, 0, 0), (1.5, 0.75, 0.55))
    place(pebble, (0.12, -0.85, 0.12))
    sleeve = fabric(INDIGO, weave=70, accent="#dfe3ea", pattern="grid", scale=9)
    place_all(built(_sleeve, sleeve), (-0.62, 0.05, 0), (0, 0, 6))
    return View(turn=-42, pitch=42, fill=0.86)


def _sleeve(cloth):
    """A flat stitched cloth tube with a folded flap and a cord."""
    prism(rounded(0.46, 2.5, 0.06), 0.09, cloth, radius=0.035)
    place(prism([(-0.235, 0), (0.235, 0), (0.2, -0.55), (0, -0.68), (-0.2, -0.55)], 0.03, cloth,
                radius=0.01), (0, 1.25, 0.085))
    tube([(-0.24, 0.5, 0.1), (0, 0.5, 0.125), (0.24, 0.5, 0.1)], 0.016, plain(ECRU, 0.8))


@subject("dockside-lunch-box")
def dockside_lunch_box(colour: str, view: int) -> View:
    steel, band = metal(STEEL, 0.3, "X"), fabric(INDIGO, weave=60)
    body = prism(rounded(2.2, 1.42, 0.36, 10), 0.56, steel, radius=0.05,
                 holes=[rounded(2.12, 1.34, 0.32, 10)] if view == 2 else ())
    lid = built(prism, rounded(2.26, 1.48, 0.39, 10), 0.16, steel, radius=0.05)
    if view == 1:
        place_all(lid, (0, 0, 0.54))
        for side in (-1, 1):
            clip = [box((0.05, 0.4, 0.42), 0.02, steel, (side * 1.16, 0, 0.26)),
                    box((0.12, 0.4, 0.05), 0.02, steel, (side * 1.12, 0, 0.67))]
            clip.append(tube([(side * 1.17, -0.16, 0.3), (side * 1.17, 0.16, 0.3)], 0.03, steel, steps=1))
        loop = [(0.55, y, z) for y, z in ((-0.75, 0.05), (-0.755, 0.66), (-0.68, 0.715), (0.68, 0.715),
                                          (0.755, 0.66), (0.75, 0.05))]
        strap(loop, 0.26, 0.025, band, across=(1, 0, 0), steps=1)
        return View(turn=-26, pitch=26)
    _lunch(steel)
    place_all(lid, (0, 0, 0), (66, 0, 0))
    place_all(lid, (0.1, 1.25, 0.66))
    return View(turn=-16, pitch=38, fill=0.76) if body else View()


def _lunch(steel):
    """A divider, two shaped rice balls with nori, and greens."""
    prism(rounded(2.12, 1.34, 0.32, 10), 0.06, steel)
    box((0.04, 1.34, 0.44), 0.01, steel, (0.28, 0, 0.05))
    rice = lumps("#f7f4ea", "#ece7da", 34, 0.6)
    for x, turn in ((-0.66, 8), (-0.1, -6)):
        corners = smooth_line([(0, 0.42), (-0.36, -0.26), (0.36, -0.26)], 8, closed=True)
        ballish = [prism(corners, 0.42, rice, radius=0.14)]
        ballish.append(box((0.3, 0.46, 0.34), 0.03, plain("#1f2a22", 0.6), (0, -0.3, 0.04)))
        place_all(ballish, (x + 0.05, 0.05, 0.2), (22, 0, turn))
    random.seed(4)
    for _ in range(46):
        at = (0.66 + random.uniform(-0.27, 0.27), random.uniform(-0.5, 0.5), random.uniform(0.34, 0.52))
        tone = random.choice(("#4f7a35", "#6b9a45", "#3f6a2e"))
        place(ball(0.12, plain(tone, 0.45), (0, 0, 0), (1.3, 0.8, 0.35), 16), at,
              tuple(random.uniform(-60, 60) for _ in range(3)))
    ball(0.13, plain("#D9653B", 0.3), (0.6, -0.45, 0.48))
    ball(0.13, plain("#c8472e", 0.3), (0.84, -0.3, 0.5))


@subject("onomichi-donabe-18")
def onomichi_donabe(colour: str, view: int) -> View:
    glaze, clay = ceramic("#5A4334", gloss=0.25), ceramic("#B58B62", gloss=0.02)
    lathe([(0, 0), (0.5, 0), (0.54, 0.02), (0.86, 0.26), (0.97, 0.46)], clay)
    lathe([(0.968, 0.45), (1.02, 0.62), (1.03, 0.84), (1.03, 0.84), (1.0, 0.86), (0.93, 0.84), (0.9, 0.6),
           (0.6, 0.2), (0, 0.14)],
          glaze)
    for side in (-1, 1):
        tube([(side * 0.95, -0.26, 0.66), (side * 1.2, -0.2, 0.7), (side * 1.27, 0, 0.71),
              (side * 1.2, 0.2, 0.7), (side * 0.95, 0.26, 0.66)],
             0.085, glaze)
    lid = built(lathe, [(0.98, 0), (1.0, 0.02), (0.97, 0.07), (0.7, 0.22), (0.3, 0.33), (0.2, 0.36),
                        (0.17, 0.42), (0.3, 0.58),
                        (0.27, 0.58), (0.14, 0.46), (0, 0.45)], glaze)
    lid.append(disc(0.04, 0.02, plain("#15100c", 0.9), (0.58, -0.2, 0.252), edge=0.004))
    if view == 1:
        place_all(lid, (0, 0, 0.84))
        ring(0.66, 0.06, wood("#B98A57"), (0, 0, -0.04))
        return View(turn=-14, pitch=20, fill=0.76)
    lid += built(lathe, [(0.98, 0), (0.7, 0.13), (0, 0.27)], clay)
    place_all(lid, (0, 0, 0.0), (106, 0, 0))
    place_all(lid, (0.95, -0.92, 0.93), (0, 0, 38))
    sheet_rice()
    return View(turn=0, pitch=36, fill=0.78)


def sheet_rice():
    """A mound of boiled rice in the pot."""
    lathe([(0.92, 0.58), (0.7, 0.66), (0.4, 0.74), (0, 0.78)], lumps("#faf8f1", "#e9e5da", 26, 0.9))


@subject("tide-thread-notebook")
def tide_notebook(colour: str, view: int) -> View:
    tone = {"indigo": INDIGO, "ecru": "#E2D6BD", "persimmon": PERSIMMON}[colour]
    cover, pages, thread = paper(tone), plain("#F1EAD9", 0.9), plain("#f6f4ee", 0.8)
    sewn_notebook(cover, pages, thread, at=(0.12, 0.1, 0), turn=-7)
    sewn_notebook(cover, pages, thread, at=(0, 0, 0.165))
    mark = paper({"indigo": "#22304f", "ecru": "#cbbd9f", "persimmon": "#bd5430"}[colour])
    for shift in (0, 0.07):
        wave = [(0.32 + 0.28 * i / 12, -0.72 - shift + 0.025 * math.sin(2 * math.pi * i / 6), 0.326)
                for i in range(13)]
        tube(wave, 0.011, mark, steps=2)
    return View(turn=32, pitch=34, fill=0.74)


@subject("island-sencha-100")
def island_sencha(colour: str, view: int) -> View:
    washi = paper("#B9C49A", accent="#7F9160", pattern="waves", scale=5)
    lathe([(0, 0), (0.68, 0), (0.7, 0.02), (0.7, 1.3), (0.7, 1.3)], washi, steps=1)
    lathe([(0.7, 1.3), (0.712, 1.3), (0.712, 1.76), (0.68, 1.8), (0, 1.8)], washi, steps=1)
    lathe([(0.703, 1.275), (0.707, 1.28), (0.707, 1.3), (0.703, 1.302)], metal("#d9d5c6", 0.3), steps=1)
    random.seed(11)
    tones = [plain(tone, 0.6) for tone in ("#4E6134", "#3d4f29", "#5f7440")]
    for _ in range(230):
        spread = abs(random.gauss(0, 0.26))
        angle = random.uniform(0, 2 * math.pi)
        height = max(0.015, 0.24 * (1 - spread / 0.5) * random.random())
        leaf = tube([(-0.075, 0, 0), (0, random.uniform(-0.015, 0.015), 0.01), (0.075, 0, 0)], 0.011,
                    random.choice(tones), steps=2,
                    widths=[0.3, 1, 0.3])
        place(leaf, (0.5 + spread * 1.4 * math.cos(angle), -0.98 + spread * math.sin(angle), height),
              (random.uniform(-20, 20), random.uniform(-25, 25), random.uniform(0, 180)))
    return View(turn=0, pitch=20, fill=0.74)


@subject("ferry-quartz-watch")
def ferry_watch(colour: str, view: int) -> View:
    parts = {"case": metal(STEEL, 0.24, "X"), "dial": plain("#F1EEE6", 0.55), "index": plain("#1b1b1c", 0.4),
             "seconds": plain(PERSIMMON, 0.4), "strap": fabric(INDIGO, weave=46, soft=0.8)}
    if view == 1:
        watch_on_cushion(parts, fabric("#d8d0c0", weave=60))
        return View(turn=-24, pitch=20)
    watch_flat(parts)
    return View(turn=-24, pitch=62, fill=0.82)


@subject("hinoki-bar-soap")
def hinoki_soap(colour: str, view: int) -> View:
    soap, hinoki = plain("#EADFC6", 0.38, Coat_Weight=0.2), wood("#E3C99B", axis="X")
    for i in range(5):
        box((1.9, 0.2, 0.1), 0.02, hinoki, (0, -0.56 + 0.28 * i, 0.16))
    for x in (-0.65, 0.65):
        box((0.16, 1.36, 0.16), 0.02, hinoki, (x, 0, 0))
    bar = box((1.6, 1.06, 0.46), 0.19, soap, (0, 0, 0.26))
    bar.modifiers["bevel"].segments = 8
    mark = plain("#cdbf9f", 0.5)
    for row in range(3):
        wave = [(-0.42 + 0.84 * i / 18, -0.13 + 0.13 * row + 0.045 * math.sin(2 * math.pi * i / 6), 0.72)
                for i in range(19)]
        tube(wave, 0.014, mark, steps=2)
    wrap = paper("#D8CDB8")
    second = [box((1.62, 1.08, 0.48), 0.05, wrap), box((0.5, 1.1, 0.5), 0.045, paper("#efe7d6"),
                                                       (0, 0, -0.01))]
    place_all(second, (0, 0, 0), (64, 0, 8))
    place_all(second, (0.1, 1.0, 0.5))
    return View(turn=-20, pitch=28, fill=0.74) if bar else View()


@subject("summer-brass-bell")
def summer_bell(colour: str, view: int) -> View:
    brass, cord = metal("#BC9F68", 0.26, "Z"), plain("#cfc4ab", 0.8)
    oak = wood("#a57c4f", axis="X")
    lathe([(0.52, 0), (0.54, 0.0), (0.5, 0.2), (0.45, 0.45), (0.3, 0.68), (0.1, 0.76), (0, 0.77), (0, 0.74),
           (0.27, 0.64), (0.42, 0.44),
           (0.49, 0.03)], brass)
    tube([(0, 0, 0.75), (0, 0, 1.15)], 0.02, cord, steps=1)
    tube([(0, 0, 0.6), (0, 0, -0.5)], 0.014, cord, steps=1)
    ball(0.085, brass, (0, 0, -0.02))
    box((1.7, 0.12, 0.12), 0.03, oak, (0, 0, 1.12))
    for x in (-0.78, 0.78):
        box((0.11, 0.11, 2.95), 0.02, oak, (x, 0, -1.75))
        box((0.3, 0.8, 0.1), 0.03, oak, (x, 0, -1.82))
    strip = paper(ECRU, accent=INDIGO, pattern="waves", scale=3.6)
    rows = [[(x, 0.05 * math.sin(3 * z) + 0.08 * x * math.sin(2 * z), -0.48 - z)
             for x in (-0.19, -0.06, 0.06, 0.19)] for z in
            [1.1 * i / 16 for i in range(17)]]
    solid(loft(rows, strip, closed=False, sharp=80), 0.012)
    return View(turn=-24, pitch=8, fill=0.8)
