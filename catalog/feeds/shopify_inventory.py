"""Reads an inventory export of Shopify: how many pieces of a variant lie in which location, its customs code and origin.

The newer layout has a row for each location, the older one a column for each. What the seller wrote into "On hand (new)"
comes first; else what is available counts, since the pieces that are committed belong to orders of the other shop.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from datetime import date
from typing import Final

from catalog.feeds import cells
from catalog.feeds.bad_rows import BadListing, Gathering, left_out, overlong
from catalog.feeds.listing import LeftOut, Stocked
from catalog.feeds.tables import Row, Table

_PIECES: Final = (
    "on hand (new)",
    "available (new)",
    "available",
    "available (not editable)",
    "on hand",
    "on hand (current)",
)
_OWN: Final = re.compile(r"handle|title|sku|hs code|coo|option[123] (name|value)|location|bin name|column \d+|")
_PRICES: Final = frozenset({"variant price", "price"})


def matches(names: frozenset[str]) -> bool:
    """Whether a file with these columns is an inventory of Shopify."""
    return {"handle", "sku", "hs code", "coo"} <= names and not names & _PRICES


def listings(table: Table, *, currency: str, on: date) -> Generator[Stocked | LeftOut]:
    """What each row says of a variant and, in their places, why rows were left out."""
    locations = [] if "location" in table.names else [name for name in table.names if not _OWN.fullmatch(name)]
    for line, row in table.rows:
        said = {name: name for name in locations} or {row.get("location", ""): _said(row)}
        try:
            with Gathering() as bad:
                bad.add(overlong(table, [line]))
                sku = bad.cell(cells.sku, line, row, "sku")
                places = tuple(_places(line, row, said, bad))
        except BadListing as wrong:
            yield left_out(row["handle"], wrong)
            continue
        yield Stocked(
            handle=row["handle"],
            sku=sku,
            values=_values(row),
            places=places,
            hs_code=cells.hs_code(row["hs code"]),
            origin=cells.country(row["coo"]),
            line=line,
        )


def _said(row: Row) -> str:
    """The column that says how many pieces there are."""
    return next((name for name in _PIECES if row.get(name)), "")


def _places(line: int, row: Row, said: Mapping[str, str], bad: Gathering) -> Iterator[tuple[str, int]]:
    for location, name in said.items():
        text = row.get(name, "")
        if text and text.lower() != "not stocked":
            yield location, bad.cell(cells.pieces, line, row, name)


def _values(row: Row) -> tuple[str, ...]:
    if row.get("option1 name", "").lower() == "title" and row.get("option1 value", "").lower() == "default title":
        return ()
    return tuple(value for number in (1, 2, 3) if (value := row.get(f"option{number} value", "")))
