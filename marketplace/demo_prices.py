"""Prices of the demo by market, by quantity and by time, and usual endings for the sellers who want them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from moneyed import Money

from accounts.models import Seller
from catalog.models import MarketPrice, PricePolicy, PriceTier, Product, ScheduledPrice, Variant
from catalog.services import scheduled_prices
from catalog.services.price_endings import load_endings
from marketplace.demo_facts import DATA
from marketplace.kernel import clock
from payments.selectors import fx_table


def write(folder: Path = DATA) -> None:
    """The demo has its prices, and the sale that runs has begun. What is there already stays as it is."""
    told = json.loads((folder / "prices.json").read_text("utf-8"))
    load_endings()
    for seller in Seller.objects.filter(slug__in=told["native_endings"]):
        PricePolicy.objects.get_or_create(seller=seller, defaults={"has_native_endings": True})
    variants = {row.sku: row for row in Variant.objects.filter(sku__in=[*told["markets"], *told["tiers"]])}
    for sku, markets in told["markets"].items():
        for market in markets:
            _market(variants[sku], *market)
    for sku, tiers in told["tiers"].items():
        for quantity, price in tiers:
            PriceTier.objects.get_or_create(
                variant=variants[sku], from_quantity=quantity, defaults={"price": Decimal(price)}
            )
    for sale in told["sales"]:
        _sale(sale)
    scheduled_prices.follow(moment=clock.now(), fx=fx_table(clock.today()))


def _market(variant: Variant, country: str, currency: str, price: str, before: str | None) -> None:
    key = {"country": country} if country else {"country": "", "price_currency": currency}
    values = {"price": Money(price, currency), "compare_at": Decimal(before) if before else None}
    if not MarketPrice.objects.filter(variant=variant, **key).exists():
        MarketPrice.objects.create(variant=variant, country=country, **values)


def _sale(told: Mapping[str, Any]) -> None:
    seller = Seller.objects.get(slug=told["seller"])
    if ScheduledPrice.objects.filter(seller=seller, name=told["name"]).exists():
        return
    starts_at = clock.now() + timedelta(days=told.get("starts_in", 0))
    row = ScheduledPrice.objects.create(
        seller=seller, name=told["name"], percent=Decimal(told["percent"]), starts_at=starts_at,
        ends_at=starts_at + timedelta(days=told["days"]),
    )  # fmt: skip
    row.products.set(_products(seller, told["products"]))
    scheduled_prices.plan(schedule=row)


def _products(seller: Seller, slugs: Sequence[str]) -> list[Product]:
    return list(Product.objects.filter(seller=seller, slug__in=slugs))
