"""Customs codes found in the table: by their digits, and by what goods are called."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from compliance.classification.goods import GoodsText
from compliance.headings import find_by_digits, goods_index, is_known
from compliance.models import HSCode
from compliance.rules.loading import load_rules
from marketplace.devtools.bench.counting import counted

pytestmark = pytest.mark.django_db

TABLE = {
    "090240": "Tea, black; (fermented) and partly fermented tea, in immediate packings exceeding 3kg",
    "610910": "T-shirts, singlets and other vests; of cotton, knitted or crocheted",
    "610990": "T-shirts, singlets and other vests; of textile materials (other than cotton), knitted or crocheted",
    "620520": "Shirts; men's or boys', of cotton (not knitted or crocheted)",
    "6205200011": "Shirts for men, hand-made",
}


@pytest.fixture(autouse=True)
def table() -> None:
    HSCode.objects.bulk_create(
        HSCode(code=code, description=text, version="2022", source="Tests") for code, text in TABLE.items()
    )


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("6109", ["610910", "610990"]),
        ("0902.40", ["090240"]),
        (" 62 05 20 ", ["620520", "6205200011"]),
        ("999999", []),
        ("cotton T-shirt", None),
        ("6", None),
        ("12345678901", None),
        ("٦١٠٩", None),
        ("", None),
    ],
)
def test_digits_lead_to_the_codes_that_begin_with_them(typed: str, codes: list[str] | None) -> None:
    found = find_by_digits(typed)

    assert (found if found is None else [one.code for one in found]) == codes


@pytest.mark.parametrize(
    ("words", "best"),
    [
        ("cotton T-shirt", ["610910"]),
        ("shirts for men", ["620520"]),
        ("TEA", ["090240"]),
        ("the of and", []),
        ("' | ! :* ()", []),
        ("x" * 300, []),
        ("", []),
    ],
)
def test_words_lead_to_the_codes_of_six_digits_in_the_table(words: str, best: list[str]) -> None:
    found = [one.code for one in goods_index().likely(GoodsText(words))]

    assert found[:1] == best
    assert set(found) <= {code for code in TABLE if len(code) == 6}


def test_a_code_is_known_by_all_its_digits() -> None:
    assert is_known("610910") and not is_known("6109") and not is_known("")


def test_the_index_is_built_once_and_anew_when_the_table_changes() -> None:
    first = goods_index()
    with counted() as counts:
        assert goods_index() is first
    assert counts.queries == 1

    HSCode.objects.create(code="950300", description="Tricycles, dolls and other toys", version="2022", source="Tests")

    assert [one.code for one in goods_index().likely(GoodsText("doll"))] == ["950300"]
    assert load_rules().writes
    assert len(goods_index()) == 486


def test_a_text_that_an_officer_mends_counts_at_once(
    admin_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    row = HSCode.objects.get(code="090240")
    goods_index()

    values = {"code": row.code, "description": "Tea, quuxified", "version": row.version, "source": row.source}
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin_client.post(f"/admin/compliance/hscode/{row.pk}/change/", values)

    assert answer.status_code == 302
    assert [one.code for one in goods_index().likely(GoodsText("quuxified"))] == ["090240"]


def test_an_empty_table_proposes_nothing() -> None:
    HSCode.objects.all().delete()

    assert goods_index().likely(GoodsText("cotton T-shirt")) == []
