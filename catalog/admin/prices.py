"""Prices by market, by quantity and by time, and how converted ones end."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from moneyed import Money
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin_fields import country_field, currency_choices, latin, money_cell
from accounts.admin_opened import AsOpened, OpenedForm
from accounts.admin_scope import STAFF, ReadOnlyPart, ShopAdmin, TabularPart, of_seller, register
from catalog import tasks
from catalog.models import (
    MarketPrice,
    PriceEnding,
    PricePolicy,
    PriceTier,
    ScheduledPrice,
    ScheduledPriceItem,
)
from catalog.selectors.price_terms import forget_endings
from catalog.services import scheduled_prices
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import minor_digits, round_amount

State = ScheduledPrice.State
THOUSANDTHS = 3  # the decimal places of what may be a number with a mark for thousands
STATE_COLOURS = {State.PLANNED: "info", State.RUNNING: "success", State.ENDED: "default", State.CANCELLED: "warning"}


def _check_digits(form: forms.Form, currency: str, **amounts: Decimal | None) -> None:
    """Each amount has no more decimal places than its currency."""
    for name, amount in amounts.items():
        digits = minor_digits(currency)
        if amount is None:
            continue
        if amount != round_amount(amount, currency):
            message = _("%(currency)s has %(digits)s decimal places.")
            form.add_error(name, message % {"currency": currency, "digits": digits})
        elif digits != THOUSANDTHS == _places(amount):  # "1.000" is one to some and a thousand to others
            form.add_error(name, _("Please write thousands without a mark, such as 1000 or 1000.50."))


def _places(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def check_price(form: forms.Form, price: Money, before: Decimal | None) -> None:
    """A price is more than nothing, and the one before is higher; both can be paid in their currency."""
    _check_digits(form, price.currency.code, price=price.amount, compare_at=before)
    _check_amount(form, price.amount)
    if before is not None and before <= price.amount:
        form.add_error("compare_at", _("The price before has to be higher than the price."))


def _check_amount(form: forms.Form, price: Decimal) -> None:
    if price < 0:
        form.add_error("price", _("A price can't be below zero."))
    elif price == 0:
        form.add_error("price", _("The price is zero."))


# On the page of a variant -------------------------------------------------------------------------------------


class MarketPriceForm(OpenedForm):
    """The price of a variant in a country, or in a currency."""

    country = country_field(required=False, label=_("country"))

    class Meta:
        model = MarketPrice
        fields = ("country", "price", "compare_at")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (price := data.get("price")) is not None:
            check_price(self, price, data.get("compare_at"))
        return data


class MarketPriceSet(forms.BaseInlineFormSet):
    """The prices of one variant: one for each country, and one for each currency."""

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", None)
            if not data or data.get("price") is None or form in self.deleted_forms:
                continue
            place = data.get("country") or data["price"].currency.code
            if place in seen:
                form.add_error("country", _("There is another price for this market."))
            seen.add(place)


class MarketPricePart(TabularPart):
    """What the variant costs in single countries and currencies, instead of the converted price."""

    model = MarketPrice
    scope = of_seller("variant__seller")
    form = MarketPriceForm
    formset = MarketPriceSet
    fields = ("country", "price", "compare_at")
    tab = True


class TierForm(OpenedForm):
    """From how many pieces on one costs how much."""

    class Meta:
        model = PriceTier
        fields = ("from_quantity", "price")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (data.get("from_quantity") or 2) < 2:
            self.add_error("from_quantity", _("Begin at two pieces or more."))
        return data


class TierSet(forms.BaseInlineFormSet):
    """The steps of one variant, beside the price that it gets with them: the more pieces, the lower the price of one."""

    def clean(self) -> None:
        super().clean()
        one: Money | None = self.instance.price
        rows = [form.cleaned_data | {"form": form} for form in self.forms
                if getattr(form, "cleaned_data", None) and form not in self.deleted_forms and form.is_valid()]  # fmt: skip
        for row in rows if one is not None else ():
            _check_digits(row["form"], one.currency.code, price=row["price"])
            if not 0 < row["price"] < one.amount:
                row["form"].add_error("price", _("A price by quantity has to be lower than the price of one piece."))
        rows = sorted((row for row in rows if row.get("from_quantity")), key=lambda row: row["from_quantity"])
        for fewer, more in pairwise(rows):
            if more["price"] >= fewer["price"]:
                more["form"].add_error("price", _("More pieces have to cost less each."))


class TierPart(TabularPart):
    """What one piece costs from a number of pieces on."""

    model = PriceTier
    scope = of_seller("variant__seller")
    form = TierForm
    formset = TierSet
    fields = ("from_quantity", "price")
    tab = True


# Rounding -----------------------------------------------------------------------------------------------------


class EndingForm(forms.ModelForm):
    """How prices of a currency end, from an amount on."""

    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = PriceEnding
        fields = ("currency", "from_amount", "step", "ending", "most_below")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        names = ("from_amount", "step", "ending", "most_below")
        if data.get("currency"):
            _check_digits(self, data["currency"], **{name: data.get(name) for name in names})
        step, ending, below = data.get("step"), data.get("ending"), data.get("most_below")
        if step is not None and ending is not None and not 0 <= ending < step:
            self.add_error("ending", _("An ending lies between zero and the step."))
        if step is not None and below is not None and not 0 <= below <= step:
            self.add_error("most_below", _("Not more than a step."))
        return data


@register(PriceEnding)
class PriceEndingAdmin(ShopAdmin):
    """How converted prices end in each currency, for the sellers who want it; kept by finance."""

    scope = STAFF
    form = EndingForm
    list_display = ("currency", "shown_from", "shown_step", "shown_ending", "shown_below")
    list_filter = ("currency",)
    ordering = ("currency", "from_amount")
    fieldsets = ((None, {"fields": ("currency", "from_amount", ("step", "ending"), "most_below")}),)

    @display(description=_("from this amount on"), ordering="from_amount")
    def shown_from(self, row: PriceEnding) -> SafeString | str:
        return money_cell(Money(row.from_amount, row.currency))

    @display(description=_("step"))
    def shown_step(self, row: PriceEnding) -> SafeString | str:
        return money_cell(Money(row.step, row.currency))

    @display(description=_("ending"))
    def shown_ending(self, row: PriceEnding) -> SafeString | str:
        return money_cell(Money(row.ending, row.currency))

    @display(description=_("at most this much below"))
    def shown_below(self, row: PriceEnding) -> SafeString | str:
        return money_cell(Money(row.most_below, row.currency))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(forget_endings)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(forget_endings)


@register(PricePolicy)
class PricePolicyAdmin(ShopAdmin):
    """Whether the converted prices of a seller end as is usual in their currency."""

    scope = of_seller("seller")
    list_display = ("seller", "has_native_endings")
    list_columns_hidden_from_sellers = ()
    fieldsets = ((None, {"fields": ("seller", "has_native_endings")}),)

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("seller",) if obj else ()

    def save_model(self, request: HttpRequest, obj: PricePolicy, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(lambda: tasks.refresh_cards_of_seller(obj.seller_id))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it can be switched off


# Scheduled prices ---------------------------------------------------------------------------------------------


class ScheduleForm(OpenedForm):
    """A price or a percentage, for what, and from when to when."""

    class Meta:
        model = ScheduledPrice
        fields = (
            "seller", "name", "percent", "price", "variant", "category", "products", "starts_at", "ends_at",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "starts_at" not in self.fields:
            return data
        seller = data.get("seller") or (self.instance.seller if self.instance.seller_id else None)
        self._check_price(data)
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= max(starts_at, clock.now()):
            self.add_error("ends_at", _("The end has to be in the future and after the start."))
        if seller is not None and starts_at and ends_at and not self.errors:
            self._check_goods(seller.pk, data)
        return data

    def _check_price(self, data: dict[str, Any]) -> None:
        percent, price, variant = data.get("percent"), data.get("price"), data.get("variant")
        if (percent is None) == (price is None):
            self.add_error("percent", _("Give either a price or a percentage."))
        if percent is not None and not 0 < percent < 100:
            self.add_error("percent", _("A percentage lies between 0 and 100."))
        if price is not None:
            if variant is None:
                self.add_error("variant", _("A price is that of one variant."))
            else:
                _check_digits(self, variant.price_currency, price=price)
            _check_amount(self, price)
            if price > scheduled_prices.HIGHEST:
                self.add_error("price", _("A price can't be that high."))

    def _check_goods(self, seller_id: int, data: dict[str, Any]) -> None:
        chosen = {name: data.get(name) for name in ("variant", "category")}
        meant = scheduled_prices.variants_meant(seller_id=seller_id, products=data.get("products") or (), **chosen)
        keys = list(meant.order_by("pk").values_list("pk", flat=True)[: scheduled_prices.MOST_VARIANTS + 1])
        try:
            scheduled_prices.check(
                seller_id=seller_id, variant_ids=keys, starts_at=data["starts_at"], ends_at=data["ends_at"],
                schedule_id=self.instance.pk,
            )  # fmt: skip
        except Refused as refusal:
            self.add_error(None, str(refusal.message))


class ItemPart(ReadOnlyPart):
    """What the schedule did to each variant."""

    model = ScheduledPriceItem
    scope = of_seller("schedule__seller")
    fields = ("variant", "price_before", "sale_price", "applied_at", "restored_at")
    per_page = 25
    tab = True


@register(ScheduledPrice)
class ScheduledPriceAdmin(AsOpened, ShopAdmin):
    """Sales and other prices from a moment to a moment; they begin and end by themselves."""

    scope = of_seller("seller")
    form = ScheduleForm
    list_display = ("name", "seller", "shown_state", "shown_price", "starts_at", "ends_at")
    list_filter = ("state", "seller")
    search_fields = ("name",)
    list_select_related = ("seller", "variant")
    autocomplete_fields = ("variant", "category", "products")
    actions = ("stop",)
    ordering = ("-starts_at", "-id")
    fieldsets = (
        (None, {"fields": (("seller", "name"), ("percent", "price"), "starts_at", "ends_at", "said_state")}),
        (_("For what"), {"fields": ("variant", "category", "products")}),
    )
    readonly_fields = ("said_state",)

    @display(description=_("state"), label=STATE_COLOURS, ordering="state")
    def shown_state(self, row: ScheduledPrice) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("state"))
    def said_state(self, row: ScheduledPrice) -> str:
        return row.get_state_display() if row.pk else "—"

    @display(description=_("price"))
    def shown_price(self, row: ScheduledPrice) -> SafeString | str:
        if row.price is None or row.variant is None:
            return latin(f"−{row.percent.normalize():f} %" if row.percent is not None else "")
        return money_cell(Money(row.price, row.variant.price_currency))

    def get_inlines(self, request: HttpRequest, obj: ScheduledPrice | None) -> list[Any]:
        return [ItemPart] if obj else []  # nothing has changed yet

    def fixed_fields(self, request: HttpRequest, obj: ScheduledPrice | None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("seller",) if obj.state == State.PLANNED else ScheduleForm.Meta.fields

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.instance.state == State.PLANNED:
            count = scheduled_prices.plan(schedule=form.instance)
            text = ngettext(
                "%(count)d variant will change its price.", "%(count)d variants will change their price.", count
            )
            messages.info(request, text % {"count": count})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is called off, and what it did stays known

    @admin.action(description=_("End now, or call off"), permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[ScheduledPrice]) -> None:
        """The former prices come back within a minute."""
        for row in queryset[:100]:
            try:
                scheduled_prices.stop(schedule=row, moment=clock.now())
            except Refused as refusal:
                messages.warning(request, str(refusal.message))
            else:
                messages.success(request, _("“%(name)s” ends now.") % {"name": row.name})
