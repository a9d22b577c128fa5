"""The pages of the exchange-rate risk: who may open them, what they show, and that they are pictures one can also read."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from payments import fx_chart, fx_risk, rates, risk_watch, selectors
from payments.models import CurrencyRisk, ExchangeRate, RateFetch
from tests.support import cast as casting

pytestmark = pytest.mark.django_db
LIST = "/admin/payments/currencyrisk/"
DAY = date(2026, 10, 30)
STAFF = (roles.FINANCE, roles.OPERATIONS, roles.COMPLIANCE)


@pytest.fixture
def shop(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rates of the ECB up to 30 October 2026, assessed on that day."""
    monkeypatch.setattr(clock, "today", lambda: DAY)
    accounts.sync_roles(ROLE_RIGHTS)
    ExchangeRate.objects.record(rates.read_ecb(rates.shipped_ecb_file(), 430))
    ExchangeRate.objects.record(rates.read_reference())
    risk_watch.assess(DAY)
    yield
    selectors.forget_rates()


@pytest.fixture
def as_role(shop: None) -> Callable[[str], Client]:
    def sign_in(role: str) -> Client:
        user = User.objects.create_user(f"{role.split(' ')[0]}@example.com", full_name="Somebody")
        accounts.give_role(user=user, role=role)
        return signed_in(user)

    return sign_in


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member_of(slug: str, currency: str) -> Client:
    casting.seller(slug, slug.title(), "BR", currency)
    return signed_in(User.objects.get(email=f"{slug}@sellers.example"))


def page_of(currency: str) -> str:
    return f"{LIST}{CurrencyRisk.objects.get(currency=currency, on=DAY).pk}/change/"


def shown(client: Client, address: str = LIST, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    return answer.content.decode()


# Who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", STAFF)
def test_staff_sees_every_currency_and_the_riskiest_first(role: str, as_role: Callable[[str], Client]) -> None:
    client = as_role(role)

    text = shown(client)

    found = re.findall(r'<bdi dir="ltr">([A-Z]{3})</bdi>', text)
    assert sorted(found) == sorted(set(rates_of_the_shop()))
    assert found[:4] == ["BRL", "KES", "KWD", "NZD"]  # two for their movements, two for the age of their rates
    assert shown(client, page_of("BRL"))


def rates_of_the_shop() -> list[str]:
    return list(CurrencyRisk.objects.values_list("currency", flat=True))


def test_an_administrator_sees_the_pages_and_nobody_changes_them(shop: None, admin_client: Client) -> None:
    assert shown(admin_client, page_of("USD"))
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(page_of("USD"), {"level": "green"}).status_code == 403
    assert admin_client.post(page_of("USD").replace("change", "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role", [roles.SUPPORT, roles.TRANSLATOR])
def test_other_staff_does_not(role: str, as_role: Callable[[str], Client]) -> None:
    client = as_role(role)

    assert client.get(LIST).status_code == 403
    assert client.get(page_of("USD")).status_code == 403


def test_a_seller_reads_of_their_own_currencies_alone(shop: None) -> None:
    brazilian, german = member_of("ipe", "BRL"), member_of("linde", "EUR")

    assert re.findall(r'<bdi dir="ltr">([A-Z]{3})</bdi>', shown(brazilian)) == ["BRL"]
    text = shown(brazilian, page_of("BRL"))
    assert "your bank can fix a rate" in text
    assert re.findall(r'<bdi dir="ltr">([A-Z]{3})</bdi>', shown(german)) == []
    for client, address in ((brazilian, page_of("USD")), (german, page_of("BRL"))):
        answer = client.get(address)
        assert answer.status_code == 302  # to the first page, as for a row that does not exist
        assert client.post(address, {}).status_code in (302, 403)
    for table in ("exchangerate", "ratefetch", "ratealert"):
        assert brazilian.get(f"/admin/payments/{table}/").status_code == 403


def test_the_first_page_of_the_admin_counts_what_is_red(as_role: Callable[[str], Client]) -> None:
    at = clock.now()
    RateFetch.objects.create(address="x", state="failed", started_at=at, finished_at=at, next_at=at, attempts=3)
    staff, seller = as_role(roles.OPERATIONS), member_of("ipe", "BRL")

    assert figures(staff) == {
        "Currencies at level red": 4, "Currencies at level amber": 4, "Currencies with an old rate": 2,
        "Failed fetches in a row": 3,
    }  # fmt: skip
    assert figures(seller) == {"Currencies at level red": 1, "Currencies at level amber": 0}


def figures(client: Client) -> dict[str, int]:
    shelves = client.get("/admin/").context["shelves"]
    return {
        str(card.label): card.figure for shelf in shelves for card in shelf.cards if shelf.title == "Exchange rates"
    }


# What -------------------------------------------------------------------------------------------------------------


def test_the_page_of_a_currency_has_its_figures_its_days_and_what_made_it_red(shop: None, admin_client: Client) -> None:
    text = shown(admin_client, page_of("BRL"))

    assert "1 EUR = 6.0692 BRL" in text
    assert "37.0%" in text
    assert "14.34%" in text
    assert "On Oct. 26, 2026 the rate moved by +10.69%, 11.2 times what was usual." in text
    assert text.count("<tr") >= 250
    assert "European Central Bank" in text


def test_a_currency_of_which_too_little_is_known_says_so(shop: None, admin_client: Client) -> None:
    text = shown(admin_client, page_of("KWD"))

    assert "Only 0 of the 30 daily movements" in text
    assert "too old to promise a price" in text
    assert "<svg class" not in text


def test_the_chart_is_plain_markup_with_words_for_those_who_do_not_see_it(shop: None, admin_client: Client) -> None:
    text = shown(admin_client, page_of("BRL"))
    picture = ElementTree.fromstring(text[text.index('<svg class="rate-chart') : text.index("</svg>") + 6])

    assert picture.get("role") == "img"
    names = {each.get("id"): each.text or "" for each in picture}
    assert [bool(names[key]) for key in (picture.get("aria-labelledby") or "").split()] == [True, True]
    assert not any("style" in each.attrib or each.tag in ("style", "script") for each in picture.iter())
    assert 'tabindex="0" role="region" aria-labelledby="rate-days"' in text


def test_the_page_is_right_to_left_and_its_time_is_not(shop: None, admin_client: Client) -> None:
    text = shown(admin_client, page_of("BRL"), **{"Accept-Language": "ar"})

    assert 'dir="rtl"' in text
    assert '<div class="rate-chart" dir="ltr">' in text
    assert "1 EUR = 6.0692 BRL" in text


def test_the_list_of_rates_tells_source_and_age(shop: None, admin_client: Client) -> None:
    text = shown(admin_client, "/admin/payments/exchangerate/?q=KES")

    assert "Open daily currency file, 2026-09-29 (CC0)" in text
    assert "23 working days" in text
    assert "Holds until replaced" in shown(admin_client, "/admin/payments/exchangerate/?q=AED")


# The shape of a chart ---------------------------------------------------------------------------------------------


def test_the_line_of_a_chart_stays_in_its_box_and_the_marks_are_round(shop: None) -> None:
    for currency, series in selectors.rate_series(DAY).items():
        chart = fx_chart.draw(fx_risk.walk(series)[-250:])
        if chart is None:
            continue
        numbers = [tuple(map(float, point.split())) for point in chart.line[1:].split("L")]
        assert all(0 <= x <= 1000 and 0 <= y <= 300 for x, y in numbers), currency
        assert (numbers[0][0], numbers[-1][0]) == (0, 1000)
        assert len(chart.rates) == len(chart.days) == 5
        assert max(rate for _day, rate in series[-250:]) <= chart.rates[0]
        assert min(rate for _day, rate in series[-250:]) >= chart.rates[-1]
        step = chart.rates[0] - chart.rates[1]
        assert step.normalize().as_tuple().digits in ((1,), (2,), (2, 5), (5,)), currency


# The command -----------------------------------------------------------------------------------------------------


def test_the_command_prints_the_table_or_json(shop: None) -> None:
    table, document = io.StringIO(), io.StringIO()

    call_command("fx_risk", on="2026-10-30", stdout=table)
    call_command("fx_risk", on="2026-10-30", json=True, stdout=document)

    lines = table.getvalue().splitlines()
    assert lines[1].startswith("BRL red         36.99    3.83    14.34 2026-10-30  On Oct. 26, 2026")
    assert len(lines) == 21
    found = {row["currency"]: row for row in json.loads(document.getvalue())}
    assert (found["USD"]["level"], found["USD"]["var_14"]) == ("green", "1.9460")
    assert found["KWD"]["reasons"][0] == {"code": "stale", "values": {"rated_on": "2026-09-29"}}
    with pytest.raises(CommandError):
        call_command("fx_risk", on="yesterday")


def test_a_page_costs_few_queries(shop: None, admin_client: Client, django_assert_max_num_queries: Any) -> None:
    shown(admin_client, page_of("USD"))

    with django_assert_max_num_queries(9):
        shown(admin_client, page_of("USD"))
    with django_assert_max_num_queries(7):
        shown(admin_client)
