"""A listing's page in the admin with everything that was changed on it, and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.admin_fields import country_name
from accounts.admin_scope import only_translates
from catalog import tasks
from catalog.admin.listing_page import ListingPage
from catalog.models import ListingChange, Product
from catalog.selectors.changes import MOST_SHOWN, changes_of
from catalog.services import history, screening
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.typed_numbers import whole_number
from payments.selectors import fx_table


class ListingChanges(ListingPage):
    """For the admin of listings: the page of changes, and a change of a live listing that shows with its screening."""

    @action(description=_("What was changed"), url_path="changes", icon="history")
    def changes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The changes, the newest first; a POST with one of them puts the listing back as it was before."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        product = self.listing(request, object_id)
        if request.method == "POST":
            return self._put_back(request, product, request.POST.get("change", ""))
        context = {"changes": changes_of(product), "most_shown": MOST_SHOWN, "may_change": self._may(request, product)}
        return self.listing_page(
            request, product, "admin/catalog/product/changes.html", _("What was changed"), context
        )  # fmt: skip

    def _may(self, request: HttpRequest, product: Product) -> bool:
        may_change: bool = self.has_change_permission(request, product)  # type: ignore[attr-defined]
        return may_change and not only_translates(request.user)

    def _put_back(self, request: HttpRequest, product: Product, key: str) -> HttpResponse:
        if not self._may(request, product):
            raise PermissionDenied
        change = ListingChange.objects.filter(pk=whole_number(key), product=product).first()
        if change is None:
            raise Http404
        before = set(product.held_in)
        try:
            is_new = history.put_back(product=product, change=change, actor=request.user, fx=fx_table(clock.today()))  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            said = _("The listing is as it was before.") if is_new else _("The listing is like that already.")
            messages.success(request, said)
            self.tell_holds(request, product, before)
        return HttpResponseRedirect(request.get_full_path())

    def screen_with_the_change(self, request: HttpRequest, product: Product) -> None:
        """A change of a live listing is screened before anybody meets it, and the reader learns what it holds."""
        before = set(Product.objects.values_list("held_in", flat=True).get(pk=product.pk))
        if screening.screen_in_place(product_ids=[product.pk]).moved:
            tasks.count_filters_soon()
        self.tell_holds(request, product, before)

    def tell_holds(self, request: HttpRequest, product: Product, before: set[str]) -> None:
        """Names the countries in which the listing is held now and was not before."""
        now = set(Product.objects.values_list("held_in", flat=True).get(pk=product.pk))
        if new := sorted(now - before):
            names = ", ".join(country_name(code) if code else str(_("every country")) for code in new[:10])
            text: Any = _("As it is now the listing is held in: %(countries)s. The tab “Compliance” says why.")
            messages.warning(request, text % {"countries": names})
