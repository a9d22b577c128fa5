"""The letter that tells a seller what runs low."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Seller
from compliance.models import Letter
from compliance.services.letter_shape import Words

MOST_NAMED: Final = 30


def _low_stock(letter: Letter) -> Words:
    seller = Seller.objects.get(pk=letter.params["seller"])
    goods, count = letter.params["goods"], letter.params["count"]
    title = ngettext(
        "%(seller)s: %(count)d article runs low", "%(seller)s: %(count)d articles run low", count
    ) % {"seller": seller.name, "count": count}  # fmt: skip
    named = tuple(
        _("%(name)s (%(sku)s): %(left)s left, the mark is %(mark)s")
        % {"name": one["name"], "sku": one["sku"], "left": one["left"], "mark": one["mark"]}
        for one in goods
    )
    ending = (_("These are the first %(count)s of them.") % {"count": len(goods)},) if count > len(goods) else ()
    text = _("So few pieces are left of these articles that you wanted to know:")
    address = reverse("admin:catalog_stocklevel_changelist") + "?low=yes"
    return Words(title, (text,), address, _("See the stock"), named, ending)


KINDS: Final[Mapping[str, Callable[[Letter], Words | None]]] = {"low_stock": _low_stock}
