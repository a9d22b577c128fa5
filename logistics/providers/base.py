"""What a carrier must be able to do: values in, values out, and the table of those that are configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.kernel.address import PostalAddress
from marketplace.kernel.errors import Unavailable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class DeclarationAnswer:
    """What customs said; `reason_code` is a key of `logistics.declarations.REASONS`, empty unless rejected."""

    status: Literal["submitted", "accepted", "rejected"]
    reference: str
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class LabelOrder:
    """What is needed for a label; `customs_reference` is empty where no customs border is crossed."""

    reference: str
    service_code: str
    sender: PostalAddress
    recipient: PostalAddress
    weight_grams: int
    customs_reference: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A label that was bought; `extension` says what `content` is: pdf, png, zpl or txt."""

    tracking_number: str
    provider_reference: str
    content: bytes
    extension: str


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """One report in our words: `code` is a status of `Shipment`, `description_code` a key of `tracking.SENTENCES`.

    `event_id` is the same each time the event is reported.
    """

    event_id: str
    code: str
    description_code: str
    location: str
    occurred_at: datetime


class Carrier(Protocol):
    """A carrier, customs included. Every method raises `Unavailable` when it can't be told what happened, so that
    the same call with the same key may be repeated, and `Refused` when repeating is no use."""

    slug: str
    label: StrOrPromise

    def submit_declaration(self, payload: Mapping[str, Any], *, key: str) -> DeclarationAnswer:
        """Hands a declaration in; with the same `key` again it brings the state of the first one."""

    def buy_label(self, order: LabelOrder, *, key: str) -> Label:
        """Buys a label; with the same `key` again it brings the same label and costs nothing."""

    def track(self, tracking_number: str) -> tuple[CarrierEvent, ...]:
        """Everything reported so far, in any order."""

    def cancel(self, tracking_number: str) -> None:
        """Gives a label back; cancelled twice is cancelled. `Refused` once the parcel is on its way."""


@lru_cache(maxsize=8)
def _carriers(paths: tuple[str, ...]) -> dict[str, Carrier]:
    made: list[Carrier] = [import_string(path)() for path in paths]
    return {carrier.slug: carrier for carrier in made}


def carriers() -> Mapping[str, Carrier]:
    """The configured carriers by their slug (setting CARRIERS)."""
    return _carriers(tuple(settings.CARRIERS))


def carrier(slug: str) -> Carrier:
    """The configured carrier of that slug. Raises `Unavailable`."""
    try:
        return carriers()[slug]
    except KeyError:
        raise Unavailable(f"No carrier {slug!r} is configured.") from None
