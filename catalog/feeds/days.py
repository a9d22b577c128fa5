"""Days as files of the world write them. One that may be another in another country is asked for, never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Final

from catalog.availability import LONGEST_PRE_ORDER
from catalog.feeds.bad_rows import BadRow, cell
from catalog.feeds.tables import Row
from marketplace.kernel.sentences import sentence as _

_YEAR_FIRST: Final = re.compile(r"(\d{4})(?:[-/.年 ]\s*(\d{1,2})[-/.月 ]\s*|(\d\d))(\d{1,2})(?!\d)日?.*", re.DOTALL)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d\d)(?!\d).*", re.DOTALL)
_SECONDS: Final = re.compile(r"1\d{9}")
_OF_EXCEL: Final = re.compile(r"([4-6]\d{4})(\.\d+)?")
_FIRST_OF_EXCEL: Final = date(1899, 12, 30)


def day(line: int, text: str) -> date | None:
    """A day, with or without an hour behind it; None for an empty cell. Raises `BadRow` for what may be two days, or none.

    With points the day comes first; with strokes it may come first or second, which is told only where one is above 12.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    try:
        found = _day(plain)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise BadRow(line, _("“%(text)s” is not a day: write it as 2027-01-31.") % {"text": text[:40]})
    return found


def pre_order(line: int, text: str, on: date) -> date | None:
    """The `day` from which a pre-order is sent, as told `on` another one. Raises `BadRow`."""
    out_on = day(line, text)
    if out_on is not None and out_on > on + LONGEST_PRE_ORDER:
        raise BadRow(line, _("A pre-order has to be sent within two years."))
    return out_on


def _day(text: str) -> date | None:
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC).date()
    if serial := _OF_EXCEL.fullmatch(text):
        return _FIRST_OF_EXCEL + timedelta(days=int(serial[1]))
    if iso := _YEAR_FIRST.fullmatch(text):
        return date(int(iso[1]), int(iso[2] or iso[3]), int(iso[4]))
    if (said := _YEAR_LAST.fullmatch(text)) is None:
        return None
    first, second, year = int(said[1]), int(said[3]), int(said[4])
    year += 2000 if year < 100 else 0
    if said[2] == "." or first > 12 or first == second:
        return date(year, second, first)
    return date(year, first, second) if second > 12 else None


def is_within(line: int, row: Row, begins: str, ends: str, on: date) -> bool:
    """Whether a day lies between those in two columns, either of which may be empty. Raises `BadRow` that names one."""
    first, last = cell(day, line, row, begins), cell(day, line, row, ends)
    return (first is None or first <= on) and (last is None or on <= last)
