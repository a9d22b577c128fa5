"""The letters of the compliance desk: written down where the cause is, put into words and sent by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override

from compliance.models import Letter
from compliance.services.letter_shape import Words
from compliance.services.letter_words import words_of
from marketplace.kernel import clock

log = structlog.get_logger(__name__)
_BATCH = 100
_LEASE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=6)


def post(*, key: str, kind: str, to: str, language: str, params: Mapping[str, Any]) -> Letter | None:
    """The letter goes out after the caller's transaction, once for a `key`; None when there is nobody to write to."""
    if not to:
        return None
    known = {code for code, _name in settings.LANGUAGES}
    letter, _made = Letter.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind, "to": to, "language": language if language in known else settings.LANGUAGE_CODE,
            "params": dict(params), "made_at": clock.now(), "due_at": clock.now(),
        },
    )  # fmt: skip
    return letter


def known(prefix: str) -> int:
    """How many letters there are whose key begins so."""
    return Letter.objects.filter(key__startswith=prefix).count()


def send_letters(moment: datetime) -> int:
    """Sends the letters that are due, a hundred at most; the number sent. Refuses to run inside a transaction."""
    with transaction.atomic(durable=True):
        pass  # raises RuntimeError inside a transaction, which no call to the outside may hold open
    sent = 0
    for letter in _taken(moment):
        try:
            with override(letter.language):
                words = words_of(letter)
            if words is not None:
                _message(letter, words).send()
        except (SMTPException, OSError, ObjectDoesNotExist, KeyError) as error:
            _put_off(letter, error)
        else:
            Letter.objects.filter(pk=letter.pk).update(sent_at=clock.now(), last_error="")
            sent += words is not None
    return sent


def _taken(moment: datetime) -> list[Letter]:
    """The letters that are due, put off for the time of the attempt so that no other worker has them too."""
    with transaction.atomic():
        due = Letter.objects.select_for_update(skip_locked=True).filter(sent_at=None, due_at__lte=moment)
        letters = list(due.order_by("due_at", "pk")[:_BATCH])
        Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
            due_at=moment + _LEASE, attempts=F("attempts") + 1
        )
    return letters


def _put_off(letter: Letter, error: Exception) -> None:
    pause = min(timedelta(minutes=2 ** min(letter.attempts, 10)), _LONGEST_PAUSE)
    Letter.objects.filter(pk=letter.pk).update(due_at=clock.now() + pause, last_error=str(error)[:300])
    log.warning("letter not sent", letter=letter.key, error=str(error))


def _message(letter: Letter, words: Words) -> EmailMultiAlternatives:
    with override(letter.language):
        context = {
            "title": words.title,
            "paragraphs": words.paragraphs,
            "quotes": words.quotes,
            "ending": words.ending,
            "page": settings.SITE_URL + words.address if words.address else "",
            "button": words.button,
            "language": letter.language,
            "direction": "rtl" if get_language_bidi() else "ltr",
        }
        message = EmailMultiAlternatives(
            subject=words.title,
            body=render_to_string("mail/compliance.txt", context),
            to=[letter.to],
            headers={
                "Message-ID": f"<desk.{letter.pk}@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
                "Content-Language": letter.language,
            },
        )
        message.attach_alternative(render_to_string("mail/compliance.html", context), "text/html")
    return message
