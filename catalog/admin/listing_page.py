"""Pages of their own about one listing, behind a button on the listing's page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from catalog.models import Product


class ListingPage:
    """For the admin of listings: finds the listing for whoever may meet it, and puts a page around its contents."""

    def listing(self, request: HttpRequest, object_id: str) -> Product:
        """The listing with the key; 404 for whoever may not meet it."""
        product: Product | None = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if product is None or not self.has_view_permission(request, product):  # type: ignore[attr-defined]
            raise Http404
        return product

    def listing_page(
        self, request: HttpRequest, product: Product, template: str, title: Any, context: dict[str, Any]
    ) -> HttpResponse:
        """The template with what every page of the admin needs."""
        site, opts = self.admin_site, self.opts  # type: ignore[attr-defined]
        whole = site.each_context(request) | {
            "title": title, "subtitle": str(product), "opts": opts, "original": product,
            "media": self.media,  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, template, whole | context)
