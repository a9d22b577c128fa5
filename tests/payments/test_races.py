"""Two settle one payment at the same moment: one of them changes it. Without the lock, both would."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from moneyed import Money

from marketplace.kernel.errors import Refused
from payments import services
from payments.models import Payment, PaymentEvent, Refund
from payments.providers.base import Result, Status
from tests.payments.conftest import EURO, make_pending

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
Webhook = Callable[..., tuple[dict[str, str], bytes]]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls return or raise, each made in a thread and on a connection of its own."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def meet_after_reading(monkeypatch: pytest.MonkeyPatch, read: Callable[[int], Payment]) -> None:
    """Both threads have read the payment before either goes on; one that must wait for a lock is not waited for."""
    meeting = threading.Barrier(2)

    def read_and_meet(payment_id: int) -> Payment:
        payment = read(payment_id)
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)
        return payment

    monkeypatch.setattr(services, "_locked", read_and_meet)


def settle_twice(payment: Payment) -> list[bool]:
    paid = Result(payment.provider_reference, payment.key, Status.PAID, EURO)

    def settle() -> bool:
        with transaction.atomic():
            return services.apply_result(payment.pk, paid).became_paid

    return at_once(settle, settle)


def test_two_who_settle_at_once_make_one_change(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = make_pending()
    meet_after_reading(monkeypatch, services._locked)

    assert sorted(settle_twice(payment)) == [False, True]


def test_without_the_lock_both_would_believe_to_have_settled_it(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = make_pending()
    meet_after_reading(monkeypatch, lambda payment_id: Payment.objects.get(pk=payment_id))

    assert settle_twice(payment) == [True, True]


def test_the_same_webhook_delivered_eight_times_at_once_is_taken_once(webhook: Webhook) -> None:
    payment = make_pending()
    headers, body = webhook(payment, "paid")

    receipts = at_once(*[lambda: services.receive(provider="sandbox", headers=headers, body=body)] * 8)

    assert sum(receipt.became_paid for receipt in receipts) == 1
    assert sum(receipt.is_duplicate for receipt in receipts) == 7
    assert PaymentEvent.objects.count() == 1


def test_refunds_asked_for_at_once_never_exceed_what_was_paid() -> None:
    payment = make_pending(Money("100", "EUR"))
    with transaction.atomic():
        services.apply_result(
            payment.pk, Result(payment.provider_reference, payment.key, Status.PAID, Money("100", "EUR"))
        )

    def request(number: int) -> Callable[[], Any]:
        return lambda: services.request_refund(payment=payment, amount=Money("30", "EUR"), key=f"refund-{number}")

    outcomes = at_once(*[request(number) for number in range(6)])

    assert outcomes.count("refund_too_large") == 3
    assert Refund.objects.count() == 3
    payment.refresh_from_db()
    assert payment.refunded == 90
