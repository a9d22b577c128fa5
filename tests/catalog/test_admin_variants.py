"""Prices and stock in the admin: many at once, all or none, and never over what was sold meanwhile."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import PriceChange, StockLevel, Variant
from catalog.services import bulk_edits
from logistics.models import Warehouse
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from payments.selectors import fx_table
from tests.catalog.admin_stage import Stage
from tests.support import cast
from tests.support.opened_pages import OpenedPage

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/variant/"


def bulk(on_stage: Stage, variants: list[Variant], **changes: Any) -> Any:
    chosen = {"action": "change_price_and_stock", "_selected_action": [one.pk for one in variants]}
    return on_stage.client.post(LIST, chosen | {"apply": "1"} | changes, follow=True)


def prices() -> dict[str, str]:
    return {one.sku: f"{one.price.amount:.2f} {one.price_currency}" for one in Variant.objects.all()}


def test_the_chosen_variants_are_shown_before_anything_is_changed(on_stage: Stage) -> None:
    answer = on_stage.client.post(
        LIST, {"action": "change_price_and_stock", "_selected_action": [on_stage.tshirt.pk, on_stage.mug.pk]}
    )

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Change 2 variants" in shown
    assert "Kite mug" in shown
    assert prices()["KITE-MUG"] == "154.00 CNY"


def test_prices_rise_by_a_percentage_and_round_half_up(on_stage: Stage) -> None:
    answer = bulk(on_stage, [on_stage.tshirt, on_stage.mug], percent="12.5")

    assert "2 variants were changed." in answer.content.decode()
    assert prices() == {"KITE-T-SHIRT": "86.63 CNY", "KITE-MUG": "173.25 CNY", "MORNING-NOTEBOOK": "1320.00 JPY"}
    on_stage.tshirt.product.refresh_from_db()
    assert on_stage.tshirt.product.card_price.amount == Decimal("86.63")  # the list shows it at once
    assert PriceChange.objects.filter(variant=on_stage.tshirt).count() == 2


def test_a_lower_price_may_keep_the_old_one_beside_it(on_stage: Stage) -> None:
    bulk(on_stage, [on_stage.tshirt], amount="50", keep_before="on")

    variant = Variant.objects.get(pk=on_stage.tshirt.pk)
    assert (variant.price.amount, variant.compare_at) == (Decimal(50), Decimal(77))
    bulk(on_stage, [on_stage.tshirt], amount="80")
    variant.refresh_from_db()
    assert variant.compare_at is None  # a price before that is not higher says nothing


def test_stock_is_set_or_added_in_one_warehouse(on_stage: Stage) -> None:
    other = cast.warehouse(on_stage.seller, "DE")

    bulk(on_stage, [on_stage.tshirt, on_stage.mug], warehouse=other.pk, pieces="7")
    bulk(on_stage, [on_stage.tshirt], warehouse=on_stage.warehouse.pk, more="-20")

    found = StockLevel.objects.filter(variant=on_stage.tshirt).values_list("warehouse__country", "on_hand")
    assert sorted(found) == [("CN", 30), ("DE", 7)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "Give a new price, a percentage or a number of pieces."),
        ({"amount": "1", "percent": "1"}, "Give either a price or a percentage."),
        ({"amount": "1.234"}, "CNY has 2 decimal places."),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"amount": "0"}, "The price is zero."),
        ({"percent": "-100"}, "The price is zero."),
        ({"percent": "-101"}, "greater than or equal to -100"),
        ({"amount": "Infinity"}, "Enter a number."),
        ({"pieces": "5"}, "Choose the warehouse where the pieces are."),
        ({"pieces": "3", "warehouse": "HOME"}, "more pieces promised to orders than would be left"),
        ({"more": "-60", "warehouse": "HOME"}, "more pieces promised to orders than would be left"),
        ({"pieces": "3", "warehouse": "RIVAL"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_none(changes: dict[str, str], message: str, on_stage: Stage) -> None:
    StockLevel.objects.filter(variant=on_stage.mug).update(reserved=4)
    before = prices(), list(StockLevel.objects.order_by("pk").values())
    places = {"HOME": on_stage.warehouse.pk, "RIVAL": Warehouse.objects.get(seller=on_stage.rival).pk}
    sent = {name: str(places.get(value, value)) for name, value in changes.items()}

    answer = bulk(on_stage, [on_stage.tshirt, on_stage.mug], **sent)

    assert message in answer.content.decode()
    assert (prices(), list(StockLevel.objects.order_by("pk").values())) == before


def test_one_price_does_not_fit_several_currencies(on_stage: Stage, admin_user: Any) -> None:
    on_stage.client.force_login(admin_user)

    answer = bulk(on_stage, [on_stage.tshirt, on_stage.notebook], amount="9")

    assert "prices in several currencies" in answer.content.decode()
    bulk(on_stage, [on_stage.tshirt, on_stage.notebook], percent="0.05")
    assert prices()["MORNING-NOTEBOOK"] == "1321.00 JPY"  # no yen has a part


def test_variants_of_a_rival_are_not_among_the_chosen(on_stage: Stage) -> None:
    before = prices()["MORNING-NOTEBOOK"]

    bulk(on_stage, [on_stage.tshirt, on_stage.notebook], percent="10")

    assert prices()["MORNING-NOTEBOOK"] == before
    assert prices()["KITE-T-SHIRT"] == "84.70 CNY"


def test_too_many_variants_are_refused(on_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_edits, "MOST_VARIANTS", 1)

    with pytest.raises(Refused) as refusal:
        bulk_edits.apply(
            variant_ids=[1, 2],
            price=bulk_edits.PriceChange(percent=Decimal(1)),
            stock=None,
            fx=fx_table(clock.today()),
        )

    assert refusal.value.code == "too_many"


def test_pieces_sold_while_the_form_was_open_do_not_come_back(on_stage: Stage) -> None:
    level = StockLevel.objects.get(variant=on_stage.mug)
    address = f"/admin/catalog/stocklevel/{level.pk}/change/"
    mine, late = (OpenedPage(on_stage.client, address, "stocklevel_form") for _ in range(2))
    StockLevel.objects.filter(pk=level.pk).update(on_hand=47)  # three are sold meanwhile

    mine.send()  # sent back untouched
    level.refresh_from_db()
    assert level.on_hand == 47

    StockLevel.objects.filter(pk=level.pk).update(reserved=5)
    assert "changed this to “47”" in late.send(on_hand="4").content.decode()
    assert "5 pieces are promised to orders already." in late.send().content.decode()

    late.send(on_hand="60")
    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (60, 5)


def test_stock_is_not_laid_into_the_warehouse_of_another_seller(on_stage: Stage) -> None:
    foreign = Warehouse.objects.get(seller=on_stage.rival)

    answer = on_stage.client.post(
        "/admin/catalog/stocklevel/add/", {"variant": on_stage.mug.pk, "warehouse": foreign.pk, "on_hand": "1"}
    )

    assert answer.status_code == 200
    assert StockLevel.objects.filter(warehouse=foreign).count() == 1


@pytest.mark.parametrize(("days", "refused"), [(730, False), (731, True), (2_900_000, True)])
def test_a_pre_order_is_sent_within_two_years(days: int, refused: bool, on_stage: Stage) -> None:
    address = f"/admin/catalog/variant/{on_stage.mug.pk}/change/"
    out_on = clock.today() + timedelta(days=days)

    answer = OpenedPage(on_stage.client, address, "variant_form").send(available_on=out_on.isoformat())

    assert ("A pre-order has to be sent within two years." in answer.content.decode()) is refused
    assert on_stage.client.get("/en/product/kite-mug/").status_code == 200
