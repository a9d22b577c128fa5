"""What the goods of the demo are asked and answer: attributes, the sets of its categories, size charts, usual codes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from accounts.models import Seller
from catalog.models import Attribute, AttributeChoice, Category, CategoryAttribute, Product, SizeChart
from catalog.services.attributes import keep_answers

DATA: Final = settings.BASE_DIR / "demo" / "data"


@transaction.atomic
def write(folder: Path = DATA) -> None:
    """The demo has its attributes; needs its catalogue. The same files, the same rows."""
    told = json.loads((folder / "attributes.json").read_text("utf-8"))
    attributes = {row["code"]: _attribute(row, place) for place, row in enumerate(told["attributes"], start=1)}
    categories = {category.slug: category for category in Category.objects.all()}
    for slug, codes in told["sets"].items():
        for place, code in enumerate(codes):
            CategoryAttribute.objects.update_or_create(
                category=categories[slug], attribute=attributes[code.removesuffix("!")],
                defaults={"is_required": code.endswith("!"), "position": place},
            )  # fmt: skip
    _usual(told, json.loads((folder / "catalogue.json").read_text("utf-8")), categories)
    listed = Product.objects.filter(slug__in=told["products"]).select_related("category")
    for product in listed:
        keep_answers(product=product, typed=told["products"][product.slug])
    sellers = {seller.slug: seller for seller in Seller.objects.all()}
    for chart in told["size_charts"]:
        SizeChart.objects.update_or_create(
            category=categories[chart["category"]], seller=sellers[chart["seller"]] if chart["seller"] else None,
            defaults={name: chart[name] for name in ("sizes", "labels", "measures")},
        )  # fmt: skip


def _attribute(row: Mapping[str, Any], place: int) -> Attribute:
    plain = ("kind", "unit", "steps", "is_filter", "is_compared")
    values = {name: row[name] for name in plain if name in row} | _names(row["name"]) | {"position": place}
    made = Attribute.objects.update_or_create(code=row["code"], defaults=values)[0]
    for position, choice in enumerate(row.get("choices", ())):
        told = _names(choice["name"]) | {"swatch": choice.get("swatch", ""), "position": position}
        AttributeChoice.objects.update_or_create(attribute=made, code=choice["code"], defaults=told)
    return made


def _names(by_language: Mapping[str, str]) -> dict[str, str]:
    return {f"name_{code.replace('-', '_')}": text for code, text in by_language.items()}


def _usual(told: Mapping[str, Any], catalogue: Mapping[str, Any], categories: Mapping[str, Category]) -> None:
    """The codes that listings of a category usually have, and the registers that they come under."""
    rows = list(catalogue["categories"])
    while rows:
        row = rows.pop()
        rows += row.get("children", [])
        usual = {"default_hs_code": row.get("hs_hint", ""), "default_epr_stream": told["streams"].get(row["slug"], "")}
        Category.objects.filter(pk=categories[row["slug"]].pk).update(**usual)
