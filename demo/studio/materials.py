"""Makes the surfaces of the subjects: glaze, metal, cloth, wood, leather, plastic, paper, glass and water.

Colours are sRGB hex; scales count texture cells for each studio unit of the body's own space.
"""

from dataclasses import dataclass, field

import bpy


def linear(colour: str) -> tuple[float, float, float, float]:
    """The linear RGBA of an sRGB hex colour."""
    channels = [int(colour.lstrip("#")[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    return (*[c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels], 1)


def shade(colour: str, factor: float) -> str:
    """The hex colour made darker (below one) or lighter (above one)."""
    channels = [int(colour.lstrip("#")[i:i + 2], 16) for i in (0, 2, 4)]
    mixed = [c * factor if factor <= 1 else c + (255 - c) * (factor - 1) for c in channels]
    return "#" + "".join(f"{min(255, max(0, round(c))):02x}" for c in mixed)


@dataclass
class Surface:
    """One node material under construction."""

    name: str
    material: bpy.types.Material = field(init=False)

    def __post_init__(self) -> None:
        self.material = bpy.data.materials.new(self.name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.body = self.tree.nodes["Principled BSDF"]
        self.coordinates = self.node("ShaderNodeTexCoord").outputs["Object"]

    def node(self, kind: str, settings: dict | None = None, **inputs):
        """Adds a node; inputs take a value or another node's output."""
        node = self.tree.nodes.new(kind)
        for key, value in (settings or {}).items():
            setattr(node, key, value)
        for key, value in inputs.items():
            self.plug(node.inputs[key.replace("_", " ")], value)
        return node

    def plug(self, socket, value) -> None:
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def set(self, **inputs) -> "Surface":
        for key, value in inputs.items():
            self.plug(self.body.inputs[key.replace("_", " ")], value)
        return self

    def stretched(self, scale: tuple[float, float, float], turn: tuple[float, float, float] = (0, 0, 0)):
        """Body coordinates, stretched and turned (radians)."""
        return self.node("ShaderNodeMapping", Vector=self.coordinates, Scale=scale, Rotation=turn).outputs[0]

    def noise(self, scale: float, detail: float = 2, vector=None, distortion: float = 0):
        return self.node("ShaderNodeTexNoise", Vector=vector or self.coordinates, Scale=scale, Detail=detail,
                         Distortion=distortion).outputs[0]

    def wave(self, count: float, axis: str, vector=None, distortion: float = 0, profile: str = "SIN",
             detail: float = 0,
             detail_scale: float = 1):
        """Bands across `axis`, `count` of them for each unit."""
        return self.node("ShaderNodeTexWave", {"bands_direction": axis, "wave_profile": profile},
                         Vector=vector or self.coordinates, Scale=count * 0.314159, Distortion=distortion,
                         Detail=detail,
                         Detail_Scale=detail_scale).outputs["Factor"]

    def cells(self, scale: float, feature: str = "F1", output: str = "Distance", vector=None,
              randomness: float = 1):
        return self.node("ShaderNodeTexVoronoi", {"feature": feature}, Vector=vector or self.coordinates,
                         Scale=scale,
                         Randomness=randomness).outputs[output]

    def math(self, operation: str, a, b=0.0):
        node = self.node("ShaderNodeMath", {"operation": operation})
        self.plug(node.inputs[0], a)
        self.plug(node.inputs[1], b)
        return node.outputs[0]

    def mix(self, factor, a, b):
        """Colour `a` where the factor is 0, `b` where it is 1; hex or sockets."""
        node = self.node("ShaderNodeMix", {"data_type": "RGBA"})
        self.plug(node.inputs[0], factor)
        for socket, value in ((node.inputs[6], a), (node.inputs[7], b)):
            self.plug(socket, linear(value) if isinstance(value, str) else value)
        return node.outputs[2]

    def step(self, value, low: float, high: float):
        """Maps `value` to 0..1 between two thresholds."""
        return self.node("ShaderNodeMapRange", Value=value, From_Min=low, From_Max=high).outputs[0]

    def axis(self, name: str):
        return self.node("ShaderNodeSeparateXYZ", Vector=self.coordinates).outputs[name]

    def bump(self, height, strength: float = 0.3, distance: float = 0.02) -> "Surface":
        previous = self.body.inputs["Normal"].links
        node = self.node("ShaderNodeBump", Strength=strength, Distance=distance, Height=height)
        if previous:
            self.plug(node.inputs["Normal"], previous[0].from_socket)
        return self.set(Normal=node.outputs[0])


def plain(colour: str, roughness: float = 0.5, **inputs):
    """An even surface: plastic, rubber, lacquer, wax."""
    return Surface("plain").set(Base_Color=linear(colour), Roughness=roughness, **inputs).material


def ceramic(colour: str, *, gloss: float = 0.8, accent: str | None = None, pattern: str = "plain",
            low: float = 0, high: float = 1, scale: float = 4):
    """Glazed clay. Patterns: plain, crackle, dip, drip, foot (bare below `high`), rim."""
    s = Surface("ceramic")
    tone = s.mix(s.noise(1.6, 3), shade(colour, 0.9), shade(colour, 1.06))
    tone = _glaze_pattern(s, tone, accent or shade(colour, 0.5), pattern, low, high, scale)
    s.set(Base_Color=tone, Roughness=0.55 - 0.4 * gloss, Coat_Weight=gloss * 0.7, Coat_Roughness=0.08)
    return s.bump(s.noise(5, 2), 0.12, 0.03).material


def _glaze_pattern(s: Surface, tone, accent: str, pattern: str, low: float, high: float, scale: float):
    height = s.axis("Z")
    if pattern == "crackle":
        return s.mix(s.step(s.cells(scale, "DISTANCE_TO_EDGE"), 0.035, 0.0), tone, accent)
    if pattern == "dip":
        edge = s.math("ADD", height, s.math("MULTIPLY", s.noise(2.2, 1), 0.18))
        return s.mix(s.step(edge, high - 0.015, high + 0.015), accent, tone)
    if pattern == "foot":
        edge = s.math("ADD", height, s.math("MULTIPLY", s.noise(2.2, 1), 0.06))
        pool = s.mix(s.step(edge, high + 0.14, high + 0.03), tone, _pool(s, tone))
        return s.mix(s.step(edge, high, high + 0.012), accent, pool)
    if pattern == "rim":
        x, y = s.axis("X"), s.axis("Y")
        distance = s.math("SQRT", s.math("ADD", s.math("MULTIPLY", x, x), s.math("MULTIPLY", y, y)))
        rough = s.math("ADD", distance, s.math("MULTIPLY", s.math("SUBTRACT", s.noise(5, 4), 0.5),
                                               0.3 * (high - low) * 2))
        return s.mix(s.math("POWER", s.step(rough, low, high), 1.8), tone, accent)
    if pattern == "drip":
        edge = s.math("ADD", height, s.math("MULTIPLY", s.noise(3.5, 1), 0.5))
        return s.mix(s.step(edge, low, high), tone, accent)
    return tone


def _pool(s: Surface, tone, factor: float = 0.72):
    """A darker pool of the same glaze."""
    node = s.node("ShaderNodeHueSaturation", Value=factor, Saturation=1.15, Color=tone)
    return node.outputs[0]


def metal(colour: str = "#c9ccd0", roughness: float = 0.28, brushed: str | None = None, hammered: float = 0):
    """Bare metal; `brushed` along an axis, `hammered` in cells for each unit."""
    s = Surface("metal").set(Base_Color=linear(colour), Metallic=1.0, Roughness=roughness)
    if brushed:
        stretch = tuple(1.5 if axis == brushed else 90.0 for axis in "XYZ")
        grain = s.noise(1, 3, s.stretched(stretch))
        s.set(Roughness=s.math("ADD", roughness - 0.08, s.math("MULTIPLY", grain, 0.2))).bump(grain, 0.08,
                                                            0.01)
    if hammered:
        s.bump(s.cells(hammered, "SMOOTH_F1"), 0.25, 0.03)
    return s.material


def fabric(colour: str, *, accent: str | None = None, pattern: str = "plain", weave: float = 34,
           sheen: float = 0.3,
           scale: float = 3, roughness: float = 0.9, soft: float = 0.5):
    """Woven cloth. Patterns as in `_print`; `weave` counts threads for each unit."""
    s = Surface("fabric")
    tone = s.mix(s.noise(weave * 1.3, 2), shade(colour, 0.86), shade(colour, 1.06))
    tone = _print(s, tone, accent or shade(colour, 0.6), pattern, scale)
    s.set(Base_Color=tone, Roughness=roughness, Sheen_Weight=sheen, Sheen_Roughness=0.5,
          Specular_IOR_Level=0.25)
    if weave:
        threads = s.math("ADD", s.wave(weave, "X"), s.wave(weave, "Y"))
        s.bump(s.math("ADD", threads, s.wave(weave, "Z")), soft, 0.012)
    return s.material


def _print(s: Surface, tone, accent: str, pattern: str, scale: float):
    """Stripes (across x, y or z), check, grid, dots, waves or brocade over `tone`."""
    if pattern.startswith("stripes"):
        return s.mix(s.step(s.wave(scale, pattern[-1].upper()), 0.62, 0.68), tone, accent)
    if pattern == "check":
        half = [s.math("MULTIPLY", s.step(s.wave(scale, a), 0.5, 0.55), 0.5) for a in "XY"]
        return s.mix(s.math("ADD", *half), tone, accent)
    if pattern == "grid":
        return s.mix(s.math("MAXIMUM", *[s.step(s.wave(scale, a), 0.955, 0.975) for a in "XY"]), tone, accent)
    if pattern == "dots":
        return s.mix(s.step(s.cells(scale, randomness=0), 0.24, 0.21), tone, accent)
    if pattern == "waves":
        swell = s.math("MULTIPLY", s.math("SINE", s.math("MULTIPLY", s.axis("X"), scale * 4)), 0.35 / scale)
        band = s.math("FRACT", s.math("MULTIPLY", s.math("ADD", s.axis("Z"), swell), scale))
        return s.mix(s.step(band, 0.42, 0.36), tone, accent)
    if pattern == "brocade":
        return s.mix(_brocade(s, scale), tone, accent)
    return tone


def _brocade(s: Surface, scale: float):
    """Bands of stepped diamonds between pairs of lines; 1 where the pattern thread shows."""
    def zigzag(axis, count):
        cell = s.math("FRACT", s.math("MULTIPLY", s.math("ADD", s.axis(axis), 10.0), count))
        return s.math("ABSOLUTE", s.math("SUBTRACT", s.math("SNAP", cell, 0.1), 0.5))
    rise = zigzag("Y", scale / 2)
    shape = s.math("ADD", zigzag("X", scale), rise)
    rims = s.math("MULTIPLY", s.step(shape, 0.36, 0.35), s.step(shape, 0.14, 0.15))
    hearts = s.step(shape, 0.06, 0.05)
    lines = s.math("MULTIPLY", s.step(rise, 0.395, 0.4), s.step(rise, 0.455, 0.45))
    return s.math("MAXIMUM", s.math("MAXIMUM", rims, hearts), lines)


def woven_bands(bands, length: float, axis: str = "X", weave: float = 44):
    """Cloth with uneven stripes across `axis`: (colour, share) pairs that repeat after `length`."""
    s = Surface("bands")
    turn = s.math("FRACT", s.math("DIVIDE", s.math("ADD", s.axis(axis), 10 * length), length))
    node = s.tree.nodes.new("ShaderNodeValToRGB")
    node.color_ramp.interpolation = "CONSTANT"
    start = 0.0
    for number, (colour, share) in enumerate(bands):
        stop = node.color_ramp.elements[number] if number < 1 else node.color_ramp.elements.new(start)
        stop.position, stop.color = start, linear(colour)
        start += share
    last = node.color_ramp.elements[-1]
    last.position, last.color = 0.9999, linear(bands[-1][0])
    s.plug(node.inputs[0], turn)
    tone = s.mix(s.math("MULTIPLY", s.noise(weave, 2), 0.35), node.outputs[0], "#000000")
    s.set(Base_Color=tone, Roughness=0.95, Sheen_Weight=0.15)
    threads = s.math("ADD", s.wave(weave, "X"), s.math("ADD", s.wave(weave, "Y"), s.wave(weave, "Z")))
    return s.bump(threads, 0.7, 0.015).material


def woven_check(ground: str, first: str, second: str, length: float, weave: float = 60):
    """A checked cloth: broad and narrow lines of two colours crossing on a ground."""
    s = Surface("check")
    tone = linear(ground)
    for colour, low, high in ((first, 0.08, 0.3), (second, 0.5, 0.56), (first, 0.66, 0.7),
                              (second, 0.8, 0.86)):
        for axis in "XY":
            cell = s.math("FRACT", s.math("DIVIDE", s.math("ADD", s.axis(axis), 10 * length), length))
            inside = s.math("MULTIPLY", s.step(cell, low, low + 0.004), s.step(cell, high, high - 0.004))
            tone = s.mix(s.math("MULTIPLY", inside, 0.62), tone, colour)
    s.set(Base_Color=tone, Roughness=0.92, Sheen_Weight=0.12)
    threads = s.math("ADD", s.wave(weave, "X"), s.math("ADD", s.wave(weave, "Y"), s.wave(weave, "Z")))
    return s.bump(threads, 0.5, 0.012).material


def knit(colour: str, scale: float = 22, accent: str | None = None, pattern: str = "plain", axis: str = "X"):
    """Ribbed knitwear; the ribs repeat along `axis`."""
    s = Surface("knit")
    ribs, rows = s.wave(scale, axis), s.wave(scale * 2, "Z" if axis != "Z" else "X", distortion=1.5)
    tone = s.mix(s.math("MULTIPLY", ribs, 0.8), shade(colour, 0.72), shade(colour, 1.08))
    s.set(Base_Color=_print(s, tone, accent or shade(colour, 0.6), pattern, 3), Roughness=0.95,
          Sheen_Weight=0.15)
    return s.bump(s.math("ADD", ribs, s.math("MULTIPLY", rows, 0.4)), 0.7, 0.04).material


def felt(colour: str):
    """Pressed wool: no thread, a dry nap."""
    s = Surface("felt")
    s.set(Base_Color=s.mix(s.noise(36, 4), shade(colour, 0.84), shade(colour, 1.08)), Roughness=1.0,
          Sheen_Weight=0.06, Specular_IOR_Level=0.1)
    return s.bump(s.noise(50, 3), 0.4, 0.012).material


def terry(colour: str):
    """Towelling: loops too small to count, deep enough to shade."""
    s = Surface("terry")
    loops = s.cells(38)
    s.set(Base_Color=s.mix(loops, shade(colour, 1.06), shade(colour, 0.7)), Roughness=0.95, Sheen_Weight=0.4)
    return s.bump(loops, 0.8, 0.035).material


def wood(colour: str = "#b98a57", grain: str | None = None, *, axis: str = "X", scale: float = 5,
         gloss: float = 0.25):
    """Oiled wood whose fibres run along `axis`."""
    s = Surface("wood")
    stretch = tuple(0.25 if a == axis else 1.6 for a in "XYZ")
    vector = s.stretched(stretch)
    bands = s.wave(scale, "Y" if axis != "Y" else "X", vector, distortion=7, profile="SAW", detail=3,
                   detail_scale=1.4)
    fibres = s.noise(9, 4, s.stretched(tuple(1.0 if a == axis else 14.0 for a in "XYZ")))
    dark = grain or shade(colour, 0.66)
    tone = s.mix(s.math("MULTIPLY", bands, 0.6), colour, dark)
    tone = s.mix(s.step(fibres, 0.45, 0.85), tone, shade(dark, 0.8))
    s.set(Base_Color=tone, Roughness=0.62 - 0.35 * gloss, Coat_Weight=gloss * 0.4)
    return s.bump(fibres, 0.12, 0.01).material


def leather(colour: str, scale: float = 26, gloss: float = 0.4):
    """Grained leather."""
    s = Surface("leather")
    tone = s.mix(s.noise(2.5, 3), shade(colour, 0.82), shade(colour, 1.06))
    s.set(Base_Color=tone, Roughness=0.65 - 0.3 * gloss, Specular_IOR_Level=0.45)
    return s.bump(s.cells(scale), 0.35, 0.012).material


def paper(colour: str, accent: str | None = None, pattern: str = "plain", scale: float = 3):
    """Matt paper or card, plain or printed."""
    s = Surface("paper")
    tone = s.mix(s.noise(40, 2), shade(colour, 0.95), colour)
    s.set(Base_Color=_print(s, tone, accent or shade(colour, 0.6), pattern, scale), Roughness=0.88)
    return s.bump(s.noise(30, 3), 0.08, 0.01).material


def wicker(colour: str):
    """Split bamboo, rattan or straw."""
    s = Surface("wicker")
    tone = s.mix(s.noise(7, 3), shade(colour, 0.72), shade(colour, 1.1))
    s.set(Base_Color=tone, Roughness=0.6)
    return s.bump(s.noise(24, 2), 0.25, 0.02).material


def stone(colour: str, accent: str, scale: float = 2.2, gloss: float = 0.6):
    """Polished stone or jade with clouds and veins."""
    s = Surface("stone")
    tone = s.mix(s.step(s.noise(scale, 5, distortion=1.2), 0.35, 0.7), colour, accent)
    s.set(Base_Color=tone, Roughness=0.5 - 0.4 * gloss, Coat_Weight=gloss * 0.6, Subsurface_Weight=0.0)
    return s.material


def lumps(colour: str, accent: str, scale: float = 18, strength: float = 0.8):
    """Loose grains seen from above: tea leaves, rice, cork, soil."""
    s = Surface("lumps")
    s.set(Base_Color=s.mix(s.cells(scale, output="Color"), colour, accent), Roughness=0.85)
    return s.bump(s.cells(scale), strength, 0.08).material


def glass(colour: str = "#ffffff", roughness: float = 0.02):
    """Clear glass that lets half its shadow through, so that the sample count can stay low."""
    s = Surface("glass")
    s.set(Base_Color=linear(colour), Roughness=roughness, Transmission_Weight=1.0, IOR=1.42)
    veil = s.node("ShaderNodeBsdfTransparent", Color=linear(shade(colour, 0.92)))
    rays = s.node("ShaderNodeLightPath").outputs["Is Shadow Ray"]
    output = s.tree.nodes["Material Output"]
    blend = s.node("ShaderNodeMixShader", Fac=rays)
    s.plug(blend.inputs[1], s.body.outputs[0])
    s.plug(blend.inputs[2], veil.outputs[0])
    s.plug(output.inputs["Surface"], blend.outputs[0])
    return s.material


def glow(colour: str, strength: float = 2.5, body: float = 1):
    """A surface that shines by itself: a lit shade, a display."""
    return Surface("glow").set(Base_Color=linear(shade(colour, body)), Emission_Color=linear(colour),
                               Emission_Strength=strength,
                               Roughness=0.7).material
