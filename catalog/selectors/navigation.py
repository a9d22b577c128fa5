"""The tree of categories as every page shows it, kept in the process for a minute."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language

from catalog.models import Category
from catalog.selectors.counts import Cells

_SECONDS = 60.0
_CODES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A category in the menu, with the counts of the live products in it and below."""

    id: int
    slug: str
    name: str
    url: str
    cells: Cells
    children: tuple[Branch, ...]

    def count_in(self, country: str) -> int:
        """The products in it and below that readers in a country meet."""
        return self.cells.within(country).unfiltered.total


@dataclass(frozen=True, slots=True)
class _Tree:
    """The top categories, and by its slug and by its key the way to each category, itself the last."""

    top: tuple[Branch, ...]
    trails: Mapping[str, tuple[Branch, ...]]
    ways: Mapping[int, tuple[Branch, ...]]
    made_at: float


_kept: dict[str, _Tree] = {}


def text_column(field: str, language: str | None = None) -> str:
    """The column that holds `field` in the language of the page."""
    return f"{field}_{(language or get_language() or 'en').replace('-', '_')}"


def shown_text(column: str, language: str | None = None) -> str:
    """SQL for a text of a listing: in `language`, else in English, else in the first language of ours that has one."""
    names = dict.fromkeys(
        [text_column(column, language), f"{column}_en", *(text_column(column, code) for code in _CODES)]
    )
    texts = ", ".join(f"NULLIF({name}, '')" for name in names)
    return f"COALESCE({texts}, '')"


def menu() -> tuple[Branch, ...]:
    """The top categories with their children, in the language of the page. No query when kept."""
    return _tree().top


def find(slug: str) -> tuple[Branch, tuple[Branch, ...]] | None:
    """The category with `slug` and those above it, from the kept menu; looked up afresh when it is not there."""
    trail = trail_of(slug) or _tree(fresh=True).trails.get(slug)
    return (trail[-1], trail[:-1]) if trail else None


def trail_of(slug: str) -> tuple[Branch, ...]:
    """The categories from the root down to the one with `slug`; none for one that is not kept yet."""
    return _tree().trails.get(slug, ())


def way_to(category_id: int) -> tuple[Branch, ...]:
    """The categories from the root down to the one with this key; none for one that is not kept yet."""
    return _tree().ways.get(category_id, ())


def ids_below(slug: str) -> frozenset[int]:
    """The keys of the category with `slug` and of all below it; none for one that is not kept yet."""
    found: set[int] = set()
    waiting = list(trail_of(slug)[-1:])
    while waiting:
        branch = waiting.pop()
        found.add(branch.id)
        waiting.extend(branch.children)
    return frozenset(found)


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()


def _tree(*, fresh: bool = False) -> _Tree:
    language = get_language() or settings.LANGUAGE_CODE
    kept = _kept.get(language)
    if kept is None or fresh or time.monotonic() - kept.made_at > _SECONDS:
        kept = _kept[language] = _read(language)
    return kept


def _read(language: str) -> _Tree:
    column = text_column("name", language)
    shown = Category.objects.filter(Q(taxonomy_id="") | Q(facets__total__gt=0))  # imported ones when they have goods
    rows = shown.order_by("path").values("id", "slug", column, "name_en", "path", "facets")
    below: dict[str, list[Branch]] = {}
    for row in reversed(list(rows)):
        slug, path = row["slug"], row["path"]
        children = tuple(reversed(below.pop(path, [])))
        name = row[column] or row["name_en"] or slug
        branch = Branch(row["id"], slug, name, reverse("category", args=[slug]), Cells(row["facets"]), children)
        below.setdefault(path[: -Category.steplen], []).append(branch)
    top = tuple(reversed(below.get("", [])))
    trails: dict[str, tuple[Branch, ...]] = {}
    _note_trails(top, (), trails)
    ways = {trail[-1].id: trail for trail in trails.values()}
    return _Tree(top, trails, ways, time.monotonic())


def _note_trails(level: tuple[Branch, ...], above: tuple[Branch, ...], trails: dict[str, tuple[Branch, ...]]) -> None:
    for branch in level:
        trails[branch.slug] = (*above, branch)
        _note_trails(branch.children, trails[branch.slug], trails)
