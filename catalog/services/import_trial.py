"""What a dry run would change of listings that the shop has: taken back at once, for whoever buys them would wait for it.

New listings stay until the dry run ends, where nobody meets them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from catalog.feeds.listing import FeedListing
from catalog.models import Product
from catalog.services import import_bundles


class Trial:
    """What was taken back and would matter for what comes later in the file: SKUs and variants that come or go."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}  # the handle of the listing that would have an SKU; none would: empty
        self.parts: set[str] = set()  # what bundles would call the variants that would be new

    def concerns(self, one: FeedListing) -> bool:
        """Whether the listing needs something that was taken back, so that it can be counted but not written."""
        return any(
            variant.sku in self.owners or any(name in self.parts for _pieces, name in variant.parts or ())
            for variant in one.variants
        )

    @contextmanager
    def taken_back(self, products: Sequence[Product] = ()) -> Iterator[None]:
        """Nothing that is written inside stays, nor any lock. Needs an open transaction."""
        before = import_bundles.names_of(products)
        mark = transaction.savepoint()
        try:
            yield
            after = import_bundles.names_of(products)
        finally:
            transaction.savepoint_rollback(mark)
        skus, others = ({sku: handle for handle, sku in said.values() if sku} for said in (after, before))
        self.owners |= dict.fromkeys(others.keys() - skus.keys(), "")
        self.owners |= {sku: handle for sku, handle in skus.items() if others.get(sku) != handle}
        self.parts |= {name for key in after.keys() - before.keys() for name in (key, after[key][1]) if name}
