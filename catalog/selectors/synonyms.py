"""The words that staff say mean the same, kept in the process for a minute."""

from __future__ import annotations

import time

from catalog.models import SearchSynonym
from catalog.synonyms import Synonyms

_SECONDS = 60.0
_kept: dict[str, tuple[float, Synonyms]] = {}


def synonyms(language: str) -> Synonyms:
    """Those of a language. No query when kept."""
    made_at, kept = _kept.get(language, (0.0, None))
    if kept is None or time.monotonic() - made_at > _SECONDS:
        groups = SearchSynonym.objects.filter(language=language).order_by("pk").values_list("words", flat=True)
        kept = Synonyms.of(language, groups)
        _kept[language] = time.monotonic(), kept
    return kept


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()
