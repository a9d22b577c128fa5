"""How many products a list has by seller, origin and stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many products each filter would leave, the others applied.

    Two of them are never equal: what was made for one is found again by the object itself. Where they are `capped`, the
    names are right but nobody has counted them: there are at least `total`, or, with other filters beside, some.
    """

    total: int
    in_stock: int
    sellers: Mapping[int, int]
    origins: Mapping[str, int]
    capped: bool = False
    attributes: Mapping[str, int | None] = field(default_factory=dict)  # by token; None is not counted


class _Cell(NamedTuple):
    """The live products of one seller and origin that are in stock, or of those that are not."""

    seller: int
    origin: str
    in_stock: bool
    products: int


class _Held(NamedTuple):
    """Products of a cell that are held, and the countries in which nobody meets them."""

    seller: int
    origin: str
    in_stock: bool
    products: int
    countries: str


class Cells:
    """The counts that a worker keeps for a category, from which those for any filters but prices follow."""

    __slots__ = ("_cells", "_held", "_held_tokens", "_tokens", "_within", "unfiltered")

    def __init__(self, facets: Mapping[str, Any]) -> None:
        self._cells = [_Cell(*cell) for cell in facets.get("cells") or ()]
        self._held = [_Held(*cell) for cell in facets.get("held") or ()]
        self._tokens: Mapping[str, int] = facets.get("attributes") or {}
        self._held_tokens: Mapping[str, Mapping[str, int]] = facets.get("held_attributes") or {}
        self._within: dict[str, Cells] = {}
        self.unfiltered = self.counts()

    def within(self, country: str) -> Cells:
        """The counts without what is held in the country: the same object each time, and this one if nothing is."""
        found = self._within.get(country)
        if found is None:
            held = [cell for cell in self._held if country in cell.countries.split()]
            found = self._within[country] = self._without(held, self._held_tokens.get(country, {})) if held else self
        return found

    def _without(self, held: Sequence[_Held], held_tokens: Mapping[str, int]) -> Cells:
        away = Counter[tuple[int, str, bool]]()
        for cell in held:
            away[cell[:3]] += cell.products
        tokens = {token: shown for token, n in self._tokens.items() if (shown := n - held_tokens.get(token, 0)) > 0}
        left = (cell._replace(products=cell.products - away[cell[:3]]) for cell in self._cells)
        return Cells({"cells": [cell for cell in left if cell.products > 0], "attributes": tokens})

    def counts(self, sellers: Collection[int] = (), origins: Collection[str] = (), in_stock: bool = False) -> Counts:
        """The counts with the filters set."""
        total = stocked = 0
        by_seller, by_origin = Counter[int](), Counter[str]()
        for cell in self._cells:
            of_seller, of_origin = not sellers or cell.seller in sellers, not origins or cell.origin in origins
            of_stock = cell.in_stock or not in_stock
            if of_seller and of_origin:
                total += cell.products if of_stock else 0
                stocked += cell.products if cell.in_stock else 0
            if of_origin and of_stock:
                by_seller[cell.seller] += cell.products
            if of_seller and of_stock and cell.origin:
                by_origin[cell.origin] += cell.products
        return Counts(total, stocked, by_seller, by_origin, attributes=self._tokens)
