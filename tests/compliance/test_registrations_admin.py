"""Sellers enter their numbers in the admin and see what is missing; officers see all and decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import services as accounts
from accounts.models import Seller, User
from compliance import selectors, services
from compliance.models import EvidenceDocument, Registration
from compliance.screening import Finding
from compliance.services import Claim
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.test_registrations import LUCID, rows
from tests.support import papers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
LIST, ENTER = "/admin/compliance/registration/", "/admin/compliance/registration/enter/"
State = Registration.State


@pytest.fixture
def member(shenzhen: Seller) -> User:
    """Somebody of the seller, with the rights of the role."""
    return member_of(shenzhen, "owner@shenzhen.example")


def member_of(seller: Seller, email: str) -> User:
    accounts.sync_roles(ROLE_RIGHTS)
    user = User.objects.create_user(email, full_name="Li Na")
    accounts.add_member(user=user, seller=seller, role="owner")
    return User.objects.get(pk=user.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(number: Registration) -> str:
    return f"{LIST}{number.pk}/change/"


def entered(seller: Seller, member: User, **told: Any) -> Registration:
    proof = papers.document(seller, member, "registration")
    claim = Claim(number="DE1234567890123", document=proof, **(LUCID | told))
    return services.claim_registration(seller=seller, claim=claim, actor=member)


# Entering -----------------------------------------------------------------------------------------------------


def test_a_member_enters_a_number_with_its_proof(shenzhen: Seller, member: User) -> None:
    client = signed_in(member)
    kinds = client.get(ENTER).content.decode()
    assert f'href="{ENTER}?kind=epr"' in kinds
    assert "Producer responsibility" in kinds
    form = client.get(f"{ENTER}?kind=epr&country=FR&stream=textiles").content.decode()
    assert "ADEME SYDEREP by Refashion" in form
    assert "FR000000_11ABCD" in form
    assert "authorised representative" in form

    answer = client.post(
        f"{ENTER}?kind=epr",
        {"seller": shenzhen.pk, "country": "FR", "stream": "textiles", "number": "fr012345_11abcd",
         "expires_on": f"{clock.today() + timedelta(days=400)}", "document": papers.upload()},
    )  # fmt: skip

    made = Registration.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(made))
    assert (made.number, made.state, made.document.kind) == ("FR012345_11ABCD", State.CLAIMED, "registration")  # type: ignore[union-attr]
    shown = client.get(page(made)).content.decode()
    assert "Producer responsibility: textiles and shoes · France" in shown
    assert "Waiting for a check" in shown
    assert "Take it back" in shown
    assert "It is valid" not in shown


def test_a_vat_number_is_asked_for_without_a_proof(shenzhen: Seller, member: User) -> None:
    answer = signed_in(member).post(
        f"{ENTER}?kind=vat", {"seller": shenzhen.pk, "country": "DE", "number": "136695976"}, follow=True
    )

    made = Registration.objects.get()
    assert (made.number, made.state) == ("DE136695976", State.PENDING)
    assert "As long as it does not answer, the number does not count." in answer.content.decode()


def test_what_was_typed_stays_when_it_is_refused_and_the_proof_is_sent_once(shenzhen: Seller, member: User) -> None:
    client = signed_in(member)
    typed = {"seller": shenzhen.pk, "country": "AT", "stream": "packaging", "number": "9008390000000"}

    refused = client.post(f"{ENTER}?kind=epr", typed | {"document": papers.upload()})

    assert refused.status_code == 422
    text = refused.content.decode()
    assert "The check digit of this number is wrong." in text
    assert 'value="9008390000000"' in text
    assert "Kept: paper.pdf." in text
    assert Registration.objects.count() == 0
    kept = EvidenceDocument.objects.get()
    assert f'name="kept" value="{kept.pk}"' in text

    done = client.post(f"{ENTER}?kind=epr", typed | {"number": "9008390000007", "kept": str(kept.pk)})

    assert done.status_code == 302
    assert Registration.objects.get().document == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"number": ""}, "Enter the number."),
        ({"number": "DE1"}, "This is not a number of this kind. One looks like DE1234567890123."),
        ({"country": "JP"}, "Select a valid choice."),
        ({"stream": ""}, "This field is required."),
        ({"expires_on": "tomorrow"}, "Enter a date, such as 2027-05-31."),
        ({"expires_on": "2020-01-01"}, "This day is over."),
        ({"document": ""}, "Add a proof"),
        ({"kept": "11111111-1111-4111-8111-111111111111", "document": ""}, "Add a proof"),
    ],
)
def test_mistakes_are_said_at_their_field(shenzhen: Seller, member: User, typed: dict[str, str], sentence: str) -> None:
    whole: dict[str, Any] = {
        "seller": shenzhen.pk, "country": "DE", "stream": "packaging", "number": "DE1234567890123",
        "document": papers.upload(),
    }  # fmt: skip

    answer = signed_in(member).post(f"{ENTER}?kind=epr", whole | typed)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Registration.objects.count() == 0


def test_a_file_that_is_no_document_is_refused(shenzhen: Seller, member: User) -> None:
    answer = signed_in(member).post(
        f"{ENTER}?kind=ioss",
        {"seller": shenzhen.pk, "number": "IM2761234567", "document": papers.upload(b"MZ\x90 evil", "proof.pdf")},
    )

    assert answer.status_code == 422
    assert (Registration.objects.count(), EvidenceDocument.objects.count()) == (0, 0)


# Missing ------------------------------------------------------------------------------------------------------


def test_what_listings_lack_is_offered_to_be_added(shenzhen: Seller, rival: Seller, member: User) -> None:
    for seller in (shenzhen, rival):  # any subject will do: the flags of a listing look the same
        services.record_findings(
            subject=seller, seller=seller, label="Kite T-shirt", checks=["epr_missing"],
            findings=[Finding("epr_missing", "block", {"sku": "A", "stream": "textiles"}, rule="textiles-block", countries=("FR",))],
        )  # fmt: skip
    add = f"{ENTER}?kind=epr&amp;country=FR&amp;stream=textiles&amp;seller={shenzhen.pk}"

    text = signed_in(member).get(LIST).content.decode()

    assert "Your listings lack these numbers" in text
    assert add in text
    assert f"seller={rival.pk}" not in text

    Registration.objects.create(
        seller=shenzhen, kind="epr", country="FR", stream="textiles", number="1", state="claimed"
    )
    assert add not in signed_in(member).get(LIST).content.decode()
    assert selectors.missing_numbers([shenzhen.pk]) == []


# Officers -----------------------------------------------------------------------------------------------------


def test_an_officer_decides_with_a_reason_and_the_proof(shenzhen: Seller, member: User) -> None:
    vera = papers.verifier()
    client = signed_in(vera)
    number = entered(shenzhen, member)
    shown = client.get(page(number)).content.decode()
    assert "It is valid" in shown
    assert f"/admin/compliance/evidencedocument/{number.document_id}/open/" in shown

    silent = client.post(f"{LIST}{number.pk}/decide/", {"decision": "verify", "reason": ""})
    assert silent.status_code == 422
    number.refresh_from_db()
    assert number.state == State.CLAIMED

    done = client.post(
        f"{LIST}{number.pk}/decide/", {"decision": "verify", "reason": "Seen in LUCID today"}, follow=True
    )

    number.refresh_from_db()
    assert (number.state, number.verified_by) == (State.VALID, vera)
    text = done.content.decode()
    assert "The number counts from now on." in text
    assert "Vera Lindqvist" in text
    seen_by_seller = signed_in(member).get(page(number)).content.decode()
    assert "Seen in LUCID today" in seen_by_seller
    assert "Vera Lindqvist" not in seen_by_seller
    assert "/open/" not in seen_by_seller


def test_an_officer_rejects_and_ends(shenzhen: Seller, member: User) -> None:
    client = signed_in(papers.verifier())
    number = entered(shenzhen, member)

    client.post(f"{LIST}{number.pk}/decide/", {"decision": "reject", "reason": "Not in the register"})

    number.refresh_from_db()
    assert (number.state, number.reason) == (State.INVALID, "Not in the register")


def test_officers_filter_by_state_kind_and_end(shenzhen: Seller, member: User) -> None:
    today = clock.today()
    for kind, state, left in (
        ("ioss", "valid", 20),
        ("voec", "valid", -1),
        ("uscc", "valid", None),
        ("vat", "pending", None),
    ):
        last = None if left is None else today + timedelta(days=left)
        Registration.objects.create(seller=shenzhen, kind=kind, number=f"NR-{kind}", state=state, expires_on=last)
    client = signed_in(papers.verifier())

    def shown(query: str) -> set[str]:
        text = client.get(f"{LIST}?{query}").content.decode()
        return {kind for kind in ("ioss", "voec", "uscc", "vat") if f"NR-{kind}" in text}

    assert shown("") == {"ioss", "voec", "uscc", "vat"}
    assert shown("ends=soon") == {"ioss"}
    assert shown("ends=over") == {"voec"}
    assert shown("ends=none") == {"uscc"}
    assert shown("state__exact=pending") == {"vat"}
    assert shown("kind__exact=ioss") == {"ioss"}


# Strangers ----------------------------------------------------------------------------------------------------


def test_a_rival_a_shopper_and_other_staff_meet_nothing(shenzhen: Seller, rival: Seller, member: User) -> None:
    number = entered(shenzhen, member)
    strangers = [member_of(rival, "owner@rival.example"), User.objects.create_user("greta@example.test")]
    before = rows()

    for stranger in strangers:
        client = signed_in(stranger)
        assert "DE1234567890123" not in client.get(LIST, follow=True).content.decode()
        for answer in (
            client.get(page(number)),
            client.post(f"{LIST}{number.pk}/decide/", {"decision": "end", "reason": "Mine"}),
            client.post(f"{LIST}{number.pk}/decide/", {"decision": "verify", "reason": "Mine"}),
        ):
            assert answer.status_code in (302, 403, 404)
        typed = {"seller": shenzhen.pk, "number": "IM2761234567", "document": papers.upload()}
        assert client.post(f"{ENTER}?kind=ioss", typed).status_code in (302, 404, 422)
    assert rows() == before


def test_a_member_cannot_decide_on_the_own_number(shenzhen: Seller, member: User) -> None:
    number = entered(shenzhen, member)
    client = signed_in(member)
    before = rows()

    verify = client.post(f"{LIST}{number.pk}/decide/", {"decision": "verify", "reason": "Trust me"})
    reject = client.post(f"{LIST}{number.pk}/decide/", {"decision": "reject", "reason": "Trust me"})

    assert (verify.status_code, reject.status_code) == (404, 422)
    assert rows() == before


def test_a_member_takes_the_own_number_back(shenzhen: Seller, member: User) -> None:
    number = entered(shenzhen, member)

    answer = signed_in(member).post(f"{LIST}{number.pk}/decide/", {"decision": "end"}, follow=True)

    number.refresh_from_db()
    assert (answer.status_code, number.state, number.reason) == (200, State.INVALID, "withdrawn")
