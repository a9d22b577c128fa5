"""What has to be shown of goods before they are bought (Regulation (EU) 2023/988, article 19), in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.models.text_triggers import in_language
from catalog.selectors.navigation import text_column

# Of texts for safety only those of the seller, and translations that were reviewed, are shown.
# One object of JSON, null for a listing without facts; documents and their names are nobody's business here.
_SAFETY: Final = """
(SELECT json_build_object('model', f.model_identifier, 'age', f.age_from, 'energy_label', f.energy_label,
    'needs_no_warnings', f.has_no_warnings, 'own', p.source_language,
    'warnings', f.{warnings}, 'warnings_en', f.warnings_en, 'warnings_own', {own_warnings},
    'instructions', f.{instructions}, 'instructions_en', f.instructions_en, 'instructions_own', {own_instructions},
    'reviewed', (SELECT json_agg(s.field || ' ' || s.language) FROM catalog_textstate s WHERE s.product_id = p.id
                 AND s.field IN ('warnings', 'instructions') AND s.language IN ('{language}', 'en') AND s.state = 'reviewed'),
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
    """Warnings or instructions, in the language of the page, or else in English, or else in the seller's own."""

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
    own = {f"own_{name}": in_language("f", name, "p.source_language") for name in ("warnings", "instructions")}
    return _SAFETY.format(
        warnings=text_column("warnings", language), instructions=text_column("instructions", language),
        language=language, **own,
    )  # fmt: skip


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
    own, reviewed = found["own"], found["reviewed"] or ()
    for text, code in ((found[name], language), (found[f"{name}_en"], "en"), (found[f"{name}_own"], own)):
        if text and text.strip() and (code == own or f"{name} {code}" in reviewed):
            return SafetyText(text.strip(), code)
    return None


def _contact(values: list[str | None]) -> Contact | None:
    return Contact(*(value or "" for value in values)) if values[0] else None
