"""What the workers do by the clock: tasks that exist, and none forgotten that picks up what was left behind."""

from __future__ import annotations

from django.conf import settings

from marketplace.celery import app
from marketplace.schedule import BULK, LONG, SWIFT


def test_everything_on_the_schedule_is_a_task() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
    assert set(LONG) <= set(app.tasks)


def test_a_worker_that_is_told_nothing_takes_both_queues() -> None:
    assert [queue.name for queue in app.amqp.queues.consume_from.values()] == [SWIFT, BULK]


def test_what_was_left_behind_is_picked_up_by_the_clock() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {
        "orders.tasks.sweep",
        "compliance.tasks.send_letters",
        "compliance.tasks.state_restrictions",
        "compliance.tasks.end_waivers",
        "compliance.tasks.note_overdue",
        "catalog.tasks.screen_waiting",
        "catalog.tasks.sweep_import_jobs",
        "catalog.tasks.fetch_pictures",
        "catalog.tasks.make_pictures",
        "catalog.tasks.refresh_search_terms",
        "catalog.tasks.refresh_search_bands",
        "catalog.tasks.refresh_shelves",
    } <= scheduled
