"""What this app keeps about a person, for their copy of it and for its erasure (`accounts.selectors.PersonalRecords`)."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from catalog.models import Review, Wish, WishList
from catalog.services.reviews import EMPTY


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


class Reviews:
    """What somebody said of products."""

    name = "reviews"

    def data_of(self, user: User) -> list[dict[str, Any]]:
        """Each review with its product, the order that it came from, and what was decided on it."""
        mine = Review.objects.filter(author=user).select_related("product").order_by("pk")
        return [
            {
                "product": review.product.slug,
                "order": review.purchase,
                "signed": review.signed,
                "country": review.country,
                "language": review.language,
                "stars": review.stars,
                "title": review.title,
                "text": review.text,
                "state": review.state,
                "reason": review.reason,
                "answer": review.answer,
                "written_at": review.written_at.isoformat(),
            }
            for review in mine
        ]

    def erase(self, user: User) -> None:
        """The stars stay, so that ratings stay true; name, address and words are gone."""
        Review.objects.filter(author=user).update(author=None, **EMPTY)
