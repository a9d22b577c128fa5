"""Reads: which goods a changed rule names now, and named before the change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from compliance.models import RULE_MODELS, RuleChange
from compliance.rules.reach import SCREENED_BY, Reach, reach_of
from marketplace.kernel.clock import now

_RECENT = timedelta(days=1)


def reach_of_rules(codes: Collection[str]) -> Reach:
    """The goods that rows with these codes name, or named within the last day. One query for each table, and one more."""
    tables = [RULE_MODELS[name] for name in SCREENED_BY]
    rows: list[Any] = [row for model in tables for row in model._default_manager.filter(code__in=codes).values()]
    changes = RuleChange.objects.filter(
        code__in=codes,
        rule_table__in=[model._meta.db_table for model in tables],
        at__gte=now() - _RECENT,
        before__isnull=False,
    )
    rows.extend(changes.values_list("before", flat=True))
    return reach_of(rows)
