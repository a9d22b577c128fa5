"""What a seller says of goods beside their texts and prices: the form for the facts of a listing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin_fields import in_all_languages
from accounts.admin_opened import OpenedForm
from catalog.admin.pair_rows import PairsField, PairsWidget
from catalog.models import EconomicOperator, ProductFacts
from compliance.rules.marks import BATTERIES, SAID

# What packaging is made of, as the registers ask for it.
MATERIALS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("paper", pgettext_lazy("packaging", "Paper and cardboard")),
    ("plastic", pgettext_lazy("packaging", "Plastic")),
    ("glass", pgettext_lazy("packaging", "Glass")),
    ("steel", pgettext_lazy("packaging", "Steel and tinplate")),
    ("aluminium", pgettext_lazy("packaging", "Aluminium")),
    ("wood", pgettext_lazy("packaging", "Wood")),
    ("textile", pgettext_lazy("packaging", "Textile")),
    ("composite", pgettext_lazy("packaging", "Composite")),
    ("other", pgettext_lazy("packaging", "Other")),
)
_EDGES: Final = ("length_mm", "width_mm", "height_mm")
_ANSWERS: Final = (("", _("Not said")), ("yes", _("Yes")), ("no", _("No")))


class SaidField(forms.TypedChoiceField):
    """Yes, no, or nothing said."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=_ANSWERS, coerce=lambda word: word == "yes", empty_value=None, required=False,
            widget=UnfoldAdminSelectWidget, **options,
        )  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (data or "") != self.prepare_value(initial)


class FactsForm(OpenedForm):
    """The facts of one listing. What contradicts itself is refused; what is missing is for the screening to say."""

    materials = PairsField(
        label=_("Materials"), most=Decimal(100), too_much=_("The materials come to more than 100 percent."),
        widget=PairsWidget(name_label=_("Material"), number_label=_("Percent")),
    )  # fmt: skip
    packaging_grams = PairsField(
        label=_("Packaging of one piece"),
        widget=PairsWidget(name_label=_("Material"), number_label=_("Grams"), choices=MATERIALS),
    )

    class Meta:
        model = ProductFacts
        fields = (
            "model_identifier", "materials", *SAID, "cites_species", "age_from", "energy_label", "battery", "batteries",
            "battery_watt_hours", "battery_grams", "packaging_grams", *_EDGES, "manufacturer", "responsible_person", "has_no_warnings",
            *in_all_languages("warnings", "instructions"),
        )  # fmt: skip
        help_texts = {
            "model_identifier": _("As it stands on the product."),
            "cites_species": _("The scientific name, if the goods contain material of a protected species."),
            "age_from": _("In years. Toys need it."),
            "energy_label": _("The number of the model in EPREL."),
            "batteries": _("In one piece."),
            "battery_watt_hours": _("Of one battery: ampere-hours times volts."),
            "battery_grams": _("Of all batteries in one piece. Registers of producers ask for it."),
            "has_no_warnings": _("Tick it if the goods can be used safely without being told how."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SAID:
            if name in self.fields:
                label = self.fields[name].label
                self.fields[name] = SaidField(label=label)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._clean_battery(data)
        if any(data.get(name) for name in _EDGES) and not all(data.get(name) for name in _EDGES):
            self.add_error("length_mm", _("Give all three edges of one packed piece, or none."))
        if data.get("has_no_warnings") and any(data.get(name) for name in in_all_languages("warnings")):
            self.add_error("has_no_warnings", _("There are warnings below. Take the tick or the warnings away."))
        for name, role in (("manufacturer", EconomicOperator.Role.MANUFACTURER),
                           ("responsible_person", EconomicOperator.Role.RESPONSIBLE)):  # fmt: skip
            operator = data.get(name)
            seller_id = self.instance.product.seller_id if self.instance.product_id else None
            if operator is not None and (operator.role != role or operator.seller_id != seller_id):
                self.add_error(name, _("Choose one of your own."))
        return data

    def _clean_battery(self, data: dict[str, Any]) -> None:
        kind = data.get("battery")
        if kind in ("", None, ProductFacts.Battery.NONE):
            if any(data.get(name) for name in ("batteries", "battery_watt_hours", "battery_grams")):
                self.add_error("battery", _("Say what kind of battery it is."))
        elif kind in BATTERIES and data.get("batteries") == 0:
            self.add_error("batteries", _("Goods with a battery have at least one."))
