"""Under whose name listings are changed, and a listing put back as it was before one of its changes."""

from __future__ import annotations

import json
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from accounts.models import User
from catalog.models import ListingChange, Product
from catalog.services import listings, screening
from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import FxTable

_TABLES: Final = {"product": "catalog_product", "facts": "catalog_productfacts"}
# Whether something is on sale is decided by publishing, not by putting words back.
_NOT_PUT_BACK: Final = frozenset({"status"})


def sign(*, actor: User | None = None, label: str = "") -> None:
    """What is changed in the rest of this transaction is kept under the actor's name, or under `label`."""
    name = label or (actor.get_full_name() or actor.email if actor is not None else "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('catalog.actor_id', %s, true), set_config('catalog.actor', %s, true)",
            [str(actor.pk) if actor is not None else "", name[:150]],
        )


def put_back(*, product: Product, change: ListingChange, actor: User, fx: FxTable) -> bool:
    """The listing is as it was before the change: that change and all later ones are undone, and it is screened anew.

    False when nothing differs. What is put back is a change itself. Raises `Refused`: "not_its_change", "gone" (it
    names a category or a manufacturer that is not there any more). All of it stands or none.
    """
    if change.product_id != product.pk:
        raise Refused("not_its_change", _("This is not a change of this listing."))
    try:
        with transaction.atomic():
            Product.objects.select_for_update().get(pk=product.pk)
            later = ListingChange.objects.filter(product=product, pk__gte=change.pk).order_by("-pk")
            wanted: dict[tuple[str, int], dict[str, Any]] = {}
            for each in later:
                values = {name: value for name, value in each.before.items() if name not in _NOT_PUT_BACK}
                wanted.setdefault((each.part, each.row_id), {}).update(values)
            sign(actor=actor)
            differs = [_write(_TABLES[part], row_id, values) for (part, row_id), values in wanted.items() if values]
            listings.refresh_listings(product_ids=[product.pk], fx=fx)
            screening.screen_in_place(product_ids=[product.pk])
    except IntegrityError as error:
        raise Refused("gone", _("Something that the listing named then is not there any more.")) from error
    return any(differs)


def _write(table: str, row_id: int, values: dict[str, Any]) -> bool:
    """Whether the row was another one before; the database reads the values as the types of its columns."""
    own = sql.SQL(", ").join(sql.Identifier("t", name) for name in sorted(values))
    put = sql.SQL(", ").join(sql.Identifier("r", name) for name in sorted(values))
    statement = sql.SQL(
        "UPDATE {table} t SET ({columns}) = ROW({put}) FROM jsonb_populate_record(NULL::{table}, %s::jsonb) r"
        " WHERE t.id = %s AND ({own}) IS DISTINCT FROM ({put})"
    ).format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, sorted(values))), own=own, put=put
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(values), row_id])
        return bool(cursor.rowcount)
