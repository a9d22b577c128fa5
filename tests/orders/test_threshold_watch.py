"""What sellers sold is counted every night against the laws; who reaches a threshold is flagged and told, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from moneyed import Money

from accounts.models import Seller, User
from compliance import selectors
from compliance.models import Flag, FlagEvent, Letter, SellerStanding, SellerThreshold, SellerVerification
from compliance.services import letters
from compliance.services.letter_words import words_of
from marketplace.kernel import clock
from orders import tasks
from orders.models import Order
from orders.seller_sales import daily_sales
from orders.services.threshold_watch import watch
from payments.models import ExchangeRate
from payments.selectors import forget_rates, fx_table
from tests.orders.books import Line, gave_back, sold
from tests.support.cast import Cast, seller, warehouse

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 28)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    def turn_to(day: date) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(day.year, day.month, day.day, 1, 23, tzinfo=UTC))
        monkeypatch.setattr(clock, "today", lambda: day)

    turn_to(ON)
    return turn_to


@pytest.fixture
def rhine(cast: Cast) -> Seller:
    """A seller of the Union."""
    return seller("rheinwerk", "Rheinwerk", "DE", "EUR", city="Köln", street_address="Gasse 1", postal_code="50667")


def sale(cast: Cast, of: Seller, paid_at: str, price: str, *, to: str = "FR", pieces: int = 1) -> Order:
    place = of.warehouses.first() or warehouse(of)
    return sold(
        cast, paid_at, Line("10.00", "20", pieces=pieces), to=to, seller=of, warehouse=place, sent_from=of.home_country,
        seller_price=Money(price, of.settlement_currency),
    )  # fmt: skip


def standing(of: Seller, code: str = "EU-DAC7", period: str = "2026") -> tuple[int, str, str | None]:
    row = SellerStanding.objects.get(seller=of, code=code, period=period)
    return row.sales, str(row.amount), row.reached_on.isoformat() if row.reached_on else None


def flags(of: Seller) -> list[tuple[str, str, str]]:
    rows = Flag.objects.filter(seller=of, rule__startswith="threshold_reached").order_by("pk")
    return [(flag.rule, flag.severity, flag.status) for flag in rows]


def told(of: Seller) -> list[Letter]:
    return list(Letter.objects.filter(kind="threshold_reached", params__seller=of.pk).order_by("pk"))


# The edges, through the door ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prices", "amount", "reached"),
    [
        (["68.96"] * 28 + ["69.12"], "2000.00", False),  # 29 sales, 2,000.00 euro
        (["0.33"] * 29 + ["0.43"], "10.00", True),  # 30 sales, 10.00 euro
        (["400.00"] * 4 + ["400.01"], "2000.01", True),  # 5 sales, 2,000.01 euro
    ],
)
def test_the_edges_of_dac7(cast: Cast, rhine: Seller, prices: list[str], amount: str, reached: bool) -> None:
    for price in prices:
        sale(cast, rhine, "2026-05-05 08:00", price)

    tasks.watch_thresholds()

    assert standing(rhine) == (len(prices), amount, "2026-05-05" if reached else None)
    assert flags(rhine) == ([("threshold_reached:EU-DAC7-2026", "notice", "open")] if reached else [])
    assert len(told(rhine)) == (1 if reached else 0)


def test_the_seller_reads_which_data_are_needed_by_when(cast: Cast, rhine: Seller) -> None:
    User.objects.filter(email="rheinwerk@sellers.example").update(language="en")
    SellerVerification.objects.create(seller=rhine, tax_country="DE", tax_number="12/345/67890")
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")

    watch(ON)

    (letter,) = told(rhine)
    with override("en"):
        words = words_of(letter)
    assert words is not None
    assert words.title == "A threshold was reached: Reporting of sellers in the European Union (DAC7)"
    assert words.paragraphs[-1] == "We still need these data from you by Dec. 31, 2026:"
    assert "The number of the bank account" in words.quotes
    assert "Your tax number" not in words.quotes
    assert letters.send_letters(clock.now()) >= 1


def test_a_threshold_that_was_reached_long_ago_asks_for_the_data_at_once(cast: Cast, rhine: Seller) -> None:
    SellerThreshold.objects.filter(code="US-INFORM").update(sales=1, amount=10)
    sale(cast, rhine, "2026-02-05 08:00", "50", to="US")

    watch(ON)

    (letter,) = told(rhine)
    with override("en"):
        words = words_of(letter)
    assert words is not None
    assert words.paragraphs[-1] == "These data were due on Feb. 15, 2026. Please enter them at once:"


def test_a_second_night_changes_nothing(cast: Cast, rhine: Seller) -> None:
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")
    assert watch(ON) == [rhine.pk]
    before = [list(model.objects.order_by("pk").values()) for model in (Flag, FlagEvent, Letter)]

    assert watch(ON) == []

    assert [list(model.objects.order_by("pk").values()) for model in (Flag, FlagEvent, Letter)] == before


def test_more_sales_change_the_figures_and_not_the_flag(cast: Cast, rhine: Seller) -> None:
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")
    watch(ON)
    sale(cast, rhine, "2026-06-05 08:00", "100")

    assert watch(ON) == []

    assert standing(rhine) == (2, "2100.01", "2026-05-05")
    assert FlagEvent.objects.filter(flag__seller=rhine, flag__rule__startswith="threshold").count() == 1


# What counts --------------------------------------------------------------------------------------------------


def test_sellers_from_elsewhere_and_unpaid_orders_do_not_count(cast: Cast, rhine: Seller) -> None:
    sale(cast, cast.shenzhen, "2026-05-05 08:00", "90000")
    unpaid = sale(cast, rhine, "2026-05-05 08:00", "9000")
    Order.objects.filter(pk=unpaid.pk).update(paid_at=None, status="cancelled")

    watch(ON)

    assert not SellerStanding.objects.filter(code="EU-DAC7").exists()


def test_one_order_is_one_sale_however_many_pieces(cast: Cast, rhine: Seller) -> None:
    sale(cast, rhine, "2026-05-05 08:00", "60", pieces=31)

    watch(ON)

    assert standing(rhine) == (1, "1860.00", None)


def test_the_year_is_that_of_the_law(cast: Cast, rhine: Seller, today: Callable[[date], None]) -> None:
    sale(cast, rhine, "2025-12-31 22:59", "2500")  # 23:59 in Brussels
    sale(cast, rhine, "2025-12-31 23:00", "10")  # midnight

    watch(ON)

    assert standing(rhine) == (1, "10.00", None)


def test_amounts_are_changed_into_the_currency_of_the_law(cast: Cast, today: Callable[[date], None]) -> None:
    polish = seller("wisla", "Wisła", "PL", "PLN")
    ExchangeRate.objects.filter(quote="PLN").update(rate=Decimal("4.00"))
    forget_rates()
    sale(cast, polish, "2026-05-05 08:00", "8000.04")

    watch(ON)

    assert standing(polish) == (1, "2000.01", "2026-05-05")


def test_refunds_lessen_what_the_seller_was_paid(cast: Cast, rhine: Seller) -> None:
    order = sale(cast, rhine, "2026-05-05 08:00", "2000.01")
    watch(ON)
    assert flags(rhine) == [("threshold_reached:EU-DAC7-2026", "notice", "open")]
    gave_back(order, "6.00", "2026-06-01 10:00")  # half of the 12.00 that the shopper paid

    assert watch(ON) == [rhine.pk]

    assert standing(rhine) == (1, "1000.00", None)
    assert flags(rhine) == [("threshold_reached:EU-DAC7-2026", "notice", "mended")]


def test_what_goes_back_for_an_earlier_year_leaves_this_year_alone(cast: Cast, rhine: Seller) -> None:
    old = sale(cast, rhine, "2025-12-05 08:00", "2000.01")
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")
    gave_back(old, "12.00", "2026-06-01 10:00")

    watch(ON)

    assert standing(rhine) == (1, "2000.01", "2026-05-05")


def test_sales_to_the_united_states_count_for_every_seller_and_gross(cast: Cast, rhine: Seller) -> None:
    for of in (cast.shenzhen, rhine):
        SellerThreshold.objects.filter(code="US-INFORM").update(sales=2, amount=100)
        orders = [
            sale(cast, of, f"2026-0{month}-05 08:00", "385" if of == cast.shenzhen else "50", to="US")
            for month in (1, 2)
        ]
        sale(cast, of, "2026-03-05 08:00", "9999", to="FR")
        gave_back(orders[0], "12.00", "2026-06-01 10:00")

    watch(ON)

    assert standing(cast.shenzhen, "US-INFORM", "") == (2, "110.00", "2026-02-05")
    assert standing(rhine, "US-INFORM", "") == (2, "110.00", "2026-02-05")
    assert flags(cast.shenzhen) == [("threshold_reached:US-INFORM", "notice", "open")]
    assert SellerStanding.objects.get(seller=rhine, code="US-INFORM").due_on == date(2026, 2, 15)


# Time goes by -------------------------------------------------------------------------------------------------


def test_in_january_both_years_stand_and_in_february_the_old_flag_is_mended(
    cast: Cast, rhine: Seller, today: Callable[[date], None]
) -> None:
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")
    watch(ON)
    today(date(2027, 1, 20))
    watch(date(2027, 1, 20))
    assert standing(rhine) == (1, "2000.01", "2026-05-05")
    assert flags(rhine) == [("threshold_reached:EU-DAC7-2026", "notice", "open")]

    today(date(2027, 2, 2))
    sale(cast, rhine, "2027-01-05 08:00", "2000.01")
    watch(date(2027, 2, 2))

    assert flags(rhine) == [
        ("threshold_reached:EU-DAC7-2026", "notice", "mended"),
        ("threshold_reached:EU-DAC7-2027", "notice", "open"),
    ]
    assert [letter.params["period"] for letter in told(rhine)] == ["2026", "2027"]


def test_a_missing_rate_leaves_the_last_count_standing(
    cast: Cast, rhine: Seller, today: Callable[[date], None], caplog: pytest.LogCaptureFixture
) -> None:
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")
    watch(ON)
    polish = seller("wisla", "Wisła", "PL", "PLN")
    sale(cast, polish, "2026-05-05 08:00", "80")
    ExchangeRate.objects.filter(quote="PLN").delete()
    forget_rates()

    assert watch(ON) == []

    assert standing(rhine) == (1, "2000.01", "2026-05-05")
    assert not SellerStanding.objects.filter(seller=polish, code="EU-DAC7").exists()


def test_counting_takes_few_queries_however_many_sellers(
    cast: Cast, rhine: Seller, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        of = seller(f"werk-{number}", f"Werk {number}", "DE", "EUR")
        gave_back(sale(cast, of, "2026-05-05 08:00", "12"), "1.00", "2026-06-01 10:00")
    dac7 = SellerThreshold.objects.get(code="EU-DAC7")
    fx = fx_table(ON)

    with django_assert_max_num_queries(4):
        assert len(daily_sales(dac7, ON, fx)) == 6


def test_the_data_that_a_law_lacks_are_named_in_its_order(cast: Cast, rhine: Seller) -> None:
    needs = "legal_name tax_number bank_account"

    assert selectors.lacking_data(rhine, needs) == ("legal_name", "tax_number", "bank_account")
    SellerVerification.objects.create(seller=rhine, tax_number="1")
    assert selectors.lacking_data(rhine, needs) == ("bank_account",)
