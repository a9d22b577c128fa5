"""When a law asks for a report or another verification of a seller: the edges of each limit, to the sale, cent and day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from compliance.models import SellerThreshold
from compliance.rules.files import read_all
from compliance.thresholds import DaySales, counted_from, is_current, standings
from compliance.traders.papers import NEEDS
from compliance.words.thresholds import CONSEQUENCES, NEEDED, limit_text

ROWS = {row["code"]: row for row in read_all()["seller_thresholds"]}
TODAY = date(2026, 11, 28)


def threshold(code: str) -> SellerThreshold:
    fields = {field.name for field in SellerThreshold._meta.concrete_fields}
    return SellerThreshold(**{name: value for name, value in ROWS[code].items() if name in fields})


def day(on: date, sales: int, amount: str) -> DaySales:
    return DaySales(on, sales, Decimal(amount))


def spread(sales: int, amount: str, on: date = date(2026, 5, 5)) -> list[DaySales]:
    """So many sales on as many days, worth so much together."""
    each = (Decimal(amount) / sales).quantize(Decimal("0.01"))
    days = [DaySales(on + timedelta(days=n), 1, each) for n in range(sales)]
    last = days[-1]
    return [*days[:-1], DaySales(last.on, 1, last.amount + Decimal(amount) - each * sales)]


def is_in(code: str, days: Iterable[DaySales], on: date = TODAY) -> bool:
    return standings(threshold(code), list(days), on)[0].reached_on is not None


# The laws -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["EU-DAC7", "GB-DPI"])
@pytest.mark.parametrize(
    ("sales", "amount", "reported"),
    [
        (29, "2000.00", False), (30, "10.00", True), (5, "2000.01", True),
        (1, "2000.00", False), (29, "2000.004", False), (29, "2000.005", True), (30, "2000.01", True), (1, "0.01", False),
    ],
)  # fmt: skip
def test_a_seller_of_goods_is_left_out_with_few_sales_and_little_money_together(
    code: str, sales: int, amount: str, reported: bool
) -> None:
    assert is_in(code, spread(sales, amount)) is reported


@pytest.mark.parametrize(
    ("sales", "amount", "verified", "disclosed"),
    [
        (200, "5000.00", True, False), (199, "5000.00", False, False), (200, "4999.99", False, False), (199, "90000", False, False),
        (200, "19999.99", True, False), (200, "20000.00", True, True), (5000, "4999.99", False, False),
    ],
)  # fmt: skip
def test_high_volume_in_the_united_states_takes_sales_and_money_together(
    sales: int, amount: str, verified: bool, disclosed: bool
) -> None:
    days = [day(date(2026, 5, 5), sales, amount)]

    assert (is_in("US-INFORM", days), is_in("US-INFORM-DISCLOSURE", days)) == (verified, disclosed)


# Years --------------------------------------------------------------------------------------------------------


def test_a_year_begins_at_nothing_and_stays_until_its_report_is_due() -> None:
    days = [*spread(30, "300", date(2025, 12, 1)), day(date(2026, 1, 2), 1, "10")]
    dac7 = threshold("EU-DAC7")

    assert [(each.period, each.sales, each.reached_on) for each in standings(dac7, days, date(2025, 12, 30))] == [
        ("2025", 30, date(2025, 12, 30))
    ]
    january = standings(dac7, days, date(2026, 1, 31))
    assert [(each.period, each.sales, each.reached_on) for each in january] == [
        ("2026", 1, None),
        ("2025", 30, date(2025, 12, 30)),
    ]
    assert [each.period for each in standings(dac7, days, date(2026, 2, 1))] == ["2026"]
    assert (is_current("2025", date(2026, 1, 31)), is_current("2025", date(2026, 2, 1))) == (True, False)
    assert is_current("", date(2099, 1, 1))


def test_data_for_a_year_are_due_at_its_end_and_others_within_days() -> None:
    (dac7,) = standings(threshold("EU-DAC7"), [day(date(2026, 3, 4), 30, "1")], TODAY)
    (inform,) = standings(threshold("US-INFORM"), [day(date(2026, 3, 4), 200, "5000")], TODAY)

    assert (dac7.due_on, inform.due_on) == (date(2026, 12, 31), date(2026, 3, 14))


def test_what_goes_back_takes_a_seller_out_again() -> None:
    days = [day(date(2026, 3, 1), 5, "2000.01"), day(date(2026, 4, 1), 0, "-0.01")]

    (standing,) = standings(threshold("EU-DAC7"), days, TODAY)

    assert (standing.sales, standing.amount, standing.reached_on) == (5, Decimal("2000.00"), None)


def test_the_day_of_reaching_is_the_first() -> None:
    days = spread(40, "40", date(2026, 1, 1))

    (standing,) = standings(threshold("EU-DAC7"), days, TODAY)

    assert standing.reached_on == date(2026, 1, 30)


# Twelve months ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "reached"),
    [
        (date(2026, 5, 5), True),  # a day less than a year after the first
        (date(2026, 5, 6), False),  # a year later: a window of twelve months holds one of them
    ],
)
def test_twelve_months_in_a_row_are_counted_and_not_a_day_more(second: date, reached: bool) -> None:
    days = [day(date(2025, 5, 6), 100, "2500"), day(second, 100, "2500")]

    assert is_in("US-INFORM", days) is reached


@pytest.mark.parametrize(
    ("on", "reached"),
    [(date(2026, 5, 5), True), (date(2027, 5, 5), True), (date(2027, 5, 6), True), (date(2028, 5, 5), False)],
)
def test_twelve_months_within_the_last_twenty_four_count(on: date, reached: bool) -> None:
    assert is_in("US-INFORM", [day(date(2026, 5, 5), 200, "5000")], on) is reached


def test_what_is_shown_is_the_last_twelve_months() -> None:
    days = [day(date(2025, 1, 5), 200, "5000"), day(date(2026, 5, 5), 3, "70")]

    (standing,) = standings(threshold("US-INFORM"), days, TODAY)

    assert (standing.period, standing.sales, standing.amount) == ("", 3, Decimal("70.00"))
    assert standing.reached_on == date(2025, 1, 5)


def test_leap_days_end_in_february() -> None:
    assert counted_from("twelve_months", date(2028, 2, 29)) == date(2026, 3, 1)
    assert counted_from("year", date(2028, 2, 29)) == date(2027, 1, 1)
    assert is_in(
        "US-INFORM", [day(date(2027, 3, 1), 100, "2500"), day(date(2028, 2, 29), 100, "2500")], date(2028, 3, 1)
    )
    assert not is_in(
        "US-INFORM", [day(date(2027, 2, 28), 100, "2500"), day(date(2028, 2, 29), 100, "2500")], date(2028, 3, 1)
    )


@given(st.lists(st.tuples(st.integers(0, 800), st.integers(0, 60), st.integers(0, 2000)), max_size=30))
def test_windows_are_what_adding_up_each_of_them_gives(entries: list[tuple[int, int, int]]) -> None:
    sold = {}
    for back, sales, amount in entries:
        sold[TODAY - timedelta(days=back)] = (sales, amount)
    days = [DaySales(on, sales, Decimal(amount)) for on, (sales, amount) in sorted(sold.items())]
    begins = counted_from("twelve_months", TODAY)
    known = [each for each in days if each.on >= begins]
    expected = next(
        (
            end.on
            for end in known
            for window in [[each for each in known if end.on.replace(year=end.on.year - 1) < each.on <= end.on]]
            if sum(each.sales for each in window) >= 200 and sum(each.amount for each in window) >= 5000
        ),
        None,
    )

    assert standings(threshold("US-INFORM"), days, TODAY)[0].reached_on == expected


# Rows ---------------------------------------------------------------------------------------------------------


def test_every_shipped_row_has_its_words_and_its_law() -> None:
    assert ROWS.keys() == CONSEQUENCES.keys()
    assert NEEDED.keys() == NEEDS
    assert all(row["source"] and row["needs"] for row in ROWS.values())
    with override("en"):
        of_year, of_twelve_months = (limit_text(threshold(code), "en") for code in ("EU-DAC7", "US-INFORM"))
    assert of_year == "Reached with 30 sales, or with more than €2,000.00, in a calendar year."
    assert of_twelve_months == "Reached with 200 sales and $5,000.00 in any twelve months."


@pytest.mark.parametrize(("field", "value"), [("needs", "shoe_size"), ("time_zone", "Mars/Olympus")])
def test_a_row_that_asks_for_something_unknown_is_refused(field: str, value: str) -> None:
    row = threshold("EU-DAC7")
    setattr(row, field, value)

    with pytest.raises(ValidationError) as refused:
        row.clean()

    assert list(refused.value.message_dict) == [field]
