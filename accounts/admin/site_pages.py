"""Pages of the admin that belong to no table, made safe for readers who may not meet every row.

Django's "view on site" leads anybody with a foot in the admin to the address of any row, and an order's address is
its secret; here it leads to rows the reader may meet. Passwords are changed on the shop's own page, behind its
throttles. Unfold's search of tables is off: the side bar lists them.
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path


def install(site: Any) -> None:
    """Puts these pages in the place of the site's own."""
    site.search = not_here
    site.extra_urls = lambda: urls(site)


def urls(site: Any) -> list[URLPattern]:
    """The addresses, with the names under which the admin's templates look for them."""

    def view_on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
        return _view_on_site(site, request, content_type_id, object_id)

    return [
        path("r/<path:content_type_id>/<path:object_id>/", site.admin_view(view_on_site), name="view_on_site"),
        path("password_change/", site.admin_view(change_password), name="password_change"),
    ]


def not_here(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """There is no such page."""
    raise Http404


def change_password(request: HttpRequest) -> HttpResponse:
    """Leads to the shop's page for it."""
    return redirect("account_change_password")


def _view_on_site(site: Any, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    if not (content_type_id.isascii() and content_type_id.isdigit() and len(content_type_id) < 9):
        raise Http404
    content_type = ContentType.objects.filter(pk=content_type_id).first()
    model = content_type.model_class() if content_type else None
    table = site._registry.get(model) if model else None
    if table is None or not table.view_on_site or not hasattr(model, "get_absolute_url"):
        raise Http404
    row = table.get_object(request, object_id)
    if row is None or not table.has_view_permission(request, row):
        raise Http404
    return HttpResponseRedirect(row.get_absolute_url())
