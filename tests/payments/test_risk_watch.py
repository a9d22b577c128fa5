"""Currencies are assessed once a day and after each change; staff and sellers are told once of what turned red."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from moneyed import Money

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from catalog.models import Category, Product, Variant
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from payments import fx_risk, rate_letters, rates, risk_watch, selectors, target_calendar, tasks
from payments.models import CurrencyRisk, ExchangeRate, RateAlert, RateFetch, RateLetter
from payments.rates import RateFact
from tests.support import cast as casting

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 15, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    yield moment


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """Finance in English, operations in Japanese, support; sellers who are paid in BRL, USD, and price in BRL."""
    accounts.sync_roles(ROLE_RIGHTS)
    people = {
        "finance": casting.person("amara@sampan.example", "Amara", "en"),
        "operations": casting.person("tomasz@sampan.example", "Tomasz", "ja"),
        "support": casting.person("lucia@sampan.example", "Lucía", "es"),
    }
    for name, role in (("finance", roles.FINANCE), ("operations", roles.OPERATIONS), ("support", roles.SUPPORT)):
        accounts.give_role(user=people[name], role=role)
    for slug, currency, language in (("ipe", "BRL", "es"), ("kite", "USD", "de"), ("gaivota", "EUR", "ar")):
        seller = casting.seller(slug, slug.title(), "BR", currency)
        people[slug] = User.objects.get(email=f"{slug}@sellers.example")
        User.objects.filter(pk=people[slug].pk).update(language=language)
        shelf = Category.objects.filter(slug="all").first() or Category.add_root(slug="all", name_en="All")
        price = "BRL" if slug == "gaivota" else currency
        product = Product.objects.create(seller=seller, category=shelf, slug=slug, handle=slug, name_en=slug)
        Variant.objects.create(product=product, seller=seller, sku=slug, price=Money("10", price))
    return people


def calm(until: date = FRIDAY, count: int = 60, **jumps: str) -> None:
    """Rates of the currencies of the shop that hardly move, but for the last of those named."""
    days = target_calendar.open_days(until - timedelta(days=count * 2), until)[-count:]
    facts = []
    for code in ("USD", "BRL", "JPY"):
        for number, day in enumerate(days):
            rate = Decimal("1.001") if number % 2 else Decimal(1)
            facts.append(RateFact(rates.ECB, "EUR", code, day, rate))
        if code in jumps:
            facts[-1] = RateFact(rates.ECB, "EUR", code, until, Decimal(jumps[code]))
    ExchangeRate.objects.record(facts)
    ExchangeRate.objects.update(changed_at=clock.now() - timedelta(seconds=1))
    selectors.forget_rates()


def levels(on: date = FRIDAY) -> dict[str, str]:
    return dict(CurrencyRisk.objects.filter(on=on).values_list("currency", "level"))


# Assessing ------------------------------------------------------------------------------------------------------


def test_each_currency_has_one_row_a_day_and_a_repetition_writes_nothing(now: list[datetime]) -> None:
    calm(BRL="1.10")
    risk_watch.watch(clock.now())
    before = list(CurrencyRisk.objects.order_by("pk").values())

    now[0] += timedelta(hours=1)
    risk_watch.watch(clock.now())

    assert levels() == {"USD": "green", "BRL": "red", "JPY": "green"}
    assert list(CurrencyRisk.objects.order_by("pk").values()) == before


def test_a_new_rate_has_the_day_assessed_again(now: list[datetime]) -> None:
    calm()
    risk_watch.watch(clock.now())
    assert levels()["JPY"] == "green"

    now[0] += timedelta(hours=1)
    calm(JPY="1.20")
    risk_watch.watch(clock.now())

    assert levels() == {"USD": "green", "BRL": "green", "JPY": "red"}
    assert CurrencyRisk.objects.count() == 3


def test_a_day_without_new_rates_is_assessed_all_the_same_and_ends_in_stale() -> None:
    calm()
    for days in range(6):
        risk_watch.watch(NOW + timedelta(days=days))

    found = CurrencyRisk.objects.filter(currency="USD").order_by("on").values_list("level", flat=True)
    assert list(found) == ["green", "green", "green", "green", "green", "green"]
    risk_watch.watch(NOW + timedelta(days=6))  # Thursday: four open days since Friday
    stale = CurrencyRisk.objects.get(currency="USD", on=FRIDAY + timedelta(days=6))
    assert (stale.level, stale.reasons[0]["code"], stale.rated_on) == ("red", fx_risk.STALE, FRIDAY)


def test_tables_carry_what_was_assessed(django_assert_num_queries: Any) -> None:
    calm(BRL="1.10")
    assert selectors.fx_table(FRIDAY).swing == {}
    risk_watch.assess(FRIDAY)

    fx = selectors.fx_table(FRIDAY)
    brl = CurrencyRisk.objects.get(currency="BRL", on=FRIDAY)
    with django_assert_num_queries(0):
        terms = selectors.fx_terms("BRL", "USD", FRIDAY)
        again = selectors.fx_table(FRIDAY)

    assert again is fx
    assert fx.swing["BRL"] == brl.worst_14
    assert set(fx.swing) == {"USD", "BRL", "JPY"}
    assert terms == fx_risk.Terms("red", timedelta(minutes=30), brl.worst_14)  # type: ignore[arg-type]
    assert selectors.fx_terms("BRL", "BRL", FRIDAY) == fx_risk.CALM
    assert selectors.fx_terms("USD", "EUR", FRIDAY).validity == timedelta(hours=24)
    assert selectors.fx_terms("GBP", "EUR", FRIDAY).level == ""


def test_the_table_of_a_day_names_its_stale_currencies() -> None:
    calm()

    assert selectors.fx_table(FRIDAY + timedelta(days=5)).stale == frozenset()
    assert selectors.fx_table(FRIDAY + timedelta(days=6)).stale == {"USD", "BRL", "JPY"}


# Telling --------------------------------------------------------------------------------------------------------


def told() -> dict[str, str]:
    """Who got which letter."""
    return {message.to[0].split("@")[0]: message.subject for message in mail.outbox}


def turn_red(**jumps: str) -> None:
    """The day before the currencies were calm; today some have jumped."""
    calm(until=FRIDAY - timedelta(days=1), count=60)
    risk_watch.assess(FRIDAY - timedelta(days=1))
    calm(**(jumps or {"BRL": "1.10"}))


def test_staff_and_the_sellers_concerned_are_told_once_in_their_language(people: dict[str, User]) -> None:
    turn_red()

    for _ in range(3):
        tasks.watch_rates()

    assert sorted(told()) == ["amara", "gaivota", "ipe", "tomasz"]
    assert len(mail.outbox) == 4
    assert RateAlert.objects.get().key == "red:BRL:2026-11-27"
    assert RateLetter.objects.filter(sent_at=None).count() == 0
    languages = {message.to[0].split("@")[0]: message.extra_headers["Content-Language"] for message in mail.outbox}
    assert languages == {"amara": "en", "tomasz": "ja", "ipe": "es", "gaivota": "ar"}


def test_a_letter_says_what_happened_and_what_the_reader_can_do(people: dict[str, User]) -> None:
    turn_red()

    tasks.watch_rates()

    by_name = {message.to[0].split("@")[0]: message for message in mail.outbox}
    staff, risk = by_name["amara"], CurrencyRisk.objects.get(currency="BRL", on=FRIDAY)
    assert staff.subject == "Exchange rate of BRL: more movement than usual"
    assert "Brazilian Real (BRL)" in staff.body
    assert "On Nov. 27, 2026 the rate moved by +10.00%, 95.5 times what was usual." in staff.body
    assert f"http://testserver/admin/payments/currencyrisk/{risk.pk}/change/" in staff.body
    assert "payouts and refunds" in staff.body and "your bank" not in staff.body
    html = str(by_name["gaivota"].alternatives[0][0])  # type: ignore[attr-defined]
    assert 'dir="rtl"' in html
    assert "&lt;" not in html


def test_a_currency_that_stays_red_is_not_told_again_but_one_that_comes_back_is(people: dict[str, User]) -> None:
    turn_red()
    tasks.watch_rates()
    mail.outbox.clear()

    risk_watch.watch(NOW + timedelta(days=1))
    assert RateAlert.objects.count() == 1

    CurrencyRisk.objects.filter(on=FRIDAY + timedelta(days=1), currency="BRL").update(level="amber")
    risk_watch.watch(NOW + timedelta(days=2))
    assert sorted(RateAlert.objects.values_list("key", flat=True)) == ["red:BRL:2026-11-27", "red:BRL:2026-11-29"]


def test_nothing_is_told_while_all_is_calm(people: dict[str, User]) -> None:
    calm()

    tasks.watch_rates()

    assert not RateAlert.objects.exists()
    assert mail.outbox == []


def test_a_suspended_seller_and_a_closed_account_are_not_told(people: dict[str, User]) -> None:
    Seller.objects.filter(slug="ipe").update(status=Seller.Status.SUSPENDED)
    User.objects.filter(pk=people["operations"].pk).update(is_active=False)
    turn_red()

    tasks.watch_rates()

    assert sorted(told()) == ["amara", "gaivota"]


def test_a_mail_server_that_is_down_loses_no_letter(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch, now: list[datetime]
) -> None:
    turn_red()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", _refuse)
        tasks.watch_rates()
    letters = RateLetter.objects.filter(sent_at=None)
    assert set(letters.values_list("attempts", "last_error")) == {(0 + 1, "connection lost")}
    assert mail.outbox == []

    tasks.watch_rates()  # not yet due again
    assert mail.outbox == []
    now[0] += timedelta(minutes=3)
    tasks.watch_rates()

    assert len(mail.outbox) == 4
    assert not RateLetter.objects.filter(sent_at=None).exists()


def _refuse(self: EmailBackend, messages: object) -> int:
    raise SMTPException("connection lost")


@pytest.mark.django_db(transaction=True)
def test_no_letter_is_sent_inside_a_transaction(people: dict[str, User]) -> None:
    turn_red()
    risk_watch.watch(NOW)

    with pytest.raises(RuntimeError), transaction.atomic():
        rate_letters.send_due(NOW)
    assert mail.outbox == []
    assert rate_letters.send_due(NOW) == 4


def failed(*, hours_ago: float, first: bool = True) -> None:
    at = NOW - timedelta(hours=hours_ago)
    RateFetch.objects.create(
        address="x", state="failed", started_at=at, finished_at=at, next_at=at, detail="status 503", attempts=1
    )


def test_staff_is_told_when_rates_could_not_be_fetched_for_a_day(people: dict[str, User]) -> None:
    calm()
    good = RateFetch.objects.create(
        address="x", state="done", started_at=NOW - timedelta(hours=72), finished_at=NOW, next_at=NOW
    )
    failed(hours_ago=23)
    tasks.watch_rates()
    assert not RateAlert.objects.exists()

    failed(hours_ago=25)
    failed(hours_ago=1)
    tasks.watch_rates()
    tasks.watch_rates()

    assert RateAlert.objects.get().key == f"fetch:{good.pk}"
    assert sorted(told()) == ["amara", "tomasz"]
    assert "status 503" in next(message.body for message in mail.outbox if message.to[0].startswith("amara"))


def test_a_shop_that_never_had_rates_tells_too(people: dict[str, User]) -> None:
    failed(hours_ago=30)
    failed(hours_ago=1)

    tasks.watch_rates()

    assert RateAlert.objects.get().key == "fetch:0"
