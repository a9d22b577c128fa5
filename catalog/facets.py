"""Filters as links: every choice, count and removal is an address, so that they work without scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from moneyed import Money

from catalog import attribute_facets
from catalog.selectors.counts import Counts
from catalog.selectors.listing import DELIVERY_DAYS, DOOR_SORTS, SORTS, Filters
from catalog.selectors.sellers import OnShow
from marketplace.kernel.money import format_money
from marketplace.kernel.region import Region

_SORT_LABELS = {
    "popular": pgettext_lazy("sort order", "Popular"),
    "price": pgettext_lazy("sort order", "Price, low to high"),
    "price_down": pgettext_lazy("sort order", "Price, high to low"),
    "new": pgettext_lazy("sort order", "Newest"),
    "landed": pgettext_lazy("sort order", "Price to your door"),
    "delivery": pgettext_lazy("sort order", "Fastest delivery"),
}
_BEST = pgettext_lazy("sort order", "Best match")
_SHOWN = 12


def sort_links(filters: Filters, url: Callable[..., str], *, at_door: bool = False) -> list[dict[str, Any]]:
    """The orders that a list can have; `url` makes an address from changed filters."""
    labels = _SORT_LABELS | ({"popular": _BEST} if at_door else {})
    return [
        {"value": sort, "label": labels[sort], "selected": sort == filters.sort, "url": url(sort=sort)}
        for sort in (*SORTS, *(DOOR_SORTS if at_door else ()))
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """The filters beside a list: the same object as long as everything in it is, so that what it prints can be kept."""

    facets: Mapping[str, Any]
    form: Mapping[str, Any]
    active: Sequence[Any]
    query: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that a panel is made of but the counts; `words` are those of a search, None for a category."""

    filters: Filters
    shown: OnShow
    region: Region
    base: str
    words: str | None
    arriving: tuple[tuple[int, int], ...]


def facet_context(
    filters: Filters, counts: Counts, shown: OnShow, region: Region, base: str, words: str | None = None,
    arriving: Mapping[int, int] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """`panel`, `facets`, `sorts`, `active` and `clear_url` for the templates; of a search with its `words`.

    `arriving` says how many products arrive within so many days, where that is known.
    """
    asked = _Asked(replace(filters, after=""), shown, region, base, words, tuple((arriving or {}).items()))
    if filters.active or words is not None:
        sellers, origins = tuple(sorted(counts.sellers.items())), tuple(sorted(counts.origins.items()))
        attributes = tuple(sorted(counts.attributes.items()))
        return _remembered(asked, counts.total, counts.in_stock, sellers, origins, attributes, counts.capped)
    return _lasting_context(asked, counts)


@lru_cache(maxsize=256)
def _lasting_context(asked: _Asked, counts: Counts) -> dict[str, Any]:
    return _context(asked, counts)


@lru_cache(maxsize=256)
def _remembered(
    asked: _Asked, total: int, in_stock: int, sellers: tuple[tuple[int, int], ...], origins: tuple[tuple[str, int], ...],
    attributes: tuple[tuple[str, int | None], ...], capped: bool,
) -> dict[str, Any]:  # fmt: skip
    return _context(asked, Counts(total, in_stock, dict(sellers), dict(origins), capped, dict(attributes)))


def _context(asked: _Asked, counts: Counts) -> dict[str, Any]:
    filters, shown, region, base = asked.filters, asked.shown, asked.region, asked.base
    at_door = asked.words is not None
    extra = urlencode({"q": asked.words}) if asked.words is not None else ""

    def url(**changes: Any) -> str:
        query = "&".join(part for part in (extra, filters.query(**changes)) if part)
        return f"{base}?{query}" if query else base

    def known(count: int) -> int | None:
        return None if counts.capped else count

    territories = Locale.parse(region.language.replace("-", "_")).territories
    sellers = [
        {"value": pk, "label": shown.names[pk], "count": known(counts.sellers.get(pk, 0)), "selected": pk in filters.sellers,
         "url": url(sellers=_toggled(filters.sellers, pk))}
        for pk in _ordered(counts.sellers, filters.sellers) if pk in shown.names
    ]  # fmt: skip
    origins = [
        {"value": code, "label": territories.get(code, code), "count": known(counts.origins.get(code, 0)),
         "selected": code in filters.origins, "url": url(origins=_toggled(filters.origins, code))}
        for code in _ordered(counts.origins, filters.origins)
    ]  # fmt: skip
    stock = {"label": _("In stock"), "count": known(counts.in_stock), "selected": filters.in_stock,
             "url": url(in_stock=not filters.in_stock)}  # fmt: skip
    days = _delivery(filters, dict(asked.arriving), url) if at_door else []
    attributes = attribute_facets.groups(counts.attributes, filters.attributes, region, url)
    facets = {"sellers": sellers, "origins": origins, "stock": stock, "days": days, "attributes": attributes}
    form = {"action": base, "min": filters.lowest, "max": filters.highest, "filters": filters, "at_door": at_door}
    active = [*_active(filters, (*sellers, *origins, *days), stock, region, url), *attribute_facets.chips(attributes)]
    is_chosen = bool(filters.sellers or filters.origins or filters.in_stock or filters.attributes)
    nothing = {"lowest": None, "highest": None, "in_stock": False, "days": 0, "door": False}
    return {
        "panel": Panel(facets, form, active, asked.words or ""),
        "facets": facets,
        "sorts": sort_links(filters, url, at_door=at_door),
        "active": active,
        "clear_url": url(sellers=(), origins=(), attributes=(), **nothing),
        "total": None if counts.capped and is_chosen else counts.total,
    }


def _ordered(counts: Mapping[Any, int], selected: tuple[Any, ...]) -> list[Any]:
    names = set(counts) | set(selected)
    return sorted(names, key=lambda name: (name not in selected, -counts.get(name, 0), str(name)))[:_SHOWN]


def _toggled(selected: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    return tuple(item for item in selected if item != value) if value in selected else (*selected, value)


def _delivery(filters: Filters, arriving: Mapping[int, int], url: Any) -> list[dict[str, Any]]:
    """Within how many days the goods arrive, with counts where they are known."""
    return [
        {"value": days, "count": arriving.get(days), "selected": days == filters.days,
         "label": ngettext("Within %(count)d day", "Within %(count)d days", days) % {"count": days},
         "url": url(days=0 if days == filters.days else days)}
        for days in DELIVERY_DAYS
    ]  # fmt: skip


def _active(filters: Filters, items: Any, stock: Any, region: Region, url: Any) -> list[dict[str, Any]]:
    chips = [{"label": item["label"], "remove_url": item["url"]} for item in items if item["selected"]]
    if filters.in_stock:
        chips.append({"label": stock["label"], "remove_url": stock["url"]})
    if filters.lowest is not None:
        price = format_money(Money(filters.lowest, region.currency), region.language)
        label = _("From %(price)s to your door") if filters.door else _("From %(price)s")
        chips.append({"label": label % {"price": price}, "remove_url": url(lowest=None)})
    if filters.highest is not None:
        price = format_money(Money(filters.highest, region.currency), region.language)
        label = _("Up to %(price)s to your door") if filters.door else _("Up to %(price)s")
        chips.append({"label": label % {"price": price}, "remove_url": url(highest=None)})
    return chips
