"""Workbooks of Excel, new (XLSX) and old (XLS), as tables: the first sheet that has anything in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from catalog.feeds.tables import Table, cell_text, is_too_large, table_of
from marketplace.kernel.errors import Refused


def workbook_table(stream: IO[bytes]) -> Table:
    """The table of a workbook, read row by row. Raises `Refused("damaged_file")`, "file_empty"."""
    try:
        if is_too_large(stream):
            raise Refused("file_too_large", _("The workbook is too large when it is unpacked."))
        stream.seek(0)
        book = load_workbook(stream, read_only=True, data_only=True)
        rows = next((rows for sheet in book.worksheets if (rows := _filled(sheet)) is not None), None)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        raise Refused("damaged_file", _("The workbook can't be read: it is damaged or not from Excel.")) from error
    if rows is None:
        raise Refused("file_empty", _("There are no listings in the file."))
    return table_of(rows.line, iter(rows))


def old_workbook_table(stream: IO[bytes]) -> Table:
    """The table of a workbook as Excel wrote it until 2003. Raises `Refused("damaged_file")`, "file_empty"."""
    import xlrd

    try:
        # Other programs write the table of sectors differently from Excel; what can be read is read.
        options = {"on_demand": True, "logfile": io.StringIO(), "ignore_workbook_corruption": True}
        book = xlrd.open_workbook(file_contents=stream.read(), **options)
        sheet = next((sheet for sheet in book.sheets() if sheet.nrows), None)
    except (
        xlrd.XLRDError,
        xlrd.compdoc.CompDocError,
        AssertionError,
        IndexError,
        ValueError,
        UnicodeDecodeError,
    ) as error:
        raise Refused("damaged_file", _("The workbook can't be read: it is damaged or not from Excel.")) from error
    if sheet is None:
        raise Refused("file_empty", _("There are no listings in the file."))
    values = (tuple(sheet.row_values(index)) for index in range(1, sheet.nrows))
    rows = _Rows(tuple(sheet.row_values(0)), 1, values)
    return table_of(rows.line, iter(rows))


class _Rows:
    """The rows of a sheet as text, and the number of the last one."""

    def __init__(self, first: tuple[Any, ...], number: int, rest: Iterator[tuple[Any, ...]]) -> None:
        self._first, self._number, self._rest = first, number, rest

    def line(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[list[str]]:
        yield [cell_text(value) for value in self._first]
        for row in self._rest:
            self._number += 1
            yield [cell_text(value) for value in row]


def _filled(sheet: Any) -> _Rows | None:
    sheet.reset_dimensions()  # what the file says of its size may be wrong by a thousand million cells
    rows = sheet.iter_rows(values_only=True)
    for number, row in enumerate(rows, start=1):
        if any(value not in (None, "") for value in row):
            return _Rows(row, number, rows)
    return None
