"""How many products a list has by seller, origin and stock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many products each filter would leave, the others applied.

    Two of them are never equal: what was made for one is found again by the object itself.
    """

    total: int
    in_stock: int
    sellers: Mapping[int, int]
    origins: Mapping[str, int]

    @classmethod
    def kept(cls, facets: Mapping[str, Any]) -> Counts:
        """The counts that a worker keeps for a category without filters, as its row has them."""
        return cls(
            int(facets.get("total", 0)),
            int(facets.get("stock", 0)),
            {int(key): value for key, value in (facets.get("sellers") or {}).items()},
            dict(facets.get("origins") or {}),
        )
