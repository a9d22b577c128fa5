"""Filters as links: every choice, count and removal is an address, so that they work without scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urlencode

from babel import Locale
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from moneyed import Money

from catalog import attribute_facets, category_facets
from catalog.scores import STEPS
from catalog.selectors.counts import Counts
from catalog.selectors.listing import DELIVERY_DAYS, DOOR_SORTS, SORTS, Filters
from catalog.selectors.sellers import OnShow
from marketplace.kernel.money import format_money
from marketplace.kernel.numbers import share
from marketplace.kernel.region import Region

_SORT_LABELS = {
    "popular": pgettext_lazy("sort order", "Popular"),
    "price": pgettext_lazy("sort order", "Price, low to high"),
    "price_down": pgettext_lazy("sort order", "Price, high to low"),
    "rating": pgettext_lazy("sort order", "Best rated"),
    "new": pgettext_lazy("sort order", "Newest"),
    "landed": pgettext_lazy("sort order", "Price to your door"),
    "delivery": pgettext_lazy("sort order", "Fastest delivery"),
}
_BEST = pgettext_lazy("sort order", "Best match")
_SHOWN = 12
Pairs = tuple[tuple[Any, Any], ...]


def sort_links(
    filters: Filters, url: Callable[..., str], *, at_door: bool = False, in_search: bool = False
) -> list[dict[str, Any]]:
    """The orders that a list can have; `url` makes an address from changed filters."""
    labels = _SORT_LABELS | ({"popular": _BEST} if in_search else {})
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
        return _remembered(asked, _Known(counts.total, counts.in_stock, counts.capped, *_frozen(counts)))
    return _lasting_context(asked, counts)


class _Known(NamedTuple):
    """Counts that are equal when all in them is."""

    total: int
    in_stock: int
    capped: bool
    sellers: Pairs
    origins: Pairs
    brands: Pairs
    scored: Pairs
    attributes: Pairs
    categories: Pairs


def _frozen(counts: Counts) -> Iterator[Pairs]:
    for each in (
        counts.sellers, counts.origins, counts.brands, counts.scored, counts.attributes, counts.categories,
    ):  # fmt: skip
        yield tuple(sorted(each.items()))


@lru_cache(maxsize=256)
def _lasting_context(asked: _Asked, counts: Counts) -> dict[str, Any]:
    return _context(asked, counts)


@lru_cache(maxsize=256)
def _remembered(asked: _Asked, known: _Known) -> dict[str, Any]:
    total, in_stock, capped, *mappings = known
    sellers, origins, brands, scored, attributes, categories = map(dict, mappings)
    counts = Counts(total, in_stock, sellers, origins, brands, scored, capped, attributes, categories)
    return _context(asked, counts)


def _context(asked: _Asked, counts: Counts) -> dict[str, Any]:
    filters, region, base = asked.filters, asked.region, asked.base
    extra = urlencode({"q": asked.words}) if asked.words is not None else ""

    def url(**changes: Any) -> str:
        query = "&".join(part for part in (extra, filters.query(**changes)) if part)
        return f"{base}?{query}" if query else base

    groups = _groups(asked, counts, url)
    attributes = attribute_facets.groups(counts.attributes, filters.attributes, region, url)
    stock = {"label": _("In stock"), "count": None if counts.capped else counts.in_stock, "selected": filters.in_stock,
             "url": url(in_stock=not filters.in_stock)}  # fmt: skip
    facets = {**groups, "stock": stock, "attributes": attributes}
    form = {"action": base, "min": filters.lowest, "max": filters.highest, "filters": filters}
    active = [
        *_active(filters, list(chain(*groups.values())), stock, region, url),
        *attribute_facets.chips(attributes),
    ]
    is_chosen = bool(filters.has_choice or filters.attributes)
    nothing = {"lowest": None, "highest": None, "in_stock": False, "days": 0, "door": False, "score": 0, "category": ""}
    return {
        "panel": Panel(facets, form, active, asked.words or ""),
        "facets": facets,
        "sorts": sort_links(filters, url, at_door=True, in_search=asked.words is not None),
        "active": active,
        "clear_url": url(sellers=(), origins=(), brands=(), attributes=(), **nothing),
        "total": None if counts.capped and is_chosen else counts.total,
    }


def _ordered(counts: Mapping[Any, int], selected: tuple[Any, ...], most: int = _SHOWN) -> list[Any]:
    names = set(counts) | set(selected)
    return sorted(names, key=lambda name: (name not in selected, -counts.get(name, 0), str(name)))[:most]


def _groups(asked: _Asked, counts: Counts, url: Callable[..., str]) -> dict[str, list[dict[str, Any]]]:
    """The choices of each group by its name."""
    filters, shown = asked.filters, asked.shown

    def known(count: int) -> int | None:
        return None if counts.capped else count

    territories = Locale.parse(asked.region.language.replace("-", "_")).territories
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
    in_search = asked.words is not None
    return {
        "categories": category_facets.items(filters.category, counts.categories, url) if in_search else [],
        "sellers": sellers,
        "brands": _brands(filters, counts, shown, url),
        "scores": _scores(filters, counts, shown, url),
        "origins": origins,
        "days": _delivery(filters, dict(asked.arriving), url),
    }


def _brands(filters: Filters, counts: Counts, shown: OnShow, url: Any) -> list[dict[str, Any]]:
    """The brands, those that differ in capitals alone as one; none where they say the same as the sellers."""
    of_sellers = {shown.names.get(pk, ""): count for pk, count in counts.sellers.items()}
    if not filters.brands and _folded(counts.brands) == _folded(of_sellers):
        return []
    spelled: dict[str, list[str]] = {}
    for brand in _ordered(counts.brands, filters.brands, most=60):
        spelled.setdefault(brand.casefold(), []).append(brand)
    items = []
    for same in list(spelled.values())[:_SHOWN]:
        selected = not set(same).isdisjoint(filters.brands)
        others = tuple(brand for brand in filters.brands if brand not in same)
        count = sum(counts.brands.get(brand, 0) for brand in same)
        items.append({"value": "-".join(same[0].casefold().split()), "label": same[0], "selected": selected,
                      "count": None if counts.capped else count,
                      "url": url(brands=others if selected else tuple(sorted((*others, *same))))})  # fmt: skip
    return items


def _folded(counts: Mapping[str, int]) -> dict[str, int]:
    found = Counter[str]()
    for name, count in counts.items():
        found[name.casefold()] += count
    return dict(found)


def _scores(filters: Filters, counts: Counts, shown: OnShow, url: Any) -> list[dict[str, Any]]:
    """How reliably a seller has to send, at the least; only what leaves something out, and more in than the one before."""
    whole, before = sum(counts.scored.values()), 0
    items = []
    for score in STEPS:
        count = sum(n for pk, n in counts.scored.items() if shown.scores.get(pk, 0) >= score)
        selected = score == filters.score
        if selected or before < count < whole:
            items.append({"value": score, "count": None if counts.capped else count, "selected": selected,
                          "label": _("%(percent)s or more") % {"percent": share(score)},
                          "url": url(score=0 if selected else score)})  # fmt: skip
        before = max(before, count)
    return items


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
