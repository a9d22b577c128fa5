"""The tree of categories as every page shows it, kept in the process for a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from catalog.models import Category

_SECONDS = 60.0
_kept: dict[str, tuple[float, tuple[Branch, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Branch:
    """A category in the menu."""

    id: int
    slug: str
    name: str
    path: str
    url: str
    facets: dict[str, Any]
    children: tuple[Branch, ...]

    @property
    def count(self) -> int:
        """The live products in it and below."""
        return int(self.facets.get("total", 0))


def text_column(field: str, language: str | None = None) -> str:
    """The column that holds `field` in the language of the page."""
    return f"{field}_{(language or get_language() or 'en').replace('-', '_')}"


def menu(*, fresh: bool = False) -> tuple[Branch, ...]:
    """The top categories with their children, in the language of the page. No query when kept."""
    language = get_language() or settings.LANGUAGE_CODE
    kept = _kept.get(language)
    if kept and not fresh and time.monotonic() - kept[0] < _SECONDS:
        return kept[1]
    tree = _tree(language)
    _kept[language] = (time.monotonic(), tree)
    return tree


def forget() -> None:
    """Drops what is kept in this process."""
    _kept.clear()


def _tree(language: str) -> tuple[Branch, ...]:
    column = text_column("name", language)
    rows = Category.objects.order_by("path").values("id", "slug", column, "name_en", "path", "facets")
    below: dict[str, list[Branch]] = {}
    for row in reversed(list(rows)):
        pk, slug, path = row["id"], row["slug"], row["path"]
        children = tuple(reversed(below.pop(path, [])))
        name = row[column] or row["name_en"] or slug
        branch = Branch(pk, slug, name, path, reverse("category", args=[slug]), row["facets"], children)
        below.setdefault(path[: -Category.steplen], []).append(branch)
    return tuple(reversed(below.get("", [])))


def find(slug: str) -> tuple[Branch, tuple[Branch, ...]] | None:
    """The category with `slug` and those above it, from the kept menu; looked up afresh when it is not there."""
    for fresh in (False, True):
        for branch in menu(fresh=fresh):
            trail = _search(branch, slug)
            if trail:
                return trail[-1], trail[:-1]
    return None


def trail_of(path: str) -> tuple[Branch, ...]:
    """The categories from the root down to the one with the tree `path`."""
    trail: list[Branch] = []
    level = menu()
    while True:
        branch = next((item for item in level if path.startswith(item.path)), None)
        if branch is None:
            return tuple(trail)
        trail.append(branch)
        level = branch.children


def _search(branch: Branch, slug: str) -> tuple[Branch, ...]:
    if branch.slug == slug:
        return (branch,)
    for child in branch.children:
        found = _search(child, slug)
        if found:
            return (branch, *found)
    return ()
