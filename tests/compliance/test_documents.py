"""Documents of sellers: encrypted in the storage, opened by officers with a trace, deleted when their time is over."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from compliance import tasks
from compliance.models import DocumentView, EvidenceDocument
from compliance.selectors import bank_account_of, documents_for
from compliance.services import documents, papers, verification
from compliance.services.papers import Told
from compliance.traders.retention import kept_until
from marketplace.kernel import clock
from marketplace.kernel.errors import Unavailable
from marketplace.roles import ROLE_RIGHTS
from tests.support.papers import IBANS, document, pdf, picture, refusal_of, upload, verifier

pytestmark = pytest.mark.django_db
CONTENT = pdf(b"(the name of somebody)")


@pytest.fixture(autouse=True)
def private(settings: Any, tmp_path: Path) -> Path:
    """A private storage of the test's own."""
    options = {"location": str(tmp_path), "base_url": None}
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    }
    return tmp_path


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def address(kept: EvidenceDocument) -> str:
    return reverse("admin:compliance_evidencedocument_open", args=[kept.pk])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# In ---------------------------------------------------------------------------------------------------------


def test_what_lies_in_the_storage_is_unreadable_under_a_name_that_says_nothing(
    shenzhen: Seller, shenzhen_member: User, private: Path
) -> None:
    kept = document(shenzhen, shenzhen_member, content=CONTENT)

    (stored,) = files(private)
    assert b"somebody" not in stored.read_bytes() and b"%PDF" not in stored.read_bytes()
    assert stored.relative_to(private).as_posix() == kept.file
    assert "passport" not in kept.file and str(kept.pk) not in kept.file and len(stored.name) == 32
    assert (kept.name, kept.content_type, kept.size) == ("paper.pdf", "application/pdf", len(CONTENT))


def test_a_file_sent_twice_is_kept_once(shenzhen: Seller, shenzhen_member: User, private: Path) -> None:
    first = document(shenzhen, shenzhen_member, content=CONTENT)
    again = document(shenzhen, shenzhen_member, content=CONTENT)
    other = document(shenzhen, shenzhen_member, kind="bank", content=CONTENT)

    assert again.pk == first.pk != other.pk
    assert len(files(private)) == 2


def test_a_bad_file_and_a_stranger_leave_nothing_behind(
    shenzhen: Seller, shenzhen_member: User, rival_member: User, private: Path
) -> None:
    def keep(what: Any, actor: User) -> str:
        return refusal_of(lambda: documents.keep_document(seller=shenzhen, kind="identity", upload=what, actor=actor))

    assert keep(upload(b"<svg/>", "a.svg"), shenzhen_member) == "file_type"
    assert keep(upload(), rival_member) == "not_allowed"
    assert not EvidenceDocument.objects.exists() and files(private) == []


def test_a_file_that_claims_to_be_small_is_measured(shenzhen: Seller, shenzhen_member: User) -> None:
    large = upload(b"%PDF-1.7\n" + b"0" * (11 * 1024 * 1024))
    large.size = 10

    code = refusal_of(
        lambda: documents.keep_document(seller=shenzhen, kind="identity", upload=large, actor=shenzhen_member)
    )

    assert code == "file_too_large"


def test_a_row_that_cannot_be_written_takes_its_file_with_it(
    shenzhen: Seller, shenzhen_member: User, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**values: Any) -> None:
        raise DatabaseError("no")

    monkeypatch.setattr(EvidenceDocument.objects, "create", fails)

    with pytest.raises(DatabaseError):
        document(shenzhen, shenzhen_member)

    assert files(private) == []


# Out --------------------------------------------------------------------------------------------------------


def test_an_officer_saves_the_file_and_the_look_is_written_down(shenzhen: Seller, shenzhen_member: User) -> None:
    kept = documents.keep_document(
        seller=shenzhen, kind="identity", upload=upload(CONTENT, '营业执照 "A".pdf'), actor=shenzhen_member
    )
    officer = verifier()

    answer = signed_in(officer).get(address(kept))

    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E8%90%A5")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    (view,) = DocumentView.objects.all()
    assert (view.document, view.viewer, view.viewer_label) == (kept, officer, "Vera Lindqvist")


def test_nobody_else_learns_that_there_is_a_document(
    shenzhen: Seller, shenzhen_member: User, rival_member: User
) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    kept = document(shenzhen, shenzhen_member)
    people = [rival_member, shenzhen_member, User.objects.create_user("shopper@example.test")]
    for role in (roles.SUPPORT, roles.OPERATIONS, roles.FINANCE, roles.TRANSLATOR):
        user = User.objects.create_user(f"{role}@example.test".replace(" ", ""))
        accounts.give_role(user=user, role=role)
        people.append(user)
    member_with_the_right = User.objects.create_user("both@example.test")
    accounts.give_role(user=member_with_the_right, role=roles.COMPLIANCE)
    accounts.add_member(user=member_with_the_right, seller=shenzhen)
    people.append(User.objects.get(pk=member_with_the_right.pk))

    answers = [signed_in(person).get(address(kept)).status_code for person in people]
    answers += [Client().get(address(kept)).status_code, Client().post(address(kept)).status_code]

    assert answers == [404] * (len(people) + 1) + [405]
    assert not DocumentView.objects.exists()


def test_the_sellers_members_see_that_a_file_is_kept_and_not_what_is_in_it(
    shenzhen: Seller, shenzhen_member: User, rival_member: User
) -> None:
    kept = document(shenzhen, shenzhen_member)

    assert list(documents_for(shenzhen_member)) == [kept] == list(documents_for(verifier()))
    assert not documents_for(rival_member).exists()
    assert refusal_of(lambda: documents.open_document(document=kept, viewer=shenzhen_member)) == "not_allowed"


def test_the_look_is_on_record_before_the_file_is_read(shenzhen: Seller, shenzhen_member: User, private: Path) -> None:
    kept = document(shenzhen, shenzhen_member)
    (private / kept.file).unlink()

    with pytest.raises(Unavailable):
        documents.open_document(document=kept, viewer=verifier())

    assert DocumentView.objects.count() == 1


def test_a_file_that_was_exchanged_in_the_storage_is_not_given_out(
    shenzhen: Seller, shenzhen_member: User, private: Path
) -> None:
    mine = document(shenzhen, shenzhen_member, content=CONTENT)
    other = document(shenzhen, shenzhen_member, content=pdf(b"(somebody else)"))
    (private / mine.file).write_bytes((private / other.file).read_bytes())

    with pytest.raises(Unavailable, match="not the one that was kept"):
        documents.open_document(document=mine, viewer=verifier())

    (private / mine.file).write_bytes(b"tampered with")
    with pytest.raises(Unavailable, match="No key"):
        documents.open_document(document=mine, viewer=verifier("second@example.test"))


def test_looks_are_neither_changed_nor_taken_away(shenzhen: Seller, shenzhen_member: User) -> None:
    documents.open_document(document=document(shenzhen, shenzhen_member), viewer=verifier())

    for change in (lambda: DocumentView.objects.update(viewer_label="x"), lambda: DocumentView.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert DocumentView.objects.get().viewer_label == "Vera Lindqvist"


def test_officers_read_who_looked_at_what(shenzhen: Seller, shenzhen_member: User) -> None:
    officer = verifier()
    documents.open_document(document=document(shenzhen, shenzhen_member), viewer=officer)

    page = signed_in(officer).get(reverse("admin:compliance_documentview_changelist")).content.decode()

    assert "Vera Lindqvist" in page and "paper.pdf" in page and "Shenzhen-Light" in page


# The end ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended", "months", "until"),
    [
        (date(2026, 11, 28), 6, date(2027, 5, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 1, 15), 24, date(2028, 1, 15)),
    ],
)
def test_papers_are_kept_until_the_same_day_months_later(ended: date, months: int, until: date) -> None:
    assert kept_until(ended, months) == until


def test_the_file_goes_on_the_day_after_and_the_row_stays(
    shenzhen: Seller, shenzhen_member: User, rival: Seller, rival_member: User, private: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    kept, stays = document(shenzhen, shenzhen_member), document(rival, rival_member)
    documents.keep_after_end(seller=shenzhen, ended_on=date(2026, 5, 28))
    moment = datetime(2026, 11, 28, 3, 41, tzinfo=UTC)

    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 28))
    tasks.delete_old_papers()
    kept.refresh_from_db()
    assert (kept.keep_until, kept.deleted_at) == (date(2026, 11, 28), None)

    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 29))
    tasks.delete_old_papers()
    tasks.delete_old_papers()

    kept.refresh_from_db()
    assert (kept.file, kept.deleted_at) == ("", moment)
    assert [path.relative_to(private).as_posix() for path in files(private)] == [stays.file]
    officer = verifier()
    assert signed_in(officer).get(address(kept)).status_code == 404
    assert refusal_of(lambda: documents.open_document(document=kept, viewer=officer)) == "document_deleted"
    page = signed_in(officer).get(reverse("admin:compliance_evidencedocument_change", args=[kept.pk])).content.decode()
    assert "Deleted" in page


def test_what_is_sent_after_the_end_goes_with_the_rest(shenzhen: Seller, shenzhen_member: User) -> None:
    before = document(shenzhen, shenzhen_member)
    Seller.objects.filter(pk=shenzhen.pk).update(status="suspended")
    verification.end_relation(seller=shenzhen, actor=verifier(), reason="They left.")

    after = document(shenzhen, shenzhen_member, kind="bank", content=CONTENT)

    before.refresh_from_db()
    assert before.keep_until is not None
    assert after.keep_until == before.keep_until


def test_files_that_no_row_leads_to_are_swept_after_a_day(
    shenzhen: Seller, shenzhen_member: User, private: Path
) -> None:
    kept = document(shenzhen, shenzhen_member)
    stray, fresh = private / "documents" / "aa" / "stray", private / "documents" / "aa" / "fresh"
    stray.parent.mkdir(parents=True, exist_ok=True)
    for path in (stray, fresh):
        path.write_bytes(b"x")
    yesterday = (clock.now() - timedelta(hours=25)).timestamp()
    for path in (stray, private / kept.file):
        os.utime(path, (yesterday, yesterday))

    assert (documents.delete_strays(), documents.delete_strays()) == (1, 0)

    assert {path.name for path in files(private)} == {"fresh", Path(kept.file).name}


# Keys -------------------------------------------------------------------------------------------------------


def test_a_new_key_takes_over_and_the_old_one_can_go(
    shenzhen: Seller, shenzhen_member: User, private: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.DOCUMENT_KEYS = [old]
    kept = document(shenzhen, shenzhen_member, content=CONTENT)
    told = Told({"bank_country": "DE"}, bank_account=IBANS["DE"])
    verification = papers.save_papers(seller=shenzhen, actor=shenzhen_member, told=told)

    settings.DOCUMENT_KEYS = [new, old]
    assert documents.open_document(document=kept, viewer=verifier()) == CONTENT
    call_command("reseal_documents")
    call_command("reseal_documents")

    first, second = capsys.readouterr().out.splitlines()
    assert first == "1 documents, 1 bank accounts and 0 messages are under the first key now; 0 were already."
    assert second == "0 documents, 0 bank accounts and 0 messages are under the first key now; 2 were already."
    settings.DOCUMENT_KEYS = [new]
    assert documents.open_document(document=kept, viewer=verifier("second@example.test")) == CONTENT
    verification.refresh_from_db()
    assert bank_account_of(verification) == IBANS["DE"]
    assert len(files(private)) == 1


def test_what_no_key_opens_is_named_and_left_as_it_is(
    shenzhen: Seller, shenzhen_member: User, private: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DOCUMENT_KEYS = [Fernet.generate_key().decode()]
    kept = document(shenzhen, shenzhen_member)
    before = (private / kept.file).read_bytes()

    settings.DOCUMENT_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="Keep the old keys"):
        call_command("reseal_documents")

    assert f"No key opens document {kept.pk}." in capsys.readouterr().err
    assert (private / kept.file).read_bytes() == before


def test_pictures_are_kept_as_what_they_are(shenzhen: Seller, shenzhen_member: User) -> None:
    kept = documents.keep_document(
        seller=shenzhen, kind="identity", upload=upload(picture("WEBP"), "scan.webp"), actor=shenzhen_member
    )

    assert (kept.content_type, kept.name) == ("image/webp", "scan.webp")
    assert settings.DOCUMENT_KEYS  # those of development, which no production has
