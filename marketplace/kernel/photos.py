"""Pictures of goods: what the name of a prepared one says, and which sizes of it there are. No storage, no pixels.

A prepared picture is called `pictures/3f/9ac1d2e4b5a697c0d1-1000x800-81341a.webp`: what it was made from, its size in
pixels, and its two tones. So a list needs no further column, and an order keeps a picture by its name alone. Beside it
lie its sizes, `…-81341a-400.webp`, and its cuts for lists, `…-81341a-s400.webp`, each as AVIF too. A picture with
any other name is not prepared yet: there is the file itself and, beside it, `…-400.webp`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

FORMATS: Final = ("avif", "webp")
LARGEST: Final = 1600  # pixels of the longer side of what is shown
WHOLE: Final = (160, 400, 800, 1200)
CUTS: Final = {"s": (1, 1, (160, 400, 800)), "p": (4, 5, (400, 800))}  # square, portrait: the shape and its widths
_ALWAYS: Final = 400  # of every picture, so that a page may ask for it without looking
_NAME: Final = re.compile(
    r"(?P<stem>pictures/[0-9a-f]{2}/[0-9a-f]{18}-(\d{1,5})x(\d{1,5})-([0-9][0-3][0-9ab][0-9][0-3][0-9ab]))\.webp"
)


@dataclass(frozen=True, slots=True)
class Size:
    """One size of a picture: what its name has after the stem, and its pixels."""

    suffix: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A prepared picture. `tones` are lightness, chroma and hue of its rim and of its middle, a digit each."""

    stem: str
    width: int
    height: int
    tones: str

    def sizes(self, cut: str = "") -> tuple[Size, ...]:
        """The sizes of the whole picture, or of a cut of `CUTS`, from small to large."""
        if not cut or is_whole(cut, self.width, self.height):
            return _whole_sizes(self.width, self.height)
        across, down, widths = CUTS[cut]
        most = min(self.width, self.height * across // down) or 1
        fitting = [width for width in widths if width <= most] or [widths[0]]
        return tuple(Size(f"-{cut}{width}", width, round(width * down / across)) for width in fitting)

    def name(self, suffix: str, ending: str) -> str:
        """The name of one file of it."""
        return f"{self.stem}{suffix}.{ending}"


def is_whole(cut: str, width: int, height: int) -> bool:
    """Whether a picture has the shape of the cut already, but for a hundredth."""
    across, down, _widths = CUTS[cut]
    return abs(width * down - height * across) * 100 <= height * across


@lru_cache(maxsize=8192)
def photo(name: str) -> Photo | None:
    """What the name says; None for a picture that is not prepared."""
    found = _NAME.fullmatch(name)
    return Photo(found["stem"], int(found[2]), int(found[3]), found[4]) if found else None


def name_of(digest: str, width: int, height: int, tones: str) -> str:
    """The name of a prepared picture. `digest` is hexadecimal and stands for all that it was made from."""
    return f"pictures/{digest[:2]}/{digest[2:20]}-{width}x{height}-{tones}.webp"


def _whole_sizes(width: int, height: int) -> tuple[Size, ...]:
    smaller = [each for each in WHOLE if each < width or each <= _ALWAYS]
    sizes = [Size(f"-{each}", min(each, width), round(height * min(each, width) / width) or 1) for each in smaller]
    return (*(size for size in sizes if size.width < width), Size("", width, height))
