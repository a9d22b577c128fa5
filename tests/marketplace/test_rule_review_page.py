"""The officers' page on the rule book: what is stale, unverified or missing, and how a row is marked as reviewed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog.selectors import on_sale
from compliance.models import RULE_MODELS, DutyRate, Regime, RuleChange, TaxRate
from marketplace.roles import ROLE_RIGHTS
from tests.marketplace.test_rule_preview import as_role
from tests.support.cast import Cast, forget_laws

pytestmark = pytest.mark.django_db
PAGE = "/admin/rules/review/"
GERMAN = "DE-TAX-STANDARD-2021"


@pytest.fixture
def vera(shop: Cast) -> Client:
    """A compliance officer at her desk, with one rule that nobody has looked at for long."""
    on_sale.forget()
    TaxRate.objects.filter(code=GERMAN).update(last_reviewed=date(2025, 5, 1))
    return as_role(roles.COMPLIANCE)


def sections(answer: Any) -> dict[str, list[str]]:
    return {section["id"]: [row["code"] for row in section["rows"]] for section in answer.context["sections"]}


def test_an_officer_finds_what_waits_and_the_way_to_each_row(vera: Client) -> None:
    DutyRate.objects.filter(destination="US", hs_prefix__startswith="61").delete()
    Regime.objects.filter(jurisdiction="JP").delete()
    forget_laws()
    rule = TaxRate.objects.get(code=GERMAN)

    answer = vera.get(PAGE)

    text = answer.content.decode()
    assert GERMAN in sections(answer)["stale"]
    assert f'href="/admin/compliance/taxrate/{rule.pk}/change/"' in text
    gaps = dict(answer.context["gaps"])
    assert "61" in gaps["US"]
    assert gaps["JP"] == []


def test_one_country_comes_with_its_unions(vera: Client) -> None:
    TaxRate.objects.filter(code__startswith="FR-").update(last_reviewed=date(2025, 5, 1))

    german, everywhere = vera.get(PAGE, {"country": "DE"}), vera.get(PAGE, {"country": "Atlantis"})

    assert GERMAN in sections(german)["stale"]
    assert not any(code.startswith("FR-") for code in sections(german)["stale"])
    assert any(code.startswith("FR-") for code in sections(everywhere)["stale"])
    assert '<option value="DE" selected>' in german.content.decode()


def test_what_was_read_again_is_marked_with_the_reason(vera: Client) -> None:
    rule = TaxRate.objects.get(code=GERMAN)
    sent = {"rule": [f"tax_rates:{rule.pk}"], "reason": "Compared with UStG § 12"}

    answer = vera.post(f"{PAGE}?country=DE", sent, follow=True)

    rule.refresh_from_db()
    assert answer.redirect_chain == [(f"{PAGE}?country=DE", 302)]
    assert "1 rule is marked as reviewed." in answer.content.decode()
    assert GERMAN not in sections(answer)["stale"]
    assert (rule.reviewed_by, rule.pct, rule.is_edited) == ("Somebody", 19, False)
    assert RuleChange.objects.filter(code=GERMAN)[0].reason == "Compared with UStG § 12"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"rule": ["{}"], "reason": " "}, "Say what you compared the rules with."),
        ({"rule": [], "reason": "Read"}, "Choose at least one rule."),
        ({"rule": ["users:1", "tax_rates:x", "tax_rates:9" * 9, ":", "tax_rates:99999999"], "reason": "Read"}, "Choose at least"),
    ],
)  # fmt: skip
def test_without_reason_or_rule_nothing_is_marked_and_the_choice_stays(
    vera: Client, sent: dict[str, Any], words: str
) -> None:
    choice = f"tax_rates:{TaxRate.objects.get(code=GERMAN).pk}"

    answer = vera.post(PAGE, sent | {"rule": [each.format(choice) for each in sent["rule"]]})

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not TaxRate.objects.exclude(reviewed_on=None).exists()
    if "{}" in sent["rule"]:
        assert re.search(rf'value="{choice}"[^>]* checked', answer.content.decode())


def test_only_officers_and_administrators_see_the_page(vera: Client, shop: Cast, admin_client: Client) -> None:
    member = User.objects.get(email="paper-kite@sellers.example")
    accounts.sync_roles(ROLE_RIGHTS)
    accounts.give_role(user=member, role=roles.COMPLIANCE)  # who acts for a seller stays confined to it
    seller = Client()
    seller.force_login(User.objects.get(pk=member.pk))
    others = [as_role(role) for role in (roles.OPERATIONS, roles.FINANCE, roles.SUPPORT, roles.TRANSLATOR)]
    sent = {"rule": [f"tax_rates:{TaxRate.objects.get(code=GERMAN).pk}"], "reason": "Read"}

    assert admin_client.get(PAGE).status_code == 200
    for client in (seller, *others):
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, sent).status_code == 404
        assert PAGE not in client.get("/admin/").content.decode() or client is seller
    assert Client().get(PAGE).status_code == 302
    assert not TaxRate.objects.exclude(reviewed_on=None).exists()


def test_the_first_page_counts_and_leads_there(vera: Client) -> None:
    shelves = {str(shelf.title): shelf for shelf in vera.get("/admin/").context["shelves"]}
    answer = vera.get(PAGE)

    cards = {str(card.label): card for card in shelves["Rules"].cards}
    assert cards["Stale"].figure == answer.context["sections"][0]["count"] >= 1
    assert cards["Unverified"].figure == answer.context["sections"][1]["count"]
    assert cards["Gaps"].figure == answer.context["gaps_count"]
    assert cards["Stale"].address == f"{PAGE}#stale"
    assert f'href="{PAGE}"' in vera.get("/admin/").content.decode()  # the side bar


def test_the_page_costs_a_query_for_each_table(vera: Client) -> None:
    vera.get(PAGE)

    with CaptureQueriesContext(connection) as queries:
        vera.get(PAGE)

    assert len(queries) <= len(RULE_MODELS) + 9
