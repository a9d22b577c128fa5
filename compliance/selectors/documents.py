"""Reads: documents of sellers, and who looked at them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import Seller, User
from compliance.models import DocumentView, EvidenceDocument


def may_read_documents(viewer: Any) -> bool:
    """Whether the viewer opens documents of all sellers. Who acts for a seller does not, not even the seller's own."""
    if not (isinstance(viewer, User) and viewer.is_active and viewer.has_perm("compliance.read_documents")):
        return False
    return viewer.is_superuser or not viewer.seller_ids


def documents_for(viewer: Any) -> QuerySet[EvidenceDocument]:
    """The documents whose names and states a viewer may see: all for officers, a seller's own for its members."""
    documents = EvidenceDocument.objects.select_related("seller", "uploaded_by")
    if may_read_documents(viewer):
        return documents
    if not (isinstance(viewer, User) and viewer.is_active):
        return documents.none()
    return documents.filter(seller__in=viewer.seller_ids)


def documents_of(seller: Seller) -> QuerySet[EvidenceDocument]:
    """The documents of a seller, the newest first, those without a file included; `looks` counts those who opened it."""
    found = EvidenceDocument.objects.filter(seller=seller).select_related("uploaded_by")
    return found.annotate(looks=Count("views")).order_by("-uploaded_at", "pk")


def expired_documents(on: date) -> QuerySet[EvidenceDocument]:
    """The documents that were to be kept until a day before `on` and still have their file."""
    return EvidenceDocument.objects.filter(keep_until__lt=on, deleted_at=None).order_by("pk")


def views_of(document: EvidenceDocument) -> QuerySet[DocumentView]:
    """Who looked at a document, the latest first; for officers."""
    return DocumentView.objects.filter(document=document).select_related("viewer")
