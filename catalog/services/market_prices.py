"""Takes over the prices that a feed names besides that of a variant: in other currencies, in countries, and by quantity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.conf import settings
from moneyed import Money

from catalog.feeds.listing import FeedListing, FeedPrice, FeedVariant
from catalog.models import MarketPrice, PriceTier, Variant
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


def are_asked(variant: Variant, source: FeedVariant) -> bool:
    """Whether a variant that was read whole costs all that the feed says. No query."""
    markets = {_place(row): row for row in variant.its_markets}
    tiers = {row.from_quantity: row.price for row in variant.its_tiers}
    return all(_says(markets.get(one.country or one.currency), one) for one in _markets(source)) and all(
        tiers.get(quantity) == price for quantity, price in source.tiers
    )


def take_over(*, listings: Sequence[FeedListing], seller_id: int) -> None:
    """The variants cost in markets and by quantity what the listings say; what a feed does not name stays.

    At most seven queries, none for plain listings. The variants are written already.
    """
    said = {(one.handle, variant.values): variant for one in listings for variant in one.variants
            if variant.prices or variant.markets or variant.tiers}  # fmt: skip
    if not said:
        return
    variants = variants_of(seller_id, {handle for handle, _values in said})
    sources = {variants[key]: source for key, source in said.items() if key in variants}
    _write_markets({pk: _markets(source) for pk, source in sources.items()})
    _write_tiers({pk: source.tiers for pk, source in sources.items() if source.tiers})


def _markets(source: FeedVariant) -> Sequence[FeedPrice]:
    return (*(FeedPrice("", currency, price) for currency, price in usable(source).items()), *source.markets)


def _place(row: MarketPrice) -> str:
    return row.country or str(row.price_currency)


def _says(row: MarketPrice | None, one: FeedPrice) -> bool:
    """Whether the price of a market is what the feed says."""
    if one.amount is None:
        return row is None or row.price.currency.code != one.currency
    if row is None or row.price != Money(one.amount, one.currency):
        return False
    return one.keeps_before or row.compare_at == one.compare_at


def _write_markets(said: Mapping[int, Sequence[FeedPrice]]) -> None:
    held = {(row.variant_id, _place(row)): row for row in MarketPrice.objects.filter(variant__in=said)}
    new, changed, gone = [], [], []
    for variant, one in ((variant, one) for variant, prices in said.items() for one in prices):
        known = held.get((variant, one.country or one.currency))
        if _says(known, one):
            continue
        if one.amount is None:
            gone.append(known)
        elif known is None:
            price = Money(one.amount, one.currency)
            new.append(MarketPrice(variant_id=variant, country=one.country, price=price, compare_at=one.compare_at))
        else:
            known.price = Money(one.amount, one.currency)
            known.compare_at = _before(known, one)
            changed.append(known)
    MarketPrice.objects.filter(pk__in=[row.pk for row in gone if row is not None]).delete()
    MarketPrice.objects.bulk_create(new, batch_size=1000)
    MarketPrice.objects.bulk_update(changed, ["price", "price_currency", "compare_at"], batch_size=500)


def _before(known: MarketPrice, one: FeedPrice) -> Decimal | None:
    """The price before that goes with the new one: what the feed says, else what there was while it is higher."""
    if not one.keeps_before:
        return one.compare_at
    is_higher = known.compare_at is not None and one.amount is not None and known.compare_at > one.amount
    return known.compare_at if is_higher else None


def _write_tiers(said: Mapping[int, Iterable[tuple[int, Decimal | None]]]) -> None:
    if not said:
        return
    held = {(row.variant_id, row.from_quantity): row for row in PriceTier.objects.filter(variant__in=said)}
    new, changed, gone = [], [], []
    for variant, quantity, price in ((variant, *step) for variant, steps in said.items() for step in steps):
        known = held.get((variant, quantity))
        if price is None:
            gone += [known.pk] if known is not None else []
        elif known is None:
            new.append(PriceTier(variant_id=variant, from_quantity=quantity, price=price))
        elif known.price != price:
            known.price = price
            changed.append(known)
    PriceTier.objects.filter(pk__in=gone).delete()
    PriceTier.objects.bulk_create(new, batch_size=1000)
    PriceTier.objects.bulk_update(changed, ["price"], batch_size=500)


def variants_of(seller_id: int, handles: set[str]) -> Mapping[_Key, int]:
    """The keys of the variants of the seller's listings, by handle and choices."""
    codes = [f"value{place}__code" for place in (1, 2, 3)]
    rows = Variant.objects.filter(seller=seller_id, product__handle__in=handles)
    return {
        (handle, tuple(code for code in values if code is not None)): pk
        for pk, handle, *values in rows.values_list("pk", "product__handle", *codes)
    }
