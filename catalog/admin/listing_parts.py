"""What stands inside the page of a product: its options and variants with prices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin_opened import OpenedForm
from accounts.admin_scope import TabularPart, of_seller
from catalog.admin.prices import check_price
from catalog.admin.stock_cells import stock_cell
from catalog.models import Option, OptionValue, Product, Variant
from catalog.trade_numbers import no_trade_number, trade_number
from marketplace.kernel.signs import seen
from marketplace.kernel.templatetags.ui import media as media_url

# Options ------------------------------------------------------------------------------------------------------


class OptionForm(OpenedForm):
    """An option with its choices, which are typed in one line."""

    new_choices = forms.CharField(
        label=_("Add choices"),
        required=False,
        max_length=2000,
        help_text=_("In English, with commas between them."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Option
        fields = ("position", "name_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"] = forms.TypedChoiceField(
                label=_("Position"), coerce=int, choices=[(n, n) for n in (1, 2, 3)], widget=UnfoldAdminSelectWidget
            )

    def clean_new_choices(self) -> list[str]:
        names = [seen(name).strip() for name in re.split(r"[,，、،]", self.cleaned_data["new_choices"])]
        return [name[:255] for name in dict.fromkeys(names) if name]

    def save_choices(self) -> None:
        """The option has the choices that were typed, behind those it had."""
        known = set(self.instance.values.values_list("code", flat=True))
        names = [name for name in self.cleaned_data.get("new_choices", ()) if name not in known]
        OptionValue.objects.bulk_create(
            OptionValue(option=self.instance, code=name, name_en=name, position=len(known) + place)
            for place, name in enumerate(names)
        )


class OptionPart(TabularPart):
    """What shoppers choose on the product: at most three things."""

    model = Option
    scope = of_seller("product__seller")
    form = OptionForm
    fields = ("position", "name_en", "shown_choices", "new_choices")
    readonly_fields = ("shown_choices",)
    max_num = 3
    show_change_link = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("values")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    @display(description=_("choices"))
    def shown_choices(self, option: Option) -> str:
        return ", ".join(value.name or value.code for value in option.values.all()) if option.pk else "—"


# Variants -----------------------------------------------------------------------------------------------------


class ChoiceOfOption(forms.TypedChoiceField):
    """One of the choices of an option, from a list that was read once for the whole page."""

    def __init__(self, values: Iterable[OptionValue], **kwargs: Any) -> None:
        self.by_key = {str(value.pk): value for value in values}
        choices = [("", "—"), *((key, value.name or value.code) for key, value in self.by_key.items())]
        super().__init__(
            choices=choices, coerce=self.by_key.get, empty_value=None, widget=UnfoldAdminSelectWidget, **kwargs
        )


class VariantForm(OpenedForm):
    """A variant whose figures go together."""

    def clean_gtin(self) -> str:
        number: str = self.cleaned_data["gtin"]
        if number and "gtin" in self.changed_data and trade_number(number) is None:
            raise ValidationError(no_trade_number(number))
        return number

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (price := data.get("price")) is not None:
            check_price(self, price, data.get("compare_at"))
        return data


def taken_skus(seller_id: int, skus: Iterable[str], variant_ids: Iterable[int]) -> set[str]:
    """Those of `skus` that other variants of the seller have."""
    others = Variant.objects.filter(seller=seller_id, sku__in=[sku for sku in skus if sku]).exclude(pk__in=variant_ids)
    return set(others.values_list("sku", flat=True))


class VariantFormSet(PaginationInlineFormSet):  # type: ignore[misc]
    """The variants of one product: each combination and each SKU once."""

    def clean(self) -> None:
        super().clean()
        forms_ = [form for form in self.forms if form not in self.deleted_forms and getattr(form, "cleaned_data", None)]
        here = [form for form in forms_ if form.instance.pk or form.has_changed()]
        keys = [form.instance.pk for form in self.forms if form.instance.pk]
        taken = taken_skus(self.instance.seller_id, [form.cleaned_data.get("sku", "") for form in here], keys)
        combinations = set(self.instance.variants.exclude(pk__in=keys).values_list("value1", "value2", "value3"))
        for form in here:
            sku = form.cleaned_data.get("sku", "")
            if sku and sku in taken:
                form.add_error("sku", _("Another variant has this SKU."))
            taken.add(sku)
            chosen = [form.cleaned_data.get(f"value{place}") for place in (1, 2, 3)]
            combination = tuple(value.pk if value else None for value in chosen)
            if combination in combinations:
                form.add_error(None, _("Another variant has the same choices."))
            combinations.add(combination)


class VariantPart(TabularPart):
    """What is bought: each combination of choices with its price and stock."""

    model = Variant
    scope = of_seller("seller")
    form = VariantForm
    formset = VariantFormSet
    per_page = 25
    show_change_link = True
    tab = True
    readonly_fields = ("shown_stock",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("value1", "value2", "value3")
        return rows.prefetch_related("stock_levels__warehouse").order_by("position", "pk")

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        places = sorted(option.position for option in options_of(obj)) if obj else []
        choices = [f"value{place}" for place in places]
        return ["sku", *choices, "price", "compare_at", "weight_grams", "is_active", "shown_stock"]

    def get_extra(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> int:
        return 1 if obj and not obj.variants.exists() else 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        request._product_in_form = obj  # type: ignore[attr-defined]  # the fields are made without it
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        product: Product | None = getattr(request, "_product_in_form", None)
        if db_field.name in ("value1", "value2", "value3"):
            option = next((one for one in options_of(product) if one.position == int(db_field.name[-1])), None)
            label = option.name if option else db_field.verbose_name
            return ChoiceOfOption(option.values.all() if option else (), label=label, required=option is not None)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "price" and product is not None:
            field.initial = [None, product.seller.settlement_currency]
        return field

    @display(description=_("stock"))
    def shown_stock(self, variant: Variant) -> SafeString | str:
        return stock_cell(variant)


def options_of(product: Product | None) -> list[Option]:
    """The options of a product with their choices, read once for each loaded product."""
    if product is None or product.pk is None:
        return []
    if "_options_read" not in product.__dict__:
        product.__dict__["_options_read"] = list(product.options.prefetch_related("values"))
    return product.__dict__["_options_read"]  # type: ignore[no-any-return]


# Pictures -----------------------------------------------------------------------------------------------------


def picture_cell(file: str, alt: str = "", size: int = 48) -> SafeString | str:
    """A small picture; nothing while there is none."""
    if not file or not file.endswith(".webp"):
        return "—"
    source = media_url(file, "400")
    measures = f'width="{size}" height="{size}" class="admin-thumb" loading="lazy"'
    return SafeString(f'<img src="{escape(source)}" alt="{escape(alt or "")}" {measures}>')
