"""How pictures of goods stand on a page: `{% photo name "card" alt="…" %}`. A builtin, so no template loads it.

A prepared picture has a source in AVIF and in WebP for every width, its measures, and two tones in its place until it
is there; any other one is shown as the file that it is, with its small size. What is printed for a picture is kept in the
process where the storage is the machine's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.core.files.storage import FileSystemStorage, storages
from django.template import Library
from django.utils.html import escape
from django.utils.safestring import SafeString

from marketplace.kernel.photos import FORMATS, Photo, Size, photo
from marketplace.kernel.templatetags.ui import media

register = Library()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands: its cut, how wide it is there, the smallest and largest width of a file worth offering,
    and the cut that narrow windows see instead.
    """

    cut: str
    sizes: str
    least: int
    most: int
    narrow_cut: str = ""


_NARROW: Final = "(max-width: 43.99rem)"
PLACES: Final = {
    "card": Place("s", "(min-width: 64rem) 20vw, (min-width: 44rem) 30vw, 46vw", 400, 800),
    "page": Place("", "(min-width: 56rem) 52vw, 92vw", 400, 1600),
    "hero": Place("s", "(min-width: 60rem) 36rem, 92vw", 400, 1600, narrow_cut="p"),
    "story": Place("p", "(min-width: 48rem) 40vw, 92vw", 400, 1600, narrow_cut="s"),
    "thumb": Place("s", "5rem", 160, 400),
}


@register.simple_tag(name="photo")
def shown(
    name: str | None, place: str, alt: str = "", lazy: bool = False, first: bool = False, size: int = 0
) -> SafeString:
    """The picture `name` at one of `PLACES`; nothing without a name. `lazy`: it may come late; `first`: it is what one
    sees first. `size` is the side of a small square in pixels.
    """
    if not name:
        return SafeString("")
    local = isinstance(storages["default"], FileSystemStorage)
    return (_kept if local else _written)(str(name), place, str(alt), bool(lazy), bool(first), size)


@register.filter
def still(name: str) -> str:
    """The address of a middle size of a picture, for what can't choose among several."""
    found = photo(name)
    return media(name) if found is None else media(found.name(_fitting(found, "", PLACES["card"])[-1].suffix, "webp"))


def _written(name: str, place: str, alt: str, lazy: bool, first: bool, size: int) -> SafeString:
    found = photo(name)
    rest = f'alt="{escape(alt)}"' + (' loading="lazy"' if lazy else "") + (' fetchpriority="high"' if first else "")
    rest += ' decoding="async">'
    where = PLACES[place]
    return SafeString(_unprepared(name, where, rest, size) if found is None else _prepared(found, where, rest, size))


_kept = lru_cache(maxsize=8192)(_written)


def _unprepared(name: str, place: Place, rest: str, size: int) -> str:
    """The file itself and its small size, whose measures nobody has written down."""
    small, whole = escape(media(name, "400")), escape(media(name))
    if size or place.most <= 800:
        side = size or 400
        return f'<img class="photo" src="{small}" width="{side}" height="{side}" {rest}'
    srcset = f'srcset="{small} 400w, {whole} 1000w" sizes="{place.sizes}"'
    return f'<img class="photo" src="{whole}" {srcset} width="1000" height="1000" {rest}'


def _prepared(found: Photo, place: Place, rest: str, side: int) -> str:
    files = _fitting(found, place.cut, place)
    sizes = f"{side}px" if side else place.sizes
    narrow = ""
    if place.narrow_cut:
        cut = _fitting(found, place.narrow_cut, place)
        shape = f'width="{cut[-1].width}" height="{cut[-1].height}"'
        narrow = "".join(
            f'<source media="{_NARROW}" type="image/{ending}" srcset="{_srcset(found, cut, ending)}" sizes="92vw" {shape}>'
            for ending in FORMATS
        )
    largest = files[-1]
    width, height = (side, side) if side else (largest.width, largest.height)
    middle = _address(found, files[min(1, len(files) - 1)], "webp")
    return (
        f'<picture>{narrow}<source type="image/avif" srcset="{_srcset(found, files, "avif")}" sizes="{sizes}">'
        f'<img class="photo {tones(found)}" src="{middle}" srcset="{_srcset(found, files, "webp")}" sizes="{sizes}"'
        f' width="{width}" height="{height}" {rest}</picture>'
    )


def _fitting(found: Photo, cut: str, place: Place) -> tuple[Size, ...]:
    sizes = found.sizes(cut)
    return tuple(each for each in sizes if place.least <= each.width <= place.most) or sizes[-1:]


def _srcset(found: Photo, sizes: Iterable[Size], ending: str) -> str:
    return ", ".join(f"{_address(found, size, ending)} {size.width}w" for size in sizes)


def _address(found: Photo, size: Size, ending: str) -> str:
    return escape(media(found.name(size.suffix, ending)))


def tones(found: Photo) -> str:
    """The classes of the two tones that stand in the place of a picture until it is there (components/photo.css)."""
    rim, middle = found.tones[:3], found.tones[3:]
    return f"is-toned rl{rim[0]} rc{rim[1]} rh{rim[2]} ml{middle[0]} mc{middle[1]} mh{middle[2]}"
