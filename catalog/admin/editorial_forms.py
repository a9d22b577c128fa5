"""The forms of brand pages, collections and first pages: texts made safe, countries chosen, pictures encoded anew."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelectWidget

from accounts.admin_fields import country_choices, country_field, in_all_languages
from catalog.admin.kept_uploads import Kept, KeptPicture
from catalog.admin.products import as_typed
from catalog.markup import clean_html, has_tags, paragraphs
from catalog.models import BrandPage, Collection, LandingPage
from catalog.services import videos
from marketplace.kernel.errors import Refused


class PicturedForm(forms.ModelForm):
    """A form with one large picture, which may be replaced or taken away."""

    upload = forms.FileField(
        label=_("New picture"), required=False, widget=UnfoldAdminFileFieldWidget(attrs={"accept": "image/*"}),
        help_text=_("JPEG, PNG, WebP or AVIF, at most 15 MB."),
    )  # fmt: skip
    without_picture = forms.BooleanField(label=_("Take the picture away"), required=False)

    kept: Kept = {}  # what became of the uploads before the form was read

    def clean_upload(self) -> Any:
        _refuse(self.kept.get("upload"))
        return self.cleaned_data["upload"]

    def save(self, commit: bool = True) -> Any:
        row, found = self.instance, self.kept.get("upload")
        if isinstance(found, KeptPicture):
            row.picture, row.picture_width, row.picture_height = (
                found.stored.name,
                found.stored.width,
                found.stored.height,
            )
        elif self.cleaned_data.get("without_picture"):
            row.picture, row.picture_width, row.picture_height = "", None, None
        return super().save(commit)


def _refuse(found: Any) -> None:
    if isinstance(found, Refused):
        raise ValidationError(str(found.message))


class RichText:
    """For forms with a text that is kept as safe HTML: plain text with empty lines between paragraphs will do."""

    rich = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name in set(in_all_languages(self.rich)) & fields.keys():
            self.initial[name] = as_typed(self.initial.get(name))  # type: ignore[attr-defined]
            fields[name].help_text = _("Plain text with an empty line between paragraphs, or simple HTML.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        for name in in_all_languages(self.rich):
            if text := data.get(name):
                data[name] = clean_html(text) if has_tags(text) else paragraphs(text)
        if (begin := data.get("from_on")) and (end := data.get("until_on")) and end < begin:
            self.add_error("until_on", _("The last day lies before the first."))  # type: ignore[attr-defined]
        return data


def countries_field() -> forms.MultipleChoiceField:
    """Some countries of the world, or none of them for all."""
    return forms.MultipleChoiceField(
        label=_("Countries"), required=False, choices=country_choices, widget=UnfoldAdminSelect2MultipleWidget,
        help_text=_("Without one: in all countries."),
    )  # fmt: skip


class BrandPageForm(PicturedForm):
    """How a brand's goods are made, and where; a picture and a film."""

    made_in = country_field(required=False, label=_("made in"))
    film = forms.FileField(
        label=_("New film"), required=False, widget=UnfoldAdminFileFieldWidget(attrs={"accept": "video/mp4,video/webm"}),
        help_text=_("MP4 or WebM, at most 50 MB. It is played when somebody asks for it."),
    )  # fmt: skip
    without_film = forms.BooleanField(label=_("Take the film away"), required=False)

    class Meta:
        model = BrandPage
        fields = ("seller", "made_in", *in_all_languages("craft", "made_at", "picture_alt"))

    def clean_film(self) -> Any:
        _refuse(self.kept.get("film"))
        return self.cleaned_data["film"]

    def save(self, commit: bool = True) -> Any:
        found = self.kept.get("film")
        if isinstance(found, videos.Kept):
            self.instance.video = found.name
        elif self.cleaned_data.get("without_film"):
            self.instance.video = ""
        return super().save(commit)


class CollectionForm(RichText, PicturedForm):
    """A collection; its address is made from the title if none is given."""

    rich = "body"
    countries = countries_field()

    class Meta:
        model = Collection
        fields = ("seller", "slug", "countries", "from_on", "until_on", "is_published", "position",
                  *in_all_languages("title", "intro", "body", "picture_alt"))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Made from the title if empty.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "slug" in self.fields and not data.get("slug"):
            data["slug"] = _free_slug(data.get("title_en") or "")
        return data


class EntryFormSet(PaginationInlineFormSet):  # type: ignore[misc]
    """The products of a collection; a seller's collection has the seller's own alone."""

    def clean(self) -> None:
        super().clean()
        owner = self.instance.seller_id
        for form in self.forms:
            product = getattr(form, "cleaned_data", {}).get("product")
            if owner and product and product.seller_id != owner and form not in self.deleted_forms:
                form.add_error("product", _("Choose a product of the seller whose collection it is."))


class LandingPageForm(RichText, PicturedForm):
    """The first page for a market."""

    rich = "text"
    countries = countries_field()
    language = forms.ChoiceField(label=_("Language"), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = LandingPage
        fields = ("name", "countries", "language", "from_on", "until_on", "is_published", "position", "button_address",
                  *in_all_languages("title", "lead", "button", "text", "picture_alt"))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            from django.conf import settings

            self.fields["language"].choices = [("", _("All languages")), *settings.LANGUAGES]  # type: ignore[attr-defined]

    def clean_button_address(self) -> str:
        address: str = self.cleaned_data["button_address"].strip()
        if address and (not address.startswith("/") or address.startswith("//") or "\\" in address):
            raise ValidationError(_("Enter an address in the shop, such as /category/tea/."))
        return address


def _free_slug(title: str) -> str:
    plain = slugify(title)[:70] or "collection"
    taken = Collection.objects.filter(slug=plain).exists()
    return f"{plain}-{uuid4().hex[:6]}" if taken else plain
