"""All variants of a product as one table: what each combination of choices costs at the door, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from moneyed import Money

from catalog.selectors.prices import Delivered, Goods, Prices
from marketplace.kernel.region import Region

MOST = 300  # variants; a table of more says less than the choices above it
LARGE = 12  # combinations, beyond which the table is folded


class Value(Protocol):
    """A choice of an option of the product."""

    @property
    def option_name(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


class Stocked(NamedTuple):
    """A variant on sale, the keys of its choices, and the pieces that can be promised."""

    variant_id: int
    value_ids: Sequence[int]
    left: int
    goods: Goods


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination, its prices in the reader's currency."""

    variant_id: int
    price: Money
    landed: Delivered | None
    left: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """The combinations with one choice of the first option; None where there is no such variant."""

    name: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table. `columns` are the choices of the second option, a nameless one where there is no second; `fixed` is
    the choice of a third option that the table is for, "" where there is none."""

    row_option: str
    column_option: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    fixed: str

    @property
    def is_large(self) -> bool:
        """Whether it is better folded."""
        return len(self.columns) * len(self.rows) > LARGE


def matrix_of(
    values: Sequence[Value], variants: Sequence[Stocked], mine: Sequence[int], region: Region, prices: Prices
) -> Matrix | None:
    """The table of `variants` around the one in view, whose choices are `mine`. No query.

    The option with more choices goes down the page. None for a single variant, and for more than `MOST`.
    """
    options: dict[int, list[Value]] = {}
    for value in values:
        options.setdefault(value.position, []).append(value)
    fixed = next((value for value in options.get(3, ()) if value.id in mine), None)
    shown = [variant for variant in variants if fixed is None or fixed.id in variant.value_ids]
    if not options or not 1 < len(shown) <= MOST:
        return None
    first, second = sorted((options.get(1, []), options.get(2, [])), key=len, reverse=True)
    cells = {frozenset(variant.value_ids): cell for variant, cell in _cells(shown, mine, region, prices)}
    always = {fixed.id} if fixed else set()
    rows = tuple(
        MatrixRow(down.name, tuple(cells.get(frozenset({down.id, *across, *always})) for across in _keys(second)))
        for down in first
    )
    kept = tuple(row for row in rows if any(row.cells))
    across_name = second[0].option_name if second else ""
    columns = tuple(value.name for value in second) or ("",)
    return Matrix(first[0].option_name, across_name, columns, kept, fixed.name if fixed else "") if kept else None


def _keys(values: Sequence[Value]) -> list[tuple[int, ...]]:
    return [(value.id,) for value in values] or [()]


def _cells(
    variants: Sequence[Stocked], mine: Sequence[int], region: Region, prices: Prices
) -> list[tuple[Stocked, Cell]]:
    """Variants that cost and weigh the same are asked for once."""
    alike = [(variant, replace(variant.goods, sku="")) for variant in variants]
    asked = list(dict.fromkeys(goods for _variant, goods in alike))
    found = dict(zip(asked, prices.delivered(asked, region), strict=True))
    return [
        (
            variant,
            Cell(
                variant.variant_id,
                prices.price_for(goods.price, goods.terms, region.country, region.currency).amount,
                found[goods],
                variant.left,
                frozenset(variant.value_ids) == frozenset(mine),
            ),
        )
        for variant, goods in alike
    ]
