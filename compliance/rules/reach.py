"""Which goods rules name, so that after a change only the listings concerned are looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

# The tables by which a listing is screened.
SCREENED_BY: Final = ("restrictions", "epr_schemes", "product_rules", "forbidden_claims", "group_members")


@dataclass(frozen=True, slots=True)
class Reach:
    """Goods whose code begins with one of `hs_prefixes` or that have one of `marks`; or all goods."""

    is_everything: bool = False
    hs_prefixes: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    def includes(self, hs_code: str, marks: frozenset[str]) -> bool:
        """Whether goods with a code and marks are among them."""
        prefixes = tuple(self.hs_prefixes)
        return self.is_everything or hs_code.startswith(prefixes) or not self.marks.isdisjoint(marks)


def reach_of(rows: Iterable[Mapping[str, Any]]) -> Reach:
    """The goods that one of the rows names; a row that names none rules on all of them."""
    is_everything = False
    prefixes: set[str] = set()
    marks: set[str] = set()
    for row in rows:
        own = {*(row.get("traits") or "").split(), *(["lithium"] if row.get("lithium") else [])}
        codes = (row.get("hs_prefixes") or "").split()
        is_everything |= (not own and not codes) or "packaging" in own
        marks |= own
        prefixes.update(codes)
    return Reach(is_everything, frozenset(prefixes), frozenset(marks))
