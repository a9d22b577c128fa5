"""The likeliest customs codes for words in seven languages, and the reason for each."""

from __future__ import annotations

import pytest

from compliance.classification.evidence import ConfirmedListing, ConfirmedListings
from compliance.classification.goods import GoodsText, Proposal, together
from compliance.classification.index import GoodsIndex
from compliance.classification.nomenclature import HSText, named, told_apart_by
from compliance.classification.vocabulary import qualities
from compliance.classification.wording import bare, plain, stem, tokens
from marketplace.devtools.bench.hs_codes import shipped_index


@pytest.fixture(scope="module")
def index() -> GoodsIndex:
    return shipped_index()


def first(index: GoodsIndex, title: str, language: str = "en", **more: str) -> str:
    found = index.likely(GoodsText(title, language=language, **more))
    return found[0].code if found else ""


# Languages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "code"),
    [
        ("en", "Cotton T-shirt with a round neck", "610910"),
        ("en", "tee shirt, organic cotton", "610910"),
        ("zh-hans", "纯棉圆领短袖T恤 男女同款", "610910"),
        ("ja", "綿100% 半袖Tシャツ 無地", "610910"),
        ("ar", "تيشيرت قطن بأكمام قصيرة", "610910"),
        ("de", "Baumwoll-T-Shirt mit Rundhals", "610910"),
        ("fr", "Tee-shirt en coton à col rond", "610910"),
        ("es", "Camiseta de algodón de manga corta", "610910"),
        ("de", "Kinderrucksack mit Brusttasche", "420292"),
        ("ja", "防水リュックサック 30L", "420292"),
        ("ar", "الحقيبة الجلدية النسائية", "420221"),
        ("es", "Auriculares inalámbricos con cancelación de ruido", "851830"),
        ("fr", "Lampe de chevet LED", "940521"),
        ("zh-hans", "家用空气净化器", "842139"),
    ],
)
def test_goods_are_found_in_the_language_of_their_seller(
    index: GoodsIndex, language: str, title: str, code: str
) -> None:
    assert first(index, title, language) == code


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ar", "de", "fr", "es"])
def test_an_english_word_is_understood_on_a_page_in_any_language(index: GoodsIndex, language: str) -> None:
    assert first(index, "power bank 10000", language) == "850760"


def test_a_word_means_what_it_means_in_its_language(index: GoodsIndex) -> None:
    assert first(index, "Rock aus Leinen", "de")[:4] in ("6104", "6204")  # a skirt
    assert first(index, "thé", "fr")[:4] == "0902"
    assert first(index, "the of and", "en") == ""


# Which word counts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "code"),
    [
        ("en", "Watch strap of leather", "911390"),
        ("en", "Coffee table, oak", "940360"),
        ("en", "Cup for coffee", "691110"),
        ("en", "USB charger for a laptop", "850440"),
        ("de", "Uhrenarmband aus Leder", "911390"),
        ("fr", "Bracelet de montre en cuir", "911390"),
        ("es", "Funda de portátil", "420292"),
        ("ja", "腕時計用の替えバンド", "911390"),
    ],
)
def test_the_thing_itself_counts_more_than_what_it_is_for(
    index: GoodsIndex, language: str, title: str, code: str
) -> None:
    assert first(index, title, language) == code


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("wool jumper", "611011"),
        ("cashmere jumper", "611012"),
        ("cotton jumper", "611020"),
        ("acrylic jumper", "611030"),
        ("leather backpack", "420291"),
        ("nylon backpack", "420292"),
        ("women's cotton pyjamas", "610831"),
        ("men's cotton pyjamas", "610721"),
        ("glass vase", "701399"),
        ("ceramic vase", "691390"),
    ],
)
def test_material_and_wearer_decide_between_neighbours(index: GoodsIndex, title: str, code: str) -> None:
    assert first(index, title) == code


def test_a_compound_an_ending_and_a_slip_are_understood(index: GoodsIndex) -> None:
    assert first(index, "Kinderpullover", "de")[:4] == "6110"
    assert first(index, "Wohnzimmerteppiche", "de")[:2] == "57"
    assert first(index, "headphnes") == "851830"


def test_category_and_description_help_where_the_title_says_little(index: GoodsIndex) -> None:
    assert first(index, "Xyloquark") == ""

    by_category = index.likely(GoodsText("Xyloquark", category="Rugs"))
    by_description = index.likely(GoodsText("Xyloquark", description="<p>A <b>folding umbrella</b></p>"))

    assert by_category[0].code[:2] == "57" and by_category[0].fits_category
    assert by_description[0].code == "660191"
    assert by_description[0].words == ()


def test_the_shelf_decides_where_a_word_means_two_things(index: GoodsIndex) -> None:
    assert first(index, "Mouse", category="Electronics") == "847160"
    assert index.likely(GoodsText("Mouse", category="Electronics"))[0].fits_category
    assert index.likely(GoodsText("Mouse"), expected=("95",))[0].fits_category is False


# What comes out -------------------------------------------------------------------------------------------------


def test_five_codes_at_most_the_best_first_each_with_text_score_and_words(index: GoodsIndex) -> None:
    found = index.likely(GoodsText("Red leather handbag"))

    assert found[0] == Proposal("420221", found[0].description, 1.0, ("leather", "handbag"))
    assert found[0].description.startswith("Cases and containers; handbags")
    assert len(found) == 5 == len({one.code for one in found})
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_words_are_given_back_as_they_stand_in_the_title(index: GoodsIndex) -> None:
    assert index.likely(GoodsText("防水リュックサック 30L", language="ja"))[0].words == ("リュックサック",)
    assert index.likely(GoodsText("ＷＯＯＬ Jumper"))[0].words == ("Jumper",)


@pytest.mark.parametrize("title", ["", "   ", "zzzz", "12345 678", "' | ! :* ()", "\x00", "<script>", "x" * 5000])
def test_what_nobody_knows_leads_to_nothing(index: GoodsIndex, title: str) -> None:
    assert index.likely(GoodsText(title)) == []


def test_the_same_question_has_the_same_answer(index: GoodsIndex) -> None:
    goods = GoodsText("Bar chair with padded seat, steel frame", category="Furniture")

    assert index.likely(goods) == index.likely(goods) == shipped_index().likely(goods)


def test_an_index_knows_the_codes_that_it_was_given_and_no_others() -> None:
    small = GoodsIndex([HSText("610910", "T-shirts; of cotton, knitted or crocheted", "apparel_knit")])

    assert [one.code for one in small.likely(GoodsText("T-shirt and handbag"))] == ["610910"]
    assert GoodsIndex([]).likely(GoodsText("T-shirt")) == []


# Confirmed listings ---------------------------------------------------------------------------------------------

LISTINGS = ConfirmedListings(
    [
        ConfirmedListing(1, "950300", [("en", "Quillo Snorkadoodle blue"), ("de", "Quillo Snorkadudel blau")]),
        ConfirmedListing(2, "9503001111", [("en", "Quillo Snorkadoodle red")]),
        ConfirmedListing(3, "420292", [("en", "Quillo bag")]),
        ConfirmedListing(4, "999999", [("en", "Quillo Snorkadoodle green")]),
        *(ConfirmedListing(number, "691110", [("en", f"Another thing {number}")]) for number in range(5, 40)),
    ]
)


def test_listings_with_like_titles_say_how_they_are_declared(index: GoodsIndex) -> None:
    found = index.likely(GoodsText("Snorkadoodle by Quillo, yellow"), confirmed=LISTINGS)

    assert [(one.code, one.listings, one.words) for one in found] == [("950300", 2, ())]  # 999999 is not in the table
    assert index.likely(GoodsText("Quillo Snorkadudel gelb", language="de"), confirmed=LISTINGS)[0].listings == 1


def test_a_listing_is_no_witness_for_itself(index: GoodsIndex) -> None:
    assert index.likely(GoodsText("Quillo bag"), confirmed=LISTINGS)[0].listings == 1
    assert index.likely(GoodsText("Quillo bag"), confirmed=LISTINGS, without=3)[0].listings == 0


def test_words_and_listings_add_up(index: GoodsIndex) -> None:
    before = index.likely(GoodsText("Canvas sneakers"))
    voted = ConfirmedListings([ConfirmedListing(1, before[1].code, [("en", "Canvas sneakers")])])

    assert index.likely(GoodsText("Canvas sneakers"), confirmed=voted)[0].code == before[1].code


def test_no_listings_say_nothing(index: GoodsIndex) -> None:
    goods = GoodsText("Canvas sneakers")

    assert index.likely(goods, confirmed=ConfirmedListings([])) == index.likely(goods)


def test_proposals_in_several_languages_become_one_list() -> None:
    german = [Proposal("420292", "Bags", 0.8, ("Rucksack",)), Proposal("950300", "Toys", 0.6, ("Spiel",))]
    french = [Proposal("420292", "Bags", 0.9, ("sac",), 2, True)]

    assert together([german, french]) == [
        Proposal("420292", "Bags", 0.85, ("Rucksack",), 2, True),
        Proposal("950300", "Toys", 0.3, ("Spiel",)),
    ]
    assert together([]) == together([[]]) == []


# Texts ----------------------------------------------------------------------------------------------------------


def test_texts_are_cut_alike_however_they_are_typed() -> None:
    assert plain("<p>Wool&nbsp;jumper</p>\n ＵＳＢ") == "Wool jumper USB"
    assert [bare("Überwürfe"), bare("ガラス"), bare("أُحذِيَة")] == ["uberwurfe", "ガラス", "احذيه"]
    assert [stem(word) for word in ("shoes", "glasses", "boxes", "glass", "knives", "والحقيبه", "حقيبه")] == [
        "shoe", "glasses", "box", "glass", "knife", "حقيب", "حقيب",
    ]  # fmt: skip
    assert [one.form for one in tokens("men's T-Shirts, d'or", "fr")] == ["men", "tshirt", "or"]
    assert [one.form for one in tokens("瓷碗 大", "zh-hans")] == ["瓷碗", "~碗", "~大"]


def test_a_text_of_the_nomenclature_is_taken_apart() -> None:
    text = "Shirts; men's or boys', of textile materials (other than cotton), not knitted or crocheted, n.e.c. in 6205"

    assert named(text, qualities()) == ["shirts"]
    assert told_apart_by(text, qualities()) == {"men", "textile", "woven"}
    assert told_apart_by("T-shirts; of cotton, knitted or crocheted", qualities()) == {"cotton", "knitted"}
