"""The figures of a period, and what an authority is given: reckoned from the record, written down, harmless to open."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller, User
from compliance import services
from compliance.models import AuthorityExport, Notice
from compliance.selectors.transparency import figures
from compliance.services.notices import NoticeFacts
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.desk import IVORY, VAGUE, WEAPON, raise_flag, refusal
from tests.compliance.test_statements import listing

pytestmark = pytest.mark.django_db
PAGE = "/admin/compliance/transparency/"
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """All services of the desk read this clock."""
    import sys

    held = Clock()
    monkeypatch.setattr(clock, "now", lambda: held.moment)
    for name, module in list(sys.modules.items()):
        if name.startswith("compliance.services.") and hasattr(module, "now"):
            monkeypatch.setattr(module, "now", lambda: held.moment)
    return held


def officer_named(name: str) -> User:
    user = User.objects.create_user(f"{name.lower()}@example.com", full_name=name)
    accounts.give_role(user=user, role=roles.COMPLIANCE)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def nadia(db: None) -> User:
    accounts.sync_roles(ROLE_RIGHTS)
    return officer_named("Nadia")


@pytest.fixture
def month(time: Clock, nadia: User, shenzhen: Seller, shenzhen_member: User) -> Seller:
    """A month at the desk: three notices, four flags, one appeal, one four-eyes decision."""
    kite, ugo = listing(shenzhen), officer_named("Ugo")
    notices = [
        services.take_in_notice(
            subject=kite, label="=HYPERLINK(kite)", address="https://shop.example/kite", seller=shenzhen,
            report=NoticeFacts(ground, "It burns.", "DE", "Greta Lindholz", "greta@example.com", True),
        )
        for ground in ("unsafe", "unsafe", "counterfeit")
    ]  # fmt: skip
    time.forward(hours=10)
    services.act_on_notice(notice=notices[0], actor=nadia, words="", countries=["DE"], facts="It burns.")
    time.forward(hours=20)
    services.reject_notice(notice=notices[1], actor=nadia, words="It does not.")
    vague, weapon = raise_flag(VAGUE, shenzhen, kite), raise_flag(WEAPON, shenzhen, kite)
    services.uphold_flag(flag=vague, actor=nadia, reason="Nobody knows.")
    appeal = services.lodge_appeal(flag=vague, actor=shenzhen_member, text="Look.")
    time.forward(hours=5)
    services.decide_appeal(appeal=appeal, actor=ugo, answer="So it is.", reverse=True)
    from compliance.services.statements import state_new_restrictions

    state_new_restrictions()
    services.record_findings(subject=kite, findings=[], checks=["restricted_goods"])
    weapon.refresh_from_db()
    assert weapon.status == "mended"
    ivory = raise_flag(IVORY, shenzhen, kite)
    services.release_flag(flag=ivory, actor=nadia, reason="Bone.")
    services.confirm_decision(approval=ivory.approvals.get(), actor=ugo)
    time.forward(days=40)
    raise_flag(VAGUE, shenzhen, label="Next period")
    return shenzhen


def test_the_figures_of_a_period_add_up(month: Seller) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = figures(SINCE, UNTIL)

    assert len(queries) == 8
    assert [(row.ground, row.received, row.acted_on, row.rejected, row.waiting) for row in found.grounds] == [
        ("unsafe", 2, 1, 1, 0), ("counterfeit", 1, 0, 0, 1), ("prohibited", 0, 0, 0, 0), ("misleading", 0, 0, 0, 0),
        ("other", 0, 0, 0, 0),
    ]  # fmt: skip
    assert (found.notices, found.trusted, found.notice_time) == (3, 0, timedelta(hours=20))  # of 10 and 30 hours
    assert (found.held, found.removed, found.suspended, found.refused) == (1, 2, 0, 0)
    assert (found.found_by_check, found.on_notice) == (2, 1)
    assert (found.decided_by_person, found.decided_by_check) == (2, 1)
    assert (found.raised, found.released, found.waived, found.upheld, found.mended) == (4, 2, 0, 2, 1)
    assert (found.second_confirmed, found.second_rejected) == (1, 0)
    assert (found.appeals, found.reversed, found.confirmed, found.appeal_time) == (1, 1, 0, timedelta(hours=5))
    later = figures(date(2026, 12, 1), date(2026, 12, 31))
    assert (later.notices, later.raised, later.notice_time, later.appeals) == (0, 1, None, 0)


def export(subject: str, actor: User, **changes: Any) -> tuple[AuthorityExport, list[list[str]], str]:
    asked = {"since": SINCE, "until": UNTIL, "authority": "Bundesnetzagentur", "reference": "DSA 7/26"} | changes
    row, text = services.export_for_authority(subject=subject, actor=actor, **asked)
    return row, list(csv.reader(io.StringIO(text))), text


def test_an_export_is_written_down_with_its_digest(month: Seller, nadia: User) -> None:
    row, rows, text = export("notices", nadia)

    assert (row.authority, row.reference, row.actor, row.rows) == ("Bundesnetzagentur", "DSA 7/26", nadia, 3)
    assert row.subject == "notices 2026-11-01 – 2026-11-30"
    assert row.digest == hashlib.sha256(text.encode()).hexdigest()
    assert len(rows) == 4
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["listing"] == "'=HYPERLINK(kite)"  # a spreadsheet shows it and opens nothing
    assert (first["state"], first["held_in"], first["ground"]) == ("acted_on", "DE", "unsafe")
    assert "Greta" not in text and "greta@example.com" not in text
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        AuthorityExport.objects.update(rows=0)


def test_figures_and_statements_are_exported(month: Seller, nadia: User) -> None:
    _row, rows, _text = export("figures", nadia)
    found = dict(rows[1:])
    assert (found["notices_unsafe_received"], found["notices_counterfeit_waiting"]) == ("2", "1")
    assert (found["notice_time_hours"], found["appeal_time_hours"], found["held"]) == ("20.0", "5.0", "1")

    _row, rows, _text = export("statements", nadia)
    stated = [dict(zip(rows[0], each, strict=True)) for each in rows[1:]]
    assert [(each["restriction"], each["countries"], each["found_by_check"]) for each in stated] == [
        ("held", "DE", "no"), ("removed", "everywhere", "yes"), ("removed", "everywhere", "yes"),
    ]  # fmt: skip


def test_what_is_not_exported(nadia: User, shenzhen_member: User) -> None:
    asked = {"subject": "notices", "since": SINCE, "until": UNTIL, "authority": "A", "reference": "B", "actor": nadia}

    for code, change in (
        ("not_allowed", {"actor": shenzhen_member}), ("authority_missing", {"authority": " "}),
        ("reference_missing", {"reference": " "}), ("period_wrong", {"until": date(2026, 10, 1)}),
        ("subject_unknown", {"subject": "passwords"}),
    ):  # fmt: skip
        refusal(code, services.export_for_authority, **asked | change)
    assert AuthorityExport.objects.count() == 0


def test_the_page_shows_the_figures_and_gives_the_file(month: Seller, nadia: User, shenzhen_member: User) -> None:
    client, member = Client(), Client()
    client.force_login(nadia)
    member.force_login(shenzhen_member)
    sent = {"since": "2026-11-01", "until": "2026-11-30", "subject": "notices", "authority": "A", "reference": "B"}

    shown = client.get(f"{PAGE}?since=2026-11-01&until=2026-11-30")
    answer = client.post(PAGE, sent)

    assert shown.context["figures"].notices == 3
    assert "20 hours" in shown.content.decode()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notices-2026-11-01-2026-11-30.csv"'
    assert AuthorityExport.objects.count() == 1
    refused = client.post(PAGE, sent | {"reference": ""})
    assert (refused.status_code, "Give the reference of the authority." in refused.content.decode()) == (422, True)
    assert client.get(f"{PAGE}?since=2026-11-30&until=2026-11-01").status_code == 422
    assert client.get(f"{PAGE}?since=0001-01-01&until=9999-12-31").status_code == 200
    assert member.get(PAGE).status_code in (302, 404)
    assert Notice.objects.count() == 3
