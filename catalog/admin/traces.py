"""The steps of traces: added by the seller or the staff, never changed by anybody."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from accounts.admin_fields import country_field, country_name, latin, shown_pairs
from accounts.admin_scope import ShopAdmin, of_seller, register
from catalog.models import TraceEvent
from catalog.services import tracing
from catalog.trace import short_code
from marketplace.kernel.errors import Refused

MOST_BYTES = 25 * 1024 * 1024
_TEXTS = {f"text_{code.replace('-', '_')}": (code, name) for code, name in settings.LANGUAGES}


class TraceEventForm(forms.ModelForm):
    """A step on the way of a product, described in the languages that the seller writes."""

    country = country_field(required=False, label=_("country"))
    certificate = forms.FileField(
        label=_("Certificate"), required=False, widget=UnfoldAdminFileFieldWidget,
        help_text=_("Its name and its fingerprint are kept and shown, the file itself is not. Whoever has the file can "
                    "then see that it is the same one."),
    )  # fmt: skip

    class Meta:
        model = TraceEvent
        fields = ("product", "batch", "kind", "happened_on", "country", "place", "corrects")

    def clean_certificate(self) -> Any:
        file = self.cleaned_data["certificate"]
        if file:
            if file.size > MOST_BYTES:
                raise ValidationError(_("The file is larger than 25 MB."))
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            self.instance.certificate_name = file.name[:200]
            self.instance.certificate_digest = digest.hexdigest()
        return file

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if {"product", "happened_on", "batch"} <= data.keys() and "text_en" in data:
            try:
                tracing.look_at(batch=data["batch"], happened_on=data["happened_on"], texts=self.texts())
            except Refused as refusal:
                self.add_error(refusal.field, str(refusal.message))
            chain = TraceEvent.objects.filter(product=data["product"], batch=data["batch"])
            if (corrects := data.get("corrects")) is not None and not chain.filter(number=corrects).exists():
                self.add_error("corrects", _("The chain has no event with that number yet."))
        return data

    def texts(self) -> dict[str, str]:
        """What was typed, by language."""
        return {code: self.cleaned_data.get(name, "") for name, (code, _name) in _TEXTS.items()}


for _field, (_code, _label) in _TEXTS.items():
    _bidi = get_language_info(_code)["bidi"]
    TraceEventForm.declared_fields[_field] = TraceEventForm.base_fields[_field] = forms.CharField(
        label=_("What happened"), required=_code == settings.LANGUAGE_CODE, max_length=tracing.LONGEST_TEXT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "lang": _code, "dir": "rtl" if _bidi else "ltr"}),
    )  # fmt: skip


@register(TraceEvent)
class TraceEventAdmin(ShopAdmin):
    """The steps of a seller's products, or of all of them for the staff."""

    scope = of_seller("product__seller")
    form = TraceEventForm
    list_display = ("product", "batch", "number", "kind", "happened_on", "recorder", "shown_code")
    list_columns_hidden_from_sellers = ()
    list_filter = ("kind",)
    list_select_related = ("product",)
    search_fields = ("batch", "product__handle")
    search_help_text = _("Batch, or the seller's own key of the product")
    autocomplete_fields = ("product",)
    ordering = ("-id",)
    actions = None
    fieldsets = (
        (None, {"fields": (("product", "batch"), ("kind", "happened_on"), ("country", "place"), "corrects", "certificate")}),
        *((name, {"classes": ["tab"], "fields": [field]}) for field, (_key, name) in _TEXTS.items()),
    )  # fmt: skip
    view_fieldsets = (
        (None, {"fields": ("product", "batch", "number", "kind", "happened_on", "shown_country", "place", "shown_texts",
                           "corrects", "certificate_name", "shown_certificate", "recorder", "recorded_at", "shown_code",
                           "shown_digest")}),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.view_fieldsets if obj else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.view_fieldsets[0][1]["fields"]) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "corrects" in form.base_fields:
            form.base_fields["corrects"].help_text = _(
                "The number of the event of the same chain that was wrong; nothing recorded can be changed."
            )
        return form

    def save_model(self, request: HttpRequest, obj: TraceEvent, form: Any, change: bool) -> None:
        """The event goes to the end of its chain; what the service refuses stands above the form."""
        made = tracing.record_event(
            product=obj.product, actor=request.user, kind=obj.kind, happened_on=obj.happened_on, batch=obj.batch,  # type: ignore[arg-type]
            country=obj.country, place=obj.place, texts=form.texts(), certificate_name=obj.certificate_name,
            certificate_digest=obj.certificate_digest, corrects=obj.corrects,
        )  # fmt: skip
        obj.pk, obj.number, obj.digest = made.pk, made.number, made.digest

    @display(description=_("code"))
    def shown_code(self, event: TraceEvent) -> SafeString | str:
        return latin(short_code(event.digest))

    @display(description=_("fingerprint"))
    def shown_digest(self, event: TraceEvent) -> SafeString | str:
        return latin(event.digest)

    @display(description=_("fingerprint of the certificate"))
    def shown_certificate(self, event: TraceEvent) -> SafeString | str:
        return latin(event.certificate_digest)

    @display(description=_("country"))
    def shown_country(self, event: TraceEvent) -> str:
        return country_name(event.country)

    @display(description=_("description"))
    def shown_texts(self, event: TraceEvent) -> SafeString | str:
        names = dict(settings.LANGUAGES)
        return shown_pairs({names.get(code, code): format_html("{}", text) for code, text in event.texts.items()})
