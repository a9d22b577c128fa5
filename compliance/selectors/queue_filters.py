"""What of the queue an officer wants to see: read from an address, written back into one, laid on the flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import F, Func, Q, QuerySet

from accounts.models import User
from compliance.models import Flag, Severity
from compliance.selectors import queue
from marketplace.kernel.typed_numbers import whole_number

Status = Flag.Status
UNDECIDED: Final = ""
STANDINGS: Final[Mapping[str, Callable[[User], Q]]] = {
    UNDECIDED: lambda viewer: Q(status__in=Flag.UNDECIDED),
    "free": lambda viewer: Q(status=Status.OPEN),
    "mine": lambda viewer: Q(status=Status.TAKEN, officer=viewer.pk),
    "asked": lambda viewer: Q(status=Status.ASKED),
    "second": lambda viewer: queue.waiting_for_second(),
    "appeals": lambda viewer: queue.with_open_appeal(),
    "escalated": lambda viewer: Q(status__in=Flag.UNDECIDED, escalated_at__isnull=False),
    "upheld": lambda viewer: Q(status=Status.UPHELD),
    "waived": lambda viewer: Q(status=Status.WAIVED),
    "closed": lambda viewer: Q(status__in=(Status.RELEASED, Status.MENDED)),
    "all": lambda viewer: Q(),
}
"""Groups of flags by where they stand; `viewer` is the officer who looks."""

NOBODY: Final = "none"
ME: Final = "me"
_MOST_CHOICES: Final = 300


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty text is no filter. `officer` is a key, "none" or "me"; `age` a number of days; `late` "1"."""

    standing: str = UNDECIDED
    severity: str = ""
    check: str = ""
    country: str = ""
    seller: str = ""
    officer: str = ""
    age: str = ""
    late: str = ""
    kind: str = ""
    q: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Filters:
        """The filters that an address names; what makes no sense is left out."""
        severity = given.get("severity", "") or given.get("severity__exact", "")
        return cls(
            standing=_one_of(given.get("standing", ""), STANDINGS),
            severity=_one_of(severity, Severity.values),
            check=_word(given.get("check", "")),
            country=_one_of(given.get("country", "").upper()[:2], None),
            seller=_number(given.get("seller", "")),
            officer=given.get("officer", "") if given.get("officer") in (ME, NOBODY) else _number(given.get("officer", "")),
            age=_one_of(given.get("age", ""), [str(days) for days in queue.AGES]),
            late=_one_of(given.get("late", ""), ["1"]),
            kind=_number(given.get("kind", "")),
            q=given.get("q", "").replace("\0", "").strip()[:80],
        )  # fmt: skip

    def query(self, **changes: str) -> str:
        """The filters as the part of an address behind the question mark, with changes; "" when there is none."""
        wanted = replace(self, **changes)
        return urlencode({name: value for name in self.__slots__ if (value := getattr(wanted, name))})

    def apply(self, flags: QuerySet[Flag], viewer: User, moment: datetime) -> QuerySet[Flag]:
        """Those of `flags` that the filters let through, in the order of the queue; closed ones the newest first."""
        found = flags.filter(STANDINGS[self.standing](viewer))
        plain: dict[str, Any] = {
            "severity": self.severity, "seller": self.seller, "content_type": self.kind,
        }  # fmt: skip
        found = found.filter(**{name: value for name, value in plain.items() if value})
        if self.check:
            found = found.filter(Q(rule=self.check) | Q(rule__startswith=f"{self.check}:"))
        if self.country:
            found = found.filter(Q(countries=[]) | Q(countries__contains=[self.country]))
        if self.officer:
            officer: Any = {ME: viewer.pk, NOBODY: None}.get(self.officer, self.officer)
            found = found.filter(officer=officer)
        if self.age:
            found = found.filter(opened_at__lt=moment - timedelta(days=int(self.age)))
        if self.late:
            found = found.filter(status__in=Flag.UNDECIDED, due_at__lt=moment)
        if self.q:
            words = Q(subject_label__icontains=self.q) | Q(seller__name__icontains=self.q) | Q(rule__icontains=self.q)
            found = found.filter(words)
        closed = self.standing in {"closed", "waived", "all"}
        return found.order_by(F("closed_at").desc(nulls_last=True), "-pk") if closed else found.order_by(*queue.ORDER)

    @property
    def is_ordered_as_queue(self) -> bool:
        """Whether the list stands in the order of the queue, so that there is a next one."""
        return self.standing not in {"closed", "waived", "all"}


def _one_of(value: str, choices: Any) -> str:
    if choices is None:
        return value if value.isascii() and value.isalpha() and len(value) == 2 else ""
    return value if value in choices else ""


def _word(value: str) -> str:
    return value if value.isascii() and value.replace("_", "").isalnum() and len(value) <= 80 else ""


def _number(value: str) -> str:
    return value if whole_number(value) is not None else ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be filtered by at the moment: sellers, kinds of subjects (keys) and countries of undecided flags."""

    sellers: list[tuple[int, str]]
    kinds: list[int]
    countries: list[str]


def choices(flags: QuerySet[Flag]) -> Choices:
    """The choices among the undecided of `flags`. Three queries."""
    undecided = flags.filter(status__in=Flag.UNDECIDED).order_by()
    sellers = undecided.exclude(seller=None).order_by("seller__name").values_list("seller", "seller__name").distinct()
    named = undecided.annotate(named=Func(F("countries"), function="unnest")).values_list("named", flat=True).distinct()
    return Choices(
        sellers=[(key, name) for key, name in sellers[:_MOST_CHOICES] if key is not None],
        kinds=list(undecided.values_list("content_type", flat=True).distinct()),
        countries=sorted(named),
    )
