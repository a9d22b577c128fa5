"""Tells those above that something changed for which listings have to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.models import Recheck

FLAG, SELLER, RULE = Recheck.Topic.FLAG, Recheck.Topic.SELLER, Recheck.Topic.RULE


def ask_for_recheck(*, topic: Recheck.Topic, keys: Iterable[object]) -> None:
    """Notes in the transaction of a change what it was: keys of flags or sellers, or codes of rules."""
    Recheck.objects.bulk_create([Recheck(topic=topic, key=str(key)) for key in keys])


def take_rechecks(*, most: int = 500) -> list[Recheck]:
    """The oldest changes that nobody follows yet, locked until the caller's transaction ends.

    They are gone when it commits, and wait for the next one when it does not. Call inside a transaction.
    """
    taken = list(Recheck.objects.select_for_update(skip_locked=True).order_by("pk")[:most])
    Recheck.objects.filter(pk__in=[row.pk for row in taken]).delete()
    return taken
