"""Lists of the admin: counted no further than needed, filtered by what the reader may meet."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.contrib.admin.filters import AllValuesFieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import Field, QuerySet
from django.forms import BoundField, Media
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)
from unfold.views import ChangeList

from accounts.models import Seller

COUNTED_AT_LEAST = 1000
PAGES_AHEAD = 10
SELLERS_KEPT_SECONDS = 60.0


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of a list of any length: rows are counted up to a limit a few pages beyond the one asked for."""

    template_name = "admin/pagination_capped.html"
    limit = COUNTED_AT_LEAST

    def look_beyond(self, page: str) -> None:
        """Moves the limit so that the page asked for is always within it."""
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1
        self.limit = max(COUNTED_AT_LEAST, (number + PAGES_AHEAD) * self.per_page)

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by().values("pk")[: self.limit + 1].count()
        return len(rows)

    @cached_property
    def count(self) -> int:
        """The number of rows, or the limit when there are more."""
        return min(self._found, self.limit)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self._found > self.limit


class ShopChangeList(ChangeList):  # type: ignore[misc]
    """A list that reads the columns it shows and speaks of a result only where something was looked for."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        return self.model_admin.for_list(rows)  # type: ignore[no-any-return]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than `result_count`."""
        return bool(getattr(self.paginator, "is_capped", False))

    def filter_inputs(self) -> Iterator[BoundField | tuple[str, Any, list[tuple[Any, Any]], Any]]:
        """What each filter asks: name, title, choices and value of a choice, or the fields of another input."""
        anything = ("", _("All"))
        for spec in self.filter_specs:
            if isinstance(spec, RelatedDropdownFilter):
                yield spec.lookup_kwarg, spec.title, [anything, *spec.lookup_choices], spec.value()
            elif isinstance(spec, ChoicesDropdownFilter):
                yield spec.lookup_kwarg, spec.title, [anything, *spec.field.flatchoices], spec.value()
            elif isinstance(spec, BooleanRadioFilter):
                yield spec.lookup_kwarg, spec.title, [anything, ("1", _("Yes")), ("0", _("No"))], spec.value()
            elif isinstance(spec, DropdownFilter) and not getattr(spec, "multiple", False):
                first = [anything] if spec.all_option else []
                yield spec.parameter_name, spec.title, [*first, *spec.lookup_choices], spec.value()
            elif isinstance(spec, AllValuesFieldListFilter):
                values = [(value, value) for value in spec.lookup_choices if value not in (None, "")]
                yield spec.lookup_kwarg, spec.title, [anything, *values], (spec.lookup_val or [""])[-1]
            else:
                yield from next(iter(spec.choices(self)))["form"]


class KeptMedia(Media):
    """Scripts and sheets whose markup is made once; those of a form may still be added."""

    def __init__(self, media: Media) -> None:
        super().__init__(css=media._css, js=media._js)
        self._kept: dict[str, SafeString] = {}

    def __add__(self, other: Media) -> Media:
        adds_nothing = set(other._js) <= set(self._js) and not other._css
        return self if adds_nothing else super().__add__(other)

    def __getitem__(self, name: str) -> Any:
        if name not in self._kept:
            self._kept[name] = SafeString(str(super().__getitem__(name)))
        return self._kept[name]


_sellers: tuple[float, dict[int, str]] = (float("-inf"), {})


def seller_names(*, knowing: int | None = None) -> dict[int, str]:
    """The names of all sellers by key, kept in the process for a minute; one that is not known yet is looked up.

    For lists that show rows of the staff's own scope: nothing here asks who is looking.
    """
    global _sellers
    made_at, names = _sellers
    if time.monotonic() - made_at > SELLERS_KEPT_SECONDS or (knowing is not None and knowing not in names):
        names = dict(Seller.objects.order_by("name").values_list("pk", "name"))
        _sellers = (time.monotonic(), names)
    return names


class ScopedRelatedFilter(RelatedDropdownFilter):  # type: ignore[misc]
    """A choice among related rows, none of which the reader may not meet. Absent when there is nothing to choose."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rows = model_admin.get_field_queryset(None, field, request)
        if rows.model is Seller and request.user.is_superuser:
            return list(seller_names().items())[:500]
        return [(row.pk, str(row)) for row in rows[:500]]

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1


def scoped_filter(model: Any, entry: Any) -> Any:
    """The entry of a `list_filter` as the admin shows it; relations are confined to the reader's rows."""
    if not isinstance(entry, str):
        return entry
    try:
        field: Field[Any, Any] = get_fields_from_path(model, entry)[-1]
    except FieldDoesNotExist:
        return entry
    if field.is_relation:
        return entry, ScopedRelatedFilter
    if getattr(field, "choices", None):
        return entry, ChoicesDropdownFilter
    if field.get_internal_type() == "BooleanField":
        return entry, BooleanRadioFilter
    return entry
