"""Makes a periodic report to an authority and prints its figures; with --close it is closed for good."""

from __future__ import annotations

import json
import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.models import Report
from compliance.reports.tables import table_of
from compliance.selectors.reports import report_for
from compliance.services.report_files import written
from marketplace.kernel.errors import Refused
from orders.services import reporting

BAD_QUESTION: Final = 2
_BAD: Final = ("unknown_report", "bad_period", "no_report_then", "period_to_come")
_PATIENCE: Final = 600.0  # seconds for a worker that makes the same report


class Command(BaseCommand):
    help = "Makes a periodic report and prints its figures. A closed one is printed as it is; see docs/explanation/reports.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help="ioss, oss, uk_vat, voec, au_gst, nz_gst, sg_gst, epr, dac7, …")
        parser.add_argument("--period", required=True, help="such as 2026-10, 2026-Q4 or 2026")
        parser.add_argument("--json", action="store_true", help="the whole report as JSON")
        parser.add_argument("--close", action="store_true", help="close it: neither it nor its lines change any more")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = _made(options["kind"], options["period"])
            if options["close"]:
                report = reporting.close(report=report, actor=None)
        except Refused as refusal:
            code = BAD_QUESTION if refusal.code in _BAD else 1
            raise CommandError(" ".join(str(refusal.message).split()), returncode=code) from refusal
        if report.state == Report.State.FAILED:
            raise CommandError(" ".join(report.failure.split()))
        if options["json"]:
            self.stdout.write(json.dumps(written(report), ensure_ascii=False, indent=1))
            return
        self.stdout.write(
            f"{report.kind} {report.period}  {report.state}  due {report.due_on}  digest {report.digest[:16]}"
        )
        for reason in report.figures.get("provisional", ()):
            self.stdout.write(f"provisional: {reason}")
        for row in table_of(report.kind, report.period, report.figures, report.terms["figures"]):
            self.stdout.write("\t".join(row))


def _made(kind: str, period: str) -> Report:
    """The report, made now unless it is closed; waits for a worker who makes it already."""
    try:
        report = reporting.request(kind=kind, period=period, actor=None)
    except Refused as refusal:
        kept = report_for(kind, period) if refusal.code == "report_closed" else None
        if kept is None:
            raise
        return kept
    gives_up_at = time.monotonic() + _PATIENCE
    while report.state in (Report.State.REQUESTED, Report.State.RUNNING):
        if not reporting.make(report.pk):
            time.sleep(0.2)
        report.refresh_from_db()
        if time.monotonic() > gives_up_at:
            raise CommandError("Another worker has been making this report for ten minutes.")
    return report
