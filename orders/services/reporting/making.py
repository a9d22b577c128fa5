"""Makes a report: takes it, reads what belongs to it a portion at a time, adds up its figures, and closes it when asked.

Every portion is written with the place up to which it goes, so that a worker who is killed or whose time is over leaves
the rest to the next. A report is read as of the moment at which it was begun.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

import structlog

from accounts.models import User
from compliance.models import Report
from compliance.reports.terms import SELLERS, TAX, VOLUMES
from compliance.selectors.reports import counted_already, span_of
from compliance.services import reports as compliance
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable
from orders.services.reporting.goods import VolumeSource
from orders.services.reporting.sales import TaxSource
from orders.services.reporting.sellers import SellerSource

log = structlog.get_logger(__name__)
LONGEST_TURN: Final = 300.0  # seconds after which a worker hands the rest to another turn
Source = TaxSource | VolumeSource | SellerSource
_SOURCES: Final[dict[str, Any]] = {TAX: TaxSource, VOLUMES: VolumeSource, SELLERS: SellerSource}


def request(*, kind: str, period: str, actor: User | None) -> Report:
    """The report, waiting for a worker; see `compliance.services.reports.request_report` for what it refuses."""
    return compliance.request_report(kind=kind, period=period, actor=actor)


def make(report_id: int) -> bool:
    """Does the report, or goes on with it, unless nothing is to be done; whether it is ready by this call."""
    report = compliance.take_report(report_id)
    if report is None:
        return False
    structlog.contextvars.bind_contextvars(report=str(report))
    try:
        return _make(report)
    except compliance.LostTurn:
        log.warning("report taken over by another worker")
    except Unavailable as error:  # a rate is missing: somebody has to add it
        compliance.fail_report(report=report, reason=str(error))
    except Refused as refusal:
        compliance.fail_report(report=report, reason=str(refusal.message))
    return False


def _make(report: Report) -> bool:
    source: Source = _SOURCES[report.terms["figures"]](report, *span_of(report))
    stops_at = time.monotonic() + LONGEST_TURN
    compliance.note_total(report=report, rows=source.reader.total())
    is_volume = report.terms["figures"] == VOLUMES
    for portion in source.reader.portions(report.position, with_refunds=not is_volume):
        rows = len(portion.rows) if portion.position["stage"] == "sales" else 0
        lines = _new(report, source.lines(portion))
        compliance.add_lines(report=report, lines=lines, position=portion.position, rows=rows)
        if time.monotonic() > stops_at:
            compliance.release_report(report=report)
            return False
    figures = source.figures()
    assert report.as_of is not None
    if report.as_of < report.ends_at:
        figures["provisional"] = ["period_not_over", *figures["provisional"]]
    compliance.finish_report(report=report, figures=figures)
    return True


def _new(report: Report, lines: Sequence[Any]) -> list[Any]:
    """The lines whose source no closed report has counted, as it may have when the days of a rule were changed since."""
    counted = counted_already(report, [line.source for line in lines])
    return [line for line in lines if line.source not in counted]


def close(*, report: Report, actor: User | None) -> Report:
    """Closes a report for good, if it still counts all that was paid in its period.

    Raises `Refused`: what `close_report` raises, and "report_outdated" when parts of orders have come in since.
    """
    if report.state == Report.State.READY and report.as_of is not None and clock.now() >= report.ends_at:
        terms, period = span_of(report)
        source: Source = _SOURCES[terms.figures](report, terms, period)
        compliance.require_whole(report, source.reader.total())
    return compliance.close_report(report=report, actor=actor)
