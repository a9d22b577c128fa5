"""What the listings that a shopper puts beside each other are, as rows of plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from moneyed import Money

from catalog.availability import availability
from catalog.price_terms import price_terms
from catalog.selectors.availability import AVAILABILITY, HELD_PART
from catalog.selectors.navigation import shown_text, text_column
from catalog.selectors.price_terms import terms_column
from catalog.selectors.prices import Prices
from marketplace.kernel import clock
from marketplace.kernel.money import format_money
from marketplace.kernel.region import Region

MOST_CHOICES = 30
_COMPARED = """
SELECT p.id, p.slug, {shown},
    p.status = 'live' AND s.status = 'approved' AND NOT (%(everywhere)s = ANY (p.held_in)),
    %(country)s = ANY (p.held_in),
    p.brand_name, COALESCE(NULLIF(c.{name}, ''), c.name_en, ''), s.home_country,
    f.length_mm, f.width_mm, f.height_mm, f.age_from, f.touches_food,
    (SELECT json_agg(json_build_array(v.id, concat_ws(' · ', {first}, {second}, {third}), v.price::text, v.price_currency,
        {terms}::text, {availability}) ORDER BY v.position, v.id)
     FROM catalog_variant v LEFT JOIN catalog_optionvalue o1 ON o1.id = v.value1_id
     LEFT JOIN catalog_optionvalue o2 ON o2.id = v.value2_id LEFT JOIN catalog_optionvalue o3 ON o3.id = v.value3_id
     WHERE v.product_id = p.id AND v.is_active AND NOT {held_part})
FROM catalog_product p JOIN accounts_seller s ON s.id = p.seller_id JOIN catalog_category c ON c.id = p.category_id
LEFT JOIN catalog_productfacts f ON f.product_id = p.id
WHERE p.id = ANY (%(keys)s)
"""


_TERMS = terms_column("v", with_lowest=False)
_HELD_PART = HELD_PART.format(countries="ARRAY[%(everywhere)s, %(country)s]")


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
        place: f"NULLIF({shown_text(f'{alias}.name', language)}, '')"
        for place, alias in (("first", "o1"), ("second", "o2"), ("third", "o3"))
    }
    asked: dict[str, Any] = {"keys": list(keys), "country": country, "everywhere": ""}
    sql = _COMPARED.format(
        name=name,
        shown=shown_text("p.name", language),
        terms=_TERMS,
        availability=AVAILABILITY,
        held_part=_HELD_PART,
        **values,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        found = [(*row[:-1], tuple(_offered(row[-1] or (), clock.today()))) for row in cursor.fetchall()]
    return {row[0]: Facts._make(row) for row in found}


def _offered(variants: Sequence[Sequence[Any]], on: date) -> Iterator[Offered]:
    """Those that can be had on the day; of their own stock, of that of their parts, or without any."""
    for *told, places, lead_days, out_on, limit in variants:
        out = date.fromisoformat(out_on) if out_on else None
        if availability((places, lead_days, out, limit), on).left:
            yield Offered._make(told)


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
