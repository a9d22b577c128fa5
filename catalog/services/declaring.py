"""Gives a listing its customs code."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.services import listings
from compliance.headings import is_known
from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import FxTable


def declare_code(*, product: Product, code: str, fx: FxTable) -> bool:
    """The listing has the HS code `code` of six digits; False where it has it already, with further digits or without.

    Raises `Refused`: "unknown_code".
    """
    if not is_known(code):
        raise Refused("unknown_code", _("There is no such HS code. Please take one of the list."))
    with transaction.atomic():
        held = Product.objects.select_for_update(of=("self",)).only("hs_code").get(pk=product.pk)
        if held.hs_code.startswith(code):
            return False
        held.hs_code = product.hs_code = code
        held.save(update_fields=["hs_code", "updated_at"])
        listings.refresh_listings(product_ids=[held.pk], fx=fx)
    return True
