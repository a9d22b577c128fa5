"""A listing's page in the admin on which its variants are made together: every combination of its choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from accounts.admin_scope import only_translates
from catalog.admin.listing_page import ListingPage
from catalog.admin.listing_parts import VariantForm, options_of
from catalog.models import Product, Variant
from catalog.services import combinations, listings
from catalog.services.combinations import MOST, Missing, Plan
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.signs import seen
from marketplace.kernel.typed_numbers import whole_number
from payments.selectors import fx_table

_FIELDS = ("price", "compare_at", "weight_grams")


class ListingCombinations(ListingPage):
    """For the admin of listings: a button on the page of a listing, and the page behind it."""

    def has_combine_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the reader may make variants of listings that they meet; translators may not."""
        return self.has_change_permission(request) and not only_translates(request.user)  # type: ignore[attr-defined]

    @action(description=_("All combinations"), url_path="combinations", icon="grid_view", permissions=["combine"])
    def combinations(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows what would be made of the choices, and makes it; 404 for whoever may not meet the listing."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        product = self.listing(request, object_id)
        if not self.has_change_permission(request, product):  # type: ignore[attr-defined]
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else None
        form = self._form(request, product)
        stem = seen(sent.get("stem", "")).strip()[:100] if sent else ""
        known = {value.pk for option in options_of(product) for value in option.values.all()}
        chosen = known.intersection(map(whole_number, sent.getlist("choice"))) if sent else known
        found, refusal = combinations.plan(product=product, chosen=chosen, stem=stem), ""
        typed = _typed_skus(request, found)
        if sent and sent.get("do") == "make" and form.is_valid():
            try:
                return self._make(request, product, chosen, typed, form.cleaned_data)
            except Refused as refused:
                refusal = str(refused.message)
        context = {
            "options": options_of(product), "chosen": chosen, "form": form, "plan": found, "refusal": refusal, "most": MOST,
            "rows": [{"names": row.names, "input": _input(row), "sku": typed.get(row.keys, row.sku)} for row in found.rows],
        }  # fmt: skip
        return self.listing_page(
            request, product, "admin/catalog/product/combinations.html", _("All combinations"), context
        )

    def _form(self, request: HttpRequest, product: Product) -> forms.ModelForm:
        """The figures that the new variants share; those of the first variant to begin with."""
        form = forms.modelform_factory(
            Variant, form=VariantForm, fields=_FIELDS,
            formfield_callback=lambda field, **kwargs: self.formfield_for_dbfield(field, request, **kwargs),  # type: ignore[attr-defined]
        )  # fmt: skip
        first = product.variants.first()
        initial = {name: getattr(first, name) for name in _FIELDS} if first else {}
        initial.setdefault("price", [None, product.seller.settlement_currency])
        is_to_be_checked = request.POST.get("do") == "make"
        return form(request.POST, initial=initial) if is_to_be_checked else form(initial=initial | _as_typed(request))

    def _make(
        self, request: HttpRequest, product: Product, chosen: set[int], typed: dict[Any, str], figures: dict[str, Any]
    ) -> HttpResponse:
        made = combinations.make_variants(product=product, chosen=chosen, skus=typed, **figures)
        self.log_change(request, product, [{"added": {"name": "variants", "object": str(made)}}])  # type: ignore[attr-defined]
        listings.refresh_listings(product_ids=[product.pk], fx=fx_table(clock.today()))
        if product.status == Product.Status.LIVE:
            self.screen_with_the_change(request, product)  # type: ignore[attr-defined]
        text = ngettext("%(count)d variant was made.", "%(count)d variants were made.", made)
        messages.success(request, text % {"count": made})
        return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[product.pk]) + "#variants")


def _as_typed(request: HttpRequest) -> dict[str, Any]:
    """The figures as they were typed, for a page that only shows the combinations anew."""
    if request.method != "POST":
        return {}
    price = [request.POST.get("price_0", ""), request.POST.get("price_1", "")]
    return {"price": price} | {name: request.POST.get(name, "") for name in _FIELDS[1:]}


def _input(row: Missing) -> str:
    return "sku-" + "-".join(str(key or 0) for key in row.keys)


def _typed_skus(request: HttpRequest, plan: Plan) -> dict[Any, str]:
    """The SKUs of the inputs, unless they were proposed for another beginning."""
    if request.POST.get("shown_stem") != plan.stem:
        return {}
    return {row.keys: seen(request.POST[_input(row)]).strip() for row in plan.rows if _input(row) in request.POST}
