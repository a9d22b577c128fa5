"""Several pictures at once: taken in to be prepared by a worker, and put into another order."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from catalog.models import Product, ProductImage
from catalog.services import listings
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from payments.selectors import fx_table

MOST = 40


def add_pictures(*, product: Product, originals: Iterable[str]) -> list[ProductImage]:
    """Pictures behind the others, to be prepared; an original that the product has already is left out.

    `originals` are names that `pictures.keep_original` gave. Raises `Refused("too_many_pictures")`.
    """
    with transaction.atomic():
        Product.objects.select_for_update().only("pk").get(pk=product.pk)
        known = set(product.images.exclude(original="").values_list("original", flat=True))
        new = [name for name in dict.fromkeys(originals) if name not in known]
        if product.images.count() + len(new) > MOST:
            message = _("A listing has at most %(most)s pictures.") % {"most": MOST}
            raise Refused("too_many_pictures", message, field="files")
        last = product.images.aggregate(last=Max("position"))["last"] or 0
        queued = ProductImage.State.QUEUED
        return ProductImage.objects.bulk_create(
            ProductImage(product=product, original=name, position=last + place, state=queued, due_at=clock.now())
            for place, name in enumerate(new, start=1)
        )


def move_picture(*, product: Product, picture_id: int, steps: int) -> bool:
    """Moves a picture of the product so many places back (or, below zero, forward); False where it can't move."""
    with transaction.atomic():
        Product.objects.select_for_update().only("pk").get(pk=product.pk)
        images = list(product.images.order_by("position", "pk"))
        place = next((number for number, image in enumerate(images) if image.pk == picture_id), None)
        if place is None or not 0 <= place + steps < len(images) or not steps:
            return False
        images.insert(place + steps, images.pop(place))
        for position, image in enumerate(images, start=1):
            image.position = position
        ProductImage.objects.bulk_update(images, ["position"])
        listings.refresh_listings(product_ids=[product.pk], fx=fx_table(clock.today()), search=False)
    return True
