"""Reads: the rule book of a day, and the state of its rows."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from compliance.landed_cost.doubts import REVIEWED_WITHIN, UNVERIFIED
from compliance.models import RULE_MODELS, RuleRow, Status
from compliance.rules import version as rule_version
from compliance.rules.book import RuleBook
from compliance.rules.files import TABLES
from compliance.rules.review import PLACES, RuleState

BOOKS_KEPT: Final = 4
RULES_LOCK: Final = 7_205_001

_FACTS = 'SELECT last_reviewed, reviewed_on, status, confidence, effective_to FROM "{table}"'
_TO_REVIEW = """
SELECT count(*) FILTER (WHERE GREATEST(last_reviewed, reviewed_on) < %(due)s),
    count(*) FILTER (WHERE status = %(pending)s OR confidence = ANY(%(unread)s))
FROM ({rows}) t WHERE effective_to IS NULL OR effective_to >= %(on)s
"""

_books: OrderedDict[date, RuleBook] = OrderedDict()
_building = Lock()


def rule_book(on: date) -> RuleBook:
    """The rules of the day `on`: built once for each process, kept for a few days, new when the rules change.

    The day asked for the longest ago goes first, so that questions about other days never push out the present one.
    """
    version = rule_version.current()
    book = _books.get(on)
    if book is not None and book.version == version:
        with suppress(KeyError):  # pushed out by another thread at this very moment
            _books.move_to_end(on)
        return book
    with _building:
        book = _books.get(on)
        if book is None or book.version != version:
            book = RuleBook(on, rule_tables(on), version)
            _books[on] = book
            _books.move_to_end(on)
            while len(_books) > BOOKS_KEPT:
                _books.popitem(last=False)
    return book


def forget_rule_books() -> None:
    """The next question builds its book anew."""
    rule_version.forget()
    with _building:
        _books.clear()


def rule_tables(on: date) -> dict[str, list[dict[str, Any]]]:
    """The rows that hold on a day, as a `RuleBook` takes them, all as of one moment: a load is never seen half."""
    holds = Q(effective_from__lte=on) & (Q(effective_to__isnull=True) | Q(effective_to__gte=on))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [RULES_LOCK])
        return {
            name: [tidy(dict(row)) for row in model._default_manager.filter(holds).values()]
            for name, model in RULE_MODELS.items()
        }


def tidy(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row as a rule book takes them: the last review of either kind, and numbers as they were stated,
    without the zeros that a column's scale puts behind them."""
    row["last_reviewed"] = max(row["last_reviewed"], row["reviewed_on"] or row["last_reviewed"])
    for name, value in row.items():
        if isinstance(value, Decimal):
            whole = value.to_integral_value()
            row[name] = whole.quantize(Decimal(1)) if value == whole else value.normalize()
    return row


def rule_states() -> list[RuleState]:
    """Every row of the rule book, ended ones included, without what it says. One query for each table."""
    shared = ("pk", "code", "status", "confidence", "last_reviewed", "effective_from", "effective_to", "reviewed_on")
    found = []
    for name, model in RULE_MODELS.items():
        for *facts, reviewed_on, place in model._default_manager.values_list(*shared, PLACES[name]):
            pk, code, status, confidence, last_reviewed, begins, ends = facts
            latest = max(last_reviewed, reviewed_on or last_reviewed)
            found.append(RuleState(name, pk, code, place, status, confidence, latest, begins, ends))
    return found


def review_counts(on: date) -> tuple[int, int]:
    """How many rows were not reviewed for long on the day, and how many nobody has verified. One query."""
    tables = " UNION ALL ".join(_FACTS.format(table=model._meta.db_table) for model in RULE_MODELS.values())
    unread = sorted(UNVERIFIED)
    words: dict[str, Any] = {"on": on, "due": on - REVIEWED_WITHIN, "pending": str(Status.PENDING), "unread": unread}
    with connection.cursor() as cursor:
        cursor.execute(_TO_REVIEW.format(rows=tables), words)
        stale, unverified = cursor.fetchone()
    return stale, unverified


def rows_in_the_way(rule: RuleRow) -> list[RuleRow]:
    """The rows that count and rule on some of the days of `rule` on the same thing; the database lets none beside it."""
    if not rule.counts or rule.effective_from is None:
        return []
    name = next(name for name, model in RULE_MODELS.items() if isinstance(rule, model))
    same = {column: getattr(rule, column) for column in TABLES[name].key}
    rows = type(rule)._default_manager.filter(**same).exclude(status=Status.PENDING).exclude(pk=rule.pk)
    rows = rows.filter(Q(effective_to__isnull=True) | Q(effective_to__gte=rule.effective_from))
    if rule.effective_to is not None:
        rows = rows.filter(effective_from__lte=rule.effective_to)
    return list(rows.order_by("effective_from"))
