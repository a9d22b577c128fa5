"""Puts VAT numbers to VIES: a row at a time, each held by one worker, outside any transaction.

A number is due when `due_at` says so. A worker holds it until `lease_until`; when it dies, the next one asks again after
that, and one that comes back too late writes nothing. That VIES or a member state cannot be asked leaves a number as it
is: one that waits goes on waiting, one that is valid stays so. Only an answer changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Seller
from compliance.deadlines import limits
from compliance.models import BuyerNumber, Registration
from compliance.registrations import KINDS, vies
from compliance.services.registrations import State, count_from_first_day, step
from compliance.traders.names import fold, likeness
from compliance.words.registrations import FOUND_INVALID, FOUND_OTHER_NAME, FOUND_VALID
from marketplace.kernel import clock

log = structlog.get_logger(__name__)
LEASE: Final = timedelta(minutes=2)  # longer than the longest question
LONGEST_PAUSE: Final = timedelta(hours=6)
MOST_AT_ONCE: Final = 25
CHECKED_WITH: Final = "VIES"
Held = TypeVar("Held", Registration, BuyerNumber)
_ASKED: Final = tuple(kind.name for kind in KINDS.values() if kind.asked_of)
_ALIKE_FROM: Final = 0.6  # a name in the register that is less like the legal name is looked at by an officer


def check_due() -> int:
    """Asks for the sellers' numbers that are due, a couple of dozen at most; how many were asked for.

    Refuses to run inside a transaction.
    """
    numbers = Registration.objects.filter(kind__in=_ASKED, state__in=(State.PENDING, State.VALID))
    return ask_for_all(numbers, _settle)


def ask_for_all(numbers: QuerySet[Held], settle: Callable[[Held, vies.Answer], None]) -> int:
    """Asks for those of `numbers` that are due, one after the other; how many were asked for.

    A member state that cannot be asked is left alone for this time, the rest when VIES itself cannot. Refuses to run
    inside a transaction.
    """
    with transaction.atomic(durable=True):
        pass  # raises RuntimeError inside a transaction, which no call to the outside may hold open
    asked, silent = 0, set[str]()
    while asked < MOST_AT_ONCE:
        held = _take(numbers.exclude(country__in=silent))
        if held is None:
            break
        asked += 1
        try:
            answer = vies.ask(settings.VIES_URL, held.number, settings.VIES_REQUESTER)
        except vies.Down as down:
            _put_off(held, down)
            if not down.is_of_one_state:
                break
            silent.add(held.country)
        else:
            settle(held, answer)
    return asked


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts without an answer: 1, 2, 4 … minutes, six hours at most."""
    return min(timedelta(minutes=2 ** min(max(attempts - 1, 0), 10)), LONGEST_PAUSE)


def _take(numbers: QuerySet[Held]) -> Held | None:
    """The number that has been due for the longest, held by us from now on; None when there is none."""
    moment = clock.now()
    due = numbers.filter(Q(lease_until=None) | Q(lease_until__lte=moment), due_at__lte=moment)
    with transaction.atomic():
        held = due.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
        if held is not None:
            held.lease_until, held.attempts = moment + LEASE, held.attempts + 1
            held.save(update_fields=["lease_until", "attempts"])
    return held


def ours(held: Held) -> QuerySet[Held]:
    """The row of a number as long as nobody else has taken it."""
    return type(held)._default_manager.filter(pk=held.pk, lease_until=held.lease_until)


def _put_off(held: Held, down: vies.Down) -> None:
    due_at = clock.now() + pause_after(held.attempts)
    ours(held).update(due_at=due_at, lease_until=None, last_error=down.code)
    say = log.error if down.code in vies.OF_OURS else log.warning
    say(
        "vat number not checked",
        number=f"{held._meta.model_name} {held.pk}",
        code=down.code,
        attempts=held.attempts,
        due_at=due_at.isoformat(),
    )


def _settle(held: Registration, answer: vies.Answer) -> None:
    """Writes what VIES said, unless somebody else has taken the number meanwhile."""
    with transaction.atomic():
        seller = Seller.objects.select_for_update(no_key=True).get(pk=held.seller_id)
        row = ours(held).select_for_update().filter(state__in=(State.PENDING, State.VALID)).first()
        if row is None:
            return
        row.seller = seller
        row.lease_until, row.attempts, row.last_error = None, 0, ""
        row.checked_at, row.checked_with = clock.now(), CHECKED_WITH
        row.check_reference, row.check_name = answer.reference, answer.name
        _decide(row, answer)


def _decide(row: Registration, answer: vies.Answer) -> None:
    if not answer.is_valid:
        step(row, State.INVALID, actor=None, reason=FOUND_INVALID, label=CHECKED_WITH, due_at=None)
        return
    row.due_at = _asked_again(clock.now())
    if row.state == State.VALID:
        row.save()
    elif not is_own_name(answer.name, row.seller):
        step(row, State.CLAIMED, actor=None, reason=FOUND_OTHER_NAME, label=CHECKED_WITH)
    else:
        count_from_first_day(row, actor=None, reason=FOUND_VALID, label=CHECKED_WITH)


def _asked_again(moment: datetime) -> datetime:
    return moment + timedelta(days=limits()["vat_number_asked_again"])


def is_own_name(name: str, seller: Seller) -> bool:
    """Whether a name in the register can be the seller's; one that is not shown, or in another script, can."""
    shown, legal = fold(name), fold(seller.legal_name)
    if not shown or not legal or shown.isascii() != legal.isascii():
        return True
    return max(likeness(shown, legal), likeness(shown, fold(seller.name))) >= _ALIKE_FROM
