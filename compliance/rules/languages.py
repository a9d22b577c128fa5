"""The languages in which law wants shoppers of a country to be addressed: those official in all of it, as CLDR has them."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel.languages import get_official_languages

_LIKE: Final = {"XI": "GB"}
# Official languages of the member states, Regulation No 1 of 1958 as amended; a union has no row in CLDR.
_UNIONS: Final = {
    "EU": tuple("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split()),
}


@cache
def languages_of(place: str) -> tuple[str, ...]:
    """Codes of languages without script or country ("zh", not "zh-hans"), none twice; empty where nothing is known."""
    if place in _UNIONS:
        return _UNIONS[place]
    found = get_official_languages(_LIKE.get(place, place), de_facto=True)
    return tuple(dict.fromkeys(code.split("_")[0] for code in found))
