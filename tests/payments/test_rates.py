"""Exchange rates are loaded once, and the table of a day holds the latest rate on or before it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from moneyed import Money

from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import MissingRate
from payments import rates, selectors
from payments.models import ExchangeRate
from payments.rates import RateFact

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, FRIDAY = date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 9)


def record(*rows: tuple[str, str, date, str] | tuple[str, str, date, str, str]) -> None:
    facts = [
        RateFact(row[4] if len(row) == 5 else "bank", row[0], row[1], row[2], Decimal(row[3]), row[-1] == "standing")
        for row in rows
    ]
    ExchangeRate.objects.record(facts)
    selectors.forget_rates()


def load(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_rates", *arguments, stdout=out)
    return out.getvalue()


def test_the_loader_changes_nothing_the_second_time() -> None:
    first = load("--days", "30")
    rows = list(ExchangeRate.objects.order_by("pk").values())

    second = load("--days", "30")

    assert " 0 changed, 0 unchanged" in first
    assert f": 0 new, 0 changed, {len(rows)} unchanged" in second
    assert list(ExchangeRate.objects.order_by("pk").values()) == rows


def test_a_corrected_rate_takes_the_place_of_the_old_one() -> None:
    load("--days", "5")
    ExchangeRate.objects.filter(quote="USD").update(rate=1)

    assert ": 0 new, " in load("--days", "5")

    assert not ExchangeRate.objects.filter(quote="USD", rate=1).exists()


def test_what_is_shipped_prices_every_currency_of_the_shop(settings: Any) -> None:
    load()

    fx = selectors.fx_table(date(2026, 11, 22))

    for currency in settings.CURRENCIES:
        assert fx.convert(Money("1000", "EUR"), currency).amount > 0
    assert fx.per_base("USD") == Decimal("1.1172")
    assert fx.per_base("AED") == Decimal("3.6725") * Decimal("1.1172")
    assert fx.convert(Money("100", "USD"), "SAR") == Money("375.00", "SAR")
    assert fx.rated_on is not None
    assert fx.rated_on["AED"] == fx.rated_on["USD"] == date(2026, 10, 30)
    assert fx.rated_on["KES"] == date(2026, 9, 29)
    assert "European Central Bank" in fx.source


def test_a_newer_file_of_the_ecb_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "eurofxref-hist.csv"
    path.write_text("Date,USD,JPY,\n2026-11-20,1.15,N/A,\n2026-11-19,1.14,170.1,\n2020-01-01,1.1,120,\n")

    load("--ecb-file", str(path), "--days", "10")

    ecb = ExchangeRate.objects.filter(source=rates.ECB).order_by("-on", "quote")
    assert [(row.quote, row.on, row.rate) for row in ecb] == [
        ("USD", date(2026, 11, 20), Decimal("1.15")),
        ("JPY", date(2026, 11, 19), Decimal("170.1")),
        ("USD", date(2026, 11, 19), Decimal("1.14")),
    ]


@pytest.mark.parametrize(
    "text", ["", "Date,USD\n", "Day,USD\n2026-01-01,1\n", "Date,USD\n2026-01-01,dear\n", "Date\nx"]
)
def test_a_file_that_is_no_rate_history_is_refused_and_nothing_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(text)

    with pytest.raises(Refused):
        list(rates.read_ecb(text.encode(), 10))
    with pytest.raises(CommandError):
        load("--ecb-file", str(path))

    assert not ExchangeRate.objects.exists()


def test_the_table_of_a_day_holds_the_latest_rate_on_or_before_it() -> None:
    record(("EUR", "USD", MONDAY, "1.10"), ("EUR", "USD", FRIDAY, "1.20"), ("EUR", "JPY", TUESDAY, "170"))

    def rate(on: date, currency: str = "USD") -> Decimal:
        return selectors.fx_table(on).per_base(currency)

    assert rate(MONDAY) == Decimal("1.10")
    assert rate(FRIDAY - timedelta(days=1)) == Decimal("1.10")
    assert rate(FRIDAY) == Decimal("1.20")
    assert rate(FRIDAY, "JPY") == 170


def test_a_missing_rate_is_named() -> None:
    record(("EUR", "USD", TUESDAY, "1.10"))

    with pytest.raises(MissingRate, match="No exchange rate for USD on 2026-10-05"):
        selectors.fx_table(MONDAY).convert(Money("1", "EUR"), "USD")
    with pytest.raises(MissingRate, match="No exchange rate for XAF on 2026-10-06") as missing:
        selectors.fx_table(TUESDAY).convert(Money("1", "XAF"), "EUR")
    assert (missing.value.currency, missing.value.on) == ("XAF", TUESDAY)


def test_a_rate_against_the_dollar_goes_through_the_dollar_and_is_as_old_as_the_older() -> None:
    record(("USD", "KES", MONDAY, "130"), ("EUR", "USD", FRIDAY, "1.20"))

    fx = selectors.fx_table(FRIDAY)

    assert fx.per_base("KES") == 156
    assert fx.rated_on == {"USD": FRIDAY, "KES": MONDAY}
    assert fx.stale == {"KES"}


def test_a_standing_rate_does_not_grow_old() -> None:
    record(("USD", "AED", date(1997, 11, 30), "3.6725", "standing"), ("EUR", "USD", FRIDAY, "1.20"))

    fx = selectors.fx_table(FRIDAY)

    assert fx.convert(Money("100", "USD"), "AED") == Money("367.25", "AED")
    assert fx.stale == frozenset()


def test_of_two_sources_the_newer_counts_and_on_one_day_the_direct_rate() -> None:
    record(("EUR", "USD", FRIDAY, "1.20"), ("USD", "KES", FRIDAY, "130"), ("EUR", "KES", FRIDAY, "150", "central"))
    assert selectors.fx_table(FRIDAY).per_base("KES") == 150

    record(("EUR", "KES", MONDAY, "140", "central"), ("EUR", "KES", TUESDAY, "145", "other"))
    assert selectors.fx_table(TUESDAY).per_base("KES") == 145


def test_a_table_is_read_once_and_again_after_a_change(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[..., Any]
) -> None:
    record(("EUR", "USD", MONDAY, "1.10"))
    moment = [1000.0]
    monkeypatch.setattr(selectors.time, "monotonic", lambda: moment[0])

    with django_assert_num_queries(6):  # the versions, the rows of rates of three days, and the risks
        selectors.fx_table(MONDAY)
    moment[0] += 4.9
    with django_assert_num_queries(0):
        selectors.fx_table(MONDAY)
    moment[0] += 0.2
    with django_assert_num_queries(2):  # the versions alone
        selectors.fx_table(MONDAY)

    ExchangeRate.objects.create(source="bank", base="EUR", quote="JPY", on=MONDAY, rate=170)
    moment[0] += 5
    assert selectors.fx_table(MONDAY).per_base("JPY") == 170
    ExchangeRate.objects.filter(quote="JPY").delete()
    moment[0] += 5
    assert "JPY" not in selectors.fx_table(MONDAY).rates


@pytest.mark.parametrize("fields", [{"rate": 0}, {"rate": -1}, {"quote": "EUR"}])
def test_the_database_refuses_a_rate_that_makes_no_sense(fields: dict[str, object]) -> None:
    terms = {"source": "bank", "base": "EUR", "quote": "USD", "on": MONDAY, "rate": 1} | fields

    with pytest.raises(IntegrityError), transaction.atomic():
        ExchangeRate.objects.create(**terms)
