"""Which listings of a batch can be written at all; what is wrong with the others is said in their rows."""

from __future__ import annotations

from accounts.models import Seller
from catalog.feeds.listing import FeedListing, FeedResult, RowError
from catalog.models import Variant
from catalog.services import import_bundles
from catalog.services.import_trial import Trial
from marketplace.kernel.fx import FxTable
from marketplace.kernel.sentences import sentence as _


def without_unrated_prices(read: list[FeedListing], fx: FxTable, result: FeedResult) -> list[FeedListing]:
    """The listings whose prices can be shown to everybody; the others are rejected."""
    good = []
    for one in read:
        if one.currency == fx.base or one.currency in fx.rates:
            good.append(one)
        else:
            text = _("There is no exchange rate for %(currency)s, so nobody could read this price in another currency.")
            reason = text % {"currency": one.currency}
            result.reject(RowError(one.line, one.handle, reason, "currency", one.currency))
    return good


def without_taken_skus(
    read: list[FeedListing], seller: Seller, trial: Trial | None, result: FeedResult
) -> list[FeedListing]:
    """The listings whose SKUs no other listing of the seller has, neither stored nor earlier in the batch."""
    wanted = {variant.sku for one in read for variant in one.variants if variant.sku}
    owners: dict[str, str] = dict(
        Variant.objects.filter(seller=seller, sku__in=wanted).values_list("sku", "product__handle")
    )
    if trial is not None:
        owners |= {sku: trial.owners[sku] for sku in wanted & trial.owners.keys()}
    free = []
    for one in read:
        taken = {v.line: v for v in one.variants if v.sku and (owners.get(v.sku) or one.handle) != one.handle}
        if taken:
            reason = _("The SKU “%(sku)s” belongs to the listing “%(handle)s”.")
            reasons = [(v, reason % {"sku": v.sku, "handle": owners[v.sku]}) for v in taken.values()]
            result.reject(*(RowError(v.line, one.handle, said, "sku", v.sku) for v, said in reasons))
            continue
        owners.update({variant.sku: one.handle for variant in one.variants if variant.sku})
        free.append(one)
    return free


def without_wrong_parts(
    read: list[FeedListing], seller: Seller, trial: Trial | None, result: FeedResult
) -> list[FeedListing]:
    """The listings whose bundles consist of what there is; the others are rejected."""
    coming = trial.parts if trial is not None else ()
    wrong = import_bundles.wrong_parts(seller_id=seller.pk, read=read, coming=coming)
    for errors in wrong.values():
        result.reject(*errors)
    return [one for one in read if one.handle not in wrong]
