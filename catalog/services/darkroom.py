"""A program of its own that opens one picture from a stranger, with little memory, little time and no way out.

`pictures.develop` runs it as `python -I darkroom.py` and nothing imports it. On its input: a line of JSON with the
order, then the file. On its output: a line of JSON, then the files that were made, one after the other:

    {"width": 1600, "height": 1200, "tones": "81341a", "files": [["-400", "avif", 4533], …]}
    {"refused": "picture_broken"}

The order is {"largest", "whole": [widths], "cuts": {name: [across, down, [widths]]}, "focus": [x, y] in hundredths,
"formats": […], "memory": bytes, "seconds": of processor time}; without formats the picture is opened, measured and
written once, as WebP, with its size 400.
"""

from __future__ import annotations

import copy  # noqa: F401 - as are the plugins below, for Pillow itself, before the limits are set
import io
import json
import math
import resource
import sys
from typing import Any, Final

from PIL import (  # noqa: F401
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)
from PIL import TiffImagePlugin as _exif  # noqa: F401

Image.preinit()  # whatever reads or writes has to be loaded before the limits are set

TAKEN: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
# What two hundred megabytes are enough for: a plain JPEG is decoded at a fraction, the rest whole and sometimes twice.
MOST_PIXELS: Final = {"JPEG": 50_000_000, "PNG": 25_000_000, "WEBP": 9_000_000, "GIF": 16_000_000, "AVIF": 16_000_000}
MOST_PIXELS_PROGRESSIVE: Final = 20_000_000
_LARGE: Final = 10_000_000  # a picture of so many pixels that can't be opened was too large rather than broken
LONGEST_SIDE: Final = 16_000
OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "webp": {"format": "WEBP", "quality": 78, "method": 4},
    "avif": {"format": "AVIF", "quality": 54, "speed": 8, "max_threads": 1},
}
Made = list[tuple[str, str, bytes]]


class Refusal(Exception):
    """The file is not taken; the argument is the code of the refusal."""


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    confine(order["memory"], order["seconds"])
    content = sys.stdin.buffer.read()
    try:
        image = opened(content, order["largest"])
        del content
        made = developed(image, order)
        answer = {"width": image.width, "height": image.height, "tones": tones(image),
                  "files": [(suffix, ending, len(file)) for suffix, ending, file in made]}  # fmt: skip
    except Refusal as refusal:
        answer, made = {"refused": str(refusal)}, []
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        answer, made = {"refused": "picture_too_large"}, []
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError,
            OverflowError, ZeroDivisionError, AssertionError, RuntimeError, NotImplementedError):  # fmt: skip
        answer, made = {"refused": "not_a_picture"}, []
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(file for *_name, file in made))


def confine(memory: int, seconds: int) -> None:
    """From here on the process can't grow, run on, write a file, open another one or leave its memory behind."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))


def opened(content: bytes, largest: int) -> Image.Image:
    """The first picture of the file, upright, in the colours of the web, on white, without anything but its pixels."""
    image = Image.open(io.BytesIO(content), formats=TAKEN)
    most = MOST_PIXELS["JPEG" if image.format == "MPO" else image.format or ""]
    if image.info.get("progressive"):
        most = MOST_PIXELS_PROGRESSIVE
    pixels = image.width * image.height
    if pixels > most or max(image.size) > LONGEST_SIDE:
        raise Refusal("picture_too_large")
    try:
        return _decoded(image, largest)
    except OSError as error:  # codecs say so when there is no memory for them
        is_whole_in_memory = image.format not in ("JPEG", "MPO") or most == MOST_PIXELS_PROGRESSIVE
        raise Refusal("picture_too_large" if pixels > _LARGE and is_whole_in_memory else "not_a_picture") from error


def _decoded(image: Image.Image, largest: int) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode in ("P", "PA", "1"):
        image = _of_palette(image)
    if image.mode.startswith("I"):  # sixteen bits: converting alone would leave them white
        image = image.point(lambda value: value / 256).convert("L")
    # A JPEG is decoded no larger than it is needed; the rest is made small before anything else is done to it.
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _plain(_in_srgb(ImageOps.exif_transpose(image), profile))


def _of_palette(image: Image.Image) -> Image.Image:
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Cameras write wider colours than the web shows; without this they would look pale, and print colours wrong."""
    if not profile or image.mode not in ("RGB", "CMYK", "L"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a profile that can't be read changes nothing
    return turned or image


def _plain(image: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        sheet.paste(layer, mask=layer.getchannel("A"))
    else:
        sheet.paste(image.convert("RGB"))
    return sheet


def developed(image: Image.Image, order: dict[str, Any]) -> Made:
    """The files of the picture: itself, its sizes and its cuts. The rules are those of `marketplace.kernel.photos`."""
    formats = order["formats"]
    if not formats:
        small = image.copy()
        small.thumbnail((400, 400), Image.Resampling.LANCZOS)
        return [("", "webp", encoded(image, "webp")), ("-400", "webp", encoded(small, "webp"))]
    made: Made = []
    for suffix, picture in (("", image), *sizes(image, order)):
        made += [(suffix, ending, encoded(picture, ending)) for ending in formats]
    return made


def sizes(image: Image.Image, order: dict[str, Any]) -> Any:
    width, height = image.size
    for each in order["whole"]:
        if each < width or each <= 400:
            across = min(each, width)
            size = (across, round(height * across / width) or 1)
            yield f"-{each}", image.resize(size, Image.Resampling.LANCZOS)
    for name, (across, down, widths) in order["cuts"].items():
        if abs(width * down - height * across) * 100 <= height * across:
            continue
        cut = image.crop(box(width, height, across / down, order["focus"]))
        for each in [one for one in widths if one <= cut.width] or [widths[0]]:
            wide = min(each, cut.width)
            yield f"-{name}{each}", cut.resize((wide, round(wide * down / across) or 1), Image.Resampling.LANCZOS)


def box(width: int, height: int, shape: float, focus: list[int]) -> tuple[int, int, int, int]:
    """The largest part with the shape (width by height) that has the focus as near to its middle as the edges let it."""
    wide, high = max(1, min(width, int(height * shape))), max(1, min(height, int(width / shape)))
    left = min(max(0, round(width * focus[0] / 100 - wide / 2)), width - wide)
    top = min(max(0, round(height * focus[1] / 100 - high / 2)), height - high)
    return left, top, left + wide, top + high


def encoded(image: Image.Image, ending: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, **OPTIONS[ending])
    return buffer.getvalue()


def tones(image: Image.Image) -> str:
    """Lightness 0 to 9, chroma 0 to 3 and hue 0 to b of the rim and of the middle, in OKLCH."""
    small = image.resize((8, 8), Image.Resampling.BOX)
    points = [((x, y), small.getpixel((x, y))) for x in range(8) for y in range(8)]
    rim = [colour for (x, y), colour in points if x in (0, 7) or y in (0, 7)]
    middle = [colour for (x, y), colour in points if 2 <= x <= 5 and 2 <= y <= 5]
    return _tone(rim) + _tone(middle)


def _tone(colours: list[Any]) -> str:
    red, green, blue = (sum((one[channel] / 255) ** 2.2 for one in colours) / len(colours) for channel in (0, 1, 2))
    # Björn Ottosson, "A perceptual color space for image processing" (2020), linear sRGB to OKLab.
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    light = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    hue = round(math.degrees(math.atan2(b, a)) % 360 / 30) % 12
    return f"{min(9, round(light * 9))}{min(3, round(math.hypot(a, b) / 0.05))}{hue:x}"


if __name__ == "__main__":
    main()
