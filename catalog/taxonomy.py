"""Reads the files of Shopify's Standard Product Taxonomy: categories, attributes and values, in every language that is there.

A line is "gid://shopify/TaxonomyCategory/ap-2-1 : Animals > Pet Supplies > Bird Supplies"; the id tells what stands above.
Files may be gzipped. A language without a file is filled from ours in catalog/data, where there is one.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.kernel.errors import Refused

DATA: Final = Path(__file__).parent / "data"
SOURCE: Final = "en"
_FILES: Final = {"zh-hans": "zh-CN"}
_MARK: Final = "gid://shopify/Taxonomy"


@dataclass(frozen=True, slots=True)
class Node:
    """A category, with its name by language; `above` is the id of the one that it stands below, empty at the top."""

    id: str
    above: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """An attribute with the names of its values by language, and the categories that ask it."""

    id: str
    names: dict[str, str]
    is_filter: bool
    is_colour: bool
    categories: list[str] = field(default_factory=list)
    values: dict[str, dict[str, str]] = field(default_factory=dict)


def categories(folder: Path, only: Iterable[str] = ()) -> list[Node]:
    """The categories in the order of the files, those above first; of some verticals, such as "aa", if `only` names any.

    Raises `Refused`: "no_taxonomy", "unknown_vertical".
    """
    lines = {language: dict(_lines(folder, "categories", language)) for language, _name in settings.LANGUAGES}
    if not lines[SOURCE]:
        raise Refused("no_taxonomy", _("The folder has no file of categories in English."))
    lines["ar"] = lines["ar"] or {row["id"]: row["name"] for row in _table("taxonomy_ar.csv")}
    chosen = set(only)
    if unknown := sorted(chosen - {key for key in lines[SOURCE] if "-" not in key}):
        raise Refused("unknown_vertical", _("The taxonomy has no vertical “%(name)s”.") % {"name": unknown[0]})
    return [
        Node(key, key.rpartition("-")[0], {language: _last(key, found) for language, found in lines.items() if key in found})
        for key in lines[SOURCE] if not chosen or key.partition("-")[0] in chosen
    ]  # fmt: skip


def questions(folder: Path, known: Iterable[str]) -> list[Question]:
    """The attributes that catalog/data/taxonomy_sets.csv binds to categories of `known`, with all their values."""
    there = set(known)
    names = {language: dict(_lines(folder, "attributes", language)) for language, _name in settings.LANGUAGES}
    found: dict[str, Question] = {}
    for row in _table("taxonomy_sets.csv"):
        key = row["attribute"]
        if row["category"] not in there or key not in names[SOURCE]:
            continue
        mine = {language: lines[key] for language, lines in names.items() if key in lines} | {"ar": row["name_ar"]}
        one = found.setdefault(key, Question(key, mine, row["filter"] == "yes", row["kind"] == "colour"))
        one.categories.append(row["category"])
    by_name = {one.names[SOURCE]: one for one in found.values()}
    values = {language: dict(_lines(folder, "attribute_values", language)) for language, _name in settings.LANGUAGES}
    for key, line in values[SOURCE].items():
        owner = by_name.get(_owner(line))
        if owner is not None:
            owner.values[key] = {language: _value(lines[key]) for language, lines in values.items() if key in lines}
    return list(found.values())


def swatches() -> dict[str, str]:
    """How the colours of the taxonomy look, by the id of the value."""
    return {row["value"]: row["swatch"] for row in _table("taxonomy_swatches.csv")}


def _lines(folder: Path, kind: str, language: str) -> Iterator[tuple[str, str]]:
    """Id and text of each line of a file; nothing where there is no such file."""
    name = f"{kind}.{_FILES.get(language, language)}.txt"
    path = next((each for each in (folder / name, folder / f"{name}.gz") if each.is_file()), None)
    if path is None:
        return
    with (
        gzip.open(path, "rt", encoding="utf-8-sig")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8-sig") as lines
    ):
        for line in lines:
            key, colon, text = line.partition(" : ")
            if colon and key.startswith(_MARK):
                yield key.rpartition("/")[2].strip(), text.strip()


def _last(key: str, found: dict[str, str]) -> str:
    """The name of a category alone, without those above it."""
    whole, above = found[key], found.get(key.rpartition("-")[0])
    return whole[len(above) + 3 :] if above and whole.startswith(f"{above} > ") else whole.rpartition(" > ")[2]


def _owner(line: str) -> str:
    return line.rpartition(" [")[2].removesuffix("]")


def _value(line: str) -> str:
    return line.rpartition(" [")[0]


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
