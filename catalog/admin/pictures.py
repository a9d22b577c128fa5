"""Each picture of a listing on a page of its own: its description in every language, and what its cuts keep in view."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin_fields import language_tabs
from accounts.admin_opened import AsOpened
from accounts.admin_scope import ShopAdmin, of_seller, register
from catalog.admin.kept_uploads import KeptUploads, kept_of
from catalog.admin.listing_parts import picture_cell
from catalog.admin.picture_parts import PictureForm, state_of, texts_of
from catalog.admin.products import refresh
from catalog.models import ProductImage
from marketplace.kernel.photos import photo
from marketplace.kernel.templatetags.ui import media


@register(ProductImage)
class ProductImageAdmin(AsOpened, KeptUploads, ShopAdmin):
    """A picture with its description in every language and its focus; made on the page of the product."""

    scope = of_seller("product__seller")
    form = PictureForm
    list_display = ("shown_picture", "product", "position", "shown_state")
    list_display_links = ("shown_picture", "product")
    list_filter = ("state", "sizes")
    list_select_related = ("product",)
    search_fields = ("product__handle", "product__name_en")
    ordering = ("-id",)
    actions = None
    readonly_fields = ("product", "shown_picture", "shown_cuts", "shown_state", "shown_texts", "source_url")
    fieldsets = (
        (None, {"fields": ("product", "shown_picture", "upload", "position", "shown_state", "source_url")}),
        (_("In lists"), {"fields": ("shown_cuts", ("focus_x", "focus_y"))}),
        *language_tabs("alt"),
    )

    class Media:
        js = ("admin/focus.js",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer("product__description", "product__summary")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.kept = kept_of(request)
        form.base_fields.pop("focus", None)
        for name in ("focus_x", "focus_y"):
            if name in form.base_fields:
                form.base_fields[name].widget.attrs |= {"min": 0, "max": 100, "data-focus": name[-1]}
        return form

    def upload(self, image: ProductImage) -> str:
        """For readers who may not change it."""
        return "—"

    @display(description=_("picture"))
    def shown_picture(self, image: ProductImage) -> SafeString | str:
        return picture_cell(image.file, image.alt, 64)

    @display(description=_("state"))
    def shown_state(self, image: ProductImage) -> str:
        return state_of(image)

    @display(description=_("descriptions"))
    def shown_texts(self, image: ProductImage) -> str:
        return texts_of(image)

    @display(description=_("what lists show of it"))
    def shown_cuts(self, image: ProductImage) -> SafeString | str:
        """The whole picture, in which a click sets the focus, beside its square and its tall cut."""
        found = photo(image.file)
        if found is None:
            return _("Its sizes are being made.")
        text = gettext("The whole picture: click on what the cuts keep in view")
        square, tall = (media(found.name(found.sizes(cut)[0].suffix, "webp")) for cut in "sp")
        whole = media(found.name("-400", "webp"))
        row = (
            '<span class="admin-cuts"><img src="{}" alt="{}" title="{}" data-focus-picture>'
            '<img src="{}" alt="{}"><img src="{}" alt="{}"></span>'
        )
        return format_html(row, whole, text, text, square, gettext("square"), tall, gettext("tall"))

    def save_model(self, request: HttpRequest, obj: ProductImage, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        refresh([obj.product_id])

    def delete_model(self, request: HttpRequest, obj: ProductImage) -> None:
        product_id = obj.product_id
        super().delete_model(request, obj)
        refresh([product_id])
