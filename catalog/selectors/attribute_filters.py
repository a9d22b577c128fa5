"""Attributes as filters: which there are, which of them a reader set, and how many goods each choice would leave.

A filter is a token of an attribute and a choice, such as "material:cotton". Choices of one attribute widen a list,
different attributes narrow it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language

from catalog.models import Attribute, AttributeChoice
from catalog.selectors.navigation import text_column

MOST: Final = 20  # filters of one address
_TOKEN: Final = re.compile(r"[a-z][a-z0-9_]{0,39}:[a-z0-9_.-]{1,60}", re.ASCII)
_NUMBERS: Final = re.compile(r"\d{1,10}(\.\d{1,4})?(-(\d{1,10}(\.\d{1,4})?)?)?", re.ASCII)
_SECONDS: Final = 60.0
# The attributes whose filter a listing (its row `a`) does not pass, as an array of their codes.
MISSED: Final = """ARRAY(SELECT asked.key FROM jsonb_each({groups}::jsonb) asked(key, tokens)
    WHERE NOT COALESCE(a.tokens, '{{}}') && ARRAY(SELECT jsonb_array_elements_text(asked.tokens))::varchar[])"""
_PASSED: Final = "EXISTS (SELECT 1 FROM catalog_productattributes a WHERE a.product_id = t.product_id AND {passed})"
NONE_MISSED: Final = "'{}'::text[]"
# Counts by token, each as if the filter of its own attribute were not set: over rows with `tokens`,
# `missed` and `is_chosen`.
COUNTED: Final = """(SELECT json_object_agg(token, n) FROM (
    SELECT token, count(*) AS n FROM {rows} CROSS JOIN LATERAL unnest(tokens) token
    WHERE is_chosen AND (missed = '{{}}' OR missed = ARRAY[split_part(token, ':', 1)])
    GROUP BY token) each)"""


@dataclass(frozen=True, slots=True)
class Offered:
    """An attribute that filters in the reader's language; `choices` are (name, swatch) by their codes, in order."""

    code: str
    name: str
    kind: str
    unit: str
    choices: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_kept: dict[str, tuple[float, dict[str, Offered]]] = {}


def offered() -> dict[str, Offered]:
    """The attributes that filter, by their codes and in their order, in the language of the page. No query when kept."""
    language = get_language() or settings.LANGUAGE_CODE
    kept = _kept.get(language)
    if kept is None or time.monotonic() - kept[0] > _SECONDS:
        kept = _kept[language] = time.monotonic(), _read(language)
    return kept[1]


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()


def _read(language: str) -> dict[str, Offered]:
    name = text_column("name", language)
    choices: dict[int, dict[str, tuple[str, str]]] = {}
    rows = AttributeChoice.objects.filter(attribute__is_filter=True).order_by("position", "code")
    for row in rows.values("attribute_id", "code", "name_en", name, "swatch"):
        shown = row[name] or row["name_en"] or row["code"]
        choices.setdefault(row["attribute_id"], {})[row["code"]] = (shown, row["swatch"])
    attributes = Attribute.objects.filter(is_filter=True).order_by("position", "code")
    return {
        row["code"]: Offered(row["code"], row[name] or row["name_en"] or row["code"], row["kind"], row["unit"],
                             choices.get(row["id"], {}))
        for row in attributes.values("id", "code", "name_en", name, "kind", "unit")
    }  # fmt: skip


def parsed(typed: Iterable[str]) -> tuple[str, ...]:
    """The filters of an address, each once; what is damaged, or no filter of the shop, is dropped."""
    tokens = sorted({token for token in list(typed)[:MOST] if _TOKEN.fullmatch(token)})
    known = offered() if tokens else {}
    return tuple(token for token in tokens if _is_known(known.get(token.partition(":")[0]), token.partition(":")[2]))


def _is_known(one: Offered | None, value: str) -> bool:
    if one is None or one.kind == "number":
        return one is not None and _NUMBERS.fullmatch(value) is not None
    return value in ("yes", "no") if one.kind == "boolean" else value in one.choices


def groups(tokens: Iterable[str]) -> dict[str, list[str]]:
    """The filters by their attributes."""
    found: dict[str, list[str]] = {}
    for token in tokens:
        found.setdefault(token.partition(":")[0], []).append(token)
    return found


def least(tokens: Iterable[str], kept: Mapping[str, int | None]) -> int:
    """How many goods pass at least, by the kept counts of a shelf; several attributes may have no goods in common."""
    found = list(groups(tokens).values())
    return max(kept.get(token) or 0 for token in found[0]) if len(found) == 1 else 0


def most(tokens: Iterable[str], kept: Mapping[str, int | None]) -> int:
    """How many goods pass at most, by the kept counts of a shelf, which leave out what fewer have than any of theirs."""
    others = min((number or 0 for number in kept.values()), default=0)
    return min(sum(kept.get(token) or others for token in found) for found in groups(tokens).values())


def narrowing(tokens: Iterable[str]) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions on placements (`t`) that the filters set, and their parameters."""
    found = list(groups(tokens).values())
    if not found:
        return [], {}
    passed = " AND ".join(f"a.tokens && %(attributes_{number})s::varchar[]" for number in range(len(found)))
    return [_PASSED.format(passed=passed)], {f"attributes_{number}": each for number, each in enumerate(found)}
