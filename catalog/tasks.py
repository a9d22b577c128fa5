"""What the workers do for the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from celery import shared_task
from django.db import transaction

from catalog.models import Product
from catalog.services import (
    import_jobs,
    listings,
    low_stock,
    offer_changes,
    onboarding,
    scheduled_prices,
    screening,
    search_bands,
    search_entries,
    search_terms,
)
from marketplace.kernel import clock
from marketplace.kernel.background import hand_out
from payments.selectors import fx_table


@shared_task
def refresh_shelves() -> None:
    """Counts the filters of every category anew."""
    listings.refresh_facets()


@shared_task
def refresh_search_terms() -> None:
    """Gathers the words of the listings anew, for searches that were mistyped."""
    search_terms.refresh_terms()


@shared_task
def refresh_search_bands() -> None:
    """Marks anew what is popular, for searches in a large shop."""
    search_bands.refresh_bands()


@shared_task
def refresh_search_texts() -> None:
    """Makes texts of searches anew that were made in an earlier way, and hands itself out again while there are more."""
    if search_entries.refresh_outdated() == search_entries.BATCH:
        hand_out(refresh_search_texts)


@shared_task
def follow_scheduled_prices() -> None:
    """Brings in the scheduled prices for which it is time, and takes back those whose time is over."""
    scheduled_prices.follow(moment=clock.now(), fx=fx_table(clock.today()))


@shared_task
def refresh_reductions() -> None:
    """Brings the cards in step of which the lowest price of thirty days has become known."""
    listings.refresh_reductions(moment=clock.now(), fx=fx_table(clock.today()))


@shared_task
def refresh_cards(product_ids: list[int]) -> None:
    """Brings cards and shelves of listings in step with their prices."""
    listings.refresh_listings(product_ids=product_ids, fx=fx_table(clock.today()), search=False)


def refresh_cards_of_seller(seller_id: int) -> None:
    """Hands the cards of all listings of a seller to workers, some hundreds at a time."""
    keys = list(Product.objects.filter(seller=seller_id).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), 500):
        hand_out(refresh_cards, keys[start : start + 500])


@shared_task
def note_offers() -> None:
    """Has all offers of shared articles looked at anew: scores, rates and days may have changed."""
    offer_changes.note_all()


@shared_task
def screen_waiting() -> None:
    """Screens the listings that wait for it, unless another worker is at it."""
    screening.screen_waiting()


@shared_task
def screen_listings(product_ids: list[int]) -> None:
    """Screens the listings that somebody has just changed or asked for."""
    screening.screen_listings(product_ids=product_ids)


@shared_task
def write_onboarding_letters() -> None:
    """Tells sellers on their way to selling how far they are, and what they can do now."""
    onboarding.write_letters(clock.today())


@shared_task
def write_stock_letters() -> None:
    """Tells sellers once a day what runs low."""
    low_stock.write_letters(clock.today())


@shared_task
def fetch_pictures() -> None:
    """Fetches the pictures of imported listings that are due."""
    from catalog.services import fetching  # workers alone speak HTTP to others: four megabytes less for the web

    fetching.fetch_due(clock.now())


@shared_task
def make_pictures() -> None:
    """Makes the sizes of the pictures that wait for them, and hands itself out again while there are more."""
    from catalog.services import renditions

    if renditions.make_due(clock.now()) == renditions.BATCH:
        make_pictures_soon()


def make_pictures_soon() -> None:
    """Hands the waiting pictures to a worker; when the broker is away their turn comes seconds later."""
    hand_out(make_pictures)


@shared_task
def run_import_job(job_id: int) -> None:
    """Previews or imports a seller's file, unless another worker has it or nothing is to be done."""
    if import_jobs.work_on(job_id) and import_jobs.has_changed_listings(job_id):
        gather_search_terms()


@shared_task
def sweep_import_jobs() -> None:
    """Hands out again the files whose message was lost or whose worker died."""
    for job_id in import_jobs.waiting():
        dispatch_import(job_id)


@shared_task
def translate_waiting() -> None:
    """Has a machine propose translations for the listings that wait for it."""
    from catalog.services import machine  # workers alone speak HTTP to others

    machine.work_on_due()


def translate_soon() -> None:
    """Hands the waiting translations to a worker; when the broker is away their turn comes seconds later."""
    hand_out(translate_waiting)


def dispatch_import(job_id: int) -> None:
    """Hands a file to a worker; when the broker is away the sweeper does it later."""
    hand_out(run_import_job, job_id)


def gather_search_terms() -> None:
    """Hands the gathering of words to a worker; when the broker is away it is done within the hour anyway."""
    hand_out(refresh_search_terms)


def count_filters_soon() -> None:
    """Hands the counting of filters to a worker once the change stands; without the broker it is done in five minutes."""
    transaction.on_commit(lambda: hand_out(refresh_shelves))


def screen_soon(product_ids: Sequence[int]) -> None:
    """Hands the listings to a worker before all others; when the broker is away their turn comes seconds later."""
    hand_out(screen_listings, list(product_ids))
