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
from moneyed import Money

from accounts.models import Seller
from catalog.models import Category, Product, StockLevel, Variant
from catalog.services import listings
from catalog.services.imports import home_warehouse
from marketplace.kernel import clock
from payments.selectors import fx_table

BATCH = 2000
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
        self.warehouses = {seller.pk: home_warehouse(seller) for seller in self.sellers}
        self.categories = self._categories(options["categories"])
        made = Product.objects.filter(handle__startswith="synthetic-").count()
        numbers = iter(range(made, options["products"]))
        while batch := list(islice(numbers, BATCH)):
            self._write(batch)
            if options["verbosity"] > 1:
                self.stdout.write(f"{batch[-1] + 1} after {time.monotonic() - begun:.0f} s")
        listings.refresh_facets()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"{max(options['products'] - made, 0)} products made in {time.monotonic() - begun:.1f} s.")

    def _seller(self, country: str, currency: str) -> Seller:
        name = f"Synthetic {country}"
        values = {"name": name, "legal_name": name, "home_country": country, "settlement_currency": currency,
                  "city": "-", "street_address": "-", "status": Seller.Status.APPROVED}  # fmt: skip
        return Seller.objects.get_or_create(slug=f"synthetic-{country.lower()}", defaults=values)[0]

    def _categories(self, count: int) -> list[Category]:
        tree = Category.objects
        root = tree.filter(slug="synthetic").first()
        root = root or tree.add_root({"slug": "synthetic", "name_en": "Synthetic", "position": 990})
        for number in range(tree.get_children(root).count(), count):
            fields = {"slug": f"synthetic-{number}", "name_en": f"Synthetic {number}", "position": number}
            tree.add_child(tree.get(pk=root.pk), fields)
        return list(tree.get_children(tree.get(pk=root.pk))[:count])

    def _write(self, numbers: list[int]) -> None:
        with transaction.atomic():
            products = Product.objects.bulk_create([self._product(number) for number in numbers])
            variants = Variant.objects.bulk_create([self._variant(product) for product in products])
            StockLevel.objects.bulk_create(
                StockLevel(variant=variant, warehouse=self.warehouses[variant.seller_id], on_hand=variant.pk % 40)
                for variant in variants
            )
            listings.refresh_listings(product_ids=[product.pk for product in products], fx=fx_table(clock.today()))

    def _product(self, number: int) -> Product:
        chance = random.Random(number)  # noqa: S311
        noun, kind = chance.randrange(16), chance.randrange(12)
        seller = self.sellers[number % len(self.sellers)]
        texts = {}
        for code, _name in settings.LANGUAGES:
            suffix = code.replace("-", "_")
            title = f"{self.words['kinds'][code][kind]} {self.words['nouns'][code][noun]} {number}"
            texts[f"name_{suffix}"] = title
            texts[f"summary_{suffix}"] = f"{title} · {self.words['kinds'][code][chance.randrange(12)]}"
        return Product(
            seller=seller,
            category=self.categories[chance.randrange(len(self.categories))],
            slug=f"synthetic-{number}",
            handle=f"synthetic-{number}",
            brand_name=seller.name,
            status=Product.Status.LIVE,
            hs_code=self.words["codes"][noun],
            origin=seller.home_country,
            customs_description=texts["name_en"],
            popularity=chance.randrange(1_000_000),
            published_at=clock.now() - timedelta(minutes=number),
            **texts,
        )

    def _variant(self, product: Product) -> Variant:
        chance = random.Random(product.handle)  # noqa: S311
        scale = {"JPY": 150, "CNY": 8, "MXN": 20, "KES": 130}.get(product.seller.settlement_currency, 1)
        amount = Decimal(chance.randrange(5, 200) * scale)
        return Variant(
            product=product,
            seller=product.seller,
            sku=product.handle,
            price=Money(amount, product.seller.settlement_currency),
            compare_at=amount + scale if chance.random() < 0.1 else None,
            weight_grams=chance.randrange(50, 3000),
        )
