"""What is wrong in the rows of a listing: gathered, so that a seller reads of all of it at once and mends it once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from operator import attrgetter
from types import MappingProxyType, TracebackType
from typing import TypeVar, cast

from catalog.feeds.grouping import MOST_ROWS
from catalog.feeds.listing import FeedListing, LeftOut, RowError
from catalog.feeds.tables import LONGEST_CELL, Row, Table
from marketplace.kernel.sentences import sentence as _

T = TypeVar("T")
Rows = list[tuple[int, Row]]
Groups = Generator[tuple[str, Rows], None, None]
_SHOWN = 40


class BadRow(Exception):
    """A row can't be read: its line in the file, and why; the column and what stands in it where it is one cell's fault."""

    def __init__(self, line: int, reason: str, field: str = "", value: str = "") -> None:
        super().__init__(reason)
        self.line, self.reason, self.field, self.value = line, reason, field, value


class BadListing(Exception):
    """A listing can't be read, for these rows of it."""

    def __init__(self, rows: Iterable[BadRow]) -> None:
        super().__init__()
        self.rows = tuple(rows)


def cell(read: Callable[..., T], line: int, row: Row, field: str, *more: object) -> T:
    """What `read` makes of a cell, which is empty where there is no such column. Raises `BadRow` that names the column."""
    text = row.get(field, "")
    try:
        return read(line, text, *more)
    except BadRow as bad:
        raise BadRow(line, bad.reason, field, text) from bad


class Gathering:
    """Reads a listing, or one row of it, and gathers all that is wrong, of a cell the first thing.

    The end of its block raises `BadListing` when there are any; what a bad part gave until then is never used.
    """

    def __init__(self) -> None:
        self._rows: list[BadRow] = []

    def __enter__(self) -> Gathering:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, BadRow | BadListing):
            self._take(error)
        elif error is not None:
            return
        if self._rows:
            raise BadListing(sorted(self._rows, key=attrgetter("line"))) from error

    def __bool__(self) -> bool:
        return bool(self._rows)

    def add(self, rows: Iterable[BadRow]) -> None:
        """Takes up bad rows that were found elsewhere."""
        self._rows += rows

    def cell(self, read: Callable[..., T], line: int, row: Row, field: str, *more: object) -> T:
        """As the function of this name, but that it goes on."""
        return self.part(cell, read, line, row, field, *more)

    def part(self, read: Callable[..., T], *arguments: object) -> T:
        """What `read` gives."""
        try:
            return read(*arguments)
        except (BadRow, BadListing) as bad:
            self._take(bad)
            return cast("T", None)

    def each(self, read: Callable[..., T], rows: Iterable[tuple[int, Row]], *more: object) -> list[T]:
        """What `read` gives for each of the rows that can be read."""
        found = []
        for line, row in rows:
            try:
                found.append(read(line, row, *more))
            except (BadRow, BadListing) as bad:
                self._take(bad)
        return found

    def _take(self, bad: BadRow | BadListing) -> None:
        self.add([bad] if isinstance(bad, BadRow) else bad.rows)


def read_listings(
    table: Table,
    groups: Groups,
    read: Callable[[str, Rows], FeedListing],
    columns: Mapping[str, str] = MappingProxyType({}),
) -> Generator[FeedListing | LeftOut]:
    """The listings that `read` makes of the groups of rows and, in their places, why others are left out.

    `columns` are those of the file by the names that the rows have for them, where these differ.
    """
    with closing(groups):
        for handle, rows in groups:
            item: FeedListing | LeftOut
            try:
                with Gathering() as bad:
                    bad.add(overlong(table, (line for line, _row in rows)))
                    _check_length(rows)
                    item = read(handle, rows)
            except BadListing as wrong:
                item = left_out(handle, wrong, columns)
            yield item  # outside of the exception, which would hold this frame, and that the exception


def _check_length(rows: Rows) -> None:
    if len(rows) > MOST_ROWS:
        message = _("A listing may have %(most)d rows at most.")
        raise BadRow(rows[MOST_ROWS][0], message % {"most": MOST_ROWS})


def left_out(handle: str, bad: BadListing, columns: Mapping[str, str] = MappingProxyType({})) -> LeftOut:
    """Why a listing, or a row that stands for itself, is left out."""
    return LeftOut(tuple(_told(handle, one, columns) for one in bad.rows))


def overlong(table: Table, lines: Iterable[int]) -> Iterator[BadRow]:
    """The rows that have a cell which is too long to be read, or more cells than there are columns."""
    for line in lines:
        if text := table.spilt.pop(line, ""):
            message = _(
                "This row has more cells than the file has columns, so that none may stand where it belongs."
                " Put what has a separator in it, as 12,50 has, between quotation marks."
            )
            yield BadRow(line, message, value=text)
        if line in table.overlong:
            field, text = table.overlong.pop(line)
            message = _("This cell is longer than %(most)s characters.") % {"most": LONGEST_CELL}
            yield BadRow(line, message, field, text)


def _told(handle: str, bad: BadRow, columns: Mapping[str, str]) -> RowError:
    return RowError(bad.line, handle, bad.reason, columns.get(bad.field, bad.field), bad.value[:_SHOWN])
