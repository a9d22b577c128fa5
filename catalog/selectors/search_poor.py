"""Where a search finds hardly anything: another spelling that finds more, and what comes near to its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalog.selectors.cards import Card
from catalog.selectors.prices import Prices
from catalog.selectors.related import KIN, asked, kin_of, related
from catalog.selectors.suggestions import SIMILAR, better_spelling, typed_words
from marketplace.kernel.region import Region


@dataclass(frozen=True, slots=True)
class Help:
    """A spelling that finds more, empty when none comes to mind, and products near to what was meant."""

    suggestion: str = ""
    related: Sequence[Card] = ()


def help_with(text: str, found: int, shown: Sequence[int], region: Region, prices: Prices) -> Help:
    """What to offer beside the `found` products, of which `shown` are on the page. Three queries at most."""
    typed = typed_words(text)
    similar = SIMILAR.format(language=region.language) if typed else "NULL"
    parameters: list[Any] = [*(typed or ()), *asked(text, region.language)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {similar}, {KIN.format(language=region.language)}", parameters)
        spellings, kin = cursor.fetchone()
    suggestion = better_spelling(text, region, found, spellings) if spellings else ""
    return Help(suggestion, related(text, kin_of(kin), region, prices, without=shown))
