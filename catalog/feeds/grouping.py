"""Rows that belong together, wherever they stand in a file, without holding the file in memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterable
from itertools import groupby, islice
from operator import itemgetter
from typing import Final, TypeVar

from catalog.feeds.tables import Row

T = TypeVar("T")
MOST_ROWS: Final = 5000  # of a listing: twenty of each of its variants
_AT_ONCE: Final = 5000


class Seen:
    """Which keys came before and what they stand for, in little memory however many they are."""

    def __init__(self) -> None:
        self._kept = _temporary()
        self._kept.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")

    def __del__(self) -> None:
        self._kept.close()

    def add(self, key: str, value: str = "") -> bool:
        """Takes a key up; whether it is a new one."""
        return self._kept.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", [key, value]).rowcount == 1

    def __contains__(self, key: str) -> bool:
        return self._kept.execute("SELECT 1 FROM seen WHERE key = ?", [key]).fetchone() is not None

    def get(self, key: str) -> str:
        """What a key stands for; empty for one that did not come before."""
        row = self._kept.execute("SELECT value FROM seen WHERE key = ?", [key]).fetchone()
        return str(row[0]) if row else ""


def grouped(rows: Iterable[tuple[str, int, Row]]) -> Generator[tuple[str, list[tuple[int, Row]]], None, None]:
    """The rows (key, line, cells) by their key, in the order in which the keys first came.

    They are kept in a temporary file of the machine, which goes with the connection. See `neighbours`.
    """
    kept = _temporary()
    try:
        kept.execute("CREATE TABLE row (key TEXT, line INTEGER, cells TEXT)")
        waiting = ((key, line, json.dumps(row, ensure_ascii=False)) for key, line, row in rows)
        while batch := list(islice(waiting, _AT_ONCE)):
            kept.execute("BEGIN")
            kept.executemany("INSERT INTO row VALUES (?, ?, ?)", batch)
            kept.execute("COMMIT")
        kept.execute("CREATE INDEX by_key ON row (key)")
        kept.execute("CREATE TABLE listing (place INTEGER PRIMARY KEY, key TEXT)")
        kept.execute("INSERT INTO listing SELECT min(rowid), key FROM row GROUP BY key")
        found = kept.execute(
            "SELECT key, line, cells FROM listing CROSS JOIN row USING (key) ORDER BY place, row.rowid"  # in which they lie
        )
        for key, group in neighbours((key, line, cells) for key, line, cells in found):
            yield key, [(line, json.loads(cells)) for line, cells in group]
    finally:
        kept.close()


def neighbours(rows: Iterable[tuple[str, int, T]]) -> Generator[tuple[str, list[tuple[int, T]]], None, None]:
    """The rows (key, line, cells) that stand together, by their key.

    Of more than `MOST_ROWS` the first that is too many is the last one given; the others are passed over.
    """
    for key, group in groupby(rows, key=itemgetter(0)):
        yield key, [(line, cells) for _key, line, cells in islice(group, MOST_ROWS + 1)]


def _temporary() -> sqlite3.Connection:
    """A database in a file that goes with it; of it no more than some megabytes is held."""
    kept = sqlite3.connect("", isolation_level=None)
    kept.execute("PRAGMA journal_mode = OFF")
    kept.execute("PRAGMA synchronous = OFF")
    kept.execute("PRAGMA cache_size = -8000")
    kept.execute("PRAGMA temp_store = FILE")
    return kept
