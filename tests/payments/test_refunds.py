"""Refunds go out once, never beyond what was paid, and survive a provider that does not answer."""

from __future__ import annotations

import pytest
import requests
from django.db import IntegrityError, transaction
from moneyed import Money

from marketplace.kernel.errors import Refused, Unavailable
from payments import services
from payments.models import Payment, Refund
from tests.payments.conftest import EURO, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(sandbox: str) -> Payment:
    """A payment of EUR 129.90 that the shopper approved on the hosted page."""
    payment = start()
    requests.post(services.open_session(payment) + "/approve", allow_redirects=False, timeout=5)
    return services.refresh(payment).payment


def back(payment: Payment, amount: str, key: str, currency: str = "EUR") -> Refund:
    return services.refund(payment=payment, amount=Money(amount, currency), key=key, reason="return")


def test_a_refund_reaches_the_provider_and_is_done(paid: Payment) -> None:
    refund = back(paid, "29.90", "return-1")

    assert refund.state == Refund.State.DONE
    assert refund.provider_reference.startswith("ref_")
    paid.refresh_from_db()
    assert paid.refunded == Money("29.90", "EUR").amount


def test_the_same_refund_again_changes_nothing(paid: Payment) -> None:
    first = back(paid, "29.90", "return-1")

    assert back(paid, "29.90", "return-1") == first

    assert Refund.objects.count() == 1
    paid.refresh_from_db()
    assert str(paid.refunded) == "29.9000"


def test_refunds_end_where_the_payment_ends(paid: Payment) -> None:
    back(paid, "100", "return-1")
    back(paid, "29.90", "return-2")

    with pytest.raises(Refused) as refusal:
        back(paid, "0.01", "return-3")

    assert refusal.value.code == "refund_too_large"
    assert Refund.objects.count() == 2


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("129.91", "EUR", "refund_too_large"),
        ("0", "EUR", "refund_not_payable"),
        ("-5", "EUR", "refund_not_payable"),
        ("1.001", "EUR", "refund_not_payable"),
        ("10", "USD", "wrong_currency"),
    ],
)
def test_a_refund_that_makes_no_sense_is_refused(paid: Payment, amount: str, currency: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        back(paid, amount, "return-1", currency)

    assert refusal.value.code == code
    assert not Refund.objects.exists()
    paid.refresh_from_db()
    assert paid.refunded == 0


def test_only_what_was_paid_is_refunded(sandbox: str) -> None:
    payment = start()
    services.open_session(payment)

    with pytest.raises(Refused) as refusal:
        back(payment, "1", "return-1")

    assert refusal.value.code == "not_paid"


def test_a_refund_without_an_answer_stays_requested_and_is_sent_again(paid: Payment, sandbox: str) -> None:
    requests.post(sandbox + "/faults", json={"psp": {"drop_next": 1}}, timeout=5)
    with pytest.raises(Unavailable):
        back(paid, "29.90", "return-1")
    waiting = Refund.objects.get()
    assert waiting.state == Refund.State.REQUESTED

    sent = services.send_refund(waiting)

    assert sent.state == Refund.State.DONE
    rest = back(paid, "100", "return-2")  # the provider has counted the first one once
    assert rest.state == Refund.State.DONE


def test_what_the_provider_refuses_is_set_free_again(paid: Payment) -> None:
    refund = services.request_refund(payment=paid, amount=EURO, key="return-1")
    Payment.objects.filter(pk=paid.pk).update(provider_reference="ses_unheard_of")

    answered = services.send_refund(Refund.objects.get(pk=refund.pk))

    assert (answered.state, answered.failure) == (Refund.State.REFUSED, "unknown_session")
    paid.refresh_from_db()
    assert paid.refunded == 0


def test_a_refund_key_does_not_stand_for_other_terms(paid: Payment) -> None:
    back(paid, "10", "return-1")

    with pytest.raises(Refused) as refusal:
        back(paid, "11", "return-1")

    assert refusal.value.code == "refund_key_reused"


def test_the_database_itself_holds_the_limit(paid: Payment) -> None:
    with pytest.raises(IntegrityError, match="refunds_stay_within_what_was_paid"), transaction.atomic():
        Payment.objects.filter(pk=paid.pk).update(refunded="129.91")


@pytest.mark.django_db(transaction=True)
def test_no_call_goes_out_while_a_transaction_is_open(sandbox: str) -> None:
    payment = start()

    for call in (services.open_session, services.ask, services.ask_to_cancel):
        with pytest.raises(RuntimeError), transaction.atomic():
            call(payment)

    payment.refresh_from_db()
    assert payment.state == Payment.State.STARTED
