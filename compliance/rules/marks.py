"""What rules may say of goods beside their HS code: a closed list of words, so that a misspelt one is refused.

A listing says its traits; the others follow from what it says of its battery and of protected species.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

TRAITS: Final = frozenset({
    "electronics", "battery", "lithium", "liquid", "blade", "food_contact", "animal", "plant", "children", "toy",
    "textile", "furniture", "paper", "cosmetic", "packaging",
})  # fmt: skip
# What a listing says by the name of its column; where nobody has said it, the customs code may.
SAID: Final = {
    "is_electronic": "electronics",
    "is_liquid": "liquid",
    "has_blade": "blade",
    "touches_food": "food_contact",
    "has_animal_material": "animal",
    "has_plant_material": "plant",
    "is_for_children": "children",
}
BATTERIES: Final = frozenset({"li_ion_inside", "li_ion_loose", "li_metal_inside", "li_metal_loose"})
PROTECTED_SPECIES: Final = "protected_species"
MARKS: Final = TRAITS | BATTERIES | {PROTECTED_SPECIES}

# What a listing has to say or have somewhere; each is asked by one check.
REQUIREMENTS: Final = frozenset({
    "manufacturer", "responsible_person", "identification", "warnings", "warnings_said", "ce_declaration",
    "safety_certificate", "energy_label", "age_grading", "prior_price",
})  # fmt: skip


@lru_cache(maxsize=4096)
def marks_of(traits: frozenset[str], battery: str, has_lithium: bool, is_protected: bool) -> frozenset[str]:
    """Every mark of goods: all of them are packed, and a lithium battery is a battery."""
    marks = {*traits, "packaging"}
    if battery in BATTERIES:
        marks |= {battery, "lithium", "battery"}
    elif battery not in ("", "none"):
        marks.add("battery")
    if has_lithium:
        marks |= {"lithium", "battery"}
    if is_protected:
        marks.add(PROTECTED_SPECIES)
    return frozenset(marks)
