"""Changes prices and stock of many variants at once: all of them or, when one can't be, none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from moneyed import Money

from catalog.models import StockLevel, Variant
from catalog.services import listings, page_locks
from logistics.models import Warehouse
from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import FxTable
from marketplace.kernel.money import minor_digits, round_amount

MOST_VARIANTS = 1000
_HIGHEST = Decimal("999999999999")


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A wish for prices: `amount` sets them, `percent` raises (or, when negative, lowers) them. None leaves them.

    `keep_before` makes the old price the one that is struck through, where the new one is lower.
    """

    amount: Decimal | None = None
    percent: Decimal | None = None
    keep_before: bool = False


@dataclass(frozen=True, slots=True)
class StockChange:
    """A wish for the pieces in one warehouse: `pieces` sets what lies there, `more` adds (or takes away)."""

    warehouse: Warehouse
    pieces: int | None = None
    more: int | None = None


def apply(*, variant_ids: Sequence[int], price: PriceChange | None, stock: StockChange | None, fx: FxTable) -> int:
    """The variants have their new prices and stock, and lists show them; the number of variants.

    Raises `Refused` and changes nothing: "nothing_chosen", "too_many", "nothing_to_change", "not_found",
    "several_currencies", "price_not_payable", "foreign_warehouse", "stock_below_reserved".
    """
    if not variant_ids:
        raise Refused("nothing_chosen", _("Choose at least one variant."))
    if len(variant_ids) > MOST_VARIANTS:
        raise Refused("too_many", _("Choose %(most)s variants at most.") % {"most": MOST_VARIANTS})
    if not price and not stock:
        raise Refused("nothing_to_change", _("Give a new price, a percentage or a number of pieces."))
    with transaction.atomic():
        page_locks.lock_listings_of(variant_ids=variant_ids)
        variants = list(Variant.objects.select_for_update().filter(pk__in=variant_ids).order_by("pk"))
        if len(variants) != len(set(variant_ids)):
            raise Refused("not_found", _("Some of these variants are not there any more. Please choose again."))
        if price:
            _set_prices(variants, price)
        if stock:
            _set_stock(variants, stock)
        listings.refresh_listings(product_ids=sorted({v.product_id for v in variants}), fx=fx, search=False)
    return len(variants)


def _set_prices(variants: list[Variant], change: PriceChange) -> None:
    if change.amount is not None and len({variant.price_currency for variant in variants}) > 1:
        message = _("These variants have prices in several currencies. Raise them by a percentage, or choose fewer.")
        raise Refused("several_currencies", message, field="amount")
    for variant in variants:
        old, currency = variant.price.amount, variant.price_currency
        new = _new_price(old, currency, change)
        if change.keep_before and new < old:
            variant.compare_at = old
        elif variant.compare_at is not None and variant.compare_at <= new:
            variant.compare_at = None
        variant.price = Money(new, currency)  # type: ignore[assignment]  # a MoneyField takes Money
    Variant.objects.bulk_update(variants, ["price", "price_currency", "compare_at"], batch_size=500)


def _new_price(old: Decimal, currency: str, change: PriceChange) -> Decimal:
    if change.amount is not None:
        new = change.amount
        if round_amount(new, currency) != new:
            message = _("%(currency)s has %(digits)s decimal places.")
            values = {"currency": currency, "digits": minor_digits(currency)}
            raise Refused("price_not_payable", message % values, field="amount")
    else:
        new = round_amount(old * (100 + (change.percent or Decimal(0))) / 100, currency)
    field = "amount" if change.amount is not None else "percent"
    if new == 0:
        raise Refused("price_not_payable", _("The price is zero."), field=field)
    if not 0 < new <= _HIGHEST:
        raise Refused("price_not_payable", _("A price would be below zero or beyond all bounds."), field=field)
    return new


def _set_stock(variants: list[Variant], change: StockChange) -> None:
    if any(variant.seller_id != change.warehouse.seller_id for variant in variants):
        message = _("The warehouse %(warehouse)s belongs to another seller.")
        raise Refused("foreign_warehouse", message % {"warehouse": change.warehouse.name}, field="warehouse")
    missing = [StockLevel(variant=variant, warehouse=change.warehouse) for variant in variants]
    StockLevel.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
    levels = list(
        StockLevel.objects.select_for_update().filter(variant__in=variants, warehouse=change.warehouse).order_by("pk")
    )
    short = 0
    for level in levels:
        level.on_hand = change.pieces if change.pieces is not None else level.on_hand + (change.more or 0)
        short += level.on_hand < level.reserved
    if short:
        shortage = ngettext(
            "%(count)d variant has more pieces promised to orders than would be left.",
            "%(count)d variants have more pieces promised to orders than would be left.",
            short,
        ) % {"count": short}
        raise Refused("stock_below_reserved", shortage, field="pieces" if change.pieces is not None else "more")
    StockLevel.objects.bulk_update(levels, ["on_hand"], batch_size=500)
