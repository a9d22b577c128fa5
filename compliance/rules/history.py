"""Under whose name rules are changed, and what became of a row. The rows of the history are written by the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.models import User
from compliance.models import RuleChange, RuleRow
from compliance.models.history import UPKEEP

RULE_FILES: Final = "rule files"
MOST_SHOWN: Final = 200
_REVIEW = frozenset(("reviewed_on", "reviewed_by"))


@contextmanager
def signed(label: str, *, actor: User | None = None, reason: str = "") -> Iterator[None]:
    """What is changed in rules inside the block is kept under `label`, with the reason. All of it stands or none."""
    with transaction.atomic(), connection.cursor() as cursor:
        _sign(cursor, str(actor.pk) if actor else "", label[:150], reason)
        yield
        _sign(cursor, "", "", "")  # a rollback puts back by itself what stood before


def _sign(cursor: CursorWrapper, actor_id: str, label: str, reason: str) -> None:
    cursor.execute(
        "SELECT set_config('compliance.actor_id', %s, true), set_config('compliance.actor', %s, true),"
        " set_config('compliance.reason', %s, true)",
        [actor_id, label, reason],
    )


@dataclass(frozen=True, slots=True)
class RowChange:
    """One change of a row: `kind` is "added", "changed", "reviewed" or "removed".

    `values` has, for each column that differs, what it was and what it is; None where there was or is no row.
    Numbers are Decimal, days are ISO dates.
    """

    at: datetime
    by: str
    reason: str
    kind: str
    values: Mapping[str, tuple[Any, Any]]


def changes_of(rule: RuleRow) -> list[RowChange]:
    """The latest changes of a row, the newest first. One query."""
    rows = RuleChange.objects.filter(rule_table=rule._meta.db_table, row_id=rule.pk)
    old, new = Cast("before", TextField()), Cast("after", TextField())
    found = rows.values_list("at", "actor_label", "reason", old, new)
    return [_change(*row) for row in found[:MOST_SHOWN]]


def _change(at: datetime, by: str, reason: str, old: str | None, new: str | None) -> RowChange:
    before, after = _read(old), _read(new)
    names = [name for name in {**after, **before} if name != "id" and before.get(name) != after.get(name)]
    if not old or not new:
        kind = "removed" if old else "added"
    else:
        kind = "reviewed" if set(names) <= _REVIEW and after.get("reviewed_on") else "changed"
    return RowChange(at, by, reason, kind, {name: (before.get(name), after.get(name)) for name in names})


def _read(text: str | None) -> dict[str, Any]:
    return dict(json.loads(text, parse_float=Decimal)) if text else {}


def content_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says, without the facts about the row itself."""
    return {name: value for name, value in values.items() if name not in UPKEEP}
