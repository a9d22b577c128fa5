"""A listing as any feed describes it, before it is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.feeds.overflow import Overflow


@dataclass(frozen=True, slots=True)
class FeedPrice:
    """What a variant costs in a country, or without one wherever the currency is read; None takes the price back.

    The price before stays what it is where the feed says nothing of it (`keeps_before`).
    """

    country: str
    currency: str
    amount: Decimal | None
    compare_at: Decimal | None = None
    keeps_before: bool = True


@dataclass(frozen=True, slots=True)
class FeedVariant:
    """One thing to buy. `weight_grams` is None when unknown; `pieces` is None when the seller does not count them.
    With `keeps_pieces` the file has no word on them: they are those of a new variant, and of a known one stay what they are.

    `prices` are those that the seller asks in other currencies than that of the listing, as (currency, amount). Our own
    table alone says `markets`, `tiers` as (from how many pieces, price of one), `terms` as (column, value) and `parts` of a
    bundle as (pieces, which variant); a None in the first three takes back what there was, and so does a bundle of nothing.
    """

    values: tuple[str, ...]
    price: Decimal
    compare_at: Decimal | None
    sku: str
    gtin: str
    weight_grams: int | None
    pieces: int | None
    image: str
    line: int
    prices: tuple[tuple[str, Decimal], ...] = ()
    markets: tuple[FeedPrice, ...] = ()
    tiers: tuple[tuple[int, Decimal | None], ...] = ()
    terms: tuple[tuple[str, Any], ...] = ()
    parts: tuple[tuple[int, str], ...] | None = None
    keeps_pieces: bool = False


@dataclass(frozen=True, slots=True)
class FeedName:
    """What a choice is called in a language, even if nothing: the place of its option, and its code; "" for the option."""

    place: int
    code: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class FeedImage:
    """A picture by its address. `alts` are (language, text) where our own table says it, even of empty ones, with "" for the
    language of the listing.
    """

    url: str
    position: int
    alt: str
    alts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FeedText:
    """The texts of a listing in another language than its own: a code of our languages, a title, safe HTML."""

    language: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class FeedCell:
    """What stands in a column of an attribute: `name` is our name for the column, `column` that of the file."""

    name: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class FeedListing:
    """One product of a feed, cleaned: `description` is safe HTML, `options` are the names of at most three choices.

    `hs_code` and `origin` are empty where the feed does not say them. `cells` are the columns of attributes, empty ones
    too; whoever knows the attributes makes `answers` of them, by code, as `catalog.attribute_cells.read` has them.
    `remarks` are sentences for the seller on what was left out or is not known; they are not part of the listing.
    `language` is that of title and description where the file or the seller says it: a code of our languages, empty else.
    """

    handle: str
    title: str
    description: str
    brand: str
    kind: str
    live: bool
    options: tuple[str, ...]
    variants: tuple[FeedVariant, ...]
    images: tuple[FeedImage, ...]
    line: int
    currency: str
    hs_code: str = ""
    origin: str = ""
    texts: tuple[FeedText, ...] = ()
    remarks: tuple[str, ...] = ()
    cells: tuple[FeedCell, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    archived: bool = False
    names: tuple[FeedName, ...] = ()
    language: str = ""

    @property
    def digest(self) -> str:
        """The same for the same listing, wherever it stands in the file."""
        parts = [
            self.handle,
            self.title,
            self.description,
            self.brand,
            self.kind,
            self.live,
            self.options,
            self.currency,
        ]
        parts += [(one.values, str(one.price), str(one.compare_at), one.sku, one.gtin, one.weight_grams, one.pieces, one.image)
                  for one in self.variants]  # fmt: skip
        parts += [(image.url, image.position, image.alt) for image in self.images]
        parts += [(one.values, one.prices) for one in self.variants if one.prices]
        if self.hs_code or self.origin or self.texts:
            parts += [self.hs_code, self.origin, *((one.language, one.title, one.description) for one in self.texts)]
        parts += [(one.values, one.markets, one.tiers, one.terms) for one in self.variants
                  if one.markets or one.tiers or one.terms]  # fmt: skip
        parts += [image.alts for image in self.images if image.alts]
        parts += ["archived"] if self.archived else []
        parts += [(one.values, one.parts) for one in self.variants if one.parts is not None]
        parts += [(one.place, one.code, one.language, one.text) for one in self.names]
        parts += [(one.values, "keeps") for one in self.variants if one.keeps_pieces]
        parts += ["language", self.language] if self.language else []
        if self.answers:
            parts += [json.dumps(self.answers, sort_keys=True)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence for the seller on a listing: the line of the file, counted from 1."""

    line: int
    handle: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowError(Remark):
    """Why a row can't be read; where a cell is to blame, its column in the file and what stands in it."""

    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A listing that is left out, for these faults in its rows, one at least."""

    rows: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class Translated:
    """Texts alone, for a listing that the shop knows by its handle."""

    handle: str
    texts: tuple[FeedText, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Stocked:
    """How many pieces of a variant lie where, as (location, pieces), and its customs code and origin where they are said.

    The variant is known by its SKU, or by the handle of its listing and its choices.
    """

    handle: str
    sku: str
    values: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    hs_code: str
    origin: str
    line: int


@dataclass(slots=True)
class FeedResult:
    """The counts at the end of an import: those of listings. `errors` are one for each fault, `remarks` on what went in.

    `language` is the one in which new listings count as written where the file does not say it.
    """

    products: int = 0
    variants: int = 0
    images: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    language: str = ""
    errors: Overflow[RowError] = field(default_factory=Overflow)
    remarks: Overflow[Remark] = field(default_factory=Overflow)

    @property
    def counts(self) -> dict[str, int]:
        """The counts by their names."""
        names = ("products", "variants", "images", "created", "updated", "unchanged", "rejected")
        return {name: getattr(self, name) for name in names}

    def reject(self, *rows: RowError) -> None:
        """One listing is left out, for these faults in its rows."""
        self.rejected += 1
        self.errors.extend(rows)
