"""Prices in the admin: by market and quantity on the page of a variant, scheduled ones in a table of their own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from moneyed import Money

from catalog import tasks
from catalog.models import MarketPrice, PriceEnding, PricePolicy, PriceTier, Product, ScheduledPrice, Variant
from tests.catalog.admin_stage import Stage

pytestmark = pytest.mark.django_db
SCHEDULE = "/admin/catalog/scheduledprice/"


def part(prefix: str, rows: list[dict[str, object]]) -> dict[str, object]:
    sent: dict[str, object] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    return sent | {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}


def save_variant(
    client: Client, variant: Variant, markets: list[dict[str, object]], tiers: list[dict[str, object]],
    price: str = "154",
) -> Any:  # fmt: skip
    sent = {"sku": variant.sku, "gtin": "", "price_0": price, "price_1": "CNY", "is_active": "on", "weight_grams": "200",
            "compare_at": ""}  # fmt: skip
    parts = part("market_prices", markets) | part("price_tiers", tiers) | part("stock_levels", []) | part("parts", [])
    return client.post(f"/admin/catalog/variant/{variant.pk}/change/", sent | parts | part("price_changes", []))


def market(country: str, price: str, currency: str, before: str = "") -> dict[str, object]:
    return {"country": country, "price_0": price, "price_1": currency, "compare_at": before}


def test_a_seller_sets_prices_by_market_and_quantity_and_the_card_knows(on_stage: Stage) -> None:
    answer = save_variant(
        on_stage.client, on_stage.mug, [market("FR", "21", "EUR"), market("", "24.50", "USD")],
        [{"from_quantity": 6, "price": "140"}, {"from_quantity": 12, "price": "120.5"}],
    )  # fmt: skip

    assert answer.status_code == 302
    found = MarketPrice.objects.order_by("pk")
    assert [(row.country, row.price) for row in found] == [("FR", Money(21, "EUR")), ("", Money("24.50", "USD"))]
    assert list(PriceTier.objects.values_list("from_quantity", "price")) == [(6, 140), (12, Decimal("120.5"))]


def test_prices_by_quantity_go_with_the_price_that_is_saved_beside_them(on_stage: Stage) -> None:
    assert (
        save_variant(on_stage.client, on_stage.mug, [], [{"from_quantity": 6, "price": "180"}], "200").status_code
        == 302
    )
    assert list(PriceTier.objects.values_list("from_quantity", "price")) == [(6, 180)]
    for tier in PriceTier.objects.all():
        sent: list[dict[str, object]] = [
            {"id": tier.pk, "variant": tier.variant_id, "from_quantity": 6, "price": "180"}
        ]
        answer = save_variant(on_stage.client, on_stage.mug, [], sent, "170")
        assert "has to be lower than the price of one piece." in answer.content.decode()


def test_a_variant_that_costs_nothing_is_refused(on_stage: Stage) -> None:
    answer = save_variant(on_stage.client, on_stage.mug, [], [], "0")

    assert "The price is zero." in answer.content.decode()
    assert Variant.objects.get(pk=on_stage.mug.pk).price.amount > 0


@pytest.mark.parametrize(
    ("markets", "tiers", "sentence"),
    [
        ([market("FR", "21", "EUR"), market("FR", "22", "EUR")], [], "There is another price for this market."),
        ([market("JP", "2100.50", "JPY")], [], "JPY has 0 decimal places."),
        ([market("FR", "0", "EUR")], [], "The price is zero."),
        ([market("FR", "21", "EUR", "20")], [], "The price before has to be higher than the price."),
        ([], [{"from_quantity": 6, "price": "154"}], "has to be lower than the price of one piece."),
        ([], [{"from_quantity": 6, "price": "140"}, {"from_quantity": 9, "price": "145"}], "cost less each."),
        ([], [{"from_quantity": 1, "price": "140"}], "Begin at two pieces or more."),
    ],
)  # fmt: skip
def test_what_cannot_be_a_price_is_said_and_nothing_is_kept(
    on_stage: Stage, markets: list[dict[str, object]], tiers: list[dict[str, object]], sentence: str
) -> None:
    answer = save_variant(on_stage.client, on_stage.mug, markets, tiers)

    assert answer.status_code == 200
    assert escape(sentence) in answer.content.decode()
    assert not MarketPrice.objects.exists() and not PriceTier.objects.exists()


def schedule(client: Client, **changes: object) -> Any:
    sent = {"name": "Kites", "percent": "20", "price": "", "starts_at_0": "2026-01-01", "starts_at_1": "00:00",
            "ends_at_0": "2099-01-01", "ends_at_1": "00:00"}  # fmt: skip
    return client.post(f"{SCHEDULE}add/", sent | changes | part("items", []), follow=True)


def test_a_sale_is_planned_shown_with_its_state_and_ended(on_stage: Stage) -> None:
    answer = schedule(on_stage.client, seller=on_stage.seller.pk, products=[on_stage.mug.product_id])
    tasks.follow_scheduled_prices()
    listed = on_stage.client.get(SCHEDULE).content.decode()
    row = ScheduledPrice.objects.get()
    low = Variant.objects.get(pk=on_stage.mug.pk).price
    page = on_stage.client.get(f"{SCHEDULE}{row.pk}/change/")

    on_stage.client.post(SCHEDULE, {"action": "stop", "_selected_action": [row.pk]})
    tasks.follow_scheduled_prices()

    assert "1 variant will change its price." in answer.content.decode()
    assert "Running" in listed and page.status_code == 200
    assert low == Money("123.20", "CNY")
    assert Variant.objects.get(pk=on_stage.mug.pk).price == Money("154", "CNY")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"price": "20"}, "Give either a price or a percentage."),
        ({"percent": "", "price": "20"}, "A price is that of one variant."),
        ({"percent": "100"}, "A percentage lies between 0 and 100."),
        ({"ends_at_0": "2026-01-01"}, "The end has to be in the future and after the start."),
        ({"products": []}, "Nothing of this is on sale."),
    ],
)
def test_a_sale_that_cannot_be_is_refused(on_stage: Stage, changes: dict[str, object], sentence: str) -> None:
    chosen = {"seller": on_stage.seller.pk, "products": [on_stage.mug.product_id]}

    answer = schedule(on_stage.client, **chosen | changes)

    assert escape(sentence) in answer.content.decode()
    assert not ScheduledPrice.objects.exists()


def test_nobody_lowers_the_prices_of_a_rival(on_stage: Stage) -> None:
    rival = Product.objects.get(pk=on_stage.notebook.product_id)
    schedule(on_stage.client, seller=on_stage.rival.pk, products=[rival.pk])
    schedule(on_stage.client, seller=on_stage.seller.pk, products=[rival.pk])

    tasks.follow_scheduled_prices()

    assert not ScheduledPrice.objects.exists()
    assert Variant.objects.get(pk=on_stage.notebook.pk).price == Money("1320", "JPY")


def test_overlapping_sales_are_refused_with_the_name_of_the_other(on_stage: Stage) -> None:
    chosen = {"seller": on_stage.seller.pk, "variant": on_stage.mug.pk}
    schedule(on_stage.client, **chosen)

    answer = schedule(on_stage.client, **chosen | {"name": "Again"})

    assert escape("“KITE-MUG” has another price in that time already, by “Kites”.") in answer.content.decode()
    assert ScheduledPrice.objects.count() == 1


def test_finance_keeps_the_endings_and_a_seller_chooses_them(on_stage: Stage, admin_client: Client) -> None:
    figures = {"currency": "EUR", "from_amount": "0", "step": "1", "ending": "0.90", "most_below": "0.30"}
    wrong = admin_client.post("/admin/catalog/priceending/add/", figures | {"ending": "1.90"})
    admin_client.post("/admin/catalog/priceending/add/", figures)
    on_stage.client.post("/admin/catalog/pricepolicy/add/", {"seller": on_stage.seller.pk, "has_native_endings": "on"})

    assert "An ending lies between zero and the step." in wrong.content.decode()
    assert str(PriceEnding.objects.get()) == "EUR 0"
    assert PricePolicy.objects.get().has_native_endings
    assert on_stage.client.get("/admin/catalog/priceending/").status_code == 403
