"""Letters to shoppers, in their own language."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from compliance.landed_cost.assessment import Assessment
from marketplace.kernel.errors import Unavailable
from orders.models import Fulfilment, Order
from orders.pages import breakdown, buffer_of


def send_confirmation(order: Order) -> None:
    """Tells the shopper what was bought, what it cost, and where to follow it. Raises `Unavailable`."""
    with override(order.language):
        parts = [
            {"part": part, "breakdown": breakdown(Assessment.from_dict(part.assessment))}
            for part in order.seller_orders.select_related("seller").prefetch_related("lines")
        ]
        subject = _("Your order %(number)s") % {"number": order.number}
        buffer = buffer_of((each["breakdown"] for each in parts), order.currency)
        _send(order, "order_confirmation", subject, {"parts": parts, "buffer": buffer, "about": order.number})


def send_delivered(fulfilment: Fulfilment) -> None:
    """Tells the shopper that a parcel has arrived, and what they can do if something is wrong."""
    order = fulfilment.seller_order.order
    with override(order.language):
        subject = _("Your parcel from %(seller)s has arrived") % {"seller": fulfilment.seller_order.seller.name}
        part = fulfilment.seller_order
        _send(order, "parcel_delivered", subject, {"seller_order": part, "about": part.reference})


def _send(order: Order, name: str, subject: str, context: dict[str, Any]) -> None:
    page = settings.SITE_URL + reverse("order", args=[order.token])
    context = {
        "order": order,
        "page": page,
        "language": order.language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "address": order.postal_address,
        **context,
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"mail/{name}.txt", context),
        to=[order.email],
        headers={
            "Message-ID": f"<{name}.{context['about']}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": order.language,
        },
    )
    message.attach_alternative(render_to_string(f"mail/{name}.html", context), "text/html")
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise Unavailable("The mail server does not answer.") from error
