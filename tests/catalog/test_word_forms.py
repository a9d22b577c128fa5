"""Other forms of a word by which it is found, and the words of staff that mean the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search_query import columns, tsquery, wider
from catalog.synonyms import Synonyms
from catalog.word_forms import compounds, forms, last_part, plural, root, simple_word
from tests.catalog.test_search_texts import found
from tests.support.cast import Cast, fill_shelves, listing

LANGUAGES = ["en", "zh-hans", "ja", "ar", "de", "fr", "es"]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "kette", "ketten"), ("de", "stuhl", "stühle"), ("en", "watch", "watches"), ("en", "cup", "cups"),
        ("fr", "théière", "theieres"), ("es", "collar", "collares"), ("es", "lámpara", "lamparas"),
        ("ja", "カバン", "かばん"), ("ar", "السجادة", "سجاده"), ("ar", "أحذية", "احذيه"),
    ],
)  # fmt: skip
def test_a_word_and_its_plural_have_one_root(language: str, one: str, other: str) -> None:
    assert root(one, language) == root(other, language)


@pytest.mark.parametrize(
    ("language", "word"), [("de", "see"), ("en", "glass"), ("en", "bus"), ("fr", "pas"), ("zh-hans", "筷子")]
)
def test_nothing_is_taken_from_a_word_that_is_short_already(language: str, word: str) -> None:
    assert len(root(word, language)) >= 2
    assert root(word, language) in word


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Messingkette Markttag", "0ttekgnissem 0gattkram"),
        ("de", "Uhr aus Holz", ""),
        ("fr", "Théière Héron", "theiere heron"),
        ("ar", "مصباح المكتب", "0مصبح 0مكتب"),
        ("en", "Brass necklace", ""),
        ("ja", "真鍮", ""),
    ],
)
def test_what_is_written_beside_a_name(language: str, text: str, expected: str) -> None:
    assert forms(text, language) == expected


def test_a_compound_begins_with_its_last_part_when_it_is_read_backwards() -> None:
    assert forms("Messingketten", "de").startswith(last_part("kette"))
    assert not forms("Messingkettchen", "de").startswith(last_part("kette"))
    assert last_part("uhr") == last_part("usb-c") == ""


@pytest.mark.parametrize(
    ("one", "many"), [("مصباح", "مصابيح"), ("حقيبة", "الحقائب"), ("دفتر", "الدفاتر"), ("خاتم", "خواتم")]
)
def test_an_arabic_plural_keeps_the_consonants(one: str, many: str) -> None:
    assert plural(one, "ar") == plural(many, "ar") != ""


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [("ja", "お皿", "皿"), ("ja", "ご飯茶碗", "飯茶碗"), ("ja", "おもちゃ", "おもちゃ"), ("zh-hans", "筷子", "筷"), ("zh-hans", "子", "子"),
     ("de", "お皿", "お皿")],
)  # fmt: skip
def test_what_makes_a_word_polite_or_a_noun_can_be_left_out(language: str, typed: str, expected: str) -> None:
    assert simple_word(typed, language) == expected


def test_only_words_that_may_be_two_are_taken_apart() -> None:
    assert ("hals", "kette") in set(compounds("halskette", "de"))
    assert ("lunch", "box") in set(compounds("lunchbox", "en"))
    assert not [*compounds("kette", "de"), *compounds("halskette", "fr"), *compounds("x" * 31, "de")]


# Words that mean the same ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "groups", "typed", "expected"),
    [
        ("en", [["mug", "cup"]], "blue Cups", [("blue", ()), ("cups", ("mug",))]),
        (
            "en",
            [["power bank", "portable charger"]],
            "power banks 20",
            [("power banks", ("portable charger",)), ("20", ())],
        ),
        ("zh-hans", [["手表", "腕表"]], "蓝色手表", [("蓝色", ()), ("手表", ("腕表",))]),
        ("zh-hans", [["戒指", "银戒"]], "银戒指", [("银", ()), ("戒指", ("银戒",))]),
        ("ja", [["ラグ", "絨毯"]], "プラグ", [("プラグ", ())]),
        ("ja", [["鞄", "かばん", "バッグ"]], "カバン", [("カバン", ("鞄", "バッグ"))]),
        ("ja", [["バッグ", "鞄"]], "革バッグ", [("革", ()), ("バッグ", ("鞄",))]),
        ("de", [["usb-c kabel", "ladekabel"]], "USB-C-Kabel", [("usb c kabel", ("ladekabel",))]),
        ("en", [], "蓝色 mug", [("蓝色", ()), ("mug", ())]),
        ("en", [["mug", "cup"]], "", []),
    ],
)
def test_words_that_mean_the_same_are_found_in_what_is_typed(
    language: str, groups: list[list[str]], typed: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert [(word, tuple(others)) for word, others in Synonyms.of(language, groups).parted(typed)] == expected


@given(
    st.text(max_size=60), st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=4), st.sampled_from(LANGUAGES)
)
def test_nothing_that_is_typed_or_taught_breaks_it(text: str, groups: list[list[str]], language: str) -> None:
    means = Synonyms.of(language, groups)
    for query in (tsquery(text, means), wider(text, means)):
        signs, words = columns(query or ())
        joined = sum(sign in ("&", "|") for sign in signs)
        asked = sum(sign[0] not in "&|?" for sign in signs)
        assert len(words) == len(signs)
        assert query is None or asked == joined + 1  # one is left of all


# Through the door --------------------------------------------------------------------------------------------


@pytest.fixture
def household(shop: Cast) -> Cast:
    """Things with names as sellers write them."""
    for english, names in {
        "Brass beads": {"name_de": "Messingkette", "description_de": "Liegt um den Hals.", "name_ar": "مصابيح"},
        "Bead": {"name_de": "Perle", "name_ja": "飯碗", "name_zh_hans": "梅木筷"},
        "Lunch box": {"name_fr": "Boîte à déjeuner", "name_ja": "サバンナカバー", "name_de": "Dose"},
    }.items():
        listing(shop.shenzhen, english, "10", {shop.shenzhen_warehouse: 5}, **names)
    fill_shelves()
    return shop


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("de", "Kette", {"brass-beads"}),
        ("de", "Ketten", {"brass-beads"}),
        ("de", "Halskette", {"brass-beads"}),
        ("de", "Fahrradkette", set()),  # nothing says that it is for a bicycle
        ("en", "lunchbox", {"lunch-box"}),
        ("fr", "boite a dejeuner", {"lunch-box"}),
        ("ar", "مصباح", {"brass-beads"}),
        ("zh-hans", "筷子", {"bead"}),
        ("ja", "お飯碗", {"bead"}),
        ("ja", "カバン", set()),  # カバ and バン stand in サバンナカバー, but not one after the other
    ],
)
def test_everyday_words_find_what_is_written_otherwise(
    household: Cast, language: str, words: str, expected: set[str]
) -> None:
    assert found(words, language) == expected
