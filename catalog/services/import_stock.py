"""Lays the pieces of an inventory file into the seller's warehouses; customs code and origin only where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.models import Seller
from catalog.feeds.listing import RowError, Stocked
from catalog.models import BundlePart, Product, StockLevel, Variant
from logistics.models import Warehouse
from marketplace.kernel import clock
from marketplace.kernel.sentences import sentence as _

# Never below what is promised.
_LAY = """
INSERT INTO catalog_stocklevel (variant_id, warehouse_id, on_hand, reserved)
SELECT v, w, n, 0 FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS said(v, w, n)
ON CONFLICT (variant_id, warehouse_id) DO UPDATE SET on_hand = greatest(EXCLUDED.on_hand, catalog_stocklevel.reserved)
WHERE catalog_stocklevel.on_hand <> greatest(EXCLUDED.on_hand, catalog_stocklevel.reserved)
"""


class Places:
    """Which warehouse a location of a file is: that of its name, code or town; else the only one, for one location."""

    def __init__(self, seller: Seller) -> None:
        self._seller = seller
        self._rows: list[Warehouse] | None = None
        self._found: dict[str, Warehouse | None] = {}

    def find(self, location: str) -> Warehouse | None:
        """None where nobody can tell."""
        name = location.casefold()
        if name not in self._found:
            self._found[name] = self._look_for(name)
        return self._found[name]

    def _look_for(self, name: str) -> Warehouse | None:
        if self._rows is None:
            self._rows = list(Warehouse.objects.filter(seller=self._seller, is_active=True).order_by("pk"))
        for field in ("name", "code", "city"):
            alike = [row for row in self._rows if name and getattr(row, field).casefold() == name]
            if len(alike) == 1:
                return alike[0] if self._is_free(alike[0]) else None
        only = self._rows[0] if len(self._rows) == 1 else None
        return only if only is not None and self._is_free(only) else None

    def _is_free(self, row: Warehouse) -> bool:
        """Whether no other location of the file is this warehouse; else the one would overwrite the other."""
        return all(found is None or found.pk != row.pk for found in self._found.values())


def lay(
    *, seller: Seller, rows: Sequence[Stocked], places: Places
) -> tuple[list[tuple[Stocked, int | None]], list[RowError]]:
    """Writes what the rows say; each with the key of the product that it changed, or None, and why others were left out.

    Five queries at most. Call inside a transaction; the listings have to be refreshed afterwards.
    """
    variants = _variants(seller, rows)
    done: list[tuple[Stocked, int | None]] = []
    errors: list[RowError] = []
    wanted: dict[tuple[int, int], int] = {}
    told: dict[int, Product] = {}
    levels = _levels({variant.pk for variant in variants.values()})
    for row in rows:
        variant = variants.get(row.sku) or variants.get((row.handle, row.values))
        found = [(places.find(location), location, count) for location, count in row.places]
        reason = _refusal(variant, [location for place, location, _count in found if place is None])
        if variant is None or reason:
            errors.append(RowError(row.line, row.handle, reason))
            continue
        new = {(variant.pk, place.pk): count for place, _location, count in found if place is not None}
        is_new = any(key not in levels or levels[key][0] != max(count, levels[key][1]) for key, count in new.items())
        wanted |= new
        is_told = _tell(variant.product, row)
        if is_told:
            told[variant.product_id] = variant.product
        done.append((row, variant.product_id if is_new or is_told else None))
    _write(wanted, list(told.values()))
    return done, errors


def _refusal(variant: Variant | None, unknown: Sequence[str]) -> str:
    """Why nothing of a row is written; empty when all is well."""
    if variant is None:
        return _("There is no listing with this SKU, nor with this handle and these choices.")
    if variant.is_bundle:
        return _("A bundle has no stock of its own: say how many there are of its parts.")
    if unknown:
        message = _("You have no warehouse called “%(name)s”: add it under Warehouses, then send the file again.")
        return message % {"name": ", ".join(unknown)[:120]}
    return ""


def _variants(seller: Seller, rows: Sequence[Stocked]) -> dict[str | tuple[str, tuple[str, ...]], Variant]:
    """The variants that the rows may mean, by SKU and by handle and choices; all of one product share its instance."""
    meant = Q(sku__in={row.sku for row in rows if row.sku}) | Q(product__handle__in={row.handle for row in rows})
    found = Variant.objects.filter(meant, seller=seller).select_related("product", "value1", "value2", "value3")
    products: dict[int, Product] = {}
    variants: dict[str | tuple[str, tuple[str, ...]], Variant] = {}
    for variant in found.annotate(is_bundle=Exists(BundlePart.objects.filter(bundle=OuterRef("pk")))):
        variant.product = products.setdefault(variant.product_id, variant.product)
        variants[variant.product.handle, tuple(value.code for value in variant.choices)] = variant
        if variant.sku:
            variants[variant.sku] = variant
    return variants


def _levels(variants: set[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """What lies in warehouses, and how much of it is promised."""
    rows = StockLevel.objects.filter(variant__in=variants)
    return {
        (variant, place): (on_hand, reserved)
        for variant, place, on_hand, reserved in rows.values_list("variant", "warehouse", "on_hand", "reserved")
    }


def _tell(product: Product, row: Stocked) -> bool:
    """Fills in customs code and origin where the product has none; whether it did."""
    said = {name: value for name, value in (("hs_code", row.hs_code), ("origin", row.origin))
            if value and not getattr(product, name)}  # fmt: skip
    for name, value in said.items():
        setattr(product, name, value)
    return bool(said)


def set_pieces(wanted: Mapping[tuple[int, int], int]) -> None:
    """Lays so many pieces of variants into warehouses, never fewer than are promised. One query, none for nothing."""
    if wanted:
        variants, warehouses, counts = zip(*sorted((*key, count) for key, count in wanted.items()), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_LAY, [list(variants), list(warehouses), list(counts)])


def _write(wanted: dict[tuple[int, int], int], told: list[Product]) -> None:
    set_pieces(wanted)
    for product in told:
        product.updated_at = clock.now()
    Product.objects.bulk_update(told, ["hs_code", "origin", "updated_at"])
