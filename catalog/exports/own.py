"""A seller's listings as a table with our own names for the columns, which the importer reads back unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from catalog import attribute_cells
from catalog.feeds import own_cells, plain
from catalog.models import Option, Product, StockLevel, Variant
from marketplace.kernel.money import minor_digits
from marketplace.kernel.spreadsheet import harmless

_TEXTS = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}
COLUMNS = (
    "handle", "language", "title", "description", "brand", "category", "status", "sku", "gtin", "option1_name", "option1_value",
    "option2_name", "option2_value", "option3_name", "option3_value", "price", "compare_at", "currency", "quantity",
    "weight", "hs_code", "origin", "images",
    *(f"{field}_{code}" for code in _TEXTS if code != settings.LANGUAGE_CODE for field in plain.TRANSLATED),
)  # fmt: skip
_MARKETS = """
SELECT DISTINCT m.country, m.price_currency FROM catalog_marketprice m JOIN catalog_variant v ON v.id = m.variant_id
WHERE v.is_active AND v.product_id IN ({products}) ORDER BY 1, 2
"""
_TIERS = """
SELECT DISTINCT t.from_quantity FROM catalog_pricetier t JOIN catalog_variant v ON v.id = t.variant_id
WHERE v.is_active AND v.product_id IN ({products}) ORDER BY 1
"""
_TERMS = """
SELECT {counts} FROM catalog_variant WHERE is_active AND product_id IN ({products})
""".replace("{counts}", ", ".join(f"count({name})" for name in own_cells.TERMS))
# The last pictures that say what they show in the language of their listing, and in each other one.
_ALTS = """
SELECT max(place) FILTER (WHERE CASE own {own} END), {others} FROM (
    SELECT row_number() OVER (PARTITION BY product_id ORDER BY position, i.id) AS place, i.*, p.source_language AS own
    FROM catalog_productimage i JOIN catalog_product p ON p.id = i.product_id
    WHERE source_url <> '' AND product_id IN ({products})) numbered
""".replace("{own}", " ".join(f"WHEN '{code}' THEN alt_{suffix} <> ''" for code, suffix in _TEXTS.items())).replace(
    "{others}",
    ", ".join(f"max(place) FILTER (WHERE own <> '{code}' AND alt_{suffix} <> '')" for code, suffix in _TEXTS.items()),
)
_NAMES = """
SELECT {columns} FROM catalog_option o JOIN catalog_optionvalue c ON c.option_id = o.id
JOIN catalog_variant v ON v.is_active AND c.id IN (v.value1_id, v.value2_id, v.value3_id)
WHERE v.product_id IN ({products})
"""
_PARTS = """
SELECT count(*) FROM catalog_bundlepart p JOIN catalog_variant v ON v.id = p.bundle_id
WHERE v.is_active AND v.product_id IN ({products})
"""
# What says that a column of names is used, by its place, what is named and the language; an English choice is its code.
_NAMED = {
    (place, part, code): f"bool_or(o.position = {place} AND {row}.name_{suffix} <> {no_name})"
    for place in (1, 2, 3)
    for part, row in (("name", "o"), ("value", "c"))
    for code, suffix in _TEXTS.items()
    if (no_name := "''" if code != settings.LANGUAGE_CODE else "c.code" if part == "value" else "")
}
_IN_ENGLISH = """
SELECT count(*) FROM catalog_product p WHERE source_language <> '{usual}' AND id IN ({products})
""".replace("{usual}", settings.LANGUAGE_CODE)
_ANSWERED = """
SELECT DISTINCT x.position, x.code, COALESCE(NULLIF(l.language, p.source_language), '') AS language
FROM catalog_productattributes a JOIN catalog_product p ON p.id = a.product_id CROSS JOIN LATERAL jsonb_each(a.given) g(code, answer)
JOIN catalog_attribute x ON x.code = g.code
LEFT JOIN LATERAL jsonb_object_keys(CASE jsonb_typeof(g.answer) WHEN 'object' THEN g.answer ELSE '{{}}' END) l(language) ON true
WHERE a.product_id IN ({products}) ORDER BY x.position, x.code, language
"""


def columns(products: QuerySet[Product]) -> tuple[str, ...]:
    """The columns of a table of the listings: `COLUMNS`, and those of further prices, terms, names of choices, bundles,
    descriptions of pictures and attributes that any of them has. Eight queries.
    """
    try:
        chosen, params = products.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return COLUMNS
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED.format(products=chosen), params)
        answered = [attribute_cells.column(code, language) for _position, code, language in cursor.fetchall()]
    return (*COLUMNS, *_further(chosen, params), *dict.fromkeys(answered))


def _further(chosen: str, params: Any) -> Iterator[str]:
    """The columns of `own_cells` in which any of the listings has something."""
    with connection.cursor() as cursor:
        found = []
        for statement in (_MARKETS, _TIERS, _TERMS, _ALTS, _NAMES, _PARTS, _IN_ENGLISH):
            cursor.execute(statement.format(products=chosen, columns=", ".join(_NAMED.values())), params)
            found.append(cursor.fetchall())
    markets, tiers, (terms,), (places,), (named,), ((parts,),), ((of_others,),) = found
    if of_others:
        yield from (f"{field}_{settings.LANGUAGE_CODE}" for field in plain.TRANSLATED)
    for country, currency in markets:
        yield own_cells.market_column("price", country, currency)
        yield own_cells.market_column("compare_at", country, currency)
    yield from (own_cells.tier_column(quantity) for (quantity,) in tiers)
    yield from (name for name, count in zip(own_cells.TERMS, terms, strict=True) if count)
    yield from (own_cells.choice_column(*key) for key, is_used in zip(_NAMED, named, strict=True) if is_used)
    if parts:
        yield own_cells.PARTS
    for language, last in zip(("", *_TEXTS), places, strict=True):
        yield from (own_cells.alt_column(place, language) for place in range(1, (last or 0) + 1))


def rows(product: Product) -> Iterator[dict[str, str]]:
    """A row for each variant on sale; what belongs to the product stands in the first. Nothing in it is a formula."""
    options = list(product.options.all())
    variants = [variant for variant in product.variants.all() if variant.is_active]
    for number, variant in enumerate(variants):
        row = _of_variant(variant, options, product.source_language)
        if number == 0:
            row |= _of_product(product)
        row["handle"] = product.handle
        yield {name: harmless(value) for name, value in row.items() if value}


def _of_product(product: Product) -> dict[str, str]:
    pictures = [image for image in product.images.all() if image.source_url]
    row = {
        "language": product.source_language,
        "title": product.in_own_language("name"),
        "description": product.in_own_language("description"),
        "brand": product.brand_name,
        "category": product.category.slug,
        "status": str(product.status),
        "hs_code": product.hs_code,
        "origin": product.origin,
        "images": "\n".join(image.source_url for image in pictures),
    }
    for place, image in enumerate(pictures, start=1):
        row |= {own_cells.alt_column(place, "" if code == product.source_language else code): getattr(image, f"alt_{suffix}") or ""
                for code, suffix in _TEXTS.items()}  # fmt: skip
    for code, suffix in _TEXTS.items():
        if code != product.source_language:
            row |= {f"title_{code}": getattr(product, f"name_{suffix}") or "",
                    f"description_{code}": getattr(product, f"description_{suffix}") or ""}  # fmt: skip
    for code, answer in _answers(product).items():
        row |= attribute_cells.cells(code, answer, product.source_language)
    return row


def _answers(product: Product) -> dict[str, Any]:
    held = getattr(product, "attributes", None)
    return held.given if held is not None else {}


def _of_variant(variant: Variant, options: Sequence[Option], own: str) -> dict[str, str]:
    price, digits = variant.price, minor_digits(variant.price.currency.code)
    row = {
        "sku": variant.sku,
        "gtin": variant.gtin,
        "price": f"{price.amount:.{digits}f}",
        "compare_at": "" if variant.compare_at is None else f"{variant.compare_at:.{digits}f}",
        "currency": price.currency.code,
        "quantity": str(sum(level.on_hand for level in _at_home(variant))),
        "weight": "" if variant.weight_grams is None else str(variant.weight_grams),
    }
    values = (variant.value1, variant.value2, variant.value3)
    for number, (option, value) in enumerate(zip(options, values, strict=False), start=1):
        row |= {
            f"option{number}_name": getattr(option, f"name_{_TEXTS[own]}") or "",
            f"option{number}_value": value.code if value else "",
        }
        for code, suffix in _TEXTS.items():
            name = getattr(value, f"name_{suffix}", "") or ""
            is_code = code == own and value is not None and name == value.code
            row[own_cells.choice_column(number, "name", code)] = getattr(option, f"name_{suffix}") or ""
            row[own_cells.choice_column(number, "value", code)] = "" if is_code else name
    row[own_cells.PARTS] = "\n".join(
        own_cells.part_text(each.quantity, _name(each.part)) for each in variant.parts.all()
    )
    return row | _further_of(variant, digits)


def _name(variant: Variant) -> str:
    codes = (value.code for value in variant.choices)
    return own_cells.variant_name(variant.product.handle, variant.sku, codes)


def _further_of(variant: Variant, digits: int) -> dict[str, str]:
    """Prices in markets and by quantity, and the terms on which it is sold without stock."""
    row = {own_cells.tier_column(tier.from_quantity): f"{tier.price:.{digits}f}" for tier in variant.price_tiers.all()}
    for market in variant.market_prices.all():
        code = market.price.currency.code
        own = minor_digits(code)
        row[own_cells.market_column("price", market.country, code)] = f"{market.price.amount:.{own}f}"
        if market.compare_at is not None:
            row[own_cells.market_column("compare_at", market.country, code)] = f"{market.compare_at:.{own}f}"
    terms = {name: getattr(variant, name) for name in own_cells.TERMS}
    return row | {name: str(value) for name, value in terms.items() if value is not None}


def _at_home(variant: Variant) -> list[StockLevel]:
    """What lies in the warehouse that an import fills: the seller's first one at home."""
    home = variant.product.seller.home_country
    levels = [
        each for each in variant.stock_levels.all() if each.warehouse.country == home and each.warehouse.is_active
    ]
    return sorted(levels, key=lambda level: level.warehouse_id)[:1]
