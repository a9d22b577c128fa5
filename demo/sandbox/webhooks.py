"""Delivers signed webhooks at least once: queued in the state, tried again with growing pauses until they are taken.

A message is signed as Standard Webhooks 1.0 says (https://www.standardwebhooks.com): HMAC-SHA256 over
"id.timestamp.body", sent in the headers webhook-id, webhook-timestamp and webhook-signature. The id stays the same
on every attempt, so that the receiver can tell a repetition; the timestamp is that of the attempt.
Switches for tests, under "webhooks" in a section of the faults, are read when a message is queued:
`{"duplicate": true}` sends each message twice, `{"delay_ms": 500}` holds it back, `{"never": true}` loses it,
`{"bad_signature": true}` signs it with a wrong key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from demo.sandbox.values import Document, State

FIRST_PAUSE, LONGEST_PAUSE, ATTEMPTS = 0.5, 60.0, 24
AT_ONCE, TIMEOUT = 8, 10
logger = logging.getLogger("sandbox.webhooks")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


def key_of(secret: str) -> bytes:
    """The signing key: decoded from base64 after "whsec_", else the secret's own bytes."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            raise ValueError("The secret after whsec_ is not base64.") from None
    return secret.encode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the webhook-signature header."""
    digest = hmac.new(key_of(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def queue(state: State, section: str, url: str, kind: str, data: Document) -> None:
    """Keeps one message for delivery; call it inside the transaction that changes what it tells of."""
    switches = (state.get("faults", section) or {}).get("webhooks", {})
    if not url or switches.get("never"):
        return
    now = time.time()
    message_id = "evt_" + secrets.token_hex(12)
    body = json.dumps({"type": kind, "timestamp": now, "data": data}, ensure_ascii=False)
    state.put(
        "delivery",
        message_id,
        {
            "id": message_id,
            "url": url,
            "body": body,
            "attempts": 0,
            "due_at": now + switches.get("delay_ms", 0) / 1000,
            "copies": 2 if switches.get("duplicate") else 1,
            "bad_signature": bool(switches.get("bad_signature")),
        },
    )
    state.bell.set()


def deliver(state: State, secret: str, stop: threading.Event) -> None:
    """Sends what is due until `stop` is set; messages left over from an earlier run are sent first."""
    under_way: set[str] = set()
    while not stop.is_set():
        state.bell.clear()
        busy = set(under_way)  # read before the queue: what ends in between is neither in it nor sent again
        now, pause = time.time(), LONGEST_PAUSE
        for message in state.all("delivery"):
            if message["id"] in busy:
                continue
            if message["due_at"] > now:
                pause = min(pause, message["due_at"] - now)
            elif len(under_way) < AT_ONCE:
                under_way.add(message["id"])
                threading.Thread(target=_attempt, args=(state, secret, message, under_way, stop), daemon=True).start()
        state.bell.wait(pause)


def _attempt(state: State, secret: str, message: Document, under_way: set[str], stop: threading.Event) -> None:
    answers = [_send(secret, message) for _ in range(message["copies"])]
    taken = all(answers)
    message["attempts"] += 1
    with state.lock:
        if stop.is_set():
            return
        if taken or message["attempts"] >= ATTEMPTS:
            state.delete("delivery", message["id"])
        else:
            message["due_at"] = time.time() + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (message["attempts"] - 1))
            state.put("delivery", message["id"], message)
    if not taken:
        logger.warning("Attempt %s to deliver %s was not taken", message["attempts"], message["id"])
    under_way.discard(message["id"])
    state.bell.set()


def _send(secret: str, message: Document) -> bool:
    """One attempt; true when the receiver answered with a success."""
    body, timestamp = message["body"].encode(), int(time.time())
    key = "not-the-" + secret if message["bad_signature"] else secret
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "sandbox-psp/1",
        "webhook-id": message["id"],
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(key, message["id"], timestamp, body),
    }
    request = urllib.request.Request(message["url"], body, headers, method="POST")
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            return bool(200 <= answer.status < 300)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except (OSError, ValueError) as error:
        logger.debug("No answer from %s: %s", message["url"], error)
        return False
