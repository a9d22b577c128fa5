"""Decides what a provider's word on a session makes of a payment: pure, whatever comes first, twice or late."""

from __future__ import annotations

from moneyed import Money

from payments.models import Payment, PaymentEvent
from payments.providers.base import Result, Status

State, Outcome = Payment.State, PaymentEvent.Outcome
OPEN = frozenset({State.STARTED, State.PENDING})


def decide(state: str, amount: Money, session: str, result: Result) -> tuple[str, str]:
    """The state that follows and the outcome, for a payment of `amount` in `state` with `session` (or none yet).

    - The word that there is no session, when one was opened meanwhile: nothing changes.
    - Another session, amount or currency than the payment's own: mismatch, and nothing changes.
    - Paid is the last word. It also follows a failed, cancelled or expired payment, since the money was taken: the
      app above then decides whether to give it back.
    - Any other end counts only while the payment is open; the first one stays.
    """
    if session and not result.session:
        return state, Outcome.UNCHANGED
    if session and session != result.session:
        return state, Outcome.MISMATCH
    if result.amount.currency.code != amount.currency.code or result.amount.amount != amount.amount:
        return state, Outcome.MISMATCH
    if state == State.PAID or (state not in OPEN and result.status is not Status.PAID):
        return state, Outcome.UNCHANGED
    after = State(result.status.value)
    return after, Outcome.UNCHANGED if after == state else Outcome.CHANGED
