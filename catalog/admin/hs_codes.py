"""A listing's page in the admin that proposes customs codes for it, each with the reason and a button to take it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin_scope import only_translates
from accounts.plain_text import PlainTextField
from catalog.admin.listing_page import ListingPage
from catalog.models import Product
from catalog.selectors.goods_codes import contradiction_in, proposals, proposals_for, usual_stream
from catalog.services.declaring import declare_code
from compliance.words.classification import contradiction_text, suggestion
from compliance.words.findings import STREAMS
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from payments.selectors import fx_table


class WordsForm(forms.Form):
    """Other words for the goods than those of the listing."""

    q = PlainTextField(
        label=_("What is it, in a few words of your own?"), required=False, max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "search", "autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip


class HSCodes(ListingPage):
    """For the admin of listings: a button on the page of a listing, the page behind it, and a word on a doubtful code."""

    @action(description=_("Find the HS code"), url_path="hs-codes", icon="search")
    def hs_codes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Codes for the listing, or for the words asked for; 404 for whoever may not meet the listing."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        product = self.listing(request, object_id)
        if request.method == "POST":
            return self._take(request, product, request.POST.get("code", ""))
        form = WordsForm(request.GET)
        asked = form.cleaned_data["q"] if form.is_valid() else ""
        found = proposals(asked, get_language() or "en") if asked else proposals_for(product)
        doubt = contradiction_in(product)
        context = {
            "form": form, "asked": asked, "suggestions": [suggestion(proposal) for proposal in found],
            "stream": STREAMS.get(usual_stream(product.category), ""),
            "doubt": contradiction_text(doubt) if doubt else "", "may_take": self._may_take(request, product),
        }  # fmt: skip
        template = "admin/catalog/product/hs_codes.html"
        return self.listing_page(request, product, template, _("Find the HS code"), context)

    def _may_take(self, request: HttpRequest, product: Product) -> bool:
        may_change: bool = self.has_change_permission(request, product)  # type: ignore[attr-defined]
        return may_change and not only_translates(request.user)

    def _take(self, request: HttpRequest, product: Product, code: str) -> HttpResponse:
        if not self._may_take(request, product):
            raise PermissionDenied
        try:
            is_new = declare_code(product=product, code=code, fx=fx_table(clock.today()))
        except Refused as refusal:
            messages.error(request, str(refusal.message))
            return HttpResponseRedirect(request.get_full_path())
        if is_new:
            said: Any = _("The listing has the HS code %(code)s now.") % {"code": code}
            self.log_change(request, product, [{"changed": {"fields": ["hs_code"]}}])  # type: ignore[attr-defined]
            messages.success(request, said)
        else:
            messages.info(request, _("The listing has this HS code already."))
        self.warn_of_code(request, product)
        return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[product.pk]))

    def warn_of_code(self, request: HttpRequest, product: Product) -> None:
        """Tells the reader what contradicts the code of a listing, if anything does."""
        if doubt := contradiction_in(product):
            messages.warning(request, contradiction_text(doubt))
