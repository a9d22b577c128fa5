"""What has to be shown of goods before they are bought (Regulation (EU) 2023/988, article 19), in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.selectors.navigation import text_column

# One object of JSON, null for a listing without facts; documents and their names are nobody's business here.
_SAFETY: Final = """
(SELECT json_build_object('model', f.model_identifier, 'age', f.age_from, 'energy_label', f.energy_label,
    'needs_no_warnings', f.has_no_warnings, 'warnings', f.{warnings}, 'warnings_en', f.warnings_en,
    'instructions', f.{instructions}, 'instructions_en', f.instructions_en,
    'manufacturer', json_build_array(m.name, m.postal_address, m.country, m.electronic_address),
    'responsible', json_build_array(r.name, r.postal_address, r.country, r.electronic_address))
 FROM catalog_productfacts f LEFT JOIN catalog_economicoperator m ON m.id = f.manufacturer_id
 LEFT JOIN catalog_economicoperator r ON r.id = f.responsible_person_id WHERE f.product_id = p.id)
"""


@dataclass(frozen=True, slots=True)
class Contact:
    """A manufacturer or a responsible person. `link` leads to the electronic address."""

    name: str
    postal_address: str
    country: str
    electronic_address: str

    @property
    def link(self) -> str:
        """An address that a browser opens; empty for one that none can."""
        text = self.electronic_address
        if text.startswith(("https://", "http://")):
            return text
        return f"mailto:{text}" if "@" in text and " " not in text else ""


@dataclass(frozen=True, slots=True)
class SafetyText:
    """Warnings or instructions, in the language of the page or else in English."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Safety:
    """Who answers for the goods, and how to use them safely; None and empty where the seller has not said it."""

    model: str
    age: int | None
    energy_label: str
    needs_no_warnings: bool
    warnings: SafetyText | None
    instructions: SafetyText | None
    manufacturer: Contact | None
    responsible: Contact | None


def safety_column(language: str) -> str:
    """SQL for what `safety_of` reads, for a product `p`."""
    return _SAFETY.format(
        warnings=text_column("warnings", language), instructions=text_column("instructions", language)
    )


def safety_of(found: Mapping[str, Any] | None, language: str) -> Safety | None:
    """What `safety_column` found; None for a listing without facts."""
    if found is None:
        return None
    same = ("model", "age", "energy_label", "needs_no_warnings")
    return Safety(
        warnings=_text(found, "warnings", language),
        instructions=_text(found, "instructions", language),
        manufacturer=_contact(found["manufacturer"]),
        responsible=_contact(found["responsible"]),
        **{name: found[name] for name in same},
    )


def _text(found: Mapping[str, Any], name: str, language: str) -> SafetyText | None:
    for text, code in ((found[name], language), (found[f"{name}_en"], "en")):
        if text and text.strip():
            return SafetyText(text.strip(), code)
    return None


def _contact(values: list[str | None]) -> Contact | None:
    return Contact(*(value or "" for value in values)) if values[0] else None
