"""The pictures on the page of a listing in the admin: uploads, what each shows, and where it stands."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from accounts.admin_opened import OpenedForm
from accounts.admin_scope import of_seller
from catalog.admin.kept_uploads import Kept, KeptPicture, UploadsPart
from catalog.admin.listing_parts import ChoiceOfOption, options_of, picture_cell
from catalog.models import ProductImage
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

State, Sizes = ProductImage.State, ProductImage.Sizes
FOCUS: Final = {
    "50 50": _("the middle"), "50 0": _("the top"), "50 100": _("the bottom"), "0 50": _("the left side"),
    "100 50": _("the right side"), "0 0": _("the top left corner"), "100 0": _("the top right corner"),
    "0 100": _("the bottom left corner"), "100 100": _("the bottom right corner"),
}  # fmt: skip


class PictureForm(OpenedForm):
    """A picture: `kept` is what became of the uploads before the form was read."""

    kept: Kept = {}
    upload = forms.FileField(
        label=_("Picture"),
        required=False,
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif,image/avif"}),
        help_text=_("JPEG, PNG, WebP or AVIF, at most 15 MB."),
    )
    focus = forms.ChoiceField(
        label=_("Keep in view"), required=False, widget=UnfoldAdminSelectWidget, choices=list(FOCUS.items())
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "focus" not in self.fields:
            return
        now = f"{self.instance.focus_x} {self.instance.focus_y}"
        if now not in FOCUS:
            across = {"x": self.instance.focus_x, "y": self.instance.focus_y}
            text = _("%(x)s%% from the left, %(y)s%% from the top") % across
            self.fields["focus"].choices = [*FOCUS.items(), (now, text)]  # type: ignore[attr-defined]
        self.initial["focus"] = now

    def clean_upload(self) -> Any:
        file = self.cleaned_data["upload"]
        found = self.kept.get(self.add_prefix("upload"))
        if isinstance(found, Refused):
            raise forms.ValidationError(str(found.message))
        if found is None and not (self.instance.file or self.instance.source_url or self.instance.original):
            raise forms.ValidationError(_("Choose a picture."))
        return file

    def save(self, commit: bool = True) -> ProductImage:
        image: ProductImage = self.instance
        before = (self.initial.get("focus_x", image.focus_x), self.initial.get("focus_y", image.focus_y))
        if self.cleaned_data.get("focus"):
            image.focus_x, image.focus_y = (int(part) for part in self.cleaned_data["focus"].split())
        found = self.kept.get(self.add_prefix("upload"))
        if isinstance(found, KeptPicture):
            image.file, image.width, image.height = found.stored.name, found.stored.width, found.stored.height
            image.original, image.state = found.original, State.READY
        if isinstance(found, KeptPicture) or before != (image.focus_x, image.focus_y):
            image.sizes, image.attempts, image.due_at, image.last_error = Sizes.WAITING, 0, clock.now(), ""
        return super().save(commit)  # type: ignore[no-any-return]


class PicturePart(UploadsPart):
    """The pictures in their order; the first one is shown in lists."""

    model = ProductImage
    scope = of_seller("product__seller")
    form = PictureForm
    fields = ("shown_picture", "upload", "position", "value", "focus", "alt_en", "shown_state")
    readonly_fields = ("shown_picture", "shown_state")
    show_change_link = True
    tab = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "value":
            options = options_of(getattr(request, "_product_in_form", None))
            values = [value for option in options for value in option.values.all()]
            return ChoiceOfOption(values, label=db_field.verbose_name, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("now"))
    def shown_picture(self, image: ProductImage) -> SafeString | str:
        return picture_cell(image.file, image.alt)

    @display(description=_("state"))
    def shown_state(self, image: ProductImage) -> str:
        return state_of(image) if image.pk else "—"


def texts_of(image: ProductImage) -> str:
    """In how many languages a picture is described, and in which it is not."""
    languages = settings.LANGUAGES
    missing = [name for code, name in languages if not getattr(image, f"alt_{code.replace('-', '_')}")]
    if not missing:
        return gettext("In all languages")
    if len(missing) == len(languages):
        return gettext("In no language")
    numbers = {"number": len(languages) - len(missing), "total": len(languages), "missing": ", ".join(missing)}
    return gettext("In %(number)s of %(total)s languages, not in: %(missing)s") % numbers


def state_of(image: ProductImage) -> str:
    """Where a picture stands, in a sentence; the reason with it where something went wrong."""
    reason = gettext(image.last_error) if image.last_error else ""
    if image.state == State.FAILED:
        return gettext("Not on show: %(reason)s") % {"reason": reason}
    if image.state == State.QUEUED:
        if reason:
            return gettext("It will be tried again: %(reason)s") % {"reason": reason}
        return gettext("Being prepared") if image.original else gettext("Waiting to be fetched from its address")
    if image.sizes == Sizes.FAILED:
        return gettext("On show, but without its sizes: %(reason)s") % {"reason": reason}
    return (
        gettext("On show in all sizes") if image.sizes == Sizes.MADE else gettext("On show; its sizes are being made")
    )
