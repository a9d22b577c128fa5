"""The payment provider: sessions, refunds and the hosted page on which a shopper decides how the test payment ends.

Calls of the shop carry the API key as a bearer token; those that create something carry an Idempotency-Key, and a
repetition answers with what the first one made. Amounts are `{"value": "129.90", "currency": "EUR"}`: a decimal
string in units of the currency, so that nobody has to agree on minor units. A session is open, paid, failed,
cancelled or expired, and leaves "open" once; each change is told to `webhook_url` as "payment.<status>".

    POST /psp/sessions               amount, reference, return_url, cancel_url, webhook_url, language, lines, expires_at
    GET  /psp/sessions/<id>
    POST /psp/sessions/<id>/cancel   answers with the session as it then is
    POST /psp/refunds                session, amount
    GET  /psp/pay/<id>               the hosted page
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from demo.sandbox import page, webhooks
from demo.sandbox.values import Document, Handler, Problem, Request, Response, Route, State

LIFETIME = 30 * 60
CODE_TRIES = 3
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,4})?")
_WEB = re.compile(r"https?://[\w.:\[\]-]+(/[^\s\x00-\x1f]*)?")
_PRIVATE = {"challenge", "webhook_url"}


def routes() -> list[Route]:
    """What the payment provider answers."""
    session, pay = r"/psp/sessions/(?P<id>\w+)", r"/psp/pay/(?P<id>\w+)"
    return [
        ("POST", r"/psp/sessions", create_session),
        ("GET", session, show_session),
        ("POST", session + "/cancel", cancel_session),
        ("POST", r"/psp/refunds", create_refund),
        ("GET", r"/psp/page.css", lambda request: Response(200, page.CSS, "text/css")),
        ("GET", pay, _on_page(show_page)),
        ("GET", pay + "/challenge", _on_page(show_challenge)),
        ("POST", pay + r"/(?P<decision>approve|decline|challenge|confirm|abandon)", _on_page(decide)),
    ]


# Calls of the shop ------------------------------------------------------------------------------------------------


def create_session(request: Request) -> Response:
    """Opens a session; the same key with the same body gives the same session again."""
    request.require_key()
    asked = request.json()
    with request.state.transaction():
        known = _claimed(request, "session")
        if known:
            return Response(200, _public(_current(request.state, known)))
        now = time.time()
        session: Document = {
            "id": "ses_" + secrets.token_hex(16),
            "status": "open",
            "amount": _amount(asked.get("amount")),
            "refunded": "0",
            "reference": _text(asked, "reference"),
            "key": request.headers["idempotency-key"],
            "language": str(asked.get("language") or "en"),
            "lines": _lines(asked.get("lines", [])),
            "return_url": _url(asked, "return_url"),
            "cancel_url": _url(asked, "cancel_url"),
            "webhook_url": _url(asked, "webhook_url") if asked.get("webhook_url") else "",
            "created_at": now,
            "expires_at": _moment(asked.get("expires_at"), now + LIFETIME),
            "decided_at": None,
            "failure": "",
        }
        session["url"] = f"{request.origin}/psp/pay/{session['id']}"
        request.state.put("session", session["id"], session)
        _claim(request, session["id"])
    return Response(201, _public(session))


def show_session(request: Request) -> Response:
    """The session as it stands."""
    request.require_key()
    return Response(body=_public(_current(request.state, request.match["id"])))


def cancel_session(request: Request) -> Response:
    """Closes an open session; one that is decided already stays as it is."""
    request.require_key()
    return Response(body=_public(_settle(request.state, request.match["id"], "cancelled")))


def create_refund(request: Request) -> Response:
    """Gives money of a paid session back, never more than was paid."""
    request.require_key()
    asked = request.json()
    with request.state.transaction():
        known = _claimed(request, "refund")
        if known:
            return Response(200, request.state.get("refund", known))
        session, amount = _current(request.state, str(asked.get("session"))), _amount(asked.get("amount"))
        if session["status"] != "paid":
            raise Problem(409, "not_paid", "Only a paid session can be refunded.")
        if amount["currency"] != session["amount"]["currency"]:
            raise Problem(422, "wrong_currency", "A refund is in the currency of the payment.")
        refunded = Decimal(session["refunded"]) + Decimal(amount["value"])
        if refunded > Decimal(session["amount"]["value"]):
            raise Problem(422, "refund_too_large", "The refunds would exceed what was paid.")
        session["refunded"] = str(refunded)
        request.state.put("session", session["id"], session)
        refund = {"id": "ref_" + secrets.token_hex(12), "session": session["id"], "amount": amount, "status": "done"}
        request.state.put("refund", str(refund["id"]), refund)
        _claim(request, str(refund["id"]))
    return Response(201, refund)


# The hosted page --------------------------------------------------------------------------------------------------


def _on_page(view: Callable[[Request, Document], Response]) -> Handler:
    """A handler that looks the session up and answers with a page for people when there is none."""

    def handler(request: Request) -> Response:
        try:
            session = _current(request.state, request.match["id"])
        except Problem:
            language = request.headers.get("accept-language", "")
            return Response(404, page.missing(language), "text/html", page.headers([]))
        return view(request, session)

    return handler


def show_page(request: Request, session: Document) -> Response:
    """The card page while the session is open, afterwards what became of it."""
    if session["status"] != "open":
        return _html(session, page.notice(session, _back(session)))
    return _html(session, page.card(session))


def show_challenge(request: Request, session: Document) -> Response:
    """The second factor, as a bank would ask for it."""
    if session["status"] != "open" or "challenge" not in session:
        return _see_other(f"/psp/pay/{session['id']}")
    return _html(session, page.challenge(session))


def decide(request: Request, session: Document) -> Response:
    """Takes the shopper's decision and sends them on; a decision on a closed session changes nothing."""
    decision = request.match["decision"]
    if session["status"] != "open":
        return _see_other(_back(session))
    if decision == "abandon":
        return _see_other(_with_session(session["cancel_url"], session))
    if decision == "challenge":
        return _start_challenge(request.state, session)
    if decision == "confirm":
        return _confirm(request, session)
    status, failure = ("paid", "") if decision == "approve" else ("failed", "declined")
    return _see_other(_back(_settle(request.state, session["id"], status, failure)))


def _start_challenge(state: State, session: Document) -> Response:
    with state.transaction():
        session = _current(state, session["id"])
        session.setdefault("challenge", {"code": f"{secrets.randbelow(1_000_000):06d}", "left": CODE_TRIES})
        state.put("session", session["id"], session)
    return _see_other(f"/psp/pay/{session['id']}/challenge")


def _confirm(request: Request, session: Document) -> Response:
    typed = request.form().get("code", "").strip()
    with request.state.transaction():
        session = _current(request.state, session["id"])
        asked = session.get("challenge")
        if asked is None:
            return _see_other(f"/psp/pay/{session['id']}")
        if hmac.compare_digest(typed.encode(), asked["code"].encode()):
            return _see_other(_back(_settle(request.state, session["id"], "paid")))
        asked["left"] -= 1
        request.state.put("session", session["id"], session)
        if asked["left"] <= 0:
            return _see_other(_back(_settle(request.state, session["id"], "failed", "challenge_failed")))
    return _html(session, page.challenge(session, wrong=True), status=422)


def _html(session: Document, text: str, status: int = 200) -> Response:
    targets = sorted({_origin(session["return_url"]), _origin(session["cancel_url"])})
    return Response(status, text, "text/html", page.headers(targets))


def _see_other(url: str) -> Response:
    return Response(303, b"", "text/plain", {"Location": url})


def _back(session: Document) -> str:
    url = session["cancel_url"] if session["status"] in {"cancelled", "expired"} else session["return_url"]
    return _with_session(url, session)


def _with_session(url: str, session: Document) -> str:
    mark = "&" if urlsplit(url).query else "?"
    return url + mark + urlencode({"session": session["id"]})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# Sessions ---------------------------------------------------------------------------------------------------------


def _current(state: State, session_id: str) -> Document:
    """The session, expired first if its time is up. Raises `Problem` 404."""
    session = state.get("session", session_id)
    if session is None:
        raise Problem(404, "unknown_session", "There is no such session.")
    if session["status"] == "open" and session["expires_at"] <= time.time():
        return _settle(state, session_id, "expired")
    return session


def _settle(state: State, session_id: str, status: str, failure: str = "") -> Document:
    """Moves an open session to its end and queues the webhook in the same transaction."""
    with state.transaction():
        session = state.get("session", session_id)
        if session is None:
            raise Problem(404, "unknown_session", "There is no such session.")
        if session["status"] != "open":
            return session
        if session["expires_at"] <= time.time():
            status, failure = "expired", ""
        session |= {"status": status, "failure": failure, "decided_at": time.time()}
        state.put("session", session_id, session)
        webhooks.queue(state, "psp", session["webhook_url"], f"payment.{status}", _public(session))
    return session


def _public(session: Document) -> Document:
    return {name: value for name, value in session.items() if name not in _PRIVATE}


def _claimed(request: Request, kind: str) -> str:
    """The id made under this request's key before, or nothing. Raises `Problem` 409 when the body was another."""
    key = request.headers.get("idempotency-key", "")
    if not 1 <= len(key) <= 255:
        raise Problem(400, "no_idempotency_key", "An Idempotency-Key of at most 255 characters is needed.")
    claim = request.state.get("key", f"{request.path} {key}")
    if claim is None:
        return ""
    if claim["body"] != hashlib.sha256(request.body).hexdigest():
        raise Problem(409, "key_reused", f"The key was used for another {kind}.")
    return str(claim["id"])


def _claim(request: Request, made: str) -> None:
    claim = {"id": made, "body": hashlib.sha256(request.body).hexdigest()}
    request.state.put("key", f"{request.path} {request.headers['idempotency-key']}", claim)


# Reading what was asked -------------------------------------------------------------------------------------------


def _amount(value: Any) -> Document:
    amount = value if isinstance(value, dict) else {}
    number, currency = str(amount.get("value", "")), str(amount.get("currency", ""))
    if not _AMOUNT.fullmatch(number) or not re.fullmatch("[A-Z]{3}", currency):
        raise Problem(422, "bad_amount", 'An amount is {"value": "12.50", "currency": "EUR"}.')
    if Decimal(number) == 0:
        raise Problem(422, "bad_amount", "An amount is more than nothing.")
    return {"value": number, "currency": currency}


def _text(asked: Document, name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise Problem(422, f"bad_{name}", f"{name} has 1 to 200 characters.")
    return value


def _url(asked: Document, name: str) -> str:
    value = str(asked.get(name, ""))
    if not _WEB.fullmatch(value) or len(value) > 1000:
        raise Problem(422, f"bad_{name}", f"{name} is an http or https address.")
    return value


def _moment(value: Any, default: float) -> float:
    if value is None:
        return default
    if not isinstance(value, int | float) or not value > time.time():
        raise Problem(422, "bad_expires_at", "expires_at is a moment to come, in seconds since 1970.")
    return float(value)


def _lines(value: Any) -> list[Document]:
    if not isinstance(value, list) or len(value) > 100:
        raise Problem(422, "bad_lines", "lines is a list of at most 100 entries.")
    if not all(isinstance(line, dict) for line in value):
        raise Problem(422, "bad_lines", "A line has a description and an amount.")
    return [{"description": _text(line, "description"), "amount": _line_amount(line)} for line in value]


def _line_amount(line: Document) -> Document:
    amount = line.get("amount")
    free = isinstance(amount, dict) and re.fullmatch(r"0(\.0+)?", str(amount.get("value", "")))
    return dict(amount) if free and isinstance(amount, dict) else _amount(amount)
