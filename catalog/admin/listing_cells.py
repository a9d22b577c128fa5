"""What lists of listings show of each: its name, its seller and its category, in the language of the reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin_lists import seller_names
from catalog.admin.shelves import category_name
from catalog.models import Product


class ListingCells:
    """For the admin of a table of listings: three columns that cost no query a row."""

    @display(description=_("product"), header=True, ordering="name_en")
    def shown_name(self, product: Product) -> list[str]:
        name = product.name or product.handle
        return [name, product.brand_name or product.handle]

    @display(description=_("seller"), ordering="seller__name")
    def shown_seller(self, product: Product) -> str:
        return seller_names(knowing=product.seller_id).get(product.seller_id, "—")

    @display(description=_("category"), ordering="category__path")
    def shown_category(self, product: Product) -> str:
        return category_name(product.category_id)
