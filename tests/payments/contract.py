"""What every payment provider must keep. A provider's own test module subclasses `ProviderContract`.

The subclass gives two fixtures: `provider`, and `counterpart`, which plays the outside: the shopper on the hosted
page and the faults of the line.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from moneyed import Money

from marketplace.kernel.errors import Refused, Unavailable
from payments.providers.base import Line, Provider, RefundRequest, Session, SessionRequest, Status

EURO = Money("129.90", "EUR")
AMOUNTS = [EURO, Money("18400", "JPY"), Money("42.125", "KWD"), Money("0.01", "USD"), Money("1234567.89", "MXN")]


class Counterpart(ABC):
    """The outside of a provider, as far as the contract needs it."""

    webhook_url: str

    @abstractmethod
    def approve(self, session: Session) -> None:
        """The shopper pays."""

    @abstractmethod
    def decline(self, session: Session) -> None:
        """The bank declines."""

    @abstractmethod
    def next_webhook(self) -> tuple[dict[str, str], bytes]:
        """Headers (names in lower case) and body of the next message that arrives."""

    @abstractmethod
    def break_down(self) -> None:
        """The next call is answered with a failure and has no effect."""

    @abstractmethod
    def lose_answer(self) -> None:
        """The next call has its effect, but its answer is lost."""


def request_for(amount: Money = EURO, **changes: object) -> SessionRequest:
    terms: dict[str, object] = {
        "key": "order-1",
        "reference": "SP-0001",
        "amount": amount,
        "language": "ar",
        "return_url": "http://testserver/ar/return",
        "cancel_url": "http://testserver/ar/cancel?order=1",
        "webhook_url": "",
        "lines": (Line("Celadon Studio", amount), Line("Shipping", Money("0", amount.currency))),
        "expires_at": timezone.now() + timedelta(minutes=30),
    }
    return SessionRequest(**(terms | changes))  # type: ignore[arg-type]


def code_of(call: Callable[[], object]) -> str:
    """The code with which a call is refused."""
    with pytest.raises(Refused) as refusal:
        call()
    assert str(refusal.value.message)
    return refusal.value.code


class ProviderContract:
    """The shared suite."""

    def test_it_has_the_shape_of_a_provider(self, provider: Provider) -> None:
        assert isinstance(provider, Provider)
        assert provider.slug.isidentifier()
        assert str(provider.label)
        methods = [name for name, _ in inspect.getmembers(Provider, inspect.isfunction) if not name.startswith("_")]
        assert len(methods) <= 6

    def test_a_session_has_a_reference_and_a_page(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for())

        assert session.reference
        assert session.url.startswith(("http://", "https://"))

    def test_the_same_request_gives_the_same_session(self, provider: Provider, counterpart: Counterpart) -> None:
        request = request_for()

        assert provider.open_session(request) == provider.open_session(request)
        assert provider.open_session(request_for(key="order-2")) != provider.open_session(request)

    def test_a_key_does_not_stand_for_another_amount(self, provider: Provider, counterpart: Counterpart) -> None:
        provider.open_session(request_for())

        assert code_of(lambda: provider.open_session(request_for(Money("1", "EUR"))))

    @pytest.mark.parametrize("amount", AMOUNTS, ids=str)
    def test_amounts_come_back_as_they_were_sent(
        self, provider: Provider, counterpart: Counterpart, amount: Money
    ) -> None:
        session = provider.open_session(request_for(amount))

        result = provider.fetch(session.reference)

        assert result.amount == amount
        assert (result.session, result.key, result.status) == (session.reference, "order-1", Status.PENDING)

    def test_an_approved_session_is_paid(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for())

        counterpart.approve(session)

        result = provider.fetch(session.reference)
        assert (result.status, result.amount, result.failure) == (Status.PAID, EURO, "")

    def test_a_declined_session_has_failed_with_a_reason(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for())

        counterpart.decline(session)

        result = provider.fetch(session.reference)
        assert result.status is Status.FAILED
        assert result.failure

    def test_an_open_session_can_be_cancelled_twice(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for())

        assert provider.cancel(session.reference).status is Status.CANCELLED
        assert provider.cancel(session.reference).status is Status.CANCELLED
        counterpart.approve(session)
        assert provider.fetch(session.reference).status is Status.CANCELLED

    def test_what_is_paid_stays_paid(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for())
        counterpart.approve(session)

        assert provider.cancel(session.reference).status is Status.PAID
        counterpart.decline(session)
        assert provider.fetch(session.reference).status is Status.PAID

    def test_an_unknown_session_is_refused(self, provider: Provider, counterpart: Counterpart) -> None:
        assert code_of(lambda: provider.fetch("unheard"))
        assert code_of(lambda: provider.cancel("unheard"))
        assert code_of(lambda: provider.refund(RefundRequest("return-1", "unheard", EURO)))

    def test_a_refund_is_made_once_for_each_key(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for())
        counterpart.approve(session)
        part = RefundRequest("return-1", session.reference, Money("100", "EUR"))

        first = provider.refund(part)

        assert first
        assert provider.refund(part) == first
        assert provider.refund(RefundRequest("return-2", session.reference, Money("29.90", "EUR"))) != first

    def test_refunds_beyond_the_payment_are_refused(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for())
        assert code_of(lambda: provider.refund(RefundRequest("return-1", session.reference, EURO)))
        counterpart.approve(session)

        for amount in (Money("129.91", "EUR"), Money("1", "USD")):
            request = RefundRequest(f"return-{amount.currency.code}", session.reference, amount)
            assert code_of(lambda request=request: provider.refund(request))

    def test_a_webhook_says_what_a_question_would(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for(webhook_url=counterpart.webhook_url))
        counterpart.approve(session)

        headers, body = counterpart.next_webhook()
        event = provider.parse_webhook(headers, body, timezone.now())

        assert event.event_id
        assert event.result == provider.fetch(session.reference)

    def test_a_changed_or_old_webhook_is_refused(self, provider: Provider, counterpart: Counterpart) -> None:
        session = provider.open_session(request_for(webhook_url=counterpart.webhook_url))
        counterpart.approve(session)
        headers, body = counterpart.next_webhook()
        now, later = timezone.now(), timezone.now() + timedelta(hours=1)

        assert code_of(lambda: provider.parse_webhook(headers, body + b" ", now)) == "forged_webhook"
        assert code_of(lambda: provider.parse_webhook({}, body, now)) == "forged_webhook"
        assert code_of(lambda: provider.parse_webhook(headers, body, later)) == "stale_webhook"

    def test_a_failure_of_the_other_side_passes(self, provider: Provider, counterpart: Counterpart) -> None:
        counterpart.break_down()
        with pytest.raises(Unavailable):
            provider.open_session(request_for())

        session = provider.open_session(request_for())

        counterpart.break_down()
        with pytest.raises(Unavailable):
            provider.fetch(session.reference)
        assert provider.fetch(session.reference).status is Status.PENDING

    def test_a_lost_answer_is_made_good_by_repeating(self, provider: Provider, counterpart: Counterpart) -> None:
        request = request_for()
        counterpart.lose_answer()
        with pytest.raises(Unavailable):
            provider.open_session(request)
        session = provider.open_session(request)
        counterpart.approve(session)
        whole = RefundRequest("return-1", session.reference, EURO)

        counterpart.lose_answer()
        with pytest.raises(Unavailable):
            provider.refund(whole)

        assert provider.refund(whole)
