"""The rows of a file that were left out, as a table that can be mended and sent again.

It has the columns of the file behind one that says what is wrong; who reads it again passes over that one, and takes the
apostrophes away that keep cells from being formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

from catalog.feeds import amazon
from catalog.feeds.tables import Row, Table
from marketplace.kernel.spreadsheet import harmless, restored

WRONG: Final = "left out because"


def remains(table: Table, reasons: Iterable[tuple[int, str, str]], *, format: str) -> Iterator[list[str]]:
    """The names of the columns, then each row that belongs to a listing that was left out.

    `reasons` are (line, handle, reason). A row belongs to it when it stands in its line or has its handle in a cell; the
    reason stands in the line that it is about.
    """
    by_line = {line: reason for line, _handle, reason in reasons}
    handles = {handle for _line, handle, _reason in reasons if handle}
    rows = iter(amazon.rows(table) if format == "amazon" else table.rows)
    first = next(rows, None)
    if first is None:
        return
    names = [name for name in first[1] if name != WRONG] if format == "amazon" else _names(table)
    yield [WRONG, *names]
    for line, row in chain([first], rows):
        if line in by_line or not handles.isdisjoint(row.values()):
            yield [harmless(by_line.get(line, "")), *(harmless(row.get(name, "")) for name in names)]


def mended(table: Table) -> Table:
    """The table as it was before `remains` wrote it; any other table as it is."""
    if WRONG not in table.names:
        return table
    return Table(_named(table.names), ((line, _restored(row)) for line, row in table.rows))


def _names(table: Table) -> list[str]:
    return [*_named(table.names)]


def _named(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name != WRONG)


def _restored(row: Mapping[str, str]) -> Row:
    return {name: restored(text) for name, text in row.items() if name != WRONG}
