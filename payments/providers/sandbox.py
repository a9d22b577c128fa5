"""Collects money from the test provider in demo/sandbox, over HTTP as from any real one.

Amounts travel as decimal strings in units of the currency. Settings: SANDBOX_URL, SANDBOX_SECRET (API key and key
of the webhook signatures).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from moneyed import CurrencyDoesNotExist, Money

from marketplace.kernel.errors import Refused, Unavailable
from marketplace.kernel.money import round_amount
from payments import signatures
from payments.providers.base import Event, RefundRequest, Result, Session, SessionRequest, Status

_STATUSES = {
    "open": Status.PENDING,
    "paid": Status.PAID,
    "failed": Status.FAILED,
    "cancelled": Status.CANCELLED,
    "expired": Status.EXPIRED,
}


class SandboxProvider:
    """Cards that are not charged, on the sandbox's hosted page."""

    slug = "sandbox"
    label = gettext_lazy("Card (test provider)")

    def open_session(self, request: SessionRequest) -> Session:
        """A session with its hosted page."""
        body = {
            "amount": _written(request.amount),
            "reference": request.reference,
            "language": request.language,
            "return_url": request.return_url,
            "cancel_url": request.cancel_url,
            "webhook_url": request.webhook_url,
            "lines": [
                {"description": line.description[:200], "amount": _written(line.amount)} for line in request.lines
            ],
            "expires_at": request.expires_at.timestamp() if request.expires_at else None,
        }
        session = _call("POST", "/psp/sessions", body, request.key)
        return Session(reference=_string(session, "id"), url=_string(session, "url"))

    def fetch(self, session: str) -> Result:
        """How the session stands now."""
        return _result(_call("GET", f"/psp/sessions/{session}"))

    def cancel(self, session: str) -> Result:
        """How the session stands after it was asked to close."""
        return _result(_call("POST", f"/psp/sessions/{session}/cancel", {}))

    def refund(self, request: RefundRequest) -> str:
        """The reference of the refund."""
        body = {"session": request.session, "amount": _written(request.amount), "reason": request.reason}
        return _string(_call("POST", "/psp/refunds", body, request.key), "id")

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Event:
        """The message in a signed webhook."""
        event_id = signatures.verify(settings.SANDBOX_SECRET, headers, body, now)
        try:
            message = json.loads(body)
            kind = str(message["type"])
            result = _result(message["data"]) if kind.startswith("payment.") else None
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, Unavailable) as error:
            raise Refused("malformed_webhook", _("This message can't be read.")) from error
        return Event(event_id=event_id, kind=kind, payload=message, result=result)


@lru_cache(maxsize=1)
def _connections() -> urllib3.PoolManager:
    """What all threads call the sandbox by: connections are kept, nothing is tried twice, no proxy is asked."""
    return urllib3.PoolManager(maxsize=8, retries=False, timeout=urllib3.Timeout(connect=3, read=10))


def _call(method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> dict[str, Any]:
    """The JSON object that the sandbox answers with."""
    headers = {"Authorization": f"Bearer {settings.SANDBOX_SECRET}", "Content-Type": "application/json"}
    headers |= {"Idempotency-Key": key} if key else {}
    sent = None if body is None else json.dumps(body).encode()
    try:
        url = settings.SANDBOX_URL + path
        answer = _connections().request(method, url, body=sent, headers=headers, redirect=False)
        content = json.loads(answer.data)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise Unavailable("The payment provider does not answer.") from error
    if answer.status < 400 and isinstance(content, dict):
        return content
    problem = content.get("error", {}) if isinstance(content, dict) else {}
    code = str(problem.get("code", "")) if isinstance(problem, dict) else ""
    if answer.status in {400, 404, 409, 422} and code:
        raise Refused(code, _("The payment provider refused this request."))
    raise Unavailable(f"The payment provider answered with status {answer.status} {code}.")


def _written(money: Money) -> dict[str, str]:
    currency = money.currency.code
    return {"value": str(round_amount(money.amount, currency)), "currency": currency}


def _result(session: dict[str, Any]) -> Result:
    amount = session.get("amount")
    try:
        if not isinstance(amount, dict):
            raise ValueError("no amount")
        value = Decimal(str(amount["value"]))
        if not value.is_finite():
            raise ValueError("no finite amount")
        return Result(
            session=_string(session, "id"),
            key=_string(session, "key"),
            status=_STATUSES[str(session.get("status"))],
            amount=Money(value, str(amount["currency"])),
            failure=str(session.get("failure") or "")[:60],
        )
    except (KeyError, ValueError, InvalidOperation, CurrencyDoesNotExist) as error:
        raise Unavailable("The payment provider's answer can't be read.") from error


def _string(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise Unavailable(f"The payment provider's answer has no {name}.")
    return value
