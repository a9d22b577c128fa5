"""Fills the shop with synthetic products, for measuring at scale."""

from __future__ import annotations

import json
import random
import time
from argparse import ArgumentParser
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from accounts.models import Seller
from catalog.models import Category, Product, StockLevel, Variant
from catalog.services import listings, screening, search_bands, search_entries
from catalog.services.imports import home_warehouse
from marketplace.kernel import clock
from marketplace.kernel.copying import copy_rows, new_keys
from marketplace.synthetic_facts import SyntheticFacts
from payments.selectors import fx_table

BATCH = 2000
_SUFFIXES = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}
_SELLERS = (("CN", "CNY"), ("JP", "JPY"), ("DE", "EUR"), ("MX", "MXN"), ("KE", "KES"), ("US", "USD"))


class Command(BaseCommand):
    help = "Makes synthetic products with texts in all languages, the same ones for the same numbers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--products", type=int, required=True, help="how many there shall be in all")
        parser.add_argument("--categories", type=int, default=20, help="in how many categories (20)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["products"] < 0 or options["categories"] < 1:
            raise CommandError("Give a number of products and at least one category.")
        self.words = json.loads((settings.BASE_DIR / "demo" / "data" / "synthetic.json").read_text("utf-8"))
        begun = time.monotonic()
        self.sellers = [self._seller(*pair) for pair in _SELLERS]
        self.currencies = {seller.pk: seller.settlement_currency for seller in self.sellers}
        self.warehouses = {seller.pk: home_warehouse(seller).pk for seller in self.sellers}
        self.facts = SyntheticFacts(self.sellers)
        self.categories = self._categories(options["categories"])
        self.now = clock.now()
        made = Product.objects.filter(handle__startswith="synthetic-").count()
        numbers = iter(range(made, options["products"]))
        with search_entries.indexes_put_off():
            while batch := list(islice(numbers, BATCH)):
                self._write(batch)
                if options["verbosity"] > 1:
                    self.stdout.write(f"{batch[-1] + 1} after {time.monotonic() - begun:.0f} s")
            search_bands.refresh_bands()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        screening.screen_waiting(seconds=float("inf"), is_patient=True)
        listings.refresh_facets()
        self.stdout.write(f"{max(options['products'] - made, 0)} products made in {time.monotonic() - begun:.1f} s.")

    def _seller(self, country: str, currency: str) -> Seller:
        name = f"Synthetic {country}"
        values = {"name": name, "legal_name": name, "home_country": country, "settlement_currency": currency,
                  "city": "-", "street_address": "-", "status": Seller.Status.APPROVED}  # fmt: skip
        return Seller.objects.get_or_create(slug=f"synthetic-{country.lower()}", defaults=values)[0]

    def _categories(self, count: int) -> list[int]:
        tree = Category.objects
        root = tree.filter(slug="synthetic").first()
        root = root or tree.add_root({"slug": "synthetic", "name_en": "Synthetic", "position": 990})
        for number in range(tree.get_children(root).count(), count):
            fields = {"slug": f"synthetic-{number}", "name_en": f"Synthetic {number}", "position": number}
            tree.add_child(tree.get(pk=root.pk), fields)
        return [child.pk for child in tree.get_children(tree.get(pk=root.pk))[:count]]

    def _write(self, numbers: list[int]) -> None:
        with transaction.atomic():
            keys, variant_keys = new_keys(Product, len(numbers)), new_keys(Variant, len(numbers))
            products = [{"id": key, **self._product(number)} for key, number in zip(keys, numbers, strict=True)]
            copy_rows(Product, products)
            self.facts.write(keys, products)
            variants = [{"id": key, **self._variant(product["id"], product)}
                        for key, product in zip(variant_keys, products, strict=True)]  # fmt: skip
            copy_rows(Variant, variants)
            copy_rows(StockLevel, (
                {"variant_id": variant["id"], "warehouse_id": self.warehouses[variant["seller_id"]],
                 "on_hand": 1000 if variant["id"] % 40 else 0}
                for variant in variants
            ))  # fmt: skip
            listings.refresh_listings(product_ids=keys, fx=fx_table(clock.today()))

    def _product(self, number: int) -> dict[str, Any]:
        chance = random.Random(number)  # noqa: S311
        noun, kind, other = chance.randrange(16), chance.randrange(12), chance.randrange(12)
        seller = self.sellers[number % len(self.sellers)]
        values = {
            "seller_id": seller.pk,
            "category_id": self.categories[chance.randrange(len(self.categories))],
            "slug": f"synthetic-{number}",
            "handle": f"synthetic-{number}",
            "brand_name": seller.name,
            "status": Product.Status.LIVE.value,
            "hs_code": self.words["codes"][noun],
            "origin": seller.home_country,
            "popularity": chance.randrange(1_000_000),
            "published_at": self.now - timedelta(minutes=number),
        }
        for code, suffix in _SUFFIXES.items():
            kinds = self.words["kinds"][code]
            title = f"{kinds[kind]} {self.words['nouns'][code][noun]} {number}"
            values |= {f"name_{suffix}": title, f"summary_{suffix}": f"{title} · {kinds[other]}"}
        return values | {"customs_description": values["name_en"]}

    def _variant(self, key: int, product: dict[str, Any]) -> dict[str, Any]:
        chance = random.Random(product["handle"])  # noqa: S311
        currency = self.currencies[product["seller_id"]]
        scale = {"JPY": 150, "CNY": 8, "MXN": 20, "KES": 130}.get(currency, 1)
        amount = Decimal(chance.randrange(5, 200) * scale)
        return {
            "product_id": key,
            "seller_id": product["seller_id"],
            "sku": product["handle"],
            "price": amount,
            "price_currency": currency,
            "compare_at": amount + scale if chance.random() < 0.1 else None,
            "weight_grams": chance.randrange(50, 3000),
        }
