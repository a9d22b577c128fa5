"""The rows of a file that were left out, as a table that can be mended and sent again.

It has the columns of the file behind one that says what is wrong; who reads it again passes over that one, and takes the
apostrophes away that keep cells from being formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from catalog.feeds.grouping import Seen
from catalog.feeds.lines import Lines
from catalog.feeds.tables import Row, Table
from marketplace.kernel.spreadsheet import harmless, restored

WRONG: Final = "left out because"
Keyed = Callable[[Table], Iterator[tuple[str, int, Row]]]


def remains(
    read: Callable[[], Table], wrong: Container[int], reasons: Mapping[int, str], *, keyed: Keyed
) -> Iterator[list[str]]:  # fmt: skip
    """The names of the columns, then each row of each listing that has a line in `wrong`, with its reason if there is one.

    `read` gives the table from its beginning, three times, so that little of it is held. `keyed` says which
    listing a row belongs to, as the reader of the format does.
    """
    left_out = _all_lines(read, wrong, keyed)
    table = read()
    names = [*_named(table.names)]
    known = frozenset(names)
    yield [WRONG, *names]
    for line, row in table.rows:
        if line in left_out:
            beyond = [
                row[name] for name in row if name != WRONG and name not in known
            ]  # moved there, so it stays wrong
            cells = [*(row.get(name, "") for name in names), *(beyond if any(beyond) else ())]
            yield [harmless(reasons.get(line, "")), *map(harmless, cells)]


def mended(table: Table) -> Table:
    """The table as it was before `remains` wrote it; any other table as it is."""
    if WRONG not in table.names:
        return table
    rows = ((line, _restored(row)) for line, row in table.rows)
    return replace(table, names=_named(table.names), rows=rows)


def _all_lines(read: Callable[[], Table], wrong: Container[int], keyed: Keyed) -> Lines:
    """The lines of all rows of the listings that have one of the wrong lines."""
    keys = Seen()
    for key, line, _row in keyed(read()):
        if line in wrong:
            keys.add(key)
    return Lines(line for key, line, _row in keyed(read()) if key in keys)


def _named(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name != WRONG)


def _restored(row: Mapping[str, str]) -> Row:
    return {name: restored(text) for name, text in row.items() if name != WRONG}
