"""Changes to listings that the shop knows, gathered and then written in sets.

Triggers that look at a whole statement do so once for all rows of it, and the database is asked once instead of for
each listing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import CharField, Model, TextField

from catalog.models import ProductImage, Variant
from catalog.services import import_stock
from logistics.models import Warehouse


class Changes:
    """What is to be changed, and what is to be done after that. Nothing is written before `write`."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._rows: dict[tuple[type[Model], tuple[str, ...]], list[tuple[int, Sequence[Any]]]] = {}
        self._new: list[tuple[Variant, int]] = []
        self._images: list[ProductImage] = []
        self._gone: list[int] = []
        self._stock: dict[tuple[int, int], int] = {}
        self._after: list[Callable[[], None]] = []

    def change(self, model: type[Model], key: int, values: Mapping[str, Any]) -> None:
        """A row is to have these values, by the names of its fields."""
        if values:
            names = tuple(sorted(values))
            self._rows.setdefault((model, names), []).append((key, [values[name] for name in names]))

    def add_variant(self, variant: Variant, pieces: int) -> None:
        """A new variant with what lies of it in the warehouse."""
        self._new.append((variant, pieces))

    def set_pieces(self, variant_id: int, pieces: int) -> None:
        """So much of a variant lies in the warehouse, never less than is promised."""
        self._stock[variant_id, self._warehouse.pk] = pieces

    def change_images(self, *, new: Sequence[ProductImage], gone: Sequence[int]) -> None:
        """Pictures come and go."""
        self._images += new
        self._gone += gone

    def afterwards(self, step: Callable[[], None]) -> None:
        """What has to wait until the variants are written."""
        self._after.append(step)

    def write(self) -> None:
        """Writes all of it; a statement for the rows of a table that change in the same columns."""
        for (model, names), rows in self._rows.items():
            change_rows(model, names, rows)
        if self._new:
            Variant.objects.bulk_create([variant for variant, _pieces in self._new], batch_size=500)
            for variant, pieces in self._new:
                self.set_pieces(variant.pk, pieces)
        import_stock.set_pieces(self._stock)
        for step in self._after:
            step()
        if self._gone:
            ProductImage.objects.filter(pk__in=self._gone).delete()
        if self._images:
            ProductImage.objects.bulk_create(self._images, ignore_conflicts=True, batch_size=500)


def change_rows(model: type[Model], names: Sequence[str], rows: Sequence[tuple[int, Sequence[Any]]]) -> None:
    """Writes the fields `names` of many rows, given as (key, values), in one statement."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quoted = connection.ops.quote_name
    columns = [quoted(str(field.column)) for field in fields]
    # A cast to varchar(n) cuts what is too long; a text that is assigned to it is refused.
    types = ["text" if isinstance(field, CharField | TextField) else field.db_type(connection) for field in fields]
    changes = ", ".join(f"{name} = said.{name}" for name in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *types))
    said = f"unnest({arrays}) AS said(key, {', '.join(columns)})"
    statement = f"UPDATE {quoted(model._meta.db_table)} t SET {changes} FROM {said} WHERE t.id = said.key"  # noqa: S608
    values = [
        [field.get_db_prep_save(row[place], connection) for _key, row in rows] for place, field in enumerate(fields)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [[key for key, _row in rows], *values])
