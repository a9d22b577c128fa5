"""Writes the listings of a feed: in sets while all goes well, one by one, each in a savepoint, where it does not.

A listing is known by its seller and its handle. One that is the same as at the last import is left alone, so that
a second run of a file changes nothing, even after pieces were sold or a text was edited by hand.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, reset_queries, transaction
from django.db.models import QuerySet

from accounts.models import Seller, User
from catalog.feeds.listing import FeedListing, FeedResult, LeftOut, Remark, RowError, Stocked, Translated
from catalog.models import Product
from catalog.services import (
    history,
    import_answers,
    import_bundles,
    import_checks,
    import_choices,
    import_known,
    import_language,
    import_rows,
    import_stock,
    listings,
    market_prices,
    scheduled_prices,
    search_entries,
)
from catalog.services.import_answers import Questions
from catalog.services.import_copy import create_listings
from catalog.services.import_sets import Changes
from catalog.services.import_trial import Trial
from catalog.services.translating import Origin, texts_from
from logistics.models import Warehouse
from marketplace.kernel import clock
from marketplace.kernel.fx import FxTable
from marketplace.kernel.sentences import sentence as _

log = structlog.get_logger(__name__)
BATCH = 500
_VARIANT: Final = 1000  # what one weighs beside signs of a text
_LARGEST: Final = 4000 * _VARIANT
_LABEL = "Import"  # who changed a listing, in its history
Item = FeedListing | Translated | Stocked | LeftOut


class _Undo(Exception):
    """Leaves a dry run's transaction."""


@dataclass(frozen=True, slots=True)
class _Into:
    """Where the listings of a feed go, and what is read once for all of them; a `trial` for a dry run."""

    seller: Seller
    warehouse: Warehouse
    fx: FxTable
    shelves: import_rows.Shelves
    questions: Questions
    places: import_stock.Places
    trial: Trial | None
    language: str

    def passing(self) -> AbstractContextManager[None]:
        """What is written inside is taken back in a dry run."""
        return nullcontext() if self.trial is None else self.trial.taken_back()


def import_feed(
    *,
    seller: Seller,
    feed: Iterable[Item],
    fx: FxTable,
    language: str = "",
    user: User | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> FeedResult:
    """Writes the listings of `feed` for `seller` and counts them; with `dry_run` the counts alone.

    `language` is that of all texts if somebody chose one; else the file says or tells it, or it is that of `user`.
    Raises what reading the feed raises; batches written before stay.
    """
    result = FeedResult()
    try:
        with _undisturbed(), transaction.atomic() if dry_run else nullcontext():
            result.language, feed = import_language.settled(
                feed, chosen=language, preferred=import_language.preferred(seller, user)
            )
            into = _Into(
                seller, home_warehouse(seller), fx, import_rows.Shelves(), Questions(), import_stock.Places(seller),
                Trial() if dry_run else None, result.language,
            )  # fmt: skip
            for batch in _batches(import_bundles.bundles_last(feed)):
                _write_batch(into, batch, result)
                if settings.DEBUG:
                    reset_queries()  # nine thousand statements with all their values would be kept
                progress(result.products + result.rejected)
            if dry_run:
                raise _Undo
    except _Undo:
        return result
    if result.created or result.updated:
        listings.refresh_facets()
    return result


def _batches(feed: Iterable[Item]) -> Iterator[list[Item]]:
    """What is written at once: so many listings, or fewer when they are large."""
    batch: list[Item] = []
    size = 0
    for item in feed:
        batch.append(item)
        if isinstance(item, FeedListing):
            size += len(item.description) + _VARIANT * len(item.variants)
        if len(batch) >= BATCH or size >= _LARGEST:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Collections of garbage pass over all that was loaded before; they would take a third of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def home_warehouse(seller: Seller) -> Warehouse:
    """The seller's first warehouse at home, made from the seller's own address when there is none."""
    home = Warehouse.objects.filter(seller=seller, country=seller.home_country, is_active=True).order_by("pk").first()
    if home is not None:
        return home
    return Warehouse.objects.create(
        seller=seller,
        code=f"{seller.slug}-home"[:40],
        name=seller.name,
        country=seller.home_country,
        country_area=seller.country_area,
        city=seller.city,
        street_address=seller.street_address,
        postal_code=seller.postal_code,
    )


def _write_batch(into: _Into, batch: list[Item], result: FeedResult) -> None:
    read = [item for item in batch if isinstance(item, FeedListing)]
    for item in batch:
        if isinstance(item, LeftOut):
            result.reject(*item.rows)
    with into.passing():
        _translate(into, [item for item in batch if isinstance(item, Translated)], result)
        _lay(into, [item for item in batch if isinstance(item, Stocked)], result)
    read = import_checks.without_unrated_prices(read, into.fx, result)
    has_answers = any(one.cells for one in read)
    if not has_answers:
        read = _without_unchanged(into, read, result)
    read = import_checks.without_taken_skus(read, into.seller, into.trial, result)
    news = read = import_checks.without_wrong_parts(read, into.seller, into.trial, result)
    known = _known(into.seller, read)
    whole = _by_handle(known.select_related("category", "attributes") if has_answers else known)
    if has_answers:
        news = _without_unchanged(into, list(_with_answers(into, read, whole, result)), result)
    changed = list(_changed(into, news, whole, result))
    if into.trial is not None:
        _try_listings(into, into.trial, changed, whole, result)
    else:
        _write_listings(into, changed, whole, result)


def _try_listings(
    into: _Into, trial: Trial, changed: list[FeedListing], whole: dict[str, Product], result: FeedResult
) -> None:
    """Writes what is new, and what the shop has as well, but takes that back."""
    leaning = [one for one in changed if trial.concerns(one)]
    others = [one for one in changed if not trial.concerns(one)]
    ours = [one for one in others if one.handle in whole]
    _write_listings(into, [one for one in others if one.handle not in whole], whole, result)
    with trial.taken_back([whole[one.handle] for one in ours]):
        _write_listings(into, ours, whole, result)
    for one in leaning:
        _count(into, result, one, "updated" if one.handle in whole else "created")


def _write_listings(into: _Into, changed: list[FeedListing], whole: dict[str, Product], result: FeedResult) -> None:
    if not changed:
        return
    try:
        with transaction.atomic(), texts_from(Origin.IMPORT):
            _write(into, changed, whole)
        for one in changed:
            _count(into, result, one, "updated" if one.handle in whole else "created")
    except (IntegrityError, DataError):
        _one_by_one(into, changed, whole, result)


def _without_unchanged(into: _Into, read: list[FeedListing], result: FeedResult) -> list[FeedListing]:
    """The listings that are not as they were at the last import; the others are left alone."""
    digests = dict(_known(into.seller, read).values_list("handle", "source_digest"))
    news = []
    for one in read:
        if digests.get(one.handle) == one.digest:
            _count(into, result, one, "unchanged")
        else:
            news.append(one)
    return news


def _known(seller: Seller, read: list[FeedListing]) -> QuerySet[Product]:
    """The listings that the seller has already."""
    return Product.objects.filter(seller=seller, handle__in=[one.handle for one in read])


def _by_handle(products: QuerySet[Product]) -> dict[str, Product]:
    return {product.handle: product for product in products}


def _with_answers(
    into: _Into, read: list[FeedListing], known: dict[str, Product], result: FeedResult
) -> Iterator[FeedListing]:  # fmt: skip
    """The listings with what the file says to attributes; one that says what can't be is rejected."""
    for one in read:
        if not one.cells:
            yield one
            continue
        product = known.get(one.handle)
        category = product.category if product is not None and not one.kind else into.shelves.find(one.kind)
        given = import_answers.given_by(product)
        if product is None:
            found = into.questions.read(one, category, given, one.language or into.language)
        else:
            wrong = product.source_language if import_language.is_corrected(product, one) else ""
            found = into.questions.read(one, category, given, import_language.of_known(product, one), wrong)
        if isinstance(found, LeftOut):
            result.reject(*found.rows)
        else:
            yield found


def _changed(
    into: _Into, news: list[FeedListing], known: dict[str, Product], result: FeedResult
) -> Iterator[FeedListing]:  # fmt: skip
    """The listings that the import would change; the others say in other words what is there, and are so remembered."""
    there = [known[one.handle] for one in news if one.handle in known]
    import_known.read_whole(there, into.warehouse, with_parts=import_bundles.say_parts(news))
    same = []
    for one in news:
        product = known.get(one.handle)
        if (
            product is None
            or not import_answers.are_kept(product, one)
            or not import_known.is_same(product, one, into.shelves)
        ):
            yield one
            continue
        product.source_digest = one.digest
        same.append(product)
        _count(into, result, one, "unchanged")
    with into.passing():
        Product.objects.bulk_update(same, ["source_digest"])


def _translate(into: _Into, texts: list[Translated], result: FeedResult) -> None:
    """Puts texts in other languages on listings that the seller has; a handle that is not known is rejected."""
    if not texts:
        return
    handles = {one.handle for one in texts}
    known = {product.handle: product for product in Product.objects.filter(seller=into.seller, handle__in=handles)}
    changed = set()
    for one in texts:
        product = known.get(one.handle)
        if product is None:
            result.reject(RowError(one.line, one.handle, _("There is no listing with this handle yet.")))
            continue
        is_new = import_rows.translate(product, one.texts)
        result.products += 1
        setattr(result, "updated" if is_new else "unchanged", getattr(result, "updated" if is_new else "unchanged") + 1)
        if is_new:
            changed.add(product.pk)
    with transaction.atomic(), texts_from(Origin.IMPORT):
        history.sign(label=_LABEL)
        Product.objects.bulk_update([one for one in known.values() if one.pk in changed], import_rows.TRANSLATED)
        listings.refresh_listings(product_ids=sorted(changed), fx=into.fx)


def _lay(into: _Into, rows: list[Stocked], result: FeedResult) -> None:
    """Puts pieces into warehouses; a row of a variant that the seller does not have is rejected."""
    if not rows:
        return
    with transaction.atomic(), texts_from(Origin.IMPORT):
        history.sign(label=_LABEL)
        done, errors = import_stock.lay(seller=into.seller, rows=rows, places=into.places)
        changed = {pk for _row, pk in done if pk is not None}
        listings.refresh_listings(product_ids=listings.with_sets(sorted(changed)), fx=into.fx)
    for error in errors:
        result.reject(error)
    result.products += len(done)
    result.updated += sum(pk is not None for _row, pk in done)
    result.unchanged += sum(pk is None for _row, pk in done)


def _one_by_one(into: _Into, changed: list[FeedListing], known: dict[str, Product], result: FeedResult) -> None:
    for one in changed:
        try:
            with transaction.atomic(), texts_from(Origin.IMPORT):
                _write(into, [one], known)
            _count(into, result, one, "updated" if one.handle in known else "created")
        except (IntegrityError, DataError):
            log.exception("a listing of a feed could not be written", seller=into.seller.pk, handle=one.handle)
            reason = _("This listing can't be stored as it stands. Look at its SKUs and choices, or ask our support.")
            result.reject(RowError(one.line, one.handle, reason))


def _write(into: _Into, changed: list[FeedListing], known: dict[str, Product]) -> None:
    history.sign(label=_LABEL)
    new = [one for one in changed if one.handle not in known]
    keys = create_listings(
        seller=into.seller, new=new, shelves=into.shelves, warehouse=into.warehouse, now=clock.now(),
        language=into.language,
    )  # fmt: skip
    ids = dict(zip((one.handle for one in new), keys, strict=True))
    ours = [known[one.handle] for one in changed if one.handle in known]
    on_sale = scheduled_prices.running_on(variant for product in ours for variant in product.its_variants)
    changes = Changes(into.warehouse)
    says_more = [one.handle for one in new]
    for one in changed:
        if one.handle in known:
            product = known[one.handle]
            ids[one.handle] = product.pk
            if import_known.update_listing(product, one, into.shelves, changes, on_sale) or one.answers:
                says_more.append(one.handle)
    changes.write()
    import_answers.take_over(listings=changed, products=ids, questions=into.questions)
    market_prices.take_over(listings=changed, seller_id=into.seller.pk)
    import_choices.take_over(listings=changed, products=ids)
    import_bundles.take_over(listings=changed, seller_id=into.seller.pk)
    keys = list(ids.values())
    listings.refresh_listings(product_ids=listings.with_sets(keys) if ours else keys, fx=into.fx, search=False)
    search_entries.refresh_entries(product_ids=[ids[handle] for handle in says_more])


def _count(into: _Into, result: FeedResult, one: FeedListing, outcome: str) -> None:
    result.products += 1
    result.variants += len(one.variants)
    result.images += len(one.images)
    remarks = (*_remarks(one), *(_of_shelf(into, one) if outcome != "unchanged" else ()))
    result.remarks.extend(Remark(one.line, one.handle, remark) for remark in remarks)
    setattr(result, outcome, getattr(result, outcome) + 1)


def _of_shelf(into: _Into, one: FeedListing) -> Iterator[str]:
    """That nobody knows its category; once for each."""
    if into.shelves.meets_unknown(one.kind):
        text = _("No category of this shop is called “%(kind)s”: its listings stand under “%(name)s”.")
        yield text % {"kind": one.kind, "name": _(import_rows.FALLBACK_NAME)}


def _remarks(one: FeedListing) -> tuple[str, ...]:
    others = market_prices.left_out(one)
    if not others:
        return one.remarks
    text = _("Prices in other currencies (%(currencies)s) were not taken over; they are converted from %(currency)s.")
    return (*one.remarks, text % {"currencies": ", ".join(others), "currency": one.currency})
