"""What listings of a category usually cost, and what a variant did cost before its price was lowered."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import connection

from catalog.models import Category
from catalog.selectors.price_terms import lowest_column

_SECONDS: Final = 600.0
_LEAST: Final = 20  # fewer listings say nothing of a category
# Nine listings of ten on the shelves of a category and those below it cost more than the lower bound, and nine of ten less
# than the upper one. The category above comes along.
_RANGES: Final = """
SELECT c.id, above.id, usual.low, usual.high FROM catalog_category c
LEFT JOIN catalog_category above ON above.depth = c.depth - 1 AND above.path = left(c.path, -%(step)s)
LEFT JOIN (
    SELECT t.category_id, percentile_cont(0.1) WITHIN GROUP (ORDER BY t.sort_price) AS low,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY t.sort_price) AS high
    FROM catalog_placement t WHERE t.category_id = ANY(%(categories)s)
    GROUP BY t.category_id HAVING count(*) >= %(least)s
) usual ON usual.category_id = c.id
WHERE c.id = ANY(%(categories)s)
"""
_LOWEST: Final = """
SELECT v.id, {lowest} FROM catalog_variant v
WHERE v.product_id = ANY(%(products)s) AND v.is_active AND v.compare_at IS NOT NULL
""".replace("{lowest}", lowest_column("v"))


class PriceRange(NamedTuple):
    """Between which prices most listings of a category lie, in the base currency of the exchange rates."""

    low: Decimal
    high: Decimal


_kept: dict[int, tuple[float, PriceRange | None]] = {}


def usual_prices(category_ids: Collection[int]) -> Mapping[int, PriceRange | None]:
    """The range of each category, or of the nearest one above it with enough on its shelves; None where none has.

    Kept in the process for ten minutes: one query for those that are not, and one for each step up.
    """
    moment = time.monotonic()
    missing = [key for key in category_ids if key not in _kept or moment - _kept[key][0] > _SECONDS]
    if missing:
        terms = {"categories": missing, "least": _LEAST, "step": Category.steplen}
        with connection.cursor() as cursor:
            cursor.execute(_RANGES, terms)
            rows = cursor.fetchall()
        above = usual_prices({parent for _key, parent, low, _high in rows if low is None and parent is not None})
        _kept.update(dict.fromkeys(missing, (moment, None)))
        for key, parent, low, high in rows:
            usual = above.get(parent) if low is None else PriceRange(_amount(low), _amount(high))
            _kept[key] = (moment, usual)
    return {key: _kept[key][1] for key in category_ids}


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()


def lowest_before(product_ids: Sequence[int], moment: datetime) -> dict[int, Decimal | None]:
    """For each variant that names a price before: the lowest of the thirty days before it had its present price.

    None where nothing is known of that time. One that never had another price is said to have cost the present one
    once thirty days have passed. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOWEST, {"products": list(product_ids), "moment": moment})
        return {key: None if amount is None else amount.normalize() for key, amount in cursor.fetchall()}


def _amount(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.0001"))
