"""Takes pictures in: checks that they are pictures, keeps them, and makes the small size that lists show.

Pillow is loaded where a picture is at hand: most processes never have one.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from marketplace.kernel.errors import Refused

if TYPE_CHECKING:
    from PIL import Image

SMALL = 400
LARGE = 1600
MOST_PIXELS = 50_000_000
MOST_BYTES = 15 * 1024 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture in the default storage and its size in pixels."""

    name: str
    width: int
    height: int


def small_name(name: str) -> str:
    """The name of the small size of a picture."""
    return f"{name.removesuffix('.webp')}-{SMALL}.webp"


def keep_file(source: Path, *, name: str) -> Stored:
    """Keeps one of our own pictures as it is, with its small size; nothing is written twice."""
    from PIL import Image

    with Image.open(source) as image:
        width, height = image.size
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(source.read_bytes()))
        if not default_storage.exists(small_name(name)):
            default_storage.save(small_name(name), _encoded(image.convert("RGB"), SMALL))
    return Stored(name, width, height)


def keep_foreign(content: bytes, *, name: str) -> Stored:
    """Keeps a picture of unknown origin: decoded, turned upright, encoded anew without metadata.

    `name` ends in .webp. Raises `Refused`: "picture_too_large", "not_a_picture".
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(content) > MOST_BYTES:
        raise Refused("picture_too_large", _("The picture is larger than 15 MB."))
    try:
        opened = Image.open(io.BytesIO(content), formats=_FORMATS)
        if opened.width * opened.height > MOST_PIXELS:
            raise Refused("picture_too_large", _("The picture has too many pixels."))
        image = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused("not_a_picture", _("This file is not a picture that we can read.")) from error
    large = _encoded(image, LARGE)
    stored = default_storage.save(name, large)
    default_storage.save(small_name(stored), _encoded(image, SMALL))
    scale = min(1.0, LARGE / max(image.size))
    return Stored(stored, round(image.width * scale), round(image.height * scale))


def _encoded(image: Image.Image, size: int) -> ContentFile[bytes]:
    from PIL.Image import Resampling

    copy = image.copy()
    copy.thumbnail((size, size), Resampling.LANCZOS)
    buffer = io.BytesIO()
    copy.save(buffer, "WEBP", quality=80, method=4)
    return ContentFile(buffer.getvalue())
