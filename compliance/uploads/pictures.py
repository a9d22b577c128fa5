"""Pictures of documents: decoded and written anew, so that nothing of the file survives but what is to be seen.

Pillow is loaded where a picture is at hand.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import Refused

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 4000  # an A4 page at 340 dots per inch
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 88, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 88, "method": 4},
}


def encoded_anew(content: bytes, kind: str) -> bytes:
    """The first picture of the file, upright, at most `LONGEST_SIDE` long, without metadata. `kind` is Pillow's name.

    Raises `Refused`: "picture_too_large", "picture_broken".
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _too_many_pixels()
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than it is kept
            image = ImageOps.exif_transpose(opened)
            image = _plain(image)
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _written(image, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        message = _("This picture cannot be read. Please take it again, or save it anew.")
        raise Refused("picture_broken", message, field="file") from error


def _plain(image: Image.Image) -> Image.Image:
    """The picture in plain colours; what is transparent lies on white, as on paper."""
    from PIL import Image

    if image.mode in ("RGB", "L"):
        return image
    if image.mode.startswith("I;16"):  # scans in sixteen bits: converting alone would leave them white
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        sheet = Image.new("RGB", image.size, "white")
        layer = image.convert("RGBA")
        sheet.paste(layer, mask=layer.getchannel("A"))
        return sheet
    return image.convert("RGB")


def _written(image: Image.Image, kind: str) -> bytes:
    """A new file with the pixels alone."""
    image.info = {}
    buffer = io.BytesIO()
    image.save(buffer, kind, **_OPTIONS[kind])
    return buffer.getvalue()


def _too_many_pixels() -> Refused:
    return Refused("picture_too_large", _("The picture has too many pixels."), field="file")
