"""The filters by attributes beside a list, as links like the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext

from catalog import units
from catalog.selectors.attribute_filters import Offered, offered
from marketplace.kernel.region import Region

_MOST_GROUPS: Final = 8
_MOST_VALUES: Final = 10


@dataclass(frozen=True, slots=True)
class Group:
    """The choices of one attribute: `values` as the tag `facet` takes them."""

    heading: str
    name: str
    values: list[dict[str, Any]]


def groups(
    counts: Mapping[str, int | None], selected: tuple[str, ...], region: Region, url: Callable[..., str]
) -> list[Group]:
    """A group for each attribute that goods of the list have, in the order of the attributes."""
    by_code: dict[str, list[str]] = {}
    for token in {*counts, *selected}:
        by_code.setdefault(token.partition(":")[0], []).append(token)
    found = [
        Group(one.name, f"attr-{one.code}", _values(one, by_code[one.code], counts, selected, region, url))
        for one in offered().values() if one.code in by_code
    ]  # fmt: skip
    return found[:_MOST_GROUPS]


def chips(found: list[Group]) -> list[dict[str, Any]]:
    """What is chosen, each with the address without it."""
    return [
        {"label": gettext("%(attribute)s: %(value)s") % {"attribute": group.heading, "value": item["label"]},
         "remove_url": item["url"]}
        for group in found for item in group.values if item["selected"]
    ]  # fmt: skip


def _values(
    one: Offered, tokens: list[str], counts: Mapping[str, int | None], selected: tuple[str, ...], region: Region,
    url: Callable[..., str],
) -> list[dict[str, Any]]:  # fmt: skip
    def toggled(token: str) -> tuple[str, ...]:
        return tuple(sorted(set(selected) ^ {token}))

    def place(token: str) -> tuple[Any, ...]:
        return token not in selected, -(counts.get(token, 0) or 0), token

    chosen = sorted(sorted(tokens, key=place)[:_MOST_VALUES], key=lambda token: _order(one, token, place(token)))
    return [
        {"value": token.partition(":")[2], "label": label, "count": counts.get(token, 0), "selected": token in selected,
         "url": url(attributes=toggled(token)), "swatch": one.choices.get(token.partition(":")[2], ("", ""))[1]}
        for token in chosen if (label := label_of(one, token, region))
    ]  # fmt: skip


def _order(one: Offered, token: str, place: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers by their size, all else by how many goods there are."""
    if one.kind != "number":
        return place
    low = _decimal(token.partition(":")[2].partition("-")[0])
    return (low if low is not None else Decimal(0), token)


def label_of(one: Offered, token: str, region: Region) -> str:
    """A choice in words; empty for one that the attribute does not have."""
    value = token.partition(":")[2]
    if one.kind == "boolean":
        return {"yes": gettext("Yes"), "no": gettext("No")}.get(value, "")
    if one.kind != "number":
        return one.choices.get(value, ("", ""))[0]
    low, dash, high = value.partition("-")
    lowest, highest = _decimal(low), _decimal(high)
    if lowest is None or (high and highest is None):
        return ""
    words = {"low": units.shown(lowest, one.unit, region.language, region.country, is_short=True)}
    if not dash:
        return words["low"]
    if highest is None:
        return gettext("%(low)s or more") % words
    words["high"] = units.shown(highest, one.unit, region.language, region.country, is_short=True)
    return gettext("%(low)s to %(high)s") % words if lowest else gettext("under %(high)s") % words


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < units.HIGHEST else None
