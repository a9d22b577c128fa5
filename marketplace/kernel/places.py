"""What places are called, for every app."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, gettext
from django_countries import countries

NORTHERN_IRELAND: Final = "XI"  # no code of ISO 3166-1, yet customs and VAT name it so


def place_name(code: str) -> str:
    """A country, union or Northern Ireland in the active language; a code that nobody knows stands for itself."""
    if code == NORTHERN_IRELAND:
        return gettext("Northern Ireland")
    return str(_locale(get_language() or "en").territories.get(code, code))


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))


def place_code(text: str) -> str:
    """The two letters of a country by its letters (two or three) or its name in one of the shop's languages; empty for
    anything else.
    """
    return _codes().get(text.strip().casefold(), "")


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    known = {*countries.countries, "XK"}
    names = {
        name.casefold(): code
        for language, _name in settings.LANGUAGES for code, name in _locale(language).territories.items() if code in known
    }  # fmt: skip
    letters = {letters.casefold(): code for code in known for letters in (code, countries.alpha3(code)) if letters}
    return {**names, **letters, "uk": "GB"}
