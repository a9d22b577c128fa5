"""Collections: products that somebody chose and put in order."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.admin_scope import of_seller
from catalog.models import Collection
from catalog.selectors import editorial
from catalog.selectors.prices import Prices
from marketplace.kernel.methods import require_safe

_OWN = of_seller("seller")


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """A collection; one that is not shown yet for those who may keep it, when they ask for a preview."""
    found = editorial.collected(slug, request.region.language)
    if found is None:
        raise Http404
    is_preview = not found.is_shown_in(request.region.country)
    if is_preview and not ("preview" in request.GET and _may_keep(request, found.id)):
        raise Http404
    chosen = editorial.cards_of(found, request.region, Prices.today())
    context = {
        "collection": found,
        "entries": [(card, found.notes.get(str(card.id), "")) for card in chosen],
        "is_preview": is_preview,
    }
    return render(request, "catalog/collection.html", context)


def _may_keep(request: HttpRequest, key: int) -> bool:
    """Whether the reader meets the collection in the admin."""
    may_view = request.user.has_perm("catalog.view_collection")
    return may_view and _OWN.visible(Collection.objects.filter(pk=key), request.user).exists()
