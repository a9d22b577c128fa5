"""Makes the variants that a listing has not yet, one for each combination of its choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product as each_with_each
from math import prod
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from moneyed import Money

from catalog.combinations import LONGEST_SKU, free_skus, short_names, stem_of
from catalog.models import OptionValue, Product, Variant
from catalog.services import page_locks
from marketplace.kernel.errors import Refused

MOST: Final = 200
Keys = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Missing:
    """A combination without a variant: the keys of its choices by their place, their names, and a SKU for it."""

    keys: Keys
    names: tuple[str, ...]
    sku: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be made: `count` variants beside the `there` that stay. `rows` are empty above `MOST`."""

    stem: str
    there: int
    count: int
    rows: tuple[Missing, ...] = ()


def plan(*, product: Product, chosen: Collection[int], stem: str = "") -> Plan:
    """The combinations of the chosen choices that have no variant. Five queries."""
    options = list(product.options.prefetch_related("values"))
    places = [option.position for option in options]
    columns = [[value for value in option.values.all() if value.pk in chosen] for option in options]
    words: dict[int | None, str] = {}
    for option in options:
        values = list(option.values.all())
        named = short_names([value.code if value.code.isascii() else value.name_en or value.code for value in values])
        words |= {value.pk: word for value, word in zip(values, named, strict=True)}
    known = list(product.variants.values_list("value1", "value2", "value3", "sku"))
    stem = stem or stem_of(product.handle, ((sku, _joined(words, keys)) for *keys, sku in known))
    wanted = {value.pk for column in columns for value in column}
    there = {tuple(keys) for *keys, _sku in known if any(keys) and {key for key in keys if key} <= wanted}
    there = {keys for keys in there if all(keys[place - 1] for place in places)}
    total = prod(len(column) for column in columns) if columns else 0
    count = total - len(there)
    if not 0 < count <= MOST:
        return Plan(stem, len(there), count)
    rows = [(_keys(places, values), values) for values in each_with_each(*columns)]
    rows = [(keys, values) for keys, values in rows if keys not in there]
    skus = [f"{stem}-{_joined(words, keys)}"[: LONGEST_SKU - 4] for keys, _values in rows]
    taken = Variant.objects.filter(seller=product.seller_id, sku__startswith=stem).values_list("sku", flat=True)
    named_rows = zip(rows, free_skus(skus, taken), strict=True)
    return Plan(
        stem, len(there), count, tuple(Missing(keys, _names(values), sku) for (keys, values), sku in named_rows)
    )


@transaction.atomic
def make_variants(
    *, product: Product, chosen: Collection[int], skus: Mapping[Keys, str], price: Money,
    compare_at: Decimal | None = None, weight_grams: int | None = None,
) -> int:  # fmt: skip
    """Each combination of the chosen choices has a variant; how many were made. Those that are there stay as they are.

    `skus` are those for single combinations; the others get the one of the plan. Raises `Refused`: "nothing_missing",
    "too_many", "sku_too_long", "sku_taken".
    """
    page_locks.lock_listing(product_id=product.pk)
    wanted = plan(product=product, chosen=chosen)
    if wanted.count > MOST:
        message = _("That would be %(count)s variants. At most %(most)s are made at once; take some choices away.")
        raise Refused("too_many", message % {"count": wanted.count, "most": MOST})
    if not wanted.rows:
        raise Refused("nothing_missing", _("The listing has a variant for each of these combinations already."))
    named = {row.keys: skus.get(row.keys, row.sku) for row in wanted.rows}
    _check(product, [sku for sku in named.values() if sku])
    last = product.variants.aggregate(last=Max("position"))["last"] or 0
    made = Variant.objects.bulk_create(
        Variant(
            product=product, seller_id=product.seller_id, sku=sku, value1_id=keys[0], value2_id=keys[1], value3_id=keys[2],
            price=price, compare_at=compare_at, weight_grams=weight_grams, position=last + place,
        )
        for place, (keys, sku) in enumerate(named.items(), start=1)
    )  # fmt: skip
    return len(made)


def _check(product: Product, skus: list[str]) -> None:
    if long := [sku for sku in skus if len(sku) > LONGEST_SKU]:
        raise Refused(
            "sku_too_long", _("A SKU has %(most)d signs at most: %(sku)s") % {"most": LONGEST_SKU, "sku": long[0]}
        )
    taken = set(Variant.objects.filter(seller=product.seller_id, sku__in=skus).values_list("sku", flat=True))
    taken |= {sku for sku, times in Counter(skus).items() if times > 1}
    if taken:
        raise Refused(
            "sku_taken", _("Another variant has this SKU: %(skus)s") % {"skus": ", ".join(sorted(taken)[:10])}
        )


def _keys(places: list[int], values: tuple[OptionValue, ...]) -> Keys:
    keys: list[int | None] = [None, None, None]
    for place, value in zip(places, values, strict=True):
        keys[place - 1] = value.pk
    return keys[0], keys[1], keys[2]


def _joined(words: Mapping[int | None, str], keys: Collection[int | None]) -> str:
    return "-".join(words[key] for key in keys if key in words)


def _names(values: tuple[OptionValue, ...]) -> tuple[str, ...]:
    return tuple(value.name or value.code for value in values)
