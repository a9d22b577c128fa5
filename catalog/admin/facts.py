"""Safety and customs on the page of a listing: its facts and documents, and who made the goods and answers for them."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from accounts.admin_fields import country_field, latin
from accounts.admin_opened import OneRow
from accounts.admin_scope import ShopAdmin, StackedPart, of_seller, register
from accounts.plain_text import PlainTextField
from catalog.admin.facts_form import FactsForm
from catalog.models import EconomicOperator, Product, ProductFacts
from compliance.rules.marks import SAID

_ROLES: Final = {
    "manufacturer": EconomicOperator.Role.MANUFACTURER,
    "responsible_person": EconomicOperator.Role.RESPONSIBLE,
}
_said = tuple(SAID)


class FactsPart(StackedPart):
    """The facts of the listing, in sections; one for each language at the end."""

    model = ProductFacts
    scope = of_seller("product__seller")
    form = FactsForm
    formset = OneRow
    verbose_name = verbose_name_plural = _("Safety and customs")
    tab = True
    hide_title = True
    max_num = 1
    can_delete = False
    fieldsets = (
        (
            _("Goods"),
            {
                "fields": (
                    ("model_identifier", "energy_label", "age_from"), "materials", _said[:3], _said[3:6], _said[6:],
                    "cites_species",
                    ("length_mm", "width_mm", "height_mm"),
                )
            },
        ),
        (_("Battery"), {"fields": (("battery", "batteries", "battery_watt_hours", "battery_grams"),)}),
        (_("Packaging"), {"fields": ("packaging_grams",)}),
        (_("Manufacturer and responsible person"), {"fields": (("manufacturer", "responsible_person"),)}),
        (_("Warnings and instructions"), {"fields": ("has_no_warnings",)}),
        *(
            (name, {
                "classes": [] if code == settings.MODELTRANSLATION_DEFAULT_LANGUAGE else ["collapse"],
                "fields": [build_localized_fieldname(field, code) for field in ("warnings", "instructions")],
            })
            for code, name in settings.LANGUAGES
        ),
    )  # fmt: skip

    def get_extra(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> int:
        return 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        request._product_in_form = obj  # type: ignore[attr-defined]  # the fields are made without it
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        product: Product | None = getattr(request, "_product_in_form", None)
        role = _ROLES.get(db_field.name)
        if role is not None:
            seller = product.seller_id if product else None
            kwargs["queryset"] = EconomicOperator.objects.filter(seller=seller, role=role)
            address = reverse("admin:catalog_economicoperator_add") + f"?role={role}"
            kwargs["help_text"] = format_html('<a class="admin-link" href="{}">{}</a>', address, _("Enter another one"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name.startswith(("warnings_", "instructions_")):
            field.widget.attrs["rows"] = 4
        return field


class OperatorForm(forms.ModelForm):
    """A manufacturer or responsible person who can be reached by letter and electronically."""

    name = PlainTextField(label=_("Name or trade mark"), max_length=150)
    postal_address = PlainTextField(
        label=_("Postal address"), max_length=300, help_text=_("Street, number, postal code and town.")
    )
    country = country_field(required=True, label=_("country"))

    class Meta:
        model = EconomicOperator
        fields = ("seller", "role", "name", "postal_address", "country", "electronic_address")
        help_texts = {"electronic_address": _("An e-mail address, or the web address of a page for complaints.")}

    def clean_electronic_address(self) -> str:
        text: str = self.cleaned_data["electronic_address"].strip()
        for check in (validate_email, URLValidator(schemes=("https", "http"))):
            try:
                check(text)
            except ValidationError:
                continue
            return text
        raise ValidationError(_("Give an e-mail address, or a web address that begins with https://."))


@register(EconomicOperator)
class OperatorAdmin(ShopAdmin):
    """The manufacturers and responsible persons that a seller's listings name."""

    scope = of_seller("seller")
    form = OperatorForm
    list_display = ("name", "role", "country", "shown_address", "seller")
    list_filter = ("role", "seller")
    search_fields = ("name", "electronic_address")
    ordering = ("name", "pk")
    fields = ("seller", "role", "name", "postal_address", "country", "electronic_address")

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("seller", "role") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and "seller" in form.base_fields and len(request.user.seller_ids) == 1:  # type: ignore[union-attr]
            form.base_fields["seller"].initial = next(iter(request.user.seller_ids))  # type: ignore[union-attr]
        return form

    def shown_address(self, operator: EconomicOperator) -> Any:
        return latin(operator.electronic_address)

    shown_address.short_description = _("e-mail or web address")  # type: ignore[attr-defined]
