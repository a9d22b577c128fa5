"""Countries as a sentence names them, in the active language."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from babel.lists import format_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.kernel.places import place_name


def places_text(countries: Sequence[str]) -> str:
    """The names of countries by their codes, joined as the language does it; none of them is everywhere."""
    if not countries:
        return _("everywhere")
    names = sorted(place_name(code) for code in countries)
    return format_list(names, locale=Locale.parse((get_language() or "en").replace("-", "_")))
