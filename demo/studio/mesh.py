"""Builds the bodies a subject is made of: lathes, boxes, tubes, prisms and sheets, in the subject collection.

Lengths are studio units: a subject measures about two units, stands on z = 0 and looks towards -y.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import bpy
from mathutils import Matrix, Vector, noise

Point2 = tuple[float, float]
Point3 = tuple[float, float, float]

SUBJECT = "Subject"


def make(name: str, verts: Sequence[Point3], faces: Sequence[Sequence[int]], material, *,
         sharp: float = 40, flat: bool = False):
    """A smooth-shaded object of the given faces; edges steeper than `sharp` degrees stay crisp."""
    data = bpy.data.meshes.new(name)
    data.from_pydata([tuple(v) for v in verts], [], faces)
    data.validate()
    data.shade_smooth()
    if flat:
        data.shade_flat()
    else:
        data.set_sharp_from_angle(angle=math.radians(sharp))
    data.materials.append(material)
    thing = bpy.data.objects.new(name, data)
    bpy.data.collections[SUBJECT].objects.link(thing)
    return thing


def place(thing, at: Point3 = (0, 0, 0), turn: Point3 = (0, 0, 0), scale: float | Point3 = 1):
    """Moves, turns (degrees) and scales `thing`, on top of where it already stands."""
    scale = (scale,) * 3 if isinstance(scale, (int, float)) else scale
    rotation = Matrix.LocRotScale(Vector(at), _euler(turn), Vector(scale))
    thing.matrix_world = rotation @ thing.matrix_world
    return thing


def place_all(things: Iterable, at: Point3 = (0, 0, 0), turn: Point3 = (0, 0, 0),
              scale: float | Point3 = 1) -> list:
    """Places several bodies as one group around the origin."""
    return [place(thing, at, turn, scale) for thing in things]


def _euler(degrees: Point3):
    from mathutils import Euler
    return Euler([math.radians(angle) for angle in degrees])


def built(builder: Callable, *args, **kwargs) -> list:
    """The bodies that `builder` adds to the subject."""
    before = set(bpy.data.collections[SUBJECT].objects)
    builder(*args, **kwargs)
    return [thing for thing in bpy.data.collections[SUBJECT].objects if thing not in before]


def smooth_line(points: Sequence[Sequence[float]], steps: int = 6, closed: bool = False) -> list[tuple]:
    """A Catmull-Rom line through `points`; a point given twice stays a corner."""
    if len(points) < 3:
        return [tuple(p) for p in points]
    total, line = len(points), []
    for index in range(total if closed else total - 1):
        quad = [points[(index + k) % total] if closed else points[min(max(index + k, 0), total - 1)]
                for k in (-1, 0, 1, 2)]
        if quad[1] == quad[2]:
            continue
        line += [tuple(_catmull(quad, step / steps)) for step in range(steps)]
    return line if closed else [*line, tuple(points[-1])]


def _catmull(quad: Sequence[Sequence[float]], t: float) -> list[float]:
    return [0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2
                   + (3 * b - a - 3 * c + d) * t ** 3)
            for a, b, c, d in zip(*quad, strict=True)]


def lathe(profile: Sequence[Point2], material, *, segments: int = 72, steps: int = 6, name: str = "lathe",
          ripple: Callable[[float, float], float] | None = None):
    """Turns (radius, height) points around z; `ripple(angle, height)` scales the radius: flutes, petals."""
    line = smooth_line(profile, steps) if steps > 1 else [tuple(p) for p in profile]
    verts = []
    for radius, height in line:
        for i in range(segments):
            angle = 2 * math.pi * i / segments
            wide = max(radius, 0) * (ripple(angle, height) if ripple else 1)
            verts.append((wide * math.cos(angle), wide * math.sin(angle), height))
    return make(name, verts, _grid(len(line), segments, wrap=True), material)


def _grid(rows: int, columns: int, wrap: bool) -> list[tuple[int, ...]]:
    last = columns if wrap else columns - 1
    return [(j * columns + i, j * columns + (i + 1) % columns,
             (j + 1) * columns + (i + 1) % columns, (j + 1) * columns + i)
            for j in range(rows - 1) for i in range(last)]


def box(size: Point3, radius: float, material, at: Point3 = (0, 0, 0), turn: Point3 = (0, 0, 0), *,
        taper: float = 1):
    """A block with rounded edges whose bottom stands on `at`; `taper` scales the top."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    verts = [(sx * x * k, sy * y * k, h) for h, k in ((0, 1), (z, taper))
             for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    faces = [(3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
    thing = make("box", verts, faces, material)
    return place(bevel(thing, radius), at, turn)


def bevel(thing, radius: float, segments: int = 4):
    """Rounds the edges of `thing` steeper than thirty degrees."""
    if radius > 0:
        modifier = thing.modifiers.new("bevel", "BEVEL")
        modifier.width, modifier.segments = radius, segments
        modifier.limit_method, modifier.angle_limit = "ANGLE", math.radians(30)
        modifier.harden_normals = True
    return thing


def solid(thing, thickness: float, offset: float = 0):
    """Gives a sheet a thickness."""
    modifier = thing.modifiers.new("solid", "SOLIDIFY")
    modifier.thickness, modifier.offset = thickness, offset
    return thing


def subdivide(thing, levels: int = 2):
    """Smooths `thing` by Catmull-Clark."""
    modifier = thing.modifiers.new("subdivide", "SUBSURF")
    modifier.levels = modifier.render_levels = levels
    thing.data.shade_smooth()
    return thing


def prism(outline: Sequence[Point2], depth: float, material, *, radius: float = 0, steps: int = 0,
          holes: Sequence[Sequence[Point2]] = ()):
    """Pulls a flat outline up by `depth`; `steps` rounds the outline, `radius` its edges."""
    if holes:
        return _cut_prism(outline, depth, material, radius, holes)
    line = smooth_line(outline, steps, closed=True) if steps else list(outline)
    count = len(line)
    verts = [(p[0], p[1], h) for h in (0, depth) for p in line]
    sides = [(i, (i + 1) % count, count + (i + 1) % count, count + i) for i in range(count)]
    return bevel(make("prism", verts, [range(count - 1, -1, -1), range(count, 2 * count), *sides], material),
                 radius, 3)


def _cut_prism(outline, depth, material, radius, holes):
    curve = bpy.data.curves.new("cut", "CURVE")
    curve.dimensions, curve.fill_mode = "2D", "BOTH"
    curve.extrude, curve.bevel_depth, curve.bevel_resolution = depth / 2 - radius, radius, 2
    for line in (outline, *holes):
        spline = curve.splines.new("POLY")
        spline.points.add(len(line) - 1)
        spline.use_cyclic_u = True
        for point, (x, y) in zip(spline.points, line, strict=True):
            point.co = (x, y, 0, 1)
    curve.materials.append(material)
    thing = bpy.data.objects.new("cut", curve)
    bpy.data.collections[SUBJECT].objects.link(thing)
    return place(thing, (0, 0, depth / 2))


def tube(path: Sequence[Point3], radius: float, material, *, closed: bool = False, steps: int = 6,
         widths: Sequence[float] | None = None):
    """A round rod along `path`; `widths` scales the radius at each given point."""
    points = [(*p, w) for p, w in zip(path, widths or [1] * len(path), strict=True)]
    line = smooth_line(points, steps, closed) if steps > 1 else points
    curve = bpy.data.curves.new("tube", "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution, curve.use_fill_caps = "3D", radius, 4, True
    spline = curve.splines.new("POLY")
    spline.points.add(len(line) - 1)
    spline.use_cyclic_u, spline.use_smooth = closed, True
    for point, (x, y, z, width) in zip(spline.points, line, strict=True):
        point.co, point.radius = (x, y, z, 1), max(width, 0.01)
    curve.materials.append(material)
    thing = bpy.data.objects.new("tube", curve)
    bpy.data.collections[SUBJECT].objects.link(thing)
    return thing


def strap(path: Sequence[Point3], width: float, thickness: float, material, *, across: Point3 = (0, 1, 0),
          steps: int = 8):
    """A flat band along `path`, its width lying `across`."""
    line = smooth_line(path, steps)
    half = Vector(across).normalized() * width / 2
    verts = [tuple(Vector(p) + side * half) for p in line for side in (-1, -0.33, 0.33, 1)]
    return bevel(solid(make("strap", verts, _grid(len(line), 4, wrap=False), material, sharp=80), thickness),
                 thickness * 0.3, 2)


def ring(major: float, minor: float, material, at: Point3 = (0, 0, 0), turn: Point3 = (0, 0, 0)):
    """A torus around z."""
    line = [(major + minor * math.cos(a), minor * math.sin(a)) for a in _angles(20, closed=True)]
    return place(lathe(line, material, steps=1, segments=96), at, turn)


def ball(radius: float, material, at: Point3 = (0, 0, 0), scale: Point3 = (1, 1, 1), segments: int = 40):
    """A sphere, squeezed by `scale`, centred on `at`."""
    line = [(radius * math.sin(a), -radius * math.cos(a)) for a in [math.pi * i / 24 for i in range(25)]]
    return place(lathe(line, material, steps=1, segments=segments), at, (0, 0, 0), scale)


def disc(radius: float, height: float, material, at: Point3 = (0, 0, 0), edge: float = 0.02,
         turn: Point3 = (0, 0, 0)):
    """A flat cylinder with a rounded rim, its bottom on `at`."""
    edge = min(edge, height * 0.49, radius * 0.49)
    arc = [(radius - edge + edge * math.sin(a), edge - edge * math.cos(a)) for a in
           [math.pi / 2 * i / 4 for i in range(5)]]
    line = [(0, 0), *arc, *[(r, height - z) for r, z in reversed(arc)], (0, height)]
    return place(lathe(line, material, steps=1), at, turn)


def _angles(count: int, closed: bool = False) -> list[float]:
    return [2 * math.pi * i / count for i in range(count + (1 if closed else 0))]


def circle(radius: float, count: int = 48, centre: Point2 = (0, 0), squash: float = 1) -> list[Point2]:
    """Points of a circle or, squashed, of an ellipse."""
    return [(centre[0] + radius * math.cos(a), centre[1] + squash * radius * math.sin(a))
            for a in _angles(count)]


def rounded(width: float, depth: float, radius: float, steps: int = 6) -> list[Point2]:
    """The outline of a rectangle with round corners, centred on the origin."""
    corners = [(width / 2 - radius, depth / 2 - radius, 0), (radius - width / 2, depth / 2 - radius, 90),
               (radius - width / 2, radius - depth / 2, 180), (width / 2 - radius, radius - depth / 2, 270)]
    return [(x + radius * math.cos(math.radians(a + 90 * i / steps)),
             y + radius * math.sin(math.radians(a + 90 * i / steps)))
            for x, y, a in corners for i in range(steps + 1)]


def sheet(width: float, depth: float, height: Callable[[float, float], float], material, *,
          cells: tuple[int, int] = (60, 60), thickness: float = 0.02):
    """A cloth of `width` by `depth` whose height at (x, y) is given; thickness grows upwards."""
    columns, rows = cells
    verts = []
    for j in range(rows + 1):
        for i in range(columns + 1):
            x, y = width * (i / columns - 0.5), depth * (j / rows - 0.5)
            verts.append((x, y, height(x, y)))
    return solid(make("sheet", verts, _grid(rows + 1, columns + 1, wrap=False), material, sharp=80),
                 thickness, 1)


def loft(sections: Sequence[Sequence[Point3]], material, *, closed: bool = True, caps: bool = True,
         sharp: float = 50):
    """Skins equal-length outlines one after another."""
    count = len(sections[0])
    verts = [p for section in sections for p in section]
    faces = [*_grid(len(sections), count, wrap=closed)]
    if caps and closed:
        last = (len(sections) - 1) * count
        faces += [tuple(range(count - 1, -1, -1)), tuple(range(last, last + count))]
    return make("loft", verts, faces, material, sharp=sharp)


def wobble(x: float, y: float, z: float = 0, size: float = 1) -> float:
    """Smooth noise within about one either way, the same on every run."""
    return noise.noise(Vector((x / size, y / size, z)))
