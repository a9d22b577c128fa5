"""Listings: texts in language tabs, customs facts, options, variants, pictures, and putting them on sale."""

from __future__ import annotations

import html
import re
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin_fields import country_field, in_all_languages, language_tabs, money_cell
from accounts.admin_opened import AsOpened, OpenedForm
from accounts.admin_scope import ShopAdmin, of_seller, only_translates, register
from catalog import tasks
from catalog.admin.attributes_form import AnswersPart, asked_in, follow_category
from catalog.admin.door_prices import DoorPrices
from catalog.admin.facts import FactsPart
from catalog.admin.hs_codes import HSCodes
from catalog.admin.kept_uploads import KeptUploads
from catalog.admin.listing_cells import ListingCells
from catalog.admin.listing_changes import ListingChanges
from catalog.admin.listing_combinations import ListingCombinations
from catalog.admin.listing_documents import DocumentPart, ListingDocuments
from catalog.admin.listing_parts import OptionPart, VariantPart, picture_cell
from catalog.admin.listing_pictures import ListingPictures
from catalog.admin.picture_parts import PicturePart
from catalog.admin.resources import ProductResource
from catalog.admin.shelves import CategoryFilter
from catalog.admin.slugs import free_slug
from catalog.admin.standing import HeldFilter, Standing
from catalog.admin.tables import TableAdmin
from catalog.admin.taking_out import TakingOut
from catalog.admin.text_coverage import CoverageColumn
from catalog.admin.videos import VideoPart
from catalog.markup import clean_html, has_tags, paragraphs
from catalog.models import (
    BundlePart,
    MarketHold,
    MarketPrice,
    Option,
    PriceTier,
    Product,
    ProductAttributes,
    ProductDocument,
    ProductFacts,
    ProductImage,
    ProductVideo,
    StockLevel,
    TextState,
    TranslationJob,
    Variant,
)
from catalog.selectors.navigation import text_column
from catalog.services import history, listings, page_locks, publishing, screening
from compliance.models import TaxRate
from marketplace.kernel import clock
from payments.selectors import fx_table

Status = Product.Status
_PARAGRAPHS = re.compile(r"\s*<p>[^<]*(?:(?:<br>|</p>\s*<p>)[^<]*)*</p>\s*")
STATUS_COLOURS = {Status.LIVE: "success", Status.DRAFT: "info", Status.ARCHIVED: "default"}


def refresh(product_ids: list[int]) -> None:
    """Cards, shelves and search follow once the change stands, and then the screening."""

    def follow() -> None:
        keys = listings.with_sets(product_ids)
        listings.refresh_listings(product_ids=keys, fx=fx_table(clock.today()))
        tasks.screen_soon(product_ids)

    transaction.on_commit(follow)


class CustomsFilter(DropdownFilter):  # type: ignore[misc]
    """Listings that customs could not deal with."""

    title = _("customs")
    parameter_name = "customs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Without an HS code")), ("nowhere", _("Without a country of origin"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        column = {"none": "hs_code", "nowhere": "origin"}.get(self.value() or "")
        return queryset.filter(**{column: ""}) if column else queryset


def tax_categories() -> list[tuple[str, str]]:
    """The categories of goods that the tax rates know."""
    known = TaxRate.objects.order_by("category").values_list("category", flat=True).distinct()
    return [(name, name.replace("_", " ")) for name in dict.fromkeys(["standard", *known])]


def as_typed(markup: str | None) -> str:
    """A description as somebody types it: plain paragraphs without their tags, anything richer as HTML."""
    if not markup or not _PARAGRAPHS.fullmatch(markup):
        return markup or ""
    text = markup.strip().removeprefix("<p>").removesuffix("</p>")
    text = re.sub(r"</p>\s*<p>", "\n\n", text).replace("<br>", "\n")
    return html.unescape(text).replace("\n", "\r\n")  # as a browser sends it back


class ProductForm(OpenedForm):
    """A listing. Descriptions are plain text or HTML, of which only harmless tags are kept."""

    hs_code = forms.CharField(
        label=_("HS code"), required=False, max_length=10,
        validators=[RegexValidator(r"\A\d{6,10}\Z", _("An HS code has six to ten digits."))],
        help_text=_("Six digits at least. Without it nobody can tell the duty."),
    )  # fmt: skip
    origin = country_field(required=False, label=_("country of origin"))
    tax_category = forms.ChoiceField(
        label=capfirst(_("tax category")), choices=tax_categories, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Product
        fields = (
            "seller", "category", "handle", "brand_name", "source_language", "status", "hs_code", "origin", "customs_description",
            "tax_category", "lithium", *in_all_languages("name", "summary", "description"),
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in in_all_languages("description"):
            if name in self.fields:
                self.initial[name] = as_typed(self.initial.get(name))
                self.fields[name].help_text = _("Plain text with an empty line between paragraphs, or simple HTML.")
        if self.instance.pk and "hs_code" in self.fields:
            address, label = reverse("admin:catalog_product_hs_codes", args=[self.instance.pk]), _("Find the HS code")
            text = self.fields["hs_code"].help_text
            self.fields["hs_code"].help_text = format_html('{} <a href="{}">{}</a>', text, address, label)
        if "source_language" in self.fields:
            self.fields["source_language"].required = False
            self.fields["source_language"].help_text = _(
                "The language that you write in. Texts in the others are translations of it."
            )
        if "name_en" in self.fields:
            self.fields["name_en"].required = False  # that in the language of the listing is, see `clean`
        if "handle" in self.fields:
            self.fields["handle"].required = False
            self.fields["handle"].help_text = _(
                "Names the listing in your files, and stays. Made from the name if empty."
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in in_all_languages("description"):
            if text := data.get(name):
                data[name] = clean_html(text) if has_tags(text) else paragraphs(text)
        if "source_language" in self.fields:
            data["source_language"] = data.get("source_language") or self.instance.source_language
        own = text_column("name", data.get("source_language") or self.instance.source_language)
        if own in self.fields and not data.get(own) and own not in self.errors:
            self.add_error(own, self.fields[own].error_messages["required"])
        if "handle" in self.fields and not data.get("handle"):
            data["handle"] = slugify(data.get("name_en") or data.get(own) or "")[:200]
        return data


@register(Product)
class ProductAdmin(
    AsOpened, ListingCells, TakingOut, KeptUploads, ListingChanges, CoverageColumn, ListingDocuments, ListingPictures,
    ListingCombinations, DoorPrices, HSCodes, Standing, ShopAdmin, TableAdmin,
):  # fmt: skip
    """The listings of a seller, or all of them for the staff."""

    scope = of_seller("seller")
    form = ProductForm
    resource_classes = [ProductResource]
    list_display = (
        "shown_name", "shown_seller", "status", "shown_held", "shown_category", "shown_price", "in_stock", "shown_languages",
        "updated_at",
    )  # fmt: skip
    list_tags = {"status": STATUS_COLOURS}
    list_display_links = ("shown_picture", "shown_name")
    list_filter = ("status", "in_stock", CategoryFilter, CustomsFilter, HeldFilter, "seller")
    list_columns_hidden_from_sellers = ("seller", "shown_seller")
    search_fields = ("handle", "brand_name", "name_en")
    search_help_text = _("Name, brand, key or SKU")
    ordering = ("-id",)
    autocomplete_fields = ("category",)
    goes_along = (
        MarketPrice, PriceTier, Option, Variant, BundlePart, ProductImage, ProductVideo, StockLevel, ProductFacts,
        ProductAttributes, ProductDocument, MarketHold, TextState, TranslationJob,
    )  # fmt: skip
    actions = ("put_on_sale", "make_draft", "archive", "screen_again")
    actions_detail = ("door_prices", "hs_codes", "pictures", "combinations", "changes")
    fieldsets = (
        (None, {"fields": (("seller", "category"), ("handle", "brand_name"), ("status", "source_language"))}),
        *language_tabs("name", "summary", "description"),
        (
            _("Customs and tax"),
            {
                "classes": ["tab"],
                "fields": (("hs_code", "origin"), "customs_description", ("tax_category", "lithium")),
            },
        ),
        (_("Compliance"), {"classes": ["tab"], "fields": ("shown_holds", "shown_flags")}),
    )
    readonly_fields = ("shown_holds", "shown_flags")
    text_fields = tuple(in_all_languages("name", "summary", "description"))

    # The list ---------------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return ["shown_picture", *super().get_list_display(request)]

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.only(
            "handle", "status", "in_stock", "updated_at", "card_price", "card_price_currency", "card_image",
            "brand_name", *in_all_languages("name"), "seller_id", "category_id", "held_in", "screened_at",
        )  # fmt: skip

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        words = search_term.split()[:6]
        for word in words:
            names = reduce(or_, (Q(**{f"{name}__icontains": word}) for name in in_all_languages("name")))
            keys = Q(handle__istartswith=word) | Q(brand_name__istartswith=word)
            queryset = queryset.filter(names | keys | Q(pk__in=_products_by_sku(word)))
        return queryset, False

    @display(description="")
    def shown_picture(self, product: Product) -> SafeString | str:
        return picture_cell(product.card_image, size=32)

    @display(description=_("lowest price"), ordering="sort_price")
    def shown_price(self, product: Product) -> SafeString | str:
        return money_cell(product.card_price)

    # The form ---------------------------------------------------------------------------------------------

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        if only_translates(request.user):
            return []  # options and pictures have pages of their own for their texts
        if obj is None:
            return [OptionPart]
        asks = [AnswersPart] if asked_in(request, obj) else []
        return [OptionPart, VariantPart, PicturePart, VideoPart, FactsPart, DocumentPart, *asks]

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("seller", "handle") if obj else ("status",)

    def hold(self, key: int) -> None:
        page_locks.lock_listing(product_id=key)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        history.sign(actor=request.user)  # type: ignore[arg-type]
        if not obj.slug:
            obj.slug = free_slug(obj.handle or obj.name, obj.seller.slug)
        if change and obj.status == Status.LIVE and "status" in form.changed_data:
            obj.status = form.initial["status"]  # `publishing` decides once the parts are saved
            request._to_be_published = True  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for part in formset.forms:
            if hasattr(part.instance, "seller_id") and not part.instance.seller_id:
                part.instance.seller_id = form.instance.seller_id
        super().save_formset(request, form, formset, change)
        for part in formset.forms:
            if hasattr(part, "save_choices") and part.instance.pk and part not in formset.deleted_forms:
                part.save_choices()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "category" in form.changed_data:
            follow_category(request, form.instance)
        is_published = getattr(request, "_to_be_published", False) and self._publish(request, [form.instance])
        if is_published or (change and form.instance.status == Status.LIVE):
            self.screen_with_the_change(request, form.instance)
        refresh([form.instance.pk])
        if not {"hs_code", "category"}.isdisjoint(form.changed_data):
            self.warn_of_code(request, form.instance)

    def response_add(self, request: HttpRequest, obj: Product, post_url_continue: str | None = None) -> HttpResponse:
        """A new listing goes on with its variants and pictures, without which nobody could buy it."""
        if "_popup" not in request.POST and "_addanother" not in request.POST:
            request.POST = request.POST.copy()  # type: ignore[assignment]
            request.POST["_continue"] = "1"  # type: ignore[misc]
            messages.info(
                request, _("Now add variants with prices, and pictures. The listing stays a draft until then.")
            )
        return super().response_add(request, obj, post_url_continue)

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        screening.close_flags(product_ids=[obj.pk])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        screening.close_flags(product_ids=list(queryset.values_list("pk", flat=True)))
        super().delete_queryset(request, queryset)

    def get_view_on_site_url(self, obj: Product | None = None) -> str | None:
        """The page in the shop, of what has one."""
        is_there = obj is not None and obj.status == Status.LIVE
        return super().get_view_on_site_url(obj) if is_there else None

    # Actions ----------------------------------------------------------------------------------------------

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may change what is on sale; translators may not."""
        return self.has_change_permission(request) and not only_translates(request.user)

    @admin.action(description=_("Put on sale"), permissions=["publish"])
    def put_on_sale(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        done = self._publish(request, list(queryset[:1000]))
        if done:
            text = ngettext("%(count)d listing is on sale.", "%(count)d listings are on sale.", done)
            messages.success(request, text % {"count": done})

    @admin.action(description=_("Take off sale, as drafts"), permissions=["publish"])
    def make_draft(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._withdraw(request, queryset, Status.DRAFT)

    @admin.action(description=_("Put into the archive"), permissions=["publish"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._withdraw(request, queryset, Status.ARCHIVED)

    def _publish(self, request: HttpRequest, products: list[Product]) -> int:
        result = publishing.publish(products=products, fx=fx_table(clock.today()))
        for product, reason in result.refused[:20]:
            text = _("“%(name)s” is not on sale: %(reason)s") % {"name": product, "reason": reason}
            messages.warning(request, text)
        return len(result.done)

    def _withdraw(self, request: HttpRequest, queryset: QuerySet[Product], status: str) -> None:
        keys = list(queryset.values_list("pk", flat=True)[:5000])
        done = publishing.withdraw(product_ids=keys, status=status, fx=fx_table(clock.today()))
        text = ngettext("%(count)d listing is off sale.", "%(count)d listings are off sale.", done)
        messages.success(request, text % {"count": done})


def _products_by_sku(word: str) -> QuerySet[Any]:
    return Variant.objects.filter(sku__istartswith=word).values("product")
