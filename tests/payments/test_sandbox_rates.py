"""The counterpart publishes rates in the format of the ECB: the real ones, then made-up ones that say so."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import requests
from pytest_django import Settings

from demo.sandbox import ecb as counterpart
from marketplace.kernel.errors import Unavailable
from payments import ecb, fx_risk, rate_fetching, rates, risk_watch, selectors, target_calendar
from payments.management.commands.load_rates import Command as LoadRates
from payments.models import ExchangeRate, RateFetch

FRIDAY, LAST_SHIPPED = date(2026, 11, 27), date(2026, 10, 30)
NOW = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)


class _Friday(datetime):
    """The counterpart's clock stands on a Friday evening."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return NOW


@pytest.fixture(autouse=True)
def _a_friday(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(counterpart, "datetime", _Friday)
    yield
    counterpart.published.cache_clear()


def fetch(sandbox: str, name: str) -> ecb.Published:
    return ecb.fetch(f"{sandbox}/ecb/", name, FRIDAY)


def test_the_name_of_the_sender_is_the_one_that_the_shop_knows() -> None:
    assert counterpart.SENDER == rates.MADE_UP


def test_the_daily_file_has_the_rates_of_the_latest_working_day(sandbox: str) -> None:
    published = fetch(sandbox, ecb.DAILY)

    assert published.source == rates.MADE_UP
    assert {fact.on for fact in published.facts} == {FRIDAY}
    assert {"USD", "JPY", "KWD", "KES"} <= {fact.quote for fact in published.facts}
    assert not {"AED", "SAR"} & {fact.quote for fact in published.facts}  # fixed to the dollar by their own rows


def test_the_history_goes_on_from_the_last_real_day(sandbox: str) -> None:
    facts = {(fact.quote, fact.on): fact.rate for fact in fetch(sandbox, ecb.HISTORY).facts}
    real = {(fact.quote, fact.on): fact.rate for fact in rates.read_ecb(rates.shipped_ecb_file(), 60)}

    assert {on for _quote, on in facts} == set(target_calendar.open_days(date(2026, 8, 29), FRIDAY))
    assert all(facts[key] == pytest.approx(rate, rel=Decimal("0.0001")) for key, rate in real.items())
    assert abs(math.log(facts["USD", date(2026, 11, 2)] / facts["USD", LAST_SHIPPED])) < 0.02


def test_what_is_made_up_is_the_same_for_everybody_and_moves_as_it_used_to(sandbox: str) -> None:
    first = fetch(sandbox, ecb.HISTORY)
    counterpart.published.cache_clear()

    assert fetch(sandbox, ecb.HISTORY) == first
    days = counterpart.published(date(2027, 11, 26))
    made_up = [made for on, made in days if on > LAST_SHIPPED]
    for currency, usual in (("USD", 0.0037), ("JPY", 0.0044)):
        moved = [math.log(b[currency] / a[currency]) for a, b in itertools.pairwise(made_up)]
        assert statistics.stdev(moved) == pytest.approx(usual, rel=0.25)


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-11-27T14:59", "2026-11-26"), ("2026-11-27T15:00", "2026-11-27"), ("2026-12-27T12:00", "2026-12-24")],
)
def test_rates_come_out_at_four_in_frankfurt_on_working_days(moment: str, day: str) -> None:
    assert counterpart.newest_day(datetime.fromisoformat(moment).replace(tzinfo=UTC)).isoformat() == day


def test_its_faults_hit_the_rates_too(sandbox: str) -> None:
    requests.post(f"{sandbox}/faults", json={"ecb": {"fail_next": 1, "drop_next": 1}}, timeout=10).raise_for_status()

    with pytest.raises(Unavailable, match="status 503"):
        fetch(sandbox, ecb.DAILY)
    with pytest.raises(Unavailable, match="does not answer"):
        fetch(sandbox, ecb.DAILY)
    assert fetch(sandbox, ecb.DAILY).newest_on == FRIDAY


@pytest.mark.django_db
def test_a_demo_without_a_network_has_fresh_rates_in_every_currency(sandbox: str, settings: Settings) -> None:
    settings.ECB_RATES_URL = f"{sandbox}/ecb/"
    LoadRates().handle(days=400, ecb_file=None)
    assert selectors.fx_table(FRIDAY).stale >= set(settings.CURRENCIES) - {"EUR"}

    fetch = rate_fetching.fetch_due(NOW)

    assert fetch is not None and fetch.state == RateFetch.State.DONE
    fx = selectors.fx_table(FRIDAY)
    fx.require_fresh(settings.CURRENCIES)
    assert fx.rated_on is not None
    assert {fx.rated_on[code] for code in settings.CURRENCIES if code != "EUR"} == {FRIDAY}
    made_up = ExchangeRate.objects.filter(source=rates.MADE_UP)
    assert not made_up.filter(on__lte=LAST_SHIPPED, quote="USD").exists()
    assert made_up.filter(quote="KWD").order_by("on").first().on == date(2026, 9, 30)  # type: ignore[union-attr]

    levels = {risk.currency: risk.level for risk in risk_watch.assess(FRIDAY)}
    assert set(levels) == set(settings.CURRENCIES) - {"EUR"}
    assert levels["BRL"] == fx_risk.RED  # for its jump of 26 October, which is real
