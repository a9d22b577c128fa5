"""What every carrier must do, whatever it speaks to: subclass `CarrierContract` and give it a `carrier` fixture.

The fixture's counterpart must be empty at the start of a test and reachable over the loopback.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from logistics import tracking
from logistics.models import Shipment
from logistics.providers.base import Carrier, LabelOrder
from marketplace.kernel.errors import Refused, Unavailable
from tests.logistics.conftest import RECIPIENT, SENDER

PAYLOAD: dict[str, Any] = {
    "form": "cn23",
    "reference": "S-1",
    "lines": [
        {
            "description": "knitted T-shirt of cotton",
            "quantity": 1,
            "value": {"amount": "20.00", "currency": "EUR"},
            "hs_code": "610910",
            "origin": "CN",
        }
    ],
}


def order(customs_reference: str = "") -> LabelOrder:
    """A label for 180 g from Shenzhen to Cologne."""
    return LabelOrder("S-1", "air", SENDER, RECIPIENT, 180, customs_reference)


class CarrierContract:
    """The shared suite. `silence` makes the counterpart unreachable for the rest of a test."""

    def test_it_names_itself(self, carrier: Carrier) -> None:
        assert carrier.slug == carrier.slug.lower()
        assert str(carrier.label)

    def test_a_declaration_is_answered_and_has_a_reference(self, carrier: Carrier) -> None:
        answer = carrier.submit_declaration(PAYLOAD, key=str(uuid4()))

        assert answer.status in ("submitted", "accepted")
        assert answer.reference
        assert answer.reason_code == ""

    def test_the_same_key_brings_the_same_declaration(self, carrier: Carrier) -> None:
        key = str(uuid4())

        first = carrier.submit_declaration(PAYLOAD, key=key)

        assert carrier.submit_declaration(PAYLOAD, key=key).reference == first.reference
        assert carrier.submit_declaration(PAYLOAD, key=str(uuid4())).reference != first.reference

    def test_a_rejection_is_an_answer_with_a_reason(self, carrier: Carrier) -> None:
        payload = PAYLOAD | {"lines": [PAYLOAD["lines"][0] | {"description": " "}]}

        answer = carrier.submit_declaration(payload, key=str(uuid4()))

        assert answer.status == "rejected"
        assert answer.reason_code

    def test_a_label_has_a_number_and_a_file(self, carrier: Carrier) -> None:
        label = carrier.buy_label(order(), key=str(uuid4()))

        assert label.tracking_number
        assert label.provider_reference
        assert label.extension in ("pdf", "png", "zpl", "txt")
        assert label.content

    def test_the_same_key_buys_one_label(self, carrier: Carrier) -> None:
        key = str(uuid4())

        first = carrier.buy_label(order(), key=key)

        assert carrier.buy_label(order(), key=key) == first
        assert carrier.buy_label(order(), key=str(uuid4())).tracking_number != first.tracking_number

    def test_events_are_in_our_words_and_keep_their_names(self, carrier: Carrier) -> None:
        number = carrier.buy_label(order(), key=str(uuid4())).tracking_number

        events = carrier.track(number)

        assert events
        for event in events:
            assert event.code in Shipment.Status.values
            assert event.description_code in tracking.SENTENCES
            assert event.occurred_at.tzinfo is not None
            assert event.occurred_at <= datetime.now(UTC)
        assert [event.event_id for event in carrier.track(number)] == [event.event_id for event in events]

    def test_a_label_can_be_given_back_twice(self, carrier: Carrier) -> None:
        number = carrier.buy_label(order(), key=str(uuid4())).tracking_number

        carrier.cancel(number)
        carrier.cancel(number)

        assert carrier.track(number)[-1].code == "cancelled"

    def test_an_unknown_number_is_refused(self, carrier: Carrier) -> None:
        with pytest.raises(Refused):
            carrier.track("RB123456785GB")

    def test_silence_is_unavailable(self, carrier: Carrier, silence: None) -> None:
        with pytest.raises(Unavailable):
            carrier.submit_declaration(PAYLOAD, key=str(uuid4()))
        with pytest.raises(Unavailable):
            carrier.buy_label(order(), key=str(uuid4()))
        with pytest.raises(Unavailable):
            carrier.track("RB123456785GB")
        with pytest.raises(Unavailable):
            carrier.cancel("RB123456785GB")
