"""A price that is scheduled but has not begun stands in feeds beside the present one, with the time in which it holds."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from moneyed import Money

from catalog.models import MarketPrice, ScheduledPrice, Variant
from catalog.services import scheduled_prices
from marketplace.kernel import clock
from payments.selectors import fx_table
from tests.catalog.test_feeds_out import exported, google, sold
from tests.support.cast import Cast
from tests.support.importing import answered

pytestmark = pytest.mark.django_db


def planned(variant: Variant, *, days: int = 3, lasts: int = 7, **what: Any) -> ScheduledPrice:
    """A scheduled price that begins in so many days."""
    now = clock.now()
    row = ScheduledPrice.objects.create(
        seller=variant.seller, name=f"In {days}", variant=variant,
        starts_at=now + timedelta(days=days), ends_at=now + timedelta(days=days + lasts), **what,
    )  # fmt: skip
    scheduled_prices.plan(schedule=row)
    return row


def period(row: ScheduledPrice) -> str:
    return "/".join(f"{moment:%Y-%m-%dT%H:%M}+0000" for moment in (row.starts_at, row.ends_at))


def follow(moment: datetime) -> None:
    scheduled_prices.follow(moment=moment, fx=fx_table(clock.today()))


def prices(told: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(told.get(name) for name in ("price", "sale_price", "sale_price_effective_date"))


def test_google_hears_of_a_sale_before_it_begins(shop: Cast, tmp_path: Path) -> None:
    """CNY 154.00 at 7.00 are USD 22.00; less 20 % CNY 123.20, USD 17.60."""
    row = planned(sold(shop, "Cup", "154.00"), percent=Decimal(20))

    told = google(tmp_path, country="US")["Cup"]

    assert prices(told) == ("22.00 USD", "17.60 USD", period(row))
    assert answered(tmp_path / "f.xml", seller="asagiri", currency="USD")["errors"] == []
    again = Variant.objects.get(seller=shop.rival, product__name_en="Cup")
    assert (again.price.amount, again.compare_at) == (Decimal("22.00"), None)


def test_what_lands_at_the_door_is_that_of_the_price_of_today(shop: Cast, tmp_path: Path) -> None:
    cup = sold(shop, "Cup", "154.00")
    before = google(tmp_path, country="DE")["Cup"]["custom_label_0"]
    planned(cup, price=Decimal("77.00"))

    told = google(tmp_path, country="DE")["Cup"]

    assert (told["price"], told["sale_price"], told["custom_label_0"]) == ("20.00 EUR", "10.00 EUR", before)


def test_each_country_hears_of_it_in_its_currency(shop: Cast, tmp_path: Path) -> None:
    """CNY 77.00 at 7.70 are EUR 10.00, and JPY 1,650 at 0.0466…; half of it EUR 5.00."""
    row = planned(sold(shop, "Cup"), percent=Decimal(50))

    german, japanese = (google(tmp_path, country=country)["Cup"] for country in ("DE", "JP"))

    assert prices(german) == ("10.00 EUR", "5.00 EUR", period(row))
    assert int(japanese["price"].removesuffix(" JPY")) == 2 * int(japanese["sale_price"].removesuffix(" JPY"))


def test_facebook_hears_the_same(shop: Cast, tmp_path: Path) -> None:
    row = planned(sold(shop, "Cup", "154.00"), percent=Decimal(20))

    table, _said = exported(tmp_path / "f.csv", format="facebook", country="US")

    (cup,) = csv.DictReader(table.decode().splitlines())
    assert prices(cup) == ("22.00 USD", "17.60 USD", period(row))


def test_a_price_for_the_market_is_lowered_in_the_same_proportion(shop: Cast, tmp_path: Path) -> None:
    cup = sold(shop, "Cup", "154.00")
    MarketPrice.objects.create(variant=cup, country="US", price=Money("29.99", "USD"))
    row = planned(cup, percent=Decimal(20))

    told = google(tmp_path, country="US")["Cup"]
    follow(row.starts_at)

    assert prices(told) == ("29.99 USD", "23.99 USD", period(row))
    assert MarketPrice.objects.get(variant=cup).price == Money("23.99", "USD")  # as it comes true


def test_where_the_law_asks_for_the_lowest_price_one_for_the_market_waits_until_it_is_known(
    shop: Cast, tmp_path: Path
) -> None:
    cup = sold(shop, "Cup", "154.00")
    MarketPrice.objects.create(variant=cup, country="DE", price=Money("29.99", "EUR"))
    planned(cup, percent=Decimal(20))

    assert prices(google(tmp_path, country="DE")["Cup"]) == ("29.99 EUR", None, None)


def test_of_several_sales_the_next_one_is_told_and_one_that_holds_comes_first(shop: Cast, tmp_path: Path) -> None:
    cup = sold(shop, "Cup", "154.00")
    later = planned(cup, days=30, percent=Decimal(50))
    sooner = planned(cup, days=3, percent=Decimal(20))
    assert prices(google(tmp_path, country="US")["Cup"]) == ("22.00 USD", "17.60 USD", period(sooner))

    running = planned(cup, days=-1, lasts=2, percent=Decimal(10))
    follow(clock.now())

    assert prices(google(tmp_path, country="US")["Cup"]) == ("22.00 USD", "19.80 USD", period(running))
    assert later.ends_at > sooner.ends_at > running.ends_at


@pytest.mark.parametrize("price", ["154.00", "200.00", "0.01"])
def test_what_is_no_reduction_or_comes_to_nothing_is_not_told(shop: Cast, tmp_path: Path, price: str) -> None:
    planned(sold(shop, "Cup", "154.00"), price=Decimal(price))

    assert prices(google(tmp_path, country="US")["Cup"]) == ("22.00 USD", None, None)


def test_one_that_was_called_off_or_is_late_is_not_told(shop: Cast, tmp_path: Path) -> None:
    scheduled_prices.stop(schedule=planned(sold(shop, "Cup"), percent=Decimal(20)), moment=clock.now())
    planned(
        sold(shop, "Pot"), days=-1, percent=Decimal(20)
    )  # nobody has brought it in yet: the shop asks the old price

    told = google(tmp_path, country="DE")

    assert [prices(told[name]) for name in ("Cup", "Pot")] == [("10.00 EUR", None, None)] * 2
