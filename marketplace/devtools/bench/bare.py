"""The page that others are compared with: what Django itself costs for a page of that size.

Twenty-four cards from a list in memory, as anybody would write them; no database, no cache.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

CARDS: list[dict[str, Any]] = [
    {
        "url": f"/en/product/thing-number-{number}/",
        "image": f"/media/products/thing-number-{number}",
        "name": f"A well-made thing of oak & brass, number {number}",
        "brand": f"House {number % 6}",
        "summary": "Turned by hand, oiled twice, sent in paper; it lasts longer than the one who buys it.",
        "price": f"{number * 7 + 12}.90 €",
        "before": f"{number * 7 + 19}.90 €" if number % 5 == 0 else "",
        "landed": f"{number * 9 + 20}.40 €",
        "origin": "JP",
        "in_stock": number % 7 != 0,
    }
    for number in range(24)
]
MENU = [(f"/en/category/aisle-{number}/", f"Aisle {number}") for number in range(9)]
CHOICES = [(f"C{number}", f"Country number {number}") for number in range(60)]


def bare(request: HttpRequest) -> HttpResponse:
    """A list of cards with a header, filters and a footer."""
    context = {"cards": CARDS, "menu": MENU, "choices": CHOICES, "facets": CHOICES[:16]}
    return render(request, "bare.html", context, using="bare")
