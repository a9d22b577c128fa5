"""Two at once: one decision stands, an invitation is accepted once, a night's work is done once.

For decisions the harm is shown first: what happens when the seller is read without a lock.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Seller, SellerMember, User
from compliance.models import (
    EvidenceDocument,
    Flag,
    SanctionedParty,
    SanctionsLoad,
    SellerInvitation,
    SellerVerification,
    VerificationEvent,
)
from compliance.services import documents, invitations, papers, sanctions, verification
from tests.support.papers import complete, document, verifier
from tests.support.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def sent(shenzhen: Seller, shenzhen_member: User) -> Seller:
    """A seller whose papers wait for a decision."""
    complete(shenzhen, shenzhen_member)
    papers.submit_papers(seller=shenzhen, actor=shenzhen_member)
    shenzhen.refresh_from_db()
    return shenzhen


def decide(seller: Seller, decision: str, actor: User) -> Callable[[], str]:
    def call() -> str:
        verification.decide_seller(seller=seller, decision=decision, actor=actor, reason=f"I say {decision}.")
        return decision

    return call


def decisions(seller: Seller) -> list[str]:
    """The states to which officers took the seller, one after the other."""
    events = VerificationEvent.objects.filter(verification__seller=seller, before="in_review").order_by("pk")
    return list(events.values_list("after", flat=True))


def test_without_the_lock_a_seller_is_approved_and_refused(sent: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens when the seller is read, compared and written: both have read before the first one writes."""
    both_have_read = threading.Barrier(2)

    def read(seller: Seller) -> tuple[Seller, SellerVerification]:
        seller = Seller.objects.get(pk=seller.pk)
        found = SellerVerification.objects.get(seller=seller)
        found.seller = seller
        with contextlib.suppress(threading.BrokenBarrierError):
            both_have_read.wait(timeout=10)
        return seller, found

    monkeypatch.setattr(verification, "locked", read)
    one, two = verifier(), verifier("second@example.test", "Tomás Rey")

    outcomes = at_once(
        lambda: verification.set_seller_state(seller=sent, state="approved", actor=one, reason="x").after,
        lambda: verification.set_seller_state(seller=sent, state="refused", actor=two, reason="y").after,
    )

    assert outcomes == ["approved", "refused"]
    assert sorted(decisions(sent)) == ["approved", "refused"]  # and the state is whichever came last


@pytest.mark.parametrize("turn", range(4))
def test_of_two_officers_one_decides(sent: Seller, turn: int) -> None:
    one, two = verifier(), verifier("second@example.test", "Tomás Rey")

    outcomes = at_once(decide(sent, "approve", one), decide(sent, "refuse", two))

    assert Counter(outcomes)["state_changed"] == 1
    sent.refresh_from_db()
    assert decisions(sent) == [sent.status]
    assert (
        sent.status == {"approve": "approved", "refuse": "refused"}[next(o for o in outcomes if o != "state_changed")]
    )


def test_papers_taken_back_while_an_officer_approves_are_one_or_the_other(sent: Seller, shenzhen_member: User) -> None:
    officer = verifier()

    outcomes = at_once(
        decide(sent, "approve", officer),
        lambda: papers.take_back_papers(seller=sent, actor=shenzhen_member).after,
    )

    sent.refresh_from_db()
    assert Counter(outcomes)["state_changed"] == 1
    assert decisions(sent) == [sent.status] and sent.status in ("approved", "onboarding")


def test_papers_sent_twice_are_sent_once(shenzhen: Seller, shenzhen_member: User) -> None:
    complete(shenzhen, shenzhen_member)

    outcomes = at_once(*[lambda: papers.submit_papers(seller=shenzhen, actor=shenzhen_member).after] * 4)

    assert Counter(outcomes) == {"in_review": 1, "state_changed": 3}
    assert VerificationEvent.objects.count() == 1


def test_a_name_that_is_listed_while_an_officer_approves_never_slips_through(
    sent: Seller, shenzhen_member: User, loaded: None
) -> None:
    SellerVerification.objects.update(person_name="Ruslan Ketterov")
    text = "reference,kind,name,aliases,countries,birth_date,listed_on,source\nX-1,person,Ruslan Ketterov,,,,,s\n"

    def load() -> str:
        sanctions.load_list(name="TEST", layout="own", text=text)
        sanctions.screen_sellers()
        return "loaded"

    at_once(decide(sent, "approve", verifier()), load)

    flag = Flag.objects.get(rule__startswith="seller_party_listed")
    assert flag.is_live and flag.severity == "critical"  # it stops the approval, or holds what was approved before it


def test_a_screening_and_a_decision_in_the_midst_of_each_other_both_end(
    sent: Seller, loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has written what it writes first when the other one goes on: none may wait for what the other one holds."""
    SellerVerification.objects.update(person_name="Ruslan Ketterov")
    text = "reference,kind,name,aliases,countries,birth_date,listed_on,source\nX-1,person,Ruslan Ketterov,,,,,s\n"
    sanctions.load_list(name="TEST", layout="own", text=text)
    both_are_in, record_findings, refuse_unready = (
        threading.Barrier(2),
        sanctions.record_findings,
        verification.refuse_unready,
    )

    def record(**looked: Any) -> list[Flag]:
        flags = record_findings(**looked)
        both_are_in.wait(timeout=20)
        return flags

    def refuse(papers: SellerVerification) -> None:
        refuse_unready(papers)
        both_are_in.wait(timeout=20)
        time.sleep(0.3)  # the screening is on its way to its commit

    monkeypatch.setattr(sanctions, "record_findings", record)
    monkeypatch.setattr(verification, "refuse_unready", refuse)

    outcomes = at_once(
        lambda: verification.set_seller_state(seller=sent, state="approved", actor=verifier(), reason="x").after,
        lambda: sanctions.screen_sellers(seller_ids=[sent.pk]),
    )

    assert outcomes == ["approved", 1]
    assert Flag.objects.get(rule__startswith="seller_party_listed").is_live


def test_an_invitation_is_accepted_once(db: None) -> None:
    invitation = invitations.invite_seller(
        actor=verifier(), name="Marsa", country="AE", currency="AED", email="new@example.test", language="en"
    )

    outcomes = at_once(
        *[
            lambda n=n: invitations.open_account(invitation=invitation, password=f"salt and wind {n}").pk
            for n in range(4)
        ]
    )

    user = User.objects.get(email="new@example.test")
    assert Counter(outcomes) == {user.pk: 1, "account_exists": 3}
    assert SellerMember.objects.filter(user=user).count() == 1
    assert SellerInvitation.objects.get().accepted_at is not None
    assert list(VerificationEvent.objects.order_by("pk").values_list("after", flat=True)) == ["invited", "onboarding"]


def test_two_nights_at_once_delete_each_file_once(shenzhen: Seller, shenzhen_member: User) -> None:
    kept = document(shenzhen, shenzhen_member)
    EvidenceDocument.objects.update(keep_until=date(2026, 1, 1))

    deleted = at_once(*[lambda: documents.delete_expired(date(2026, 1, 2))] * 4)

    kept.refresh_from_db()
    assert sum(deleted) == 1 and kept.file == ""


def test_two_loads_of_one_list_follow_each_other(tmp_path: Path, db: None) -> None:
    head = "reference,kind,name,aliases,countries,birth_date,listed_on,source\n"
    texts = [head + "".join(f"X-{n},person,Name {n} {word},,,,,s\n" for n in range(30)) for word in ("Alpha", "Beta")]

    def load(text: str) -> Callable[[], Any]:
        return lambda: sanctions.load_list(name="TEST", layout="own", text=text).parties

    assert at_once(load(texts[0]), load(texts[1])) == [30, 30]

    assert len({party.name.split()[-1] for party in SanctionedParty.objects.all()}) == 1
    assert SanctionsLoad.objects.count() == 2
    call_command("check")
