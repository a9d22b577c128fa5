"""What places are called, for every app."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale
from django.utils.translation import get_language, gettext

NORTHERN_IRELAND: Final = "XI"  # no code of ISO 3166-1, yet customs and VAT name it so


def place_name(code: str) -> str:
    """A country, union or Northern Ireland in the active language; a code that nobody knows stands for itself."""
    if code == NORTHERN_IRELAND:
        return gettext("Northern Ireland")
    return str(_locale(get_language() or "en").territories.get(code, code))


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))
