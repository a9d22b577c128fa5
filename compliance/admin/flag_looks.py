"""How flags look in lists and panels: colours, ages, days, addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, reverse
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

from compliance.fingerprints import state_of
from compliance.models import EvidenceDocument, Flag, FlagEvent, Severity
from compliance.words.checks import check_name
from compliance.words.explain import finding_sentence
from compliance.words.places import places_text

SEVERITIES = {
    Severity.CRITICAL: "danger",
    Severity.BLOCK: "danger",
    Severity.REVIEW: "warning",
    Severity.NOTICE: "info",
}
STATUSES = {
    Flag.Status.OPEN: "default",
    Flag.Status.TAKEN: "info",
    Flag.Status.ASKED: "warning",
    Flag.Status.UPHELD: "danger",
    Flag.Status.RELEASED: "success",
    Flag.Status.WAIVED: "success",
    Flag.Status.MENDED: "success",
}
_MOST_CODES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A flag in the list of the queue."""

    flag: Flag
    address: str
    check: str
    finding: str
    places: str
    age: str
    due: str
    is_late: bool
    severity_colour: str
    status_colour: str
    is_current: bool
    seen: str


def row_of(flag: Flag, query: str, moment: datetime, current: int | None) -> Row:
    """How the flag stands in the list; its address is `query`, that of the list, with the panel open."""
    return Row(
        flag=flag, address=f"?{query}&panel={flag.pk}".replace("?&", "?"),
        check=check_name(flag.rule),
        finding=finding_sentence(flag.rule, flag.params), places=_codes(flag.countries),
        age=timesince(flag.opened_at, flag.closed_at or moment, depth=1), due=due_text(flag, moment),
        is_late=is_late(flag, moment), severity_colour=SEVERITIES[Severity(flag.severity)],
        status_colour=STATUSES[Flag.Status(flag.status)], is_current=flag.pk == current,
        seen=state_of(flag),
    )  # fmt: skip


def _codes(countries: list[str]) -> str:
    if not countries:
        return _("everywhere")
    more = len(countries) - _MOST_CODES
    return " ".join(countries[:_MOST_CODES]) + (f" +{more}" if more > 0 else "")


def is_late(flag: Flag, moment: datetime) -> bool:
    """Whether the flag should have been decided by now."""
    return flag.status in Flag.UNDECIDED and flag.due_at is not None and flag.due_at < moment


def due_text(flag: Flag, moment: datetime) -> str:
    """How long there is to decide, or for how long it is overdue; "" when there is nothing to decide."""
    if flag.status not in Flag.UNDECIDED or flag.due_at is None:
        return ""
    if flag.due_at < moment:
        return _("overdue by %(time)s") % {"time": timesince(flag.due_at, moment, depth=1)}
    return _("due in %(time)s") % {"time": timeuntil(flag.due_at, moment, depth=1)}


def places_of(flag: Flag) -> str:
    """The countries of a flag as a text."""
    return places_text(flag.countries)


def subject_address(flag: Flag) -> str:
    """The admin's page of what the flag stands on; "" when there is none."""
    kind = ContentType.objects.get_for_id(flag.content_type_id)
    try:
        return reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[flag.object_id])
    except NoReverseMatch:
        return ""


def document_address(document: EvidenceDocument | None) -> str:
    """The page on which a document is opened; "" when there is none."""
    if document is None:
        return ""
    try:
        return reverse("admin:compliance_evidencedocument_change", args=[document.pk])
    except NoReverseMatch:
        return ""


# What a seller reads of the steps; officers' talk among themselves is none of it.
_FOR_SELLERS = frozenset(
    {
        FlagEvent.Kind.OPENED, FlagEvent.Kind.CHANGED, FlagEvent.Kind.ASKED, FlagEvent.Kind.ANSWERED,
        FlagEvent.Kind.RELEASED, FlagEvent.Kind.WAIVED, FlagEvent.Kind.WAIVER_ENDED, FlagEvent.Kind.UPHELD,
        FlagEvent.Kind.SUSPENDED, FlagEvent.Kind.APPEALED, FlagEvent.Kind.APPEAL_DECIDED, FlagEvent.Kind.MENDED,
    }
)  # fmt: skip
_BY_SELLER = frozenset({FlagEvent.Kind.ANSWERED, FlagEvent.Kind.APPEALED})


def shown_events(events: Iterable[FlagEvent], reviews: bool) -> list[dict[str, Any]]:
    """The steps for the page; sellers read the reason of a decision, and not whose it was."""
    return [_shown(event, reviews) for event in events if reviews or event.kind in _FOR_SELLERS]


def _shown(event: FlagEvent, reviews: bool) -> dict[str, Any]:
    by: Any = event.actor_label
    if event.actor_id is None:
        by = _("Automatic check")
    elif not reviews and event.kind not in _BY_SELLER:
        by = _("Compliance desk")
    return {"kind": event.get_kind_display(), "by": by, "at": event.at, "reason": event.reason}
