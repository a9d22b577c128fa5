"""Keeps the countries in which a listing is held in step with the flags on it and on its seller."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from django.db import connection

from accounts.models import Seller
from catalog.models import MarketHold, Product
from catalog.services import listings, offer_changes
from compliance.selectors import holding_flags
from marketplace.kernel.copying import copy_rows

EVERYWHERE: Final = ""
# What was just screened has its marks; of the others only the countries change.
_WRITE: Final = """
UPDATE catalog_product p SET held_in = n.held, marks = COALESCE(n.marks, p.marks),
    is_unscreened = p.is_unscreened AND n.marks IS NULL,
    screened_at = CASE WHEN n.marks IS NULL THEN p.screened_at WHEN n.on_offer THEN %(moment)s END
FROM jsonb_to_recordset(%(rows)s::jsonb) AS n(id bigint, held varchar(2)[], marks varchar(20)[], on_offer boolean)
WHERE p.id = n.id
"""
_Countries = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """What a listing that was just screened is, as rules name it, and whether it is on offer at all."""

    marks: Iterable[str]
    is_on_offer: bool


def bring_in_step(
    *, product_ids: Sequence[int], moment: datetime, screened: Mapping[int, Marks] | None = None
) -> frozenset[int]:
    """Holds, `held_in` and shelves say what the flags say; returns the listings that are now held elsewhere.

    The caller's transaction has the listings locked. A listing that is not on offer, or that nobody has screened yet,
    is held everywhere besides: it goes on the shelves with the screening that follows. Nine queries at most.
    """
    rows = {row["id"]: row for row in _locked_rows(product_ids)}
    screened = screened or {}
    holds = _holds(rows)
    _write_holds(list(rows), holds, moment)
    changed, written = set(), []
    for key, row in rows.items():
        looked = screened.get(key)
        held = set(chain.from_iterable(holds[key].values())) | _besides(row, looked)
        if held != set(row["held_in"]):
            changed.add(key)
        if looked is not None or key in changed:
            marks = None if looked is None else sorted(looked.marks)
            is_on_offer = looked is not None and looked.is_on_offer
            written.append({"id": key, "held": sorted(held), "marks": marks, "on_offer": is_on_offer})
    if written:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, {"rows": json.dumps(written), "moment": moment})
    listings.refresh_shelves(product_ids=list(rows))
    offer_changes.note(product_ids=list(rows))
    return frozenset(changed)


def _locked_rows(product_ids: Sequence[int]) -> Iterable[Mapping[str, Any]]:
    return Product.objects.filter(pk__in=product_ids).order_by("pk").values("id", "seller_id", "held_in", "screened_at")


def _besides(row: Mapping[str, Any], looked: Marks | None) -> set[str]:
    """Everywhere, for a listing that is off sale or waits for its first screening."""
    if looked is not None:
        return set() if looked.is_on_offer else {EVERYWHERE}
    return {EVERYWHERE} & set(row["held_in"]) if row["screened_at"] is None else set()


def _holds(rows: Mapping[int, Mapping[str, Any]]) -> defaultdict[int, dict[int, _Countries]]:
    """The flags by which each listing is held, with their countries; a flag on a seller holds all of their listings."""
    by_seller: defaultdict[int, list[int]] = defaultdict(list)
    for key, row in rows.items():
        by_seller[row["seller_id"]].append(key)
    found: defaultdict[int, dict[int, _Countries]] = defaultdict(dict)
    for key, flag, countries in _held_by(Product, rows):
        found[key][flag] = countries
    for seller, flag, countries in _held_by(Seller, by_seller):
        for key in by_seller[seller]:
            found[key][flag] = countries
    return found


def _held_by(model: type[Product | Seller], keys: Collection[int]) -> Iterable[tuple[int, int, _Countries]]:
    flags = holding_flags(model=model).filter(object_id__in=[str(key) for key in keys])
    for flag, subject, countries in flags.values_list("pk", "object_id", "countries"):
        yield int(subject), flag, tuple(sorted(countries)) or (EVERYWHERE,)


def _write_holds(product_ids: Sequence[int], wanted: Mapping[int, Mapping[int, _Countries]], moment: datetime) -> None:
    """One row for each listing and flag; one of other countries than before is a new one."""
    rows = MarketHold.objects.filter(product__in=product_ids).values_list("pk", "product_id", "flag_id", "countries")
    held = {(product, flag, tuple(countries)): pk for pk, product, flag, countries in rows}
    asked = {(key, *each) for key in product_ids for each in wanted.get(key, {}).items()}
    if over := [pk for key, pk in held.items() if key not in asked]:
        MarketHold.objects.filter(pk__in=over).delete()
    copy_rows(MarketHold, (
        {"product_id": product, "flag_id": flag, "countries": list(countries), "since": moment}
        for product, flag, countries in sorted(asked - held.keys())
    ))  # fmt: skip
