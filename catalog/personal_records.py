"""What this app keeps about a person, for their copy of it and for its erasure (`accounts.selectors.PersonalRecords`)."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from catalog.models import Wish, WishList


class Wishes:
    """The wish list."""

    name = "wish_list"

    def data_of(self, user: User) -> dict[str, Any] | None:
        """The products with the day and the price at which they were put on it; None for a member without a list."""
        mine = WishList.objects.filter(user=user).first()
        if mine is None:
            return None
        wishes = Wish.objects.filter(wish_list=mine).select_related("product", "variant")
        return {
            "is_shared": mine.share_token is not None,
            "shows_name": mine.shows_name,
            "wishes": [
                {
                    "product": wish.product.slug,
                    "article": wish.variant.sku if wish.variant else None,
                    "price": f"{wish.seen_price.amount.normalize():f}" if wish.seen_price else None,
                    "currency": wish.seen_price.currency.code if wish.seen_price else None,
                    "added_at": wish.added_at.isoformat(),
                }
                for wish in wishes
            ],
        }

    def erase(self, user: User) -> None:
        """List, wishes and link are gone."""
        WishList.objects.filter(user=user).delete()
