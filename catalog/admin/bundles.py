"""What a bundle consists of, in the form of its variant, and the terms on which something is sold without stock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.admin_opened import OpenedForm
from accounts.admin_scope import TabularPart, of_seller
from catalog.availability import LONGEST_LEAD, LONGEST_PRE_ORDER
from catalog.models import BundlePart
from marketplace.kernel import clock

_NOT_TO_ORDER = _("A bundle is sold from the stock of its parts, not to order.")
TERMS = (("lead_days", "available_on"), ("order_limit", "low_stock_at"))


def check_terms(form: forms.ModelForm, data: dict[str, Any]) -> None:
    """Notes what does not go together: something is made to order or pre-ordered, and only then has a limit."""
    lead, out_on = data.get("lead_days"), data.get("available_on")
    if lead is not None and out_on is not None:
        form.add_error("available_on", _("An article is made to order or pre-ordered, not both."))
    if lead is not None and not 1 <= lead <= LONGEST_LEAD:
        form.add_error("lead_days", _("Give a number of days from 1 to 365."))
    if out_on is not None and out_on > clock.today() + LONGEST_PRE_ORDER:
        form.add_error("available_on", _("A pre-order has to be sent within two years."))
    if lead is None and out_on is None and data.get("order_limit") is not None:
        form.add_error("order_limit", _("A limit is for what is made to order or pre-ordered."))
    is_bundle = form.instance.pk and BundlePart.objects.filter(bundle=form.instance).exists()
    if is_bundle and (lead is not None or out_on is not None):
        form.add_error(None, _NOT_TO_ORDER)


class BundlePartForm(OpenedForm):
    """A part of a bundle: another variant of the same seller that is no bundle itself."""

    class Meta:
        model = BundlePart
        fields = ("part", "quantity")

    def clean_part(self) -> Any:
        part, bundle = self.cleaned_data["part"], self.instance.bundle
        if part.pk == bundle.pk:
            raise ValidationError(_("A bundle can't be a part of itself."))
        if part.seller_id != bundle.seller_id:
            raise ValidationError(_("This variant belongs to another seller."))
        if BundlePart.objects.filter(bundle=part).exists():
            raise ValidationError(_("This variant is a bundle itself. Name its parts instead."))
        if BundlePart.objects.filter(part=bundle).exists():
            raise ValidationError(_("This variant is a part of another bundle and can't become one."))
        return part

    def clean_quantity(self) -> int:
        pieces: int = self.cleaned_data["quantity"]
        if not 1 <= pieces <= 99:
            raise ValidationError(_("Choose a quantity from 1 to %(most)d.") % {"most": 99})
        return pieces


class _Parts(forms.BaseInlineFormSet):
    """All parts of a bundle."""

    def clean(self) -> None:
        super().clean()
        is_to_order = self.instance.lead_days is not None or self.instance.available_on is not None
        if is_to_order and any(form.has_changed() for form in self.extra_forms):
            raise ValidationError(_NOT_TO_ORDER)


class BundlePartPart(TabularPart):
    """The parts of the variant, when it is a bundle."""

    model = BundlePart
    fk_name = "bundle"
    scope = of_seller("bundle__seller")
    form = BundlePartForm
    formset = _Parts
    fields = ("part", "quantity")
    autocomplete_fields = ("part",)
    tab = True

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("part__product", "bundle")
