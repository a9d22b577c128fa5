"""The desk of flags and the rule book in the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from compliance import services
from compliance.models import Flag, TaxRate
from compliance.screening import Finding
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from tests.support import cast

pytestmark = pytest.mark.django_db
QUEUE = "/admin/compliance/flag/"


@pytest.fixture
def kite(db: None) -> Seller:
    accounts.sync_roles(ROLE_RIGHTS)
    return cast.seller("paper-kite", "Paper Kite", "CN", "CNY")


@pytest.fixture
def officer(kite: Seller) -> Callable[[str], Client]:
    """Signs an officer in, made by their first name."""

    def sign_in(name: str = "Nadia") -> Client:
        user, _made = User.objects.get_or_create(email=f"{name.lower()}@example.com", defaults={"full_name": name})
        accounts.give_role(user=user, role=roles.COMPLIANCE)
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def flag(kite: Seller) -> Flag:
    findings = [Finding("hs_code_missing", "review", {"sku": "MUG-1"}, "UPU Convention")]
    (raised,) = services.record_findings(subject=kite, findings=findings, seller=kite, label="Kite mug")
    return raised


def test_the_queue_counts_by_severity_and_age_and_puts_what_blocks_first(
    kite: Seller, officer: Callable[[str], Client]
) -> None:
    findings = [
        Finding("weight_unknown", "notice", {"sku": "A"}),
        Finding("restricted_goods", "block", {"sku": "B", "name": "Weapons"}, rule="WEAPONS"),
        Finding("restricted_goods", "critical", {"sku": "B", "name": "Ivory"}, rule="IVORY"),
        Finding("hs_code_missing", "review", {"sku": "C"}),
    ]
    services.record_findings(subject=kite, findings=findings, seller=kite)
    Flag.objects.filter(severity="review").update(opened_at=clock.now() - timedelta(days=5))

    answer = officer("Nadia").get(QUEUE)

    assert [row.flag.severity for row in answer.context["rows"]] == ["critical", "block", "review", "notice"]
    cards = {str(label): figure for label, figure, _query, _tone in answer.context["cards"]}
    assert cards == {
        "Critical": 1, "Blocks": 1, "To be reviewed": 1, "Notice": 1, "Overdue": 0, "Escalated": 0,
        "Waiting for the seller": 0, "Waiting for a second officer": 0, "Appealed": 0, "Taken by me": 0,
    }  # fmt: skip
    assert [(str(label), figure) for label, figure, _query, _percent in answer.context["ages"]] == [
        ("Under 1 day", 3), ("1 to 3 days", 0), ("3 to 7 days", 1), ("Over 7 days", 0),
    ]  # fmt: skip


def test_an_officer_takes_and_decides_a_flag_with_a_reason(flag: Flag, officer: Callable[[str], Client]) -> None:
    nadia = officer("Nadia")
    page = f"{QUEUE}{flag.pk}/change/"

    nadia.post(f"{QUEUE}{flag.pk}/take/")
    flag.refresh_from_db()
    assert (flag.status, flag.officer.full_name) == ("taken", "Nadia")

    answer = nadia.post(f"{QUEUE}{flag.pk}/decide/", {"decision": "release", "reason": "  "})
    assert answer.status_code == 422
    assert "Give a reason for your decision." in answer.content.decode()
    flag.refresh_from_db()
    assert flag.status == "taken"

    nadia.post(f"{QUEUE}{flag.pk}/decide/", {"decision": "release", "reason": "The code is on the invoice."})
    flag.refresh_from_db()
    assert (flag.status, flag.reason) == ("released", "The code is on the invoice.")
    shown = nadia.get(page).content.decode()
    assert [event.kind for event in flag.events.all()] == ["opened", "taken", "released"]
    assert "The code is on the invoice." in shown
    assert "decision_form" not in shown
    assert 'name="decision"' not in shown


def test_nobody_decides_what_another_officer_works_on(flag: Flag, officer: Callable[[str], Client]) -> None:
    officer("Nadia").post(f"{QUEUE}{flag.pk}/take/")

    answer = officer("Ugo").post(f"{QUEUE}{flag.pk}/decide/", {"decision": "uphold", "reason": "Mine now"})

    assert "Another officer works on this flag." in answer.content.decode()
    assert "Mine now" in answer.content.decode()  # nothing that was typed is lost
    flag.refresh_from_db()
    assert flag.status == "taken"


def test_an_officer_gives_back_what_they_took(flag: Flag, officer: Callable[[str], Client]) -> None:
    nadia = officer("Nadia")
    nadia.post(f"{QUEUE}{flag.pk}/take/")

    nadia.post(f"{QUEUE}{flag.pk}/decide/", {"decision": "give_back", "reason": "On leave"})

    flag.refresh_from_db()
    assert (flag.status, flag.officer) == ("open", None)
    assert nadia.post(f"{QUEUE}{flag.pk}/decide/", {"decision": "burn", "reason": "x"}).status_code == 422


def test_a_seller_reads_the_flag_and_what_to_do_and_decides_nothing(flag: Flag, kite: Seller) -> None:
    client = Client()
    client.force_login(User.objects.get(memberships__seller=kite))

    listed, shown = client.get(QUEUE).content.decode(), client.get(f"{QUEUE}{flag.pk}/change/").content.decode()

    assert "MUG-1 has no customs code (HS). Give one of at least six digits." in listed
    assert "What to do" in shown
    assert 'name="decision"' not in shown
    assert client.post(f"{QUEUE}{flag.pk}/take/").status_code == 404
    assert client.post(f"{QUEUE}{flag.pk}/decide/", {"decision": "release", "reason": "x"}).status_code == 404
    assert client.post(f"{QUEUE}bulk/", {"decision": "take", "flag": [flag.pk], "query": ""}).status_code == 404
    flag.refresh_from_db()
    assert (flag.status, flag.events.count()) == ("open", 1)


def test_a_seller_reads_the_reason_and_not_whose_it_was(
    flag: Flag, kite: Seller, officer: Callable[[str], Client]
) -> None:
    officer("Nadia").post(f"{QUEUE}{flag.pk}/decide/", {"decision": "uphold", "reason": "No code was given."})
    client = Client()
    client.force_login(User.objects.get(memberships__seller=kite))

    shown = client.get(f"{QUEUE}{flag.pk}/change/").content.decode()

    assert "No code was given." in shown
    assert "Nadia" not in shown
    assert "Compliance desk" in shown


def test_a_rule_is_changed_with_a_reason_that_stays_on_the_row(officer: Callable[[str], Client]) -> None:
    rate = TaxRate.objects.create(
        code="DE-VAT", country="DE", category="standard", pct=19, effective_from=date(2021, 1, 1), source="UStG § 12",
        confidence="official", last_reviewed=date(2026, 1, 1),
    )  # fmt: skip
    page = f"/admin/compliance/taxrate/{rate.pk}/change/"
    sent = {"country": "DE", "category": "standard", "pct": "20", "code": "DE-VAT", "effective_from": "2021-01-01",
            "status": "in_force", "confidence": "official", "source": "UStG § 12"}  # fmt: skip
    nadia = officer("Nadia")

    assert nadia.post(page, sent).status_code == 200  # without a reason: the form again
    rate.refresh_from_db()
    assert (rate.pct, rate.is_edited) == (19, False)

    assert nadia.post(page, sent | {"change_reason": "Published in the gazette"}).status_code == 302
    rate.refresh_from_db()
    assert (rate.pct, rate.is_edited, rate.reviewer, rate.last_reviewed) == (20, True, "Nadia", clock.today())
    assert "Published in the gazette" in rate.note

    second = sent | {"code": "DE-VAT-2", "change_reason": "Again", "effective_from": "2024-01-01"}
    answer = nadia.post("/admin/compliance/taxrate/add/", second)
    assert "Another row already rules on some of these days." in answer.content.decode()
    assert TaxRate.objects.count() == 1
    assert nadia.post(f"/admin/compliance/taxrate/{rate.pk}/delete/", {"post": "yes"}).status_code == 403
