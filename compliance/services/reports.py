"""Periodic reports as work and as record: asked for, made by one worker at a time, looked at, closed for good.

The row is the work. Whoever takes it gets the next turn and a lease; every write of lines first asks whether the turn is
still theirs, in the same transaction and under the row's lock. A worker that was thought dead can therefore write nothing
any more, and one that dies loses at most its last portion: the next goes on where the row says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from compliance.models import Report
from compliance.models.reports import CountedLine
from compliance.selectors.reports import LINE_MODELS, lines_of, report_terms
from compliance.services.report_messages import keep_message
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

State = Report.State
LEASE: Final = timedelta(seconds=settings.STEP_LEASE_SECONDS)
SETTLING: Final = timedelta(minutes=5)  # until payments of the last moments have been written
MOST_ATTEMPTS: Final = 5
_AT_ONCE: Final = 2000
_FRESH: Final[dict[str, Any]] = {
    "state": State.REQUESTED, "position": {}, "figures": {}, "digest": "", "rows_done": 0, "rows_total": 0, "attempts": 0,
    "as_of": None, "made_at": None, "lease_until": None, "failure": "",
}  # fmt: skip


class LostTurn(Exception):
    """Another worker has taken the report over; nothing was written."""


def request_report(*, kind: str, period: str, actor: User | None) -> Report:
    """The report, waiting to be made anew; one that is under way is left alone. The caller hands it to a worker.

    Raises `Refused`: what `report_terms` raises, "period_to_come", "report_closed".
    """
    terms, span = report_terms(kind, period)
    begins, ends = span.moments(terms.zone)
    now = clock.now()
    if begins > now:
        raise Refused("period_to_come", _("This period has not begun yet."), field="period")
    facts = {
        "terms": terms.to_dict(), "starts_at": begins, "ends_at": ends, "requested_by": actor, "requested_at": now,
        "due_on": span.due_on(terms.due_months, terms.due_days),
    }  # fmt: skip
    with transaction.atomic():
        report, is_new = Report.objects.get_or_create(kind=kind, period=span.name, defaults=facts)
        if is_new:
            return report
        report = Report.objects.select_for_update().get(pk=report.pk)
        if report.state == State.CLOSED:
            raise Refused("report_closed", _("This report is closed and does not change any more."))
        if report.state not in (State.REQUESTED, State.RUNNING):
            Report.objects.filter(pk=report.pk).update(**facts, **_FRESH)
            report.refresh_from_db()
    return report


def waiting_reports(moment: datetime) -> list[int]:
    """The reports that should be under way at a moment and are not, the oldest first: work for a sweeper."""
    return list(Report.objects.filter(_free(moment)).order_by("requested_at").values_list("pk", flat=True)[:50])


def _free(moment: datetime) -> Q:
    return Q(state=State.REQUESTED) | Q(state=State.RUNNING, lease_until__lte=moment)


def take_report(report_id: int) -> Report | None:
    """The report for whoever makes it from now on, None when it is nobody's to take.

    One that broke off too often fails. The first turn begins without lines.
    """
    now = clock.now()
    with transaction.atomic():
        taken = Report.objects.filter(_free(now), pk=report_id).update(
            state=State.RUNNING, lease_until=now + LEASE, turn=F("turn") + 1, attempts=F("attempts") + 1
        )
        if not taken:
            return None
        report = Report.objects.get(pk=report_id)
        if report.attempts > MOST_ATTEMPTS:
            text = _("The work broke off several times. Our support can look into it.")
            _end(report, state=State.FAILED, failure=str(text), lease_until=None)
            return None
        if not report.position:
            for model in LINE_MODELS.values():
                model._default_manager.filter(report=report).delete()
            report.as_of = now
            Report.objects.filter(pk=report.pk).update(as_of=now, rows_done=0)
    return report


def note_total(*, report: Report, rows: int) -> None:
    """How much there is to be read, for those who wait. Raises `LostTurn`."""
    _fence(report, rows_total=rows)


def add_lines(*, report: Report, lines: Sequence[CountedLine], position: dict[str, Any], rows: int) -> None:
    """Writes a portion of lines and how far the sources have been read with it. Raises `LostTurn`."""
    with transaction.atomic():
        _fence(report, position=position, rows_done=F("rows_done") + rows, lease_until=clock.now() + LEASE, attempts=0)
        if lines:
            type(lines[0])._default_manager.bulk_create(lines, batch_size=_AT_ONCE)
    report.position = position


def finish_report(*, report: Report, figures: dict[str, Any]) -> None:
    """The report is ready, with its figures and the digest of its lines. Raises `LostTurn`."""
    digest = digest_of(report, figures)
    _end(report, state=State.READY, figures=figures, digest=digest, made_at=clock.now(), lease_until=None)


def fail_report(*, report: Report, reason: str) -> None:
    """The report can't be made until somebody mends something; `reason` says what. Raises `LostTurn`."""
    _end(report, state=State.FAILED, failure=reason[:300], lease_until=None)


def release_report(*, report: Report) -> None:
    """Gives the report back for another worker to go on with. Raises `LostTurn`."""
    _end(report, state=State.REQUESTED, lease_until=None, attempts=0)


def _end(report: Report, **changes: Any) -> None:
    _fence(report, **changes)


def _fence(report: Report, **changes: Any) -> None:
    """Changes the row if the turn is still the caller's, which also locks it until the transaction ends."""
    mine = Report.objects.filter(pk=report.pk, state=State.RUNNING, turn=report.turn)
    if not mine.update(**changes):
        raise LostTurn(str(report))


def digest_of(report: Report, figures: dict[str, Any]) -> str:
    """SHA-256 of the figures and of all lines in the order of their sources; the same lines give the same digest."""
    names = [
        field.attname
        for field in LINE_MODELS[report.terms["figures"]]._meta.concrete_fields
        if field.name not in ("id", "report", "report_kind", "is_final")
    ]
    found = hashlib.sha256(json.dumps(figures, sort_keys=True, ensure_ascii=False).encode())
    with transaction.atomic():
        for row in lines_of(report).order_by("source").values_list(*names).iterator(chunk_size=_AT_ONCE):
            found.update("\x1f".join(map(str, row)).encode())
            found.update(b"\x1e")
    return found.hexdigest()


def close_report(*, report: Report, actor: User | None) -> Report:
    """Closes a report that was made after its period: from then on neither it nor its lines nor its message change.

    Without an actor it was the command line. Raises `Refused`: "not_ready", "period_not_over", "report_too_early" (it was
    made when payments of the period could still come in), "rate_not_published", "report_changed" (its lines are not those
    that were shown), "counted_already" (another closed report has some of its sources), and
    what `report_messages.made_now` refuses, since nothing can be added later. One that is closed already comes back as it is.
    """
    with transaction.atomic():
        locked = Report.objects.select_for_update().get(pk=report.pk)
        if locked.state == State.CLOSED:
            return locked
        _require_closable(locked)
        if digest_of(locked, locked.figures) != locked.digest:
            raise Refused(
                "report_changed", _("The lines of the report have changed since it was made. Please make it again.")
            )
        _make_final(locked)
        locked.state = State.CLOSED
        locked.closed_at, locked.closed_by = clock.now(), actor
        locked.closed_by_label = (actor.full_name or actor.email)[:150] if actor else "command line"
        locked.save(update_fields=["state", "closed_at", "closed_by", "closed_by_label"])
        keep_message(locked)
    return locked


def _make_final(report: Report) -> None:
    """The lines of the report are final, none of which is in another closed one. Raises `Refused("counted_already")`."""
    try:
        with transaction.atomic():
            lines_of(report).update(is_final=True)
    except IntegrityError as error:
        text = _("Another closed report counts some of this already. Please make the report again.")
        raise Refused("counted_already", text) from error


def require_whole(report: Report, parts: int) -> None:
    """Returns when the report has read as many parts of orders as were paid. Raises `Refused("report_outdated")`."""
    if report.rows_done != parts:
        text = _("Payments of the period have come in since the report was made. Please make it again.")
        raise Refused("report_outdated", text)


def _require_closable(report: Report) -> None:
    if report.state != State.READY or report.as_of is None:
        raise Refused("not_ready", _("The report has to be ready before it can be closed."))
    if clock.now() < report.ends_at:
        raise Refused("period_not_over", _("The period is not over yet."))
    if report.as_of < report.ends_at + SETTLING:
        text = _("The report was made before the period had ended and settled. Please make it again.")
        raise Refused("report_too_early", text)
    if "rate_not_published" in report.figures.get("provisional", ()):
        text = _("The exchange rate that the law names has not been published yet. Please make the report again later.")
        raise Refused("rate_not_published", text)
