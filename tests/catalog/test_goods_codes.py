"""Customs codes proposed for words and for listings, from what listings on sale are declared as as well."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.models import Seller
from catalog.models import Category, Product
from catalog.selectors import goods_codes
from catalog.selectors.goods_codes import contradiction_in, proposals, proposals_for
from catalog.services.declaring import declare_code
from compliance.classification.goods import Proposal
from compliance.models import HSCode
from compliance.words.classification import contradiction_text, suggestion
from marketplace.devtools.bench.counting import counted
from marketplace.kernel.errors import Refused
from payments.selectors import fx_table
from tests.support.cast import TODAY, Cast, listing

pytestmark = pytest.mark.django_db

TABLE = {
    "420292": (
        "Cases and containers; n.e.c. in heading 4202, with outer surface of plastics or textiles",
        "bags_leather",
    ),
    "610910": ("T-shirts, singlets and other vests; of cotton, knitted or crocheted", "apparel_knit"),
    "691110": ("Tableware and kitchenware; of porcelain or china", "kitchen_tableware"),
    "950300": ("Dolls; other toys; puzzles of all kinds", "toys_games"),
}


@pytest.fixture(autouse=True)
def table(shop: Cast) -> None:
    HSCode.objects.bulk_create(
        HSCode(code=code, description=text, shop_category=shelf, version="2022", source="Tests")
        for code, (text, shelf) in TABLE.items()
    )


def snark(shop: Cast, number: int, hs_code: str = "950300", **fields: str) -> Product:
    """A listing whose name no vocabulary has."""
    seller, place = shop.shenzhen, shop.shenzhen_warehouse
    values = {"customs_description": "snark"} | fields
    return listing(seller, f"Boojum snark {number}", "10", {place: 1}, hs_code=hs_code, **values).product


def codes(found: list[Proposal]) -> list[str]:
    return [one.code for one in found]


# Words ----------------------------------------------------------------------------------------------------------


def test_words_and_digits_lead_to_codes(shop: Cast) -> None:
    assert codes(proposals("Rucksack aus Nylon", "de")) == ["420292"]
    assert codes(proposals("9503", "de")) == ["950300"]
    assert proposals("  ", "de") == proposals("zzzz", "de") == []


def test_what_listings_on_sale_are_declared_as_counts(shop: Cast) -> None:
    assert proposals("boojum snark", "en") == []

    snark(shop, 1)
    snark(shop, 2, "9503001234")
    goods_codes.forget()

    (found,) = proposals("Boojum snark", "en")
    assert (found.code, found.listings) == ("950300", 2)
    assert suggestion(found).reasons == ("2 listings on sale with such words are declared so.",)


def test_drafts_and_sellers_who_are_not_approved_say_nothing(shop: Cast) -> None:
    draft, live = snark(shop, 1), snark(shop, 2)
    Product.objects.filter(pk=draft.pk).update(status="draft")
    Product.objects.filter(pk=live.pk).update(hs_code="")
    goods_codes.forget()
    assert proposals("boojum snark", "en") == []

    Product.objects.filter(pk=live.pk).update(hs_code="950300")
    goods_codes.forget()
    assert codes(proposals("boojum snark", "en")) == ["950300"]

    Seller.objects.filter(pk=shop.shenzhen.pk).update(status=Seller.Status.SUSPENDED)
    goods_codes.forget()
    assert proposals("boojum snark", "en") == []


def test_the_listings_are_looked_at_once_a_minute_and_read_when_one_has_changed(shop: Cast) -> None:
    first = goods_codes.confirmed_listings()
    with counted() as counts:
        assert goods_codes.confirmed_listings() is first
    assert counts.queries == 0

    goods_codes.forget()
    with counted() as counts:
        assert goods_codes.confirmed_listings() is first
    assert counts.queries == 1

    snark(shop, 1)
    goods_codes.forget()
    assert goods_codes.confirmed_listings() is not first


def test_a_question_costs_a_query_where_the_process_knows_codes_and_listings(shop: Cast) -> None:
    proposals("mug", "en")

    with counted() as counts:
        proposals("porcelain mug", "en")

    assert counts.queries == 1


# Listings -------------------------------------------------------------------------------------------------------


def test_a_listing_is_read_in_all_its_languages_and_is_no_witness_for_itself(shop: Cast) -> None:
    product = snark(shop, 1, "691110")
    assert proposals_for(product) == []

    product.name_de = "Rucksack"
    (found,) = proposals_for(product)

    assert (found.code, found.listings, found.words) == ("420292", 0, ("Rucksack",))


def test_category_and_description_are_read_as_well(shop: Cast) -> None:
    product = snark(shop, 1)
    product.category = Category.objects.add_root({"slug": "t-shirts", "name_en": "T-shirts"})
    product.description_en = "<p>Made from <b>porcelain</b>.</p>"

    found = {one.code: one for one in proposals_for(product)}

    assert found["610910"].fits_category and not found["691110"].fits_category


def test_a_bag_coded_as_a_toy_contradicts_its_category(shop: Cast) -> None:
    bags = Category.objects.add_root({"slug": "bags", "name_en": "Bags"})
    below = Category.objects.add_child(bags, {"slug": "rucksacks", "name_en": "Rucksacks"})
    product = snark(shop, 1)
    assert contradiction_in(product) is None  # of a category that nobody knows

    product.category = below
    found = contradiction_in(product)

    assert found is not None and found.ground == "category"
    assert contradiction_text(found) == (
        "The HS code 950300 is in chapter 95. Goods of this category are usually in chapter "
        "39, 42, 46, 48, 56, 62, or 63."
    )
    product.hs_code = "420292"
    assert contradiction_in(product) is None
    product.hs_code = ""
    assert contradiction_in(product) is None


def test_a_title_contradicts_where_the_category_says_nothing(shop: Cast) -> None:
    product = snark(shop, 1, "691110")
    product.name_en = "Cotton T-shirt"

    found = contradiction_in(product)

    assert found is not None and contradiction_text(found) == (
        "The HS code 691110 is in chapter 69. Goods with the words “Cotton” and “T-shirt” are usually in chapter 61."
    )


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ar", "de", "fr", "es"])
def test_reasons_and_doubts_are_sentences_in_every_language(shop: Cast, language: str) -> None:
    product = snark(shop, 1, "691110")
    product.name_en = "Cotton T-shirt"
    found = contradiction_in(product)
    assert found is not None

    with translation.override(language):
        reasons = suggestion(Proposal("950300", "Toys", 1.0, ("doll",), 3, True)).reasons
        text = contradiction_text(found)

    assert len(reasons) == 3 and "doll" in reasons[0] and "3" in reasons[2]
    assert "691110" in text and "61" in text


# Taking a code --------------------------------------------------------------------------------------------------


def test_a_listing_gets_its_code_once(shop: Cast) -> None:
    product = snark(shop, 1, "")
    fx = fx_table(TODAY)

    assert declare_code(product=product, code="950300", fx=fx)
    assert not declare_code(product=product, code="950300", fx=fx)

    assert Product.objects.get(pk=product.pk).hs_code == product.hs_code == "950300"
    assert Product.objects.get(pk=product.pk).updated_at > product.updated_at


def test_the_national_digits_of_a_code_are_kept(shop: Cast) -> None:
    product = snark(shop, 1, "9503001234")

    assert not declare_code(product=product, code="950300", fx=fx_table(TODAY))

    assert Product.objects.get(pk=product.pk).hs_code == "9503001234"


@pytest.mark.parametrize("code", ["", "9503", "999999", "abc", "950300' OR 1=1"])
def test_a_code_that_is_not_in_the_table_is_refused(shop: Cast, code: str) -> None:
    product = snark(shop, 1)

    with pytest.raises(Refused) as refusal:
        declare_code(product=product, code=code, fx=fx_table(TODAY))

    assert refusal.value.code == "unknown_code"
    assert Product.objects.get(pk=product.pk).hs_code == "950300"
