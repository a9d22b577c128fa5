"""Puts listings on sale and takes them off: only whole ones, only of approved sellers, never against a flag."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from catalog.models import Product, Variant
from catalog.selectors.attributes import unanswered
from catalog.services import listings
from compliance.selectors import blocked_ids
from marketplace.kernel import clock
from marketplace.kernel.fx import FxTable

Text = str | Promise
NOT_APPROVED = _("The seller is not approved to sell yet.")
NO_NAME = _("It has no name.")
NO_VARIANT = _("It has no variant on sale with a price.")
BLOCKED = _("A compliance flag stands against it.")
UNSAID = _("It does not say what goods of its category have to say: %(names)s.")


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a wish to put listings on sale: the keys done, and why others were not."""

    done: tuple[int, ...]
    refused: tuple[tuple[Product, Text], ...]


def publish(*, products: Iterable[Product], fx: FxTable) -> Published:
    """Puts on sale those of `products` that may be; shelves and search follow in the same transaction."""
    with transaction.atomic():
        keys = [product.pk for product in products]
        locked = list(
            Product.objects.select_for_update(of=("self",)).select_related("seller").filter(pk__in=keys).order_by("pk")
        )
        reasons = obstacles(locked)
        done = [product.pk for product in locked if product.pk not in reasons]
        Product.objects.filter(pk__in=done).exclude(status=Product.Status.LIVE).update(
            status=Product.Status.LIVE, published_at=clock.now(), updated_at=clock.now()
        )
        listings.refresh_listings(product_ids=done, fx=fx)
    refused = tuple((product, reasons[product.pk]) for product in locked if product.pk in reasons)
    return Published(tuple(done), refused)


def withdraw(*, product_ids: Sequence[int], status: str, fx: FxTable) -> int:
    """Takes listings off sale, as drafts or for the archive; the number of those that were on sale or otherwise."""
    if status not in (Product.Status.DRAFT, Product.Status.ARCHIVED):
        raise ValueError(f"{status!r} is not off sale")
    with transaction.atomic():
        locked = Product.objects.select_for_update().filter(pk__in=product_ids).order_by("pk")
        keys = list(locked.exclude(status=status).values_list("pk", flat=True))
        Product.objects.filter(pk__in=keys).update(status=status, updated_at=clock.now())
        listings.refresh_listings(product_ids=keys, fx=fx, search=False)
    return len(keys)


def obstacles(products: Sequence[Product]) -> dict[int, Text]:
    """Why some of `products` can't be on sale, by key; those that can are not in it. Three queries.

    A flag that holds a listing in some countries is no obstacle: it is on sale in the others.
    """
    keys = [product.pk for product in products]
    sold = set(Variant.objects.filter(product__in=keys, is_active=True).values_list("product_id", flat=True))
    blocked = set(blocked_ids(Product, "").filter(object_id__in=[str(key) for key in keys]))
    unsaid = unanswered(keys)
    found: dict[int, Text] = {}
    for product in products:
        if product.seller.status != Seller.Status.APPROVED:
            found[product.pk] = NOT_APPROVED
        elif not product.name:
            found[product.pk] = NO_NAME
        elif product.pk not in sold:
            found[product.pk] = NO_VARIANT
        elif str(product.pk) in blocked:
            found[product.pk] = BLOCKED
        elif product.pk in unsaid:
            found[product.pk] = UNSAID % {"names": ", ".join(unsaid[product.pk])}
    return found
