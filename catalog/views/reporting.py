"""Reporting a listing, and seeing what became of it."""

from __future__ import annotations

from uuid import uuid4

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.models import Product, Review
from catalog.report_form import ReportForm
from compliance import services
from compliance.models import Notice
from marketplace.kernel.errors import Refused
from marketplace.kernel.methods import require_safe

REPORTABLE = (Product.Status.LIVE, Product.Status.ARCHIVED)  # what shoppers could see


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_listing(request: HttpRequest, slug: str, review_id: int | None = None) -> HttpResponse:
    """A notice about a listing or one of its reviews, taken without an account; what was typed stays when something is
    wrong."""
    product = get_object_or_404(Product.objects.select_related("seller"), slug=slug, status__in=REPORTABLE)
    shown = Review.objects.filter(product=product, state=Review.State.PUBLISHED)
    review = get_object_or_404(shown, pk=review_id) if review_id is not None else None
    if request.method != "POST":
        form = ReportForm(initial={"country": request.region.country, "form_key": uuid4()})
        return _page(request, product, review, form, 200)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, product, review, form, 422)
    if not ratelimit.consume(request, action="report_listing"):
        form.add_error(None, gettext("There were too many notices from here. Please try again in an hour."))
        return _page(request, product, review, form, 429)
    try:
        notice = _taken_in(product, review, form)
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal.message))
        return _page(request, product, review, form, 422)
    messages.success(request, gettext("We have received your notice. Thank you."))
    return redirect("notice_status", notice.token)


@never_cache
@require_safe
def notice_status(request: HttpRequest, token: str) -> HttpResponse:
    """How a notice stands, for whoever knows its address."""
    notice = get_object_or_404(Notice, token=token)
    return render(request, "catalog/notice.html", {"notice": notice})


def _page(request: HttpRequest, product: Product, review: Review | None, form: ReportForm, status: int) -> HttpResponse:
    context = {"product": product, "review": review, "form": form}
    return render(request, "catalog/report.html", context, status=status)


def _taken_in(product: Product, review: Review | None, form: ReportForm) -> Notice:
    """The notice; a seller has no part in what is said of a review."""
    page = reverse("reviews", args=[product.slug]) + f"#review-{review.pk}" if review else product.get_absolute_url()
    return services.take_in_notice(
        subject=review or product,
        label=f"{product} · {review}" if review else str(product),
        address=settings.SITE_URL + page,
        seller=None if review else product.seller,
        report=form.report,
        form_key=form.key,
    )
