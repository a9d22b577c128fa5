"""Why a listing is not sold somewhere, in words for shoppers."""

from __future__ import annotations

from collections.abc import Collection

from catalog.models import MarketHold
from compliance.words.findings import shopper_reason


def is_held(held_in: Collection[str], country: str) -> bool:
    """Whether nobody in the country may meet a listing that is held in these countries."""
    return "" in held_in or country in held_in


def reasons_for(product_id: int, country: str) -> list[str]:
    """The sentences for a country or a part of one, each once; none while nobody has screened the listing yet. One query."""
    holds = MarketHold.objects.filter(product=product_id, countries__overlap=["", country]).order_by("flag")
    return list(dict.fromkeys(shopper_reason(rule) for rule in holds.values_list("flag__rule", flat=True)))
