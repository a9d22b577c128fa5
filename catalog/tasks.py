"""What the workers do for the catalogue."""

from __future__ import annotations

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from catalog.services import fetching, import_jobs, listings
from marketplace.kernel import clock

log = structlog.get_logger(__name__)


@shared_task
def refresh_shelves() -> None:
    """Counts the filters of every category anew."""
    listings.refresh_facets()


@shared_task
def fetch_pictures() -> None:
    """Fetches the pictures of imported listings that are due."""
    fetching.fetch_due(clock.now())


@shared_task
def run_import_job(job_id: int) -> None:
    """Previews or imports a seller's file, unless another worker has it or nothing is to be done."""
    import_jobs.work_on(job_id)


@shared_task
def sweep_import_jobs() -> None:
    """Hands out again the files whose message was lost or whose worker died."""
    for job_id in import_jobs.waiting():
        dispatch_import(job_id)


def dispatch_import(job_id: int) -> None:
    """Hands a file to a worker; when the broker is away the sweeper does it later."""
    try:
        run_import_job.delay(job_id)
    except OperationalError as error:
        log.warning("broker away", job=job_id, error=str(error))
