"""A seller's listings as a table with our own names for the columns, which the importer reads back unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from catalog import attribute_cells
from catalog.feeds import plain
from catalog.models import Product, StockLevel, Variant
from marketplace.kernel.money import minor_digits
from marketplace.kernel.spreadsheet import harmless

_TEXTS = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}
COLUMNS = (
    "handle", "title", "description", "brand", "category", "status", "sku", "gtin", "option1_name", "option1_value",
    "option2_name", "option2_value", "option3_name", "option3_value", "price", "compare_at", "currency", "quantity",
    "weight", "hs_code", "origin", "images",
    *(f"{field}_{code}" for code in _TEXTS if code != settings.LANGUAGE_CODE for field in plain.TRANSLATED),
)  # fmt: skip
_ANSWERED = """
SELECT DISTINCT x.position, x.code, COALESCE(l.language, '') AS language
FROM catalog_productattributes a CROSS JOIN LATERAL jsonb_each(a.given) g(code, answer)
JOIN catalog_attribute x ON x.code = g.code
LEFT JOIN LATERAL jsonb_object_keys(CASE jsonb_typeof(g.answer) WHEN 'object' THEN g.answer ELSE '{{}}' END) l(language) ON true
WHERE a.product_id IN ({products}) ORDER BY x.position, x.code, language
"""


def columns(products: QuerySet[Product]) -> tuple[str, ...]:
    """The columns of a table of the listings: `COLUMNS`, and those of the attributes that any of them answers. One query."""
    try:
        chosen, params = products.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return COLUMNS
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED.format(products=chosen), params)
        answered = [attribute_cells.column(code, language) for _position, code, language in cursor.fetchall()]
    return (*COLUMNS, *dict.fromkeys(answered))


def rows(product: Product) -> Iterator[dict[str, str]]:
    """A row for each variant on sale; what belongs to the product stands in the first. Nothing in it is a formula."""
    options = [option.name_en or "" for option in product.options.all()]
    variants = [variant for variant in product.variants.all() if variant.is_active]
    for number, variant in enumerate(variants):
        row = _of_variant(variant, options)
        if number == 0:
            row |= _of_product(product)
        row["handle"] = product.handle
        yield {name: harmless(value) for name, value in row.items() if value}


def _of_product(product: Product) -> dict[str, str]:
    pictures = [image.source_url for image in product.images.all() if image.source_url]
    row = {
        "title": product.name_en or "",
        "description": product.description_en or "",
        "brand": product.brand_name,
        "category": product.category.name_en or "",
        "status": str(product.status),
        "hs_code": product.hs_code,
        "origin": product.origin,
        "images": "\n".join(pictures),
    }
    for code, suffix in _TEXTS.items():
        if code != settings.LANGUAGE_CODE:
            row |= {f"title_{code}": getattr(product, f"name_{suffix}") or "",
                    f"description_{code}": getattr(product, f"description_{suffix}") or ""}  # fmt: skip
    for code, answer in _answers(product).items():
        row |= attribute_cells.cells(code, answer)
    return row


def _answers(product: Product) -> dict[str, Any]:
    held = getattr(product, "attributes", None)
    return held.given if held is not None else {}


def _of_variant(variant: Variant, options: list[str]) -> dict[str, str]:
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
    for number, (name, value) in enumerate(zip(options, values, strict=False), start=1):
        row |= {f"option{number}_name": name, f"option{number}_value": value.code if value else ""}
    return row


def _at_home(variant: Variant) -> list[StockLevel]:
    """What lies in the warehouse that an import fills: the seller's first one at home."""
    home = variant.product.seller.home_country
    levels = [
        each for each in variant.stock_levels.all() if each.warehouse.country == home and each.warehouse.is_active
    ]
    return sorted(levels, key=lambda level: level.warehouse_id)[:1]
