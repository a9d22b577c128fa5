"""Sellers and the people who act for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts import services
from accounts.admin_fields import country_field, country_name, currency_choices, in_all_languages, language_tabs
from accounts.admin_scope import ReadOnlyPart, ShopAdmin, of_seller, register
from accounts.models import Seller, SellerMember
from marketplace.kernel.errors import Refused

STATUS_COLOURS = {
    Seller.Status.APPROVED: "success",
    Seller.Status.ONBOARDING: "info",
    Seller.Status.INVITED: "info",
    Seller.Status.IN_REVIEW: "warning",
    Seller.Status.REFUSED: "danger",
    Seller.Status.SUSPENDED: "danger",
}


class MemberPart(ReadOnlyPart):
    """Who acts for the seller."""

    model = SellerMember
    scope = of_seller("seller")
    fields = ("user", "role")


class SellerForm(forms.ModelForm):
    """A seller; what the contract or the papers fix is changed by an administrator."""

    home_country = country_field(required=True, label=_("home country"))
    settlement_currency = forms.ChoiceField(
        label=capfirst(_("settlement currency")), choices=currency_choices, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Seller
        fields = (
            "name", "legal_name", "slug", "home_country", "settlement_currency", "founded_year", "city",
            "street_address", "postal_code", "country_area", "email", "phone", *in_all_languages("tagline", "story"),
        )  # fmt: skip


@register(Seller)
class SellerAdmin(ShopAdmin):
    """Sellers with the story that shoppers read, one tab for each language."""

    scope = of_seller("pk")
    form = SellerForm
    list_display = ("shown_name", "shown_country", "settlement_currency", "shown_status")
    list_filter = ("status",)
    search_fields = ("name", "legal_name", "slug")
    list_columns_hidden_from_sellers = ()
    ordering = ("name",)
    inlines = (MemberPart,)
    fieldsets = (
        (None, {"fields": (("name", "legal_name"), ("slug", "shown_status"), ("home_country", "settlement_currency"))}),
        (
            _("Address and contact"),
            {
                "fields": (
                    "street_address",
                    ("postal_code", "city", "country_area"),
                    ("email", "phone"),
                    "founded_year",
                )
            },
        ),
        *language_tabs("tagline", "story"),
    )
    readonly_fields = ("shown_status",)  # it follows from what officers decide on the seller's papers
    fixed_by_contract = ("name", "legal_name", "slug", "home_country", "settlement_currency")
    fixed_by_papers = ("street_address", "postal_code", "city", "country_area", "email", "phone")

    @display(description=_("seller"), header=True, ordering="name")
    def shown_name(self, seller: Seller) -> list[str]:
        return [seller.name, seller.legal_name]

    @display(description=_("home country"), ordering="home_country")
    def shown_country(self, seller: Seller) -> str:
        return country_name(seller.home_country)

    @display(description=_("status"), label=STATUS_COLOURS, ordering="status")
    def shown_status(self, seller: Seller) -> tuple[str, str]:
        return seller.status, seller.get_status_display()

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        """An administrator mends mistakes; everybody else goes by the contract and by the seller's papers."""
        return (*self.fixed_by_contract, *self.fixed_by_papers) if obj and not request.user.is_superuser else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # orders name the seller; a seller who leaves is suspended


@register(SellerMember)
class SellerMemberAdmin(ShopAdmin):
    """Who acts for which seller. Adding somebody lets them into the admin."""

    scope = of_seller("seller")
    list_display = ("user", "seller", "role")
    list_filter = ("seller", "role")
    search_fields = ("user__email", "seller__name")
    list_select_related = ("user", "seller")
    autocomplete_fields = ("user", "seller")
    actions = None

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("user", "seller") if obj else ()

    def save_model(self, request: HttpRequest, obj: SellerMember, form: Any, change: bool) -> None:
        member = services.add_member(user=obj.user, seller=obj.seller, role=obj.role)
        obj.pk = member.pk

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
            return self.response_post_save_change(request, self.get_object(request, object_id))

    def delete_model(self, request: HttpRequest, obj: SellerMember) -> None:
        services.remove_member(user=obj.user, seller=obj.seller)
