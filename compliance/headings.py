"""Finds customs codes by words or by their first digits, in the table of HS codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from compliance.models import HSCode

MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LONGEST_WORD = 40
_DIGITS = re.compile(r"\d{2,10}")
# The heading that has most of the words comes first, then the one in which they weigh most.
_FOUND = """
WITH found AS (SELECT code, description, to_tsvector('english', description) AS document FROM compliance_hscode)
SELECT code, description FROM found WHERE document @@ to_tsquery('english', %s)
ORDER BY {matches} DESC, ts_rank(document, to_tsquery('english', %s), 1) DESC, code LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A customs code of six digits or more, and what the Harmonized System says it is, in English."""

    code: str
    description: str


def find_headings(text: str, *, most: int = 8) -> list[Heading]:
    """The headings whose English description has words of `text`, or whose code begins with its digits. One query.

    Empty when there is nothing to look for.
    """
    digits = text.replace(".", "").replace(" ", "")
    if digits.isascii() and _DIGITS.fullmatch(digits):
        rows = HSCode.objects.filter(code__startswith=digits).order_by("code").values_list("code", "description")
        return [Heading(*row) for row in rows[:most]]
    typed = [word for word in _WORD.findall(text.lower()) if 1 < len(word) <= _LONGEST_WORD]
    words = [f"'{word}':*" for word in list(dict.fromkeys(typed))[:MOST_WORDS]]
    if not words:
        return []
    anything = " | ".join(words)
    matches = " + ".join("(document @@ to_tsquery('english', %s))::int" for _ in words)
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(matches=matches), [anything, *words, anything, most])
        return [Heading(*row) for row in cursor.fetchall()]


def headings_of(codes: Iterable[str]) -> list[Heading]:
    """The headings of codes in the order asked for, by their first six digits; those not in the table are left out.

    One query, none for no codes.
    """
    wanted = list(dict.fromkeys(code[:6] for code in codes))
    if not wanted:
        return []
    known = dict(HSCode.objects.filter(code__in=wanted).values_list("code", "description"))
    return [Heading(code, known[code]) for code in wanted if code in known]
