"""Keeps in step which offer of an article lists show in which country: the worker's part of `catalog.leading`.

What has changed is noted by who changes it (`offer_changes`), for stock by the database itself.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from django.db import connection, transaction

from catalog.leading import ways
from catalog.models import Lead, Product
from catalog.selectors.offers import MOST, listings_with_offers
from catalog.selectors.prices import Prices
from catalog.services import listings, offer_changes
from catalog.trade_numbers import number_column

BATCH: Final = 25
TURN: Final = 3.0  # seconds of a round in which others wait
# Those that have an article in common with the products, the first ones by key as on the page of an article, and those
# that had one before.
_CONCERNED: Final = """
SELECT same.product_id FROM (
    SELECT DISTINCT {number} AS number FROM catalog_variant v
    WHERE v.product_id = ANY(%(ids)s) AND v.gtin ~ '[1-9]'
) own CROSS JOIN LATERAL (
    SELECT v.product_id FROM catalog_variant v
    WHERE v.gtin <> '' AND {number} = own.number ORDER BY v.id LIMIT %(most)s
) same
UNION SELECT product_id FROM catalog_lead WHERE leader_id = ANY(%(ids)s)
UNION SELECT leader_id FROM catalog_lead WHERE product_id = ANY(%(ids)s)
UNION SELECT id FROM catalog_product WHERE id = ANY(%(ids)s)
""".format(number=number_column("v.gtin"))  # noqa: S608 - an expression of ours
# How many have it is said for most countries at once.
_REPEAT: Final = """
WITH offered AS (
    SELECT l.leader_id AS id, served.country, count(DISTINCT o.seller_id) AS sellers
    FROM catalog_lead l CROSS JOIN unnest(%(served)s::varchar[]) served(country)
    LEFT JOIN catalog_product o ON o.id = l.product_id AND served.country = ANY (l.offered_in)
    WHERE l.leader_id = ANY(%(ids)s) GROUP BY 1, 2
), usually AS (SELECT id, mode() WITHIN GROUP (ORDER BY sellers) AS sellers FROM offered GROUP BY id
), more AS (
    SELECT u.id, NULLIF(jsonb_build_object('', u.sellers)
        || COALESCE(jsonb_object_agg(o.country, o.sellers) FILTER (WHERE o.sellers <> u.sellers), '{}'), '{"": 0}')
        AS more_offers
    FROM usually u JOIN offered o USING (id) GROUP BY u.id, u.sellers
)
UPDATE catalog_product p SET led_in = n.led_in, more_offers = n.more_offers
FROM (SELECT q.id, {led_in} AS led_in, more.more_offers FROM catalog_product q LEFT JOIN more USING (id)
      WHERE q.id = ANY(%(ids)s)) n
WHERE p.id = n.id AND (p.led_in, p.more_offers) IS DISTINCT FROM (n.led_in, n.more_offers)
""".replace("{led_in}", listings.compact("catalog_lead l, unnest(l.countries) country WHERE l.product_id = q.id"))


def follow(*, seconds: float) -> int:
    """Finds the place of the offers that have changed, for so long; how many listings it looked at.

    For one process at a time. What changes meanwhile is noted again.
    """
    looked, deadline = 0, time.monotonic() + seconds
    while True:
        with transaction.atomic():
            taken = offer_changes.take(BATCH)
            if taken:
                _follow(taken, [key for key, is_stale in taken.items() if is_stale])
        looked += len(taken)
        if not taken or time.monotonic() > deadline:
            return looked


def _follow(changed: Collection[int], stale: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, {"ids": list(changed), "most": MOST})
        concerned = [key for (key,) in cursor.fetchall()]
    prices = Prices.today()
    found = _ways(concerned, prices)
    locked = Product.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=concerned).order_by("pk")
    keys = list(locked.values_list("pk", flat=True))
    if stale:
        listings.refresh_cards(product_ids=stale, fx=prices.fx)
    _write(keys, found)
    with connection.cursor() as cursor:
        cursor.execute(_REPEAT, {"ids": keys, "served": sorted(prices.tariff.served)})
    listings.refresh_shelves(product_ids=keys)


def _ways(product_ids: Sequence[int], prices: Prices) -> dict[tuple[int, int], tuple[list[str], list[str]]]:
    """Countries in which the first of two listings gives way to the other, and those where it can be bought too."""
    found: defaultdict[tuple[int, int], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    on_sale, offers = listings_with_offers(product_ids, sorted(prices.tariff.served), prices)
    if len({each.seller for each in on_sale}) < 2:
        return found
    for country, of_country in offers:
        for led, leader, is_offered in ways(on_sale, of_country):
            countries, offered_in = found[led, leader]
            countries.append(country)
            offered_in += [country] if is_offered else []
    return found


def _write(product_ids: Sequence[int], found: dict[tuple[int, int], tuple[list[str], list[str]]]) -> None:
    there = set(product_ids)
    rows = [
        Lead(product_id=led, leader_id=leader, countries=countries, offered_in=offered_in)
        for (led, leader), (countries, offered_in) in found.items()
        if {led, leader} <= there
    ]
    known = Lead.objects.filter(product__in=product_ids, leader__in=product_ids)
    gone = [pk for pk, *pair in known.values_list("pk", "product_id", "leader_id") if tuple(pair) not in found]
    Lead.objects.filter(pk__in=gone).delete()
    Lead.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["product", "leader"],
        update_fields=["countries", "offered_in"],
    )
