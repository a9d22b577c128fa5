"""The sellers whose goods are on show, kept in the process for a minute."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Seller

_SECONDS = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class OnShow:
    """The sellers on show at one time, by name, at most 500; and the brand name of each by its key."""

    sellers: tuple[Seller, ...]
    names: Mapping[int, str]
    made_at: float


_kept: list[OnShow] = []


def on_show() -> OnShow:
    """All sellers on show, the same object as long as it is kept. No query then."""
    if not _kept or time.monotonic() - _kept[0].made_at > _SECONDS:
        sellers = tuple(Seller.objects.filter(status=Seller.Status.APPROVED).order_by("name")[:500])
        _kept[:] = [OnShow(sellers, {seller.pk: seller.name for seller in sellers}, time.monotonic())]
    return _kept[0]


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()
