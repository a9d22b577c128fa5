"""What the clock asks of the workers: the tasks of Celery beat, in seconds or at times of the day in UTC; and what may take long."""

from __future__ import annotations

from typing import Any, Final

from celery.schedules import crontab

SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "sweep steps": {"task": "orders.tasks.sweep", "schedule": 5.0, "options": {"expires": 4}},
    "fetch rates": {"task": "payments.tasks.fetch_rates", "schedule": 10.0, "options": {"expires": 9}},
    "watch rates": {"task": "payments.tasks.watch_rates", "schedule": 60.0, "options": {"expires": 59}},
    "expire reservations": {"task": "orders.tasks.expire_unpaid", "schedule": 60.0},
    "refresh shelves": {"task": "catalog.tasks.refresh_shelves", "schedule": 300.0},
    "refresh search terms": {"task": "catalog.tasks.refresh_search_terms", "schedule": 3600.0},
    "refresh search bands": {"task": "catalog.tasks.refresh_search_bands", "schedule": 3600.0},
    "refresh search texts": {
        "task": "catalog.tasks.refresh_search_texts",
        "schedule": 60.0,
        "options": {"expires": 59},
    },
    "screen listings": {"task": "catalog.tasks.screen_waiting", "schedule": 3.0, "options": {"expires": 2}},
    "note offers": {"task": "catalog.tasks.note_offers", "schedule": crontab(hour=3, minute=19)},
    "refresh reductions": {"task": "catalog.tasks.refresh_reductions", "schedule": crontab(hour=0, minute=33)},
    "follow scheduled prices": {
        "task": "catalog.tasks.follow_scheduled_prices",
        "schedule": 20.0,
        "options": {"expires": 19},
    },
    "fetch pictures": {"task": "catalog.tasks.fetch_pictures", "schedule": 60.0},
    "make pictures": {"task": "catalog.tasks.make_pictures", "schedule": 15.0, "options": {"expires": 14}},
    "translate": {"task": "catalog.tasks.translate_waiting", "schedule": 10.0, "options": {"expires": 9}},
    "sweep imports": {"task": "catalog.tasks.sweep_import_jobs", "schedule": 60.0, "options": {"expires": 59}},
    "sweep reports": {"task": "orders.tasks.sweep_reports", "schedule": 30.0, "options": {"expires": 29}},
    "send letters": {"task": "compliance.tasks.send_letters", "schedule": 10.0, "options": {"expires": 9}},
    "state restrictions": {"task": "compliance.tasks.state_restrictions", "schedule": 30.0, "options": {"expires": 29}},
    "end waivers": {"task": "compliance.tasks.end_waivers", "schedule": 300.0, "options": {"expires": 299}},
    "screen sellers": {"task": "compliance.tasks.screen_sellers", "schedule": crontab(hour=2, minute=17)},
    "delete old papers": {"task": "compliance.tasks.delete_old_papers", "schedule": crontab(hour=3, minute=41)},
    "onboarding letters": {
        "task": "catalog.tasks.write_onboarding_letters",
        "schedule": crontab(minute=12),
    },
    "stock letters": {"task": "catalog.tasks.write_stock_letters", "schedule": crontab(hour=5, minute=34)},
    "count scores": {"task": "orders.tasks.count_scores", "schedule": crontab(hour=2, minute=48)},
    "watch thresholds": {"task": "orders.tasks.watch_thresholds", "schedule": crontab(hour=1, minute=23)},
    "remind of registrations": {
        "task": "compliance.tasks.remind_of_registrations",
        "schedule": crontab(hour="0,4", minute=7),
    },
    "note overdue": {"task": "compliance.tasks.note_overdue", "schedule": 900.0, "options": {"expires": 899}},
}

# What takes minutes: pictures, files, periodic figures, whatever waits for a slow service. It waits in a queue of its own, so that
# a payment, a label or a listing that may be sold again never waits behind it.
SWIFT, BULK = "celery", "bulk"
LONG: Final = (
    "catalog.tasks.fetch_pictures",
    "catalog.tasks.make_pictures",
    "catalog.tasks.refresh_search_bands",
    "catalog.tasks.refresh_search_terms",
    "catalog.tasks.refresh_search_texts",
    "catalog.tasks.refresh_shelves",
    "catalog.tasks.run_import_job",
    "catalog.tasks.translate_waiting",
    "compliance.tasks.screen_sellers",
    "orders.tasks.count_scores",
    "orders.tasks.make_report",
    "orders.tasks.watch_thresholds",
)
ROUTES: Final = {task: {"queue": BULK} for task in LONG}
