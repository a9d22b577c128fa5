"""A member's own orders."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.kernel.methods import require_safe
from orders.selectors import orders_of


@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The orders of the signed-in member."""
    page = Paginator(orders_of(request.user), 20).get_page(request.GET.get("page"))
    return render(request, "account/orders.html", {"page": page})
