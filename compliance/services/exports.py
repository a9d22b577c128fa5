"""What an authority is given: a table for a period, and the row that says what was given, to whom and by whom."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from compliance import selectors
from compliance.models import AuthorityExport, Notice, StatementOfReasons
from compliance.selectors import transparency
from compliance.words.statements import is_mended_by_itself
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused
from marketplace.kernel.spreadsheet import harmless

Row = list[Any]


def export_for_authority(
    *, subject: str, since: date, until: date, authority: str, reference: str, actor: User
) -> tuple[AuthorityExport, str]:
    """The row of the export and the table as CSV in UTF-8, its head in English words that stay the same.

    `subject` is a key of `TABLES`; of reporters no name and no address is given. Nothing but the row is written.
    Raises `Refused`: "not_allowed", "authority_missing", "reference_missing", "period_wrong", "subject_unknown".
    """
    if not selectors.may_review(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    if subject not in TABLES:
        raise Refused("subject_unknown", _("Choose what is to be exported."), field="subject")
    for field, text, message in (
        ("authority", authority, _("Name the authority.")),
        ("reference", reference, _("Give the reference of the authority.")),
    ):
        if not text.strip():
            raise Refused(f"{field}_missing", message, field=field)
    if until < since:
        raise Refused("period_wrong", _("The period ends before it begins."), field="until")
    head, make = TABLES[subject][1:]
    with transaction.atomic():
        rows, text = _written(head, make(since, until))
        row = AuthorityExport.objects.create(
            authority=authority.strip(), reference=reference.strip(), subject=f"{subject} {since} – {until}", rows=rows,
            digest=hashlib.sha256(text.encode()).hexdigest(), actor=actor, at=now(),
        )  # fmt: skip
    return row, text


def _written(head: Row, rows: Iterable[Row]) -> tuple[int, str]:
    out, count = io.StringIO(), 0
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([harmless(_plain(cell)) for cell in row])
        count += 1
    return count, out.getvalue()


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        return str(round(value.total_seconds() / 3600, 1))
    return str(value)


def _figures(since: date, until: date) -> Iterator[Row]:
    found = transparency.figures(since, until)
    for ground in found.grounds:
        for name in ("received", "acted_on", "rejected", "waiting"):
            yield [f"notices_{ground.ground}_{name}", getattr(ground, name)]
    for field in fields(found):
        if field.name not in {"grounds", "since", "until"}:
            value = getattr(found, field.name)
            yield [field.name + ("_hours" if field.name.endswith("_time") else ""), value]


def _notices(since: date, until: date) -> Iterator[Row]:
    start, end = transparency.bounds(since, until)
    rows = Notice.objects.filter(received_at__gte=start, received_at__lt=end).select_related(
        "seller", "flagger", "flag"
    )
    for notice in rows.order_by("received_at", "pk").iterator(chunk_size=1000):
        yield [
            notice.number, notice.received_at, notice.ground, notice.country, notice.subject_label, notice.address,
            notice.seller, notice.is_trusted, notice.flagger, notice.state, notice.decided_at,
            " ".join(notice.flag.countries) if notice.flag else "", notice.explanation, notice.answer,
        ]  # fmt: skip


def _statements(since: date, until: date) -> Iterator[Row]:
    start, end = transparency.bounds(since, until)
    rows = StatementOfReasons.objects.filter(at__gte=start, at__lt=end).select_related(
        "flag__seller", "flag__content_type", "content_type", "notice"
    )
    for each in rows.order_by("at", "pk").iterator(chunk_size=1000):
        flag, kind = each.flag, each.flag.content_type if each.flag else each.content_type
        yield [
            each.pk, each.at, each.restriction, each.countries or "everywhere", each.label,
            flag.seller if flag else None, flag.rule if flag else "", each.facts, each.ground, each.is_automated,
            each.is_decided_by_person, each.notice, each.language, kind.model if kind else "",
            "mended" if is_mended_by_itself(each) else "lifted", each.amends_id,
        ]  # fmt: skip


_NOTICE = ["number", "received_at", "ground", "country", "listing", "address", "seller", "is_trusted", "flagger",
           "state", "decided_at", "held_in", "explanation", "answer"]  # fmt: skip
_STATEMENT = ["statement", "at", "restriction", "countries", "listing", "seller", "check", "facts", "ground",
              "found_by_check", "decided_by_person", "notice", "language", "kind", "holds_until", "amends"]  # fmt: skip

TABLES: Final[dict[str, tuple[str | Promise, Row, Callable[[date, date], Iterator[Row]]]]] = {
    "figures": (_("Figures"), ["figure", "value"], _figures),
    "notices": (_("Notices"), _NOTICE, _notices),
    "statements": (_("Statements of reasons"), _STATEMENT, _statements),
}
