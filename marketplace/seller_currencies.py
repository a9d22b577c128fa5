"""Which currencies concern which seller: the one they are paid in, and those of their prices.

`payments` asks by the name in the settings (SELLER_CURRENCIES), as it knows no listing.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Seller
from catalog.models import Variant


class SellerCurrencies:
    """Answers in both directions, from sellers and from listings that are on offer."""

    @staticmethod
    def sellers_in(currency: str) -> set[int]:
        """The keys of the sellers whom a currency concerns."""
        paid = Seller.objects.filter(settlement_currency=currency).values_list("pk", flat=True)
        pricing = Variant.objects.filter(price_currency=currency, is_active=True).order_by().values("seller_id")
        return {*paid, *pricing.distinct().values_list("seller_id", flat=True)}

    @staticmethod
    def currencies_of(seller_ids: Iterable[int]) -> set[str]:
        """The currencies that concern the sellers with these keys."""
        keys = sorted(seller_ids)
        paid = Seller.objects.filter(pk__in=keys).values_list("settlement_currency", flat=True)
        pricing = Variant.objects.filter(seller__in=keys, is_active=True).order_by().values("price_currency")
        return {*paid, *pricing.distinct().values_list("price_currency", flat=True)}
