"""Reads the files of Shopify's Standard Product Taxonomy: categories, attributes and values, in every language that is there.

A line is "gid://shopify/TaxonomyCategory/ap-2-1 : Animals > Pet Supplies > Bird Supplies"; the id tells what stands above.
Files may be gzipped. A language without a file is filled from ours in catalog/data, where there is one.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.kernel.errors import Refused

DATA: Final = Path(__file__).parent / "data"
SOURCE: Final = "en"
_FILES: Final = {"zh-hans": "zh-CN"}
_MARKS: Final = {
    kind: f"gid://shopify/Taxonomy{name}/"
    for kind, name in (("categories", "Category"), ("attributes", "Attribute"), ("attribute_values", "Value"))
}
_KEY: Final = re.compile(r"(?=.{2,40}$)[a-z]+(-[0-9]+)*")


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

    Raises `Refused`: "no_taxonomy", "unknown_vertical", "damaged_taxonomy".
    """
    lines = {language: _lines(folder, "categories", language) for language, _name in settings.LANGUAGES}
    if not lines[SOURCE]:
        raise Refused("no_taxonomy", _("The folder has no file of categories in English."))
    lines["ar"] = lines["ar"] or {row["id"]: row["name"] for row in _table("taxonomy_ar.csv")}
    _check(lines[SOURCE])
    chosen = set(only)
    if unknown := sorted(chosen - {key for key in lines[SOURCE] if "-" not in key}):
        raise Refused("unknown_vertical", _("The taxonomy has no vertical “%(name)s”.") % {"name": unknown[0]})
    return [
        Node(key, key.rpartition("-")[0], {language: _last(key, found) for language, found in lines.items() if key in found})
        for key in sorted(lines[SOURCE], key=lambda key: key.count("-")) if not chosen or key.partition("-")[0] in chosen
    ]  # fmt: skip


def _check(found: Mapping[str, str]) -> None:
    """Raises `Refused` for a category whose key is none, that has no name, or above which one is missing."""
    for key in found:
        above = key.rpartition("-")[0]
        if _KEY.fullmatch(key) is None:
            message = _("“%(key)s” is no key of a category of the taxonomy.")
        elif not _last(key, found):
            message = _("The category “%(key)s” has no name in the taxonomy.")
        elif above and above not in found:
            message = _("Above the category “%(key)s” stands none in the taxonomy: the file is not whole.")
        else:
            continue
        raise Refused("damaged_taxonomy", message % {"key": key[:60]})


def questions(folder: Path, known: Iterable[str]) -> list[Question]:
    """The attributes that catalog/data/taxonomy_sets.csv binds to categories of `known`, with all their values.

    Raises `Refused("damaged_taxonomy")`.
    """
    there = set(known)
    names = {language: _lines(folder, "attributes", language) for language, _name in settings.LANGUAGES}
    found: dict[str, Question] = {}
    for row in _table("taxonomy_sets.csv"):
        key = row["attribute"]
        if row["category"] not in there or key not in names[SOURCE]:
            continue
        mine = {language: lines[key] for language, lines in names.items() if key in lines} | {"ar": row["name_ar"]}
        one = found.setdefault(key, Question(key, mine, row["filter"] == "yes", row["kind"] == "colour"))
        one.categories.append(row["category"])
    by_name = {one.names[SOURCE]: one for one in found.values()}
    values = {language: _lines(folder, "attribute_values", language) for language, _name in settings.LANGUAGES}
    for key, line in values[SOURCE].items():
        owner = by_name.get(_owner(line))
        if owner is not None:
            owner.values[key] = {language: _value(lines[key]) for language, lines in values.items() if key in lines}
    return list(found.values())


def swatches() -> dict[str, str]:
    """How the colours of the taxonomy look, by the id of the value."""
    return {row["value"]: row["swatch"] for row in _table("taxonomy_swatches.csv")}


def _lines(folder: Path, kind: str, language: str) -> dict[str, str]:
    """The texts of a file by their ids; none where there is no such file."""
    name = f"{kind}.{_FILES.get(language, language)}.txt"
    path = next((each for each in (folder / name, folder / f"{name}.gz") if each.is_file()), None)
    if path is None:
        return {}
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        message = _("%(name)s can't be read: it is damaged or not in UTF-8.")
        raise Refused("damaged_taxonomy", message % {"name": path.name}) from error
    lines = (
        line.removeprefix(_MARKS[kind]).partition(" : ") for line in text.split("\n") if line.startswith(_MARKS[kind])
    )
    return {key.strip(): text.strip() for key, colon, text in lines if colon}


def _last(key: str, found: Mapping[str, str]) -> str:
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
