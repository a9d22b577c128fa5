"""Who is suspended or refused reads a statement of reasons, appeals, and is let back by another officer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Seller, User
from compliance import selectors, services
from compliance.models import Flag, SellerVerification, StatementOfReasons
from compliance.selectors.transparency import figures
from compliance.services import exports, verification
from marketplace.kernel import clock
from tests.compliance.desk import VAGUE, raise_flag, refusal, sent
from tests.support import papers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


@pytest.fixture
def vera(db: None) -> User:
    return papers.verifier()


@pytest.fixture
def ugo(vera: User) -> User:
    return papers.verifier("ugo@example.test", "Ugo Bianchi")


@pytest.fixture
def selling(shenzhen: Seller, shenzhen_member: User) -> SellerVerification:
    """The complete papers of a seller who may sell."""
    ready = papers.complete(shenzhen, shenzhen_member)
    Seller.objects.filter(pk=shenzhen.pk).update(status="approved")
    return ready


def decide(seller: Seller, decision: str, officer: User, reason: str) -> Flag | None:
    """The decision is made on "Who may sell"; the flag that states it, if one does."""
    verification.decide_seller(seller=seller, decision=decision, actor=officer, reason=reason)
    return Flag.objects.filter(rule__startswith="seller_decided", status="upheld").first()


def counted() -> tuple[int, int]:
    today = clock.today()
    found = figures(today - timedelta(days=1), today + timedelta(days=1))
    return found.suspended, found.refused


def test_a_suspension_is_stated_with_its_reason_and_counted(
    selling: SellerVerification, shenzhen: Seller, vera: User
) -> None:
    sent()

    flag = decide(shenzhen, "suspend", vera, "Three parcels held stones.")

    statement = StatementOfReasons.objects.get()
    assert (statement.flag, statement.restriction, statement.countries) == (flag, "suspended", "")
    assert (statement.is_automated, statement.is_decided_by_person) == (False, True)
    assert "Three parcels held stones." in statement.facts
    (letter,) = sent()["li@example.test"]
    assert letter.subject == "Shenzhen-Light may not sell for the time being"
    for words in ("This is the statement of reasons.", "Three parcels held stones.", "appeal on the page below",
                  "It was found and decided by a person.", "It holds until we lift it; no day is set.",
                  "Ground: The terms of this marketplace."):  # fmt: skip
        assert words in letter.body
    assert counted() == (1, 0)
    assert not selectors.is_blocked(shenzhen)  # what is paid can still be sent


def test_a_refusal_is_stated_and_an_invitation_is_just_taken_back(
    selling: SellerVerification, shenzhen: Seller, rival: Seller, rival_member: User, vera: User
) -> None:
    Seller.objects.filter(pk=shenzhen.pk).update(status="in_review")
    Seller.objects.filter(pk=rival.pk).update(status="invited")

    decide(shenzhen, "refuse", vera, "The extract is of another company.")
    decide(rival, "refuse", vera, "A mistake of ours.")

    assert StatementOfReasons.objects.get().ground == "Regulation (EU) 2022/2065, article 30 (1)"
    assert counted() == (0, 1)


def test_the_seller_finds_statement_and_appeal_on_the_page(
    selling: SellerVerification, shenzhen: Seller, shenzhen_member: User, vera: User
) -> None:
    flag = decide(shenzhen, "suspend", vera, "Three parcels held stones.")
    accounts.add_member(user=shenzhen_member, seller=shenzhen)
    client = Client()
    client.force_login(User.objects.get(pk=shenzhen_member.pk))
    assert flag is not None
    address = reverse("admin:compliance_flag_change", args=[flag.pk])

    page = client.get(reverse("admin:compliance_sellerverification_change", args=[selling.pk]))
    shown = client.get(address).content.decode()

    assert address in page.content.decode()
    assert "Statement of reasons" in shown and "Three parcels held stones." in shown and "Lodge the appeal" in shown
    assert "It holds until we lift it" in shown


@pytest.mark.parametrize(("decision", "before", "after"), [
    ("suspend", "approved", "approved"), ("refuse", "in_review", "onboarding"),
])  # fmt: skip
def test_another_officer_reverses_and_the_seller_is_back(
    selling: SellerVerification, shenzhen: Seller, shenzhen_member: User, vera: User, ugo: User,
    decision: str, before: str, after: str,
) -> None:  # fmt: skip
    Seller.objects.filter(pk=shenzhen.pk).update(status=before)
    flag = decide(shenzhen, decision, vera, "Stones.")
    assert flag is not None
    appeal = services.lodge_appeal(flag=flag, actor=shenzhen_member, text="They were gems.")
    refusal("same_officer", services.decide_appeal, appeal=appeal, actor=vera, answer="x", reverse=True)

    services.decide_appeal(appeal=appeal, actor=ugo, answer="They were.", reverse=True)

    shenzhen.refresh_from_db()
    flag.refresh_from_db()
    assert (shenzhen.status, flag.status) == (after, "released")


def test_whoever_is_reinstated_has_no_decision_standing_and_a_new_one_is_stated_anew(
    selling: SellerVerification, shenzhen: Seller, vera: User
) -> None:
    first = decide(shenzhen, "suspend", vera, "Stones.")
    assert first is not None

    assert decide(shenzhen, "reinstate", vera, "They paid for them.") is None
    second = decide(shenzhen, "suspend", vera, "Stones.")

    first.refresh_from_db()
    assert first.status == "mended" and second is not None and second.pk != first.pk
    assert StatementOfReasons.objects.count() == 2
    assert counted() == (2, 0)


def test_a_decision_on_who_may_sell_is_released_with_its_effect_and_never_waived(
    selling: SellerVerification, shenzhen: Seller, vera: User
) -> None:
    flag = decide(shenzhen, "suspend", vera, "Stones.")
    later = clock.today() + timedelta(days=9)
    refusal("not_to_be_waived", services.waive_flag, flag=flag, actor=vera, reason="x", until=later)

    services.release_flag(flag=flag, actor=vera, reason="A mistake of ours.")

    shenzhen.refresh_from_db()
    assert shenzhen.status == "approved"


def test_an_appeal_that_is_granted_on_the_flag_that_suspended_lets_the_seller_back(
    selling: SellerVerification, shenzhen: Seller, shenzhen_member: User, vera: User, ugo: User
) -> None:
    flag = services.suspend_seller(flag=raise_flag(VAGUE, shenzhen), actor=vera, reason="Again and again.")
    appeal = services.lodge_appeal(flag=flag, actor=shenzhen_member, text="It was clear.")

    services.decide_appeal(appeal=appeal, actor=ugo, answer="It was.", reverse=True)

    shenzhen.refresh_from_db()
    assert shenzhen.status == "approved"
    assert counted() == (1, 0)
    assert "Again and again." in flag.statements.get(restriction="suspended").facts


def test_the_export_says_what_it_is_about_and_how_long_it_holds(
    selling: SellerVerification, shenzhen: Seller, vera: User
) -> None:
    decide(shenzhen, "suspend", vera, "Stones.")
    today = clock.today()

    _row, text = exports.export_for_authority(
        subject="statements", since=today - timedelta(days=1), until=today + timedelta(days=1), authority="BNetzA",
        reference="7", actor=vera,
    )  # fmt: skip

    assert text.splitlines()[0].endswith("language,kind,holds_until,amends")
    assert "sellerverification,lifted," in text
