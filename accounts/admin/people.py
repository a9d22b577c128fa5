"""People: accounts with their roles, the addresses they keep, what they agreed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import MultipleDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from accounts import roles, services
from accounts.admin_fields import country_name
from accounts.admin_scope import STAFF, ReadOnlyAdmin, ReadOnlyPart, ShopAdmin, field_names, register
from accounts.models import Address, Consent, SellerMember, User


class RoleFilter(MultipleDropdownFilter):  # type: ignore[misc]
    """People by their roles."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(roles.LABELS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = [name for name in self.value() or [] if name in roles.LABELS]
        return queryset.filter(groups__name__in=chosen).distinct() if chosen else queryset


class MembershipPart(ReadOnlyPart):
    """The sellers that somebody acts for."""

    model = SellerMember
    scope = STAFF
    fields = ("seller", "role")


class UserForm(forms.ModelForm):
    """An account with its roles among the staff; a seller's members are kept on the page of members."""

    staff_roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=[(name, roles.LABELS[name]) for name in roles.STAFF],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = User
        fields = ("full_name", "language", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["staff_roles"] = sorted(self.instance.role_names & set(roles.STAFF))


@register(User)
class UserAdmin(ShopAdmin):
    """Accounts. Passwords and second factors are their owners' own affair and are not shown."""

    scope = STAFF
    form = UserForm
    list_display = ("shown_name", "language", "shown_roles", "is_active", "date_joined")
    list_filter = ("is_active", "is_staff", RoleFilter)
    search_fields = ("email", "full_name")
    ordering = ("email",)
    inlines = (MembershipPart,)
    readonly_fields = ("email", "is_staff", "is_superuser", "date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "full_name", "language", "is_active")}),
        (_("Rights"), {"fields": ("staff_roles", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )

    def for_list(self, rows: Any) -> Any:
        return rows.prefetch_related("groups")

    @display(description=_("person"), header=True, ordering="email")
    def shown_name(self, user: User) -> list[str]:
        return [user.get_full_name(), user.email]

    @display(description=_("roles"))
    def shown_roles(self, user: User) -> str:
        named = [str(roles.LABELS.get(group.name, group.name)) for group in user.groups.all()]
        if user.is_superuser:
            named.insert(0, str(_("Administrator")))
        return ", ".join(named) or "—"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up themselves

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # they erase themselves, and orders stay

    @display(description=_("roles"))
    def staff_roles(self, user: User) -> str:
        return self.shown_roles(user)  # for readers who may not change them

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "staff_roles" in form.changed_data:
            _set_staff_roles(obj, set(form.cleaned_data["staff_roles"]))


def _set_staff_roles(user: User, wanted: set[str]) -> None:
    """`user` has the roles `wanted` among the staff and no others; who has none left stays out of the admin."""
    had = set(user.role_names) & set(roles.STAFF)
    for role in sorted(wanted - had):
        services.give_role(user=user, role=role)
    user.groups.remove(*Group.objects.filter(name__in=had - wanted))
    if user.is_staff and not (wanted or user.is_superuser or user.memberships.exists()):
        user.is_staff = False
        user.save(update_fields=["is_staff"])


@register(Address)
class AddressAdmin(ReadOnlyAdmin):
    """Addresses that people keep, for support."""

    scope = STAFF
    list_display = ("name", "user", "city", "postal_code", "shown_country")
    search_fields = ("name", "city", "postal_code", "user__email")
    list_select_related = ("user",)
    fields = field_names(Address, "id")

    @display(description=_("country"), ordering="country_code")
    def shown_country(self, address: Address) -> str:
        return country_name(address.country_code)


@register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """What people agreed to, kept for the record."""

    scope = STAFF
    list_display = ("email", "kind", "version", "language", "reference", "given_at")
    list_filter = ("kind",)
    search_fields = ("email", "reference")
    fields = field_names(Consent, "id")
