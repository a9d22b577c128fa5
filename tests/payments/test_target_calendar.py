"""The days on which rates are published, and how old a rate is, counted in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import target_calendar as calendar
from payments.fx_risk import is_stale

DAYS = st.dates(date(1999, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("year", "easter"),
    [(1999, "04-04"), (2000, "04-23"), (2019, "04-21"), (2024, "03-31"), (2026, "04-05"), (2027, "03-28"),
     (2038, "04-25"), (2285, "03-22")],
)  # fmt: skip
def test_easter_is_that_of_the_almanac(year: int, easter: str) -> None:
    assert calendar.easter_sunday(year).isoformat() == f"{year}-{easter}"


def test_the_closing_days_of_a_year_are_those_that_the_ecb_names() -> None:
    assert sorted(day.isoformat() for day in calendar.closings(2026)) == [
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25", "2026-12-26",
    ]  # fmt: skip


def test_the_history_of_the_ecb_has_a_row_for_every_open_day_and_for_no_other() -> None:
    """Since 2002 TARGET has kept this calendar; the wheel holds every day on which rates came out."""
    from payments import rates

    published = {fact.on for fact in rates.read_ecb(rates.shipped_ecb_file(), 20_000) if fact.on >= date(2002, 1, 2)}

    expected = set(calendar.open_days(date(2002, 1, 1), date(2026, 10, 30)))
    assert published - expected == set()
    assert expected - published == set()


@pytest.mark.parametrize(
    ("rated_on", "on", "age", "stale"),
    [
        ("2026-11-27", "2026-11-27", 0, False),  # Friday, the same day
        ("2026-11-27", "2026-11-29", 0, False),  # Sunday
        ("2026-11-27", "2026-11-30", 1, False),  # Monday, before the hour of publication
        ("2026-11-27", "2026-12-02", 3, False),
        ("2026-11-27", "2026-12-03", 4, True),
        ("2026-12-23", "2026-12-29", 3, False),  # Christmas and a weekend lie between
        ("2026-12-23", "2026-12-30", 4, True),
        ("2026-12-31", "2027-01-04", 1, False),  # New Year's Day
        ("2026-04-02", "2026-04-07", 1, False),  # Maundy Thursday to the Tuesday after Easter
        ("2026-04-02", "2026-04-10", 4, True),
        ("2026-10-30", "2026-11-27", 20, True),
        ("2026-11-27", "2026-11-20", 0, False),  # a rate of a later day
    ],
)
def test_a_rate_is_stale_after_more_than_three_open_days(rated_on: str, on: str, age: int, stale: bool) -> None:
    first, second = date.fromisoformat(rated_on), date.fromisoformat(on)

    assert calendar.age(first, second) == age
    assert is_stale(first, second) is stale


@pytest.mark.parametrize(
    ("moment", "newest", "following"),
    [
        ("2026-11-27T14:59", "2026-11-26", "2026-11-27T15:00"),  # winter: 16:00 in Frankfurt is 15:00 UTC
        ("2026-11-27T15:00", "2026-11-27", "2026-11-30T15:00"),
        ("2026-11-29T12:00", "2026-11-27", "2026-11-30T15:00"),
        ("2026-07-01T14:00", "2026-07-01", "2026-07-02T14:00"),  # summer
        ("2026-12-24T20:00", "2026-12-24", "2026-12-28T15:00"),
    ],
)
def test_rates_come_out_at_four_in_frankfurt(moment: str, newest: str, following: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert calendar.last_publication(now).isoformat() == newest
    assert calendar.next_publication(now) == datetime.fromisoformat(following).replace(tzinfo=UTC)


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_ages_add_up(day: date, first: int, second: int) -> None:
    middle, end = day + timedelta(days=first), day + timedelta(days=first + second)

    assert calendar.age(day, end) == calendar.age(day, middle) + calendar.age(middle, end)
