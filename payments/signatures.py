"""Proves that a webhook was signed with a shared secret and is not old, after Standard Webhooks 1.0.

The specification: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from marketplace.kernel.errors import Refused

TOLERANCE_SECONDS = 300


def signing_key(secret: str) -> bytes:
    """The key of a secret: decoded from base64 after "whsec_", else the secret's own bytes."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"))
    return secret.encode()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a genuine message; `headers` are in lower case.

    The signature covers id, timestamp and body; the sender may give several, as when a secret is being changed.
    Raises `Refused("forged_webhook")` for a missing or wrong signature, and `Refused("stale_webhook")` when the
    message was signed more than five minutes before or after `now`.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not secret or not message_id or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise _forged()
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = hmac.new(signing_key(secret), signed, hashlib.sha256).digest()
    given = [part.removeprefix("v1,") for part in headers.get("webhook-signature", "").split() if part[:3] == "v1,"]
    if not any(hmac.compare_digest(expected, _decoded(signature)) for signature in given):
        raise _forged()
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise Refused("stale_webhook", _("This message is too old."))
    return message_id


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _forged() -> Refused:
    return Refused("forged_webhook", _("The signature of this message is missing or wrong."))
