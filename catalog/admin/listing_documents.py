"""Documents behind a listing: uploaded on its page, kept encrypted, opened by officers alone."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from accounts.admin_scope import TabularPart, of_seller, only_translates
from catalog.models import Product, ProductDocument
from compliance.models import EvidenceDocument
from compliance.services.documents import keep_document
from compliance.uploads import ACCEPT
from marketplace.kernel.errors import Refused

Kind = EvidenceDocument.Kind
KINDS: Final = (
    Kind.CONFORMITY,
    Kind.TEST_REPORT,
    Kind.UN38_3,
    Kind.ENERGY_LABEL,
    Kind.PERMIT,
    Kind.REGISTRATION,
    Kind.OTHER,
)
MOST: Final = 20
_PREFIX: Final = "documents"
_UPLOAD: Final = re.compile(rf"({_PREFIX}-\d{{1,3}})-upload")
Kept = dict[str, EvidenceDocument | Refused]


class DocumentForm(forms.ModelForm):
    """A document: what it is, and the file. `kept` is what became of the uploads before the form was read."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, kind.label) for kind in KINDS], widget=UnfoldAdminSelectWidget
    )
    upload = forms.FileField(
        label=_("File"), required=False, allow_empty_file=True, max_length=250,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPT}),
        help_text=_("PDF, JPEG or PNG. Compliance officers alone can open it."),
    )  # fmt: skip

    class Meta:
        model = ProductDocument
        fields = ()

    def __init__(self, *args: Any, kept: Kept | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = kept or {}
        if self.instance.pk:
            self.fields["kind"].initial = self.instance.document.kind
            self.fields["kind"].disabled = True

    def has_changed(self) -> bool:
        """A new row counts with its file alone: the kind is always chosen."""
        return self.prefix in self.kept

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        found = self.kept.get(str(self.prefix))
        if isinstance(found, Refused):
            self.add_error("upload", str(found.message))
        elif found is not None:
            self.instance.document = found
        return data


class DocumentFormSet(PaginationInlineFormSet):  # type: ignore[misc]
    """The documents of a listing, each of them once."""

    kept: Kept = {}

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs(index)
        return kwargs | {"kept": self.kept}

    def clean(self) -> None:
        super().clean()
        there = {form.instance.document_id for form in self.initial_forms if form not in self.deleted_forms}
        for form in self.extra_forms:
            document = form.instance.document_id
            if form.has_changed() and document in there:
                form.add_error("upload", _("This document stands here already."))
            there.add(document)


class DocumentPart(TabularPart):
    """What stands behind the listing, such as its declaration of conformity."""

    model = ProductDocument
    scope = of_seller("product__seller")
    verbose_name, verbose_name_plural = _("document"), _("Documents")
    hide_title = True
    form = DocumentForm
    formset = DocumentFormSet
    fields = ("shown_document", "kind", "upload")
    readonly_fields = ("shown_document",)
    per_page = MOST
    max_num = MOST
    tab = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("document").order_by("pk")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.kept = getattr(request, "_kept_documents", {})
        return formset

    @display(description=_("document"))
    def shown_document(self, row: ProductDocument) -> str:
        if not row.pk:
            return "—"
        document = row.document
        if document.deleted_at is not None:
            return str(_("“%(name)s”, deleted") % {"name": document.name})
        day = date_format(document.uploaded_at, "DATE_FORMAT")
        return f"{document.get_kind_display()} · {document.name} · {day}"


class ListingDocuments:
    """For the admin of listings: uploads go to their storage before the transaction of the form begins."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if request.method == "POST" and object_id and request.FILES:
            self._keep(request, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]

    def _keep(self, request: HttpRequest, object_id: str) -> None:
        """Each upload becomes a document of the seller, or a refusal that stands beside its input."""
        product: Product | None = self.get_object(request, object_id)  # type: ignore[attr-defined]
        may_change = product is not None and self.has_change_permission(request, product)  # type: ignore[attr-defined]
        if product is None or not may_change or only_translates(request.user):
            return
        kept: Kept = {}
        for name, upload in request.FILES.items():
            match = _UPLOAD.fullmatch(name)
            kind = request.POST.get(f"{match[1]}-kind", "") if match else ""
            if match is None or kind not in KINDS or len(kept) >= MOST:
                continue
            try:
                kept[match[1]] = keep_document(seller=product.seller, kind=kind, upload=upload, actor=request.user)  # type: ignore[arg-type]
            except Refused as refusal:
                kept[match[1]] = refusal
        request._kept_documents = kept  # type: ignore[attr-defined]
