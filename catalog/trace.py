"""The chain of a trace: the canonical form of an event, its fingerprint, and whether a chain holds.

The form is described in docs/reference/traces.md, so that anybody can reckon the fingerprints again: an object of JSON
(RFC 8259) whose keys stand in the order of their code points, without white space, in UTF-8, with no escapes but
those that JSON demands; the fingerprint is its SHA-256 in small hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Protocol

FORMAT: Final = "sampan-trace/1"
NOTHING: Final = "0" * 64  # what the first event of a chain follows
CODE_DIGITS: Final = 16


class Event(Protocol):
    """What a fingerprint is reckoned from; a row of `TraceEvent` is one."""

    batch: str
    number: int
    kind: str
    happened_on: Any
    country: str
    place: str
    texts: Any
    certificate_name: str
    certificate_digest: str
    corrects: int | None
    recorder: str
    recorded_at: datetime
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold.

    `reason`: "changed" (the content is not what was sealed), "unlinked" (it does not follow the event before),
    "missing" (events before it are gone).
    """

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `head` is the fingerprint of the last event, "" for an empty chain."""

    breaks: tuple[Break, ...]
    head: str

    @property
    def holds(self) -> bool:
        """Whether nothing in the chain has been changed, put in or taken out of the middle."""
        return not self.breaks

    @property
    def code(self) -> str:
        """The short code of the whole chain."""
        return short_code(self.head)


def content_of(event: Event, product: str) -> dict[str, Any]:
    """What is sealed of an event of the product at the address `product`: strings, whole numbers, null, one object."""
    return {
        "format": FORMAT,
        "product": product,
        "batch": event.batch,
        "number": event.number,
        "kind": event.kind,
        "happened_on": event.happened_on.isoformat(),
        "country": event.country,
        "place": event.place,
        "texts": dict(event.texts),
        "certificate_name": event.certificate_name,
        "certificate_sha256": event.certificate_digest,
        "corrects": event.corrects,
        "recorder": event.recorder,
        "recorded_at": event.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "previous": event.previous,
    }


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way to write `content`."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(event: Event, product: str) -> str:
    """The fingerprint that belongs to an event."""
    return hashlib.sha256(canonical(content_of(event, product))).hexdigest()


def check(events: Sequence[Event], product: str) -> Verdict:
    """Reckons a chain again, event by event in the order of their numbers."""
    return _reckoned(_Link(each.number, each.previous, each.digest, digest_of(each, product)) for each in events)


def check_document(told: Any) -> Verdict:
    """Reckons a chain again as `document` hands it out. Raises `ValueError` for what is no such file."""
    try:
        events = [(dict(event), str(event["sha256"]), int(event["number"])) for event in told["events"]]
        head = {name: told[name] for name in ("format", "product", "batch")}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("This is not the file of a trace.") from error
    links = []
    for content, seal, number in events:
        del content["sha256"]
        is_of_it = all(content.get(name) == value for name, value in head.items())
        reckoned = hashlib.sha256(canonical(content)).hexdigest() if is_of_it else ""
        links.append(_Link(number, content.get("previous"), seal, reckoned))
    return _reckoned(links)


class _Link(NamedTuple):
    """An event as it stands in a chain; `reckoned` is the fingerprint that its content has, empty for one of another chain."""

    number: int
    previous: Any
    seal: str
    reckoned: str


def _reckoned(links: Iterable[_Link]) -> Verdict:
    breaks: list[Break] = []
    before, expected, head = NOTHING, 1, ""
    for link in links:
        if link.number != expected:
            breaks.append(Break(link.number, "missing"))
        elif link.previous != before:
            breaks.append(Break(link.number, "unlinked"))
        if link.reckoned != link.seal:
            breaks.append(Break(link.number, "changed"))
        before, expected, head = link.seal, link.number + 1, link.seal
    return Verdict(tuple(breaks), head)


def short_code(digest: str) -> str:
    """The first digits of a fingerprint as they are printed: four groups of four."""
    digits = digest[:CODE_DIGITS].upper()
    return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def plain_code(typed: str) -> str:
    """A code as somebody typed it, ready to be compared; "" for what can't be one."""
    digits = "".join(typed.split()).replace("-", "").lower()
    well = len(digits) >= CODE_DIGITS and len(digits) <= len(NOTHING) and all(c in "0123456789abcdef" for c in digits)
    return digits if well else ""


def document(events: Sequence[Event], product: str, batch: str) -> dict[str, Any]:
    """A chain as a file that anybody can check."""
    return {
        "format": FORMAT,
        "product": product,
        "batch": batch,
        "events": [content_of(event, product) | {"sha256": event.digest} for event in events],
    }
