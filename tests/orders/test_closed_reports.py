"""A closed report is for good, and a report is made once, whatever happens to those who make it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from compliance.models import Report, ReportLine, ReportRule
from compliance.services import reports as services
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from orders import tasks
from orders.services import reporting
from orders.services.reporting import making, parts
from tests.orders.books import Calendar, closed, gave_back, german, made, publish, sold
from tests.support.cast import Cast
from tests.support.threads import at_once

OCTOBER = "2026-10"


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch, cast: Cast, law_may_change: Callable[[], None]) -> Calendar:
    calendar = Calendar(monkeypatch)
    calendar.turn_to("2026-12-05 09:00")
    publish(date(2026, 11, 2), USD="1.20")
    publish(date(2026, 11, 30), USD="1.25")
    return calendar


def rows_of(*models: Any) -> list[Any]:
    return [list(model._default_manager.order_by("pk").values()) for model in models]


# For good -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE compliance_report SET figures = '{}' WHERE id = %s",
        "UPDATE compliance_report SET state = 'ready', closed_at = NULL WHERE id = %s",
        "DELETE FROM compliance_report WHERE id = %s",
        "UPDATE compliance_reportline SET tax = 0 WHERE report_id = %s",
        "UPDATE compliance_reportline SET is_final = FALSE WHERE report_id = %s",
        "DELETE FROM compliance_reportline WHERE report_id = %s",
        "INSERT INTO compliance_reportline (report_id, report_kind, source, reference, part_id, happened_at, is_final, kind,"
        " corrected_period, seller_id, country, sent_from, rate_pct, base, tax, currency, original_base, original_tax,"
        " original_currency, exchange_rate, rated_on) SELECT report_id, report_kind, 'line:0', reference, part_id,"
        " happened_at, FALSE, kind, corrected_period, seller_id, country, sent_from, rate_pct, base, tax, currency,"
        " original_base, original_tax, original_currency, exchange_rate, rated_on FROM compliance_reportline"
        " WHERE report_id = %s",
    ],
)
def test_the_database_refuses_to_change_what_is_closed(cast: Cast, calendar: Calendar, statement: str) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    report = closed("ioss", OCTOBER)
    before = rows_of(Report, ReportLine)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [report.pk])

    assert rows_of(Report, ReportLine) == before


@pytest.mark.django_db
def test_a_line_does_not_move_into_a_closed_report(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-11-02 08:00", german("100.00"))
    october, november = closed("ioss", OCTOBER), made("ioss", "2026-11")

    with pytest.raises(DatabaseError), transaction.atomic():
        november.lines.update(report=october)

    assert (october.lines.count(), november.lines.count()) == (0, 1)


@pytest.mark.django_db
def test_a_report_is_not_closed_past_its_lines(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    report = made("ioss", OCTOBER)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE compliance_report SET state = 'closed', closed_at = now(), closed_by_label = 'x' WHERE id = %s",
            [report.pk],
        )

    report.refresh_from_db()
    assert report.state == Report.State.READY


@pytest.mark.django_db
def test_a_closed_report_is_closed_once_and_never_made_again(cast: Cast, calendar: Calendar) -> None:
    report = closed("ioss", OCTOBER)
    calendar.turn_to("2026-12-06 09:00")

    again = reporting.close(report=report, actor=cast.officer)
    with pytest.raises(Refused) as refusal:
        reporting.request(kind="ioss", period=OCTOBER, actor=cast.officer)

    assert (again.closed_at, again.closed_by_label) == (report.closed_at, "command line")
    assert refusal.value.code == "report_closed"


@pytest.mark.django_db
def test_a_refund_after_closing_leaves_the_closed_report_as_it_is(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-10-02 08:00", german("100.00"))
    october = closed("ioss", OCTOBER)
    kept = rows_of(Report, ReportLine)

    gave_back(order, "119.00", "2026-11-20 10:00")
    november = closed("ioss", "2026-11")

    assert [rows[:1] for rows in rows_of(Report, ReportLine)] == kept
    assert list(october.lines.values_list("kind", flat=True)) == ["supply"]
    assert list(november.lines.values_list("kind", "corrected_period")) == [("correction", OCTOBER)]


@pytest.mark.django_db
def test_the_same_source_is_never_final_in_two_reports(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    closed("ioss", OCTOBER)
    november = made("ioss", "2026-11")
    line = ReportLine.objects.get()
    line.pk, line.report, line.is_final = None, november, True

    with pytest.raises(IntegrityError), transaction.atomic():
        line.save()


@pytest.mark.django_db
def test_a_rule_that_changes_its_days_counts_nothing_twice(cast: Cast, calendar: Calendar) -> None:
    """Half past midnight in Brussels: November, until somebody says that the days are those of UTC."""
    sold(cast, "2026-10-31 23:30", german("100.00"))
    stale = made("ioss", OCTOBER)
    assert closed("ioss", "2026-11").lines.count() == 1
    ReportRule.objects.filter(kind="ioss").update(time_zone="UTC")

    october = closed("ioss", OCTOBER)

    assert (stale.pk, october.rows_done, october.lines.count()) == (october.pk, 1, 0)


@pytest.mark.django_db
def test_a_report_that_counts_what_another_has_closed_is_not_closed(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-31 23:30", german("100.00"))
    ReportRule.objects.filter(kind="ioss").update(time_zone="UTC")
    october = made("ioss", OCTOBER)
    ReportRule.objects.filter(kind="ioss").update(time_zone="Europe/Brussels")
    closed("ioss", "2026-11")

    with pytest.raises(Refused) as refusal:
        reporting.close(report=october, actor=None)

    assert refusal.value.code == "counted_already"
    assert not october.lines.filter(is_final=True).exists()


@pytest.mark.django_db
def test_the_same_lines_have_the_same_digest_and_others_another(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    first, second = made("ioss", OCTOBER).digest, made("ioss", OCTOBER).digest
    sold(cast, "2026-10-02 08:00", german("1.00"))

    assert first == second != made("ioss", OCTOBER).digest


# Killed, late, twice -----------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone; nothing after this line runs."""


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three parts of orders at once."""
    monkeypatch.setattr(parts, "AT_ONCE", 3)


@pytest.mark.django_db
def test_what_a_killed_worker_has_written_is_kept_and_the_next_goes_on(
    cast: Cast, calendar: Calendar, small_portions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(8):
        sold(cast, f"2026-10-0{index + 1} 08:00", german("10.00"))
    report = reporting.request(kind="ioss", period=OCTOBER, actor=None)
    write, written = services.add_lines, []

    def die_at_the_second(**values: Any) -> None:
        if written:
            raise Killed
        write(**values)
        written.append(values)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(services, "add_lines", die_at_the_second)
        reporting.make(report.pk)
    report.refresh_from_db()
    assert (report.state, report.rows_done, report.rows_total, report.lines.count()) == ("running", 3, 8, 3)
    assert reporting.make(report.pk) is False  # the lease still holds
    assert services.waiting_reports(clock.now()) == []

    calendar.turn_to("2026-12-05 09:10")
    assert services.waiting_reports(clock.now()) == [report.pk]
    assert reporting.make(report.pk) is True

    report.refresh_from_db()
    assert (report.state, report.rows_done, report.lines.count(), report.turn) == ("ready", 8, 8, 2)
    assert report.figures["totals"]["tax"] == "15.20"


@pytest.mark.django_db
def test_a_worker_whose_time_is_over_hands_the_rest_to_another_turn(
    cast: Cast, calendar: Calendar, small_portions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(8):
        sold(cast, f"2026-10-0{index + 1} 08:00", german("10.00"))
    report = reporting.request(kind="ioss", period=OCTOBER, actor=None)
    given: list[int] = []
    monkeypatch.setattr(tasks, "dispatch_report", given.append)
    monkeypatch.setattr(making, "LONGEST_TURN", -1.0)

    for turn in (1, 2, 3):
        tasks.make_report(report.pk)
        assert given == [report.pk] * turn
    tasks.make_report(report.pk)

    report.refresh_from_db()
    assert (report.state, report.lines.count(), report.rows_done, given) == ("ready", 8, 8, [report.pk] * 3)


@pytest.mark.django_db
def test_work_that_breaks_off_again_and_again_fails_with_a_sentence(
    cast: Cast, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = reporting.request(kind="ioss", period=OCTOBER, actor=None)
    monkeypatch.setattr(making, "_make", lambda report: (_ for _ in ()).throw(Killed()))
    at = clock.now()

    for _attempt in range(services.MOST_ATTEMPTS):
        with pytest.raises(Killed):
            reporting.make(report.pk)
        at += services.LEASE + timedelta(seconds=1)
        calendar.turn_to(at.isoformat()[:19])
    assert reporting.make(report.pk) is False

    report.refresh_from_db()
    assert (report.state, report.failure) == (
        "failed",
        "The work broke off several times. Our support can look into it.",
    )
    assert reporting.request(kind="ioss", period=OCTOBER, actor=None).state == "requested"


@pytest.mark.django_db
def test_the_sweeper_hands_out_what_was_lost(cast: Cast, calendar: Calendar, monkeypatch: pytest.MonkeyPatch) -> None:
    report = reporting.request(kind="ioss", period=OCTOBER, actor=None)
    given: list[int] = []
    monkeypatch.setattr(tasks, "dispatch_report", given.append)

    tasks.sweep_reports()
    reporting.make(report.pk)
    tasks.sweep_reports()

    assert given == [report.pk]


# Two at once --------------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_makes_the_report(cast: Cast, calendar: Calendar) -> None:
    for index in range(4):
        sold(cast, f"2026-10-0{index + 1} 08:00", german("10.00"))
    report = reporting.request(kind="ioss", period=OCTOBER, actor=None)

    outcomes = at_once(*[lambda: str(reporting.make(report.pk))] * 6)

    assert sorted(outcomes) == ["False"] * 5 + ["True"]
    report.refresh_from_db()
    assert (report.turn, report.lines.count(), report.figures["totals"]["tax"]) == (1, 4, "7.60")


@pytest.fixture
def overtaken(
    cast: Cast, calendar: Calendar, small_portions: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Report]:
    """A worker stops for long between reading and writing its second portion; meanwhile another has made the report."""
    for index in range(8):
        sold(cast, f"2026-10-0{index + 1} 08:00", german("10.00"))
    report = reporting.request(kind="ioss", period=OCTOBER, actor=None)
    read, go_on = threading.Event(), threading.Event()
    lines, me = making.TaxSource.lines, threading.current_thread()

    def slow(source: Any, portion: Any) -> Any:
        found = lines(source, portion)
        if threading.current_thread() is not me and portion.position.get("id") and len(seen) == 1:
            read.set()
            assert go_on.wait(20)
        seen.append(portion)
        return found

    seen: list[Any] = []
    monkeypatch.setattr(making.TaxSource, "lines", slow)
    outcome: list[str] = []

    def work() -> None:
        try:
            outcome.append(str(reporting.make(report.pk)))
        except IntegrityError as error:
            outcome.append(type(error).__name__)
        finally:
            connection.close()

    slow_one = threading.Thread(target=work)
    slow_one.start()
    assert read.wait(20)
    calendar.turn_to("2026-12-05 10:00")  # the lease is over
    assert reporting.make(report.pk) is True
    go_on.set()
    slow_one.join(30)
    report.outcome = outcome[0]  # type: ignore[attr-defined]
    report.refresh_from_db()
    yield report


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_overtaken_writes_nothing(overtaken: Report) -> None:
    assert overtaken.outcome == "False"  # type: ignore[attr-defined]
    assert (overtaken.state, overtaken.lines.count(), overtaken.rows_done) == ("ready", 8, 8)
    assert overtaken.figures["totals"]["tax"] == "15.20"


@pytest.fixture
def without_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease alone decides: whoever took the report once may write to it."""

    def anybody(report: Report, **changes: Any) -> None:
        Report.objects.filter(pk=report.pk).update(**changes)

    monkeypatch.setattr(services, "_fence", anybody)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_turns_the_overtaken_worker_would_spoil_the_report(without_turns: None, overtaken: Report) -> None:
    assert overtaken.outcome == "IntegrityError"  # type: ignore[attr-defined]  # it wrote what was written already
    assert overtaken.rows_done == 8


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_written_while_a_report_is_closed_waits_and_is_refused(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    report = made("ioss", OCTOBER)
    line = ReportLine.objects.get()
    line.pk, line.source = None, "line:0"
    errors: list[str] = []

    def smuggle() -> None:
        try:
            line.save()
        except DatabaseError as error:
            errors.append(str(error).splitlines()[0])
        finally:
            connection.close()

    with transaction.atomic():
        reporting.close(report=report, actor=None)
        thread = threading.Thread(target=smuggle)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)

    assert errors == ["lines of a closed report stay as they are"]
    assert report.lines.count() == 1
