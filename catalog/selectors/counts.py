"""How many products a list has by seller, origin and stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many products each filter would leave, the others applied.

    Two of them are never equal: what was made for one is found again by the object itself.
    """

    total: int
    in_stock: int
    sellers: Mapping[int, int]
    origins: Mapping[str, int]


class _Cell(NamedTuple):
    """The live products of one seller and origin that are in stock, or of those that are not."""

    seller: int
    origin: str
    in_stock: bool
    products: int


class Cells:
    """The counts that a worker keeps for a category, from which those for any filters but prices follow."""

    __slots__ = ("_cells", "unfiltered")

    def __init__(self, facets: Mapping[str, Any]) -> None:
        self._cells = [_Cell(*cell) for cell in facets.get("cells") or ()]
        self.unfiltered = self.counts()

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
        return Counts(total, stocked, by_seller, by_origin)
