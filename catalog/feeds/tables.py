"""A seller's file as a table, whatever holds it: CSV or TSV in any usual encoding, a workbook of Excel, or XML.

Everything about the file is found by its content; its name says nothing.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import IO, Any, Final

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from marketplace.kernel.errors import Refused

Row = dict[str, str]
_MOST_CELL: Final = 1_000_000
_LOOKED_AT: Final = 200_000  # bytes from which encoding and delimiter are told
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ENCODINGS: Final = ["utf_8", "cp932", "gb18030"]
_FOREIGN: Final = re.compile(r"[\u0080-\U0010ffff]")
_AMID_WORDS: Final = re.compile(r"(?<=[A-Za-z])[\u3000-\U0010ffff](?=[A-Za-z])")
_DELIMITERS: Final = ",;\t|"
_WORKBOOK_BYTES: Final = 600_000_000  # unpacked


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, in lower case, and its rows with the line of each, counted from 1. Rows are read once.

    A cell is text without blanks around it; a column that a row lacks is empty in it, and one without a name is called
    "column 7".
    """

    names: tuple[str, ...]
    rows: Iterator[tuple[int, Row]]


def open_table(stream: IO[bytes]) -> Table:
    """The table in a file. Raises `Refused`: "file_empty", "damaged_file"."""
    start = stream.read(_LOOKED_AT)
    stream.seek(0)
    if not start.strip():
        raise Refused("file_empty", _("There are no listings in the file."))
    if start.startswith(b"PK\x03\x04"):
        from catalog.feeds.workbooks import workbook_table

        return workbook_table(stream)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        from catalog.feeds.workbooks import old_workbook_table

        return old_workbook_table(stream)
    if start.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<"):
        from catalog.feeds.markup_tables import markup_table

        return markup_table(stream)
    text = io.TextIOWrapper(stream, encoding=encoding_of(start), newline="")
    return csv_table(text)


def line_by_line(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows of a table in which each stands for itself: (key, line, cells)."""
    return ((f"line {line}", line, row) for line, row in table.rows)


def beginning(content: bytes) -> bytes:
    """The first lines of a long CSV file as a file of its own; of any other kind of file, all of it."""
    is_text = not content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    if len(content) <= _LOOKED_AT or not is_text or content.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<"):
        return content
    end = content.rfind(b"\n", 0, _LOOKED_AT) + 1 or _LOOKED_AT
    return content[: end + end % 2] if encoding_of(content[:_LOOKED_AT]).startswith("utf-16") else content[:end]


def encoding_of(start: bytes) -> str:
    """The encoding of text that begins with `start`: by its mark, by the zero bytes of ASCII letters in UTF-16, else
    the likeliest of those that sellers use. What fits none of them is said to be UTF-8, which then can't be read."""
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if start[1:400:2].count(0) > len(start[:400]) // 4:
        return "utf-16-le"
    if start[:400:2].count(0) > len(start[:400]) // 4:
        return "utf-16-be"
    best = from_bytes(start[: start.rfind(b"\n") + 1] or start, cp_isolation=_ENCODINGS).best()
    return best.encoding if best and not _is_garbled(str(best)) else "utf-8"


def _is_garbled(text: str) -> bool:
    """Whether most of what is not ASCII stands amid words of ASCII: an accent of another encoding, read wrongly."""
    foreign = len(_FOREIGN.findall(text))
    return foreign > 0 and len(_AMID_WORDS.findall(text)) * 2 > foreign


def csv_table(stream: IO[str]) -> Table:
    """The table of a text opened with `newline=""`, whatever parts its cells. Raises as `open_table` does."""
    csv.field_size_limit(_MOST_CELL)
    try:
        start = stream.readline() or ""
        while start and not start.strip():
            start = stream.readline()
    except UnicodeDecodeError as error:
        raise _damaged(1) from error
    delimiter = max(_DELIMITERS, key=start.count)
    reader = csv.reader(chain([start], stream), delimiter=delimiter)
    return table_of(lambda: reader.line_num, _guarded(reader))


def table_of(line: Callable[[], int], rows: Iterator[list[str]]) -> Table:
    """A table of rows of cells, the first of which names the columns; `line` tells the last line that was read."""
    names = tuple(name.lstrip("\ufeff").strip().lower() for name in next(rows, []))
    return Table(names, _dictionaries(names, line, rows))


def _guarded(reader: Any) -> Iterator[list[str]]:
    try:
        yield from reader
    except (csv.Error, UnicodeDecodeError) as error:
        raise _damaged(reader.line_num) from error


def _damaged(line: int) -> Refused:
    message = _("The file can't be read beyond line %(line)d: it is damaged or in an encoding that we don't know.")
    return Refused("damaged_file", message % {"line": line})


def _dictionaries(
    names: tuple[str, ...], line: Callable[[], int], rows: Iterable[list[str]]
) -> Iterator[tuple[int, Row]]:
    first = line() + 1
    for cells in rows:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(names) - len(cells))]
            values = zip(_wide(names, len(padded)), padded, strict=True)
            yield first, {name: value.strip().replace("\x00", "") for name, value in values if name}
        first = line() + 1


def _wide(names: tuple[str, ...], count: int) -> Iterable[str]:
    """The names, and for cells beyond the last of them "column 7"."""
    return chain(names, (f"column {number}" for number in range(len(names) + 1, count + 1)))


def cell_text(value: Any) -> str:
    """A value of a workbook as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def is_too_large(stream: IO[bytes]) -> bool:
    """Whether a workbook would unpack to more than anybody's listings take."""
    with zipfile.ZipFile(stream) as archive:
        return sum(entry.file_size for entry in archive.infolist()) > _WORKBOOK_BYTES
