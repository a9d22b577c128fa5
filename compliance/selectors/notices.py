"""Reads: the notices at the takedown desk, and how often a seller's listings had to be acted on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, QuerySet

from accounts.models import Seller, User
from compliance.deadlines import limits
from compliance.models import Notice
from compliance.selectors.flags import may_review

DESK: Final = (F("is_trusted").desc(), "due_at", "pk")
"""The order of the desk: authorities and trusted flaggers first, then what has to be decided first."""


def notices_for(viewer: User) -> QuerySet[Notice]:
    """The notices that a viewer may see: all for a compliance officer, else none. Sellers read statements instead."""
    if not may_review(viewer):
        return Notice.objects.none()
    return Notice.objects.select_related("seller", "flagger", "flag", "content_type")


def offences(seller: Seller, moment: datetime) -> QuerySet[Notice]:
    """The notices on a seller's listings that were acted on in the days that count, the newest first."""
    since = moment - timedelta(days=limits()["offences_looked_back"])
    return Notice.objects.filter(seller=seller, state=Notice.State.ACTED_ON, decided_at__gte=since).order_by(
        "-decided_at"
    )


def offends_frequently(count: int) -> bool:
    """Whether so many offences are frequent (Regulation (EU) 2022/2065, article 23)."""
    return count >= limits()["offences_frequent"]
