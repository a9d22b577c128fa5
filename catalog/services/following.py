"""Notes which listings have to be looked at again because something else has changed: flags, sellers, rules, the day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Seller
from catalog.models import Product, Review, ScreeningRound
from catalog.services import holds, offer_changes, reviews
from compliance import selectors as compliance
from compliance.models import RULE_MODELS, Flag, Recheck, Registration
from compliance.rules.reach import SCREENED_BY, Reach
from compliance.services.rechecks import take_rechecks
from logistics import selectors as logistics
from marketplace.kernel import clock

_MOST: Final = 500
_CHUNK: Final = 1000
_LOOKED_AT_LEAST_EVERY: Final = timedelta(days=30)
# No condition on `is_unscreened`: a screening by the rules of before may be about to clear it.
_MARK: Final = "UPDATE catalog_product p SET is_unscreened = true WHERE p.status = 'live' AND {which}"
_OF_GOODS: Final = "(p.marks && %s::varchar[] OR p.hs_code LIKE ANY (%s))"
# Thirty days after its last price a listing that names a price before can be compared with that.
_OF_PRICES: Final = """p.id IN (
    SELECT v.product_id FROM catalog_variant v
    WHERE v.is_active AND v.compare_at IS NOT NULL AND (
        SELECT max(c.changed_at) FROM catalog_pricechange c WHERE c.variant_id = v.id
    ) BETWEEN %s AND %s)"""


def follow_changes() -> int:
    """What changed elsewhere is noted on the listings that it concerns; how many are held elsewhere at once.

    A flag that was decided has its effect here and now, and so has the state of a seller; the screening follows.
    """
    moved = 0
    while True:
        with transaction.atomic():
            taken = take_rechecks(most=_MOST)
            products, sellers, said = _subjects(row.key for row in taken if row.topic == Recheck.Topic.FLAG)
            sellers |= {int(row.key) for row in taken if row.topic == Recheck.Topic.SELLER}
            mark_of_rules([row.key for row in taken if row.topic == Recheck.Topic.RULE])
            Product.objects.filter(Q(pk__in=products) | Q(seller__in=sellers)).update(is_unscreened=True)
            reviews.follow_flags(said)
        moved += _have_effect(products, sellers) + len(sellers)
        if len(taken) < _MOST:
            break
    _follow_the_day()
    return moved


def _subjects(flags: Iterable[str]) -> Iterator[set[int]]:
    """The keys of the listings, of the sellers and of the reviews on which the flags are."""
    rows = list(Flag.objects.filter(pk__in=[int(key) for key in flags]).values_list("content_type_id", "object_id"))
    for model in (Product, Seller, Review):
        wanted = ContentType.objects.get_for_model(model).pk
        yield {int(subject) for kind, subject in rows if kind == wanted}


def _have_effect(products: Collection[int], sellers: Collection[int]) -> int:
    """Brings the listings in step in short transactions; one that is cut off is made up for by the screening."""
    moved, last = 0, 0
    concerned = Product.objects.filter(Q(pk__in=products) | Q(seller__in=sellers))
    while products or sellers:
        with transaction.atomic():
            rows = concerned.filter(pk__gt=last).order_by("pk").select_for_update(of=("self",), no_key=True)
            keys = list(rows.values_list("pk", flat=True)[:_CHUNK])
            moved += len(holds.bring_in_step(product_ids=keys, moment=clock.now()))
        if len(keys) < _CHUNK:
            break
        last = keys[-1]
    return moved


# Rules ------------------------------------------------------------------------------------------------------


def mark_of_rules(codes: Collection[str]) -> None:
    """The listings that rows of these codes name, or named before they were changed, wait for a screening."""
    if codes:
        _mark_reach(compliance.reach_of_rules(set(codes)))


def mark_everything() -> None:
    """Every listing on sale waits for a screening."""
    _mark("true")


def _mark_reach(reach: Reach) -> None:
    if reach.is_everything:
        mark_everything()
    elif reach.marks or reach.hs_prefixes:
        _mark(_OF_GOODS, sorted(reach.marks), [f"{prefix}%" for prefix in sorted(reach.hs_prefixes)])


def _mark(which: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MARK.format(which=which), parameters or None)


# The day ----------------------------------------------------------------------------------------------------


def _follow_the_day() -> None:
    """Once a day what the date decides is looked at again, everything when goods go to other countries, and what several
    sellers have when freight costs something else.
    """
    today, tariff = clock.today(), logistics.tariff()
    served = list(compliance.rule_book(today).offered_in(tariff.served))
    known = ScreeningRound.objects.first()
    if known is not None and known.dated_on >= today and (known.destinations, known.tariff) == (served, tariff.version):
        return
    with transaction.atomic():
        ScreeningRound.objects.get_or_create(pk=1, defaults={"dated_on": today, "destinations": served})
        held = ScreeningRound.objects.select_for_update().get(pk=1)
        if held.destinations != served:
            mark_everything()
        elif held.dated_on < today:
            mark_dated(held.dated_on, today)
        if held.tariff != tariff.version:
            offer_changes.note_all()
        ScreeningRound.objects.filter(pk=1).update(
            dated_on=max(today, held.dated_on), destinations=served, tariff=tariff.version
        )


def mark_dated(since: date, today: date) -> None:
    """The listings wait that look otherwise on the day `today` than on the day `since`, though nobody changed anything.

    Rules begin and end, registrations expire, thirty days of a price are over. Besides, each listing is looked at once
    a month.
    """
    mark_of_rules(_rules_between(since, today))
    turned = Q(expires_on__range=(since, today)) | Q(valid_from__range=(since, today))
    numbers = Registration.objects.filter(turned, state__in=Registration.FOUND_VALID)
    _mark("p.seller_id = ANY(%s)", sorted(set(numbers.values_list("seller_id", flat=True))))
    _mark(_OF_PRICES, since - timedelta(days=31), today - timedelta(days=29))
    _mark("p.screened_at < %s", clock.now() - _LOOKED_AT_LEAST_EVERY)


def _rules_between(since: date, today: date) -> Sequence[str]:
    """The codes of the rules that began after `since`, or ended on it or later, up to the day `today`."""
    begun = Q(effective_from__gt=since, effective_from__lte=today)
    over = Q(effective_to__gte=since, effective_to__lt=today)
    tables = (RULE_MODELS[name] for name in SCREENED_BY)
    return [
        code for table in tables for code in table._default_manager.filter(begun | over).values_list("code", flat=True)
    ]
