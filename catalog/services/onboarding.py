"""Sellers on their way to selling get letters: weekly how far they are, and at once when a step has become possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q

from accounts.models import Seller
from catalog.selectors.onboarding import checklist_of
from compliance import selectors as compliance
from compliance.onboarding import Checklist, Step
from compliance.onboarding.steps import OPEN
from compliance.services import letters

# The steps that wait for another one, by the name under which their letter is written once.
_GATED: Final[Mapping[str, str]] = {"review": "review", "on_sale": "on_sale"}
_FACTS: Final = "facts"
_FOLLOWED: Final = timedelta(days=30)


def write_letters(on: date) -> int:
    """Writes the letters of a day; how many sellers got one. A second run on the same day writes none.

    Sellers who fill in their papers are followed, and those who were approved within thirty days.
    """
    lately = Q(status=Seller.Status.APPROVED, verification__decided_at__date__gte=on - _FOLLOWED)
    underway = Q(status__in=(Seller.Status.ONBOARDING, Seller.Status.IN_REVIEW))
    return sum(_write(seller, on) for seller in Seller.objects.filter(underway | lately).order_by("pk"))


def _write(seller: Seller, on: date) -> bool:
    found = checklist_of(seller, on)
    wrote = [_post_possible(seller, name, steps) for name, steps in _possible(found).items()]
    if seller.status == Seller.Status.ONBOARDING and found.next is not None:
        wrote.append(_post_week(seller, found, on))
    return any(wrote)


def _possible(found: Checklist) -> dict[str, list[Step]]:
    """The steps that waited for another one and can be done now, by the name of their letter."""
    groups: dict[str, list[Step]] = {}
    for step in found.steps:
        name = _GATED.get(step.id) or (_FACTS if step.id.startswith(f"{_FACTS}:") else "")
        if name and step.state == OPEN and step.is_possible:
            groups.setdefault(name, []).append(step)
    return groups


def _post_possible(seller: Seller, name: str, steps: Iterable[Step]) -> bool:
    return _post(seller, f"onboarding.possible.{seller.pk}.{name}", "onboarding_possible", {"steps": _plain(steps)})


def _post_week(seller: Seller, found: Checklist, on: date) -> bool:
    year, week, _day = on.isocalendar()
    first = found.next
    left = [step for step in found.counted if step.state == OPEN and step is not first]
    params = {"percent": found.percent, "steps": _plain([first, *left] if first else left)}
    return _post(seller, f"onboarding.week.{seller.pk}.{year}-{week:02}", "onboarding_week", params)


def _plain(steps: Iterable[Step]) -> list[tuple[str, dict[str, str]]]:
    return [(step.kind, dict(step.params)) for step in steps]


def _post(seller: Seller, key: str, kind: str, params: Mapping[str, Any]) -> bool:
    """A letter to each member; whether one of them is new."""
    before = letters.known(f"{key}.")
    for member in compliance.members_of(seller):
        letters.post(
            key=f"{key}.{member.pk}", kind=kind, to=member.email, language=member.language,
            params={"seller": seller.pk, **params},
        )  # fmt: skip
    return letters.known(f"{key}.") > before
