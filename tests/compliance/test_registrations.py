"""Numbers are entered with proof, checked by officers, renewed beside the old one, ended; only valid ones count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import override

from accounts.models import Seller, User
from compliance import selectors, services
from compliance.models import EvidenceDocument, Letter, Recheck, Registration, RegistrationEvent
from compliance.services import Claim
from compliance.services.registrations import begin_registrations
from compliance.words.registrations import registration_title
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from tests.compliance.desk import sent
from tests.support import papers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
State = Registration.State
LUCID = {"kind": "epr", "country": "DE", "stream": "packaging"}
YEAR = timedelta(days=365)


@pytest.fixture
def vera(db: None) -> User:
    """An officer who decides who may sell."""
    return papers.verifier()


@pytest.fixture
def proof(shenzhen: Seller, shenzhen_member: User) -> EvidenceDocument:
    return papers.document(shenzhen, shenzhen_member, "registration")


def claim(seller: Seller, member: User, number: str = "DE1234567890123", **told: Any) -> Registration:
    return services.claim_registration(seller=seller, claim=Claim(number=number, **(LUCID | told)), actor=member)


def counting(seller: Seller, on: date | None = None) -> frozenset[tuple[str, str, str]]:
    return selectors.registrations_that_count([seller.pk], on or clock.today())[seller.pk]


def rows() -> list[Any]:
    tables = (Registration, RegistrationEvent, Recheck, Letter)
    return [list(model._default_manager.order_by("pk").values()) for model in tables]


def refusal(code: str, action: Any, **arguments: Any) -> Refused:
    before = rows()
    with pytest.raises(Refused) as refused:
        action(**arguments)
    assert refused.value.code == code
    assert rows() == before
    return refused.value


def steps(registration: Registration) -> list[tuple[str, str, str]]:
    return [(event.before, event.after, event.reason) for event in registration.events.all()]


# From entering to counting ------------------------------------------------------------------------------------


def test_a_number_counts_when_an_officer_has_seen_its_proof(
    shenzhen: Seller, shenzhen_member: User, vera: User, proof: EvidenceDocument
) -> None:
    last = clock.today() + YEAR

    claimed = claim(shenzhen, shenzhen_member, " de 1234.5678.90123", document=proof, expires_on=last)

    assert (claimed.number, claimed.state, claimed.due_at) == ("DE1234567890123", State.CLAIMED, None)
    assert counting(shenzhen) == frozenset()
    assert selectors.registrations_that_wait([shenzhen.pk])[shenzhen.pk] == {("epr", "DE", "packaging")}

    valid = services.verify_registration(registration=claimed, actor=vera, reason="Extract of the register of today")

    assert (valid.state, valid.verified_by, valid.checked_with, valid.expires_on) == (
        State.VALID,
        vera,
        "officer",
        last,
    )
    assert counting(shenzhen) == {("epr", "DE", "packaging")}
    assert steps(valid) == [
        ("", "claimed", "claimed"),
        ("claimed", "valid", "Extract of the register of today"),
    ]
    assert {(row.topic, row.key) for row in Recheck.objects.filter(topic="seller")} == {("seller", str(shenzhen.pk))}


def test_the_seller_reads_in_a_letter_what_was_decided(
    shenzhen: Seller, shenzhen_member: User, vera: User, proof: EvidenceDocument
) -> None:
    User.objects.filter(pk=shenzhen_member.pk).update(language="en")
    claimed = claim(shenzhen, shenzhen_member, document=proof)
    assert sent() == {}

    services.reject_registration(registration=claimed, actor=vera, reason="The extract names another company.")

    (message,) = sent()["li@example.test"]
    assert message.subject == "Your number does not count: Producer responsibility: packaging · Germany"
    assert "The extract names another company." in message.body
    assert f"/admin/compliance/registration/{claimed.pk}/change/" in message.body


def test_a_renewal_never_stops_the_number_that_counts(
    shenzhen: Seller, shenzhen_member: User, vera: User, proof: EvidenceDocument
) -> None:
    old = claim(shenzhen, shenzhen_member, document=proof, expires_on=clock.today() + timedelta(days=20))
    services.verify_registration(registration=old, actor=vera, reason="Seen")

    new = claim(shenzhen, shenzhen_member, document=proof, expires_on=clock.today() + YEAR)

    assert counting(shenzhen) == {("epr", "DE", "packaging")}
    old.refresh_from_db()
    assert (old.state, new.state) == (State.VALID, State.CLAIMED)

    services.verify_registration(registration=new, actor=vera, reason="Seen again")

    old.refresh_from_db()
    assert (old.state, old.reason) == (State.ENDED, "replaced")
    assert counting(shenzhen) == {("epr", "DE", "packaging")}


def test_a_renewal_that_begins_later_waits_beside_the_old_number_and_takes_over_on_its_day(
    shenzhen: Seller, shenzhen_member: User, vera: User, proof: EvidenceDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = clock.today() + timedelta(days=20)
    first = last + timedelta(days=1)
    old = claim(shenzhen, shenzhen_member, document=proof, expires_on=last)
    services.verify_registration(registration=old, actor=vera, reason="Seen")
    new = claim(shenzhen, shenzhen_member, document=proof, valid_from=first, expires_on=first + YEAR)

    new = services.verify_registration(registration=new, actor=vera, reason="Seen again")

    old.refresh_from_db()
    assert (old.state, new.state) == (State.VALID, State.UPCOMING)
    numbers = {("epr", "DE", "packaging")}
    assert counting(shenzhen) == counting(shenzhen, last) == counting(shenzhen, first) == numbers
    assert list(selectors.registrations_ending(clock.today())) == []  # nobody has to be reminded
    assert "counts from" in sent()["li@example.test"][-1].body
    assert begin_registrations(last) == 0

    assert (begin_registrations(first), begin_registrations(first)) == (1, 0)

    old.refresh_from_db()
    assert (old.state, old.reason) == (State.ENDED, "replaced")
    assert steps(new)[-1] == ("upcoming", "valid", "begun")
    assert counting(shenzhen, first) == numbers
    assert sent() == {}  # told before


def test_a_number_that_waits_for_its_day_can_be_replaced_rejected_and_ended(
    shenzhen: Seller, shenzhen_member: User, vera: User, proof: EvidenceDocument
) -> None:
    later = clock.today() + timedelta(days=9)

    def upcoming(number: str) -> Registration:
        claimed = claim(shenzhen, shenzhen_member, number, document=proof, valid_from=later)
        return services.verify_registration(registration=claimed, actor=vera, reason="Seen")

    first, second = upcoming("DE1111111111111"), upcoming("DE2222222222222")
    first.refresh_from_db()
    assert (first.state, second.state) == (State.ENDED, State.UPCOMING)
    refusal("already_there", claim, seller=shenzhen, member=shenzhen_member, number=second.number, document=proof,
            valid_from=later)  # fmt: skip
    with pytest.raises(IntegrityError, match="one_upcoming_number"), transaction.atomic():
        Registration.objects.create(seller=shenzhen, number="3", state="upcoming", valid_from=later, **LUCID)

    services.reject_registration(registration=second, actor=vera, reason="Forged")
    third = upcoming("DE3333333333333")
    services.end_registration(registration=third, actor=shenzhen_member, reason="Not needed")

    assert begin_registrations(later) == 0
    assert counting(shenzhen, later) == frozenset()


def test_a_second_claim_takes_the_first_one_back(
    shenzhen: Seller, shenzhen_member: User, proof: EvidenceDocument
) -> None:
    first = claim(shenzhen, shenzhen_member, document=proof)

    second = claim(shenzhen, shenzhen_member, "DE9999999999999", document=proof)

    first.refresh_from_db()
    assert (first.state, first.reason, second.state) == (State.INVALID, "withdrawn", State.CLAIMED)
    assert sent() == {}  # nobody else has decided anything


def test_a_rejected_renewal_leaves_the_old_number_alone(
    shenzhen: Seller, shenzhen_member: User, vera: User, proof: EvidenceDocument
) -> None:
    old = services.verify_registration(
        registration=claim(shenzhen, shenzhen_member, document=proof), actor=vera, reason="Seen"
    )
    new = claim(shenzhen, shenzhen_member, "DE9999999999999", document=proof)

    services.reject_registration(registration=new, actor=vera, reason="Not in the register")

    old.refresh_from_db()
    assert old.state == State.VALID
    assert counting(shenzhen) == {("epr", "DE", "packaging")}


def test_the_seller_ends_a_registration_and_takes_back_one_that_waits(
    shenzhen: Seller, shenzhen_member: User, vera: User, proof: EvidenceDocument
) -> None:
    valid = services.verify_registration(
        registration=claim(shenzhen, shenzhen_member, document=proof), actor=vera, reason="Seen"
    )
    waiting = claim(shenzhen, shenzhen_member, "FR012345_01ABCD", country="FR", document=proof)

    services.end_registration(registration=valid, actor=shenzhen_member, reason="We left the system.")
    services.end_registration(registration=waiting, actor=shenzhen_member, reason="")

    valid.refresh_from_db()
    waiting.refresh_from_db()
    assert (valid.state, valid.reason) == (State.ENDED, "We left the system.")
    assert (waiting.state, waiting.reason) == (State.INVALID, "withdrawn")
    assert counting(shenzhen) == frozenset()
    assert selectors.registrations_that_lapsed([shenzhen.pk], clock.today())[shenzhen.pk] == {
        ("epr", "DE", "packaging")
    }


# Which count --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "valid_from", "expires_on", "counts"),
    [
        ("valid", None, None, True), ("valid", None, 0, True), ("valid", None, 1, True), ("valid", None, -1, False),
        ("valid", 0, None, True), ("valid", -1, 1, True), ("valid", 1, None, False),
        ("claimed", None, None, False), ("pending", None, None, False), ("invalid", None, None, False),
        ("ended", None, None, False),
    ],
)  # fmt: skip
def test_a_number_counts_by_its_state_and_its_days(
    shenzhen: Seller, rival: Seller, state: str, valid_from: int | None, expires_on: int | None, counts: bool
) -> None:
    today = date(2026, 11, 28)
    days = [None if each is None else today + timedelta(days=each) for each in (valid_from, expires_on)]
    Registration.objects.create(
        seller=shenzhen, number="1", state=state, valid_from=days[0], expires_on=days[1], **LUCID
    )

    found = selectors.registrations_that_count([shenzhen.pk, rival.pk], today)

    assert found == {shenzhen.pk: {("epr", "DE", "packaging")} if counts else frozenset(), rival.pk: frozenset()}


def test_many_sellers_are_one_query(shenzhen: Seller, rival: Seller, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        selectors.registrations_that_count([shenzhen.pk, rival.pk], clock.today())


# Refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"kind": "nonsense"}, "unknown_kind", "kind"),
        ({"kind": "vat", "country": "US"}, "wrong_country", "country"),
        ({"kind": "uk_vat", "country": "DE"}, "wrong_country", "country"),
        ({"country": "JP"}, "no_register", "stream"),
        ({"stream": "clouds"}, "no_register", "stream"),
        ({"number": "DE12345"}, "wrong_shape", "number"),
        ({"number": "9008390000000", "country": "AT"}, "wrong_check_digit", "number"),
        ({"kind": "vat", "number": "FR40303265045"}, "wrong_place", "number"),
        ({"expires_on": date(2020, 1, 1)}, "already_over", "expires_on"),
        ({"expires_on": date(2090, 1, 1), "valid_from": date(2091, 1, 1)}, "wrong_days", "expires_on"),
        ({"document": None}, "proof_missing", "document"),
    ],
)
def test_what_cannot_be_entered_is_refused_at_its_field(
    shenzhen: Seller, shenzhen_member: User, proof: EvidenceDocument, told: dict[str, Any], code: str, field: str
) -> None:
    values = {"number": "DE1234567890123", "document": proof} | told

    refused = refusal(code, claim, seller=shenzhen, member=shenzhen_member, **values)

    assert refused.field == field
    assert str(refused.message)


def test_a_rival_and_a_shopper_enter_and_change_nothing(
    shenzhen: Seller, shenzhen_member: User, rival_member: User, vera: User, proof: EvidenceDocument, officer: User
) -> None:
    held = claim(shenzhen, shenzhen_member, document=proof)
    shopper = User.objects.create_user("greta@example.test")
    for stranger in (rival_member, shopper, officer):  # that officer decides flags, not sellers
        refusal("not_allowed", claim, seller=shenzhen, member=stranger, document=proof)
        refusal("not_allowed", services.end_registration, registration=held, actor=stranger, reason="Mine")
    for stranger in (rival_member, shopper, officer, shenzhen_member):
        refusal("not_allowed", services.verify_registration, registration=held, actor=stranger, reason="Seen")
        refusal("not_allowed", services.reject_registration, registration=held, actor=stranger, reason="No")

    assert list(selectors.registrations_for(rival_member)) == []
    assert list(selectors.registrations_for(shopper)) == []
    assert list(selectors.registrations_for(shenzhen_member)) == list(selectors.registrations_for(vera)) == [held]


def test_proof_of_another_seller_or_of_something_else_is_refused(
    shenzhen: Seller, shenzhen_member: User, rival: Seller, rival_member: User
) -> None:
    theirs = papers.document(rival, rival_member, "registration")
    passport = papers.document(shenzhen, shenzhen_member, "identity")

    for document in (theirs, passport):
        refusal("document_of_another", claim, seller=shenzhen, member=shenzhen_member, document=document)

    assert not Registration.objects.exists()


@pytest.mark.parametrize("status", ["invited", "refused"])
def test_who_has_not_come_or_may_not_sell_enters_nothing(
    shenzhen: Seller, shenzhen_member: User, proof: EvidenceDocument, status: str
) -> None:
    Seller.objects.filter(pk=shenzhen.pk).update(status=status)

    refusal("papers_closed", claim, seller=shenzhen, member=shenzhen_member, document=proof)

    assert not Registration.objects.exists()


def test_an_officer_needs_a_proof_and_a_reason_and_a_number_that_still_waits(
    shenzhen: Seller, shenzhen_member: User, vera: User, proof: EvidenceDocument
) -> None:
    vat = claim(shenzhen, shenzhen_member, "DE136695976", kind="vat", stream="")
    refusal("proof_missing", services.verify_registration, registration=vat, actor=vera, reason="Seen")
    held = claim(shenzhen, shenzhen_member, document=proof)
    refusal("reason_missing", services.verify_registration, registration=held, actor=vera, reason="  ")
    refusal("reason_missing", services.reject_registration, registration=held, actor=vera, reason="")

    services.verify_registration(registration=held, actor=vera, reason="Seen")

    refusal("state_changed", services.verify_registration, registration=held, actor=vera, reason="Seen")
    refusal("already_there", claim, seller=shenzhen, member=shenzhen_member, document=proof)
    services.end_registration(registration=held, actor=vera, reason="Told by the register")
    refusal("state_changed", services.end_registration, registration=held, actor=vera, reason="Again")
    refusal("state_changed", services.reject_registration, registration=held, actor=vera, reason="Again")

    held.refresh_from_db()
    vat.refresh_from_db()
    assert (held.state, vat.state) == ("ended", "pending")


# The database -------------------------------------------------------------------------------------------------


def test_steps_are_never_changed_and_no_two_numbers_count_for_the_same(
    shenzhen: Seller, shenzhen_member: User, proof: EvidenceDocument
) -> None:
    held = claim(shenzhen, shenzhen_member, document=proof)

    with pytest.raises(DatabaseError), transaction.atomic():
        RegistrationEvent.objects.filter(registration=held).update(reason="Forged")
    with pytest.raises(DatabaseError), transaction.atomic():
        RegistrationEvent.objects.filter(registration=held).delete()
    for state in ("valid", "pending"):
        Registration.objects.filter(pk=held.pk).update(state=state)
        with pytest.raises(IntegrityError), transaction.atomic():
            Registration.objects.create(seller=shenzhen, number="2", state=state, **LUCID)


def test_a_registration_is_named_by_what_it_is_for() -> None:
    with override("en"):
        assert registration_title("epr", "FR", "textiles") == "Producer responsibility: textiles and shoes · France"
        assert registration_title("ioss", "", "") == "IOSS number"
        assert registration_title("vat", "XI", "") == "VAT number · Northern Ireland"
