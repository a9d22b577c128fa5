"""Documents of sellers and the looks at them. Names and states are for sellers too; what is inside is for officers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import display

from accounts.admin_scope import STAFF, ReadOnlyAdmin, is_confined, of_seller, register
from compliance import selectors, services
from compliance.admin.hidden import HiddenRows, hidden
from compliance.models import DocumentView, EvidenceDocument
from marketplace.kernel.errors import Refused
from marketplace.kernel.methods import require_safe

_SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


@register(EvidenceDocument)
class EvidenceDocumentAdmin(HiddenRows, ReadOnlyAdmin):
    """The documents that sellers sent; an officer opens one, and the look at it is written down."""

    scope = of_seller("seller")
    list_display = ("name", "seller", "kind", "uploaded_at", "shown_state", "shown_open")
    list_filter = ("kind", "seller")
    list_select_related = ("seller",)
    list_columns_hidden_from_sellers = ("seller", "shown_open")
    search_fields = ("name", "seller__name")
    ordering = ("-uploaded_at",)
    fieldsets = (
        (None, {"fields": ("name", "seller", "kind", "shown_size", "content_type", "shown_state")}),
        (_("Upload"), {"fields": ("uploaded_by", "uploaded_at", "keep_until", "deleted_at", "shown_open")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not is_confined(request.user):
            return self.fieldsets
        return ((None, {"fields": ("name", "kind", "shown_size", "uploaded_at", "shown_state")}),)

    @display(description=_("size"))
    def shown_size(self, document: EvidenceDocument) -> str:
        return filesizeformat(document.size)

    @display(description=_("state"), label={"kept": "success", "deleted": "default"})
    def shown_state(self, document: EvidenceDocument) -> tuple[str, Any]:
        return ("deleted", _("Deleted")) if document.deleted_at else ("kept", _("Kept, encrypted"))

    @display(description=_("file"))
    def shown_open(self, document: EvidenceDocument) -> SafeString | str:
        return open_link(document)

    def get_urls(self) -> list[URLPattern]:
        """The address of the file asks nobody to sign in: who may not open it learns nothing of it."""
        view = require_safe(never_cache(self.open_view))
        opened = path("<path:object_id>/open/", view, name="compliance_evidencedocument_open")
        return hidden([opened, *super().get_urls()])

    def open_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The file, to be saved and never shown as a page of ours."""
        may_read = selectors.may_read_documents(request.user)
        document = self.get_object(request, object_id) if may_read else None
        if document is None:
            raise Http404
        try:
            content = services.open_document(document=document, viewer=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            raise Http404 from refusal
        answer = HttpResponse(content, content_type=document.content_type)
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.name)}"
        for name, value in _SAFE_HEADERS.items():
            answer[name] = value
        return answer


def open_link(document: EvidenceDocument | None) -> SafeString | str:
    """A link that opens the document for an officer, or what became of it."""
    if document is None:
        return "—"
    if document.deleted_at is not None:
        return format_html("{} ({})", document.name, _("deleted"))
    address = reverse("admin:compliance_evidencedocument_open", args=[document.pk])
    return format_html('<a href="{}" class="admin-link" download><bdi>{}</bdi></a>', address, document.name)


@register(DocumentView)
class DocumentViewAdmin(ReadOnlyAdmin):
    """Who looked at which document, for officers. Nothing here is ever changed."""

    scope = STAFF
    list_display = ("at", "viewer_label", "shown_document", "shown_seller")
    list_filter = ("viewer", "document__seller")
    list_select_related = ("document__seller", "viewer")
    search_fields = ("viewer_label", "document__name", "document__seller__name")
    ordering = ("-at", "-pk")
    fields = ("at", "viewer", "viewer_label", "shown_document", "shown_seller")

    @display(description=_("document"), ordering="document__name")
    def shown_document(self, view: DocumentView) -> str:
        return view.document.name

    @display(description=_("seller"), ordering="document__seller__name")
    def shown_seller(self, view: DocumentView) -> str:
        return view.document.seller.name
