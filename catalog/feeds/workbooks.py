"""Workbooks of Excel, new (XLSX) and old (XLS), as tables: the sheet in sight whose columns are what the caller looks for."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import IO, Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from catalog.feeds.tables import LONGEST_ROW, Rank, Table, cell_text, damaged, is_too_large, no_table, table_of
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _

# What the readers of workbooks raise where one is not as it should be.
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, SyntaxError, LookupError, ValueError, TypeError, AttributeError,
    ArithmeticError, AssertionError, OSError, EOFError,
)  # fmt: skip
_MOST_COLUMNS: Final = 2000  # a row is as wide as its last cell, and one cell is enough for sixteen thousand
_MOST_ROWS: Final = 1_048_576  # of Excel
_ROW: Final = re.compile(rb"<(?:\w{1,40}:)?row[\s/>]|</(?:\w{1,40}:)?sheetData>")
_LONGEST_MARK: Final = 60
_AT_ONCE: Final = 1_000_000
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")


def workbook_table(stream: IO[bytes], rank: Rank) -> Table:
    """The table of a workbook, read row by row. Raises `Refused`: "damaged_file", "file_empty", "no_table"."""
    try:
        with zipfile.ZipFile(stream) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                raise no_table()
        if is_too_large(stream):
            raise Refused("file_too_large", _("The workbook is too large when it is unpacked."))
        with zipfile.ZipFile(stream) as archive:
            for name in archive.namelist():
                if "worksheets/" in name.lower():
                    with archive.open(name) as sheet:
                        if _is_endless(sheet):
                            raise _unreadable()
        stream.seek(0)
        sheets = load_workbook(stream, read_only=True, data_only=True).worksheets
    except _BROKEN as error:
        raise _unreadable() from error
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    return _best_of(((sheet.title, _Rows(_values(sheet))) for sheet in shown), rank)


def old_workbook_table(stream: IO[bytes], rank: Rank) -> Table:
    """The table of a workbook as Excel wrote it until 2003. Raises `Refused`: "damaged_file", "file_empty", "protected_file"."""
    import xlrd

    content = stream.read()
    try:
        # Other programs write the table of sectors differently from Excel; what can be read is read.
        options = {"on_demand": True, "logfile": io.StringIO(), "ignore_workbook_corruption": True}
        sheets = xlrd.open_workbook(file_contents=content, **options).sheets()
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError, *_BROKEN) as error:
        if _LOCKED in content or "encrypted" in str(error):
            message = _("The workbook is protected by a password. Save it without one.")
            raise Refused("protected_file", message) from error
        raise _unreadable() from error
    shown = [sheet for sheet in sheets if not sheet.visibility] or sheets
    return _best_of(((sheet.name, _Rows(map(sheet.row_values, range(sheet.nrows)))) for sheet in shown), rank)


def _unreadable() -> Refused:
    return Refused("damaged_file", _("The workbook can't be read: it is damaged or not from Excel."))


def _best_of(sheets: Iterable[tuple[str, _Rows]], rank: Rank) -> Table:
    """The table on the sheets that comes first by its rank, and which others there are."""
    tables = [(name, _within(table)) for name, rows in sheets if (table := table_of(rows.line, iter(rows))).names]
    if not tables:
        raise Refused("file_empty", _("There are no listings in the file."))
    best = min(range(len(tables)), key=lambda place: rank(tables[place][1].names))
    name, table = tables.pop(best)
    if not tables:
        return table
    message = _("Only the sheet “%(name)s” was read, not these: %(others)s.")
    return replace(table, unread=(message % {"name": name, "others": ", ".join(other for other, _table in tables)},))


def _within(table: Table) -> Table:
    """The table without what stands beside it."""
    named = frozenset(table.names)
    rows = (
        (line, row if len(row) <= len(named) else {name: text for name, text in row.items() if name in named})
        for line, row in table.rows
    )
    return replace(table, rows=rows)


def _values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong by a thousand million cells
    for number, values in enumerate(sheet.iter_rows(min_row=1, values_only=True)):
        if number == _MOST_ROWS:  # rows that are not there are given up to the number of the next one
            raise ValueError
        yield values[:_MOST_COLUMNS]


def _is_endless(sheet: IO[bytes]) -> bool:
    """Whether a sheet has a row that is longer than any table's: it would be held in memory as a whole."""
    begun = place = 0
    rest = b""
    for chunk in iter(lambda: sheet.read(_AT_ONCE), b""):
        text = rest + chunk
        for mark in _ROW.finditer(text):
            if place + mark.start() - begun > LONGEST_ROW:
                return True
            begun = place + mark.start()
        rest = text[-_LONGEST_MARK:]
        place += len(text) - len(rest)
        if place - begun > LONGEST_ROW:
            return True
    return False


class _Rows:
    """The rows of a sheet as text, and the number of the last one."""

    def __init__(self, values: Iterator[Iterable[Any]]) -> None:
        self._values, self._number = values, 0

    def line(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[list[str]]:
        try:
            for values in self._values:
                self._number += 1
                yield [cell_text(value) for value in values] if any(value not in (None, "") for value in values) else []
        except _BROKEN as error:
            raise damaged(self._number) from error
