"""The admin's site: Unfold's, made safe for readers who may not meet every row, and quick for long days.

Django's "view on site" leads anybody with a foot in the admin to the address of any row, and an order's address is
its secret; here it leads to rows the reader may meet. Passwords are changed on the shop's own page, behind its
throttles. Unfold's search of tables is off: the side bar lists them. What is the same on every page is made once:
the settings, and the side bar for each language, set of rights and place.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from unfold.settings import get_config
from unfold.sites import UnfoldAdminSite

from marketplace.kernel.typed_numbers import whole_number

Entry = tuple[int, int, bool]  # group, place in it, whether it is the page at hand


class ShopSite(UnfoldAdminSite):  # type: ignore[misc]
    """The site that every table registers with."""

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[Callable[[ShopSite], list[URLPattern]]] = []

    # Pages of no table ------------------------------------------------------------------------------------

    def add_pages(self, pages: Callable[[ShopSite], list[URLPattern]]) -> None:
        """An app puts pages of its own on the site; `pages` gives their addresses, each wrapped in `admin_view`."""
        self._pages.append(pages)

    def extra_urls(self) -> list[URLPattern]:
        """Addresses that stand before Django's own of the same name."""
        shown = path(
            "r/<path:content_type_id>/<path:object_id>/", self.admin_view(self.view_on_site), name="view_on_site"
        )
        own = [shown, path("password_change/", self.admin_view(change_password), name="password_change")]
        return [*own, *(address for pages in self._pages for address in pages(self))]

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is no such page."""
        raise Http404

    def view_on_site(self, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
        """Leads to the shop's page of a row, if it has one and the reader may meet the row."""
        content_type = ContentType.objects.filter(pk=whole_number(content_type_id)).first()
        model = content_type.model_class() if content_type else None
        table = self._registry.get(model) if model else None
        if table is None or not table.view_on_site or not hasattr(model, "get_absolute_url"):
            raise Http404
        row = table.get_object(request, object_id)
        if row is None or not table.has_view_permission(request, row):
            raise Http404
        return HttpResponseRedirect(row.get_absolute_url())

    # What every page needs --------------------------------------------------------------------------------

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return get_config(self.settings_name)  # type: ignore[no-any-return]

    def _get_config(self, key: str, *args: Any) -> Any:
        value = self._settings.get(key)
        return self._get_value(value, *args) if value else None

    def _get_colors(self, key: str, *args: Any) -> dict[str, dict[str, str]]:
        """None: they stand in static/admin/shop.css, so that no page carries them."""
        return {}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """The tables by app; put together when a page asks for them, which few do."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        return SimpleLazyObject(lambda: super(ShopSite, self).get_app_list(request))

    def get_sidebar_list(self, request: HttpRequest) -> list[SafeString]:
        """The side bar as one piece of markup, or nothing when the reader may open nothing."""
        groups = self._navigation
        address = max(
            (a for group in groups for a, *_rest in group[1] if request.path.startswith(a)), key=len, default=""
        )
        seen: list[Entry] = [
            (place, index, entry[0] == address)
            for place, (_title, entries) in enumerate(groups)
            for index, entry in enumerate(entries)
            if entry[3](request)
        ]
        return [_side_bar(self, get_language() or "en", tuple(seen))] if seen else []

    @cached_property
    def _navigation(self) -> list[tuple[Any, list[tuple[str, str, Any, Any]]]]:
        """Groups of the side bar: a title, and for each entry its address, icon, title and who may see it."""
        return [
            (group.get("title", ""), [(str(e["link"]), e["icon"], e["title"], e["permission"]) for e in group["items"]])
            for group in self._settings["SIDEBAR"]["navigation"]
        ]


def change_password(request: HttpRequest) -> HttpResponse:
    """Leads to the shop's page for it."""
    return redirect("account_change_password")


@lru_cache(maxsize=1024)
def _side_bar(site: ShopSite, language: str, seen: tuple[Entry, ...]) -> SafeString:
    """The markup in the active language, which `language` names for the memory."""
    parts: list[SafeString] = []
    for place, (title, entries) in enumerate(site._navigation):
        items = format_html_join(
            "",
            '<li><a href="{}"{}><span class="material-symbols-outlined" aria-hidden="true">{}</span>{}</a></li>',
            (
                (
                    entries[index][0],
                    SafeString(' class="active" aria-current="page"') if here else "",
                    *entries[index][1:3],
                )
                for group, index, here in seen
                if group == place
            ),
        )
        if items:
            head = format_html("<h2>{}</h2>", title) if title else ""
            parts.append(format_html("<div>{}<ol>{}</ol></div>", head, items))
    return SafeString("".join(parts))
