"""A preview says what an import will do, and nobody in the shop waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Seller
from catalog.feeds.listing import FeedResult
from catalog.models import Product, StockLevel, Variant
from catalog.services import imports
from catalog.services.imports import import_feed
from marketplace.kernel import clock
from payments.selectors import fx_table
from tests.catalog.test_feed_formats import read
from tests.support.cast import Cast, seller
from tests.support.threads import at_once

HEAD = "handle,title,sku,option1_name,option1_value,price,stock\n"
RINGS = HEAD + "".join(f"ring-{n},Ring {n},RN-{n},Colour,Red,1{n},5\n" for n in range(4))
OTHER_TITLES = RINGS.replace("Ring ", "Band ")
TEXTS = "slug,locale,name,description\nring-0,de,Reif,\nring-1,de,Reif,\n"
DEARER = RINGS.replace(",1", ",2").replace(",5\n", ",9\n")


@pytest.fixture
def trader(shop: Cast) -> Seller:
    return seller("harbour", "Harbour", "US", "USD")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two listings at a time, so that a file of four has two batches."""
    monkeypatch.setattr(imports, "BATCH", 2)
    yield


def brought(
    of: Seller, text: str, *, dry_run: bool = False, progress: Callable[[int], None] | None = None
) -> FeedResult:
    feed = read(text)[1]
    return import_feed(
        seller=of, feed=feed, fx=fx_table(clock.today()), dry_run=dry_run, progress=progress or (lambda done: None)
    )


def counts(result: FeedResult) -> dict[str, Any]:
    names = ("created", "updated", "unchanged", "rejected", "products", "variants")
    return {name: getattr(result, name) for name in names} | {"errors": [error.reason for error in result.errors]}


def promise_one(sku: str) -> Callable[[], str]:
    """Promises a piece of a variant as a checkout does; says so, or that it had to wait."""

    def call() -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            level = StockLevel.objects.select_for_update().get(variant__sku=sku)
            level.reserved += 1
            level.save(update_fields=["reserved"])
            Variant.objects.select_for_update().get(sku=sku)
            Product.objects.select_for_update().get(variants__sku=sku)
        return "promised"

    return call


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", [DEARER, OTHER_TITLES, TEXTS], ids=["prices and pieces", "titles", "translations"])
def test_goods_can_be_bought_while_a_file_that_changes_them_is_previewed(
    trader: Seller, small_batches: None, text: str
) -> None:
    brought(trader, RINGS)
    said: list[Any] = []

    preview = brought(trader, text, dry_run=True, progress=lambda done: said.extend(at_once(promise_one("RN-0"))))

    assert preview.updated >= 2
    assert said
    assert set(said) == {"promised"}
    assert {(v.sku, int(v.price.amount)) for v in Variant.objects.filter(seller=trader)} == {
        (f"RN-{n}", 10 + n) for n in range(4)
    }
    assert set(Product.objects.filter(seller=trader).values_list("name_en", flat=True)) == {
        f"Ring {n}" for n in range(4)
    }


CASES = {
    "prices": DEARER,
    "new and known": DEARER + "ring-9,Ring 9,RN-9,Colour,Red,19,1\n",
    "an SKU that another listing has": RINGS + "band,Band,RN-0,Colour,Red,19,1\n",
    "an SKU that moves to a listing further down": RINGS.replace("RN-0", "RN-00") + "band,Band,RN-0,Colour,Red,19,1\n",
    "an SKU that a known listing takes before a new one": RINGS.replace("RN-0", "RN-77")
    + "band,Band,RN-77,Colour,Red,19,1\n",
    "an SKU that one known listing gives to another": RINGS.replace("RN-0", "RN-x").replace("RN-3", "RN-0"),
    "a variant more": RINGS + "ring-3,,RN-33,Colour,Blue,19,1\n",
    "the same again": RINGS,
}


@pytest.mark.django_db
@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_a_preview_counts_what_the_import_then_does(trader: Seller, small_batches: None, text: str) -> None:
    brought(trader, RINGS)

    preview = counts(brought(trader, text, dry_run=True))

    assert preview == counts(brought(trader, text))


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["RN-33", "ring-3 / Blue"])
def test_a_bundle_may_consist_of_a_variant_that_a_known_listing_gets_in_the_same_file(
    trader: Seller, small_batches: None, part: str
) -> None:
    brought(trader, RINGS)
    head = HEAD.strip() + ",bundle_parts\n"
    rows = "".join(f"{row},\n" for row in RINGS.splitlines()[1:])
    text = f"{head}{rows}ring-3,,RN-33,Colour,Blue,19,1,\nset,Set,SET-1,,,40,,2 × {part}\n"

    preview = counts(brought(trader, text, dry_run=True))

    assert preview["rejected"] == 0
    assert preview == counts(brought(trader, text))
