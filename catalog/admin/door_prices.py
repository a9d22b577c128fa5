"""A listing's page in the admin with the prices of one variant at the doors of all countries, to look at or take home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin_fields import money_cell
from catalog.admin.listing_page import ListingPage
from catalog.door import tables
from catalog.door.amounts import read_amount
from catalog.models import Product, Variant
from catalog.selectors.door_prices import door_prices, goods_of
from catalog.selectors.price_terms import terms_of
from catalog.selectors.prices import Prices
from marketplace.kernel import clock
from marketplace.kernel.money import minor_digits

_FILES = {
    "csv": (tables.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (tables.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class DoorForm(forms.Form):
    """Which variant, what a piece costs the seller, which destinations, in which order. Nothing of it is saved."""

    variant = forms.ChoiceField(label=capfirst(_("variant")), widget=UnfoldAdminSelectWidget)
    cost = forms.CharField(
        label=_("What a piece costs you"), required=False, max_length=24,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}),
    )  # fmt: skip
    status = forms.ChoiceField(
        label=capfirst(_("status")), required=False, choices=[("", _("All")), *tables.STATUSES.items()],
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    sort = forms.ChoiceField(
        label=pgettext_lazy("sorting", "Order"), required=False, choices=[("name", _("By name")), ("total", _("The cheapest first"))],
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    def __init__(self, data: Any, *, variants: Sequence[Variant]) -> None:
        usual = {"variant": str(variants[0].pk), "sort": "name"}
        given = {key: value for key in self.base_fields if (value := data.get(key))}
        super().__init__({**usual, **given}, use_required_attribute=False)
        self.variants = {str(variant.pk): variant for variant in variants}
        self.fields["variant"].choices = [(key, _label(one)) for key, one in self.variants.items()]  # type: ignore[attr-defined]
        currency = self.chosen.price.currency.code
        self.fields["cost"].help_text = _("In %(currency)s. It is not kept.") % {"currency": currency}

    @property
    def chosen(self) -> Variant:
        """The variant chosen, or the first."""
        return self.variants.get(self.data["variant"]) or next(iter(self.variants.values()))

    def clean_cost(self) -> Any:
        """The amount, None where nothing was typed."""
        text = self.cleaned_data["cost"]
        return read_amount(text, minor_digits(self.chosen.price.currency.code)) if text else None

    def rows(self, prices: Prices) -> list[tables.Row]:
        """The destinations asked for; all of them, without a margin, while something typed is wrong."""
        known = self.cleaned_data if self.is_valid() else {}
        terms = terms_of(self.chosen.pk, clock.now())
        found = door_prices(goods_of(self.chosen, terms), prices)
        table = tables.rows(found, self.chosen.price, known.get("cost"))
        return tables.chosen(table, status=known.get("status", ""), sort=known.get("sort", "name"))


def _label(variant: Variant) -> str:
    choices = [value.name or value.code for value in variant.choices]
    return " · ".join([*choices, variant.sku or f"#{variant.pk}"])


class DoorPrices(ListingPage):
    """For the admin of listings: a button on the page of a listing, and the page behind it."""

    @action(description=_("Prices at the door"), url_path="door-prices", icon="door_front")
    def door_prices(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One listing at all doors; 404 for whoever may not meet the listing."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        product = self.listing(request, object_id)
        variants = _variants(product)
        if not variants:
            return self._page(request, product, None, [], Prices.today())
        form, prices = DoorForm(request.GET, variants=variants), Prices.today()
        rows = form.rows(prices)
        if (kind := request.GET.get("format", "")) in _FILES and form.is_valid():
            return _file(kind, form.chosen, rows, prices)
        return self._page(request, product, form, rows, prices)

    def _page(
        self, request: HttpRequest, product: Product, form: DoorForm | None, rows: list[tables.Row], prices: Prices
    ) -> HttpResponse:
        context = {
            "form": form, "rows": rows, "price": form.chosen.price if form else None, "on": prices.on,
            "margin": _margin(form),
        }  # fmt: skip
        template = "admin/catalog/product/door_prices.html"
        return self.listing_page(request, product, template, _("Prices at the door"), context)


def _variants(product: Product) -> list[Variant]:
    rows = product.variants.select_related("product__seller", "value1", "value2", "value3")
    return list(
        rows.prefetch_related("stock_levels__warehouse", "parts__part__stock_levels__warehouse").order_by(
            "position", "pk"
        )
    )


def _margin(form: DoorForm | None) -> dict[str, Any] | None:
    """What is left of the price; the same at every door, for the shopper pays all that comes on top."""
    cost = form.cleaned_data.get("cost") if form is not None and form.is_valid() else None
    if form is None or cost is None:
        return None
    price = form.chosen.price
    left = Money(price.amount - cost, price.currency)
    return {"amount": money_cell(left), "is_loss": left.amount < 0}


def _file(kind: str, variant: Variant, rows: list[tables.Row], prices: Prices) -> HttpResponse:
    write, content_type = _FILES[kind]
    title = f"{variant.product} · {_label(variant)}"
    answer = HttpResponse(write(rows, title, variant.price.currency.code, prices.on), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="door-prices-{variant.pk}-{prices.on.isoformat()}.{kind}"'
    return answer
