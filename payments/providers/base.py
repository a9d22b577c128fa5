"""What a payment provider is to the shop: plain values in, plain values out.

A provider is one module with one class, named in the setting PAYMENT_PROVIDERS; nothing else knows it. It raises
`Unavailable` when the other side doesn't answer (the same call may succeed later; every call can be repeated) and
`Refused` when the other side says no.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from moneyed import Money


class Status(StrEnum):
    """How a provider's session stands: pending until it has ended in one of the other ways."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what is paid for, in the shopper's language."""

    description: str
    amount: Money


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What a provider is asked to collect. `key` makes a repetition harmless; addresses are absolute."""

    key: str
    reference: str
    amount: Money
    language: str
    return_url: str
    cancel_url: str
    webhook_url: str
    lines: tuple[Line, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that a provider opened: its own reference and the page to send the shopper to."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a session stands. `key` is that of the request, for messages that overtake the answer to it."""

    session: str
    key: str
    status: Status
    amount: Money
    failure: str = ""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money of a paid session to give back; `key` makes a repetition harmless."""

    key: str
    session: str
    amount: Money
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A genuine message of a provider; `result` is None when it concerns no session."""

    event_id: str
    kind: str
    payload: dict[str, Any]
    result: Result | None

    @property
    def can_be_kept(self) -> bool:
        """Whether it has a name that fits, and the database takes its content: no NUL, half sign, infinity or "not a number"."""
        try:
            content = json.dumps(self.payload, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            return False
        return 0 < len(self.event_id) < 256 and b"\\u0000" not in content


@runtime_checkable
class Provider(Protocol):
    """A way to collect money. `slug` is stored with each payment, `label` is shown to the shopper."""

    slug: str
    label: Any

    def open_session(self, request: SessionRequest) -> Session:
        """A session for the request; the same one when the request is repeated."""

    def fetch(self, session: str) -> Result:
        """How the session stands now."""

    def cancel(self, session: str) -> Result:
        """How the session stands after it was asked to close; one that had ended stays as it was."""

    def refund(self, request: RefundRequest) -> str:
        """The provider's reference of the refund; the same one when the request is repeated."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Event:
        """The message in a webhook, after its signature and age have been proved. `headers` are in lower case.

        Raises `Refused` with the code forged_webhook, stale_webhook or malformed_webhook.
        """
