"""Starts, settles, cancels and refunds payments, each exactly once whatever is repeated, lost or late.

Three kinds of functions, so that the app above can keep its own state in step:

- `start`, `apply_result`, `receive` and `request_refund` only write rows. They may be called inside a transaction of
  the caller, whose rows are then committed together with the payment or not at all.
- `open_session`, `ask`, `ask_to_cancel` and `send_refund` call the provider. They refuse to run inside a transaction.
- `refresh`, `cancel` and `refund` are both in one, for callers with no rows of their own.

The way to settle an order on the return page is therefore

    result = services.ask(payment)
    with transaction.atomic():
        change = services.apply_result(payment.pk, result)
        if change.became_paid:
            ...  # lock and change the order

and a webhook is `receive` in the place of `apply_result`. The payment row is locked first, the caller's rows after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from moneyed import Money

from marketplace.kernel import clock, rows
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import round_amount
from payments import providers, settlement
from payments.models import Payment, PaymentEvent, Refund
from payments.providers.base import Event, Line, RefundRequest, Result, SessionRequest, Status

Outcome = PaymentEvent.Outcome
# The message of a webhook may have settled the payment meanwhile: only a payment that was just started becomes pending.
_SESSION = """
UPDATE payments_payment SET provider_reference = %s, session_url = %s, changed_at = %s,
    state = CASE state WHEN 'started' THEN 'pending' ELSE state END
WHERE id = %s RETURNING state
"""
_PRIVATE_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Change:
    """What one word of a provider did to a payment: its states before and after, and the outcome."""

    payment: Payment
    before: str
    after: str
    outcome: str

    @property
    def became_paid(self) -> bool:
        """True for exactly one of all the calls that report the same payment as paid."""
        return self.after == Payment.State.PAID and self.before != Payment.State.PAID

    @property
    def ended_unpaid(self) -> bool:
        """True for the one call that saw an open payment fail, be cancelled or expire."""
        return self.outcome == Outcome.CHANGED and self.after not in {*settlement.OPEN, Payment.State.PAID}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a webhook. A duplicate, or a message on no payment of ours, has no change."""

    outcome: str
    payment: Payment | None = None
    change: Change | None = None
    is_duplicate: bool = False

    @property
    def became_paid(self) -> bool:
        """True when this very message settled the payment."""
        return self.change is not None and self.change.became_paid


# Starting -------------------------------------------------------------------------------------------------------


def start(
    *,
    reference: str,
    amount: Money,
    key: str,
    language: str,
    return_url: str,
    cancel_url: str = "",
    webhook_url: str = "",
    lines: Sequence[Line] = (),
    expires_at: datetime | None = None,
    provider: str = "",
) -> Payment:
    """The payment that was started under `key`, made now if there is none. Calls nobody.

    `key` is plain ASCII; `reference` is what the shopper sees; the addresses are absolute. `provider` is a slug, the
    first of the settings when empty. Raises `Refused`: unknown_provider; amount_not_payable when it is not positive
    or finer than the minor unit; payment_key_reused when the key stands for another amount or reference.
    """
    slug = (providers.get(provider) if provider else providers.default()).slug
    if amount.amount <= 0 or round_amount(amount.amount, amount.currency.code) != amount.amount:
        raise Refused("amount_not_payable", _("This amount can't be paid."))
    payment = Payment(
        key=key,
        reference=reference,
        amount=amount,  # type: ignore[misc]  # a MoneyField takes Money
        provider=slug,
        language=language,
        return_url=return_url,
        cancel_url=cancel_url or return_url,
        webhook_url=webhook_url,
        lines=[_kept(line) for line in lines],
        expires_at=expires_at,
    )
    if rows.add([payment], unless=("key",)):
        return payment
    payment = Payment.objects.get(key=key)
    if payment.reference != reference or payment.amount != amount:
        raise Refused("payment_key_reused", _("This payment has already been started with other terms."))
    return payment


def open_session(payment: Payment) -> str:
    """The address of the provider's page for the payment; the same on every call while it is open.

    Raises `Refused("payment_closed")` when the payment has ended, and whatever the provider raises.
    """
    outside_transactions()
    if payment.state not in settlement.OPEN:
        raise _closed()
    if payment.session_url:
        return payment.session_url
    session = providers.get(payment.provider).open_session(_asked(payment))
    with connection.cursor() as cursor:
        cursor.execute(_SESSION, [session.reference, session.url, clock.now(), payment.pk])
        (state,) = cursor.fetchone()
    payment.provider_reference, payment.session_url, payment.state = session.reference, session.url, state
    if state not in settlement.OPEN:
        payment.refresh_from_db()
        raise _closed()
    return session.url


def _closed() -> Refused:
    return Refused("payment_closed", _("This payment has already ended."))


def _asked(payment: Payment) -> SessionRequest:
    return SessionRequest(
        key=payment.key,
        reference=payment.reference,
        amount=payment.amount,
        language=payment.language,
        return_url=payment.return_url,
        cancel_url=payment.cancel_url,
        webhook_url=payment.webhook_url,
        lines=tuple(Line(row["description"], Money(row["amount"], row["currency"])) for row in payment.lines),
        expires_at=payment.expires_at,
    )


def _kept(line: Line) -> dict[str, str]:
    return {
        "description": line.description,
        "amount": str(line.amount.amount),
        "currency": line.amount.currency.code,
    }


# Settling -------------------------------------------------------------------------------------------------------


def ask(payment: Payment) -> Result | None:
    """How the provider says the payment stands; None when no session was ever opened. Writes nothing."""
    outside_transactions()
    if not payment.provider_reference:
        return None
    return providers.get(payment.provider).fetch(payment.provider_reference)


def ask_to_cancel(payment: Payment) -> Result:
    """How the payment stands after the provider was asked to close it: it may come back as paid. Writes nothing."""
    outside_transactions()
    if not payment.provider_reference:
        return Result(session="", key=payment.key, status=Status.CANCELLED, amount=payment.amount)
    return providers.get(payment.provider).cancel(payment.provider_reference)


def apply_result(payment_id: int, result: Result | None) -> Change:
    """Settles the payment by what `ask` or `ask_to_cancel` returned; call it inside a transaction.

    Locks the payment row until that transaction ends. Of all callers, at once or later, exactly one gets a change
    with `became_paid`. A wrong amount, currency or session changes nothing and is kept in the inbox.
    """
    change = _settle(_locked(payment_id), result)
    if result is not None and change.outcome == Outcome.MISMATCH:
        seen = f"{result.session}:{result.status}:{result.amount.amount}:{result.amount.currency.code}"
        PaymentEvent.objects.get_or_create(
            provider=change.payment.provider,
            event_id=f"answer:{change.payment.pk}:{seen}"[:255],
            defaults={
                "kind": "answer",
                "payment": change.payment,
                "payload": {"session": result.session, "status": result.status.value, "amount": str(result.amount)},
                "processed_at": clock.now(),
                "outcome": change.outcome,
            },
        )
    return change


def receive(*, provider: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Takes a webhook in and settles the payment that it speaks of; a duplicate changes nothing.

    Signature and age are proved before anything is written. May run inside the caller's transaction: if that is
    rolled back, so is the entry in the inbox, and the provider's next attempt counts as the first.
    Raises `Refused`: unknown_provider, forged_webhook, stale_webhook, malformed_webhook.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    event = providers.get(provider).parse_webhook(lowered, body, clock.now())
    if not event.can_be_kept:
        raise Refused("malformed_webhook", _("This message can't be read."))
    with transaction.atomic(savepoint=False):
        payment = _locked_for(provider, event.result) if event.result is not None else None
        outcome = _outcome(payment, event.result)
        if not _taken_in(provider, event, lowered, payment, outcome):
            known = PaymentEvent.objects.select_related("payment").get(provider=provider, event_id=event.event_id)
            return Receipt(outcome=known.outcome, payment=known.payment, is_duplicate=True)
        change = _settle(payment, event.result) if payment is not None else None
    return Receipt(outcome=outcome, payment=payment, change=change)


def refresh(payment: Payment) -> Change:
    """Asks the provider how the payment stands and settles it; for callers with no rows of their own."""
    result = ask(payment)
    with transaction.atomic():
        return apply_result(payment.pk, result)


def cancel(payment: Payment) -> Change:
    """Closes an open payment; the change tells what it ended as, which may be paid."""
    result = ask_to_cancel(payment)
    with transaction.atomic():
        return apply_result(payment.pk, result)


def _settle(payment: Payment, result: Result | None) -> Change:
    """Writes the state that follows, on a row that is locked."""
    before = payment.state
    if result is None:
        return Change(payment, before, before, Outcome.UNCHANGED)
    after, outcome = settlement.decide(before, payment.amount, payment.provider_reference, result)
    if outcome == Outcome.CHANGED:
        payment.state, payment.failure = after, result.failure if after != Payment.State.PAID else ""
        payment.provider_reference = payment.provider_reference or result.session
        payment.paid_at = clock.now() if after == Payment.State.PAID else None
        rows.change(payment, "state", "failure", "provider_reference", "paid_at", "changed_at")
    return Change(payment, before, after, outcome)


def _locked(payment_id: int) -> Payment:
    locked = rows.one(Payment, "id = %s FOR UPDATE", [payment_id])
    if locked is None:
        raise Payment.DoesNotExist
    return locked


def _locked_for(provider: str, result: Result) -> Payment | None:
    """The payment of a session; by the request's key when the message overtook the answer that names the session."""
    named = "provider = %s AND provider_reference = %s AND provider_reference <> '' FOR UPDATE"  # as its index says
    by_session = rows.one(Payment, named, [provider, result.session])
    return by_session or rows.one(Payment, "provider = %s AND key = %s FOR UPDATE", [provider, result.key])


def _outcome(payment: Payment | None, result: Result | None) -> str:
    """What a message on a payment, none of ours perhaps, will do to it."""
    if result is None:
        return Outcome.IGNORED.value
    if payment is None:
        return Outcome.UNKNOWN.value
    return settlement.decide(payment.state, payment.amount, payment.provider_reference, result)[1]


def _taken_in(
    provider: str, event: Event, headers: Mapping[str, str], payment: Payment | None, outcome: str
) -> bool:  # fmt: skip
    """Writes the message into the inbox with its outcome; False when it is in it already."""
    row = PaymentEvent(
        provider=provider,
        event_id=event.event_id,
        kind=event.kind[:80],
        payment=payment,
        payload=event.payload,
        headers={name: value[:1000] for name, value in headers.items() if name not in _PRIVATE_HEADERS},
        outcome=outcome,
        processed_at=clock.now(),
    )
    return bool(rows.add([row], unless=("provider", "event_id")))


# Refunding ------------------------------------------------------------------------------------------------------


def request_refund(*, payment: Payment, amount: Money, key: str, reason: str = "") -> Refund:
    """The refund that was requested under `key`, made now if there is none; `send_refund` then carries it out.

    Reserves the amount on the locked payment, so that all refunds together never exceed what was paid; a check
    constraint holds the same. May run inside the caller's transaction.
    Raises `Refused`: not_paid, wrong_currency, refund_not_payable, refund_too_large, refund_key_reused.
    """
    with transaction.atomic():
        locked = _locked(payment.pk)
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            if known.payment_id != locked.pk or known.amount != amount:
                raise Refused("refund_key_reused", _("This refund has already been requested with other terms."))
            return known
        _require_refundable(locked, amount)
        refund = Refund.objects.create(
            payment=locked,
            key=key,
            amount=amount,  # type: ignore[misc]  # a MoneyField takes Money
            reason=reason[:200],
        )
        _reserve(locked, amount.amount)
    payment.refresh_from_db()
    return refund


def send_refund(refund: Refund) -> Refund:
    """The refund with the provider's answer: done, or refused with its reserved amount set free.

    Does nothing for one that has its answer. When the provider doesn't answer, `Unavailable` passes through and the
    refund stays requested: call again, the key keeps it from being paid twice.
    """
    outside_transactions()
    if refund.state != Refund.State.REQUESTED:
        return refund
    payment, answer, failure = refund.payment, "", ""
    request = RefundRequest(refund.key, payment.provider_reference, refund.amount, refund.reason)
    try:
        answer = providers.get(payment.provider).refund(request)
    except Refused as refusal:
        failure = refusal.code
    with transaction.atomic():
        locked = _locked(payment.pk)
        state = Refund.State.DONE if answer else Refund.State.REFUSED
        written = Refund.objects.filter(pk=refund.pk, state=Refund.State.REQUESTED).update(
            state=state, provider_reference=answer, failure=failure[:60], changed_at=clock.now()
        )
        if written and not answer:
            _reserve(locked, -refund.amount.amount)
    refund.refresh_from_db()
    return refund


def refund(*, payment: Payment, amount: Money, key: str, reason: str = "") -> Refund:
    """Gives money back: requests the refund and sends it. Raises what the two steps raise."""
    outside_transactions()
    return send_refund(request_refund(payment=payment, amount=amount, key=key, reason=reason))


def _require_refundable(payment: Payment, amount: Money) -> None:
    currency = payment.amount.currency.code
    if payment.state != Payment.State.PAID:
        raise Refused("not_paid", _("Only a paid payment can be refunded."))
    if amount.currency.code != currency:
        raise Refused("wrong_currency", _("A refund is made in the currency of the payment."))
    if amount.amount <= 0 or round_amount(amount.amount, currency) != amount.amount:
        raise Refused("refund_not_payable", _("This amount can't be refunded."))
    if payment.refunded + amount.amount > payment.amount.amount:
        raise Refused("refund_too_large", _("The refunds would exceed what was paid."))


def _reserve(payment: Payment, amount: Decimal) -> None:
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + amount, changed_at=clock.now())


def outside_transactions() -> None:
    """Stops a call to the outside from holding a transaction open: raises RuntimeError inside one.

    A durable block may not be nested, but for the one that a test case wraps around a test.
    """
    with transaction.atomic(durable=True):
        pass
