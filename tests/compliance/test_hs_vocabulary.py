"""The words that lead to customs codes, and the held-out goods on which they are measured."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import pytest

from compliance.classification.vocabulary import NOMENCLATURE, category_words, goods_words, qualities, quality_words
from compliance.classification.wording import bare, plain, term_forms
from compliance.rules.files import read_table
from marketplace.devtools.bench.hs_codes import DEMO, LANGUAGES, Figures, Held, figures, held_out, shipped_index

CODES = {row["code"]: row for row in read_table("hs_codes")[0]}


# The vocabulary ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [goods_words(), quality_words(), category_words()], ids=["goods", "qualities", "shelves"]
)
def test_each_row_has_words_in_every_language(words: tuple[object, ...]) -> None:
    languages: dict[str, list[str]] = defaultdict(list)
    for row in words:
        languages[row.key].append(row.language)  # type: ignore[attr-defined]
        assert all(term and term == term.strip() and term_forms(term, row.language) for term in row.terms), row  # type: ignore[attr-defined]
        assert len(set(row.terms)) == len(row.terms), row  # type: ignore[attr-defined]

    assert {key: sorted(held) for key, held in languages.items() if sorted(held) != sorted(LANGUAGES)} == {}


def test_every_code_of_the_table_has_words_and_every_word_a_code() -> None:
    prefixes = {words.key for words in goods_words()}

    assert [code for code in CODES if code not in prefixes and code[:4] not in prefixes] == []
    assert [prefix for prefix in prefixes if not any(code.startswith(prefix) for code in CODES)] == []
    assert {len(prefix) for prefix in prefixes} == {4, 6}


def test_the_shelves_are_those_of_the_codes() -> None:
    assert {words.key for words in category_words()} == {row["shop_category"] for row in CODES.values()}


def test_every_quality_is_asked_for_by_some_code() -> None:
    texts = " ".join(row["description"].lower() for row in CODES.values())

    assert [one.name for one in qualities() if not any(phrase in texts for phrase in one.phrases)] == []
    assert {one.key for one in quality_words()} == {one.name for one in qualities()}
    assert NOMENCLATURE not in LANGUAGES


# The held-out goods -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def held() -> list[Held]:
    return held_out()


def test_they_are_thirty_in_each_language_with_codes_of_the_table(held: list[Held]) -> None:
    assert Counter(one.goods.language for one in held) == dict.fromkeys(LANGUAGES, 30)
    assert {one.code for one in held} <= CODES.keys()
    assert len({CODES[one.code]["shop_category"] for one in held}) == 25
    assert len({(one.goods.language, one.code) for one in held}) == len({one.goods.title for one in held}) == 210


def test_none_stands_in_the_vocabulary_or_in_the_demo_catalogue(held: list[Held]) -> None:
    def key(text: str) -> str:
        return bare(plain(text))

    seen = {key(term) for words in goods_words() for term in words.terms}
    for language in LANGUAGES:
        products = json.loads((DEMO / "text" / f"{language}.json").read_text("utf-8"))["products"]
        seen |= {key(product["name"]) for product in products.values()}

    assert [one.goods.title for one in held if key(one.goods.title) in seen] == []


def test_the_true_code_is_among_five_as_often_as_it_was_measured(held: list[Held]) -> None:
    """Measured 0.876 (recall@5), 0.695 (recall@1), 0.764 (MRR); a little less is let through, a change for the worse not."""
    index = shipped_index()

    whole = figures(held, index.likely)
    by_language = {
        language: figures([one for one in held if one.goods.language == language], index.likely).among_five
        for language in LANGUAGES
    }

    assert whole.among_five >= 0.85 and whole.first >= 0.66 and whole.reciprocal >= 0.73
    assert {language: share for language, share in by_language.items() if share < 0.75} == {}


def test_the_figures_count_places() -> None:
    index = shipped_index()
    goods = held_out()[0].goods
    codes = [proposal.code for proposal in index.likely(goods)]

    found = figures([Held(goods, codes[0]), Held(goods, codes[1]), Held(goods, "000000")], index.likely)

    assert found == Figures(3, 1 / 3, 2 / 3, (1 + 1 / 2) / 3)
