"""Tax numbers of businesses that buy: named at the checkout, put to VIES in the background.

A number that a service knows counts from the moment when the service has said so; until then, and while it cannot be
asked, the buyer is charged as if there were none. Where there is no service, the law lets a seller rely on a number of
the right shape that the buyer gives; so it counts at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from compliance.deadlines import limits
from compliance.models import BuyerNumber
from compliance.registrations import KINDS, vies
from compliance.registrations.kinds import MEMBER_STATES, NORTHERN_IRELAND, Kind, is_member_state
from compliance.registrations.numbers import Malformed, checked, plain
from compliance.services import vat_checks
from compliance.words.registrations import number_fault
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

State = BuyerNumber.State
_OF_COUNTRIES: Final = {
    kind.place: kind for kind in KINDS.values() if kind.name in ("uk_vat", "gst_au", "gst_nz", "gst_sg")
}
_USED_AGAIN: Final = timedelta(hours=1)  # a use within the hour of another is not written


def is_asked_for(country: str) -> bool:
    """Whether a business that has goods sent to the country is asked for a number."""
    return is_member_state(country) or country in _OF_COUNTRIES


def counts_in(number: BuyerNumber, country: str) -> bool:
    """Whether tax may be left to the buyer for goods to the country."""
    try:
        return (
            number.is_valid
            and is_asked_for(country)
            and read(number.number, country)[:2] == (number.kind, number.country)
        )
    except Refused:
        return False


def read(text: str, country: str) -> tuple[str, str, str]:
    """Kind, country and number of what was typed for goods to `country`, as they are kept.

    A number of any member state will do in all of them, and one of Northern Ireland in the United Kingdom too. Raises
    `Refused`, field "tax_number".
    """
    kind, place = _kind_of(text, country)
    try:
        return kind.name, place, checked(kind.name, place, text)
    except Malformed as fault:
        raise Refused("malformed_number", number_fault(fault.code, kind.name), field="tax_number") from fault


def _kind_of(text: str, country: str) -> tuple[Kind, str]:
    prefix = plain(text)[:2].upper()
    place = {"EL": "GR"}.get(prefix, prefix)
    if place == NORTHERN_IRELAND or (is_member_state(country) and place in MEMBER_STATES):
        return KINDS["vat"], place
    return (KINDS["vat"], country) if is_member_state(country) else (_OF_COUNTRIES[country], country)


def kept_number(key: tuple[str, str, str]) -> BuyerNumber | None:
    """The number that `read` has read, where somebody has given it before. It is asked for anew when that is long ago."""
    kind, country, number = key
    found = BuyerNumber.objects.filter(kind=kind, country=country, number=number).first()
    if found is not None:
        _use(found)
    return found


def keep_number(key: tuple[str, str, str]) -> BuyerNumber:
    """Keeps a number that `read` has read; it counts at once, or is asked for by the next worker."""
    kind, country, number = key
    now = clock.now()
    asked = bool(KINDS[kind].asked_of)
    found, _made = BuyerNumber.objects.get_or_create(
        kind=kind, country=country, number=number,
        defaults={"state": State.PENDING if asked else State.VALID, "checked_at": None if asked else now,
                  "due_at": now if asked else None, "used_at": now, "created_at": now},
    )  # fmt: skip
    return found


def _use(row: BuyerNumber) -> None:
    now = clock.now()
    old = row.checked_at is not None and row.checked_at < now - timedelta(days=limits()["vat_number_asked_again"])
    if old and row.due_at is None and KINDS[row.kind].asked_of:
        row.due_at = now
    elif row.used_at > now - _USED_AGAIN:
        return
    row.used_at = now
    row.save(update_fields=["used_at", "due_at"])


def forget_unused() -> int:
    """Deletes the numbers that nobody has used for a long time; orders keep copies of theirs. How many."""
    since = clock.now() - timedelta(days=limits()["buyer_number_forgotten"])
    return BuyerNumber.objects.filter(used_at__lt=since).delete()[0]


def check_due() -> int:
    """Asks for the buyers' numbers that are due, a couple of dozen at most; how many were asked for.

    Refuses to run inside a transaction.
    """
    return vat_checks.ask_for_all(BuyerNumber.objects.all(), _settle)


def _settle(held: BuyerNumber, answer: vies.Answer) -> None:
    """Writes what VIES said, unless somebody else has taken the number meanwhile."""
    vat_checks.ours(held).update(
        state=State.VALID if answer.is_valid else State.INVALID, checked_at=clock.now(),
        checked_with=vat_checks.CHECKED_WITH, check_reference=answer.reference, check_name=answer.name, due_at=None,
        lease_until=None, attempts=0, last_error="",
    )  # fmt: skip
