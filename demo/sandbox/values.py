"""What the parts of the sandbox hand to each other: requests, answers, problems, and the state they share."""

from __future__ import annotations

import hmac
import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

DEVELOPMENT_SECRET = "sandbox-secret-for-development"  # noqa: S105
Document = dict[str, Any]


class Problem(Exception):
    """An answer other than success: HTTP status, a stable code, and a sentence for the log of the caller."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class State:
    """Documents by kind and key, in insertion order; safe between threads, committed before a call returns."""

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self.bell = threading.Event()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS document (place INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,"
            " key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, key))"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together or not at all; other threads wait meanwhile."""
        with self.lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def get(self, kind: str, key: str) -> Document | None:
        """A copy of the document, or None."""
        with self.lock:
            row = self._db.execute("SELECT value FROM document WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, key: str, value: Document) -> None:
        """Keeps the document, in place of one with the same key."""
        with self.lock:
            self._db.execute(
                "INSERT INTO document (kind, key, value) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                (kind, key, json.dumps(value)),
            )

    def insert(self, kind: str, key: str, value: Document) -> bool:
        """Keeps the document unless there is one with this key; tells whether it did."""
        with self.lock:
            cursor = self._db.execute(
                "INSERT INTO document (kind, key, value) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO NOTHING",
                (kind, key, json.dumps(value)),
            )
            return cursor.rowcount == 1

    def delete(self, kind: str, key: str) -> None:
        """Forgets the document, if there is one."""
        with self.lock:
            self._db.execute("DELETE FROM document WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str) -> list[Document]:
        """Copies of every document of a kind, the oldest first."""
        with self.lock:
            rows = self._db.execute("SELECT value FROM document WHERE kind = ? ORDER BY place", (kind,)).fetchall()
        return [json.loads(row[0]) for row in rows]

    def close(self) -> None:
        with self.lock:
            self._db.close()


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in lower case, of a repeated query or form field the last value counts."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    match: re.Match[str]
    state: State
    secret: str = DEVELOPMENT_SECRET

    def json(self) -> Document:
        """The body as a JSON object. Raises `Problem` 400."""
        try:
            value = json.loads(self.body)
        except ValueError:
            raise Problem(400, "malformed_json", "The body is not JSON.") from None
        if not isinstance(value, dict):
            raise Problem(400, "malformed_json", "The body is not a JSON object.")
        return value

    def form(self) -> dict[str, str]:
        """The fields of a posted form."""
        return last_values(parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def require_key(self) -> None:
        """Lets nobody pass who does not send the API key as a bearer token. Raises `Problem` 401."""
        given = self.headers.get("authorization", "").removeprefix("Bearer ").encode()
        if not hmac.compare_digest(given, self.secret.encode()):
            raise Problem(401, "bad_api_key", "The API key is missing or wrong.")

    @property
    def origin(self) -> str:
        """The address under which the caller reached the sandbox, without a slash at the end."""
        return f"http://{self.headers.get('host', 'localhost')}"


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; a dict or list as body is sent as JSON."""

    status: int = 200
    body: Any = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        """The body as it goes over the wire."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False).encode()


Handler = Callable[[Request], Response]
Route = tuple[str, str, Handler]


def last_values(fields: dict[str, list[str]]) -> dict[str, str]:
    """Of each repeated field the last value."""
    return {name: values[-1] for name, values in fields.items()}
