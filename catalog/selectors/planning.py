"""Statements that the database plans for the values asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_anew() -> Iterator[None]:
    """No statement inside the block is prepared: each is planned for its values.

    A prepared one gets a plan for any values after a few times, by which a price that very many goods have is read to
    its end. Planning takes half a millisecond more.
    """
    connection.ensure_connection()
    session = connection.connection
    before = session.prepare_threshold
    session.prepare_threshold = None
    try:
        yield
    finally:
        session.prepare_threshold = before
