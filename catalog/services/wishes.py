"""Putting products on a wish list and taking them off, joining a guest's to a member's, and sharing it by a link."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from moneyed import Money

from accounts.models import User
from catalog.models import Product, Variant, Wish, WishList
from catalog.selectors.held import is_held
from catalog.selectors.wishes import Wished
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

MOST = 100


def wish_for(*, product_id: int, variant_id: int | None, country: str) -> Wished:
    """A wish at today's price: that of the variant in view, else the lowest one.

    Raises `Refused("unknown_product")` for what is not on sale or held in the country.
    """
    product = Product.objects.filter(pk=product_id, status=Product.Status.LIVE, seller__status="approved").first()
    if product is None or is_held(product.held_in, country):
        raise Refused("unknown_product", _("This product is not on sale any more."))
    variant = Variant.objects.filter(pk=variant_id, product=product, is_active=True).first() if variant_id else None
    price = variant.price if variant else product.card_price
    amount, currency = (price.amount, price.currency.code) if price else (None, "")
    return Wished(product.pk, variant.pk if variant else None, amount, currency, clock.now())


@transaction.atomic
def add(*, user: User, wished: Wished) -> Wish:
    """The product is on the member's list; one that was there already keeps its price and its day.

    Raises `Refused("too_many")`.
    """
    mine = _locked(user)
    found = mine.wishes.filter(product_id=wished.product_id).first()
    if found is not None:
        if wished.variant_id and found.variant_id != wished.variant_id:
            found.variant_id = wished.variant_id
            found.save(update_fields=["variant"])
        return found
    if mine.wishes.count() >= MOST:
        raise Refused("too_many", full(MOST))
    return _write(mine, wished)


def remove(*, user: User, product_id: int) -> None:
    """The product is not on the member's list. Idempotent."""
    Wish.objects.filter(wish_list__user=user, product_id=product_id).delete()


@transaction.atomic
def merge(*, user: User, wishes: Sequence[Wished]) -> int:
    """A guest's wishes are on the member's list as far as there is room; how many there was no room for.

    What both have stays as it was noted first.
    """
    mine = _locked(user)
    held = set(mine.wishes.values_list("product_id", flat=True))
    there = set(Product.objects.filter(pk__in=[w.product_id for w in wishes]).values_list("pk", flat=True))
    real = set(Variant.objects.filter(pk__in=[w.variant_id for w in wishes]).values_list("pk", flat=True))
    new = [w for w in reversed(wishes) if w.product_id in there - held]
    room = max(0, MOST - len(held))
    for wished in new[:room]:
        _write(mine, wished if wished.variant_id in real else wished._replace(variant_id=None))
    return len(new[room:])


@transaction.atomic
def share(*, user: User, shows_name: bool) -> WishList:
    """The member's list can be seen by a link that nobody can guess; a link that is there already stays."""
    mine = _locked(user)
    mine.share_token = mine.share_token or secrets.token_urlsafe(24)
    mine.shows_name = shows_name
    mine.save(update_fields=["share_token", "shows_name"])
    return mine


def withdraw(*, user: User) -> None:
    """The link leads nowhere from now on; another sharing makes another link. Idempotent."""
    WishList.objects.filter(user=user).update(share_token=None, shows_name=False)


def full(most: int) -> str:
    """That a list has no room for another product."""
    text = ngettext("The wish list is full: it holds %(most)d product.",
                    "The wish list is full: it holds %(most)d products.", most)  # fmt: skip
    return text % {"most": most}


def _locked(user: User) -> WishList:
    WishList.objects.get_or_create(user=user)
    return WishList.objects.select_for_update().get(user=user)


def _write(mine: WishList, wished: Wished) -> Wish:
    price = None if wished.price is None else Money(wished.price, wished.currency)
    return Wish.objects.create(
        wish_list=mine, product_id=wished.product_id, variant_id=wished.variant_id, seen_price=price,
        added_at=wished.added_at,
    )  # fmt: skip
