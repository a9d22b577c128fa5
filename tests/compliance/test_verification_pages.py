"""From the invitation to the approval, through the doors that people take: letters, links, forms, buttons."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Seller, User
from compliance import tasks
from compliance.models import (
    DocumentView,
    EvidenceDocument,
    SanctionsLoad,
    SellerInvitation,
    SellerVerification,
    TaxRate,
    VerificationEvent,
)
from compliance.services import papers, sanctions, verification
from compliance.services.papers import Told
from marketplace.kernel import clock
from tests.support.papers import IBANS, complete, pdf, picture, upload, verifier

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:compliance_sellerverification_changelist")
INVITE = reverse("admin:compliance_sellerverification_invite")
PASSWORD = "lanterns over the creek"


def page_of(seller: Seller) -> str:
    found = verification.verification_of(seller)
    return reverse("admin:compliance_sellerverification_change", args=[found.pk])


def decide_at(seller: Seller) -> str:
    return reverse("admin:compliance_sellerverification_decide", args=[verification.verification_of(seller).pk])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def link_in(letter: Any) -> str:
    """The address of the invitation in a letter, without the host."""
    found = re.search(r"http://testserver(/\S+/sell/invitation/\S+/)", letter.body)
    assert found is not None, letter.body
    return found[1]


@pytest.fixture
def desk() -> Client:
    return signed_in(verifier())


@pytest.fixture
def invited(desk: Client) -> SellerInvitation:
    """An invitation to Arabic readers, whose letter has been sent."""
    sent = {"name": "Marsa Palm", "country": "AE", "currency": "AED", "email": "Mariam@Marsa.example", "language": "ar"}
    answer = desk.post(INVITE, sent)
    assert answer.status_code == 302, text_of(answer)
    tasks.send_letters()
    return SellerInvitation.objects.get()


@pytest.fixture
def member_page(shenzhen: Seller, shenzhen_member: User) -> Client:
    """A member of the seller in the admin, as one who was let in."""
    from accounts import services as accounts

    verifier("role@example.test")  # the roles have their rights
    accounts.add_member(user=shenzhen_member, seller=shenzhen)
    return signed_in(User.objects.get(pk=shenzhen_member.pk))


def form(**changes: Any) -> dict[str, Any]:
    """Everything that a company fills in; files are new each time."""
    sent: dict[str, Any] = {
        "is_person": "company", "legal_name": "Shenzhen Light Ltd", "street_address": "1 Keji Road",
        "postal_code": "518057", "city": "Shenzhen", "country_area": "Guangdong", "email": "office@light.example",
        "phone": "+86 755 5550100", "person_name": "Li Na", "birth_date": "1985-04-01",
        "identity_document": upload(picture("PNG"), "id.png"), "trade_register": "SAMR Shenzhen",
        "register_number": "9144030099", "register_document": upload(pdf(b"(register)"), "register.pdf"),
        "tax_country": "CN", "tax_number": "9144030099", "bank_holder": "Shenzhen Light Ltd", "bank_country": "CN",
        "bank_account": "6222 0260 0123 4567 890", "bank_document": upload(pdf(b"(bank)"), "bank.pdf"),
        "certifies": "on", "owners-TOTAL_FORMS": "2", "owners-INITIAL_FORMS": "0", "owners-0-name": "Li Na",
        "owners-0-birth_date": "1985-04-01", "owners-0-country": "CN", "owners-0-share_percent": "100", "step": "send",
    }  # fmt: skip
    return {name: value for name, value in (sent | changes).items() if value is not None}


# Invitation -------------------------------------------------------------------------------------------------


def test_an_officer_invites_and_the_letter_is_in_the_language_chosen(invited: SellerInvitation) -> None:
    seller, user = invited.seller, invited.user

    assert (seller.status, seller.slug, seller.home_country, seller.settlement_currency) == (
        "invited", "marsa-palm", "AE", "AED",
    )  # fmt: skip
    assert (user.email, user.has_usable_password(), user.language) == ("mariam@marsa.example", False, "ar")
    (letter,) = mail.outbox
    assert (letter.to, letter.extra_headers["Content-Language"]) == (["mariam@marsa.example"], "ar")
    assert link_in(letter).startswith("/ar/sell/invitation/")
    assert [(event.before, event.after) for event in VerificationEvent.objects.all()] == [("", "invited")]


def test_nothing_in_the_database_leads_in(invited: SellerInvitation) -> None:
    token = link_in(mail.outbox[0]).rstrip("/").rpartition("/")[2]
    from compliance.models import Letter

    kept = f"{invited.nonce} {Letter.objects.get().params} {Letter.objects.get().key}"

    assert token not in kept
    assert Client().get(f"/en/sell/invitation/{invited.pk}-{invited.nonce}/").status_code == 404
    assert Client().get(f"/en/sell/invitation/{token[:-1]}x/").status_code == 404


def test_the_link_sets_a_password_once_and_leads_to_the_papers(invited: SellerInvitation) -> None:
    link, client = link_in(mail.outbox[0]), Client()
    first = client.get(link)
    assert first.status_code == 200 and first["Referrer-Policy"] == "same-origin"

    weak = client.post(link, {"password1": "12345678", "password2": "12345678"})
    invited.user.refresh_from_db()
    assert (weak.status_code, invited.user.has_usable_password()) == (422, False)

    done = client.post(link, {"password1": PASSWORD, "password2": PASSWORD})

    assert (done.status_code, done["Location"]) == (302, page_of(invited.seller))
    invited.seller.refresh_from_db()
    invited.user.refresh_from_db()
    assert invited.seller.status == "onboarding" and invited.user.check_password(PASSWORD)
    assert invited.user.emailaddress_set.get().verified
    assert client.get(page_of(invited.seller)).status_code == 200
    again = Client().post(link, {"password1": "another long password", "password2": "another long password"})
    invited.user.refresh_from_db()
    assert again.status_code == 404 and invited.user.check_password(PASSWORD)


def test_a_link_ends_with_its_time_and_with_the_next_letter(invited: SellerInvitation, desk: Client) -> None:
    old = link_in(mail.outbox[0])
    again = reverse("admin:compliance_sellerverification_invite_again", args=[invited.seller.verification.pk])
    assert desk.post(again).status_code == 302
    tasks.send_letters()
    new = link_in(mail.outbox[1])

    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)

    SellerInvitation.objects.update(expires_at=clock.now())
    late = Client().post(new, {"password1": PASSWORD, "password2": PASSWORD})
    invited.user.refresh_from_db()
    assert (late.status_code, invited.user.has_usable_password()) == (410, False)


def test_who_has_an_account_accepts_with_it_and_keeps_the_password(desk: Client) -> None:
    shopper = User.objects.create_user("greta@example.com", "an old password")
    other = User.objects.create_user("other@example.com", "x")
    sent = {"name": "Greta's", "country": "DE", "currency": "EUR", "email": "greta@example.com", "language": "de"}
    desk.post(INVITE, sent)
    tasks.send_letters()
    link, seller = link_in(mail.outbox[0]), Seller.objects.get(name="Greta's")
    assert not shopper.memberships.exists()

    stranger = signed_in(other)
    assert "/account/login/?next=" in text_of(stranger.get(link))
    stranger.post(link, {"password1": PASSWORD, "password2": PASSWORD})
    Client().post(link, {"password1": PASSWORD, "password2": PASSWORD})
    seller.refresh_from_db()
    shopper.refresh_from_db()
    assert seller.status == "invited" and shopper.check_password("an old password")

    assert signed_in(shopper).post(link)["Location"] == page_of(seller)
    seller.refresh_from_db()
    assert seller.status == "onboarding" and shopper.memberships.get().seller == seller


@pytest.mark.parametrize(
    ("email", "name", "code"),
    [
        ("verifier@example.test", "New", 422),
        ("mariam@marsa.example", "Marsa Palm", 422),
        ("not an address", "New", 422),
    ],
)
def test_staff_and_those_who_are_invited_already_are_not_invited(
    email: str, name: str, code: int, invited: SellerInvitation, desk: Client
) -> None:
    sent = {"name": name, "country": "AE", "currency": "AED", "email": email, "language": "en"}

    answer = desk.post(INVITE, sent)

    assert (answer.status_code, Seller.objects.count()) == (code, 1)
    assert f'value="{name}"' in text_of(answer)


def test_only_officers_invite(member_page: Client) -> None:
    assert member_page.get(INVITE).status_code == 404
    assert member_page.post(INVITE, {"name": "x"}).status_code == 404
    assert Client().get(INVITE).status_code == 302


# The seller's page ------------------------------------------------------------------------------------------


def test_a_seller_fills_in_sends_and_is_approved(
    shenzhen: Seller, member_page: Client, desk: Client, loaded: None
) -> None:
    assert member_page.get(QUEUE)["Location"] == page_of(shenzhen)
    markets = {"wants_to_sell_in": ["DE", "FR"]}

    answer = member_page.post(page_of(shenzhen), form(**markets))

    assert answer.status_code == 302, text_of(answer)
    shenzhen.refresh_from_db()
    kept = SellerVerification.objects.get()
    assert (shenzhen.status, shenzhen.legal_name, kept.wants_to_sell_in) == (
        "in_review", "Shenzhen Light Ltd", ["DE", "FR"],
    )  # fmt: skip
    queue = text_of(desk.get(QUEUE))
    assert "Shenzhen-Light" in queue
    officers = text_of(desk.get(page_of(shenzhen)))
    assert "•••• 7890" in officers and "6222026001234567890" not in officers and "id.png" in officers

    sent = {"decision": "approve", "reason": "All agree.", "seen": kept.submitted_at.isoformat()}  # type: ignore[union-attr]
    assert desk.post(decide_at(shenzhen), sent).status_code == 302
    shenzhen.refresh_from_db()
    assert shenzhen.status == "approved"
    assert "Shenzhen-Light" not in text_of(desk.get(QUEUE))
    own = text_of(member_page.get(page_of(shenzhen)))
    assert "You may sell." in own and "All agree." in own and "Vera Lindqvist" not in own
    tasks.send_letters()
    assert [letter.subject for letter in mail.outbox] == [
        "We have received the papers of Shenzhen-Light", "Shenzhen-Light may sell",
    ]  # fmt: skip


def test_what_was_typed_stays_and_good_files_are_kept_when_something_is_wrong(
    shenzhen: Seller, member_page: Client
) -> None:
    bad = form(
        identity_document=upload(b"<svg/>", "me.svg"), birth_date="1.4.85", person_name="Li Ná",
        **{"owners-1-share_percent": "12"},
    )  # fmt: skip

    answer = member_page.post(page_of(shenzhen), bad)

    text = text_of(answer)
    assert answer.status_code == 422
    for sentence in ("Only PDF, JPEG, PNG and WebP files", "Enter a date, such as 1980-05-31.", "Enter the name."):
        assert sentence in text
    assert 'value="Li Ná"' in text and 'value="6222 0260 0123 4567 890"' in text and 'value="Li Na"' in text
    assert set(EvidenceDocument.objects.values_list("kind", flat=True)) == {"register", "bank"}
    kept = SellerVerification.objects.get()
    assert kept.register_document is not None and kept.identity_document is None and kept.person_name == ""
    assert "Kept: register.pdf" in text

    mended = form(register_document=None, bank_document=None)
    assert member_page.post(page_of(shenzhen), mended).status_code == 302
    shenzhen.refresh_from_db()
    assert shenzhen.status == "in_review"


def test_a_refusal_of_the_service_stands_at_its_field(shenzhen: Seller, member_page: Client) -> None:
    answer = member_page.post(page_of(shenzhen), form(bank_country="DE", bank_account="DE00 3704 0044 0532 0130 00"))

    assert answer.status_code == 422 and "This is not a valid IBAN." in text_of(answer)
    shenzhen.refresh_from_db()
    assert shenzhen.status == "onboarding" and SellerVerification.objects.get().bank_account == ""


def test_incomplete_papers_are_saved_and_the_list_says_what_is_missing(shenzhen: Seller, member_page: Client) -> None:
    answer = member_page.post(page_of(shenzhen), form(identity_document=None, certifies=None), follow=True)

    text = text_of(answer)
    assert "This is still missing" in text
    assert 'href="#person">A copy of the identification document<' in text and 'href="#certificate"' in text
    shenzhen.refresh_from_db()
    assert shenzhen.status == "onboarding" and SellerVerification.objects.get().person_name == "Li Na"


def test_more_rows_of_owners_come_without_a_script_and_nothing_is_lost(shenzhen: Seller, member_page: Client) -> None:
    answer = member_page.post(page_of(shenzhen), form(step="rows"))

    text = text_of(answer)
    assert (answer.status_code, text.count('class="papers-owner"')) == (200, 4)
    assert 'value="Li Na"' in text and EvidenceDocument.objects.count() == 3

    rows = {"owners-TOTAL_FORMS": "999999999999", "owners-1-name": "Bo", "owners-1-country": "DE"}
    assert member_page.post(page_of(shenzhen), form(step="save", **rows)).status_code in (302, 422)


def test_the_account_is_kept_when_its_field_is_left_empty(shenzhen: Seller, member_page: Client) -> None:
    member_page.post(page_of(shenzhen), form(step="save"))
    sealed = SellerVerification.objects.get().bank_account

    text = text_of(member_page.get(page_of(shenzhen)))
    member_page.post(page_of(shenzhen), form(step="save", bank_account=""))

    assert "Kept: •••• 7890." in text and "6222" not in text
    assert SellerVerification.objects.get().bank_account == sealed


def test_papers_in_review_are_read_and_taken_back_and_nothing_else(shenzhen: Seller, member_page: Client) -> None:
    member_page.post(page_of(shenzhen), form())
    before = SellerVerification.objects.values().get()

    closed = member_page.post(page_of(shenzhen), form(step="save", person_name="Somebody"))
    assert closed.status_code == 200 and SellerVerification.objects.values().get() == before
    assert 'name="person_name"' not in text_of(closed)

    member_page.post(page_of(shenzhen), {"step": "take_back"})
    shenzhen.refresh_from_db()
    assert shenzhen.status == "onboarding"


def test_an_invited_member_accepts_on_the_page(shenzhen: Seller, member_page: Client) -> None:
    Seller.objects.update(status="invited")

    assert "Accept the invitation" in text_of(member_page.get(page_of(shenzhen)))
    assert member_page.post(page_of(shenzhen), {"step": "accept"}).status_code == 302

    shenzhen.refresh_from_db()
    assert shenzhen.status == "onboarding"


# Rivals -----------------------------------------------------------------------------------------------------


def test_a_rival_and_other_staff_meet_nothing(
    shenzhen: Seller, shenzhen_member: User, rival: Seller, rival_member: User, member_page: Client
) -> None:
    from accounts import roles
    from accounts import services as accounts

    kept = complete(shenzhen, shenzhen_member)
    accounts.add_member(user=rival_member, seller=rival)
    support = User.objects.create_user("support@example.test")
    accounts.give_role(user=support, role=roles.SUPPORT)
    before = SellerVerification.objects.values().get()

    def visits(client: Client) -> list[HttpResponse]:
        return [
            client.get(page_of(shenzhen)), client.post(page_of(shenzhen), form()),  # type: ignore[list-item]
            client.post(decide_at(shenzhen), {"decision": "approve", "reason": "x"}),  # type: ignore[list-item]
            client.get(f"{QUEUE}?q=shenzhen"),  # type: ignore[list-item]
        ]  # fmt: skip

    for client in (
        signed_in(User.objects.get(pk=rival_member.pk)),
        signed_in(User.objects.get(pk=support.pk)),
        Client(),
    ):
        for answer in visits(client):
            assert answer.status_code in (302, 403, 404)
            assert "Rabe" not in text_of(answer) and "Imke" not in text_of(answer)
    assert SellerVerification.objects.values().get(pk=kept.pk) == before
    assert member_page.post(decide_at(shenzhen), {"decision": "approve", "reason": "x"}).status_code == 404


# The officers' page -----------------------------------------------------------------------------------------


def test_a_refused_decision_keeps_what_was_typed_and_says_why(
    shenzhen: Seller, member_page: Client, desk: Client, loaded: None
) -> None:
    sanctions.load_list(
        name="TEST", layout="own",
        text="reference,kind,name,aliases,countries,birth_date,listed_on,source\nX-1,person,Li Na,,CN,,,s\n",
    )  # fmt: skip
    member_page.post(page_of(shenzhen), form())

    answer = desk.post(decide_at(shenzhen), {"decision": "approve", "reason": "Looks fine to me."})

    text = text_of(answer)
    assert answer.status_code == 422
    assert "A critical flag stands on this seller." in text and "Looks fine to me." in text
    assert "X-1" in text and "100%" in text
    shenzhen.refresh_from_db()
    assert shenzhen.status == "in_review"
    assert desk.post(decide_at(shenzhen), {"decision": "return", "reason": "Which Li Na?"}).status_code == 302
    assert "Which Li Na?" in text_of(member_page.get(page_of(shenzhen)))


def test_a_decision_needs_a_reason_and_a_name(shenzhen: Seller, member_page: Client, desk: Client) -> None:
    member_page.post(page_of(shenzhen), form())

    assert desk.post(decide_at(shenzhen), {"decision": "approve", "reason": " "}).status_code == 422
    assert desk.post(decide_at(shenzhen), {"decision": "crown", "reason": "x"}).status_code == 422
    assert desk.get(decide_at(shenzhen)).status_code == 405
    assert (
        desk.post(decide_at(shenzhen), {"decision": "approve", "reason": "x", "seen": "not a day"}).status_code == 302
    )


def test_changes_after_the_approval_wait_for_an_officer(
    shenzhen: Seller, shenzhen_member: User, member_page: Client, desk: Client
) -> None:
    member_page.post(page_of(shenzhen), form())
    Seller.objects.update(status="approved")
    papers.save_papers(
        seller=shenzhen, actor=shenzhen_member, told=Told({"bank_country": "DE"}, bank_account=IBANS["DE"])
    )

    queue = text_of(desk.get(f"{QUEUE}?standing=changed"))
    page = text_of(desk.get(page_of(shenzhen)))
    assert "Shenzhen-Light" in queue and "Changed after the decision: The country of the bank" in page

    assert desk.post(decide_at(shenzhen), {"decision": "confirm", "reason": "Proved."}).status_code == 302
    assert SellerVerification.objects.get().changed_at is None


def test_a_seller_who_left_ends_and_the_page_says_until_when(
    shenzhen: Seller, member_page: Client, desk: Client
) -> None:
    member_page.post(page_of(shenzhen), form())
    Seller.objects.update(status="suspended")

    assert desk.post(decide_at(shenzhen), {"decision": "end", "reason": "They closed."}).status_code == 302

    page = text_of(desk.get(page_of(shenzhen)))
    assert "The relation ended on" in page and "The seller has left" not in page
    assert set(EvidenceDocument.objects.values_list("keep_until", flat=True)) != {None}


@pytest.mark.parametrize(("days", "is_old"), [(7, False), (8, True)])
def test_a_list_of_sanctions_that_was_not_loaded_for_long_is_named(desk: Client, days: int, is_old: bool) -> None:
    SanctionsLoad.objects.create(
        list_name="EU", file_name="eu.csv", digest="0" * 64, parties=1, added=1, changed=0, removed=0, refused=0,
        at=clock.now() - timedelta(days=days),
    )  # fmt: skip

    assert ("out of date, load it again" in text_of(desk.get(QUEUE))) is is_old


def test_every_step_and_every_look_can_be_read(shenzhen: Seller, member_page: Client, desk: Client) -> None:
    member_page.post(page_of(shenzhen), form())
    kept = EvidenceDocument.objects.get(kind="bank")
    desk.get(reverse("admin:compliance_evidencedocument_open", args=[kept.pk]))

    steps = text_of(desk.get(reverse("admin:compliance_verificationevent_changelist")))
    looks = text_of(desk.get(reverse("admin:compliance_documentview_changelist")))

    assert "The papers were sent for review." in steps
    assert "bank.pdf" in looks and DocumentView.objects.count() == 1
    assert member_page.get(reverse("admin:compliance_documentview_changelist")).status_code == 403
    assert member_page.get(reverse("admin:compliance_verificationevent_changelist")).status_code == 403
    assert TaxRate.objects.count() == 0  # none of it needs the rule book


def test_words_are_looked_for_in_all_papers(desk: Client, invited: SellerInvitation) -> None:
    name = invited.seller.name

    assert name not in text_of(desk.get(QUEUE))
    assert name in text_of(desk.get(QUEUE, {"q": name[:4]}))
    assert name not in text_of(desk.get(QUEUE, {"q": name[:4], "standing": "approved"}))
