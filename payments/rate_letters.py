"""Letters on exchange rates to staff and sellers, in the reader's language: sent once each, tried until they go out."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from payments import fx_words
from payments.models import CurrencyRisk, RateAlert, RateLetter
from payments.services import outside_transactions

log = structlog.get_logger(__name__)
_BATCH = 100
_LEASE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=6)


def send_due(moment: datetime) -> int:
    """Sends the letters that are due, a hundred at most; the number sent. Refuses to run inside a transaction."""
    outside_transactions()
    sent = 0
    for letter in _taken(moment):
        try:
            _message(letter).send()
        except (SMTPException, OSError) as error:
            _put_off(letter, error)
        else:
            RateLetter.objects.filter(pk=letter.pk).update(sent_at=clock.now(), last_error="")
            sent += 1
    return sent


def _taken(moment: datetime) -> list[RateLetter]:
    """The letters that are due, put off for the time of the attempt so that no other worker has them too."""
    with transaction.atomic():
        due = RateLetter.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            sent_at=None, due_at__lte=moment, user__is_active=True
        )
        letters = list(due.select_related("alert", "user").order_by("due_at", "pk")[:_BATCH])
        RateLetter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
            due_at=moment + _LEASE, attempts=F("attempts") + 1
        )
    return letters


def _put_off(letter: RateLetter, error: Exception) -> None:
    pause = min(timedelta(minutes=2 ** min(letter.attempts, 10)), _LONGEST_PAUSE)
    RateLetter.objects.filter(pk=letter.pk).update(due_at=clock.now() + pause, last_error=str(error)[:300])
    log.warning("letter not sent", alert=letter.alert.key, error=str(error))


def _message(letter: RateLetter) -> EmailMultiAlternatives:
    alert, user = letter.alert, letter.user
    with override(user.language):
        subject, name, context = _contents(alert, letter.audience)
        context |= {
            "language": user.language,
            "direction": "rtl" if get_language_bidi() else "ltr",
            "is_seller": letter.audience == RateLetter.Audience.SELLER,
        }
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"mail/{name}.txt", context),
            to=[user.email],
            headers={
                "Message-ID": f"<rate.{letter.pk}@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
                "Content-Language": user.language,
            },
        )
        message.attach_alternative(render_to_string(f"mail/{name}.html", context), "text/html")
    return message


def _contents(alert: RateAlert, audience: str) -> tuple[str, str, dict[str, Any]]:
    """Subject, template and words of a letter in the active language."""
    if alert.kind == RateAlert.Kind.FETCH:
        page = reverse("admin:payments_ratefetch_changelist")
        return (
            _("Exchange rates could not be fetched for a day"),
            "rates_not_fetched",
            {"page": settings.SITE_URL + page, "detail": fx_words.sentences(alert.reasons)[0]},
        )
    risk = CurrencyRisk.objects.filter(currency=alert.currency, on=alert.on).first()
    page = reverse("admin:payments_currencyrisk_change", args=[risk.pk]) if risk else reverse("admin:index")
    name = fx_words.currency_name(alert.currency)
    return (
        _("Exchange rate of %(currency)s: more movement than usual") % {"currency": alert.currency},
        "currency_red",
        {
            "page": settings.SITE_URL + page,
            "code": alert.currency,
            "name": name,
            "sentences": fx_words.sentences(alert.reasons),
            "swing": fx_words.percent(risk.worst_14) if risk and risk.worst_14 is not None else "",
        },
    )
