"""Which names are those of the same person or body: a table of hits and near misses, at the limit of the policy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.deadlines import limits
from compliance.traders.names import fold, likeness, weighed

HITS = [
    ("Ivan Petrov", "PETROV, Ivan", "the order of words"),
    ("Ivan Petrov", "Ivan Sergeevich Petrov", "a name that the list tells as well"),
    ("I. Petrov", "Ivan Petrov", "an initial"),
    ("Mohammed Khan", "Muhammad Khan", "a custom of spelling"),
    ("Mohammed al-Rashid", "Muhamed Al Rasheed", "two customs of spelling"),
    ("Abdul Rahman Yusuf", "Abdulrahman Youssef", "words written in one"),
    ("Aleksandr Volkov", "Alexander Volkow", "x and ks, v and w"),
    ("Sergei Ivanov", "Sergey Ivanov", "one letter"),
    ("José García López", "Jose Garcia Lopez", "accents"),
    ("Zoran Đukić", "ZORAN DUKIC", "a letter with a bar, and capitals"),
    ("Müller Handels GmbH", "Mueller Handels", "an umlaut written out, and no legal form"),
    ("Katherine O'Neill", "Katharine ONeil", "an apostrophe and two slips"),
    ("Volga Trading LLC", "OOO Volga Trading", "the legal form of another language"),
    ("Shenzhen Paper Kite Technology Co., Ltd.", "Shenzhen Paper Kite Tech Company Limited", "an abbreviation"),
    ("Иванов Иван", "Иван Иванов", "Cyrillic letters"),
    ("محمد أحمد", "محمد احمد", "a hamza that is often left out"),
    ("深圳市纸鸢科技有限公司", "深圳纸鸢科技有限公司", "a Chinese name without the word for city"),
    ("張偉", "張偉", "a Chinese name"),
    ("Ｐａｐｅｒ Kite", "Paper Kite", "letters of full width"),
]
MISSES = [
    ("Ivan Petrov", "Petr Ivanov", "first name and family name exchanged for others like them"),
    ("Ivan Petrov", "Ivan Smirnov", "another family"),
    ("Ivan", "Ivan Petrov", "a first name alone"),
    ("Anna Weber", "Hanna Weber", "a sister, perhaps"),
    ("Anna Weber", "Anna Becker", "another family"),
    ("Maria Schmidt", "Marta Schmitz", "both a little different"),
    ("John Smith", "Joan Smith", "another first name of four letters"),
    ("Carlos Hernández", "Carlos Fernández", "another family, one letter away"),
    ("Mohammed Ali", "Mohammed Alawi", "a frequent first name"),
    ("Jan de Vries", "Jan van der Berg", "small words"),
    ("Li Wei", "Li Mei", "short names"),
    ("张伟", "张磊", "a frequent Chinese family name"),
    ("Shenzhen Kite Technology Co Ltd", "Shenzhen Orbit Technology Co Ltd", "a city and a trade"),
    ("Global Trading Company Ltd", "Global Trading International LLC", "nothing but common words"),
    ("Volga Trading LLC", "Vega Trading LLC", "another company"),
    ("Lindenrabe Werkstatt GmbH", "Linden Werkstatt GmbH", "half of a word"),
    ("Upepo Studio Ltd", "Upendo Studio Ltd", "another word"),
    ("Ivan Petrov", "Иван Петров", "another script: nothing is transliterated"),
    ("张伟", "張偉", "simplified and traditional signs"),
]


@pytest.mark.parametrize(("one", "other", "why"), HITS, ids=[why for *_names, why in HITS])
def test_the_same_name_is_found(one: str, other: str, why: str) -> None:
    assert likeness(fold(one), fold(other)) >= Decimal(limits()["names_alike_from"]) / 100


@pytest.mark.parametrize(("one", "other", "why"), MISSES, ids=[why for *_names, why in MISSES])
def test_another_name_is_left_alone(one: str, other: str, why: str) -> None:
    assert likeness(fold(one), fold(other)) < Decimal(limits()["names_alike_from"]) / 100


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("PETROV, Ivan Sergeevich", "petrov ivan sergeevich"),
        ("Müller-Lüdenscheidt", "muller ludenscheidt"),
        ("Straße & Söhne", "strasse and sohne"),
        ("O’Neill", "oneill"),
        ("Łukasz Żółw", "lukasz zolw"),
        ("İstanbul A.Ş.", "istanbul a s"),
        ("  ", ""),
        ("!!!", ""),
        ("ﺷﺮﻛﺔ", "شركه"),
    ],
)
def test_names_are_folded_alike(name: str, folded: str) -> None:
    assert fold(name) == folded


BORN, OTHER = date(1961, 4, 2), date(1985, 9, 30)


@pytest.mark.parametrize(
    ("alike", "born", "country", "expected"),
    [
        ("0.88", BORN, "", "0.93"),
        ("0.95", OTHER, "", "0.87"),
        ("0.95", None, "SY", "0.97"),
        ("0.95", None, "DE", "0.93"),
        ("0.86", BORN, "SY", "0.93"),
        ("1", OTHER, "DE", "0.90"),
        ("1", BORN, "SY", "1"),
        ("0.95", None, "", "0.95"),
    ],
)
def test_birth_and_country_raise_and_lower_but_never_let_an_equal_name_go(
    alike: str, born: date | None, country: str, expected: str
) -> None:
    found = weighed(Decimal(alike), born_on=born, country=country, listed_born_on=BORN, listed_countries=["SY", "LB"])

    assert found == Decimal(expected)


NAMES = st.text(alphabet="abcdefgh ьжяА张عé'-", max_size=40)


@given(NAMES, NAMES)
def test_likeness_is_a_share_the_same_both_ways_and_whole_for_equal_names(one: str, other: str) -> None:
    one, other = fold(one), fold(other)

    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == (1 if one else 0)
    assert fold(one) == one
