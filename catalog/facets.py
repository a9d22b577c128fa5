"""Filters as links: every choice, count and removal is an address, so that they work without scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from babel import Locale
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from catalog.selectors.counts import Counts
from catalog.selectors.listing import SORTS, Filters
from catalog.selectors.sellers import OnShow
from marketplace.kernel.money import format_money
from marketplace.kernel.region import Region

_SORT_LABELS = {
    "popular": pgettext_lazy("sort order", "Popular"),
    "price": pgettext_lazy("sort order", "Price, low to high"),
    "price_down": pgettext_lazy("sort order", "Price, high to low"),
    "new": pgettext_lazy("sort order", "Newest"),
}
_SHOWN = 12


def sort_links(filters: Filters, url: Callable[..., str]) -> list[dict[str, Any]]:
    """The orders that a list can have; `url` makes an address from changed filters."""
    return [
        {"value": sort, "label": _SORT_LABELS[sort], "selected": sort == filters.sort, "url": url(sort=sort)}
        for sort in SORTS
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """The filters beside a list. One that lasts is the same object as long as the counts are."""

    facets: Mapping[str, Any]
    form: Mapping[str, Any]
    lasts: bool


def facet_context(
    filters: Filters, counts: Counts, shown: OnShow, region: Region, base: str, extra: str = ""
) -> dict[str, Any]:
    """`panel`, `facets`, `sorts`, `active` and `clear_url` for the templates; `extra` precedes the query string."""
    if filters.active or extra:
        return _context(filters, counts, shown, region, base, extra)
    return _lasting_context(replace(filters, after=""), counts, shown, region, base)


@lru_cache(maxsize=256)
def _lasting_context(filters: Filters, counts: Counts, shown: OnShow, region: Region, base: str) -> dict[str, Any]:
    return _context(filters, counts, shown, region, base, "")


def _context(filters: Filters, counts: Counts, shown: OnShow, region: Region, base: str, extra: str) -> dict[str, Any]:
    def url(**changes: Any) -> str:
        query = "&".join(part for part in (extra, filters.query(**changes)) if part)
        return f"{base}?{query}" if query else base

    territories = Locale.parse(region.language.replace("-", "_")).territories
    sellers = [
        {"value": pk, "label": shown.names[pk], "count": counts.sellers.get(pk, 0), "selected": pk in filters.sellers,
         "url": url(sellers=_toggled(filters.sellers, pk))}
        for pk in _ordered(counts.sellers, filters.sellers) if pk in shown.names
    ]  # fmt: skip
    origins = [
        {"value": code, "label": territories.get(code, code), "count": counts.origins.get(code, 0),
         "selected": code in filters.origins, "url": url(origins=_toggled(filters.origins, code))}
        for code in _ordered(counts.origins, filters.origins)
    ]  # fmt: skip
    stock = {"label": _("In stock"), "count": counts.in_stock, "selected": filters.in_stock,
             "url": url(in_stock=not filters.in_stock)}  # fmt: skip
    facets = {"sellers": sellers, "origins": origins, "stock": stock}
    form = {"action": base, "extra": extra, "min": filters.lowest, "max": filters.highest, "filters": filters}
    return {
        "panel": Panel(facets, form, lasts=not (filters.active or extra)),
        "facets": facets,
        "sorts": sort_links(filters, url),
        "active": _active(filters, sellers, origins, stock, region, url),
        "clear_url": url(sellers=(), origins=(), lowest=None, highest=None, in_stock=False),
        "total": counts.total,
    }


def _ordered(counts: Mapping[Any, int], selected: tuple[Any, ...]) -> list[Any]:
    names = set(counts) | set(selected)
    return sorted(names, key=lambda name: (name not in selected, -counts.get(name, 0), str(name)))[:_SHOWN]


def _toggled(selected: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    return tuple(item for item in selected if item != value) if value in selected else (*selected, value)


def _active(filters: Filters, sellers: Any, origins: Any, stock: Any, region: Region, url: Any) -> list[dict[str, Any]]:
    chips = [{"label": item["label"], "remove_url": item["url"]} for item in (*sellers, *origins) if item["selected"]]
    if filters.in_stock:
        chips.append({"label": stock["label"], "remove_url": stock["url"]})
    if filters.lowest is not None:
        price = format_money(Money(filters.lowest, region.currency), region.language)
        chips.append({"label": _("From %(price)s") % {"price": price}, "remove_url": url(lowest=None)})
    if filters.highest is not None:
        price = format_money(Money(filters.highest, region.currency), region.language)
        chips.append({"label": _("Up to %(price)s") % {"price": price}, "remove_url": url(highest=None)})
    return chips
