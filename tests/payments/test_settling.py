"""A payment is settled exactly once, whatever comes first, twice, late, wrong or forged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from moneyed import Money
from pytest_django import Settings

from demo.sandbox import webhooks
from marketplace.kernel.errors import Refused
from payments import services
from payments.models import Payment, PaymentEvent
from payments.providers.base import Result, Status
from tests.payments.conftest import EURO, make_pending, start

pytestmark = pytest.mark.django_db
State, Outcome = Payment.State, PaymentEvent.Outcome
Webhook = Callable[..., tuple[dict[str, str], bytes]]


def result(payment: Payment, status: Status, **changes: object) -> Result:
    terms = {"session": payment.provider_reference, "key": payment.key, "amount": payment.amount} | changes
    return Result(status=status, **terms)  # type: ignore[arg-type]


def receive(message: tuple[dict[str, str], bytes]) -> services.Receipt:
    return services.receive(provider="sandbox", headers=message[0], body=message[1])


def state_of(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.state


def test_a_genuine_webhook_settles_the_payment_and_is_kept(pending: Payment, webhook: Webhook) -> None:
    receipt = receive(webhook(pending, "paid"))

    assert receipt.became_paid
    assert receipt.payment == pending
    assert state_of(pending) == State.PAID
    assert pending.paid_at is not None
    event = PaymentEvent.objects.get()
    assert (event.event_id, event.kind, event.outcome, event.payment) == (
        "evt_1",
        "payment.paid",
        Outcome.CHANGED,
        pending,
    )
    assert event.processed_at is not None
    assert event.headers["webhook-id"] == "evt_1"
    assert "authorization" not in event.headers


def test_a_webhook_that_comes_twice_changes_nothing_the_second_time(pending: Payment, webhook: Webhook) -> None:
    receive(webhook(pending, "paid"))

    again = receive(webhook(pending, "paid"))

    assert again.is_duplicate
    assert not again.became_paid
    assert again.payment == pending
    assert PaymentEvent.objects.count() == 1


def test_a_second_message_of_the_same_payment_settles_nothing_more(pending: Payment, webhook: Webhook) -> None:
    receive(webhook(pending, "paid", "evt_1"))

    second = receive(webhook(pending, "paid", "evt_2"))

    assert not second.became_paid
    assert second.outcome == Outcome.UNCHANGED


def test_return_page_and_webhook_make_one_change_in_either_order(webhook: Webhook) -> None:
    for webhook_first in (True, False):
        payment = make_pending()
        steps = [
            lambda p=payment: receive(webhook(p, "paid", f"evt_{p.pk}")).became_paid,
            lambda p=payment: services.apply_result(p.pk, result(p, Status.PAID)).became_paid,
        ]
        changes = [step() for step in (steps if webhook_first else reversed(steps))]
        assert changes == [True, False]


@pytest.mark.parametrize("late", ["failed", "expired", "cancelled", "open"])
def test_what_comes_late_changes_nothing_in_a_paid_payment(pending: Payment, webhook: Webhook, late: str) -> None:
    receive(webhook(pending, "paid", "evt_1"))

    receipt = receive(webhook(pending, late, "evt_2"))

    assert receipt.outcome == Outcome.UNCHANGED
    assert state_of(pending) == State.PAID


@pytest.mark.parametrize("end", ["failed", "expired", "cancelled"])
def test_money_that_was_taken_after_all_is_not_denied(pending: Payment, webhook: Webhook, end: str) -> None:
    first = receive(webhook(pending, end, "evt_1"))
    assert first.change is not None
    assert first.change.ended_unpaid

    receipt = receive(webhook(pending, "paid", "evt_2"))

    assert receipt.became_paid
    assert receipt.change is not None
    assert receipt.change.before == end
    assert state_of(pending) == State.PAID


def test_the_first_unpaid_end_stays(pending: Payment, webhook: Webhook) -> None:
    receive(webhook(pending, "failed", "evt_1", failure="declined"))

    receipt = receive(webhook(pending, "expired", "evt_2"))

    assert receipt.outcome == Outcome.UNCHANGED
    assert (state_of(pending), pending.failure) == (State.FAILED, "declined")


@pytest.mark.parametrize(
    "amount",
    [
        {"value": "129.89", "currency": "EUR"},
        {"value": "129.91", "currency": "EUR"},
        {"value": "129.90", "currency": "USD"},
        {"value": "12990", "currency": "EUR"},
    ],
)
def test_another_amount_or_currency_is_never_settled(
    pending: Payment, webhook: Webhook, amount: dict[str, str]
) -> None:
    receipt = receive(webhook(pending, "paid", amount=amount))

    assert receipt.outcome == Outcome.MISMATCH
    assert not receipt.became_paid
    assert state_of(pending) == State.PENDING
    assert PaymentEvent.objects.get().outcome == Outcome.MISMATCH


def test_a_mismatch_in_an_answer_is_kept_once(pending: Payment) -> None:
    wrong = result(pending, Status.PAID, amount=Money("1", "EUR"))

    changes = [services.apply_result(pending.pk, wrong) for _ in range(3)]

    assert [change.outcome for change in changes] == [Outcome.MISMATCH] * 3
    event = PaymentEvent.objects.get()
    assert (event.outcome, event.kind, event.payment) == (Outcome.MISMATCH, "answer", pending)


def test_a_foreign_session_with_our_key_is_a_mismatch(pending: Payment, webhook: Webhook) -> None:
    receipt = receive(webhook(pending, "paid", id="ses_foreign"))

    assert receipt.outcome == Outcome.MISMATCH
    assert state_of(pending) == State.PENDING


def test_a_webhook_may_overtake_the_answer_that_names_its_session(webhook: Webhook) -> None:
    payment = start()

    receipt = receive(webhook(payment, "paid", id="ses_early"))

    assert receipt.became_paid
    assert state_of(payment) == State.PAID
    assert payment.provider_reference == "ses_early"


def test_a_message_on_an_unknown_session_is_kept_and_harmless(pending: Payment, webhook: Webhook) -> None:
    receipt = receive(webhook(pending, "paid", id="ses_x", key="no such key"))

    assert (receipt.outcome, receipt.payment) == (Outcome.UNKNOWN, None)
    assert PaymentEvent.objects.get().outcome == Outcome.UNKNOWN
    assert state_of(pending) == State.PENDING


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda headers, body: (headers, body.replace(b"paid", b"Paid")), "forged_webhook"),
        (lambda headers, body: (headers | {"Webhook-Signature": "v1,AAAA"}, body), "forged_webhook"),
        (lambda headers, body: ({}, body), "forged_webhook"),
        (lambda headers, body: (headers | {"Webhook-Id": "evt_2"}, body), "forged_webhook"),
    ],
)
def test_a_forged_message_writes_nothing(
    pending: Payment, webhook: Webhook, forge: Callable[..., tuple[dict[str, str], bytes]], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        receive(forge(*webhook(pending, "paid")))

    assert refusal.value.code == code
    assert state_of(pending) == State.PENDING
    assert not PaymentEvent.objects.exists()


def test_an_old_message_writes_nothing(pending: Payment, webhook: Webhook) -> None:
    with pytest.raises(Refused) as refusal:
        receive(webhook(pending, "paid", age=301))

    assert refusal.value.code == "stale_webhook"
    assert not PaymentEvent.objects.exists()


@pytest.mark.parametrize("status", ["wonderful", "paid\x00"])
def test_a_genuine_message_that_makes_no_sense_is_refused(pending: Payment, webhook: Webhook, status: str) -> None:
    with pytest.raises(Refused) as refusal:
        receive(webhook(pending, status))

    assert refusal.value.code == "malformed_webhook"
    assert not PaymentEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "payment.paid", "data": []}', b'{"type": "payment.paid", "data": "x"}', b"[]", b"[" * 100_000,
        b'{"type": "note", "data": "\\ud800"}', b'{"type": "note", "data": NaN}', b'{"type": "note", "data": 1e400}', b"\xff",
    ],
)  # fmt: skip
def test_a_genuine_message_that_is_no_message_is_refused(settings: Settings, db: None, body: bytes) -> None:
    timestamp = int(timezone.now().timestamp())
    signature = webhooks.sign(settings.SANDBOX_SECRET, "evt_1", timestamp, body)
    headers = {"Webhook-Id": "evt_1", "Webhook-Timestamp": str(timestamp), "Webhook-Signature": signature}

    with pytest.raises(Refused) as refusal:
        receive((headers, body))

    assert refusal.value.code == "malformed_webhook"
    assert not PaymentEvent.objects.exists()


def test_an_unknown_provider_is_refused(pending: Payment, webhook: Webhook) -> None:
    headers, body = webhook(pending, "paid")

    with pytest.raises(Refused) as refusal:
        services.receive(provider="nobody", headers=headers, body=body)

    assert refusal.value.code == "unknown_provider"


def test_what_the_caller_rolls_back_counts_as_never_received(pending: Payment, webhook: Webhook) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert receive(webhook(pending, "paid")).became_paid
        _ = 1 / 0
    assert state_of(pending) == State.PENDING

    assert receive(webhook(pending, "paid")).became_paid


def test_starting_twice_with_one_key_gives_one_payment() -> None:
    first = start(key="order-1", reference="SP-1")

    again = start(key="order-1", reference="SP-1")

    assert again == first
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("other", [{"amount": Money("1", "EUR")}, {"reference": "SP-2"}])
def test_a_key_does_not_stand_for_other_terms(other: dict[str, object]) -> None:
    start(key="order-1", reference="SP-1")

    with pytest.raises(Refused) as refusal:
        start(**({"key": "order-1", "reference": "SP-1", "amount": EURO} | other))  # type: ignore[arg-type]

    assert refusal.value.code == "payment_key_reused"
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("amount", [Money("0", "EUR"), Money("-1", "EUR"), Money("1.005", "EUR"), Money("0.5", "JPY")])
def test_only_amounts_that_can_be_paid_are_started(amount: Money) -> None:
    with pytest.raises(Refused) as refusal:
        start(amount)

    assert refusal.value.code == "amount_not_payable"


def test_the_database_itself_keeps_a_paid_payment_paid(pending: Payment) -> None:
    services.apply_result(pending.pk, result(pending, Status.PAID))

    with pytest.raises(DatabaseError, match="paid_stays_paid"), transaction.atomic():
        Payment.objects.update(state=State.CANCELLED, paid_at=None)
    with pytest.raises(DatabaseError, match="terms_stay"), transaction.atomic():
        Payment.objects.update(amount=1)

    assert state_of(pending) == State.PAID


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": -1, "amount_currency": "EUR"},
        {"amount": 1, "amount_currency": "EUR", "state": "wished for"},
        {"amount": 1, "amount_currency": "EUR", "state": "paid", "provider_reference": "ses_9"},
        {"amount": 1, "amount_currency": "EUR", "state": "pending"},
        {"amount": 1, "amount_currency": "EUR", "refunded": 1},
    ],
)
def test_the_database_refuses_a_payment_that_makes_no_sense(fields: dict[str, object]) -> None:
    terms = {
        "reference": "SP-1",
        "key": "k",
        "provider": "sandbox",
        "language": "en",
        "return_url": "http://testserver/",
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(**(terms | fields))
