"""Finds customs codes in the table of HS codes: by their first digits, or by what goods are called (`classification`)."""

from __future__ import annotations

import re
from threading import Lock

from django.db.models import Count, Max

from compliance.classification.goods import Proposal
from compliance.classification.index import GoodsIndex
from compliance.classification.nomenclature import HSText
from compliance.models import HSCode
from compliance.rules import version as rule_version

_DIGITS = re.compile(r"\d{2,10}")
_BLANKS = re.compile(r"[.\s]")

_Row = tuple[str, str, str]
_kept: tuple[object, list[_Row], GoodsIndex] | None = None
_building = Lock()


def find_by_digits(text: str, *, most: int = 8) -> list[Proposal] | None:
    """The codes that begin with the digits of `text`, in their order; None where it is anything else. One query."""
    digits = _BLANKS.sub("", text)
    if not (digits.isascii() and _DIGITS.fullmatch(digits)):
        return None
    rows = HSCode.objects.filter(code__startswith=digits).order_by("code").values_list("code", "description")
    return [Proposal(code, description, 1.0) for code, description in rows[:most]]


def is_known(code: str) -> bool:
    """Whether the table has a code of exactly these digits. One query."""
    return HSCode.objects.filter(code=code).exists()


def goods_index() -> GoodsIndex:
    """The index over the codes of six digits in the table: built once for each process, anew when a text changes.

    One small query; two after rules changed. A change of a text counts once it is announced, as every change of rules is.
    """
    global _kept
    version = rule_version.current(), *HSCode.objects.aggregate(count=Count("pk"), last=Max("pk")).values()
    kept = _kept
    if kept is not None and kept[0] == version:
        return kept[2]
    with _building:
        if _kept is None or _kept[0] != version:
            codes = HSCode.objects.order_by("code").values_list("code", "description", "shop_category")
            rows = [row for row in codes if len(row[0]) == 6]
            is_same = _kept is not None and _kept[1] == rows
            _kept = version, rows, _kept[2] if _kept and is_same else GoodsIndex([HSText(*row) for row in rows])
        return _kept[2]
