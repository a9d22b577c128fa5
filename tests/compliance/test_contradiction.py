"""When a customs code contradicts the category of goods, or their words: a bag coded as a toy."""

from __future__ import annotations

import json

import pytest

from compliance.classification.contradiction import (
    Contradiction,
    contradiction,
    contradiction_of_words,
    expected_prefixes,
)
from compliance.classification.goods import GoodsText
from compliance.classification.index import GoodsIndex
from compliance.classification.vocabulary import prefixes_by_category, subheadings
from compliance.rules.files import read_all
from marketplace.devtools.bench.hs_codes import DEMO, LANGUAGES, shipped_index


@pytest.fixture(scope="module")
def index() -> GoodsIndex:
    return shipped_index()


@pytest.mark.parametrize(
    ("goods", "category", "hs_code", "is_wrong"),
    [
        ("a bag coded as a toy", "bags", "950300", True),
        ("a bag of textiles", "bags", "420292", False),
        ("a basketwork bag", "bags", "460219", False),
        ("a bag with the code of another heading of its chapter", "bags", "420310", False),
        ("a T-shirt coded as furniture", "t-shirts", "940360", True),
        ("a T-shirt", "t-shirts", "610910", False),
        ("a T-shirt with ten digits", "t-shirts", "6109100010", False),
        ("a woven shirt", "shirts-blouses", "620520", False),
        ("a shirt coded as a book", "shirts-blouses", "490199", True),
        ("a lamp coded as a toy", "lighting", "950300", True),
        ("lights for a Christmas tree", "lighting", "950510", False),
        ("a skate", "shoes", "950670", False),
        ("a shoe coded as a toy", "shoes", "950300", True),
        ("a table", "furniture", "940360", False),
        ("a table coded as a table-cloth", "furniture", "630251", False),
        ("a table coded as a watch", "furniture", "910211", True),
        ("headphones coded as jewellery", "headphones", "711719", True),
        ("headphones", "headphones", "851830", False),
        ("coffee coded as a cup", "coffee", "691110", True),
        ("coffee", "coffee", "090121", False),
        ("tea of herbs", "tea", "121190", False),
        ("soap coded as food", "soap", "210690", True),
        ("a book coded as a toy", "books", "950300", True),
        ("a wooden toy coded as wood", "wooden-toys", "442199", False),
        ("a wooden toy coded as a shoe", "wooden-toys", "640399", True),
        ("a category that nobody knows", "everything", "950300", False),
        ("no category", "", "950300", False),
        ("no code", "bags", "", False),
        ("a code that is none", "bags", "95", False),
        ("letters", "bags", "toycar", False),
        ("digits of another script", "bags", "٩٥٠٣٠٠", False),
    ],
)
def test_a_chapter_where_such_goods_never_are_contradicts(
    goods: str, category: str, hs_code: str, is_wrong: bool
) -> None:
    assert (contradiction(hs_code, expected_prefixes([category])) is not None) is is_wrong, goods


def test_the_nearest_category_that_is_known_decides() -> None:
    assert expected_prefixes(["t-shirts", "clothing"]) == ("61", "62")
    assert expected_prefixes(["hats", "clothing"]) == expected_prefixes(["clothing"]) != ()
    assert expected_prefixes(["hats"]) == expected_prefixes([]) == ()


def test_a_contradiction_says_what_it_stands_on_in_plain_words() -> None:
    found = contradiction("950300", ("6109", "6110", "62"))

    assert found == Contradiction("category", "950300", ("6109", "6110", "62"))
    assert found.params == {
        "hs_code": "950300", "chapter": "95", "expected": "6109, 6110, 62", "ground": "category", "words": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("title", "hs_code", "is_wrong"),
    [
        ("Leather backpack", "950300", True),
        ("Leather backpack", "420291", False),
        ("Doll's stroller", "950300", False),  # may be either
        ("Doll's stroller", "871500", False),
        ("Cotton T-shirt", "940360", True),
        ("Zzzz", "950300", False),
        ("", "950300", False),
    ],
)
def test_words_contradict_where_they_are_clear(index: GoodsIndex, title: str, hs_code: str, is_wrong: bool) -> None:
    found = contradiction_of_words(hs_code, index.likely(GoodsText(title)))

    assert (found is not None) is is_wrong
    assert found is None or (found.ground, found.words != ()) == ("words", True)


def test_no_code_of_the_demo_catalogue_contradicts_its_category() -> None:
    catalogue = json.loads((DEMO / "catalogue.json").read_text("utf-8"))

    wrong = [one["slug"] for one in catalogue["products"]
             if contradiction(one["hs_code"], expected_prefixes([one["category"]]))]  # fmt: skip

    assert wrong == []


def test_every_category_of_the_demo_catalogue_is_known_or_below_one_that_is() -> None:
    def unknown(branches: list[dict[str, object]], above: list[str]) -> list[str]:
        found = []
        for branch in branches:
            trail = [str(branch["slug"]), *above]
            found += unknown(branch.get("children", []), trail)  # type: ignore[arg-type]
            if not expected_prefixes(trail):
                found.append(trail[0])
        return found

    catalogue = json.loads((DEMO / "catalogue.json").read_text("utf-8"))
    assert unknown(catalogue["categories"], []) == ["home-living"]  # anything may stand in a home


def test_true_codes_are_seldom_contradicted_by_words(index: GoodsIndex) -> None:
    catalogue = json.loads((DEMO / "catalogue.json").read_text("utf-8"))["products"]
    texts = {code: json.loads((DEMO / "text" / f"{code}.json").read_text("utf-8"))["products"] for code in LANGUAGES}

    alarms = []
    for language in LANGUAGES:
        for one in catalogue:
            goods = GoodsText(texts[language][one["slug"]]["name"], language=language)
            if contradiction_of_words(one["hs_code"], index.likely(goods)):
                alarms.append((language, one["slug"]))

    assert len(alarms) <= 0.03 * 7 * len(catalogue), alarms


def test_the_file_holds_chapters_and_headings() -> None:
    for category, prefixes in prefixes_by_category().items():
        assert prefixes and all(len(one) in (2, 4) and one.isdigit() for one in prefixes), category
        assert list(prefixes) == sorted(set(prefixes)), category


def test_the_nomenclature_is_whole() -> None:
    codes = subheadings()

    assert len(codes) == 5612
    assert {row["code"] for row in read_all()["hs_codes"]} <= codes
    assert all(len(code) == 6 and code.isdigit() for code in codes)


def test_rules_name_codes_that_the_nomenclature_has() -> None:
    named = [
        (table, row["code"], prefix)
        for table in ("restrictions", "epr_schemes", "product_rules")
        for row in read_all()[table]
        for prefix in row["hs_prefixes"].split()
    ]

    assert [each for each in named if not any(code.startswith(each[2]) for code in subheadings())] == []
