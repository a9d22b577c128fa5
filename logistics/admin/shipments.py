"""What was sent: shipments with parcels and events, their labels, and what customs said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin_fields import country_name, latin, shown_lines
from accounts.admin_scope import STAFF, ReadOnlyAdmin, ReadOnlyPart, register
from logistics import services
from logistics.models import CustomsDeclaration, Parcel, Shipment, TrackingEvent
from marketplace.kernel.errors import Refused

Status = Shipment.Status
STATUS_COLOURS = {
    Status.CREATED: "default",
    Status.DECLARED: "info",
    Status.LABELLED: "info",
    Status.HANDED_OVER: "info",
    Status.IN_TRANSIT: "info",
    Status.CUSTOMS: "warning",
    Status.CUSTOMS_CLEARED: "info",
    Status.OUT_FOR_DELIVERY: "info",
    Status.DELIVERED: "success",
    Status.EXCEPTION: "danger",
    Status.CANCELLED: "default",
}
DECLARED_COLOURS = {"prepared": "default", "submitted": "info", "accepted": "success", "rejected": "danger"}


def stream_label(shipment: Shipment) -> HttpResponseBase:
    """The label's file for somebody who was found entitled to it; 404 before there is one."""
    try:
        file = shipment.open_label()
    except FileNotFoundError:
        raise Http404 from None
    ending = shipment.label.rpartition(".")[2]
    answer = FileResponse(file, as_attachment=True, filename=f"{shipment.reference}.{ending}")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def address_lines(address: dict[str, str]) -> SafeString | str:
    """A postal address as it stands on a parcel."""
    town = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    names = (address.get("name"), address.get("company_name"), address.get("street_address"))
    return shown_lines([*names, town, address.get("country_area"), country_name(address.get("country_code", ""))])


class ParcelPart(ReadOnlyPart):
    """The pieces of the shipment."""

    model = Parcel
    scope = STAFF
    fields = ("number", "weight_grams")
    tab = True


class EventPart(ReadOnlyPart):
    """What the carrier reported."""

    model = TrackingEvent
    scope = STAFF
    fields = ("occurred_at", "code", "shown_sentence", "location")
    readonly_fields = ("shown_sentence",)
    tab = True

    @display(description=_("event"))
    def shown_sentence(self, event: TrackingEvent) -> str:
        return str(event.sentence)


class DeclarationPart(ReadOnlyPart):
    """What was told to customs."""

    model = CustomsDeclaration
    scope = STAFF
    fields = ("kind", "status", "reference", "shown_reason", "answered_at")
    readonly_fields = ("shown_reason",)
    show_change_link = True
    tab = True

    @display(description=_("reason of rejection"))
    def shown_reason(self, declaration: CustomsDeclaration) -> str:
        return str(declaration.reason) or "—"


@register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    """Shipments, for operations. Sellers see theirs on the pages of their orders."""

    scope = STAFF
    list_display = (
        "reference",
        "shown_status",
        "shown_route",
        "service_code",
        "shown_number",
        "created_at",
        "delivered_at",
    )
    list_filter = ("status", "carrier", "service_code")
    search_fields = ("reference", "tracking_number")
    ordering = ("-created_at",)
    inlines = (EventPart, ParcelPart, DeclarationPart)
    fieldsets = (
        (None, {"fields": (("reference", "status"), ("carrier", "service_code"), ("shown_number", "shown_label"))}),
        (_("From and to"), {"fields": (("shown_sender", "shown_recipient"),)}),
        (_("Moments"), {"fields": (("created_at", "labelled_at"), ("delivered_at", "polled_at"))}),
    )

    def for_list(self, rows: Any) -> Any:
        return rows.defer("consignment", "declared")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = path("<path:object_id>/label/", wrap(self.label_view), name="logistics_shipment_label")
        return [own, *super().get_urls()]

    def label_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hands the label out."""
        shipment = self.get_object(request, object_id)
        if shipment is None or not self.has_view_permission(request, shipment):
            raise Http404
        return stream_label(shipment)

    @display(description=_("status"), label=STATUS_COLOURS, ordering="status")
    def shown_status(self, shipment: Shipment) -> tuple[str, str]:
        return shipment.status, shipment.get_status_display()

    @display(description=_("route"))
    def shown_route(self, shipment: Shipment) -> str:
        places = {"origin": country_name(shipment.sender.get("country_code", "")),
                  "destination": country_name(shipment.recipient.get("country_code", ""))}  # fmt: skip
        return str(_("%(origin)s to %(destination)s") % places)

    @display(description=_("tracking number"), ordering="tracking_number")
    def shown_number(self, shipment: Shipment) -> SafeString | str:
        return latin(shipment.tracking_number)

    @display(description=_("label"))
    def shown_label(self, shipment: Shipment) -> SafeString | str:
        if not shipment.label:
            return "—"
        address = reverse("admin:logistics_shipment_label", args=[shipment.pk])
        return format_html('<a href="{}" class="admin-link">{}</a>', address, _("Download the label"))

    @display(description=_("sender"))
    def shown_sender(self, shipment: Shipment) -> SafeString | str:
        return address_lines(shipment.sender)

    @display(description=_("recipient"))
    def shown_recipient(self, shipment: Shipment) -> SafeString | str:
        return address_lines(shipment.recipient)


class CorrectionForm(forms.Form):
    """Better descriptions of the goods, one for each line of a rejected declaration."""

    def __init__(self, *args: Any, lines: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.skus = [str(line["sku"]) for line in lines]
        for place, line in enumerate(lines):
            self.fields[f"line{place}"] = forms.CharField(
                label=line["sku"], initial=line["description"], max_length=200, widget=UnfoldAdminTextInputWidget
            )

    def descriptions(self) -> dict[str, str]:
        """The descriptions by SKU."""
        return {sku: self.cleaned_data[f"line{place}"] for place, sku in enumerate(self.skus)}


@register(CustomsDeclaration)
class CustomsDeclarationAdmin(ReadOnlyAdmin):
    """What customs were told, and their answer; a rejected one is corrected here and handed in anew by its step."""

    scope = STAFF
    list_display = ("shipment", "kind", "shown_status", "shown_reference", "shown_reason", "created_at", "answered_at")
    list_filter = ("status", "kind")
    list_select_related = ("shipment",)
    search_fields = ("shipment__reference", "reference")
    ordering = ("-created_at",)
    fieldsets = (
        (None, {"fields": (("shipment", "kind"), ("status", "shown_reference"), "shown_reason",
                           ("created_at", "answered_at"))}),
    )  # fmt: skip
    change_form_template = "admin/logistics/customsdeclaration/page.html"

    def for_list(self, rows: Any) -> Any:
        return rows.defer("payload", "shipment__consignment", "shipment__declared")

    @display(description=_("status"), label=DECLARED_COLOURS, ordering="status")
    def shown_status(self, declaration: CustomsDeclaration) -> tuple[str, str]:
        return declaration.status, declaration.get_status_display()

    @display(description=_("customs reference"), ordering="reference")
    def shown_reference(self, declaration: CustomsDeclaration) -> SafeString | str:
        return latin(declaration.reference)

    @display(description=_("reason of rejection"))
    def shown_reason(self, declaration: CustomsDeclaration) -> str:
        return str(declaration.reason) or "—"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = path("<path:object_id>/correct/", wrap(self.correct_view), name="logistics_customsdeclaration_correct")
        return [own, *super().get_urls()]

    def may_correct(self, request: HttpRequest, declaration: CustomsDeclaration) -> bool:
        """Whether the reader may hand it in anew: the right to change, and a rejection."""
        allowed = self.scope.covers(declaration, request.user)
        allowed = allowed and request.user.has_perm("logistics.change_customsdeclaration")
        return allowed and declaration.status == CustomsDeclaration.Status.REJECTED

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        declaration: CustomsDeclaration | None = kwargs.get("obj")
        if declaration is not None:
            lines = declaration.payload.get("lines", [])
            context |= {"lines": lines, "declaration": declaration, "title": str(declaration)}
            if self.may_correct(request, declaration):
                context["correction"] = getattr(request, "_correction", None) or CorrectionForm(lines=lines)
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def correct_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Makes a rejected declaration ready to be handed in anew."""
        declaration = self.get_object(request, object_id)
        if declaration is None or not request.user.has_perm("logistics.change_customsdeclaration"):
            raise Http404
        form = CorrectionForm(request.POST, lines=declaration.payload.get("lines", []))
        here = HttpResponseRedirect(reverse("admin:logistics_customsdeclaration_change", args=[declaration.pk]))
        if not form.is_valid():
            request._correction, request.method = form, "GET"  # type: ignore[attr-defined]
            answer = self.changeform_view(request, object_id)
            answer.status_code = 400
            return answer
        try:
            services.correct_declaration(shipment=declaration.shipment, descriptions=form.descriptions())
            self.log_change(request, declaration, str(_("The descriptions of the goods were corrected.")))
            messages.success(request, _("The declaration is ready. Do its step again to hand it in."))
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        return here
