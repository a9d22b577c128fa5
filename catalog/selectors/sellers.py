"""The sellers whose goods are on show, kept in the process for a minute."""

from __future__ import annotations

import time

from accounts.models import Seller

_SECONDS = 60.0
_kept: list[tuple[float, list[Seller]]] = []


def approved_sellers() -> list[Seller]:
    """All sellers on show. No query when kept."""
    if not _kept or time.monotonic() - _kept[0][0] > _SECONDS:
        sellers = list(Seller.objects.filter(status=Seller.Status.APPROVED).order_by("name")[:500])
        _kept[:] = [(time.monotonic(), sellers)]
    return _kept[0][1]


def seller_names() -> dict[int, str]:
    """The brand name of each seller on show."""
    return {seller.pk: seller.name for seller in approved_sellers()}


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()
