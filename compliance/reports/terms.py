"""A row of the rules of periodic reports as a value, which the report keeps as it was when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from compliance.reports.periods import Period, containing

TAX, VOLUMES, SELLERS = "tax", "volumes", "sellers"
LAST_DAY, SALE_DAY = "last_day", "sale_day"
_LISTS: Final = ("schemes", "regimes")


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """What a report counts, over which periods, in which currency and by which rate. `code` is that of its rule.

    `schemes` and `regimes` are those under which a sale was assessed; one of them is enough. With `sellers_outside` a
    sale counts only when its seller is established outside of that country or union.
    """

    code: str
    kind: str
    name: str
    figures: str
    jurisdiction: str
    schemes: frozenset[str]
    regimes: frozenset[str]
    sellers_outside: str
    length: str
    currency: str
    rate: str
    time_zone: str
    due_months: int
    due_days: int
    law: str
    source: str

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> ReportTerms:
        """The terms in the columns of a row, or in what `to_dict` wrote."""
        values = {field.name: row[field.name] for field in fields(cls)}
        for name in _LISTS:
            values[name] = frozenset(values[name].split())
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """The terms as plain JSON."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return plain | {name: " ".join(sorted(plain[name])) for name in _LISTS}

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the days of the law."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The day of the law on which a moment lies."""
        return moment.astimezone(self.zone).date()

    def period_of(self, moment: datetime) -> Period:
        """The period in which a moment lies."""
        return containing(self.day_of(moment), self.length)

    def counts(self, scheme: str, regime: str) -> bool:
        """Whether what was assessed under a scheme and a regime belongs to the report."""
        return (scheme in self.schemes) or (regime in self.regimes)
