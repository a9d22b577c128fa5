"""Takes over the prices in other currencies that a feed names, as prices of their own in these currencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.conf import settings
from moneyed import Money

from catalog.feeds.listing import FeedListing, FeedVariant
from catalog.models import MarketPrice, Variant
from marketplace.kernel.money import round_amount

_Key = tuple[str, tuple[str, ...]]


def usable(variant: FeedVariant) -> dict[str, Decimal]:
    """The prices of a variant that the shop can show: in its currencies, and to their smallest units."""
    return {
        currency: price
        for currency, price in variant.prices
        if currency in settings.CURRENCIES and price >= 0 and round_amount(price, currency) == price
    }


def left_out(one: FeedListing) -> list[str]:
    """The currencies of which the shop can't show a price that the feed names."""
    return sorted({code for variant in one.variants for code, _price in variant.prices if code not in usable(variant)})


def are_taken_over(listings: Sequence[FeedListing], seller_id: int) -> bool:
    """Whether every price that the listings name in another currency is there. One query, none for plain listings."""
    wanted = _wanted(listings)
    if not wanted:
        return True
    held = _held(seller_id, {handle for handle, _values in wanted})
    return all(
        held.get((*key, currency)) == price for key, named in wanted.items() for currency, price in named.items()
    )


def take_over(*, listings: Sequence[FeedListing], seller_id: int) -> None:
    """The variants cost in other currencies what the listings say; what a feed does not name stays.

    Three queries, none for plain listings. The variants are written already.
    """
    wanted = _wanted(listings)
    if not wanted:
        return
    variants = _variants(seller_id, {handle for handle, _values in wanted})
    rows = [
        MarketPrice(variant_id=variants[key], price=Money(price, currency))
        for key, named in wanted.items()
        if key in variants
        for currency, price in named.items()
    ]
    held = {
        (row.variant_id, row.price_currency): row
        for row in MarketPrice.objects.filter(variant__in=[row.variant_id for row in rows], country="")
    }
    new = [row for row in rows if (row.variant_id, row.price_currency) not in held]
    changed = []
    for row in rows:
        known = held.get((row.variant_id, row.price_currency))
        if known is not None and known.price != row.price:
            known.price = row.price
            if known.compare_at is not None and known.compare_at <= row.price.amount:
                known.compare_at = None
            changed.append(known)
    MarketPrice.objects.bulk_create(new, batch_size=1000)
    MarketPrice.objects.bulk_update(changed, ["price", "price_currency", "compare_at"], batch_size=500)


def _wanted(listings: Sequence[FeedListing]) -> dict[_Key, dict[str, Decimal]]:
    found = {(one.handle, variant.values): usable(variant) for one in listings for variant in one.variants}
    return {key: named for key, named in found.items() if named}


def _variants(seller_id: int, handles: set[str]) -> Mapping[_Key, int]:
    codes = [f"value{place}__code" for place in (1, 2, 3)]
    rows = Variant.objects.filter(seller=seller_id, product__handle__in=handles)
    return {
        (handle, tuple(code for code in values if code is not None)): pk
        for pk, handle, *values in rows.values_list("pk", "product__handle", *codes)
    }


def _held(seller_id: int, handles: set[str]) -> dict[tuple[str, tuple[str, ...], str], Decimal]:
    codes = [f"variant__value{place}__code" for place in (1, 2, 3)]
    rows = MarketPrice.objects.filter(variant__seller=seller_id, variant__product__handle__in=handles, country="")
    return {
        (handle, tuple(code for code in values if code is not None), currency): price
        for handle, currency, price, *values in rows.values_list(
            "variant__product__handle", "price_currency", "price", *codes
        )
    }
