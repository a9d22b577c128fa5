"""The sellers of the demo have told who they are, and one waits with an invitation: the same however often it is written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import selectors as people
from accounts import services as accounts
from accounts.demo_cast import DOMAIN
from accounts.models import Seller, User
from compliance.models import (
    EvidenceDocument,
    Flag,
    FlagEvent,
    SanctionedParty,
    SellerInvitation,
    SellerVerification,
    VerificationEvent,
)
from compliance.selectors import masked_account, missing_papers
from compliance.selectors.flags import needs_second_officer
from marketplace import demo_verification
from marketplace.demo_catalogue import LANGUAGES
from marketplace.roles import ROLE_RIGHTS

pytestmark = pytest.mark.django_db
DATA = settings.BASE_DIR / "demo" / "data"
ROWS: list[dict[str, Any]] = json.loads((DATA / "catalogue.json").read_text("utf-8"))["sellers"]
NEWCOMER = f"seller-marsa-palm@{DOMAIN}"


@pytest.fixture
def demo(db: None) -> None:
    """The sellers of the files, as the catalogue of the demo writes them, and the demo's accounts."""
    accounts.sync_roles(ROLE_RIGHTS)
    for row in ROWS:
        Seller.objects.create(
            slug=row["slug"], name=row["name"], legal_name=row["legal_name"], home_country=row["home_country"],
            settlement_currency=row["settlement_currency"], city=row["city"], street_address=row["street"],
            postal_code=row["postal_code"], email=row["email"], phone=row["phone"], status=row.get("status", "approved"),
        )  # fmt: skip
    accounts.ensure_demo_accounts(list(Seller.objects.order_by("slug")))
    demo_verification.write()


def test_one_seller_of_the_files_is_invited_and_the_others_have_papers() -> None:
    told = json.loads((DATA / "verification.json").read_text("utf-8"))

    assert [row["slug"] for row in ROWS if row.get("status") == "invited"] == ["marsa-palm"]
    assert set(told) == {row["slug"] for row in ROWS if "status" not in row}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_newcomer_has_words_in_every_language(language: str) -> None:
    words = json.loads((DATA / "text" / f"{language}.json").read_text("utf-8"))["sellers"]["marsa-palm"]

    assert words["tagline"] and words["story"].count("\n\n") == 2


def test_every_seller_that_sells_is_verified_with_complete_papers(demo: None) -> None:
    papers = SellerVerification.objects.filter(seller__status="approved").select_related("seller")

    assert {each.seller.slug: missing_papers(each) for each in papers} == {
        row["slug"]: () for row in ROWS if "status" not in row
    }
    assert all(masked_account(each).startswith("•••• ") for each in papers)
    for each in papers:
        assert [event.after for event in each.events.all()] == ["invited", "onboarding", "in_review", "approved"]
        assert EvidenceDocument.objects.filter(seller=each.seller).count() == 3
    assert SanctionedParty.objects.filter(source__startswith="Made up").count() == SanctionedParty.objects.count() > 5
    assert not Flag.objects.filter(severity="critical", seller__isnull=False).exists()


def test_a_namesake_who_was_refused_at_the_checkout_waits_for_two_officers(demo: None) -> None:
    (flag,) = Flag.objects.filter(severity="critical")

    assert (flag.subject_label, flag.status) == ("Orlena Vasquell, Rotterdam, NL", Flag.Status.OPEN)
    assert needs_second_officer(flag) and flag.evidence["address"]["postal_code"] == "3011 AB"


def test_written_again_it_changes_nothing(demo: None) -> None:
    def rows() -> list[Any]:
        tables = (SellerVerification, VerificationEvent, EvidenceDocument, SellerInvitation, SanctionedParty, FlagEvent)
        kept = [list(table.objects.order_by("pk").values()) for table in tables]  # type: ignore[attr-defined]
        return [[{**row, "names_screened_at": None} for row in table] for table in kept]

    before = rows()

    demo_verification.write()

    assert rows() == before


def test_the_officer_of_the_demo_saves_the_documents(demo: None) -> None:
    client = Client()
    client.force_login(User.objects.get(email=f"compliance@{DOMAIN}"))

    for document in EvidenceDocument.objects.filter(seller__slug="heron-kiln"):
        answer = client.get(reverse("admin:compliance_evidencedocument_open", args=[document.pk]))
        assert answer.content[:4] in (b"%PDF", b"\x89PNG")


def test_the_newcomer_accepts_with_one_click(demo: None) -> None:
    account = next(each for each in people.demo_accounts() if each.email == NEWCOMER)
    assert "Marsa Palm" in account.description and "invited" in account.description
    client = Client()
    client.post("/en/demo/", {"email": NEWCOMER})
    page = client.get(reverse("admin:compliance_sellerverification_changelist"))["Location"]

    assert "Accept the invitation" in client.get(page).content.decode()
    client.post(page, {"step": "accept"})

    assert Seller.objects.get(slug="marsa-palm").status == "onboarding"
    assert "What is still missing" in client.get(page).content.decode()


@pytest.mark.parametrize(("language", "address"), [
    ("en", "Orlena Vasquell, Ostkade 14, 3011 AB Rotterdam, Netherlands"),
    ("ar", "Orlena Vasquell, Ostkade 14, 3011 AB Rotterdam, هولندا"),
])  # fmt: skip
def test_the_desk_reads_the_address_as_it_stands_on_a_parcel(demo: None, language: str, address: str) -> None:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(email=f"compliance@{DOMAIN}"))
    flag = Flag.objects.get(severity="critical")

    page = client.get(reverse("admin:compliance_flag_change", args=[flag.pk])).content.decode()

    assert re.findall(r"Orlena Vasquell, Ostkade[^<]*", page) == [address]
