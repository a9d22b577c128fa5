"""How many products a list has by seller, origin, brand and stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many products each filter would leave, the others applied.

    `scored` are those by seller before it was asked how reliably one sends.

    Two of them are never equal: what was made for one is found again by the object itself. Where they are `capped`, the
    names are right but nobody has counted them: there are at least `total`, or, with other filters beside, some.
    """

    total: int
    in_stock: int
    sellers: Mapping[int, int]
    origins: Mapping[str, int]
    brands: Mapping[str, int] = field(default_factory=dict)
    scored: Mapping[int, int] = field(default_factory=dict)
    capped: bool = False
    attributes: Mapping[str, int | None] = field(default_factory=dict)  # by token; None is not counted
    categories: Mapping[int, int] = field(default_factory=dict)  # of searches, by the category that the products lie in


class Goods(Protocol):
    """What a choice is made by."""

    @property
    def seller(self) -> int: ...
    @property
    def origin(self) -> str: ...
    @property
    def brand(self) -> str: ...
    @property
    def in_stock(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a list is chosen, all of it where nothing is said; `reliable` are the sellers who send well enough."""

    sellers: Collection[int] = ()
    origins: Collection[str] = ()
    brands: Collection[str] = ()
    in_stock: bool = False
    reliable: Collection[int] | None = None
    categories: Collection[int] | None = None

    def admits(self, category: int) -> bool:
        """Whether the category is among those chosen."""
        return self.categories is None or category in self.categories

    @property
    def shows_every_offer(self) -> bool:
        """Whether something is asked that the leading offer of an article may not have, so that each stands by itself."""
        return bool(self.sellers or self.origins or self.brands or self.categories is not None) or (
            self.reliable is not None
        )

    def passed(self, goods: Goods) -> tuple[bool, bool, bool, bool, bool]:
        """Whether the goods pass the filter of the seller, origin, brand, stock and reliability."""
        return (
            not self.sellers or goods.seller in self.sellers,
            not self.origins or goods.origin in self.origins,
            not self.brands or goods.brand in self.brands,
            goods.in_stock or not self.in_stock,
            self.reliable is None or goods.seller in self.reliable,
        )


_EVERYTHING: Final = Choice()


class _Cell(NamedTuple):
    """The live products of one seller, origin and brand that are in stock, or of those that are not."""

    seller: int
    origin: str
    in_stock: bool
    products: int
    brand: str = ""


class _Held(NamedTuple):
    """Products of a cell that are held, and the countries in which nobody meets them."""

    seller: int
    origin: str
    in_stock: bool
    products: int
    countries: str
    brand: str = ""


class Cells:
    """The counts that a worker keeps for a category, from which those for any filters but prices follow.

    `led` are how many products give way to another offer of their article, and how many of these are in stock: they are
    not among those shown until somebody chooses what the leading offer may not have.
    """

    __slots__ = ("_cells", "_held", "_held_tokens", "_led_in", "_tokens", "_within", "led", "unfiltered")

    def __init__(self, facets: Mapping[str, Any]) -> None:
        # "cells" and "held" are those of an earlier release, which knew no brands.
        self._cells = [_Cell(*cell) for cell in facets.get("branded") or facets.get("cells") or ()]
        self._held = [_Held(*cell) for cell in facets.get("branded_held") or facets.get("held") or ()]
        self._tokens: Mapping[str, int] = facets.get("attributes") or {}
        self._held_tokens: Mapping[str, Mapping[str, int]] = facets.get("held_attributes") or {}
        self._led_in: Mapping[str, Sequence[int]] = facets.get("led_in") or {}
        self.led: Sequence[int] = facets.get("led") or (0, 0)
        self._within: dict[str, Cells] = {}
        self.unfiltered = self.counts()

    def within(self, country: str) -> Cells:
        """The counts without what is held in the country, and with what gives way there: the same object each time, and
        this one if nothing does.
        """
        found = self._within.get(country)
        if found is None:
            held = [cell for cell in self._held if country in cell.countries.split()]
            led = self._led_in.get(country, self._led_in.get(""))
            found = self._without(held, self._held_tokens.get(country, {}), led) if held or led else self
            self._within[country] = found
        return found

    def _without(self, held: Sequence[_Held], held_tokens: Mapping[str, int], led: Sequence[int] | None) -> Cells:
        away = Counter[tuple[int, str, bool, str]]()
        for cell in held:
            away[(*cell[:3], cell.brand)] += cell.products
        tokens = {token: shown for token, n in self._tokens.items() if (shown := n - held_tokens.get(token, 0)) > 0}
        left = (cell._replace(products=cell.products - away[(*cell[:3], cell.brand)]) for cell in self._cells)
        return Cells({"branded": [cell for cell in left if cell.products > 0], "attributes": tokens, "led": led})

    def counts(self, choice: Choice = _EVERYTHING) -> Counts:
        """The counts with the filters set."""
        total = stocked = 0
        sellers, origins, brands, scored = Counter[int](), Counter[str](), Counter[str](), Counter[int]()
        for cell in self._cells:
            of_seller, of_origin, of_brand, of_stock, of_score = passed = choice.passed(cell)
            missed = passed.count(False)
            if missed > 1:
                continue
            total += 0 if missed else cell.products
            stocked += cell.products if cell.in_stock and (not missed or not of_stock) else 0
            if not missed or not of_seller:
                sellers[cell.seller] += cell.products
            if cell.origin and (not missed or not of_origin):
                origins[cell.origin] += cell.products
            if cell.brand and (not missed or not of_brand):
                brands[cell.brand] += cell.products
            if not missed or not of_score:
                scored[cell.seller] += cell.products
        if not choice.shows_every_offer:
            led, led_in_stock = self.led
            total -= led_in_stock if choice.in_stock else led
            stocked -= led_in_stock
        return Counts(total, stocked, sellers, origins, brands, scored, attributes=self._tokens)
