"""The pages on which one looks for goods."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.vary import vary_on_headers

from accounts.admin_scope import STAFF
from accounts.models import Seller
from catalog import delivery, linked_data
from catalog.facets import facet_context, sort_links
from catalog.selectors import editorial, listing, navigation, reviews
from catalog.selectors import product as products
from catalog.selectors.held import reasons_for
from catalog.selectors.listing import Filters
from catalog.selectors.narrowed import page_and_counts
from catalog.selectors.offers import offers_of, variant_of_others
from catalog.selectors.prices import Prices
from catalog.selectors.search import search as find
from catalog.selectors.sellers import on_show
from catalog.selectors.size_charts import page_details
from catalog.services import search_words
from catalog.views.looking import note_viewed, viewed_context
from catalog.views.picking import picks_of
from marketplace.kernel.methods import require_safe
from marketplace.kernel.typed_numbers import whole_number

_SWAP = ("HX-Request", "HX-Target", "HX-Trigger")  # what decides which part of a page is sent


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
    previewed = _previewed(request)
    landing = previewed or editorial.landing_for(region)
    tiles = (landing and landing.tiles) or editorial.house_tiles(region)
    context = {"featured": featured.cards, "newest": newest.cards, "sellers": on_show().sellers, "landing": landing,
               "tiles": tiles, "is_preview": previewed is not None,
               **viewed_context(request, prices)}  # fmt: skip
    return render(request, "catalog/home.html", context)


def _previewed(request: HttpRequest) -> editorial.Landing | None:
    """The page for a market that one of the staff wants to see before its shoppers do."""
    key = whole_number(request.GET.get("landing", ""))
    if key is None:
        return None
    may_see = STAFF.admits(request.user) and request.user.has_perm("catalog.view_landingpage")
    return editorial.landing_by_id(key, request.region) if may_see else None


@require_safe
@vary_on_headers(*_SWAP)
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """A category with its filters; the listing alone for a swap."""
    found = navigation.find(slug)
    if found is None:
        raise Http404
    branch, trail = found
    filters, prices, region = Filters.parse(request.GET, at_door=True), Prices.today(), request.region
    page, counts = page_and_counts(branch, filters, region, prices)
    context = {
        "category": branch,
        "trail": trail,
        "children": [(child, child.count_in(region.country)) for child in branch.children],
        "page": {"cards": page.cards, "next_url": _next_url(filters, page.after), "first": not filters.after,
                 "of_popular": page.of_popular},
        "capped": counts.capped,
        **facet_context(filters, counts, on_show(), region, branch.url, arriving=page.arriving),
    }  # fmt: skip
    return render(request, _listing_template(request, "catalog/category.html"), context)


@require_safe
@vary_on_headers(*_SWAP)
def search(request: HttpRequest) -> HttpResponse:
    """What is found for the words typed."""
    query = request.GET.get("q", "").strip()[:200]
    filters, prices, region = Filters.parse(request.GET, at_door=True, in_search=True), Prices.today(), request.region
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
        **facet_context(filters, found.counts, on_show(), region, reverse("search"), query,
                        found.arriving),
    }  # fmt: skip
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
    view = products.product_view(listed, whole_number(request.GET.get("variant", "")), region, prices)
    details, size_chart = page_details(listed.id, region)
    written = reviews.first_of(listed.id, region.language) if listed.rating else []
    address = f"{settings.SITE_URL}{request.path}"
    context = {"view": view, "product": listed, "trail": view.trail, "variant": view.offer,
               "offers": offers_of(view.offer, listed, region, prices),
               "picks": picks_of(request, listed.id, view.offer.id if view.offer else None),
               "details": details, "size_chart": size_chart,
               "reviews": written,
               "linked_data": (linked_data.goods(listed, view.offer, view.images, details, written, address),
                               linked_data.way(view.trail, listed.name)),
               **delivery.offer_context(view.offer, region, prices),
               **viewed_context(request, prices, listed.id)}  # fmt: skip
    return note_viewed(request, render(request, "catalog/product.html", context), listed.id)


@require_safe
def offers(request: HttpRequest, slug: str) -> HttpResponse:
    """Leads to the list of all sellers, on the page of the first variant that others have too."""
    variant = variant_of_others(slug, request.region, Prices.today())
    chosen = f"?variant={variant}#offers" if variant else ""
    return HttpResponseRedirect(f"{reverse('product', args=[slug])}{chosen}")


def _held(request: HttpRequest, listed: products.Listed) -> HttpResponse:
    """A listing that is not shown where the reader is: why, in plain words, and what else there is."""
    region = request.region
    context = {
        "product": listed,
        "everywhere": "" in listed.held_in,
        "reasons": reasons_for(listed.id, region.country),
        "trail": navigation.trail_of(listed.category_slug),
        "related": products.related(listed, region, Prices.today(), with_same=True),
    }
    return render(request, "catalog/held.html", context, status=HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS)


@require_safe
@vary_on_headers(*_SWAP)
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """A seller's brand with its story and products."""
    sellers = Seller.objects.select_related("brand_page")
    seller = get_object_or_404(sellers, slug=slug, status=Seller.Status.APPROVED)
    filters, prices, region = Filters.parse(request.GET), Prices.today(), request.region
    page = listing.products_of_seller(seller.pk, filters, region, prices)
    context = {
        "seller": seller,
        "page": {"cards": page.cards, "next_url": _next_url(filters, page.after), "first": not filters.after},
        "sorts": sort_links(filters, lambda **changes: f"?{filters.query(**changes)}"),
    }
    template = _listing_template(request, "catalog/brand.html")
    if template == "catalog/brand.html":
        context |= {"about": getattr(seller, "brand_page", None),
                    "tiles": editorial.tiles_of_seller(seller.pk, region)}  # fmt: skip
    return render(request, template, context)


def _listing_template(request: HttpRequest, whole: str) -> str:
    swap = request.htmx and request.htmx.target == "listing"
    return "catalog/_listing.html" if swap else whole
