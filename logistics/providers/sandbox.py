"""The sandbox carrier: a test counterpart in a process of its own, spoken to over HTTP."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from logistics.providers.base import CarrierEvent, DeclarationAnswer, Label, LabelOrder
from logistics.tracking import OTHER_STEP
from marketplace.kernel.errors import Refused, Unavailable

TIMEOUT = (3.05, 10.0)  # seconds to connect, and between two bytes of the answer
# The carrier's words: what each stands for among our statuses, and which sentence tells it.
EVENTS = {
    "LABEL_CREATED": ("labelled", "label_created"),
    "PICKED_UP": ("handed_over", "picked_up"),
    "DEPARTED_ORIGIN": ("in_transit", "departed_origin"),
    "ARRIVED_AT_DEPOT": ("in_transit", "arrived_at_depot"),
    "ARRIVED_IN_COUNTRY": ("in_transit", "arrived_in_country"),
    "PRESENTED_TO_CUSTOMS": ("customs", "presented_to_customs"),
    "HELD_BY_CUSTOMS": ("exception", "held_by_customs"),
    "CLEARED_CUSTOMS": ("customs_cleared", "cleared_customs"),
    "OUT_FOR_DELIVERY": ("out_for_delivery", "out_for_delivery"),
    "DELIVERED": ("delivered", "delivered"),
    "CANCELLED": ("cancelled", "cancelled"),
}
REFUSALS = {
    "unknown_tracking_number": _("The carrier does not know this tracking number."),
    "already_handed_over": _("The parcel is already on its way and can't be cancelled."),
    "address_incomplete": _("The carrier needs a name, a street and a country for sender and recipient."),
    "weight_out_of_range": _("The carrier takes parcels of up to 30 kg."),
    "declaration_not_accepted": _("The customs declaration has not been accepted yet."),
}


class SandboxCarrier:
    """Speaks to `SANDBOX_URL` with `SANDBOX_SECRET` as the API key."""

    slug = "sandbox"
    label = _("Sampan sandbox carrier")

    def submit_declaration(self, payload: Mapping[str, Any], *, key: str) -> DeclarationAnswer:
        answer = self._call("POST", "/carrier/declarations", payload, key)
        try:
            status, reference, reason = answer["status"], str(answer["reference"]), str(answer["reason"])
        except KeyError as error:
            raise Unavailable(f"The sandbox carrier's answer has no {error}.") from error
        if status not in ("submitted", "accepted", "rejected"):
            raise Unavailable(f"The sandbox carrier says {status!r} of a declaration.")
        return DeclarationAnswer(status, reference, reason)

    def buy_label(self, order: LabelOrder, *, key: str) -> Label:
        body = {
            "reference": order.reference,
            "service": order.service_code,
            "sender": order.sender.as_dict(),
            "recipient": order.recipient.as_dict(),
            "weight_grams": order.weight_grams,
            "declaration": order.customs_reference,
        }
        answer = self._call("POST", "/carrier/shipments", body, key)
        try:
            content = base64.b64decode(answer["label"]["content"], validate=True)
            return Label(answer["tracking_number"], answer["id"], content, answer["label"]["format"])
        except (KeyError, TypeError, binascii.Error) as error:
            raise Unavailable(f"The sandbox carrier's label can't be read: {error!r}.") from error

    def track(self, tracking_number: str) -> tuple[CarrierEvent, ...]:
        answer = self._call("GET", f"/carrier/shipments/{tracking_number}/events")
        try:
            return tuple(_event(event) for event in answer["events"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable(f"The sandbox carrier's events can't be read: {error!r}.") from error

    def cancel(self, tracking_number: str) -> None:
        self._call("DELETE", f"/carrier/shipments/{tracking_number}")

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> dict[str, Any]:
        """The JSON of a successful answer. Raises `Refused` for what the carrier rejects, else `Unavailable`."""
        headers = {"Authorization": f"Bearer {settings.SANDBOX_SECRET}"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            answer = requests.request(
                method, settings.SANDBOX_URL + path, json=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            )
            data = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unavailable(f"The sandbox carrier does not answer: {error}") from error
        if not isinstance(data, dict):
            raise Unavailable("The sandbox carrier's answer is not an object.")
        if 200 <= answer.status_code < 300:
            return data
        error_body = data.get("error")
        code = str(error_body.get("code", "")) if isinstance(error_body, dict) else ""
        if code in REFUSALS:
            raise Refused(code, REFUSALS[code])
        raise Unavailable(f"The sandbox carrier answered {answer.status_code} {code}.")


def _event(data: Mapping[str, Any]) -> CarrierEvent:
    # A word that we don't know moves nothing: it is shown as a step of a parcel that has its label.
    code, description = EVENTS.get(data["code"], ("labelled", OTHER_STEP))
    occurred_at = datetime.fromisoformat(data["occurred_at"])
    if occurred_at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return CarrierEvent(data["id"], code, description, data["place"], occurred_at)
