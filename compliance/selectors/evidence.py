"""The rules behind a flag: what the rule book says, where it is written, since when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Value
from django.db.models.functions import Coalesce

from compliance.models import EPRScheme, Flag, ForbiddenClaim, GoodsRestriction, ProductRule, RuleRow, SellerThreshold
from compliance.rules.rows import RestrictionRule

_LISTING: Final = ("catalog", "product")  # by its name alone: the catalogue stands above
_CODE: Final = re.compile(r"[A-Z0-9][A-Za-z0-9_./-]{2,79}")
# What a row of each table is called; its words are put together in `compliance.words`.
_NAMED: Final[Mapping[type[RuleRow], str]] = {
    GoodsRestriction: "name",
    EPRScheme: "register",
    ProductRule: "name",
    ForbiddenClaim: "phrases",
    SellerThreshold: "consequence",
}
_COLUMNS: Final = ("pk", "code", "source", "effective_from", "effective_to", "confidence", "note", "table", "text")


@dataclass(frozen=True, slots=True)
class RuleBehind:
    """A row of the rule book behind a flag; `table` is the name of its model."""

    pk: int
    code: str
    source: str
    effective_from: date
    effective_to: date | None
    confidence: str
    note: str
    table: str
    text: str


def is_refused_at_the_door(flag: Flag) -> bool:
    """Whether the rule behind a flag on a listing blocks by what a line of a consignment says, as the price at the door does.

    Then no decision on the flag lets the goods be sold. One query for a flag on a listing.
    """
    if ContentType.objects.get_for_id(flag.content_type_id).natural_key() != _LISTING:
        return False
    rows = GoodsRestriction.objects.filter(code=flag.rule.partition(":")[2], action=GoodsRestriction.Action.BLOCK)
    return any(RestrictionRule.from_values(row).is_decided_by_line for row in rows.values())


def rules_behind(flag: Flag) -> list[RuleBehind]:
    """The rows that the flag names, in its rule or its details. One query."""
    codes = sorted(_codes(flag))
    if not codes:
        return []
    parts = [
        model._default_manager.filter(code__in=codes)
        .order_by()
        .annotate(
            table=Value(str(model._meta.model_name), output_field=CharField()),
            text=Coalesce(name, Value(""), output_field=CharField()),
        )
        .values(*_COLUMNS)
        for model, name in _NAMED.items()
    ]
    rows: list[dict[str, Any]] = list(parts[0].union(*parts[1:], all=True).order_by("code"))
    return [RuleBehind(**row) for row in rows]


def _codes(flag: Flag) -> set[str]:
    """What may be codes of rules: the part of the flag's rule behind the check, and words among its details."""
    words = {flag.rule.partition(":")[2]}
    for value in flag.params.values():
        words |= set(re.split(r"[,;\s]+", str(value)))
    return {word for word in words if _CODE.fullmatch(word)}
