"""Officers change registers, product rules and claims in the admin; listings that are concerned are asked for again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from compliance import selectors, services
from compliance.models import EPRScheme, ForbiddenClaim, GoodsRestriction, ProductRule, Recheck, RuleChange, TaxRate
from compliance.rules.loading import load_rules
from compliance.rules.reach import SCREENED_BY, Reach, reach_of
from compliance.screening import screen_listing
from marketplace.kernel.errors import Refused
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.cases import TODAY
from tests.compliance.screening_cases import without_numbers
from tests.compliance.test_loading_rules import edit, folder  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
CHANGE = "/admin/compliance/{}/{}/change/"


@pytest.fixture
def vera(loaded: None) -> Client:
    """A compliance officer at her desk."""
    return as_role(roles.COMPLIANCE)


def as_role(role: str) -> Client:
    accounts.sync_roles(ROLE_RIGHTS)
    user = User.objects.create_user(f"{role.split(' ')[0]}@example.com", full_name="Vera Lindqvist")
    accounts.give_role(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def form(row: Any, **changes: str) -> dict[str, str]:
    """The form of a row as a browser sends it, with something typed over."""
    typed = {}
    for field in row._meta.concrete_fields:
        if field.editable and field.name not in {"last_reviewed", "reviewer", "is_edited", "note", "id"}:
            value = getattr(row, field.attname)
            typed[field.name] = {None: "", True: "on"}.get(value, str(value) if value is not False else "")
    return typed | {"change_reason": "Read it in the gazette"} | changes


def asked() -> list[tuple[str, str]]:
    return list(Recheck.objects.order_by("pk").values_list("topic", "key"))


def rows() -> list[Any]:
    tables = (EPRScheme, ProductRule, ForbiddenClaim, GoodsRestriction, Recheck, RuleChange)
    return [list(model._default_manager.order_by("pk").values()) for model in tables]


# What an officer does ----------------------------------------------------------------------------------------


def test_a_register_is_changed_with_a_reason_and_counts_at_once(vera: Client) -> None:
    register = EPRScheme.objects.get(code="NL-EPR-PACKAGING")
    facts = without_numbers(("NL", "packaging"))
    Recheck.objects.all().delete()
    assert [each.severity for each in screen_listing(facts, ["NL"], selectors.rule_book(TODAY))] == ["notice"]

    answer = vera.post(CHANGE.format("eprscheme", register.pk), form(register, action="block"))

    assert answer.status_code == 302
    register.refresh_from_db()
    assert (register.action, register.is_edited) == ("block", True)
    assert register.note.endswith("Vera Lindqvist: Read it in the gazette")
    change = RuleChange.objects.get(code="NL-EPR-PACKAGING", before__isnull=False)
    assert (change.actor_label, change.reason, change.after["action"]) == (
        "Vera Lindqvist",
        "Read it in the gazette",
        "block",
    )
    assert asked() == [("rule", "NL-EPR-PACKAGING")]
    selectors.forget_rule_books()
    assert [each.severity for each in screen_listing(facts, ["NL"], selectors.rule_book(TODAY))] == ["block"]


@pytest.mark.parametrize(
    ("model", "code", "typed", "fault"),
    [
        (EPRScheme, "DE-EPR-WEEE", {"traits": "electronic"}, "Goods have no such trait. Known are: animal, battery,"),
        (EPRScheme, "DE-EPR-WEEE", {"hs_prefixes": "85.18"}, "Digits of customs codes, separated by spaces."),
        (EPRScheme, "DE-EPR-WEEE", {"number_pattern": "^DE(\\d{8}$"}, "This is not a regular expression."),
        (EPRScheme, "DE-EPR-WEEE", {"change_reason": " "}, "This field is required."),
        (ProductRule, "CE-EU", {"requirement": "blessing"}, "No check asks for this. Known are: age_grading,"),
        (GoodsRestriction, "KNIVES-JP", {"traits": "knife"}, "Goods have no such trait."),
        (GoodsRestriction, "KNIVES-GB", {"minimum_age": ""}, "A rule on the age of the buyer names the age."),
    ],
)
def test_what_no_check_would_understand_is_refused_and_changes_nothing(
    vera: Client, model: Any, code: str, typed: dict[str, str], fault: str
) -> None:
    row = model.objects.get(code=code)
    before = rows()

    answer = vera.post(CHANGE.format(model._meta.model_name, row.pk), form(row, **typed))

    assert answer.status_code == 200
    assert fault in answer.content.decode()
    assert rows() == before


def test_every_table_of_the_desk_has_a_list_a_form_and_a_history(vera: Client) -> None:
    for model, code in ((EPRScheme, "FR-EPR-TOYS"), (ProductRule, "GPSR-WARNINGS-EU"), (ForbiddenClaim, "EU-GREEN-JA")):
        name, row = model._meta.model_name, model.objects.get(code=code)
        listed = vera.get(f"/admin/compliance/{name}/?q={code}").content.decode()
        assert code in listed
        assert row.source[:40] in vera.get(CHANGE.format(name, row.pk)).content.decode().replace("&#x27;", "'")
        assert "Rule files" in vera.get(f"/admin/compliance/{name}/{row.pk}/history/").content.decode()


def test_before_saving_the_page_says_that_no_price_hangs_on_it(vera: Client) -> None:
    register = EPRScheme.objects.get(code="DE-EPR-PACKAGING")
    before = rows()

    answer = vera.post(f"/admin/compliance/eprscheme/{register.pk}/preview/", form(register, action="inform"))

    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "Rows of this table decide on no price." in text
    assert "The shop sends to none of the places" not in text
    assert answer.context["preview"]["found"].shifts == ()
    assert rows() == before


@pytest.mark.parametrize("role", [roles.OPERATIONS, roles.FINANCE, roles.SUPPORT, roles.TRANSLATOR])
def test_others_of_the_staff_change_nothing(loaded: None, role: str) -> None:
    register = EPRScheme.objects.get(code="DE-EPR-PACKAGING")
    before = rows()

    answer = as_role(role).post(CHANGE.format("eprscheme", register.pk), form(register, action="inform"))

    assert answer.status_code in (403, 404)
    assert rows() == before


# What is asked for again -------------------------------------------------------------------------------------


def test_a_load_asks_for_what_differs_and_the_second_time_for_nothing(loaded: None, folder: Path) -> None:  # noqa: F811
    Recheck.objects.all().delete()
    edit(folder, "product_rules", "CE-EU", action="block")
    edit(folder, "tax_rates", "DE-TAX-STANDARD-2021", pct="20")

    load_rules(folder=folder)
    first = asked()
    load_rules(folder=folder)

    assert first == asked() == [("rule", "CE-EU")]


def test_a_rate_of_tax_concerns_no_screening(loaded: None, officer: User) -> None:
    Recheck.objects.all().delete()

    services.save_rule(rule=TaxRate.objects.get(code="DE-TAX-STANDARD-2021"), actor=officer, reason="Gazette")

    assert asked() == []


def test_a_change_that_is_refused_asks_for_nothing(loaded: None, officer: User) -> None:
    rule = GoodsRestriction.objects.get(code="FIREWORKS")
    before = rows()

    with pytest.raises(Refused):
        services.save_rule(rule=rule, actor=officer, reason=" ")
    rule.effective_to = date(1990, 1, 1)
    with pytest.raises(ValidationError):
        services.save_rule(rule=rule, actor=officer, reason="Gazette")

    assert rows() == before


def test_a_narrowed_rule_reaches_what_it_named_before(loaded: None, officer: User) -> None:
    rule = GoodsRestriction.objects.get(code="FIREWORKS")
    rule.hs_prefixes = "3604"

    services.save_rule(rule=rule, actor=officer, reason="Lighters are let in")
    reach = selectors.reach_of_rules(["FIREWORKS"])

    assert reach == Reach(False, frozenset({"3604", "9613"}))
    assert reach.includes("961310", frozenset())
    assert not reach.includes("691110", frozenset({"packaging"}))


@pytest.mark.parametrize(
    ("row", "reach"),
    [
        ({"hs_prefixes": "61 62", "traits": "textile"}, Reach(False, frozenset({"61", "62"}), frozenset({"textile"}))),
        ({"hs_prefixes": "", "traits": "", "lithium": True}, Reach(False, frozenset(), frozenset({"lithium"}))),
        ({"hs_prefixes": "", "traits": ""}, Reach(True)),
        ({"hs_prefixes": "", "traits": "packaging"}, Reach(True, frozenset(), frozenset({"packaging"}))),
        ({"phrases": "heals"}, Reach(True)),
    ],
)
def test_a_row_reaches_the_goods_that_it_names(row: dict[str, Any], reach: Reach) -> None:
    assert reach_of([row]) == reach


def test_a_new_member_of_a_union_concerns_every_listing() -> None:
    assert reach_of([]) == Reach()
    assert "group_members" in SCREENED_BY


def test_sellers_do_not_meet_the_rules(loaded: None, shenzhen: Seller, shenzhen_member: User) -> None:
    client = Client()
    client.force_login(shenzhen_member)

    for name in ("eprscheme", "productrule", "forbiddenclaim", "sellerthreshold"):
        assert client.get(f"/admin/compliance/{name}/").status_code in (302, 403, 404)
