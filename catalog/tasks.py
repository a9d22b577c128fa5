"""What the workers do for the catalogue."""

from __future__ import annotations

from celery import shared_task

from catalog.services import fetching, listings
from marketplace.kernel import clock


@shared_task
def refresh_shelves() -> None:
    """Counts the filters of every category anew."""
    listings.refresh_facets()


@shared_task
def fetch_pictures() -> None:
    """Fetches the pictures of imported listings that are due."""
    fetching.fetch_due(clock.now())
