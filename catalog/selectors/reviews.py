"""The reviews of a product that are shown, and the one of somebody who bought it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import User
from catalog.models import Review
from catalog.ratings import drawn

FIRST: Final = 5
PAGE_SIZE: Final = 20
_FIRST: Final = """
SELECT id, stars, title, text, language, signed, country, bought, written_at, changed_at, answer, answered_at
FROM catalog_review WHERE product_id = %s AND state = 'published'
ORDER BY language <> %s, written_at DESC, id DESC LIMIT %s
"""


class Shown(NamedTuple):
    """A published review."""

    id: int
    stars: int
    title: str
    text: str
    language: str
    signed: str
    country: str
    bought: str
    written_at: datetime
    changed_at: datetime | None
    answer: str
    answered_at: datetime | None

    @property
    def drawn(self) -> tuple[str, ...]:
        """Five stars as they are drawn."""
        return drawn(2 * self.stars)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which reviews somebody wants to read: of so many `stars` (0: any), in a language ("": any), older than a key."""

    stars: int = 0
    language: str = ""
    before: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of reviews, the newest first; `before` continues it, 0 at the end."""

    reviews: list[Shown]
    before: int


def _shown(product_id: int) -> QuerySet[Review]:
    return Review.objects.filter(product=product_id, state=Review.State.PUBLISHED)


def first_of(product_id: int, language: str) -> list[Shown]:
    """Those that the product page shows: in the reader's language first, then the newest. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [product_id, language, FIRST])
        return [Shown._make(row) for row in cursor.fetchall()]


def page_of(product_id: int, asked: Narrowed) -> Page:
    """A page of the reviews. One query, and one more for a page that is not the first."""
    rows = _shown(product_id).order_by("-written_at", "-pk")
    if asked.stars:
        rows = rows.filter(stars=asked.stars)
    if asked.language:
        rows = rows.filter(language=asked.language)
    last = Review.objects.filter(pk=asked.before, product=product_id).first() if asked.before else None
    if last is not None:
        rows = rows.filter(Q(written_at__lt=last.written_at) | Q(written_at=last.written_at, pk__lt=last.pk))
    found = [Shown._make(row) for row in rows.values_list(*Shown._fields)[: PAGE_SIZE + 1]]
    shown = found[:PAGE_SIZE]
    return Page(shown, shown[-1].id if len(found) > PAGE_SIZE else 0)


def languages_of(product_id: int) -> list[str]:
    """The languages in which there is something to read. One query."""
    return sorted(_shown(product_id).order_by().values_list("language", flat=True).distinct())


def written_by(product_id: int, purchase: str, author: User | None) -> QuerySet[Review]:
    """The reviews of the product from a purchase or by its buyer, shown or not: one, as a rule."""
    mine = Q(purchase=purchase)
    if author is not None:
        mine |= Q(author=author)
    return Review.objects.filter(mine, product=product_id).order_by("pk")
