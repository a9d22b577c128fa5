"""The tree of categories as lists of the admin show it: from the menu that the process keeps, without a query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from catalog.models import Category
from catalog.selectors import navigation

Branches = tuple[navigation.Branch, ...]
_names: dict[str, tuple[Branches, dict[int, str]]] = {}


def category_name(key: int) -> str:
    """The name of a category in the active language; when the kept menu does not know it, the menu is read anew."""
    names = _names_in(get_language() or "en")
    if key not in names:
        navigation.forget()
        names = _names_in(get_language() or "en")
    return names.get(key, "—")


def _names_in(language: str) -> dict[int, str]:
    top = navigation.menu()
    kept = _names.get(language)
    if kept is None or kept[0] is not top:
        kept = _names[language] = (top, {branch.id: branch.name for branch, _depth in walk(top)})
    return kept[1]


def walk(level: Branches, depth: int = 0) -> Iterator[tuple[navigation.Branch, int]]:
    """The branches from top to bottom, each with its depth."""
    for branch in level:
        yield branch, depth
        yield from walk(branch.children, depth + 1)


class CategoryFilter(DropdownFilter):  # type: ignore[misc]
    """Listings of a category and of those below it."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(branch.slug, "\u2003" * depth + branch.name) for branch, depth in walk(navigation.menu())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        top = Category.objects.filter(slug=self.value()).values_list("path", flat=True).first()
        return queryset.filter(category__path__startswith=top) if top else queryset.none()
