"""What is on sale as a whole: the chapters of the goods, and the listings that most people look at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from catalog.selectors.cards import Source, card_rows, goods_of
from catalog.selectors.prices import Goods

_LIVE = """
FROM catalog_product p JOIN accounts_seller s ON s.id = p.seller_id
WHERE p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL AND '' <> ALL (p.held_in)
"""
_CHAPTERS = f"SELECT DISTINCT left(p.hs_code, 2) {_LIVE} AND p.hs_code <> '' ORDER BY 1"
_COUNT = f"SELECT count(*) {_LIVE}"
_POPULAR = f"""
SELECT p.id AS product_id, row_number() OVER (ORDER BY p.popularity DESC, p.id DESC) AS place {_LIVE}
ORDER BY p.popularity DESC, p.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A listing on sale with the goods that its card is priced for."""

    id: int
    slug: str
    name: str
    seller: str
    goods: Goods


class _Chapters(NamedTuple):
    found: tuple[str, ...]
    made_at: float


_kept: list[_Chapters] = []


def chapters_on_sale(*, within: float = 0.0) -> tuple[str, ...]:
    """The HS chapters (two digits) of the listings on sale, sorted.

    One query that reads every listing; an answer of this process no older than `within` seconds is given again.
    """
    if not _kept or time.monotonic() - _kept[0].made_at > within:
        with connection.cursor() as cursor:
            cursor.execute(_CHAPTERS)
            _kept[:] = [_Chapters(tuple(row[0] for row in cursor.fetchall()), time.monotonic())]
    return _kept[0].found


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()


def listings_on_sale() -> int:
    """How many listings are on sale. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        (count,) = cursor.fetchone()
    return int(count)


def most_popular(limit: int, language: str) -> list[Listed]:
    """Up to `limit` listings on sale, the most popular first, names in `language`. One query."""
    rows = card_rows(Source(_POPULAR, {"limit": limit}), language)
    found = ((row, goods_of(row)) for row in rows)
    return [Listed(row.id, row.slug, row.title, row.brand, goods) for row, goods in found if goods is not None]
