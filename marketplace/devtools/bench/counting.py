"""Counts what a request asks of database and cache, exactly; the tests of query counts use it too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from redis.connection import Connection

ASKED = "X-Bench-Count"  # the header of a request whose answer is to tell its counts
QUERIES, TRIPS, BEHIND = "X-Bench-Queries", "X-Bench-Cache-Trips", "X-Bench-Queries-Behind"


@dataclass(slots=True)
class Counts:
    """SQL statements sent, and round trips to the cache (a pipeline or MGET is one)."""

    statements: list[str] = field(default_factory=list)
    cache_trips: int = 0

    @property
    def queries(self) -> int:
        """The number of statements."""
        return len(self.statements)


@contextmanager
def counted() -> Iterator[Counts]:
    """Counts what this thread asks of database and cache inside the block.

    Commands of the broker, whose connections are of a class of their own, are not trips to the cache.
    """
    counts = Counts()
    send = Connection.send_packed_command

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        counts.statements.append(sql)
        return execute(sql, params, many, context)

    def send_and_note(self: Connection, *arguments: Any, **options: Any) -> Any:
        counts.cache_trips += type(self) is Connection
        return send(self, *arguments, **options)

    Connection.send_packed_command = send_and_note  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(note):
            yield counts
    finally:
        Connection.send_packed_command = send  # type: ignore[method-assign]


class CountingMiddleware:
    """Adds the counts to the answer of a request that asks for them; others pass untouched.

    Messages of the payment provider are always counted, and what they took so far is told along with the rest.
    """

    behind = 0

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_message = request.path.startswith("/webhooks/")
        if not is_message and ASKED not in request.headers:
            return self.get_response(request)
        with counted() as counts:
            response = self.get_response(request)
        if is_message:
            CountingMiddleware.behind += counts.queries
        response.headers[QUERIES] = str(counts.queries)
        response.headers[TRIPS] = str(counts.cache_trips)
        response.headers[BEHIND] = str(self.behind)
        return response
