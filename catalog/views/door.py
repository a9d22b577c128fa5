"""The page that works out what anything costs at any door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from catalog.door import page as door
from marketplace.kernel.methods import require_safe

_SWAPS = {"reckoner": "catalog/_reckoner.html"}


@require_safe
@vary_on_headers("HX-Request")
def landed_cost(request: HttpRequest) -> HttpResponse:
    """The question as a form, and its answer: both stand in the address, so that an answer can be shared."""
    page = door.make(request.GET, request.region)
    target = (request.htmx.target or "") if request.htmx else ""
    template = "catalog/_codes.html" if target.startswith("codes-") else _SWAPS.get(target, "catalog/landed_cost.html")
    return render(request, template, page.context(), status=page.status)
