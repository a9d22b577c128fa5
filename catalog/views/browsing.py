"""The pages on which one looks for goods."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.vary import vary_on_headers

from accounts.models import Seller
from catalog import delivery
from catalog.facets import facet_context, sort_links
from catalog.selectors import listing, navigation
from catalog.selectors import product as products
from catalog.selectors.held import reasons_for
from catalog.selectors.listing import Filters
from catalog.selectors.prices import Prices
from catalog.selectors.search import search as find
from catalog.selectors.sellers import on_show
from catalog.services import search_words
from marketplace.kernel.methods import require_safe


def _next_url(filters: Filters, after: str, extra: str = "") -> str:
    query = "&".join(part for part in (extra, filters.query(after=after)) if part)
    return f"?{query}" if after else ""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page."""
    prices, region = Prices.today(), request.region
    everything = [branch.id for branch in navigation.menu()]
    featured = listing.shelf(everything, Filters(), region, prices, size=12)
    newest = listing.shelf(everything, Filters(sort="new"), region, prices, size=6)
    context = {"featured": featured.cards, "newest": newest.cards, "sellers": on_show().sellers}
    return render(request, "catalog/home.html", context)


@require_safe
@vary_on_headers("HX-Request")
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """A category with its filters; the listing alone for a swap."""
    found = navigation.find(slug)
    if found is None:
        raise Http404
    branch, trail = found
    filters, prices, region = Filters.parse(request.GET), Prices.today(), request.region
    page = listing.shelf([branch.id], filters, region, prices)
    counts = listing.counts(branch, filters, region, prices)
    context = {
        "category": branch,
        "trail": trail,
        "children": [(child, child.count_in(region.country)) for child in branch.children],
        "page": {"cards": page.cards, "next_url": _next_url(filters, page.after), "first": not filters.after},
        **facet_context(filters, counts, on_show(), region, branch.url),
    }
    return render(request, _listing_template(request, "catalog/category.html"), context)


@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """What is found for the words typed."""
    query = request.GET.get("q", "").strip()[:200]
    filters, prices, region = Filters.parse(request.GET), Prices.today(), request.region
    found = find(query, filters, region, prices)
    if found.lead:
        return HttpResponseRedirect(f"{reverse('home').rstrip('/')}{found.lead}")
    if not (found.cards or filters.active or filters.after):
        search_words.note_miss(query=query, language=region.language)
    extra = urlencode({"q": query})
    context: dict[str, Any] = {
        "query": query,
        "suggestion": found.suggestion,
        "page": {"cards": found.cards, "next_url": _next_url(filters, found.after, extra), "first": not filters.after},
        "related": found.related,
        "capped": found.capped,
        **facet_context(filters, found.counts, on_show(), region, reverse("search"), extra),
    }
    if not (found.cards or found.related):
        everything = [branch.id for branch in navigation.menu()]
        context["popular"] = listing.shelf(everything, Filters(), region, prices, size=6).cards
    return render(request, _listing_template(request, "catalog/search.html"), context)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product."""
    prices, region = Prices.today(), request.region
    listed = products.live_product(slug, region.language)
    if listed is None:
        raise Http404
    if listed.is_held_in(region.country):
        return _held(request, listed)
    variant = request.GET.get("variant", "")
    view = products.product_view(
        listed, int(variant) if variant.isdigit() and len(variant) < 18 else None, region, prices
    )
    context = {"view": view, "product": listed, "trail": view.trail, "variant": view.offer,
               **delivery.offer_context(view.offer, region, prices)}  # fmt: skip
    return render(request, "catalog/product.html", context)


def _held(request: HttpRequest, listed: products.Listed) -> HttpResponse:
    """A listing that is not shown where the reader is: why, in plain words, and what else there is."""
    region = request.region
    context = {
        "product": listed,
        "everywhere": "" in listed.held_in,
        "reasons": reasons_for(listed.id, region.country),
        "trail": navigation.trail_of(listed.category_slug),
        "related": products.related(listed, region, Prices.today()),
    }
    return render(request, "catalog/held.html", context, status=HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS)


@require_safe
@vary_on_headers("HX-Request")
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """A seller's brand with its story and products."""
    seller = get_object_or_404(Seller, slug=slug, status=Seller.Status.APPROVED)
    filters, prices, region = Filters.parse(request.GET), Prices.today(), request.region
    page = listing.products_of_seller(seller.pk, filters, region, prices)
    context = {
        "seller": seller,
        "page": {"cards": page.cards, "next_url": _next_url(filters, page.after), "first": not filters.after},
        "sorts": sort_links(filters, lambda **changes: f"?{filters.query(**changes)}"),
    }
    return render(request, _listing_template(request, "catalog/brand.html"), context)


def _listing_template(request: HttpRequest, whole: str) -> str:
    swap = request.htmx and request.htmx.target == "listing"
    return "catalog/_listing.html" if swap else whole
