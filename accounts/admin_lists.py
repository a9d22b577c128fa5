"""Lists of the admin: counted no further than needed, filtered by what the reader may meet."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import Field, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.views import ChangeList

COUNTED_AT_LEAST = 1000
PAGES_AHEAD = 10


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


class ScopedRelatedFilter(RelatedDropdownFilter):  # type: ignore[misc]
    """A choice among related rows, none of which the reader may not meet. Absent when there is nothing to choose."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(row.pk, str(row)) for row in model_admin.get_field_queryset(None, field, request)[:500]]

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
