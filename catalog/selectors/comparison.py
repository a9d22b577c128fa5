"""What the listings that a shopper puts beside each other are, as rows of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from moneyed import Money

from catalog.price_terms import price_terms
from catalog.selectors.navigation import text_column
from catalog.selectors.price_terms import terms_column
from catalog.selectors.prices import Prices
from marketplace.kernel import clock
from marketplace.kernel.money import format_money
from marketplace.kernel.region import Region

MOST_CHOICES = 30
_COMPARED = """
SELECT p.id, p.slug, COALESCE(NULLIF(p.{name}, ''), p.name_en, ''),
    p.status = 'live' AND s.status = 'approved' AND NOT (%(everywhere)s = ANY (p.held_in)),
    %(country)s = ANY (p.held_in),
    p.brand_name, COALESCE(NULLIF(c.{name}, ''), c.name_en, ''), s.home_country,
    f.length_mm, f.width_mm, f.height_mm, f.age_from, f.touches_food,
    (SELECT json_agg(json_build_array(w.id, concat_ws(' · ', {first}, {second}, {third}), w.price::text, w.price_currency, {terms}::text)
        ORDER BY w.position, w.id)
     FROM catalog_variant w LEFT JOIN catalog_optionvalue o1 ON o1.id = w.value1_id
     LEFT JOIN catalog_optionvalue o2 ON o2.id = w.value2_id LEFT JOIN catalog_optionvalue o3 ON o3.id = w.value3_id
     WHERE w.product_id = p.id AND w.is_active AND (w.lead_days IS NOT NULL OR w.available_on > %(today)s
         OR EXISTS (SELECT FROM catalog_stocklevel l JOIN logistics_warehouse h ON h.id = l.warehouse_id AND h.is_active
                    WHERE l.variant_id = w.id AND l.on_hand > l.reserved)))
FROM catalog_product p JOIN accounts_seller s ON s.id = p.seller_id JOIN catalog_category c ON c.id = p.category_id
LEFT JOIN catalog_productfacts f ON f.product_id = p.id
WHERE p.id = ANY (%(keys)s)
"""


_TERMS = terms_column("w", with_lowest=False)


class Offered(NamedTuple):
    """A variant that can be had: its choices in words, its price in the seller's currency, and what that depends on."""

    variant_id: int
    name: str
    price: str
    currency: str
    terms: str | None


class Facts(NamedTuple):
    """A compared listing beside its card. Edges are those of a packed piece
    in millimetres."""

    id: int
    slug: str
    name: str
    is_on_sale: bool
    is_held_here: bool
    brand_name: str
    category: str
    seller_country: str
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    age_from: int | None
    touches_food: bool | None
    offers: tuple[Offered, ...]


def facts_of(keys: Sequence[int], language: str, country: str) -> dict[int, Facts]:
    """The facts of the products with these keys, by key, those that are held or gone included. One query."""
    if not keys:
        return {}
    name = text_column("name", language)
    values = {
        place: f"COALESCE(NULLIF({alias}.{name}, ''), {alias}.name_en)"
        for place, alias in (("first", "o1"), ("second", "o2"), ("third", "o3"))
    }
    asked: dict[str, Any] = {"keys": list(keys), "country": country, "everywhere": "", "today": clock.today()}
    with connection.cursor() as cursor:
        cursor.execute(_COMPARED.format(name=name, terms=_TERMS, **values), asked)
        found = [(*row[:-1], tuple(Offered._make(offer) for offer in row[-1] or ())) for row in cursor.fetchall()]
    return {row[0]: Facts._make(row) for row in found}


def choices_of(offers: Sequence[Offered], region: Region, prices: Prices) -> tuple[tuple[int, str], ...]:
    """Key and name of each variant to choose from, with the price where they differ in it; none where they are too
    many to be chosen from outside the product's own page."""
    place = region.country, region.currency
    shown = {
        offer: prices.price_for(Money(offer.price, offer.currency), price_terms(offer.terms), *place).amount
        for offer in offers
    }
    if len(offers) > MOST_CHOICES:
        return ()
    if len(set(shown.values())) < 2:
        return tuple((offer.variant_id, offer.name) for offer in offers)
    return tuple(
        (offer.variant_id, f"{offer.name} · {format_money(price, region.language)}") for offer, price in shown.items()
    )
