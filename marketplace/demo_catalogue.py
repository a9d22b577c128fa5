"""Writes the demo catalogue of demo/data into the shop: the same files, the same rows, however often."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from datetime import date as calendar_date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from moneyed import Money

from accounts.models import Seller
from catalog.markup import paragraphs
from catalog.models import Category, Option, OptionValue, Product, ProductImage, StockLevel, Variant
from catalog.selectors.price_terms import skus_on_sale
from catalog.services import pictures
from logistics.models import Warehouse
from marketplace import demo_offers

FOLDER = settings.BASE_DIR / "demo"
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class DemoCatalogue:
    """The files of the demo and the ways to write them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.data = json.loads((folder / "data" / "catalogue.json").read_text("utf-8"))
        files = {code: folder / "data" / "text" / f"{code}.json" for code in LANGUAGES}
        self.texts = {code: json.loads(path.read_text("utf-8")) for code, path in files.items() if path.exists()}
        offers = demo_offers.told()
        self.data["products"] += offers["products"]
        for code, words in self.texts.items():
            words["products"] |= offers["texts"].get(code, {})

    def write(self) -> list[int]:
        """Writes everything; the ids of the products."""
        with transaction.atomic():
            sellers = {row["slug"]: self._seller(row) for row in self.data["sellers"]}
            warehouses = dict(self._warehouses(sellers))
            categories: dict[str, Category] = {}
            self._categories(self.data["categories"], None, categories)
            rows = self.data["products"]
            self.on_sale = skus_on_sale()
            return [
                self._product(row, sellers[row["seller"]], categories[row["category"]], warehouses).pk for row in rows
            ]

    def _seller(self, row: Mapping[str, Any]) -> Seller:
        values = {
            "name": row["name"], "legal_name": row["legal_name"], "home_country": row["home_country"],
            "settlement_currency": row["settlement_currency"], "founded_year": row.get("founded"), "city": row["city"],
            "street_address": row["street"], "postal_code": row["postal_code"], "country_area": row.get("region", ""),
            "email": row["email"], "phone": row["phone"],
            "picture": self._picture_of(row["slug"]),
        }  # fmt: skip
        for field in ("tagline", "story"):
            values |= self._columns(field, "sellers", row["slug"], field)
        first = values | {"status": row.get("status", Seller.Status.APPROVED)}  # officers decide on it from then on
        return Seller.objects.update_or_create(slug=row["slug"], defaults=values, create_defaults=first)[0]

    def _picture_of(self, seller: str) -> str:
        """The picture of the seller's best-known product, "" while there is none."""
        mine = [row for row in self.data["products"] if row["seller"] == seller and row["images"]]
        if not mine:
            return ""
        return "products/" + str(max(mine, key=lambda row: row["popularity"])["images"][0]["file"])

    def _columns(self, column: str, *keys: str) -> dict[str, str]:
        """Columns like `name_de` from the text files, found by `keys`; a language without the text is left out."""
        found = {}
        for code, words in self.texts.items():
            value: Any = words
            for key in keys:
                value = value.get(key) if isinstance(value, Mapping) else None
            if isinstance(value, str) and value:
                found[f"{column}_{code.replace('-', '_')}"] = value
        return found

    def _warehouses(self, sellers: Mapping[str, Seller]) -> Iterable[tuple[str, Warehouse]]:
        for seller in self.data["sellers"]:
            for row in seller["warehouses"]:
                values = {
                    "seller": sellers[seller["slug"]], "name": row["name"], "country": row["country"],
                    "city": row["city"], "street_address": row["street"], "postal_code": row["postal_code"],
                    "is_active": True,
                }  # fmt: skip
                yield row["code"], Warehouse.objects.update_or_create(code=row["code"], defaults=values)[0]

    def _categories(
        self, rows: Iterable[Mapping[str, Any]], parent: Category | None, found: dict[str, Category]
    ) -> None:
        for position, row in enumerate(rows, start=1):
            slug = row["slug"]
            texts = self._columns("name", "categories", slug, "name") | self._columns(
                "description", "categories", slug, "description"
            )
            values = {"position": row.get("position", position), **texts}
            category = Category.objects.filter(slug=slug).first()
            if category is None:
                fields = {"slug": slug, **values}
                tree = Category.objects
                category = tree.add_child(parent, fields) if parent else tree.add_root(fields)
            else:
                Category.objects.filter(pk=category.pk).update(**values)
            found[slug] = Category.objects.get(pk=category.pk)
            self._categories(row.get("children", []), found[slug], found)

    def _product(
        self, row: Mapping[str, Any], seller: Seller, category: Category, warehouses: Mapping[str, Warehouse]
    ) -> Product:
        slug = row["slug"]
        day = calendar_date.fromisoformat(row["published_on"])
        values: dict[str, Any] = {
            "category": category, "slug": slug, "brand_name": row["brand"], "status": Product.Status.LIVE,
            "hs_code": row["hs_code"], "origin": row["origin"], "customs_description": row["customs_description"],
            "tax_category": row["tax_category"], "lithium": row.get("lithium", False), "popularity": row["popularity"],
            "published_at": datetime.combine(day, time(8), tzinfo=UTC),
        }  # fmt: skip
        words = row.get("texts", slug)  # an article that somebody else sells too is told in the same words
        values |= self._columns("name", "products", words, "name") | self._columns(
            "summary", "products", words, "summary"
        )
        texts = self._columns("description", "products", words, "description")
        values |= {column: paragraphs(text) for column, text in texts.items()}
        product = Product.objects.update_or_create(seller=seller, handle=slug, defaults=values)[0]
        choices = self._options(product, row)
        for position, variant in enumerate(row["variants"], start=1):
            self._variant(product, row, variant, position, choices, warehouses)
        self._images(product, row, choices)
        return product

    def _options(self, product: Product, row: Mapping[str, Any]) -> dict[tuple[str, str], OptionValue]:
        choices = {}
        for position, code in enumerate(row.get("options") or [], start=1):
            names = self._columns("name", "options", code)
            option = Option.objects.update_or_create(product=product, position=position, defaults=names)[0]
            used = dict.fromkeys(variant["options"][code] for variant in row["variants"])
            for place, value in enumerate(used, start=1):
                texts = {"position": place, **self._columns("name", "values", code, value)}
                choices[code, value] = OptionValue.objects.update_or_create(option=option, code=value, defaults=texts)[
                    0
                ]
        return choices

    def _variant(
        self, product: Product, row: Mapping[str, Any], variant: Mapping[str, Any], position: int,
        choices: Mapping[tuple[str, str], OptionValue], warehouses: Mapping[str, Warehouse],
    ) -> None:  # fmt: skip
        currency = product.seller.settlement_currency
        price = Decimal(variant.get("price") or row["price"])
        before = Decimal(row["compare_at"]) if row.get("compare_at") else None
        codes = row.get("options") or []
        values = {f"value{place}": choices[code, variant["options"][code]] for place, code in enumerate(codes, start=1)}
        fields = {
            "product": product, "gtin": variant.get("gtin", ""), "price": Money(price, currency),
            "compare_at": before if before and before > price else None, "position": position, "is_active": True,
            "weight_grams": variant.get("weight_grams") or row["weight_grams"], **values,
        }  # fmt: skip
        kept = {name: value for name, value in fields.items() if name not in ("price", "compare_at")}
        made = Variant.objects.update_or_create(
            seller=product.seller, sku=variant["sku"], create_defaults=fields,
            defaults=kept if variant["sku"] in self.on_sale else fields,
        )[0]  # fmt: skip
        for code, pieces in variant["stock"].items():
            StockLevel.objects.get_or_create(variant=made, warehouse=warehouses[code], defaults={"on_hand": pieces})

    def _images(self, product: Product, row: Mapping[str, Any], choices: Mapping[tuple[str, str], OptionValue]) -> None:
        originals, key = [], row.get("texts", product.slug)
        for position, image in enumerate(row["images"], start=1):
            source = self.folder / "media" / image["file"]
            if not source.exists():
                continue
            stored = pictures.keep_file(source, name=f"products/{image['file']}")
            original = pictures.keep_original(source.read_bytes())
            shown = next((choices[pair] for pair in (image.get("variant") or {}).items() if pair in choices), None)
            alts = {
                f"alt_{code.replace('-', '_')}": words["products"][key]["image_alts"][position - 1]
                for code, words in self.texts.items()
                if len(words.get("products", {}).get(key, {}).get("image_alts", [])) >= position
            }
            fields = {"position": position, "value": shown, **alts}
            first = {
                "file": stored.name,
                "width": stored.width,
                "height": stored.height,
            }  # until a worker has made its sizes
            ProductImage.objects.update_or_create(
                product=product, original=original, defaults=fields, create_defaults=fields | first
            )
            originals.append(original)
        product.images.exclude(original__in=originals).delete()
