"""Customs codes found by words and by digits."""

from __future__ import annotations

import pytest

from compliance.headings import find_headings, headings_of
from compliance.models import HSCode

pytestmark = pytest.mark.django_db

TABLE = {
    "090240": "Tea, black; (fermented) and partly fermented tea, in immediate packings exceeding 3kg",
    "610910": "T-shirts, singlets and other vests; of cotton, knitted or crocheted",
    "610990": "T-shirts, singlets and other vests; of textile materials (other than cotton), knitted or crocheted",
    "620520": "Shirts; men's or boys', of cotton (not knitted or crocheted)",
}


@pytest.fixture(autouse=True)
def table() -> None:
    HSCode.objects.bulk_create(
        HSCode(code=code, description=text, version="2022", source="Tests") for code, text in TABLE.items()
    )


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("cotton T-shirt", ["610910", "610990", "620520"]),
        ("shirts for men", ["620520", "610910", "610990"]),
        ("TEA", ["090240"]),
        ("6109", ["610910", "610990"]),
        ("0902.40", ["090240"]),
        ("the of and", []),
        ("' | ! :* ()", []),
        ("", []),
        ("x" * 300, []),
    ],
)
def test_the_heading_with_most_of_the_words_comes_first(words: str, codes: list[str]) -> None:
    assert [heading.code for heading in find_headings(words)] == codes


def test_headings_come_in_the_order_asked_for() -> None:
    found = headings_of(["6205200000", "610910", "999999", "620520"])

    assert [heading.code for heading in found] == ["620520", "610910"]
    assert headings_of([]) == []
