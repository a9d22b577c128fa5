"""What the search field offers while one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control

from catalog.selectors.typed import typed
from marketplace.kernel.methods import require_safe


@require_safe
@cache_control(private=True, max_age=30)
def suggest(request: HttpRequest) -> HttpResponse:
    """A list of options for the words typed so far, to be put below the field; nothing where nothing is meant."""
    query = request.GET.get("q", "").strip()
    return render(request, "catalog/_typed.html", {"typed": typed(query, request.region)})
