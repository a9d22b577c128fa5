"""Links of invitations: signed, so that nothing that lies in the database leads in. Pure but for the secret key."""

from __future__ import annotations

import secrets
from typing import Final

from django.core import signing

_SALT: Final = "invitation of a seller"


def new_nonce() -> str:
    """What makes the link of a letter its own."""
    return secrets.token_hex(16)


def token_of(key: int, nonce: str) -> str:
    """The last part of the link for the invitation `key`."""
    return signing.Signer(salt=_SALT).sign(f"{key}-{nonce}")


def read_token(token: str) -> tuple[int, str] | None:
    """Key and nonce of a link that we signed, None for any other."""
    try:
        key, _dash, nonce = signing.Signer(salt=_SALT).unsign(token).partition("-")
    except signing.BadSignature:
        return None
    return (int(key), nonce) if key.isascii() and key.isdigit() else None
