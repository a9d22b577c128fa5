"""What a shopper may mean while they type: shelves and sellers from the process, products by one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.urls import reverse

from catalog.models.search import HEAD, MIDDLE, Band
from catalog.readings import IDEOGRAPHS, heard
from catalog.search_text import HAN, query_words
from catalog.selectors import navigation
from catalog.selectors.leading import gives_way
from catalog.selectors.navigation import Branch
from catalog.selectors.sellers import OnShow, on_show
from catalog.spelling import folded
from marketplace.kernel.region import Region

MOST_PRODUCTS, MOST_SHELVES, MOST_SELLERS = 6, 3, 2
LONGEST = 80
_HITS = 24  # of these some may be held, or give way to others
_SHORTEST = 2  # letters; one character is a word in Chinese and Japanese
_LONG = 4  # letters with which a very large shop is looked through beyond its popular products
# What so many names begin with that enough of them are among the most popular products is not looked up.
# Of several offers of an article that are found the one that leads in the country is meant.
_PRODUCTS = """
WITH top AS MATERIALIZED (
    SELECT e.product_id, p.popularity FROM (
        SELECT id, popularity FROM catalog_product WHERE status = 'live' ORDER BY popularity DESC, id DESC LIMIT 200
    ) p JOIN catalog_searchentry e ON e.product_id = p.id AND e.language = '{language}'
    WHERE e.document @@ to_tsquery('simple', %(query)s) ORDER BY p.popularity DESC LIMIT {hits}
), looked_up AS MATERIALIZED (
    SELECT e.product_id, e.popularity FROM catalog_searchentry e
    WHERE e.language = '{language}' AND {band} AND e.document @@ to_tsquery('simple', %(query)s)
        AND (SELECT count(*) FROM top) < {hits}
    ORDER BY e.popularity DESC LIMIT {hits}
), found AS MATERIALIZED (
    SELECT p.id, {name} AS name, p.slug, p.led_in, hits.popularity FROM (
        SELECT * FROM looked_up UNION ALL SELECT * FROM top WHERE (SELECT count(*) FROM top) = {hits}
    ) hits JOIN catalog_product p ON p.id = hits.product_id JOIN accounts_seller s ON s.id = p.seller_id
    WHERE p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL
        AND NOT p.held_in && ARRAY['', %(country)s]::varchar[]
)
SELECT id, name, slug FROM found WHERE NOT {gives_way} ORDER BY popularity DESC, id DESC LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Meant:
    """One thing that may be meant: its name and its page."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Typed:
    """All that may be meant by what was typed so far, the most likely first."""

    shelves: Sequence[Meant]
    sellers: Sequence[Meant]
    products: Sequence[Meant]


def typed(text: str, region: Region) -> Typed:
    """What `text`, the last word of it perhaps unfinished, leads to. One query; a second one for what is rare."""
    text = text[:LONGEST]
    words = query_words(text, region.language)
    if not words or (len(words[0]) < _SHORTEST and not HAN.search(words[0])):
        return Typed((), (), ())
    return Typed(_shelves(text, region), _sellers(text), _products(words, region))


def _products(words: Sequence[str], region: Region) -> list[Meant]:
    found: list[tuple[int, str, str]] = []
    for band in _bands(words[-1]):
        found = _rows(_beginning(words, region.language), band, region)
        if len(found) >= MOST_PRODUCTS:
            break
    base = reverse("product", args=["-"])[:-2]
    return [Meant(name, f"{base}{slug}/") for _key, name, slug in found]


def _bands(last: str) -> list[Band]:
    """Where to look one after the other: in a very large shop beginnings of words only among popular products."""
    products = sum(branch.cells.unfiltered.total for branch in navigation.menu())
    if products <= 2 * HEAD:
        return [Band.REST]
    whole = products <= 2 * MIDDLE or len(last) >= _LONG or HAN.search(last)
    return [Band.HEAD, Band.REST if whole else Band.MIDDLE]


def _beginning(words: Sequence[str], language: str) -> str:
    """A query for names that have all of the words or sound so, the last one as a beginning."""
    last = len(words) - 1
    return " & ".join(
        f"({_named(word, language, '' if number < last or IDEOGRAPHS.search(word) else '*')})"
        for number, word in enumerate(words)
    )


def _named(word: str, language: str, begun: str) -> str:
    """A word in names, and in those that sound so; sounds have the weight D (`search_entries`)."""
    if language not in ("zh-hans", "ja") or IDEOGRAPHS.search(word):
        return f"'{word}':{begun}A"
    sounds = [" & ".join(f"'{part}':{begun}D" for part in parts) for parts in heard(word, language)]
    return " | ".join([f"'{word}':{begun}AD", *sounds])


def _rows(query: str, band: Band, region: Region) -> list[tuple[int, str, str]]:
    sql = _PRODUCTS.format(
        name=navigation.shown_text("p.name", region.language), language=region.language,
        band="true" if band is Band.REST else f"e.band <= {band:d}", most=MOST_PRODUCTS, hits=_HITS,
        gives_way=gives_way("found", "SELECT id FROM found"),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, {"query": query, "country": region.country})
        return list(cursor.fetchall())


def _shelves(text: str, region: Region) -> list[Meant]:
    """The categories with something on them whose name has a word that begins so; the fullest first."""
    begun = folded(text.strip().lower())
    near = [branch for name, branch in _names(navigation.menu()) if _begins(name, begun)]
    near = [branch for branch in near if branch.count_in(region.country)]
    near.sort(key=lambda branch: (not folded(branch.name.lower()).startswith(begun), -branch.count_in(region.country)))
    return [Meant(branch.name, branch.url) for branch in near[:MOST_SHELVES]]


def _sellers(text: str) -> list[Meant]:
    begun = folded(text.strip().lower())
    near = [(name, slug) for folded_name, name, slug in _seller_names(on_show()) if _begins(folded_name, begun)]
    return [Meant(name, reverse("brand", args=[slug])) for name, slug in near[:MOST_SELLERS]]


def _begins(name: str, begun: str) -> bool:
    """Whether a word of the name begins so; in scripts without blanks, whether it is in it."""
    return name.startswith(begun) or f" {begun}" in name or (bool(HAN.search(begun)) and begun in name)


@lru_cache(maxsize=16)
def _names(top: tuple[Branch, ...]) -> list[tuple[str, Branch]]:
    """The categories of a kept menu with their names folded."""
    found: list[tuple[str, Branch]] = []
    waiting = list(top)
    while waiting:
        branch = waiting.pop()
        found.append((folded(branch.name.lower()), branch))
        waiting.extend(branch.children)
    return found


@lru_cache(maxsize=4)
def _seller_names(shown: OnShow) -> list[tuple[str, str, str]]:
    return [(folded(seller.name.lower()), seller.name, seller.slug) for seller in shown.sellers]
