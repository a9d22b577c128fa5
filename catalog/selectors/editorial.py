"""Collections and first pages for markets, as shoppers of a country and language meet them.

What the first page shows of them is kept in the process for a minute: it is little, and every shopper asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.urls import reverse

from catalog.selectors.cards import Card, Source, cards
from catalog.selectors.held import is_held
from catalog.selectors.leading import gives_way
from catalog.selectors.navigation import text_column
from catalog.selectors.prices import Prices
from marketplace.kernel import clock
from marketplace.kernel.region import Region

MOST_ENTRIES: Final = 60
MOST_TILES: Final = 6  # of the house on the first page
_SECONDS: Final = 60.0

# A product of a collection that shoppers meet somewhere; a seller's collection has the seller's own products alone.
_ON_SHOW = """
FROM catalog_collectionentry e JOIN catalog_product p ON p.id = e.product_id JOIN accounts_seller s ON s.id = p.seller_id
WHERE e.collection_id = {collection} AND p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL
    AND '' <> ALL (p.held_in) AND ({seller} IS NULL OR p.seller_id = {seller})
"""
# Of several offers of an article that are in a collection it shows the one that leads in the country.
_CHOSEN = "SELECT o.product_id FROM catalog_collectionentry o WHERE o.collection_id = e.collection_id"
_LED_IN = f"""
CASE WHEN p.led_in IS NOT NULL THEN (SELECT array_agg(country) FROM catalog_lead l, unnest(l.countries) country
    WHERE l.product_id = p.id AND l.leader_id IN ({_CHOSEN})) END
"""  # noqa: S608 - an expression of ours
_IN_FORCE = """
{row}.is_published AND ({row}.from_on IS NULL OR {row}.from_on <= %(today)s)
    AND ({row}.until_on IS NULL OR {row}.until_on >= %(today)s)
"""
_TILES = """
SELECT c.id, c.slug, {title}, {intro}, c.picture, {alt}, c.countries, c.seller_id, m.shown
FROM catalog_collection c CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(p.held_in, p.card_image, {led_in}) ORDER BY e.position, e.id) AS shown {on_show}
) m WHERE {in_force} AND {whose} ORDER BY c.position, c.id LIMIT 500
"""
_HOUSES = """
(c.seller_id IS NULL OR EXISTS (
    SELECT FROM catalog_landingcollection l JOIN accounts_seller s ON s.id = c.seller_id
    WHERE l.collection_id = c.id AND s.status = 'approved'))
"""
_LANDINGS = """
SELECT l.id, l.countries, l.language, {title}, {lead}, {button}, l.button_address, l.picture, {alt}, {text},
    (SELECT array_agg(x.collection_id ORDER BY x.position, x.id) FROM catalog_landingcollection x WHERE x.page_id = l.id)
FROM catalog_landingpage l WHERE {which}
ORDER BY (l.language <> '') DESC, (l.countries <> '{{}}') DESC, l.position, l.id LIMIT 500
"""
_COLLECTION = """
SELECT c.id, c.slug, {title}, {intro}, {body}, c.picture, {alt}, c.picture_width, c.picture_height, c.countries,
    c.seller_id, s.slug, s.name, {in_force} AND (s.id IS NULL OR s.status = 'approved'),
    (SELECT json_object_agg(e.product_id, {note}) FROM catalog_collectionentry e WHERE e.collection_id = c.id)
FROM catalog_collection c LEFT JOIN accounts_seller s ON s.id = c.seller_id WHERE c.slug = %(slug)s
"""
_ENTRIES = """
SELECT e.product_id, row_number() OVER (ORDER BY e.position, e.id) {on_show} AND %(country)s <> ALL (p.held_in)
    AND NOT {gives_way}
ORDER BY e.position, e.id LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Tile:
    """A collection where it is linked to. `count` is how many products shoppers of the country meet in it."""

    id: int
    url: str
    title: str
    intro: str
    image: str
    alt: str
    count: int


@dataclass(frozen=True, slots=True)
class Landing:
    """What stands at the head of the first page; `text` is safe HTML, `address` is within the language."""

    id: int
    title: str
    lead: str
    button: str
    address: str
    picture: str
    alt: str
    text: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Collected:
    """A collection for its own page; `notes` by the key of the product, `body` is safe HTML."""

    id: int
    slug: str
    title: str
    intro: str
    body: str
    picture: str
    alt: str
    picture_width: int | None
    picture_height: int | None
    countries: tuple[str, ...]
    seller_id: int | None
    seller_slug: str | None
    seller_name: str | None
    in_force: bool
    notes: Mapping[str, str]

    def is_shown_in(self, country: str) -> bool:
        """Whether shoppers of the country may read it."""
        return self.in_force and (not self.countries or country in self.countries)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The rows of one language as the database has them."""

    tiles: tuple[tuple[Any, ...], ...]
    landings: tuple[tuple[Any, ...], ...]
    made_at: float


_kept: dict[str, _Kept] = {}


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()


def house_tiles(region: Region) -> tuple[Tile, ...]:
    """The collections of the house that shoppers meet in their country. No query when kept."""
    return _tiles([row for row in _read(region.language).tiles if row[7] is None], region)[:MOST_TILES]


def tiles_of_seller(seller_id: int, region: Region) -> tuple[Tile, ...]:
    """The collections of a seller that shoppers meet in their country. One query."""
    rows = _rows(_tiles_sql(region.language, "c.seller_id = %(seller)s"), {"seller": seller_id})
    return _tiles(rows, region)


def landing_for(region: Region) -> Landing | None:
    """What stands at the head of the first page for a country and language, None for the house's own words.

    The page for the language goes before one for all, the one that names the country before one for every country.
    No query when kept.
    """
    kept = _read(region.language)
    for row in kept.landings:
        if (not row[1] or region.country in row[1]) and row[2] in ("", region.language):
            return _landing(row, kept.tiles, region)
    return None


def landing_by_id(key: int, region: Region) -> Landing | None:
    """A page as its shoppers will meet it, in force or not. One query."""
    rows = _rows(_landings_sql(region.language, "l.id = %(key)s"), {"key": key})
    return _landing(rows[0], _read(region.language).tiles, region) if rows else None


def collected(slug: str, language: str) -> Collected | None:
    """A collection with its texts in `language`, in force or not. One query."""
    texts = {name: _text(f"c.{name}", language) for name in ("title", "intro", "body")}
    sql = _COLLECTION.format(
        **texts,
        alt=_text("c.picture_alt", language),
        note=_text("e.note", language),
        in_force=_IN_FORCE.format(row="c"),
    )
    rows = _rows(sql, {"slug": slug})
    if not rows:
        return None
    *told, countries, seller_id, seller_slug, seller_name, in_force, notes = rows[0]
    return Collected(
        *told,
        countries=tuple(countries),
        seller_id=seller_id,
        seller_slug=seller_slug,
        seller_name=seller_name,
        in_force=in_force,
        notes=notes or {},
    )


def cards_of(one: Collected, region: Region, prices: Prices) -> list[Card]:
    """The products of a collection that shoppers of the country meet, in order. One query."""
    on_show = _ON_SHOW.format(collection="%(collection)s", seller="%(seller)s::bigint")
    asked = {"collection": one.id, "seller": one.seller_id, "country": region.country}
    sql = _ENTRIES.format(on_show=on_show, gives_way=gives_way("p", _CHOSEN), most=MOST_ENTRIES)
    return cards(Source(sql, asked), region, prices)


def _read(language: str) -> _Kept:
    kept = _kept.get(language)
    if kept is None or time.monotonic() - kept.made_at > _SECONDS:
        tiles = _rows(_tiles_sql(language, _HOUSES))
        landings = _rows(_landings_sql(language, _IN_FORCE.format(row="l")))
        kept = _kept[language] = _Kept(tuple(tiles), tuple(landings), time.monotonic())
    return kept


def _rows(sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"today": clock.today(), **(parameters or {})})
        return list(cursor.fetchall())


def _tiles_sql(language: str, whose: str) -> str:
    return _TILES.format(
        title=_text("c.title", language), intro=_text("c.intro", language), alt=_text("c.picture_alt", language),
        on_show=_ON_SHOW.format(collection="c.id", seller="c.seller_id"), in_force=_IN_FORCE.format(row="c"),
        whose=whose, led_in=_LED_IN,
    )  # fmt: skip


def _landings_sql(language: str, which: str) -> str:
    texts = {name: _text(f"l.{name}", language) for name in ("title", "lead", "button", "text")}
    return _LANDINGS.format(**texts, alt=_text("l.picture_alt", language), which=which)


def _text(column: str, language: str) -> str:
    """SQL for a text in `language`, or in the source language where it is missing."""
    return f"COALESCE(NULLIF({text_column(column, language)}, ''), {column}_en, '')"


def _tiles(rows: Sequence[tuple[Any, ...]], region: Region) -> tuple[Tile, ...]:
    """Those of `rows` in which a shopper of the country finds something."""
    found = []
    for key, slug, title, intro, picture, alt, countries, _seller, products in rows:
        images = [
            image
            for held, image, led in products or ()
            if not is_held(held, region.country) and region.country not in (led or ())
        ]
        if images and (not countries or region.country in countries):
            image = picture or next(filter(None, images), "")
            address = reverse("collection", args=[slug])
            found.append(Tile(key, address, title, intro, image, alt if picture else "", len(images)))
    return tuple(found)


def _landing(row: tuple[Any, ...], tiles: Sequence[tuple[Any, ...]], region: Region) -> Landing:
    key, _countries, _language, title, lead, button, address, picture, alt, text, chosen = row
    by_key = {tile[0]: tile for tile in tiles}
    mine = _tiles([by_key[one] for one in chosen or () if one in by_key], region)
    home = reverse("home").rstrip("/")
    return Landing(key, title, lead, button, f"{home}{address}" if address else "", picture, alt, text, mine)
