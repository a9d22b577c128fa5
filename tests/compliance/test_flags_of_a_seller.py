"""A seller's side of a flag: why, what to do, where; answering, uploading, appealing; and nothing of the officers' talk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from catalog.models import Product
from compliance import services
from compliance.models import Appeal, EvidenceDocument, Flag, FlagMessage
from compliance.screening import Finding
from compliance.services.statements import state_new_restrictions
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.desk import raise_flag, steps
from tests.compliance.test_statements import held_in, listing
from tests.support.papers import pdf

pytestmark = pytest.mark.django_db
QUEUE = "/admin/compliance/flag/"
EPR = Finding(
    "epr_missing",
    "block",
    {"stream": "packaging", "schemes": "FR-PACKAGING", "countries": "FR"},
    "Code, L541-10",
    "",
    ("FR",),
)


@pytest.fixture(autouse=True)
def private(settings: Any, tmp_path: Path) -> None:
    """A private storage of the test's own."""
    options = {"location": tmp_path, "base_url": None}
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    }


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def member(shenzhen: Seller, shenzhen_member: User) -> Client:
    accounts.sync_roles(ROLE_RIGHTS)
    accounts.add_member(user=shenzhen_member, seller=shenzhen)
    return signed_in(shenzhen_member)


@pytest.fixture
def nadia(member: Client) -> User:
    user = User.objects.create_user("nadia@example.com", full_name="Nadia")
    accounts.give_role(user=user, role=roles.COMPLIANCE)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def kite(shenzhen: Seller) -> Product:
    return listing(shenzhen)


@pytest.fixture
def flag(kite: Product, shenzhen: Seller) -> Flag:
    return held_in(raise_flag(EPR, shenzhen, kite, label="Kite"), "FR")


def page_of(client: Client, flag: Flag) -> str:
    return client.get(f"{QUEUE}{flag.pk}/change/").content.decode()


def test_a_seller_reads_why_where_and_what_to_do(member: Client, flag: Flag, kite: Product) -> None:
    state_new_restrictions()

    page = page_of(member, flag)

    for words in ("No registration number for packaging is known in: France.", "Register in the countries named",
                  "Shoppers there don't see it", "Code, L541-10", f"/admin/catalog/product/{kite.pk}/change/",
                  "/admin/compliance/registration/", "Statement of reasons", "By an automated check"):  # fmt: skip
        assert words in page, words
    listed = member.get(QUEUE).content.decode()
    assert "No registration number for packaging is known in: France." in listed and "France" in listed


def test_a_seller_answers_with_a_document(member: Client, flag: Flag, nadia: User) -> None:
    services.ask_seller(flag=flag, actor=nadia, template="registration_proof", words="Until Friday, please.")
    asked = page_of(member, flag)
    assert "Please send us the proof of your registration" in asked and "Until Friday, please." in asked
    assert "Nadia" not in asked

    file = SimpleUploadedFile("proof.pdf", pdf(), "application/pdf")
    answer = member.post(f"{QUEUE}{flag.pk}/answer/", {"words": "Here it is.", "document": file}, follow=True)

    assert "Your answer is sent." in answer.content.decode()
    message = FlagMessage.objects.latest("pk")
    assert (message.side, message.body, message.document) == ("seller", "Here it is.", EvidenceDocument.objects.get())
    assert (message.document.seller, message.document.name) == (flag.seller, "proof.pdf")
    panel = signed_in(nadia).get(f"{QUEUE}?panel={flag.pk}").content.decode()
    assert f"/admin/compliance/evidencedocument/{message.document.pk}/change/" in panel
    assert f"/admin/compliance/evidencedocument/{message.document.pk}/change/" not in page_of(member, flag)


def test_a_file_that_is_none_is_refused_and_the_words_stay(member: Client, flag: Flag) -> None:
    file = SimpleUploadedFile("proof.pdf", b"MZ\x90\0" + b"\0" * 500, "application/pdf")

    answer = member.post(f"{QUEUE}{flag.pk}/answer/", {"words": "Here it is.", "document": file})

    assert (answer.status_code, "Here it is." in answer.content.decode()) == (422, True)
    assert (FlagMessage.objects.count(), EvidenceDocument.objects.count(), steps(flag)) == (0, 0, ["opened"])
    assert member.post(f"{QUEUE}{flag.pk}/answer/", {"words": " "}).status_code == 422


def test_a_seller_appeals_and_reads_the_answer(member: Client, flag: Flag, nadia: User) -> None:
    services.uphold_flag(flag=flag, actor=nadia, reason="No number was given.")
    file = SimpleUploadedFile("proof.pdf", pdf(), "application/pdf")

    refused = member.post(f"{QUEUE}{flag.pk}/appeal/", {"text": ""})
    member.post(f"{QUEUE}{flag.pk}/appeal/", {"text": "We send nothing to France.", "document": file})

    assert (refused.status_code, "Say why the decision is wrong." in refused.content.decode()) == (422, True)
    appeal = Appeal.objects.get()
    assert appeal.document is not None
    assert "You have appealed." in page_of(member, flag)
    ugo = User.objects.create_user("ugo@example.com", full_name="Ugo")
    accounts.give_role(user=ugo, role=roles.COMPLIANCE)
    services.decide_appeal(appeal=appeal, actor=User.objects.get(pk=ugo.pk), answer="But you did.", reverse=False)
    page = page_of(member, flag)
    assert "But you did." in page and "Decision confirmed" in page and "Ugo" not in page


def test_officers_talk_among_themselves(member: Client, flag: Flag, nadia: User) -> None:
    services.take_flag(flag=flag, actor=nadia)
    services.give_back_flag(flag=flag, actor=nadia, reason="On leave.")
    services.escalate_flag(flag=flag, actor=nadia, reason="This one is a crook.")

    page = page_of(member, flag)

    for words in ("On leave.", "crook", "Nadia", "Escalated", "Given back"):
        assert words not in page
    assert "This one is a crook." in signed_in(nadia).get(f"{QUEUE}{flag.pk}/change/").content.decode()


def test_nobody_meets_the_flag_of_another_seller(
    member: Client, flag: Flag, rival: Seller, rival_member: User, nadia: User
) -> None:
    accounts.add_member(user=rival_member, seller=rival)
    stranger = signed_in(rival_member)

    for name, sent in (("answer", {"words": "Mine"}), ("appeal", {"text": "Mine"}), ("take", {}),
                       ("decide", {"decision": "release", "reason": "x"}), ("ask", {"words": "x"}),
                       ("verdict", {"verdict": "confirm"}), ("appeal_decision", {"verdict": "reverse", "answer": "x"})):  # fmt: skip
        assert stranger.post(f"{QUEUE}{flag.pk}/{name}/", sent).status_code in (302, 404)
        assert steps(flag) == ["opened"]
    assert "Kite" not in stranger.get(f"{QUEUE}{flag.pk}/change/", follow=True).content.decode()
    assert "Kite" not in stranger.get(QUEUE).content.decode()
    for name in ("take", "decide", "ask", "verdict", "appeal_decision"):  # nor decides a seller on their own
        assert member.post(f"{QUEUE}{flag.pk}/{name}/", {"decision": "release", "reason": "x"}).status_code == 404
    for name in ("answer", "appeal"):  # nor answers an officer for a seller
        assert signed_in(nadia).post(f"{QUEUE}{flag.pk}/{name}/", {"words": "x", "text": "x"}).status_code == 404
    assert steps(flag) == ["opened"]
    assert member.get(f"{QUEUE}{flag.pk}/take/").status_code == 405


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE compliance_flagevent SET reason = 'never'", "DELETE FROM compliance_flagevent",
        "UPDATE compliance_flagmessage SET body = 'never'", "DELETE FROM compliance_flagmessage",
        "UPDATE compliance_statementofreasons SET facts = 'never'", "DELETE FROM compliance_statementofreasons",
    ],
)  # fmt: skip
def test_the_record_is_for_good_also_for_whoever_writes_sql(statement: str, flag: Flag, nadia: User) -> None:
    services.ask_seller(flag=flag, actor=nadia, words="Why?")
    state_new_restrictions()

    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
