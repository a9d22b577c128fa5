"""The sellers whose goods are on show, kept in the process for a minute."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Seller
from catalog.models import SellerScore
from catalog.scores import STEPS

_SECONDS = 60.0
_MOST = 500


@dataclass(frozen=True, slots=True, eq=False)
class OnShow:
    """The sellers on show at one time, by name, at most 500, and the name of each by its key.

    `scores` has those who send well enough to be filtered by it (`catalog.scores`), all of them.
    """

    sellers: tuple[Seller, ...]
    names: Mapping[int, str]
    scores: Mapping[int, int]
    made_at: float


_kept: list[OnShow] = []


def on_show() -> OnShow:
    """All sellers on show, the same object as long as it is kept: no query then, else one, and one more for very many."""
    if not _kept or time.monotonic() - _kept[0].made_at > _SECONDS:
        approved = Seller.objects.filter(status=Seller.Status.APPROVED).select_related("score").order_by("name")
        sellers = tuple(approved[:_MOST])
        scores = {seller.pk: _score(seller) for seller in (sellers if len(sellers) < _MOST else approved)}
        kept = {key: score for key, score in scores.items() if score >= min(STEPS)}
        _kept[:] = [OnShow(sellers, {seller.pk: seller.name for seller in sellers}, kept, time.monotonic())]
    return _kept[0]


def _score(seller: Seller) -> int:
    found: SellerScore | None = getattr(seller, "score", None)
    return found.score or 0 if found else 0


def reliable(score: int) -> frozenset[int] | None:
    """The keys of the sellers with at least that score, one of `catalog.scores.STEPS`; None for 0, any seller."""
    return frozenset(key for key, known in on_show().scores.items() if known >= score) if score else None


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()
