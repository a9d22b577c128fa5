"""Reads: the rule book of a day, and the flags that a viewer may see."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet

from accounts.models import SellerMember, User
from compliance import rule_version
from compliance.models import RULE_MODELS, Flag, FlagEvent
from compliance.rule_book import RuleBook

BOOKS_KEPT: Final = 4
RULES_LOCK: Final = 7_205_001

_books: OrderedDict[date, RuleBook] = OrderedDict()
_building = Lock()


def rule_book(on: date) -> RuleBook:
    """The rules of the day `on`: built once for each process, kept for a few days, new when the rules change."""
    version = rule_version.current()
    book = _books.get(on)
    if book is not None and book.version == version:
        return book
    with _building:
        book = _books.get(on)
        if book is None or book.version != version:
            book = RuleBook(on, _rows(on), version)
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


def _rows(on: date) -> Mapping[str, Iterable[Mapping[str, Any]]]:
    """The rows that hold on a day, all as of one moment: a load of the rules is waited for, never seen half."""
    holds = Q(effective_from__lte=on) & (Q(effective_to__isnull=True) | Q(effective_to__gte=on))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [RULES_LOCK])
        return {
            name: [_tidy(dict(row)) for row in model._default_manager.filter(holds).values()]
            for name, model in RULE_MODELS.items()
        }


def _tidy(row: dict[str, Any]) -> dict[str, Any]:
    """Numbers without the zeros that the column's scale puts behind them, so that they print as they were stated."""
    for name, value in row.items():
        if isinstance(value, Decimal):
            whole = value.to_integral_value()
            row[name] = whole.quantize(Decimal(1)) if value == whole else value.normalize()
    return row


def may_review(viewer: User) -> bool:
    """Whether the viewer decides flags of all sellers."""
    return bool(viewer.is_active and viewer.has_perm("compliance.review_flags"))


def flags_for(viewer: User) -> QuerySet[Flag]:
    """The flags that a viewer may see: all for a compliance officer, a seller's own for its members, else none."""
    flags = Flag.objects.select_related("officer", "seller", "content_type")
    if may_review(viewer):
        return flags
    if not viewer.is_active or viewer.pk is None:
        return flags.none()
    return flags.filter(seller__in=SellerMember.objects.filter(user=viewer).values("seller"))


def events_of(flag: Flag, viewer: User) -> QuerySet[FlagEvent]:
    """The steps of a flag in their order, for a viewer who may see the flag."""
    return FlagEvent.objects.filter(flag__in=flags_for(viewer).filter(pk=flag.pk)).select_related("actor")


def flags_on(subject: models.Model) -> QuerySet[Flag]:
    """Every flag that was ever raised on a subject, the newest first."""
    content_type = ContentType.objects.get_for_model(subject)
    return Flag.objects.filter(content_type=content_type, object_id=str(subject.pk))


def open_flags_on(subject: models.Model) -> QuerySet[Flag]:
    """The flags on a subject that still stand, whether open, taken or upheld."""
    return flags_on(subject).filter(status__in=Flag.LIVE)


def is_blocked(subject: models.Model) -> bool:
    """Whether a flag that stands forbids to go on with the subject."""
    return open_flags_on(subject).filter(Q(severity="block") | Q(status=Flag.Status.UPHELD)).exists()


def blocked_ids(model: type[models.Model]) -> QuerySet[Flag, str]:
    """The primary keys, as text, of the subjects of one kind that a standing flag blocks."""
    content_type = ContentType.objects.get_for_model(model)
    live = Flag.objects.filter(content_type=content_type, status__in=Flag.LIVE)
    return live.filter(Q(severity="block") | Q(status=Flag.Status.UPHELD)).values_list("object_id", flat=True)
