"""The running sandbox as a test sees it: its switches, its books, and the shopper's decision on its page."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import requests

from demo.sandbox import server, webhooks
from orders.models import Order

Message = tuple[dict[str, str], bytes]


class Counterpart:
    """Payment provider and carrier of one test."""

    def __init__(self, url: str, state: Path) -> None:
        self.url = url
        self._books = server.State(str(state))

    def close(self) -> None:
        """Gives the books back."""
        self._books.close()

    def faults(self, section: str, **switches: Any) -> None:
        """Sets the faults of "psp" or "carrier" in place of those set before."""
        answer = requests.post(f"{self.url}/faults", json={section: switches}, timeout=10)
        assert answer.status_code == 200, answer.text

    def decide(self, order: Order, decision: str = "approve") -> str:
        """The shopper decides on the page of the order's last payment; the address that they are sent to."""
        session = order.order_payments.latest("pk").payment.session_url
        answer = requests.post(f"{session}/{decision}", timeout=10, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def messages(self, *, age: int = 0) -> list[Message]:
        """The messages that wait to be delivered, signed `age` seconds ago."""
        return [self.signed(each["id"], each["body"].encode(), age=age) for each in self._books.all("delivery")]

    @staticmethod
    def signed(message_id: str, body: bytes, *, age: int = 0, secret: str = server.DEVELOPMENT_SECRET) -> Message:
        """Headers and body of a message as the counterpart sends it."""
        at = int(time.time()) - age
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": webhooks.sign(secret, message_id, at, body),
        }
        return headers, body

    def parcels(self) -> Counter[str]:
        """How many labels were sold under each printed reference."""
        return Counter(parcel["reference"] for parcel in self._books.all("parcel"))

    def declarations(self) -> list[dict[str, Any]]:
        """The declarations that were decided."""
        return self._books.all("declaration")

    def refunds(self) -> list[dict[str, Any]]:
        """The refunds that were made."""
        return self._books.all("refund")

    def sessions(self) -> list[dict[str, Any]]:
        """The payment sessions that were opened."""
        return self._books.all("session")

    def move(self, reference: str, steps: int) -> None:
        """The parcel goes so many steps on its way."""
        with self._books.lock:
            rows = self._books._db.execute("SELECT key, value FROM document WHERE kind = 'parcel'").fetchall()
        for tracking, value in rows:
            parcel = json.loads(value)
            if parcel["reference"] == reference:
                self._books.put("parcel", tracking, parcel | {"created": parcel["created"] - steps * parcel["pace"]})
