"""What the workers do about exchange rates. Every task may come twice, late or never: the rows decide."""

from __future__ import annotations

from celery import shared_task

from marketplace.kernel import clock
from marketplace.kernel.background import hand_out
from payments import rate_fetching, rate_letters, risk_watch


@shared_task
def fetch_rates() -> None:
    """Fetches the rates when that is due, and has them looked at."""
    if rate_fetching.fetch_due(clock.now()) is not None:
        hand_out(watch_rates)


@shared_task
def watch_rates() -> None:
    """Assesses the currencies when something has changed, and sends the letters that are due."""
    risk_watch.watch(clock.now())
    rate_letters.send_due(clock.now())
