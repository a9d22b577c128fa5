"""Reads what the prices of variants depend on: their terms as a column, and the endings, kept in the process."""

from __future__ import annotations

import re
import threading
import time
from datetime import datetime
from typing import Any, Final

from django.db.models import TextField
from django.db.models.expressions import RawSQL

from catalog.models import PriceEnding, ScheduledPriceItem, Variant
from catalog.price_endings import Band, Endings
from catalog.price_terms import PriceTerms, price_terms

CHECK_EVERY: Final = 60.0  # seconds
# The last change is the one to the present price; what held when the thirty days began counts as well.
_LOWEST: Final = """
(SELECT COALESCE(
    (SELECT min(price) FROM (
        (SELECT c.price FROM {changes} AND c.price_currency = {currency}
             AND c.changed_at <= l.changed_at - interval '30 days' AND c.id <> l.id
         ORDER BY c.changed_at DESC, c.id DESC LIMIT 1)
        UNION ALL
        SELECT c.price FROM {changes} AND c.price_currency = {currency} AND c.id <> l.id
            AND c.changed_at > l.changed_at - interval '30 days' AND c.changed_at <= l.changed_at
    ) before),
    CASE WHEN l.changed_at < %(moment)s::timestamptz - interval '30 days' THEN l.price END)
FROM (SELECT c.id, c.changed_at, c.price FROM {changes} ORDER BY c.changed_at DESC, c.id DESC LIMIT 1) l)
"""
# A price in a market that has not stood for thirty days says nothing of what the goods did cost there before.
_LOWEST_IN_MARKET: Final = """
CASE WHEN m.compare_at IS NOT NULL AND (
    SELECT min(c.changed_at) <= max(c.changed_at) - interval '30 days'
        OR max(c.changed_at) <= %(moment)s::timestamptz - interval '30 days'
    FROM catalog_marketpricechange c WHERE c.market_price_id = m.id
) THEN {lowest}::text END
"""
_TERMS: Final = """
NULLIF(jsonb_strip_nulls(jsonb_build_object(
    'markets', (SELECT jsonb_agg(jsonb_build_array(
                    m.country, m.price_currency, m.price::text, m.compare_at::text, {in_market}) ORDER BY m.id)
                FROM catalog_marketprice m WHERE m.variant_id = {v}.id),
    'tiers', (SELECT jsonb_agg(jsonb_build_array(t.from_quantity, t.price::text) ORDER BY t.from_quantity)
              FROM catalog_pricetier t WHERE t.variant_id = {v}.id),
    'native', (SELECT true FROM catalog_pricepolicy e WHERE e.seller_id = {v}.seller_id AND e.has_native_endings),
    'lowest', {own}
)), '{{}}'::jsonb)
"""


def lowest_column(variant: str) -> str:
    """SQL for the lowest price of the thirty days before the variant had its present one; needs `moment`.

    None where nothing is known of that time. One that never had another price is said to have cost the present one
    once thirty days have passed.
    """
    changes = f"catalog_pricechange c WHERE c.variant_id = {variant}.id"
    return _LOWEST.format(changes=changes, currency=f"{variant}.price_currency")


def terms_column(variant: str, *, with_lowest: bool) -> str:
    """SQL for the terms of a variant as JSON, NULL where its price is all there is: for `catalog.price_terms`.

    `variant` has id, seller_id, price_currency and compare_at. `with_lowest`, for who shows reductions, needs the
    parameter `moment`.
    """
    own = in_market = "NULL::text"
    if with_lowest:
        own = f"CASE WHEN {variant}.compare_at IS NOT NULL THEN {lowest_column(variant)}::text END"
        changes = "catalog_marketpricechange c WHERE c.market_price_id = m.id"
        in_market = _LOWEST_IN_MARKET.format(lowest=_LOWEST.format(changes=changes, currency="m.price_currency"))
    return _TERMS.format(v=variant, own=own, in_market=in_market)


def terms_of_rows(moment: datetime) -> RawSQL:
    """The same as an annotation of a queryset of variants, as text."""
    sql, times = re.subn(r"%\(moment\)s", "%s", terms_column("catalog_variant", with_lowest=True))
    return RawSQL(f"({sql})::text", [moment] * times, output_field=TextField())  # noqa: S611 - no text from outside


def terms_of(variant_id: int, moment: datetime) -> PriceTerms:
    """The terms of one variant. One query."""
    rows = Variant.objects.filter(pk=variant_id).annotate(terms=terms_of_rows(moment))
    return price_terms(rows.values_list("terms", flat=True).first())


def skus_on_sale() -> frozenset[str]:
    """The SKUs of variants whose price is a scheduled one at the moment."""
    items = ScheduledPriceItem.objects.filter(is_open=True, applied_at__isnull=False)
    return frozenset(items.values_list("variant__sku", flat=True))


# Endings ------------------------------------------------------------------------------------------------------


class _Memory:
    """The endings, valid for one state of the rows."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.checked_at = float("-inf")
        self.rows: list[tuple[Any, ...]] | None = None
        self.endings = Endings()


_memory = _Memory()


def endings() -> Endings:
    """How prices end in each currency: the same object as long as the table is the same.

    It is kept in the process; the table, some twenty rows, is read again once a minute.
    """
    now = time.monotonic()
    if now - _memory.checked_at < CHECK_EVERY:
        return _memory.endings
    with _memory.lock:
        rows: list[tuple[Any, ...]] = list(
            PriceEnding.objects.order_by("pk").values_list("currency", "from_amount", "step", "ending", "most_below")
        )
        if rows != _memory.rows:
            _memory.rows, _memory.endings = rows, Endings.of((currency, Band(*figures)) for currency, *figures in rows)
        _memory.checked_at = now
        return _memory.endings


def forget_endings() -> None:
    """Makes the next `endings` of this process read the database."""
    with _memory.lock:
        _memory.rows, _memory.checked_at = None, float("-inf")
