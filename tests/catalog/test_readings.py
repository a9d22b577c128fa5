"""How titles in Chinese and Japanese sound, and which sounds a typed word may be."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.readings import heard, hepburn, sounds
from catalog.search_text import query_words


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("zh-hans", "茶杯 Hum", {"cha", "bei", "chabei"}),
        ("zh-hans", "绿茶", {"lv", "lu", "cha", "lvcha", "lucha"}),
        ("zh-hans", "长袖", {"zhang", "chang", "xiu", "zhangxiu", "changxiu"}),
        ("ja", "急須", {"きゅ", "ゅう", "うす", "kyusu"}),
        ("ja", "湯呑み", {"ゆの", "のみ", "yunomi", "yuno", "nomi"}),
        ("ja", "コーヒー", {"こー", "ーひ", "ひー", "kohi"}),
        ("ja", "蒸籠", set()),
        ("en", "Tea 茶", set()),
        ("zh-hans", "", set()),
    ],
)
def test_a_title_sounds_as_it_is_read(language: str, title: str, expected: set[str]) -> None:
    assert set(sounds(title, language).split()) == expected


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [
        ("zh-hans", "cháhú", [("chahu",)]),
        ("zh-hans", "lǜchá", [("lvcha",)]),
        ("zh-hans", "erji", []),
        ("zh-hans", "茶", []),
        ("zh-hans", "headphones", []),
        ("ja", "kyūsu", [("kyusu",)]),
        ("ja", "kyuusu", [("kyusu",)]),
        ("ja", "kyusu", []),
        ("ja", "heddohon", [("heddo", "ddoho", "hon")]),
        ("ja", "shimbun", [("shinbun",), ("shin", "nbu", "bun")]),
        ("ja", "headphones", []),
        ("ja", "キュ", [("きゅ",)]),
        ("ja", "急須", []),
        ("de", "tschüss", []),
    ],
)
def test_a_typed_word_is_heard_in_another_way_of_writing(language: str, typed: str, expected: object) -> None:
    assert heard(typed, language) == expected


def test_pinyin_without_blanks_is_taken_apart_into_the_neighbours_of_the_titles() -> None:
    assert ("baowen", "wenbei") in heard("baowenbei", "zh-hans")


@pytest.mark.parametrize(
    ("one", "other"), [("shimbun", "sinbun"), ("matcha", "maccha"), ("tōkyō", "toukyou"), ("jyuuni", "zyuni"), ("huton", "futon")]
)  # fmt: skip
def test_ways_to_write_one_sound_are_the_same(one: str, other: str) -> None:
    assert hepburn(one) == hepburn(other)


@given(st.text(max_size=60), st.sampled_from(["zh-hans", "ja", "ar", "en"]))
def test_nothing_that_is_typed_or_sold_breaks_it(text: str, language: str) -> None:
    for word in query_words(text, language):
        assert all(part.strip() for parts in heard(word, language) for part in parts)
    assert "'" not in sounds(text, language)


def test_those_who_only_search_load_no_dictionary() -> None:
    code = (
        "import sys; from catalog.search_query import tsquery, wider; from catalog.synonyms import Synonyms as S;"
        "tsquery('chabei 茶', S('zh-hans')); tsquery('kyuusu', S('ja')); wider('筷子', S('zh-hans'));"
        "print({'pypinyin', 'fugashi', 'rjieba'} & set(sys.modules))"
    )

    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
