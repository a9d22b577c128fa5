"""Who may sell: the table of states, what has to be known first, and what a decision leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Seller, User
from compliance.models import (
    EvidenceDocument,
    Flag,
    Letter,
    Recheck,
    SellerVerification,
    VerificationEvent,
)
from compliance.screening import Finding
from compliance.selectors import bank_account_of, masked_account, missing_papers
from compliance.services import papers, record_findings, verification
from compliance.services.papers import OwnerFacts, Told
from compliance.services.verification import PapersMissing
from compliance.traders import states
from compliance.traders.bank import tidy_account
from compliance.traders.papers import CERTIFICATE, MISSING, Owner, Papers, missing
from compliance.words.traders import MISSING as WORDS
from compliance.words.traders import certificate_text, step_reason
from marketplace.kernel import clock
from tests.support.papers import IBANS, complete, document, refusal_of, told, verifier

pytestmark = pytest.mark.django_db
State = Seller.Status


def put(seller: Seller, state: str) -> Seller:
    """The seller is in a state, however it came there."""
    Seller.objects.filter(pk=seller.pk).update(status=state)
    seller.refresh_from_db()
    return seller


def step(seller: Seller, state: str, actor: User, reason: str = "Because.") -> str:
    return refusal_of(lambda: verification.set_seller_state(seller=seller, state=state, actor=actor, reason=reason))


def critical(seller: Seller) -> Flag:
    (flag,) = record_findings(
        subject=seller, seller=seller, findings=[Finding("seller_party_listed", "critical", {"name": "x"}, rule="L-1")],
        checks={"seller_party_listed"},
    )  # fmt: skip
    return flag


@pytest.fixture
def ready(shenzhen: Seller, shenzhen_member: User) -> SellerVerification:
    """The papers of a seller, complete and not yet sent."""
    return complete(shenzhen, shenzhen_member)


# The table --------------------------------------------------------------------------------------------------

MEMBERS_WAYS = {("invited", "onboarding"), ("onboarding", "in_review"), ("in_review", "onboarding")}
OFFICERS_WAYS = {
    ("invited", "refused"), ("onboarding", "refused"), ("in_review", "onboarding"), ("in_review", "approved"),
    ("in_review", "refused"), ("approved", "suspended"), ("suspended", "approved"), ("refused", "onboarding"),
}  # fmt: skip


def test_the_table_knows_every_state_and_no_other() -> None:
    assert set(states.STATES) == set(State.values)
    assert {state for way in states.WAYS for state in way} == set(State.values)


@pytest.mark.parametrize(("before", "after"), list(product(State.values, State.values)))
def test_each_way_is_open_to_whom_the_table_names(
    before: str, after: str, shenzhen: Seller, shenzhen_member: User, rival_member: User
) -> None:
    complete(shenzhen, shenzhen_member)
    officer = verifier()

    for who, actor, ways in (
        ("member", shenzhen_member, MEMBERS_WAYS), ("officer", officer, OFFICERS_WAYS), ("rival", rival_member, set()),
    ):  # fmt: skip
        put(shenzhen, before)
        count = VerificationEvent.objects.count()

        code = step(shenzhen, after, actor)

        shenzhen.refresh_from_db()
        if (before, after) in ways:
            assert (code, shenzhen.status, VerificationEvent.objects.count()) == ("", after, count + 1), who
        else:
            assert code in ("state_changed", "not_allowed"), who
            assert (shenzhen.status, VerificationEvent.objects.count()) == (before, count), who


def test_a_step_has_a_reason_and_stands_for_good(shenzhen: Seller, ready: SellerVerification) -> None:
    put(shenzhen, "in_review")
    officer = verifier()

    assert step(shenzhen, "approved", officer, "  ") == "reason_missing"
    assert step(shenzhen, "approved", officer, " The register agrees. ") == ""

    event = VerificationEvent.objects.get()
    assert (event.before, event.after, event.actor, event.actor_label, event.reason) == (
        "in_review", "approved", officer, "Vera Lindqvist", "The register agrees.",
    )  # fmt: skip
    for change in (
        lambda: VerificationEvent.objects.update(reason="x"), lambda: VerificationEvent.objects.all().delete(),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_step_tells_the_listings_and_writes_to_every_member_in_their_language(
    shenzhen: Seller, shenzhen_member: User, ready: SellerVerification
) -> None:
    put(shenzhen, "in_review")
    User.objects.filter(pk=shenzhen_member.pk).update(language="zh-hans")
    Recheck.objects.all().delete()

    step(shenzhen, "approved", verifier())

    assert [(row.topic, row.key) for row in Recheck.objects.all()] == [("seller", str(shenzhen.pk))]
    (letter,) = Letter.objects.all()
    assert (letter.kind, letter.to, letter.language) == ("seller_state", "li@example.test", "zh-hans")


# What is missing --------------------------------------------------------------------------------------------

WHOLE = Papers(
    legal_name="Rabe GmbH", street_address="Weg 7", city="Hamburg", postal_code="22765", country="DE",
    needs_postal_code=True, email="a@b.example", phone="+49 40 1", person_name="Imke", birth_date="1975-03-14",
    identity_document=True, trade_register="Hamburg", register_number="HRB 1", register_document=True,
    bank_holder="Rabe GmbH", bank_country="DE", bank_account="x", bank_document=True, owners=(Owner("Imke", "DE"),),
    certificate=CERTIFICATE,
)  # fmt: skip


def without(**changes: Any) -> tuple[str, ...]:
    values = {name: getattr(WHOLE, name) for name in Papers.__dataclass_fields__}
    return missing(Papers(**(values | changes)))


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, ()),
        ({"birth_date": ""}, ()),
        ({"owners": ()}, ("owners",)),
        ({"register_document": False, "trade_register": ""}, ("trade_register", "register_document")),
        ({"postal_code": ""}, ("postal_code",)),
        ({"postal_code": "", "needs_postal_code": False}, ()),
        ({"certificate": ""}, ("certificate",)),
        ({"certificate": "1999-01"}, ("certificate",)),
        ({"bank_account": "", "bank_document": False}, ("bank_account", "bank_document")),
        ({"identity_document": False}, ("identity_document",)),
        ({"email": "", "phone": ""}, ("email", "phone")),
        ({"is_person": True, "owners": (), "trade_register": "", "register_number": "", "register_document": False}, ()),
        ({"is_person": True, "birth_date": ""}, ("birth_date",)),
        ({"is_person": True, "register_number": ""}, ("register_number",)),
        ({"is_person": True, "trade_register": ""}, ("trade_register",)),
    ],
)  # fmt: skip
def test_what_is_missing_has_stable_names(changes: Mapping[str, Any], names: tuple[str, ...]) -> None:
    assert without(**changes) == names


def test_of_nothing_known_everything_is_missing_and_has_words() -> None:
    company, person = missing(Papers()), missing(Papers(is_person=True))

    assert set(company) | set(person) | {"postal_code"} == set(MISSING) == set(WORDS)
    assert len(company) == 17 and len(person) == 14
    assert certificate_text(CERTIFICATE).endswith(".")


def test_a_country_without_postal_codes_asks_for_none(shenzhen: Seller, shenzhen_member: User) -> None:
    kept = complete(shenzhen, shenzhen_member, postal_code="")

    Seller.objects.filter(pk=shenzhen.pk).update(home_country="HK")
    kept.seller.refresh_from_db()
    assert missing_papers(kept) == ()
    Seller.objects.filter(pk=shenzhen.pk).update(home_country="DE")
    kept.seller.refresh_from_db()
    assert missing_papers(kept) == ("postal_code",)


# Sending, approving -----------------------------------------------------------------------------------------


def test_incomplete_papers_are_not_sent_and_the_list_says_why(shenzhen: Seller, shenzhen_member: User) -> None:
    papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=Told({"person_name": "Li Na", "city": "Shenzhen"}))

    with pytest.raises(PapersMissing) as refusal:
        papers.submit_papers(seller=shenzhen, actor=shenzhen_member)

    assert "person_name" not in refusal.value.missing and "city" not in refusal.value.missing
    assert {"identity_document", "bank_account", "owners", "certificate"} <= set(refusal.value.missing)
    assert "A copy of the identification document" in str(refusal.value.message)
    shenzhen.refresh_from_db()
    assert (shenzhen.status, VerificationEvent.objects.count(), Letter.objects.count()) == ("onboarding", 0, 0)


def test_papers_are_sent_looked_at_and_approved(
    shenzhen: Seller, shenzhen_member: User, ready: SellerVerification
) -> None:
    papers.submit_papers(seller=shenzhen, actor=shenzhen_member)
    ready.refresh_from_db()
    sent_at = ready.submitted_at
    assert sent_at is not None and ready.names_screened_at is not None

    officer = verifier()
    verification.decide_seller(seller=shenzhen, decision="approve", actor=officer, reason="All in order.", seen=sent_at)

    shenzhen.refresh_from_db()
    ready.refresh_from_db()
    assert shenzhen.status == "approved"
    assert (ready.decided_by, ready.reason) == (officer, "All in order.")
    assert [(event.before, event.after) for event in VerificationEvent.objects.order_by("pk")] == [
        ("onboarding", "in_review"), ("in_review", "approved"),
    ]  # fmt: skip


def test_papers_that_were_sent_are_closed_until_they_are_taken_back(
    shenzhen: Seller, shenzhen_member: User, ready: SellerVerification
) -> None:
    papers.submit_papers(seller=shenzhen, actor=shenzhen_member)
    change = Told({"person_name": "Somebody Else"})

    assert (
        refusal_of(lambda: papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=change)) == "papers_closed"
    )
    papers.take_back_papers(seller=shenzhen, actor=shenzhen_member)
    papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=change)

    ready.refresh_from_db()
    assert ready.person_name == "Somebody Else"
    event = VerificationEvent.objects.last()
    assert event is not None and step_reason(event.reason) == "The seller took the papers back to change them."


def test_an_officer_decides_on_the_papers_that_were_seen(
    shenzhen: Seller, shenzhen_member: User, ready: SellerVerification
) -> None:
    papers.submit_papers(seller=shenzhen, actor=shenzhen_member)
    ready.refresh_from_db()
    seen = ready.submitted_at
    papers.take_back_papers(seller=shenzhen, actor=shenzhen_member)
    papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=Told({"bank_holder": "Another"}))
    papers.submit_papers(seller=shenzhen, actor=shenzhen_member)

    def approve(seen: datetime | None) -> str:
        return refusal_of(
            lambda: verification.decide_seller(
                seller=shenzhen,
                decision="approve",
                actor=verifier(f"v{clock.now():%f}@example.test"),
                reason="x",
                seen=seen,
            )
        )

    assert approve(seen) == "papers_changed"
    shenzhen.refresh_from_db()
    assert shenzhen.status == "in_review"
    ready.refresh_from_db()
    assert approve(ready.submitted_at) == ""


def test_nobody_is_approved_while_something_is_missing_or_a_critical_flag_stands(
    shenzhen: Seller, shenzhen_member: User, ready: SellerVerification
) -> None:
    put(shenzhen, "in_review")
    officer = verifier()
    SellerVerification.objects.update(register_document=None)
    assert step(shenzhen, "approved", officer) == "papers_missing"

    SellerVerification.objects.update(register_document=document(shenzhen, shenzhen_member, kind="register"))
    flag = critical(shenzhen)
    assert step(shenzhen, "approved", officer) == "seller_flagged"
    shenzhen.refresh_from_db()
    assert (shenzhen.status, VerificationEvent.objects.count()) == ("in_review", 0)

    Flag.objects.filter(pk=flag.pk).update(status="waived", officer=officer, reason="x", waived_until=date(2027, 1, 1))
    assert step(shenzhen, "approved", officer) == ""


def test_a_suspended_seller_is_not_reinstated_with_a_hit_on_a_list(
    shenzhen: Seller, shenzhen_member: User, ready: SellerVerification
) -> None:
    put(shenzhen, "suspended")
    critical(shenzhen)

    assert step(shenzhen, "approved", verifier()) == "seller_flagged"


def test_an_officer_who_decides_flags_alone_may_suspend_and_nothing_else(
    shenzhen: Seller, ready: SellerVerification, officer: User
) -> None:
    put(shenzhen, "in_review")
    assert step(shenzhen, "approved", officer) == "not_allowed"
    put(shenzhen, "approved")
    assert step(shenzhen, "suspended", officer) == ""


def test_a_member_decides_on_no_seller_whatever_else_they_may_do(shenzhen: Seller, ready: SellerVerification) -> None:
    both = verifier()
    shenzhen.members.create(user=both)
    both = User.objects.get(pk=both.pk)
    put(shenzhen, "in_review")

    def decide(decision: str) -> str:
        return refusal_of(
            lambda: verification.decide_seller(seller=shenzhen, decision=decision, actor=both, reason="x")
        )

    assert {decide(name) for name in verification.DECISIONS} == {"not_allowed"}
    assert step(shenzhen, "approved", both) == "not_allowed"


# Saving -----------------------------------------------------------------------------------------------------


def test_the_same_papers_twice_change_nothing(shenzhen: Seller, shenzhen_member: User) -> None:
    everything = told(shenzhen, shenzhen_member)
    papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=everything)
    sealed, count = SellerVerification.objects.get().bank_account, Recheck.objects.count()

    papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=everything)

    assert (SellerVerification.objects.get().bank_account, Recheck.objects.count()) == (sealed, count)


def test_the_bank_account_is_encrypted_and_shown_by_its_end(shenzhen: Seller, ready: SellerVerification) -> None:
    ready.refresh_from_db()

    assert IBANS["DE"] not in ready.bank_account and ready.bank_account.startswith("gAAAA")
    assert (bank_account_of(ready), masked_account(ready)) == (IBANS["DE"], "•••• 3000")


ACCOUNTS = [
    ("DE89 3704 0044 0532 0130 00", "DE", "DE89370400440532013000"),
    ("fr14 2004 1010 0505 0001 3m02 606", "FR", "FR1420041010050500013M02606"),
    ("GB29-NWBK-6016-1331-9268-19", "GB", "GB29NWBK60161331926819"),
    ("6222 0260 0123 4567 890", "CN", "6222026001234567890"),
    ("0009-123-1234567", "JP", "0009-123-1234567"),
    ("DE89 3704 0044 0532 0130 01", "DE", ""),
    ("DE89 3704 0044 0532 0130", "DE", ""),
    ("FR14 2004 1010 0505 0001 3M02 606", "DE", ""),
    ("1234567890", "DE", ""),
    ("12", "CN", ""),
    ("ask my brother!", "CN", ""),
    ("1" * 35, "US", ""),
]


@pytest.mark.parametrize(("typed", "country", "kept"), ACCOUNTS)
def test_account_numbers_are_checked_as_far_as_the_number_tells(typed: str, country: str, kept: str) -> None:
    assert kept or refusal_of(lambda: tidy_account(typed, country)) == "bank_account_invalid"
    assert not kept or tidy_account(typed, country) == kept


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a wrong IBAN": ({"bank_account": "DE00370400440532013000", "values": {"bank_country": "DE"}}, "bank_account_invalid"),
    "an account of no country": ({"bank_account": "123456789"}, "bank_country_missing"),
    "a birth in the future": ({"values": {"birth_date": date(2031, 1, 1)}}, "birth_date_invalid"),
    "a birth long ago": ({"values": {"birth_date": date(1850, 1, 1)}}, "birth_date_invalid"),
    "more than everything": (
        {"owners": [OwnerFacts("A", "DE", None, Decimal(60)), OwnerFacts("B", "DE", None, Decimal(50))]}, "shares_invalid",
    ),
    "an owner born tomorrow": ({"owners": [OwnerFacts("A", "DE", date(2030, 1, 1))]}, "birth_date_invalid"),
    "a crowd": ({"owners": [OwnerFacts(f"A{n}", "DE") for n in range(26)]}, "too_many_owners"),
}  # fmt: skip


@pytest.mark.parametrize(("what", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_right_is_refused_and_nothing_is_kept(
    what: dict[str, Any], code: str, shenzhen: Seller, shenzhen_member: User
) -> None:
    what = what | {"values": {"person_name": "Li Na"} | what.get("values", {})}

    assert refusal_of(lambda: papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=Told(**what))) == code

    kept = SellerVerification.objects.filter(seller=shenzhen).first()
    assert kept is None or (kept.person_name, kept.bank_account, kept.owners.count()) == ("", "", 0)


def test_another_sellers_document_and_another_sellers_member_are_refused(
    shenzhen: Seller, shenzhen_member: User, rival: Seller, rival_member: User
) -> None:
    theirs = document(rival, rival_member)
    wrong_kind = document(shenzhen, shenzhen_member, kind="bank")

    def save(actor: User, **what: Any) -> str:
        return refusal_of(lambda: papers.save_papers(seller=shenzhen, actor=actor, told=Told(**what)))

    assert save(shenzhen_member, documents={"identity_document": theirs}) == "document_of_another"
    assert save(shenzhen_member, documents={"identity_document": wrong_kind}) == "document_of_another"
    assert save(rival_member, values={"person_name": "Max"}) == "not_allowed"
    assert save(verifier(), values={"person_name": "Vera"}) == "not_allowed"
    assert refusal_of(lambda: papers.submit_papers(seller=shenzhen, actor=rival_member)) == "not_allowed"
    with pytest.raises(ValueError, match="status"):
        save(shenzhen_member, values={"status": "approved"})


# After the decision -----------------------------------------------------------------------------------------


def test_what_an_approved_seller_changes_counts_at_once_and_is_put_before_an_officer(
    shenzhen: Seller, shenzhen_member: User, ready: SellerVerification
) -> None:
    put(shenzhen, "approved")

    papers.save_papers(
        seller=shenzhen, actor=shenzhen_member,
        told=Told({"bank_country": "FR", "phone": "+49 40 9"}, bank_account=IBANS["FR"]),
    )  # fmt: skip

    shenzhen.refresh_from_db()
    ready.refresh_from_db()
    assert (shenzhen.status, masked_account(ready)) == ("approved", "•••• 2606")
    assert ready.changed_at is not None and ready.names_screened_at is not None
    event = VerificationEvent.objects.get()
    assert (event.before, event.after) == ("approved", "approved")
    assert step_reason(event.reason) == (
        "Changed after the decision: The country of the bank; A telephone number; The number of the bank account."
    )

    verification.confirm_changes(seller=shenzhen, actor=verifier(), reason="The bank confirmed it.")
    ready.refresh_from_db()
    assert ready.changed_at is None
    confirm = lambda: verification.confirm_changes(seller=shenzhen, actor=verifier("w@example.test"), reason="x")  # noqa: E731
    assert refusal_of(confirm) == "nothing_changed"


def test_a_relation_ends_papers_are_kept_and_then_erased(
    shenzhen: Seller, shenzhen_member: User, ready: SellerVerification, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shenzhen, "approved")
    officer = verifier()
    end = lambda: verification.end_relation(seller=shenzhen, actor=officer, reason="They left.")  # noqa: E731
    assert refusal_of(end) == "still_selling"
    step(shenzhen, "suspended", officer)
    end()
    assert refusal_of(end) == "already_ended"

    ready.refresh_from_db()
    assert ready.ended_on == clock.today()
    until = EvidenceDocument.objects.values_list("keep_until", flat=True)
    assert len(set(until)) == 1 and clock.today() + timedelta(days=180) < until[0] < clock.today() + timedelta(days=185)

    assert papers.erase_expired(until[0]) == 0
    assert papers.erase_expired(until[0] + timedelta(days=1)) == 1
    assert papers.erase_expired(until[0] + timedelta(days=9)) == 0
    ready.refresh_from_db()
    assert (ready.person_name, ready.bank_account, ready.owners.count(), ready.erased_at is None) == ("", "", 0, False)
    assert VerificationEvent.objects.count() == 3


def test_who_may_try_again_keeps_the_papers(shenzhen: Seller, ready: SellerVerification) -> None:
    put(shenzhen, "in_review")
    officer = verifier()

    step(shenzhen, "refused", officer, "The extract is of another company.")
    ready.refresh_from_db()
    assert ready.ended_on == clock.today()
    assert set(EvidenceDocument.objects.values_list("keep_until", flat=True)) != {None}

    step(shenzhen, "onboarding", officer, "Please send the right one.")
    ready.refresh_from_db()
    assert ready.ended_on is None
    assert set(EvidenceDocument.objects.values_list("keep_until", flat=True)) == {None}
