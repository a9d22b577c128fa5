"""What the workers do about exchange rates. Every task may come twice, late or never: the rows decide."""

from __future__ import annotations

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from marketplace.kernel import clock
from payments import rate_fetching, rate_letters, risk_watch

log = structlog.get_logger(__name__)


@shared_task
def fetch_rates() -> None:
    """Fetches the rates when that is due, and has them looked at."""
    if rate_fetching.fetch_due(clock.now()) is not None:
        try:
            watch_rates.delay()
        except OperationalError as error:  # the next beat looks at them
            log.warning("broker away", error=str(error))


@shared_task
def watch_rates() -> None:
    """Assesses the currencies when something has changed, and sends the letters that are due."""
    risk_watch.watch(clock.now())
    rate_letters.send_due(clock.now())
