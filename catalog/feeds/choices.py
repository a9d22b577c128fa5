"""What tells the variants of a listing apart in feeds for Google and Facebook.

Both know variants that differ in colour, size, material or pattern. Any other option is a detail of the product for
Google, which parts section, name and value by colons, and a further attribute of variants for Facebook, which parts
name and value by a colon and one from the next by a comma. It stands in the title as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from catalog.feeds.markup_tables import SEVERAL
from catalog.feeds.tables import Row

DETAIL: Final = "detail: "  # before the name of an option that has no attribute of its own
SECTION: Final = "Options"
_CALLED: Final = {
    name: attribute
    for attribute, names in {
        "color": "colour|color|farbe|couleur|coloris|颜色|顏色|色|カラー|اللون|لون",
        "size": "size|ring size|shoe size|length|größe|grösse|ringgröße|schuhgröße|länge|taille|"
                "pointure|longueur|tour de doigt|talla|tamaño|"
                "longitud|largo|número|尺码|尺寸|大小|长度|サイズ|大きさ|長さ|المقاس|مقاس|الحجم|حجم|الطول|طول",
        "material": "material|fabric|werkstoff|stoff|matière|matériau|tissu|tela|材质|材料|素材|المادة|الخامة",
        "pattern": "pattern|muster|motif|estampado|patrón|图案|花纹|柄|模様|パターン|النقش|النمط",
    }.items()
    for name in names.split("|")
}  # fmt: skip
_IN_XML: Final = re.compile(r"(?:.* )?attribute_name=(.*) attribute_value=(.*)", re.DOTALL)


def attribute_of(names: Iterable[str]) -> str:
    """The attribute that an option is by one of its names, in any of our languages; empty where it is none."""
    return next((_CALLED[name] for each in names if (name := each.strip().lower()) in _CALLED), "")


def title_ending(choices: Iterable[str]) -> str:
    """What stands behind the name of a listing in the title of a variant."""
    return "".join(f" – {choice}" for choice in choices)


def without_ending(title: str, choices: Iterable[str]) -> str:
    """A title without what `title_ending` put there, though colons and commas of a choice became blanks meanwhile."""
    ending = re.escape(title_ending(choices)).replace(r"\ ", r"[\s:,]+")
    return re.sub(f"(?<=.){ending}$", "", title)


def further_attribute(details: Iterable[tuple[str, str]]) -> str:
    """The cell of Facebook's `additional_variant_attribute`; colons and commas in names and values become blanks."""
    return ", ".join(":".join(re.sub(r"\s*[:,]\s*", " ", part) for part in detail) for detail in details)


def details_of(row: Row) -> Iterator[tuple[str, str]]:
    """The details and further attributes of a row as (option, choice)."""
    for text in filter(None, row.get("product_detail", "").split(SEVERAL)):
        if found := _IN_XML.fullmatch(text):
            yield found[1].strip(), found[2].strip()
        elif text.count(":") >= 2:
            _section, name, value = text.split(":", 2)
            yield name.strip(), value.strip()
    for text in row.get("additional_variant_attribute", "").split(","):
        name, colon, value = text.partition(":")
        if colon:
            yield name.strip(), value.strip()


def with_details(row: Row) -> Row:
    """A row with a cell for each of its details."""
    if not row.get("product_detail") and not row.get("additional_variant_attribute"):
        return row
    return row | {f"{DETAIL}{name}": value for name, value in details_of(row) if name and value}
