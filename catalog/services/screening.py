"""Screens listings: what the checks find on them becomes flags, and the flags that hold take them off the shelves.

Triggers of the database note which listings have changed (`catalog.models.unscreened`), `following` notes those for
which something else did. A batch is one transaction that has its listings locked: a worker that dies loses nothing,
and what somebody changes meanwhile is looked at again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Max, QuerySet

from catalog.evidence import evidence_of, what_goods_are
from catalog.models import Product
from catalog.selectors.listing_facts import Seen, listings_seen
from catalog.services import holds, leading, listings, offer_changes
from catalog.services.following import follow_changes
from compliance import selectors as compliance
from compliance.models import RuleChange
from compliance.rules.book import RuleBook
from compliance.screening import ListingFacts, checks_for, screen_listing
from compliance.services.findings import Looked, record_all
from logistics import selectors as logistics
from marketplace.kernel import clock
from payments.selectors import fx_table

BATCH: Final = 500
SECONDS: Final = 45.0
_LOCK: Final = 7_205_003
# A rule on a whole country is not about any listing: the price at the door says that nothing goes there.
_OF_PLACES: Final = "restricted_destination"
_rules_known: list[int | None] = [None]


@dataclass(frozen=True, slots=True)
class Screened:
    """How many listings were screened, what became of flags on them, and how many are held elsewhere now."""

    listings: int = 0
    opened: int = 0
    changed: int = 0
    mended: int = 0
    moved: int = 0

    def __add__(self, other: Screened) -> Screened:
        return Screened(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def screen_waiting(*, seconds: float = SECONDS, is_patient: bool = False) -> Screened:
    """Follows what has changed elsewhere, then screens what waits, for so long; one process at a time.

    Those that nobody ever looked at come first, and which offers lead now comes last. While another process is at it
    this one does nothing, or waits for it if `is_patient`. Facet counts follow when anything is shown that was not, or
    hidden.
    """
    done = Screened()
    with _alone(is_patient) as is_mine:
        if is_mine:
            deadline = time.monotonic() + seconds
            done += Screened(moved=follow_changes())
            while time.monotonic() < deadline and (one := _batch(_waiting())).listings:
                done += one
            leading.follow(seconds=seconds if is_patient else leading.TURN)
    if done.moved:
        listings.refresh_facets()
    return done


def screen_listings(*, product_ids: Sequence[int]) -> Screened:
    """Screens these listings now, whether or not they have changed.

    One that somebody else is about to change is left to the next round.
    """
    done = Screened()
    for start in range(0, len(product_ids), BATCH):
        chosen = Product.objects.filter(pk__in=product_ids[start : start + BATCH])
        chosen.update(is_unscreened=True)
        done += _batch(chosen.order_by("pk"))
    if done.moved:
        listings.refresh_facets()
    return done


def screen_in_place(*, product_ids: Sequence[int]) -> Screened:
    """Screens listings in the transaction that changes them, so that nobody meets the change before its screening.

    Facet counts are for the caller to follow. Needs an open transaction.
    """
    chosen = Product.objects.filter(pk__in=product_ids)
    chosen.update(is_unscreened=True)
    return _batch(chosen.order_by("pk"))


def close_flags(*, product_ids: Sequence[int]) -> None:
    """What was found on listings that are about to be deleted is over; what an officer upheld stays for the record."""
    offer_changes.note_others(product_ids=product_ids)
    looked = [Looked(key, (), is_off=True) for key in product_ids]
    record_all(model=Product, looked=looked, checks=checks_for(ListingFacts))


def waiting_listings() -> int:
    """How many listings wait for a screening. One query."""
    return Product.objects.filter(is_unscreened=True).count()


def _waiting() -> QuerySet[Product]:
    return Product.objects.filter(is_unscreened=True).order_by(F("screened_at").asc(nulls_first=True), "pk")[:BATCH]


def _batch(rows: QuerySet[Product]) -> Screened:
    """Screens those of the rows that nobody else has locked, all in one transaction."""
    with transaction.atomic():
        locked = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
        keys = sorted(locked.values_list("pk", flat=True))
        if not keys:
            return Screened()
        on, moment = clock.today(), clock.now()
        book = _rules(on)
        destinations = book.offered_in(logistics.tariff().served)
        seen = listings_seen(keys, on=on, moment=moment, fx=fx_table(on))
        recorded = record_all(
            model=Product,
            looked=[_looked(each, destinations, book) for each in seen],
            checks=checks_for(ListingFacts),
        )
        marks = {each.id: holds.Marks(each.marks, each.is_on_offer) for each in seen}
        moved = holds.bring_in_step(product_ids=keys, moment=moment, screened=marks)
        return Screened(len(keys), recorded.opened, recorded.changed, recorded.mended, len(moved))


def _looked(each: Seen, destinations: Sequence[str], book: RuleBook) -> Looked:
    if not each.is_on_offer:
        return Looked(each.id, (), each.seller_id, each.label, is_off=True)
    found = screen_listing(each.facts, destinations, book)
    findings = tuple(finding for finding in found if finding.check != _OF_PLACES)
    if not findings:
        return Looked(each.id, (), each.seller_id, each.label)
    evidence, told = evidence_of(each.facts, findings), what_goods_are(each.facts)
    return Looked(each.id, findings, each.seller_id, each.label, evidence, told)


def _rules(on: date) -> RuleBook:
    """The rules as the database has them now: what marked a listing must be in them."""
    latest = RuleChange.objects.aggregate(latest=Max("pk"))["latest"]
    if latest != _rules_known[0]:
        compliance.forget_rule_books()
        _rules_known[0] = latest
    return compliance.rule_book(on)


@contextmanager
def _alone(is_patient: bool) -> Iterator[bool]:
    """Whether this process alone works off what waits; the lock ends with the block, or with the connection."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{'' if is_patient else 'try_'}advisory_lock(%s)", [_LOCK])
        is_mine = is_patient or bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
            except DatabaseError:  # the connection is broken, and the lock goes with it
                connection.close()
