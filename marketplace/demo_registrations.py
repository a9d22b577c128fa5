"""The numbers under which the sellers of the demo are registered: made up, of the right shape, for all that they sell.

Every register of a country that the shop delivers to has them, but for one: `WITHOUT`, so that the demo shows what becomes of
goods whose seller lacks a number. What is there already stays as it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.db import transaction
from stdnum import ean
from stdnum.cn import uscc
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as gb_vat

from accounts import demo_cast
from accounts.models import Seller, User
from catalog.models import Product
from catalog.selectors.listing_facts import listings_seen
from compliance import selectors as compliance
from compliance.models import EPRScheme, Registration, RegistrationEvent
from compliance.rules.obligations import names_goods
from compliance.services.rechecks import SELLER, ask_for_recheck
from compliance.words.registrations import CLAIMED, FOUND_VALID
from logistics.models import Warehouse
from logistics.selectors import destinations
from marketplace.kernel import clock
from marketplace.kernel.consignment import Destination
from payments.selectors import fx_table

WITHOUT: Final = ("upepo", "FR", "textiles")
"""The seller, country and stream of the number that is missing: what it makes of cloth is held in France."""

_ENTERED: Final = datetime(2026, 9, 4, 8, 0, tzinfo=UTC)
_DECIDED: Final = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
_REASON: Final = "Seen in the register."
_PART: Final = re.compile(r"\((?:[^()]*)\)\?|(\[[^\]]+\]|\\[ds]|[^\\])(\{(\d+)(?:,(\d+))?\}|\?)?")
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class _Number:
    kind: str
    country: str
    stream: str
    number: str


def write(on: date) -> int:
    """The sellers of the demo have their numbers; how many were added. Needs the accounts of the demo."""
    officer = User.objects.get(email=demo_cast.OFFICER.email)
    added = 0
    for seller in Seller.objects.filter(status=Seller.Status.APPROVED).order_by("slug"):
        member = User.objects.filter(email=demo_cast.seller_email(seller.slug)).first()
        if member is not None:
            added += _write(seller, member, officer, [*_registers(seller, on), *_taxes(seller)])
    return added


def _write(seller: Seller, member: User, officer: User, numbers: list[_Number]) -> int:
    held = set(Registration.objects.filter(seller=seller).values_list("kind", "country", "stream"))
    with transaction.atomic():
        made = Registration.objects.bulk_create(
            Registration(
                seller=seller, kind=each.kind, country=each.country, stream=each.stream, number=each.number,
                state=Registration.State.VALID, checked_at=_DECIDED, created_at=_ENTERED,
                checked_with="VIES" if each.kind == "vat" else "officer",
                verified_by=None if each.kind == "vat" else officer,
                reason=FOUND_VALID if each.kind == "vat" else _REASON,
                due_at=clock.now() if each.kind == "vat" else None,  # the counterpart of the demo is asked again
            )
            for each in numbers if (each.kind, each.country, each.stream) not in held
        )  # fmt: skip
        RegistrationEvent.objects.bulk_create(
            event for each in made for event in _steps(each, member, officer)
        )  # fmt: skip
        if made:
            ask_for_recheck(topic=SELLER, keys=[seller.pk])
    return len(made)


def _steps(registration: Registration, member: User, officer: User) -> Iterator[RegistrationEvent]:
    state, is_vat = Registration.State, registration.kind == "vat"
    first = state.PENDING if is_vat else state.CLAIMED
    yield RegistrationEvent(
        registration=registration, before="", after=first, actor=member, actor_label=member.get_full_name()[:150],
        reason=CLAIMED, at=_ENTERED,
    )  # fmt: skip
    yield RegistrationEvent(
        registration=registration, before=first, after=state.VALID, actor=None if is_vat else officer,
        actor_label="VIES" if is_vat else officer.get_full_name()[:150], reason=registration.reason, at=_DECIDED,
    )  # fmt: skip


# Which numbers ------------------------------------------------------------------------------------------------


def _registers(seller: Seller, on: date) -> Iterator[_Number]:
    """One number for each register that the seller's goods belong to, where the shop delivers."""
    keys = list(Product.objects.filter(seller=seller).values_list("pk", flat=True))
    seen = listings_seen(keys, on=on, moment=clock.now(), fx=fx_table(on))
    goods = {(each.facts.hs_code, each.marks) for each in seen}
    book, rows = compliance.rule_book(on), {(row.country, row.stream): row for row in EPRScheme.objects.all()}
    for country in sorted(destinations()):
        for scheme in book.for_destination(Destination(country)).schemes:
            if (seller.slug, scheme.country, scheme.stream) == WITHOUT:
                continue
            if any(names_goods(scheme, code, marks) for code, marks in goods):
                row = rows[scheme.country, scheme.stream]
                yield _Number("epr", row.country, row.stream, made_up(row, seller.pk))


def _taxes(seller: Seller) -> Iterator[_Number]:
    """Numbers at home and where goods are stored."""
    home, stores = seller.home_country, set(Warehouse.objects.filter(seller=seller).values_list("country", flat=True))
    if home == "CN":
        yield _Number("uscc", "CN", "", _sought(f"9144030{seller.pk:09}", uscc.is_valid, 2, _LETTERS + "0123456789"))
    if "DE" in {home, *stores}:
        yield _Number("vat", "DE", "", _sought(f"DE3{seller.pk:06}", eu_vat.is_valid, 2))
        yield _Number("eori", "DE", "", f"DE{7_000_000 + seller.pk}")
    if home == "DE":
        yield _Number("oss", "DE", "", _sought(f"DE3{seller.pk:06}", eu_vat.is_valid, 2))
    if "GB" in stores:
        yield _Number("uk_vat", "GB", "", _sought(f"GB3{seller.pk:06}", gb_vat.is_valid, 2))
        yield _Number("eori", "GB", "", f"GB3{seller.pk:08}000")


def _sought(begins: str, is_valid: Callable[[str], bool], length: int, signs: str = "0123456789") -> str:
    """The first number that begins so and has the right check digit."""
    ways = ("".join(way) for way in itertools.product(signs, repeat=length))
    return next(begins + way for way in ways if is_valid(begins + way))


def made_up(scheme: EPRScheme, seed: int) -> str:
    """A number of the shape that the register says, always the same for a seller."""
    pattern = scheme.number_pattern.strip("^$")
    if not pattern:
        return f"{scheme.country}-{scheme.stream[:3].upper()}-{100_000 + seed}"
    digits = itertools.cycle(f"{seed * 7919 % 1_000_000_007:09}")
    number = "".join(_filled(match, digits) for match in _PART.finditer(pattern))
    if scheme.check_digit:
        number = f"900{number[3:12]}"
        number += str(ean.calc_check_digit(number))
    return number


def _filled(match: re.Match[str], digits: Iterator[str]) -> str:
    """What stands for one part of a pattern: optional parts are left out, classes are filled with digits or letters."""
    part, repeated, least = match.group(1), match.group(2), match.group(3)
    if part is None or repeated == "?":
        return ""
    count = int(match.group(4) or least or 1)
    if part == r"\d":
        return "".join(next(digits) for _place in range(count))
    if part.startswith("["):
        return "".join(_LETTERS[int(next(digits)) * 2] for _place in range(count))
    return part * count
