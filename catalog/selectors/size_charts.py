"""The details and the size chart on the page of a listing: sizes in the system of the reader's country, its units too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from babel import Locale
from babel.numbers import format_decimal
from django.db import connection
from django.utils.translation import gettext, override

from catalog.models import SizeChart
from catalog.selectors.attributes import ANSWERS, Detail, detail_of
from catalog.selectors.navigation import text_column
from catalog.units import INCH_COUNTRIES
from marketplace.kernel.region import Region

_SYSTEMS: Final = {"GB": "UK", "IE": "UK", "US": "US", "CA": "US", "JP": "JP", "CN": "CN"}
_REST: Final = "EU"
_MM_OF_AN_INCH: Final = Decimal("25.4")
# The chart of the seller before that of the shop, the nearest category first; only where the goods have one of its sizes.
_PAGE: Final = """
SELECT (SELECT json_agg(json_build_array(code, name, kind, unit, answer, choices) ORDER BY position, code)
        FROM ({answers}) d),
    (SELECT json_build_array(s.sizes, s.labels, s.measures)
     FROM catalog_product p JOIN catalog_category own ON own.id = p.category_id
     JOIN catalog_category c ON own.path LIKE c.path || '%%'
     JOIN catalog_sizechart s ON s.category_id = c.id AND (s.seller_id = p.seller_id OR s.seller_id IS NULL)
     WHERE p.id = %(product)s AND EXISTS (
        SELECT 1 FROM catalog_option o JOIN catalog_optionvalue v ON v.option_id = o.id, unnest(s.sizes) size
        WHERE o.product_id = p.id AND lower(size) IN (lower(v.code), lower(v.name_en)))
     ORDER BY s.seller_id IS NULL, c.depth DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a size chart: what it is, and a cell for each size, empty where it is not known."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A size chart for a reader: the sizes as their country writes them, then other systems and measures."""

    heading: str
    sizes: tuple[str, ...]
    rows: tuple[Row, ...]


def page_details(product_id: int, region: Region) -> tuple[list[Detail], Chart | None]:
    """The details of a listing and the chart of its sizes, None where there is none. One query."""
    answers = ANSWERS.format(name=text_column("name", region.language), condition="a.product_id = %(product)s")
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(answers=answers), {"product": product_id})
        rows, chart = cursor.fetchone()
    with override(region.language):
        found = [detail for row in rows or () if (detail := detail_of(row, region)) is not None]
        return found, chart_for(chart[0], chart[1], chart[2], region) if chart else None


def chart_for(
    sizes: Sequence[str], labels: Mapping[str, Sequence[str]], measures: Mapping[str, Sequence[Any]], region: Region
) -> Chart:
    """A size chart as a reader in `region` reads it."""
    own = _SYSTEMS.get(region.country, _REST)
    head, heading = (labels[own], SizeChart.System(own).label) if own in labels else (sizes, gettext("Size"))
    others = [
        Row(str(system.label), tuple(labels[system])) for system in SizeChart.System
        if system in labels and labels[system] is not head
    ]  # fmt: skip
    plain = [size.removeprefix("EU ") for size in sizes]  # "EU 37" says no more than the row of EU sizes
    if head is not sizes and plain not in [list(each) for each in labels.values()]:
        others.insert(0, Row(gettext("Size"), tuple(sizes)))
    measured = [
        Row(_label(measure, region), tuple(_cell(number, region) for number in measures[measure]))
        for measure in SizeChart.Measure if measure in measures
    ]  # fmt: skip
    return Chart(str(heading), tuple(head), (*others, *measured))


def _label(measure: SizeChart.Measure, region: Region) -> str:
    text = gettext("%(measure)s in inches") if region.country in INCH_COUNTRIES else gettext("%(measure)s in cm")
    return text % {"measure": measure.label}


def _cell(millimetres: Any, region: Region) -> str:
    if millimetres is None:
        return ""
    number = Decimal(str(millimetres))
    size = _MM_OF_AN_INCH if region.country in INCH_COUNTRIES else Decimal(10)
    rounded = (number / size).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return format_decimal(rounded, locale=Locale.parse(region.language.replace("-", "_")))
