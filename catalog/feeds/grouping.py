"""Rows that belong together, wherever they stand in a file, without holding the file in memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from catalog.feeds.tables import Row

_AT_ONCE = 5000


def grouped(rows: Iterable[tuple[str, int, Row]]) -> Iterator[tuple[str, list[tuple[int, Row]]]]:
    """The rows (key, line, cells) by their key, in the order in which the keys first came.

    They are kept in a temporary file of the machine, which goes with the connection.
    """
    with sqlite3.connect("", isolation_level=None) as kept:
        kept.execute("PRAGMA journal_mode = OFF")
        kept.execute("CREATE TABLE keyed (key TEXT PRIMARY KEY, place INTEGER) WITHOUT ROWID")
        kept.execute("CREATE TABLE line (place INTEGER, line INTEGER, cells TEXT)")
        _keep(kept, rows)
        kept.execute("CREATE INDEX by_place ON line (place, line)")
        found = kept.execute(
            "SELECT key, line, cells FROM keyed JOIN line USING (place) ORDER BY place, line"  # in the order of keys
        )
        for key, group in groupby(found, key=itemgetter(0)):
            yield key, [(line, json.loads(cells)) for _key, line, cells in group]
    kept.close()


def _keep(kept: sqlite3.Connection, rows: Iterable[tuple[str, int, Row]]) -> None:
    places: dict[str, int] = {}
    waiting: list[tuple[int, int, str]] = []
    for key, line, row in rows:
        place = places.setdefault(key, len(places))
        waiting.append((place, line, json.dumps(row, ensure_ascii=False)))
        if len(waiting) >= _AT_ONCE:
            _write(kept, waiting)
    _write(kept, waiting)
    kept.executemany("INSERT INTO keyed VALUES (?, ?)", places.items())


def _write(kept: sqlite3.Connection, waiting: list[tuple[int, int, str]]) -> None:
    kept.execute("BEGIN")
    kept.executemany("INSERT INTO line VALUES (?, ?, ?)", waiting)
    kept.execute("COMMIT")
    waiting.clear()
