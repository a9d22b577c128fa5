"""A word in the shared cache that changes when the rules do, so that every process notices within seconds.

A process asks the cache at most once in `CHECK_EVERY` seconds; while the cache can't be reached it goes on
with what it last heard.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import Final

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

KEY: Final = "compliance:rules:version"
CHECK_EVERY: Final = 5.0

_log = logging.getLogger(__name__)
_heard = ""
_own_changes = 0
_asked_at: float | None = None


def current() -> str:
    """The version of the rules as last heard, at most `CHECK_EVERY` seconds ago, and what this process changed."""
    global _heard, _asked_at
    moment = time.monotonic()
    if _asked_at is None or moment - _asked_at >= CHECK_EVERY:
        _asked_at = moment
        try:
            _heard = str(cache.get(KEY) or "")
        except (RedisError, OSError):
            _log.warning("The cache can't be asked for the version of the rules; going on with the last one.")
    return f"{_heard}.{_own_changes}"


def change() -> None:
    """Every process builds its rule books anew within `CHECK_EVERY` seconds of the end of this transaction."""
    transaction.on_commit(_announce)


def forget() -> None:
    """The next question goes to the cache."""
    global _asked_at
    _asked_at = None


def _announce() -> None:
    global _own_changes
    _own_changes += 1
    try:
        cache.set(KEY, secrets.token_hex(8), timeout=None)
    except (RedisError, OSError):
        _log.error("The rules have changed, but the cache can't be told: restart the other processes.")
