"""What of a report is taken out as a file: the table, the whole as JSON, its lines, the message on sellers as XML.

Each file that is taken is written down with its digest, for it holds the dealings of sellers, and the message their
bank accounts. It is made when it is asked for and kept nowhere, but for the message of a closed report.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any, Final

from accounts.models import User
from compliance.models import AuthorityExport, Report
from compliance.reports.tables import table_of
from compliance.reports.terms import SELLERS
from compliance.selectors.reports import lines_of
from compliance.services.report_messages import message_of
from marketplace.kernel import clock
from marketplace.kernel.spreadsheet import harmless

CSV, JSON, XML, LINES = "csv", "json", "xml", "lines"
_AT_ONCE: Final = 2000
_HIDDEN: Final = ("id", "report", "report_kind", "is_final")


def forms_of(report: Report) -> tuple[str, ...]:
    """The files that a report can be taken out as."""
    return (CSV, JSON, LINES, XML) if report.terms.get("figures") == SELLERS else (CSV, JSON, LINES)


def take_table(*, report: Report, actor: User) -> str:
    """The figures as CSV, as registers and portals take them."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in table_of(report.kind, report.period, report.figures, report.terms["figures"]):
        writer.writerow(row)
    return _noted(report, CSV, out.getvalue(), actor)


def take_json(*, report: Report, actor: User) -> str:
    """The whole report as JSON; see `written`."""
    return _noted(report, JSON, json.dumps(written(report), ensure_ascii=False, indent=1), actor)


def take_lines(*, report: Report, actor: User) -> Iterator[str]:
    """Every line of the report as CSV, a portion at a time; its digest is that of the report."""
    _note(report, LINES, report.digest, actor)
    return _lines(report)


def take_message(*, report: Report, actor: User) -> bytes:
    """The message on the sellers who are to be reported. Raises `Refused`: what `message_of` raises."""
    content = message_of(report)
    _note(report, XML, hashlib.sha256(content).hexdigest(), actor)
    return content


def written(report: Report) -> dict[str, Any]:
    """The report as plain JSON: what it is, its state, its rule, and its figures; amounts are texts."""
    moments = {"made_at": report.made_at, "closed_at": report.closed_at, "as_of": report.as_of}
    return {
        "report": report.kind,
        "period": report.period,
        "state": report.state,
        "starts_at": report.starts_at.isoformat(),
        "ends_at": report.ends_at.isoformat(),
        "due_on": report.due_on.isoformat(),
        **{name: at.isoformat() if at else None for name, at in moments.items()},
        "rule": report.terms["code"],
        "source": report.terms["source"],
        "digest": report.digest,
        "figures": report.figures,
    }


def _lines(report: Report) -> Iterator[str]:
    rows = lines_of(report).order_by("pk")
    names = [field.attname for field in rows.model._meta.concrete_fields if field.name not in _HIDDEN]
    texts = {"reference", "material", "source"}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows.values_list(*names).iterator(chunk_size=_AT_ONCE):
        cells = zip(names, row, strict=True)
        writer.writerow([harmless(str(value)) if name in texts else _cell(value) for name, value in cells])
        if out.tell() > 1 << 16:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _noted(report: Report, form: str, text: str, actor: User) -> str:
    _note(report, form, hashlib.sha256(text.encode()).hexdigest(), actor)
    return text


def _note(report: Report, form: str, digest: str, actor: User) -> None:
    """Writes down that a file of the report was taken, by whom, and what it was."""
    AuthorityExport.objects.create(
        authority=report.terms.get("name", report.kind)[:200], reference=f"{report.kind} {report.period}",
        subject=f"{report.kind} {report.period} {form}",
        rows=lines_of(report).count(), digest=digest, actor=actor, at=clock.now(),
    )  # fmt: skip
