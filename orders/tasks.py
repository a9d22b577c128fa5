"""What the workers are asked to do. Every task may come twice, late or never: the rows decide."""

from __future__ import annotations

from celery import shared_task

from compliance.services import reports
from marketplace.kernel import clock
from marketplace.kernel.background import hand_out
from orders.services import fulfilling, holds, placing, reporting, scoring, steps, threshold_watch


@shared_task
def run_step(step_id: int) -> None:
    """Does one step of an order, unless another worker has it."""
    steps.run(step_id)


@shared_task
def sweep() -> None:
    """Hands out again what has stood too long, and takes up what was released by a decision."""
    fulfilling.resume_released()
    for step_id in steps.due(clock.now()):
        dispatch(step_id)


@shared_task
def expire_unpaid() -> None:
    """Settles or cancels the orders whose time to pay is over, gives their stock back, and forgets who let them lapse."""
    placing.expire_unpaid(clock.now())
    holds.forget_names(clock.now())


@shared_task
def make_report(report_id: int) -> None:
    """Makes a periodic report, or goes on with it, unless another worker has it; the rest goes to another turn."""
    if not reporting.make(report_id) and report_id in reports.waiting_reports(clock.now()):
        dispatch_report(report_id)


@shared_task
def sweep_reports() -> None:
    """Hands out again the reports whose message was lost or whose worker died."""
    for report_id in reports.waiting_reports(clock.now()):
        dispatch_report(report_id)


@shared_task
def watch_thresholds() -> None:
    """Counts what sellers sold against the thresholds of laws, and tells those who have reached one."""
    threshold_watch.watch(clock.today())


@shared_task
def count_scores() -> None:
    """Counts anew how reliably each seller sends."""
    scoring.count_scores(clock.today())


def dispatch_report(report_id: int) -> None:
    """Hands a report to a worker; when the broker is away the sweeper does it later."""
    hand_out(make_report, report_id)


def dispatch(step_id: int) -> None:
    """Hands a step to a worker; when the broker is away the sweeper does it later."""
    hand_out(run_step, step_id)


steps.book.dispatch = dispatch
