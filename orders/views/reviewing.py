"""Saying how something is that was delivered, for whoever holds the address of the order."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.models import Review
from catalog.review_form import ReviewForm
from catalog.selectors.reviews import written_by
from catalog.services import reviews
from marketplace.kernel.errors import Refused
from orders.models import Order
from orders.services.reviewing import Delivered, delivered
from orders.views.order import for_its_holder, order_at

_THANKS = {
    Review.State.PUBLISHED: gettext_lazy("Thank you. Your review is shown."),
    Review.State.WAITING: gettext_lazy("Thank you. We look at your review before it is shown."),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, token: str, line_id: int) -> HttpResponse:
    """The review of what one line of an order brought: written, changed or taken back."""
    order = order_at(token)
    bought = delivered(order, line_id)
    if bought is None:
        raise Http404
    written = written_by(bought.product.pk, order.number, order.user)
    mine = written.exclude(state=Review.State.WITHDRAWN).first()
    if request.method != "POST":
        return _page(request, order, bought, mine, ReviewForm(initial=_initial(request, order, mine)))
    if "withdraw" in request.POST:
        reviews.withdraw_review(product=bought.product, purchase=bought.purchase)
        messages.success(request, _("Your review is gone."))
        return redirect(order)
    form = ReviewForm(request.POST)
    if form.is_valid() and (kept := _kept(bought, form)):
        if kept.state in _THANKS:  # one that stays hidden says so on its page
            messages.success(request, _THANKS[kept.state])
        return redirect(order)
    return _page(request, order, bought, mine, form, 422)


def _kept(bought: Delivered, form: ReviewForm) -> Review | None:
    """The review as it is kept; None when it is refused, which the form then says."""
    try:
        return reviews.keep_review(product=bought.product, purchase=bought.purchase, told=form.told)
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal.message))
        return None


def _initial(request: HttpRequest, order: Order, mine: Review | None) -> dict[str, object]:
    if mine is None:
        first, *others = order.postal_address.name.split() or [""]
        # A name in one piece, as in Chinese, may be the whole of it: nobody's is published by default.
        return {"language": request.region.language, "signed": f"{first} {others[-1][0]}." if others else ""}
    return {name: getattr(mine, name) for name in ("stars", "title", "text", "language", "signed")}


def _page(
    request: HttpRequest, order: Order, bought: Delivered, mine: Review | None, form: ReviewForm, status: int = 200
) -> HttpResponse:
    context = {"order": order, "line": bought.line, "product": bought.product, "review": mine, "form": form}
    return for_its_holder(render(request, "orders/review.html", context, status=status))
