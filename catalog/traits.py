"""What goods are, from what their listing says and from their customs code. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from compliance.rules.marks import SAID

# Goods of these codes are so whatever is said of them: the heading is about nothing else.
_ALWAYS: Final = {
    "toy": ("9503",),
    "children": ("9503",),
    "textile": ("61", "62", "63", "64"),
    "furniture": ("9401", "9402", "9403", "9404"),
    "paper": ("4802", "4810", "4817", "4820", "4902", "4909", "4910", "4911"),
    "cosmetic": ("3303", "3304", "3305", "3307", "340111", "340130"),
    "battery": ("8506", "8507"),
    "lithium": ("850650", "850760"),
}
# Goods of these codes are usually so; a seller who says that they are not is believed.
_UNLESS_DENIED: Final = {
    "electronics": (
        "8418", "8422", "8443", "8450", "8467", "8470", "8471", "8504", "8508", "8509", "8510", "8513", "8516", "8517",
        "8518", "8519", "8521", "8525", "8526", "8527", "8528", "8531", "8539", "8543", "940511", "940519", "940521",
        "940529", "940531", "940539", "940541", "940542", "940549",
    ),
    "blade": ("8211", "8214", "9307"),
    "food_contact": ("4419", "6911", "6912", "7323", "8215"),
    "animal": ("02", "03", "04", "05", "41", "42", "43", "51", "6403", "940171"),
    "plant": ("06", "07", "08", "09", "10", "11", "12", "13", "14", "44", "45", "46"),
}  # fmt: skip


def traits_of(hs_code: str, facts: Mapping[str, Any] | None, *, lithium: bool) -> frozenset[str]:
    """The traits (`compliance.rules.marks.TRAITS`) of goods.

    `hs_code` is empty when none is known, `facts` has the columns of `ProductFacts`, None in one or for all of them
    where nobody has said it; `lithium` is what the listing says of itself.
    """
    said = {trait: None if facts is None else facts.get(column) for column, trait in SAID.items()}
    found = {trait for trait, is_so in said.items() if is_so}
    found |= {trait for trait, codes in _ALWAYS.items() if hs_code.startswith(codes)}
    found |= {trait for trait, codes in _UNLESS_DENIED.items() if said.get(trait) is None and hs_code.startswith(codes)}
    if lithium:
        found |= {"lithium", "battery"}
    return frozenset(found)
