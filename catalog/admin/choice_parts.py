"""Choices with their names in every language, as a part of the page of what they are choices of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.admin_fields import in_all_languages
from accounts.admin_scope import TabularPart, only_translates


class ChoicesPart(TabularPart):
    """`own` are the columns beside the names; who only translates changes the names alone and adds none."""

    own: tuple[str, ...] = ("position", "code")
    tab = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.own, *in_all_languages("name"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.own if only_translates(request.user) else ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not only_translates(request.user)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(db_field, "language"):
            field.label = f"{field.label} ({db_field.language})"
        return field
