"""Sets the studio: an empty scene, a curved backdrop, three soft lights, a camera that frames the subject."""

import math

import bpy
from mathutils import Euler, Matrix, Vector

from materials import linear
from mesh import SUBJECT

TINTS = ("#d9d4cb", "#d5d8d4", "#d5d6d9", "#d9d5c8", "#dbd2cb", "#dbd5c7")
FILL = 0.7
LENS, SENSOR = 85.0, 36.0


def empty_scene(size: int, samples: int) -> bpy.types.Scene:
    """A fresh scene with the studio's render settings."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.collection.children.link(bpy.data.collections.new(SUBJECT))
    render, cycles = scene.render, scene.cycles
    render.engine = "CYCLES"
    render.resolution_x = render.resolution_y = size
    render.threads_mode, render.threads = "FIXED", 1
    render.image_settings.file_format = "PNG"
    cycles.device, cycles.samples, cycles.seed = "CPU", samples, 7
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_prefilter, cycles.denoising_quality = "FAST", "BALANCED"
    cycles.use_adaptive_sampling, cycles.adaptive_threshold, cycles.adaptive_min_samples = True, 0.06, 6
    cycles.use_light_tree = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 6, 2, 2
    cycles.transmission_bounces, cycles.transparent_max_bounces = 6, 6
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4
    scene.view_settings.view_transform = "Standard"
    return scene


def dress(tint: str, exposure: float = 0) -> None:
    """Hangs the backdrop and the lights; `exposure` is in stops."""
    _backdrop(tint)
    _softbox((-3.6, -3.4, 5.2), 3.2, 330, (1, 0.975, 0.945))
    _softbox((4.6, -3.2, 2.8), 4.0, 60, (0.95, 0.97, 1))
    _softbox((0.3, 1.2, 7.0), 5.0, 260, (1, 0.99, 0.98), (0, 5.0, 1.6))
    world = bpy.data.worlds.new("air")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (1, 0.99, 0.98, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.3
    bpy.context.scene.world = world
    bpy.context.scene.view_settings.exposure = exposure


def _backdrop(tint: str) -> None:
    curve = [(4.2 + 2.5 * math.sin(a), 2.5 - 2.5 * math.cos(a))
             for a in [math.pi / 2 * i / 20 for i in range(21)]]
    line = [(-14, 0), *curve, (6.7, 16)]
    verts = [(x, y, z) for x in (-20, 20) for y, z in line]
    count = len(line)
    data = bpy.data.meshes.new("backdrop")
    data.from_pydata(verts, [], [(i, i + 1, count + i + 1, count + i) for i in range(count - 1)])
    data.shade_smooth()
    material = bpy.data.materials.new("backdrop")
    material.use_nodes = True
    body = material.node_tree.nodes["Principled BSDF"]
    body.inputs["Base Color"].default_value = linear(tint)
    body.inputs["Roughness"].default_value, body.inputs["Specular IOR Level"].default_value = 0.95, 0.1
    data.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("backdrop", data))


def _softbox(at: tuple[float, float, float], size: float, power: float, colour: tuple[float, float, float],
             aim: tuple[float, float, float] = (0, 0, 0.5)) -> None:
    light = bpy.data.lights.new("softbox", "AREA")
    light.energy, light.size, light.color = power, size, colour
    thing = bpy.data.objects.new("softbox", light)
    thing.location = at
    thing.rotation_euler = (Vector(aim) - Vector(at)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(thing)


def frame(pitch: float = 18, fill: float = FILL, at: tuple[float, float] = (0, 0),
          lens: float = LENS) -> None:
    """Points a camera at the subject from `pitch` degrees above the floor.

    The subject fills `fill` of the square's longer way; `at` shifts the look, in parts of the frame.
    """
    points = _subject_points()
    camera = bpy.data.cameras.new("camera")
    camera.lens, camera.sensor_width = lens, SENSOR
    thing = bpy.data.objects.new("camera", camera)
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.scene.camera = thing
    rotation = Euler((math.radians(90 - pitch), 0, 0))
    thing.rotation_euler = rotation
    matrix = rotation.to_matrix()
    right, up, back = matrix.col[0], matrix.col[1], matrix.col[2]
    target, distance, span = Vector((0, 0, 0.8)), 8.0, SENSOR / lens
    for _ in range(12):
        eye = target + back * distance
        seen = [(v.dot(right) / -v.dot(back), v.dot(up) / -v.dot(back)) for v in (p - eye for p in points)]
        low = [min(s[i] for s in seen) for i in (0, 1)]
        high = [max(s[i] for s in seen) for i in (0, 1)]
        extent = max(high[0] - low[0], high[1] - low[1])
        middle = [(low[i] + high[i]) / 2 * distance for i in (0, 1)]
        target = target + right * middle[0] + up * middle[1]
        distance *= extent / (span * fill)
    shift = [part * span * distance for part in at]
    thing.location = target + back * distance + right * shift[0] + up * shift[1]


def _subject_points() -> list[Vector]:
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    points = []
    for thing in bpy.data.collections[SUBJECT].objects:
        shaped = thing.evaluated_get(graph)
        data = shaped.to_mesh()
        step = max(1, len(data.vertices) // 1500)
        points += [shaped.matrix_world @ data.vertices[i].co for i in range(0, len(data.vertices), step)]
        shaped.to_mesh_clear()
    return points


def settle(turn: float = 0) -> None:
    """Turns the subject by degrees, brings it to the studio's size and rests it on the floor."""
    _move_all(Matrix.Rotation(math.radians(turn), 4, "Z"))
    points = _subject_points()
    low = [min(p[i] for p in points) for i in range(3)]
    high = [max(p[i] for p in points) for i in range(3)]
    size = max(high[i] - low[i] for i in range(3))
    shift = Vector((-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2]))
    _move_all(Matrix.Scale(2.2 / size, 4) @ Matrix.Translation(shift))


def _move_all(motion: Matrix) -> None:
    bpy.context.view_layer.update()
    for thing in bpy.data.collections[SUBJECT].objects:
        thing.matrix_world = motion @ thing.matrix_world
    bpy.context.view_layer.update()
