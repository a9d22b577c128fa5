"""Prices from a moment to a moment: planned for each variant, brought in when it is time, and taken back afterwards.

What is to be done and what was done are rows, one for each variant; the work goes on with those that are left, however
often it was cut off. The price of the variant itself is written, so the price history tells of it as of any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import structlog
from django.db import DataError, IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from catalog.models import Category, MarketPrice, Product, ScheduledPrice, ScheduledPriceItem, Variant
from catalog.price_terms import in_proportion, scheduled_amount
from catalog.services import listings, page_locks
from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import FxTable

log = structlog.get_logger(__name__)
HIGHEST: Final = Decimal(10) ** 12
MOST_VARIANTS: Final = 20_000
_CHUNK: Final = 200
_BROKEN: Final = (ArithmeticError, DataError, IntegrityError)  # a price that no column holds, or that is none
State = ScheduledPrice.State


# Planning -----------------------------------------------------------------------------------------------------


def variants_meant(
    *, seller_id: int, variant: Variant | None, category: Category | None, products: Iterable[Product]
) -> QuerySet[Variant]:
    """The seller's variants on sale that a scheduled price names: one, or those of listings and of a whole category."""
    rows = Variant.objects.filter(seller=seller_id, is_active=True)
    if variant is not None:
        return rows.filter(pk=variant.pk)
    of_listings = Q(product__in=[product.pk for product in products])
    if category is not None:
        of_listings |= Q(product__category__path__startswith=category.path)
    return rows.filter(of_listings)


def check(
    *,
    seller_id: int,
    variant_ids: Sequence[int],
    starts_at: datetime,
    ends_at: datetime,
    schedule_id: int | None = None,
) -> None:
    """Returns if the prices of the variants may be scheduled for that time.

    Raises `Refused`: "nothing_chosen", "too_many", "overlaps".
    """
    if not variant_ids:
        raise Refused("nothing_chosen", _("Nothing of this is on sale. Choose a variant, listings or a category."))
    if len(variant_ids) > MOST_VARIANTS:
        raise Refused("too_many", _("Choose %(most)s variants at most.") % {"most": MOST_VARIANTS})
    others = ScheduledPriceItem.objects.filter(
        is_open=True, schedule__seller=seller_id, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).exclude(schedule=schedule_id)
    other = others.filter(variant__in=variant_ids).select_related("schedule", "variant").first()
    if other is not None:
        message = _("“%(variant)s” has another price in that time already, by “%(name)s”.")
        raise Refused("overlaps", message % {"variant": other.variant, "name": other.schedule.name})


def plan(*, schedule: ScheduledPrice) -> int:
    """The scheduled price is about the variants that it names now; how many. One that has begun is left alone.

    Raises `Refused` as `check` does. Two that are planned at the same moment are told apart by the database.
    """
    with transaction.atomic():
        held = ScheduledPrice.objects.select_for_update().get(pk=schedule.pk)
        begun = [item for item in held.items.select_for_update() if item.applied_at is not None]
        if held.state != State.PLANNED or begun:
            return held.items.count()
        meant = variants_meant(
            seller_id=held.seller_id, variant=held.variant, category=held.category, products=held.products.all()
        )
        keys = list(meant.order_by("pk").values_list("pk", flat=True)[: MOST_VARIANTS + 1])
        times: dict[str, Any] = {"starts_at": held.starts_at, "ends_at": held.ends_at}
        check(seller_id=held.seller_id, variant_ids=keys, schedule_id=held.pk, **times)
        held.items.all().delete()
        ScheduledPriceItem.objects.bulk_create(
            [ScheduledPriceItem(schedule=held, variant_id=key, **times) for key in keys], batch_size=1000
        )
    return len(keys)


def running_on(variants: Iterable[Variant]) -> dict[int, ScheduledPriceItem]:
    """The scheduled prices that the variants have now, by the key of the variant. One query."""
    keys = [variant.pk for variant in variants]
    items = ScheduledPriceItem.objects.filter(variant__in=keys, is_open=True, applied_at__isnull=False)
    return {item.variant_id: item for item in items.select_related("variant")}


def hold_back(*, variant: Variant, item: ScheduledPriceItem | None) -> bool:
    """The price that a file says of a variant waits until the scheduled one ends; whether it does.

    `item` is that of `running_on`. Another currency ends what was planned in the old one.
    """
    if item is None or item.variant.price.currency != variant.price.currency:
        return False
    item.price_before, item.compare_at_before = variant.price.amount, variant.compare_at
    item.save(update_fields=["price_before", "compare_at_before"])
    return True


def stop(*, schedule: ScheduledPrice, moment: datetime) -> None:
    """A planned price is called off; one that holds ends now, and the former prices come back within a minute.

    Raises `Refused("has_ended")`.
    """
    with transaction.atomic():
        held = ScheduledPrice.objects.select_for_update().get(pk=schedule.pk)
        if held.state not in (State.PLANNED, State.RUNNING):
            raise Refused("has_ended", _("“%(name)s” has ended already.") % {"name": held.name})
        held.items.filter(is_open=True, applied_at=None).update(is_open=False)
        if held.state == State.PLANNED and not held.items.filter(is_open=True).exists():
            held.state = State.CANCELLED
        elif held.ends_at > moment > held.starts_at:
            held.ends_at = moment
            held.items.filter(is_open=True).update(ends_at=moment)
        held.save(update_fields=["state", "ends_at"])


# Following the clock ------------------------------------------------------------------------------------------


def follow(*, moment: datetime, fx: FxTable) -> int:
    """Every price that had to change by `moment` has changed; how many variants did. May be repeated at any time.

    What ends comes first, so that one scheduled price may begin where another ends. Rows that another worker is at
    are left to that one.
    """
    waiting = ScheduledPriceItem.objects.filter(is_open=True)
    # What nobody brought in while it was time would only say that a price was changed.
    waiting.filter(applied_at=None, ends_at__lte=moment).update(is_open=False)
    moved = _in_chunks(waiting.filter(applied_at__isnull=False, ends_at__lte=moment), _take_back, moment, fx)
    moved += _in_chunks(waiting.filter(applied_at=None, starts_at__lte=moment), _bring_in, moment, fx)
    _note_states(moment)
    return moved


def _in_chunks(waiting: QuerySet[ScheduledPriceItem], change: Any, moment: datetime, fx: FxTable) -> int:
    moved = 0
    while done := _chunk(waiting, change, moment, fx):
        moved += done
    return moved


def _chunk(waiting: QuerySet[ScheduledPriceItem], change: Any, moment: datetime, fx: FxTable) -> int:
    """Changes some of the prices; how many. What can't be changed stands in nobody's way: it is closed, and told."""
    try:
        return _changed(waiting, change, moment, fx)
    except _BROKEN:
        keys = list(waiting.order_by("variant_id").values_list("pk", flat=True)[:_CHUNK])
    for key in keys:
        try:
            _changed(waiting.filter(pk=key), change, moment, fx)
        except _BROKEN as error:
            ScheduledPriceItem.objects.filter(pk=key).update(is_open=False)
            log.error("scheduled price is not possible", item=key, error=str(error))
    return len(keys)


def _changed(waiting: QuerySet[ScheduledPriceItem], change: Any, moment: datetime, fx: FxTable) -> int:
    with transaction.atomic():
        items = list(
            waiting.order_by("variant_id").select_related("schedule")
            .select_for_update(of=("self",), skip_locked=True)[:_CHUNK]
        )  # fmt: skip
        if not items:
            return 0
        keys = [item.variant_id for item in items]
        page_locks.lock_listings_of(variant_ids=keys)
        variants = {row.pk: row for row in Variant.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
        markets: dict[int, list[MarketPrice]] = {key: [] for key in keys}
        for market in MarketPrice.objects.select_for_update().filter(variant__in=keys).order_by("pk"):
            markets[market.variant_id].append(market)
        for item in items:
            change(item, variants[item.variant_id], markets[item.variant_id], moment)
        _save(items, variants.values(), [market for found in markets.values() for market in found])
        products = sorted({variant.product_id for variant in variants.values()})
        listings.refresh_listings(product_ids=products, fx=fx, search=False)
    return len(items)


def _save(items: Sequence[ScheduledPriceItem], variants: Iterable[Variant], markets: Sequence[MarketPrice]) -> None:
    prices = ["price", "price_currency", "compare_at"]
    Variant.objects.bulk_update(variants, prices, batch_size=500)
    MarketPrice.objects.bulk_update(markets, prices, batch_size=500)
    done = ["sale_price", "price_before", "compare_at_before", "markets", "applied_at", "restored_at", "is_open"]
    ScheduledPriceItem.objects.bulk_update(items, done, batch_size=500)


def _bring_in(item: ScheduledPriceItem, variant: Variant, markets: Sequence[MarketPrice], moment: datetime) -> None:
    """The variant has the scheduled price, and its prices in markets are lowered in the same proportion."""
    schedule, old = item.schedule, variant.price.amount
    new = scheduled_amount(variant.price, schedule.price, schedule.percent)
    item.price_before, item.compare_at_before, item.sale_price = old, variant.compare_at, new
    item.applied_at = moment
    for market in markets if old else ():
        amount = market.price.amount
        lowered = in_proportion(market.price, old, new)
        said = None if market.compare_at is None else str(market.compare_at)
        item.markets[str(market.pk)] = [str(amount), said, str(lowered)]
        _set(market, lowered, _before(amount, lowered, market.compare_at))
    _set(variant, new, _before(old, new, variant.compare_at))


def _take_back(item: ScheduledPriceItem, variant: Variant, markets: Sequence[MarketPrice], moment: datetime) -> None:
    """The former prices are back, but for those that somebody has changed since: these stay."""
    _give_back(variant, item.sale_price, item.price_before, item.compare_at_before)
    for market in markets:
        if kept := item.markets.get(str(market.pk)):
            before, compare_at, lowered = (None if text is None else Decimal(text) for text in kept)
            _give_back(market, lowered, before, compare_at)
    item.restored_at, item.is_open = moment, False


def _give_back(
    row: Variant | MarketPrice, lowered: Decimal | None, before: Decimal | None, compare_at: Decimal | None
) -> None:
    if before is None:
        return
    price = before if row.price.amount == lowered else row.price.amount
    if row.compare_at == before or price == before:  # what the schedule said, not what somebody wrote since
        row.compare_at = compare_at
    _set(row, price, row.compare_at if row.compare_at is not None and row.compare_at > price else None)


def _before(old: Decimal, new: Decimal, compare_at: Decimal | None) -> Decimal | None:
    """What is struck through beside a scheduled price: the price just before; beside a higher one what may stay."""
    if new < old:
        return old
    return compare_at if compare_at is not None and compare_at > new else None


def _set(row: Variant | MarketPrice, price: Decimal, compare_at: Decimal | None) -> None:
    row.price = Money(price, row.price.currency)  # type: ignore[assignment]  # a MoneyField takes Money
    row.compare_at = compare_at


def _note_states(moment: datetime) -> None:
    """What the rows of scheduled prices say follows from their items."""
    open_items = ScheduledPriceItem.objects.filter(schedule=OuterRef("pk"), is_open=True)
    rows = ScheduledPrice.objects.filter(state__in=(State.PLANNED, State.RUNNING), starts_at__lte=moment)
    rows.filter(~Exists(open_items), ends_at__lte=moment).update(state=State.ENDED)
    rows.filter(state=State.PLANNED, ends_at__gt=moment).update(state=State.RUNNING)
