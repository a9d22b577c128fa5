"""All that is said of one product."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from catalog.ratings import STARS
from catalog.selectors import navigation
from catalog.selectors import product as products
from catalog.selectors.reviews import Narrowed, languages_of, page_of
from marketplace.kernel.methods import require_safe
from marketplace.kernel.typed_numbers import whole_number


def _asked(data: QueryDict, languages: list[str]) -> Narrowed:
    """What an address asks for; what is damaged is dropped."""
    stars, before, language = data.get("stars", ""), data.get("before", ""), data.get("language", "")
    return Narrowed(
        int(stars) if stars in map(str, range(1, STARS + 1)) else 0,
        language if language in languages else "",
        whole_number(before) or 0,
    )


@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """The reviews of one product, by stars and by language."""
    listed = products.live_product(slug, request.region.language)
    if listed is None or listed.is_held_in(request.region.country):
        raise Http404
    languages = languages_of(listed.id)
    asked = _asked(request.GET, languages)
    page = page_of(listed.id, asked)
    context = {
        "product": listed,
        "trail": navigation.trail_of(listed.category_slug),
        "reviews": page.reviews,
        "asked": asked,
        **_links(listed, asked, page.before, languages),
    }
    return render(request, "catalog/reviews.html", context)


def _links(listed: products.Listed, asked: Narrowed, before: int, languages: list[str]) -> dict[str, Any]:
    """Every choice as an address, so that it works without scripts."""

    def url(**changes: Any) -> str:
        query = QueryDict(mutable=True)
        wanted = {"stars": asked.stars, "language": asked.language} | changes
        query.update({name: str(value) for name, value in wanted.items() if value})
        return reverse("reviews", args=[listed.slug]) + (f"?{query.urlencode()}" if query else "")

    shares = listed.rating.shares if listed.rating else []
    return {
        "next_url": url(before=before) if before else "",
        "every_url": url(stars=0, language=""),
        "by_stars": [(stars, people, share, url(stars=stars)) for stars, people, share in shares],
        "by_language": [(code, url(language=code)) for code in languages] if len(languages) > 1 else [],
    }
