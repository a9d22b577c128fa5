"""Keeps what is secret about traders unreadable in the storage, in the database and in copies of both.

Fernet (AES-128-CBC with HMAC-SHA256) under the keys of DOCUMENT_KEYS: the first one seals, every one opens.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from marketplace.kernel.errors import Unavailable


def seal(content: bytes) -> bytes:
    """The content under the first key; another result each time."""
    return _locks(tuple(settings.DOCUMENT_KEYS)).encrypt(content)


def unseal(sealed: bytes) -> bytes:
    """The content again. Raises `Unavailable` when none of the keys opens it, or somebody has changed it."""
    try:
        return _locks(tuple(settings.DOCUMENT_KEYS)).decrypt(sealed)
    except InvalidToken as error:
        raise Unavailable("No key of DOCUMENT_KEYS opens this, or it was changed.") from error


def seal_anew(sealed: bytes) -> bytes | None:
    """The same content under the first key, None when it is under that key already. Raises `Unavailable`."""
    keys = tuple(settings.DOCUMENT_KEYS)
    try:
        _locks(keys[:1]).decrypt(sealed)
    except InvalidToken:
        return seal(unseal(sealed))
    return None


def seal_text(text: str) -> str:
    """As `seal`, for a column of text; nothing stays nothing."""
    return seal(text.encode()).decode("ascii") if text else ""


def unseal_text(sealed: str) -> str:
    """As `unseal`, for a column of text."""
    return unseal(sealed.encode("ascii")).decode() if sealed else ""


@lru_cache(maxsize=8)
def _locks(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
