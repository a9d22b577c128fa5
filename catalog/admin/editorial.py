"""Brand pages, collections and first pages for markets, one tab for each language."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.admin_fields import country_name, language_tabs
from accounts.admin_scope import STAFF, ShopAdmin, TabularPart, is_confined, of_seller, only_translates, register
from catalog.admin.editorial_forms import BrandPageForm, CollectionForm, EntryFormSet, LandingPageForm
from catalog.admin.kept_uploads import KeptUploads, kept_of
from catalog.admin.listing_parts import picture_cell
from catalog.models import BrandPage, Collection, CollectionEntry, LandingCollection, LandingPage
from catalog.selectors import editorial

_SHOWN = ("from_on", "until_on"), ("is_published", "position")


class Pictured(KeptUploads, ShopAdmin):
    """A table whose rows have one large picture."""

    uploads_of = "editorial"
    readonly_fields = ("shown_picture",)

    @display(description=_("picture"))
    def shown_picture(self, row: Any) -> SafeString | str:
        return picture_cell(row.picture, row.picture_alt, 64)

    def upload(self, row: Any) -> str:
        """For readers who may not change it."""
        return "—"

    without_picture = upload

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.kept = kept_of(request)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        editorial.forget()


def shown_countries(row: Any) -> str:
    """Where something is shown, in words."""
    return ", ".join(country_name(code) for code in row.countries) or str(_("All countries"))


@register(BrandPage)
class BrandPageAdmin(Pictured):
    """How the goods of a brand are made and where; tagline and story stand with the seller."""

    scope = of_seller("seller")
    form = BrandPageForm
    list_display = ("seller", "shown_country", "made_at")
    list_columns_hidden_from_sellers = ()
    list_select_related = ("seller",)
    search_fields = ("seller__name",)
    actions = None
    fieldsets = (
        (None, {"fields": ("seller", "made_in", ("shown_picture", "without_picture"), "upload",
                           ("shown_film", "without_film"), "film")}),
        *language_tabs("craft", "made_at", "picture_alt"),
    )  # fmt: skip
    readonly_fields = ("shown_picture", "shown_film")

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("seller",) if obj else ()

    @display(description=_("made in"))
    def shown_country(self, row: BrandPage) -> str:
        return country_name(row.made_in)

    @display(description=_("film"))
    def shown_film(self, row: BrandPage) -> str:
        return str(_("There is one.")) if row.video else "—"

    film = without_film = Pictured.upload


class EntryPart(TabularPart):
    """The products of the collection, in their order; those that a country may not buy are left out there."""

    model = CollectionEntry
    scope = of_seller("collection__seller")
    formset = EntryFormSet
    verbose_name_plural = _("Products")
    fields = ("product", "position", "note_en")
    autocomplete_fields = ("product",)
    max_num = editorial.MOST_ENTRIES
    per_page = editorial.MOST_ENTRIES
    show_change_link = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("product")


@register(Collection)
class CollectionAdmin(Pictured):
    """Collections of the house, or of a seller from their own products."""

    scope = of_seller("seller")
    form = CollectionForm
    list_display = ("shown_picture", "title", "seller", "shown_where", "is_published", "from_on", "until_on")
    list_display_links = ("shown_picture", "title")
    list_filter = ("is_published", "seller")
    list_select_related = ("seller",)
    search_fields = ("slug", "title_en")
    actions_detail = ("preview",)
    goes_along = (CollectionEntry, LandingCollection)
    fieldsets = (
        (None, {"fields": (("seller", "slug"), "countries", *_SHOWN, ("shown_picture", "without_picture"), "upload")}),
        *language_tabs("title", "intro", "body", "picture_alt"),
    )

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if only_translates(request.user) else [EntryPart]

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("seller", "slug") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and is_confined(request.user) and "seller" in form.base_fields:
            form.base_fields["seller"].required = True  # the house's collections are the staff's
            form.base_fields["seller"].initial = min(request.user.seller_ids, default=None)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        editorial.forget()

    @display(description=_("countries"))
    def shown_where(self, row: Collection) -> str:
        return shown_countries(row)

    @action(description=_("Preview"), url_path="preview", permissions=["view"])
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponseRedirect:
        """The page of the collection as shoppers will meet it."""
        row: Collection | None = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect(reverse("admin:catalog_collection_changelist"))
        return HttpResponseRedirect(f"{row.get_absolute_url()}?preview=1")


@register(CollectionEntry)
class CollectionEntryAdmin(ShopAdmin):
    """A product in a collection with its note in every language; put there on the page of the collection."""

    scope = of_seller("collection__seller")
    list_display = ("product", "collection", "note")
    list_columns_hidden_from_sellers = ()
    list_select_related = ("product", "collection")
    search_fields = ("collection__slug", "product__handle")
    ordering = ("-id",)
    actions = None
    readonly_fields = ("collection", "product", "position")
    fieldsets = ((None, {"fields": ("collection", "product", "position")}), *language_tabs("note"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer("product__description", "product__summary")


class LandingCollectionPart(TabularPart):
    """The collections on the page, in their order."""

    model = LandingCollection
    scope = STAFF
    verbose_name_plural = _("Collections")
    fields = ("collection", "position")
    autocomplete_fields = ("collection",)
    tab = True


@register(LandingPage)
class LandingPageAdmin(Pictured):
    """What shoppers of a market meet first; the staff's alone."""

    scope = STAFF
    form = LandingPageForm
    list_display = ("name", "shown_where", "language", "is_published", "from_on", "until_on", "position")
    list_filter = ("is_published",)
    search_fields = ("name", "title_en")
    actions_detail = ("preview",)
    goes_along = (LandingCollection,)
    fieldsets = (
        (None, {"fields": ("name", ("countries", "language"), *_SHOWN, "button_address",
                           ("shown_picture", "without_picture"), "upload")}),
        *language_tabs("title", "lead", "button", "text", "picture_alt"),
    )  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if only_translates(request.user) else [LandingCollectionPart]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        editorial.forget()

    @display(description=_("countries"))
    def shown_where(self, row: LandingPage) -> str:
        return shown_countries(row)

    @action(description=_("Preview"), url_path="preview", permissions=["view"])
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponseRedirect:
        """The first page of the shop as the page's shoppers will meet it."""
        return HttpResponseRedirect(f"{reverse('home')}?landing={int(object_id)}")
