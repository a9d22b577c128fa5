"""Videos of listings in the admin: as a part of the listing's page, and each on a page of its own for its texts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from accounts.admin_fields import language_tabs
from accounts.admin_opened import AsOpened, OpenedForm
from accounts.admin_scope import ShopAdmin, of_seller, register
from catalog.admin.kept_uploads import Kept, KeptUploads, UploadsPart, kept_of
from catalog.models import Product, ProductImage, ProductVideo
from catalog.services import videos
from marketplace.kernel.errors import Refused
from marketplace.kernel.templatetags.ui import media

MOST = 5


class VideoForm(OpenedForm):
    """A video and its captions: `kept` is what became of the uploads before the form was read."""

    kept: Kept = {}
    upload = forms.FileField(
        label=_("Video"), required=False, allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "video/mp4,video/webm"}),
        help_text=_("MP4 with H.264, or WebM, at most 50 MB."),
    )  # fmt: skip
    captions_upload = forms.FileField(
        label=_("Captions"), required=False, allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".vtt,.srt,text/vtt"}),
        help_text=_("A WebVTT or SubRip file with what is said, for those who do not hear it."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("upload", "captions_upload"):
            found = self.kept.get(self.add_prefix(name))
            if isinstance(found, Refused):
                self.add_error(name, str(found.message))
            elif isinstance(found, videos.Kept):
                video: ProductVideo = self.instance
                video.file, video.kind, video.original, video.size_bytes = (
                    found.name, found.kind, found.original, found.size_bytes,
                )  # fmt: skip
            elif isinstance(found, str):
                self.instance.captions = found
        if not self.instance.file and not self.errors:
            self.add_error("upload", _("Choose a video."))
        if self.instance.captions and "captions_language" in self.fields and not data.get("captions_language"):
            self.add_error("captions_language", _("Say in which language the captions are."))
        return data


class VideoPart(UploadsPart):
    """The videos, which stand behind the pictures."""

    model = ProductVideo
    scope = of_seller("product__seller")
    form = VideoForm
    fields = ("shown_video", "upload", "position", "title_en", "poster", "captions_upload", "captions_language")
    readonly_fields = ("shown_video",)
    show_change_link = True
    tab = True
    max_num = MOST

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "poster":
            return poster_field(getattr(request, "_product_in_form", None))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("now"))
    def shown_video(self, video: ProductVideo) -> SafeString | str:
        return video_cell(video)


def poster_field(product: Product | None) -> forms.ModelChoiceField[ProductImage]:
    """One of the pictures of the product, which stands there until the video plays."""
    pictures = ProductImage.objects.filter(product=product, state=ProductImage.State.READY) if product else None
    return _Poster(
        pictures if pictures is not None else ProductImage.objects.none(), required=False,
        label=_("picture before it plays"), empty_label=gettext("the first picture"), widget=UnfoldAdminSelectWidget,
    )  # fmt: skip


class _Poster(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return gettext("Picture %(number)s: %(text)s") % {"number": obj.position, "text": obj.alt or "—"}


def video_cell(video: ProductVideo) -> SafeString | str:
    """A link to the video with its size; nothing while there is none."""
    if not video.file:
        return "—"
    said = f"{video.get_kind_display()}, {filesizeformat(video.size_bytes)}"
    if video.captions:
        said += ", " + gettext("captions in %(language)s") % {"language": video.get_captions_language_display()}
    return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', media(video.file), said)


@register(ProductVideo)
class ProductVideoAdmin(AsOpened, KeptUploads, ShopAdmin):
    """A video with its title in every language; made on the page of the product."""

    uploads_of = "videos"
    scope = of_seller("product__seller")
    form = VideoForm
    list_display = ("title", "product", "position", "shown_video")
    list_select_related = ("product",)
    search_fields = ("product__handle", "product__name_en", "title_en")
    ordering = ("-id",)
    actions = None
    readonly_fields = ("product", "shown_video")
    fieldsets = (
        (None, {"fields": ("product", "shown_video", "upload", "position", "poster")}),
        (_("Captions"), {"fields": ("captions_upload", "captions_language")}),
        *language_tabs("title"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer("product__description", "product__summary")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        request._product_in_form = obj.product if obj else None  # type: ignore[attr-defined]
        form = super().get_form(request, obj, change, **kwargs)
        form.kept = kept_of(request)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "poster":
            return poster_field(getattr(request, "_product_in_form", None))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def upload(self, video: ProductVideo) -> str:
        """For readers who may not change it."""
        return "—"

    captions_upload = upload

    @display(description=_("video"))
    def shown_video(self, video: ProductVideo) -> SafeString | str:
        return video_cell(video)
