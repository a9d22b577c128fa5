"""Who meets which rows in the admin: nobody, unless a table says whose its rows are.

Rights say what a role may do to a table; a scope says to which of its rows. Both must agree. Somebody who acts for
a seller is confined to that seller's things, even when they have a role among the staff as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from babel.lists import format_list
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import IntegrityError, models
from django.db.models import Model, QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.fields import TranslationField
from unfold import admin as unfold

from accounts import roles
from accounts.admin_fields import ShopFields
from accounts.admin_lists import CappedPaginator, KeptMedia, ShopChangeList, scoped_filter
from accounts.models import User
from accounts.selectors import is_platform_staff
from marketplace.kernel.typed_numbers import whole_number

MOST_NEW_ROWS: Final = 200  # in one part of a form, at a time
MOST_NAMED: Final = 20  # of the chosen rows that can't be deleted


def is_confined(user: Any) -> bool:
    """Whether `user` may meet the things of the sellers they act for and no others."""
    if not isinstance(user, User) or user.is_superuser:
        return False
    return bool(user.seller_ids) or roles.SELLER in user.role_names


def only_translates(user: Any) -> bool:
    """Whether `user` may change the texts of a table for shoppers and nothing else in it."""
    return (
        isinstance(user, User)
        and not user.is_superuser
        and not is_confined(user)
        and roles.TRANSLATOR in user.role_names
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a row can't be deleted, for a seller's member; its name when several were chosen, else nothing."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose the rows of a table are; the plain `Scope()` is nobody's.

    `staff`: people with a role among the staff meet all rows. `seller` is the lookup from a row to its seller, whose
    members meet it. `shared`: sellers' members meet all rows.
    """

    staff: bool = False
    seller: str = ""
    shared: bool = False

    def admits(self, user: Any) -> bool:
        """Whether there may be rows for `user` at all."""
        if not isinstance(user, User) or not (user.is_active and user.is_staff) or self == NOBODY:
            return False
        if user.is_superuser:
            return True
        if is_confined(user):
            return self.shared or bool(self.seller and user.seller_ids)
        return self.staff and is_platform_staff(user)

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """The rows among `rows` that `user` may meet."""
        if not self.admits(user):
            return rows.none()
        if is_confined(user) and not self.shared:
            return rows.filter(**{f"{self.seller}__in": sorted(user.seller_ids)})
        return rows

    def covers(self, row: Model, user: Any) -> bool:
        """Whether `user` may meet the saved row `row`."""
        if not self.admits(user):
            return False
        return not is_confined(user) or self.shared or self._seller_of(row) in user.seller_ids

    def _seller_of(self, row: Any) -> Any:
        *steps, last = self.seller.split("__")
        for step in steps:
            row = getattr(row, step)
        return row.pk if last == "pk" else getattr(row, f"{last}_id")


NOBODY = Scope()
STAFF = Scope(staff=True)
SHARED = Scope(staff=True, shared=True)


def of_seller(path: str) -> Scope:
    """Rows that belong to the seller found by the lookup `path`; the staff meet all of them."""
    return Scope(staff=True, seller=path)


class ScopedRows(ShopFields):
    """Confines lists, forms, choices and filters of a table to its scope."""

    scope: Scope = NOBODY

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scope.visible(super().get_queryset(request), request.user)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper) and is_confined(request.user):
            field.widget = field.widget.widget  # no shortcuts to tables that the reader may not change
        return field

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """The choices of a relation: what the admin of the other table shows to this user, else nothing."""
        other = db_field.remote_field.model
        owner = self.admin_site._registry.get(other)  # type: ignore[attr-defined]
        return owner.get_queryset(request) if isinstance(owner, ScopedRows) else other._default_manager.none()


class ShopAdmin(ScopedRows, unfold.ModelAdmin):  # type: ignore[misc]
    """The base of every table of the admin. A table that declares no scope shows nothing to anybody."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 25
    list_filter_submit = True
    list_fullwidth = True
    warn_unsaved_form = True
    list_tags: Mapping[str, Mapping[str, str]] = MappingProxyType({})  # colours of the choices of a column
    list_columns_hidden_from_sellers: Sequence[str] = ("seller",)
    goes_along: Sequence[type[models.Model]] = ()  # deleted with a row by whoever may delete the row
    delete_confirmation_template = delete_selected_confirmation_template = "admin/delete.html"

    @property
    def media(self) -> Any:
        """The scripts and sheets of the table's pages, put in order once."""
        if "_media" not in self.__dict__:
            whole = super().media
            for entry in self.list_filter:
                form = getattr(entry[-1] if isinstance(entry, tuple) else entry, "form_class", None)
                whole += Media(form.Media) if hasattr(form, "Media") else Media()
            self.__dict__["_media"] = KeptMedia(whole)
        return self.__dict__["_media"]

    # Rights ------------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.scope.admits(request.user) and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._reaches(request, obj) and super().has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._reaches(request, None) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._reaches(request, obj) and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._reaches(request, obj) and super().has_delete_permission(request)

    def _reaches(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None:
            return self.scope.admits(request.user)
        if not isinstance(obj, self.model):  # Unfold hands over the key alone
            return self.get_object(request, unquote(str(obj))) is not None
        return obj.pk is None or self.scope.covers(obj, request.user)

    # Lists -------------------------------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ShopChangeList]:
        return ShopChangeList

    def get_paginator(self, request: HttpRequest, queryset: Any, per_page: int, *args: Any, **kwargs: Any) -> Any:
        """A paginator that counts a little further than the page asked for, and no further."""
        paginator = super().get_paginator(request, queryset, per_page, *args, **kwargs)
        if isinstance(paginator, CappedPaginator):
            paginator.look_beyond(request.GET.get("p", "1"))
        return paginator

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with no more columns than the list shows."""
        return rows

    def get_list_display(self, request: HttpRequest) -> list[str]:
        columns = list(super().get_list_display(request))
        hidden = self.list_columns_hidden_from_sellers if is_confined(request.user) else ()
        return [column for column in columns if column not in hidden]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        hidden = self.list_columns_hidden_from_sellers if is_confined(request.user) else ()
        return [
            scoped_filter(self.model, entry)
            for entry in super().get_list_filter(request)
            if (entry if isinstance(entry, str) else entry[0] if isinstance(entry, tuple) else None) not in hidden
        ]

    # Deleting ----------------------------------------------------------------------------------------------

    def get_deleted_objects(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        """What goes with the rows; a seller's member reads the names of their own rows and of nothing else."""
        found = self._going(objs, request)
        if not is_confined(request.user):
            return found
        _names, counts, perms_needed, protected = found
        rows = list(objs)
        kept: list[Kept] = []
        if perms_needed or protected:
            one = [Kept("", _why_kept(perms_needed, protected))]
            kept = one if len(rows) == 1 else self._kept(rows, request)
        return [str(row) for row in rows], counts, set(), kept

    def _going(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        """As Django has it, but for what may go along."""
        names, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        return names, counts, perms_needed - {model._meta.verbose_name for model in self.goes_along}, protected

    def _kept(self, rows: Iterable[Any], request: HttpRequest) -> list[Kept]:
        """The first rows that keep all others from being deleted, each with why."""
        kept: list[Kept] = []
        for row in rows:
            _names, _counts, perms_needed, protected = self._going([row], request)
            if perms_needed or protected:
                kept.append(Kept(str(row), _why_kept(perms_needed, protected)))
            if len(kept) == MOST_NAMED:
                break
        return kept

    # Forms -------------------------------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form; a new row is of the seller that the reader acts for, where it is but one."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and "seller" in form.base_fields and len(getattr(request.user, "seller_ids", ())) == 1:
            form.base_fields["seller"].initial = next(iter(request.user.seller_ids))
        return form

    def fixed_fields(self, request: HttpRequest, obj: Any) -> Sequence[str]:
        """Fields that this reader may not change, besides `readonly_fields`; `obj` is None for a new row."""
        return ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = [*self.readonly_fields, *self.fixed_fields(request, obj)]
        if only_translates(request.user):
            texts = {field.name for field in self.model._meta.concrete_fields if isinstance(field, TranslationField)}
            fixed += [name for name in flatten_fieldsets(self.fieldsets or ()) if name not in texts]
        return list(dict.fromkeys(fixed))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form; what another request has made impossible in the meantime is said, and nothing is written."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]
        except IntegrityError:
            messages.error(
                request, _("Somebody else changed this at the same moment. Nothing was saved; please look again.")
            )
            return HttpResponseRedirect(request.get_full_path())


def _why_kept(perms_needed: Iterable[Any], protected: Iterable[Any]) -> str:
    """Why a row can't be deleted, for a seller's member."""
    if protected:
        return gettext("It is part of orders, so it can only be taken off sale.")
    kept = format_list(sorted(map(str, perms_needed)), locale=(get_language() or "en").replace("-", "_"))
    return gettext("What belongs to it is kept (%(things)s), so it can only be taken off sale.") % {"things": kept}


class ReadOnlyAdmin(ShopAdmin):
    """A table that is written by services alone: shown, searched, never changed here."""

    actions = None
    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _FewNewRows:
    """Before a set of forms: it has its rows and `MOST_NEW_ROWS` more, and a page of it, whatever a request says."""

    @property
    def absolute_max(self) -> int:
        return len(self.get_queryset()) + MOST_NEW_ROWS  # type: ignore[attr-defined]

    def get_page_num(self) -> int:
        request, name = self.request, self.get_pagination_key()  # type: ignore[attr-defined]
        return whole_number(request.GET.get(name, "")) or whole_number(request.POST.get(name, "")) or 1


class _Part(ScopedRows):
    """Rows inside the form of another; they come into sight with it alone."""

    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        rows = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        return type(rows.__name__, (_FewNewRows, rows), {})

    def _sees(self, request: HttpRequest) -> bool:
        return self.scope.admits(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._sees(request) and super().has_view_permission(request, obj)  # type: ignore[misc]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._sees(request) and super().has_add_permission(request, obj)  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._sees(request) and super().has_change_permission(request, obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._sees(request) and super().has_delete_permission(request, obj)  # type: ignore[misc]


class TabularPart(_Part, unfold.TabularInline):  # type: ignore[misc]
    """Rows inside the form of another, as a table."""


class StackedPart(_Part, unfold.StackedInline):  # type: ignore[misc]
    """Rows inside the form of another, one below the other."""


class ReadOnlyPart(TabularPart):
    """Rows inside the page of another that are shown only; who sees the page sees them."""

    can_delete = False
    max_num = 0
    hide_title = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(flatten_fieldsets(self.get_fieldsets(request, obj)))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._sees(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def field_names(model: type[models.Model], *without: str) -> list[str]:
    """The names of the columns of `model` in their order, for pages that only show them."""
    return [field.name for field in model._meta.concrete_fields if field.name not in without]


register = admin.register
