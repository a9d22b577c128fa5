"""Sellers are reminded before a registration ends, and listings are looked at again when it has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from compliance import selectors
from compliance.models import Registration, RegistrationReminder
from compliance.registrations.reminders import OVER, SOON, due_reminder
from compliance.services import letters
from compliance.services.rechecks import SELLER, ask_for_recheck
from marketplace.kernel import clock

OVER_WITHIN: Final = timedelta(days=30)
"""How far back registrations that ended are looked for, should no night's run have been made for a time."""


def remind(on: date) -> int:
    """Writes to the members of sellers whose registrations end soon, once 60, 30 and 7 days before and once when it is over.

    For those that are over listings are looked at again; that the number does not count any more follows from the day
    alone. Returns how many reminders were written; a second run on the same day writes none.
    """
    return sum(_remind(registration, on) for registration in _ending(on))


def _ending(on: date) -> Iterable[Registration]:
    """The valid registrations that end within sixty days or ended within thirty, unless another takes the place in time."""
    rows = Registration.objects.ending(on - OVER_WITHIN, on + SOON)
    return rows.select_related("seller").order_by("expires_on", "pk").iterator()


def _remind(registration: Registration, on: date) -> bool:
    last = registration.expires_on
    days = due_reminder(last, on) if last is not None else None
    if last is None or days is None:
        return False
    is_over = days == OVER
    with transaction.atomic():
        reminder, is_new = RegistrationReminder.objects.get_or_create(
            registration=registration, expires_on=last, days=0 if is_over else days, defaults={"sent_at": clock.now()}
        )
        if not is_new:
            return False
        if is_over:
            ask_for_recheck(topic=SELLER, keys=[registration.seller_id])
        for member in selectors.members_of(registration.seller):
            letters.post(
                key=f"registration.ends.{reminder.pk}.{member.pk}", kind="registration_ends", to=member.email,
                language=member.language, params={"registration": registration.pk, "last": last.isoformat()},
            )  # fmt: skip
    return True
