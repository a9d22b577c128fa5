"""What may be sent how, and for how much."""

from __future__ import annotations

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin_fields import country_field, country_name, language_tabs, money_cell
from accounts.admin_scope import STAFF, ShopAdmin, TabularPart, register
from logistics.models import DefaultWeight, ShippingRate, ShippingService, Zone, ZoneCountry
from marketplace.kernel.money import minor_digits, round_amount


class ZoneCountryForm(forms.ModelForm):
    """A country served."""

    country = country_field(required=True, label=_("country"))

    class Meta:
        model = ZoneCountry
        fields = ("country", "zone", "customs_area")


class ZoneCountryPart(TabularPart):
    """The countries of a zone."""

    model = ZoneCountry
    scope = STAFF
    form = ZoneCountryForm
    fields = ("country", "customs_area")


@register(Zone)
class ZoneAdmin(ShopAdmin):
    """Groups of countries that cost the same to send to."""

    scope = STAFF
    list_display = ("name", "code")
    search_fields = ("name", "code")
    ordering = ("code",)
    inlines = (ZoneCountryPart,)


@register(ShippingService)
class ShippingServiceAdmin(ShopAdmin):
    """The ways of sending that a shopper may choose."""

    scope = STAFF
    list_display = ("name", "code", "carrier", "channel", "transport", "shown_days", "tracked", "is_active")
    list_filter = ("is_active", "channel", "transport")
    search_fields = ("code", "name_en")
    ordering = ("position", "code")
    actions = None
    fieldsets = (
        (None, {"fields": (("code", "carrier"), ("channel", "transport"), ("days_min", "days_max"),
                           ("tracked", "accepts_lithium"), ("position", "is_active"))}),
        *language_tabs("name"),
    )  # fmt: skip

    @display(description=_("days under way"))
    def shown_days(self, service: ShippingService) -> str:
        return f"{service.days_min}–{service.days_max}"


class ShippingRateForm(forms.ModelForm):
    """The price of one parcel, to a country or to a zone."""

    origin_country = country_field(required=True, label=_("from"))
    destination_country = country_field(required=False, label=_("to country"))

    class Meta:
        model = ShippingRate
        fields = ("service", "origin_country", "destination_country", "zone", "up_to_grams", "price")

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("destination_country")) == bool(data.get("zone")):
            self.add_error(None, _("A rate goes either to a country or to a zone."))
        price = data.get("price")
        if price is not None and price.amount != round_amount(price.amount, price.currency.code):
            message = _("%(currency)s has %(digits)s decimal places.")
            code = price.currency.code
            self.add_error("price", message % {"currency": code, "digits": minor_digits(code)})
        return data  # type: ignore[no-any-return]


@register(ShippingRate)
class ShippingRateAdmin(ShopAdmin):
    """Prices by service, lane and weight."""

    scope = STAFF
    form = ShippingRateForm
    list_display = ("service", "shown_from", "shown_to", "up_to_grams", "shown_price")
    list_filter = ("service", "zone", "origin_country")
    list_select_related = ("service", "zone")
    search_fields = ("service__code", "origin_country", "destination_country")
    ordering = ("service", "origin_country", "destination_country", "zone", "up_to_grams")

    @display(description=_("from"), ordering="origin_country")
    def shown_from(self, rate: ShippingRate) -> str:
        return country_name(rate.origin_country)

    @display(description=_("to"))
    def shown_to(self, rate: ShippingRate) -> str:
        return country_name(rate.destination_country) if rate.destination_country else str(rate.zone)

    @display(description=_("price"), ordering="price")
    def shown_price(self, rate: ShippingRate) -> SafeString | str:
        return money_cell(rate.price)


@register(DefaultWeight)
class DefaultWeightAdmin(ShopAdmin):
    """What a piece is taken to weigh when nobody has said."""

    scope = STAFF
    list_display = ("hs_prefix", "grams", "note")
    search_fields = ("hs_prefix", "note")
    ordering = ("hs_prefix",)
