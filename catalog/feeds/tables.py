"""A seller's file as a table, whatever holds it: CSV or TSV in any usual encoding, a workbook of Excel, or XML.

Everything about the file is found by its content; its name says nothing.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from itertools import chain, islice
from typing import IO, Any, Final

from catalog.feeds.code_pages import CodePage
from catalog.feeds.encodings import ENCODINGS, encoding_of, guessed
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _
from marketplace.kernel.signs import printable

Row = dict[str, str]
Rank = Callable[[tuple[str, ...]], int]
LONGEST_CELL: Final = 1_000_000  # signs of a cell; a longer one is an error of its row
LONGEST_ROW: Final = 10_000_000  # signs of a row of CSV; with a longer one the file ends
_NO_TABLES: Final = (
    b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"(\xb5/\xfd", b"BZh", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8",
)  # fmt: skip
_PAGE: Final = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table)\b", re.IGNORECASE)
_LOOKED_AT: Final = 200_000  # bytes from which encoding and delimiter are told
TEMPLATE_MARK, TEMPLATE_KEY = "templatetype=", "item_sku"  # of Amazon: in the first row, and a column
UNIFIED_MARK, UNIFIED_KEY = "settings=", "contribution_sku#1.value"  # the same of its unified templates
_DELIMITERS: Final = ",;\t|"
_HEADINGS: Final = 10  # rows that may stand above the names of the columns
_TOLD_DELIMITER: Final = re.compile(r"sep=([,;\t|])")
_WORKBOOK_BYTES: Final = 400_000_000  # unpacked, of sheets that are read row by row
_WORDS_BYTES: Final = 40_000_000  # of the words that all sheets share, which are held in memory


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, in lower case, and its rows with the line of each, counted from 1. Rows are read once.

    A cell is text without blanks around it; a column that a row lacks is empty in it, and one without a name is called
    "column 7". `overlong` has, by the lines of the rows that were read, the column of a cell that is too long to be
    read, and its beginning; the cell is empty then. `spilt` has, by line, what stands beyond the last column of a row of
    CSV: a separator within a cell moved it there. `unread` are sentences on what of the file is no part of the table, and on an
    encoding of which nobody can be sure. `repeated` are the names that several columns have, and how many.
    """

    names: tuple[str, ...]
    rows: Iterator[tuple[int, Row]]
    overlong: dict[int, tuple[str, str]] = field(default_factory=dict)
    spilt: dict[int, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    repeated: Mapping[str, int] = field(default_factory=dict)


def open_table(
    stream: IO[bytes], *, longest: int = LONGEST_CELL, encoding: str = "", rank: Rank = lambda names: 0
) -> Table:
    """The table in a file, with cells of at most so many signs; `encoding` is that of text, if somebody knows it.

    Of the sheets of a workbook it is that of the lowest `rank` by the names of its columns, and of these the first.

    Raises `Refused`: "file_empty", "damaged_file", "no_table".
    """
    table = _contained(stream, encoding, rank)
    return replace(table, rows=_shortened(table, longest))


def _shortened(table: Table, longest: int) -> Iterator[tuple[int, Row]]:
    for line, row in table.rows:
        if max(map(len, row.values()), default=0) > longest:
            name = next(name for name, text in row.items() if len(text) > longest)
            table.overlong[line] = name, row[name][:100]
            row = {name: text if len(text) <= longest else "" for name, text in row.items()}
        yield line, row


def _contained(stream: IO[bytes], encoding: str, rank: Rank) -> Table:
    start = stream.read(_LOOKED_AT)
    stream.seek(0)
    if not start.strip():
        raise Refused("file_empty", _("There are no listings in the file."))
    if start.startswith(_NO_TABLES) or _PAGE.match(start):
        raise no_table()
    if start.startswith(b"PK\x03\x04"):
        from catalog.feeds.workbooks import workbook_table

        return workbook_table(stream, rank)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        from catalog.feeds.workbooks import old_workbook_table

        return old_workbook_table(stream, rank)
    if _is_markup(start):
        from catalog.feeds.markup_tables import markup_table

        return markup_table(stream)
    return _text_table(stream, start, encoding)


def _text_table(stream: IO[bytes], start: bytes, encoding: str) -> Table:
    found = _guessed(stream, start)
    table = csv_table(io.TextIOWrapper(stream, encoding=encoding or found.name, newline=""))
    if encoding or found.is_sure:
        return table
    message = _(
        "The file does not say in which encoding it is. It was read as %(encoding)s: choose another one if letters are wrong."
    )
    return replace(table, unread=(message % {"encoding": ENCODINGS[found.name]},))


def _guessed(stream: IO[bytes], start: bytes) -> CodePage:
    """The encoding of a text, told by its first signs beyond ASCII wherever they stand."""
    is_told = len(start) < _LOOKED_AT or not start.isascii()
    return guessed(start if is_told else _first_foreign(stream) or start)


def text_encoding(stream: IO[bytes]) -> str:
    """The encoding of a file of text; empty for one with a mark, a workbook and XML, which say it themselves."""
    start = stream.read(_LOOKED_AT)
    if _is_workbook(start) or _is_markup(start):
        return ""
    stream.seek(0)
    encoding = _guessed(stream, start).name
    return encoding if encoding in ENCODINGS else ""


def no_table() -> Refused:
    """Why a file is not read at all."""
    message = _(
        "This is no table but a page of the web, a document, a picture or a packed file."
        " Send the CSV, the XML or the workbook of Excel itself."
    )
    return Refused("no_table", message)


def _is_workbook(start: bytes) -> bool:
    return start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def _is_markup(start: bytes) -> bool:
    if start.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<"):
        return True
    encoding = encoding_of(start[:400])
    return encoding.startswith("utf-16") and start[:400].decode(encoding, "ignore").lstrip("\ufeff \t\r\n").startswith(
        "<"
    )


def _first_foreign(stream: IO[bytes]) -> bytes:
    """A part of a long file with the first signs beyond ASCII in it, from the beginning of a line; empty without any."""
    place = 0
    for chunk in iter(lambda: stream.read(1_000_000), b""):
        if not chunk.isascii():
            at = next(index for index, byte in enumerate(chunk) if byte > 0x7F)
            begin = place + max(chunk.rfind(b"\n", 0, at) + 1, at - _LOOKED_AT // 2)
            stream.seek(begin)
            found = stream.read(_LOOKED_AT)
            stream.seek(0)
            return found
        place += len(chunk)
    stream.seek(0)
    return b""


def line_by_line(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows of a table in which each stands for itself: (key, line, cells)."""
    return ((f"line {line}", line, row) for line, row in table.rows)


def beginning(content: bytes) -> bytes:
    """The first lines of a long CSV file as a file of its own; of any other kind of file, all of it."""
    if (
        len(content) <= _LOOKED_AT
        or _is_workbook(content)
        or content.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<")
    ):
        return content
    is_wide = encoding_of(content[:_LOOKED_AT]).startswith("utf-16")
    size = _LOOKED_AT
    while size < len(content):
        end = content.rfind(b"\n", 0, size) + 1
        if content.count(b"\n", 0, end) > 1 and content.count(b'"', 0, end) % 2 == 0:
            return content[: end + end % 2] if is_wide else content[:end]
        size *= 2  # not even the first row ends so soon
    return content


def csv_table(stream: IO[str]) -> Table:
    """The table of a text opened with `newline=""`, whatever parts its cells. Raises as `open_table` does."""
    csv.field_size_limit(LONGEST_ROW)
    lines = iter(partial(stream.readline, LONGEST_ROW + 1), "")
    begun: list[str] = []
    told = None
    try:
        for start in islice(lines, _HEADINGS):
            begun.append(start)
            # A line of Excel's own may stand before all others.
            told = _TOLD_DELIMITER.fullmatch(start.strip("\ufeff \r\n").lower())
            if told or any(map(start.count, _DELIMITERS)):
                break
    except UnicodeDecodeError as error:
        raise damaged(1) from error
    delimiter = told[1] if told else max(_DELIMITERS, key=begun[-1].count) if begun else ","
    ahead = len(begun) if told else 0
    records = _Records(chain(begun[ahead:], lines), delimiter, ahead)
    table = table_of(records.line, iter(records))
    return replace(table, rows=_with_spilt(table))


def _with_spilt(table: Table) -> Iterator[tuple[int, Row]]:
    named = frozenset(table.names)
    for line, row in table.rows:
        if len(row) > len(named) and (more := " ".join(row[name] for name in row if name not in named).strip()):
            table.spilt[line] = more[:100]
        yield line, row


class _TooLong(Exception):
    """A row has no end."""


class _Records:
    """The records of a text, read one ahead: the last one only counts when no quotation runs on to the end."""

    def __init__(self, lines: Iterator[str], delimiter: str, ahead: int) -> None:
        self._marks = self._length = 0
        self._reader = csv.reader(self._counted(lines), delimiter=delimiter)
        self._line = self._ahead = ahead

    def line(self) -> int:
        """The last line of the record that was given last."""
        return self._line

    def _counted(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self._marks += line.count('"')
            self._length += len(line)
            if self._length > LONGEST_ROW:
                raise _TooLong
            yield line

    def __iter__(self) -> Iterator[list[str]]:
        held: list[str] | None = None
        ended = self._ahead
        try:
            for cells in self._reader:
                self._length = 0
                if held is not None:
                    self._line = ended
                    yield held
                held, ended = cells, self._reader.line_num + self._ahead
        except _TooLong:
            message = _(
                "The row that begins in line %(line)d is longer than %(most)s characters, so the file can't be read"
                " further. Look for a quotation mark that is not closed."
            )
            raise Refused("damaged_file", message % {"line": ended + 1, "most": LONGEST_ROW}) from None
        except (csv.Error, UnicodeDecodeError) as error:
            raise damaged(self._reader.line_num + self._ahead) from error
        if held is None:
            return
        if self._marks % 2 and any("\n" in cell for cell in held):
            message = _(
                "A quotation mark that opens in line %(line)d is not closed, so the file can't be read further."
            )
            raise Refused("damaged_file", message % {"line": self._line + 1})
        self._line = ended
        yield held


def table_of(line: Callable[[], int], rows: Iterator[list[str]]) -> Table:
    """A table of rows of cells; `line` tells the last line that was read.

    The first row of two cells or more names the columns: a heading above them has one, and one of comments has "#" in all.
    A template of Amazon has two rows for people above the names.
    """
    begun = islice(filter(any, rows), _HEADINGS)
    head = next((cells for cells in begun if _is_head(cells) or _is_template(tuple(map(_name, cells)))), [])
    written = tuple(map(_name, head))
    if _is_template(written):
        heads = (tuple(map(_name, cells)) for cells in begun)
        written = next((each for each in heads if TEMPLATE_KEY in each or UNIFIED_KEY in each), written)
    names = _told_apart(written)
    repeated = {name: count for name, count in Counter(filter(None, written)).items() if count > 1}
    return Table(names, _dictionaries(names, line, rows), repeated=repeated)


def _is_template(names: tuple[str, ...]) -> bool:
    return any(name.startswith((TEMPLATE_MARK, UNIFIED_MARK)) for name in names)


def _is_head(cells: Iterable[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip("\ufeff \t")]
    return len(filled) > 1 and not all(cell.startswith("#") for cell in filled)


def _name(cell: str) -> str:
    """The name of a column without the signs that nobody sees: marks of direction and order, blanks of other kinds."""
    return " ".join("".join(sign for sign in printable(cell) if unicodedata.category(sign) != "Cf").split()).lower()


def _told_apart(names: Iterable[str]) -> tuple[str, ...]:
    """The names of columns, of which the first of several alike keeps its name: "price", "price (2)"."""
    counts: Counter[str] = Counter()
    found = []
    for name in names:
        counts[name] += 1
        found.append(further(name, counts[name]) if name and counts[name] > 1 else name)
    return tuple(found)


def further(name: str, number: int) -> str:
    """What the second and each later one of several columns of one name is called here."""
    return f"{name} ({number})"


def damaged(line: int) -> Refused:
    """Why a file is not read beyond a line."""
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
            yield first, {name: _text(value) if value else "" for name, value in values if name}
        first = line() + 1


def _text(value: str) -> str:
    """A cell with ends of lines as a workbook has them, so that a choice is the same whatever holds the table."""
    text = printable(value).strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


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
        entries = archive.infolist()
    whole = sum(entry.file_size for entry in entries)
    held = sum(entry.file_size for entry in entries if "worksheets/" not in entry.filename.lower())
    return whole > _WORKBOOK_BYTES or held > _WORDS_BYTES
