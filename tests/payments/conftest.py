"""The sandbox and what goes with it: payments, genuine webhooks, a mailbox."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from moneyed import Money
from pytest_django import Settings

from demo.sandbox import webhooks
from demo.sandbox.server import serve
from payments import selectors, services
from payments.models import Payment
from tests.payments.mailbox import Mailbox, open_mailbox

EURO = Money("129.90", "EUR")
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def no_rates_remembered() -> Iterator[None]:
    """The process has no exchange rates of another test in memory."""
    selectors.forget_rates()
    yield
    selectors.forget_rates()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A receiver of webhooks."""
    with open_mailbox() as opened:
        yield opened


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[str]:
    """The address of a sandbox of this test's own."""
    with serve(secret=settings.SANDBOX_SECRET) as url:
        settings.SANDBOX_URL = url
        yield url


def start(amount: Money = EURO, **terms: Any) -> Payment:
    """A payment that was started, with a key of its own."""
    number = next(_numbers)
    defaults = {
        "reference": f"SP-{number:04}",
        "key": f"order-{number}",
        "language": "de",
        "return_url": "http://testserver/de/return",
        "cancel_url": "http://testserver/de/cancel",
    }
    return services.start(amount=amount, **(defaults | terms))


@pytest.fixture
def pending(db: None) -> Payment:
    """A payment of EUR 129.90 with the session ses_1, without a provider behind it."""
    return make_pending()


def make_pending(amount: Money = EURO) -> Payment:
    """A payment with a session, without a provider behind it."""
    payment = start(amount)
    payment.provider_reference, payment.state = f"ses_{payment.pk}", Payment.State.PENDING
    payment.save()
    return payment


@pytest.fixture
def webhook(settings: Settings) -> Callable[..., tuple[dict[str, str], bytes]]:
    """Makes headers and body of a genuine message: `webhook(payment, "paid", event="evt_1", …)`."""

    def make(
        payment: Payment, status: str, event: str = "evt_1", *, age: int = 0, **changes: Any
    ) -> tuple[dict[str, str], bytes]:
        amount = {"value": str(payment.amount.amount), "currency": payment.amount.currency.code}
        data = {"id": payment.provider_reference, "key": payment.key, "status": status, "amount": amount} | changes
        body = json.dumps({"type": f"payment.{status}", "data": data}).encode()
        timestamp = int(timezone.now().timestamp()) - age
        headers = {
            "Webhook-Id": event,
            "Webhook-Timestamp": str(timestamp),
            "Webhook-Signature": webhooks.sign(settings.SANDBOX_SECRET, event, timestamp, body),
            "Authorization": "Bearer not to be kept",
        }
        return headers, body

    return make
