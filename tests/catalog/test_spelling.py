"""Which words a title has, what of a search is compared with them, and which of them was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search_text import bare, query_words, segmented
from catalog.spelling import Similar, folded, mended, terms, to_look_up


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "The USB-C cable, 2 m (87 keys)", {"the", "usb", "cable", "keys"}),
        ("de", "Over-Ear-Kopfhörer Größe_XL", {"over", "ear", "kopfhörer", "größe"}),
        ("ar", "إبريق شاي خزفي", {"إبريق", "شاي", "خزفي"}),
        ("zh-hans", "Hum 头戴式耳机", {"hum", "头戴式", "耳机", "头戴式耳机"}),
        ("ja", "Hum ﾜｲﾔﾚｽイヤホン", {"hum", "ワイヤレスイヤホン"}),
        ("ja", "陶器のティーポット", {"陶器", "ティーポット", "陶器のティーポット"}),
        ("de", "陶瓷 Kanne", {"kanne"}),
        ("en", "x" * 41, set()),
        ("en", "", set()),
    ],
)
def test_the_words_of_a_title_are_those_that_one_would_type(language: str, title: str, expected: set[str]) -> None:
    assert set(terms(title, language)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("théière", "theiere"), ("größe", "große"), ("إبريق", "ابريق"), ("ポット", "ポット"), ("keyboard", "keyboard")],
)
def test_words_are_compared_without_accents(word: str, expected: str) -> None:
    assert folded(word) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Keybord 87", ["keybord"]),
        ("茶壶", ["茶壶"]),
        ("蓝茶壶x", ["蓝茶", "蓝茶壶", "茶壶"]),
        ("茶" * 13, []),
        ("a an xy", []),
        ("", []),
    ],
)
def test_what_is_compared(typed: str, expected: list[str]) -> None:
    assert to_look_up(typed) == expected


def test_however_much_is_typed_no_more_than_forty_words_are_compared() -> None:
    assert len(to_look_up(" ".join(f"word{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10]}" for n in range(100)))) == 40


KNOWN = {
    "keybord": (Similar("keyboard", 40, 1), Similar("board", 90, 3)),
    "lamp": (Similar("lamp", 1, 0), Similar("lamb", 500, 2), Similar("clamp", 9, 1)),
    "umbrela": (Similar("umbrela", 1, 0), Similar("umbrella", 10, 1)),
    "theiere": (Similar("théière", 3, 0),),
    "cat": (Similar("coast", 9, 2),),
    "xyzxyzx": (Similar("xyaaazx", 9, 3),),
    "蓝色": (Similar("蓝色", 5, 0), Similar("绿色", 9, 1)),
    "耳鸡": (Similar("耳机", 7, 1), Similar("耳环", 2, 1)),
    "色耳": (Similar("色彩", 1, 1),),
    "旅行": (Similar("旅行", 9, 0),),
    "旅行散": (Similar("旅行", 9, 1), Similar("旅行伞", 2, 1)),
}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("keybord", "keyboard"),
        ("Keybord", "Keyboard"),
        ("red keybord, 87 keys", "red keyboard, 87 keys"),
        ("theiere", "théière"),
        ("lamp", "lamp"),  # "clamp" is not ten times as common
        ("umbrela", "umbrella"),
        ("cat", "cat"),  # two letters of three
        ("xyzxyzx", "xyzxyzx"),  # three letters of seven
        ("蓝色耳鸡", "蓝色耳机"),  # the known part stays, and of two words the common one is taken
        ("旅行散", "旅行伞"),  # rather another word than one character that belongs to none
        ("旅行x散", "旅行x散"),
        ("耳鸡keybord", "耳机keyboard"),
        ("ｋｅｙｂｏｒｄ", "keyboard"),
        ("未知", "未知"),
        ("", ""),
    ],
)
def test_what_was_meant(typed: str, expected: str) -> None:
    assert mended(typed, KNOWN) == expected


@given(st.text(max_size=80))
def test_a_text_of_which_nothing_is_known_stays_as_it_is(text: str) -> None:
    assert mended(text, {}) == bare(text)


@given(st.text(alphabet="键盘かなカナ々ーaé-_ 1", max_size=40), st.sampled_from(["zh-hans", "ja", "en"]))
def test_every_word_of_a_title_fits_into_its_column(text: str, language: str) -> None:
    for term in terms(text, language):
        assert 2 <= len(term) <= 40
        assert len(folded(term)) <= 80


@pytest.mark.parametrize(
    ("written", "word"),
    [("سَمَّاعَات", "سماعات"), ("قَهْوَة", "قهوة"), ("إِبْرِيق", "إبريق"), ("ســماعات", "سماعات"), ("tea\u00adpot", "teapot"),
     ("\u200fشاي\u200e", "شاي")],
)  # fmt: skip
def test_signs_that_change_nothing_in_a_word_do_not_part_it(written: str, word: str) -> None:
    assert query_words(written, "ar") == (word,)
    assert segmented(written, "ja") == word
    assert list(terms(written, "ar")) == [word]
    assert folded(written) == folded(word)
