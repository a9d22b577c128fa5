"""A column of a text that names no language is in that of its listing, in files in and out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Seller
from catalog.models import Category, CategoryAttribute, Product, ProductAttributes, ProductImage
from tests.catalog.test_attribute_filters import attribute
from tests.catalog.test_exporting import exported
from tests.support.cast import Cast, seller
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
HEAD = "handle,language,title,price,category,images,image1_alt,attribute_glaze"
CUP = "cup,{language},Tasse,12.50,Everything,https://a.example/1.jpg,Eine Tasse,Seladon"
ALTS = ("alt_en", "alt_de", "alt_ja")


@pytest.fixture
def trader(shop: Cast) -> Seller:
    """A seller whose account is English; goods of every category are asked for their glaze."""
    glaze = attribute("glaze", "text")
    for shelf in Category.objects.all():
        CategoryAttribute.objects.get_or_create(category=shelf, attribute=glaze)
    return seller("harbour", "Harbour", "US", "USD")


def bring(folder: Path, of: Seller, *lines: str, **options: Any) -> tuple[int, int, int]:
    """How many are new, changed and as they were."""
    (folder / "f.csv").write_text("\n".join(lines), "utf-8")
    result = answered(folder / "f.csv", seller=of.slug, currency="USD", **options)
    assert (result["errors"], result["rejected"]) == ([], 0)
    return result["created"], result["updated"], result["unchanged"]


def shown(of: Seller) -> list[tuple[str, ...]]:
    """What the first pictures show, by `ALTS`."""
    rows = ProductImage.objects.filter(product__seller=of).order_by("pk").values_list(*ALTS)
    return [tuple(text or "" for text in row) for row in rows]


def given(of: Seller) -> list[Any]:
    return [row.given.get("glaze") for row in ProductAttributes.objects.filter(product__seller=of).order_by("pk")]


def test_they_are_in_the_language_that_the_file_says(trader: Seller, tmp_path: Path) -> None:
    assert bring(tmp_path, trader, HEAD, CUP.format(language="de")) == (1, 0, 0)

    assert (shown(trader), given(trader)) == ([("", "Eine Tasse", "")], [{"de": "Seladon"}])
    assert bring(tmp_path, trader, HEAD, CUP.format(language="de")) == (0, 0, 1)


def test_they_are_in_the_language_that_somebody_chose(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, HEAD, CUP.format(language=""), language="ja")

    assert (shown(trader), given(trader)) == ([("", "", "Eine Tasse")], [{"ja": "Seladon"}])


def test_they_are_in_the_language_that_the_texts_tell(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, HEAD, CUP.format(language="").replace(",Tasse,", ",茶碗セット,"))

    assert (shown(trader), given(trader)) == ([("", "", "Eine Tasse")], [{"ja": "Seladon"}])


def test_of_a_listing_that_is_there_they_are_in_its_own(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, HEAD, CUP.format(language="de"))

    changed = CUP.format(language="").replace("Eine Tasse", "Meine Tasse").replace("Seladon", "Kupfer")
    assert bring(tmp_path, trader, HEAD, changed) == (0, 1, 0)

    assert (shown(trader), given(trader)) == ([("", "Meine Tasse", "")], [{"de": "Kupfer"}])


def test_a_column_that_names_the_language_counts_before_one_that_does_not(trader: Seller, tmp_path: Path) -> None:
    more = ",attribute_glaze_de,attribute_glaze_en,image1_alt_de,image1_alt_en"
    bring(tmp_path, trader, HEAD + more, CUP.format(language="de") + ",Kupfer,Copper,Meine Tasse,A cup")

    assert (shown(trader), given(trader)) == ([("A cup", "Meine Tasse", "")], [{"de": "Kupfer", "en": "Copper"}])


def test_what_counted_as_english_moves_with_the_words_of_the_listing(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, HEAD, CUP.format(language="en"))
    assert (shown(trader), given(trader)) == ([("Eine Tasse", "", "")], [{"en": "Seladon"}])

    assert bring(tmp_path, trader, HEAD, CUP.format(language="de")) == (0, 1, 0)

    assert (shown(trader), given(trader)) == ([("", "Eine Tasse", "")], [{"de": "Seladon"}])
    assert bring(tmp_path, trader, HEAD, CUP.format(language="de")) == (0, 0, 1)


def test_what_a_picture_of_another_shop_s_file_shows_moves_too(trader: Seller, tmp_path: Path) -> None:
    head = "Handle,Title,Variant Price,Image Src,Image Alt Text"
    lamp = "lamp,Papierlampe,20,https://a.example/2.jpg,Eine Lampe"
    bring(tmp_path, trader, head, lamp, language="en")

    assert bring(tmp_path, trader, head, lamp, language="de") == (0, 1, 0)

    assert shown(trader) == [("", "Eine Lampe", "")]


def test_they_go_out_and_come_back_in_the_language_of_each_listing(trader: Seller, tmp_path: Path) -> None:
    german = CUP.format(language="de") + ",,Celadon,,A cup"
    english = "pot,en,Pot,9.00,Everything,https://a.example/3.jpg,A pot,Copper,Kupfer,,Eine Kanne,"
    bring(
        tmp_path, trader,
        HEAD + ",attribute_glaze_de,attribute_glaze_en,image1_alt_de,image1_alt_en", german, english,
    )  # fmt: skip
    told = [("A cup", "Eine Tasse", ""), ("A pot", "Eine Kanne", "")]
    answers = [{"de": "Seladon", "en": "Celadon"}, {"en": "Copper", "de": "Kupfer"}]
    assert (shown(trader), given(trader)) == (told, answers)

    file = tmp_path / "out.csv"
    exported(file, trader.slug)
    rows = {row["handle"]: row for row in csv.DictReader(file.read_text("utf-8-sig").splitlines())}
    other = seller("quay", "Quay", "US", "USD")
    counts = [answered(file, seller=of.slug, currency="USD") for of in (trader, other)]

    assert [(one["created"], one["unchanged"], one["remarks"]) for one in counts] == [(0, 2, []), (2, 0, [])]
    assert (shown(other), given(other)) == (told, answers)
    columns = (
        "image1_alt",
        "image1_alt_de",
        "image1_alt_en",
        "attribute_glaze",
        "attribute_glaze_de",
        "attribute_glaze_en",
    )
    assert [rows["cup"][name] for name in columns] == ["Eine Tasse", "", "A cup", "Seladon", "", "Celadon"]
    assert [rows["pot"][name] for name in columns] == ["A pot", "Eine Kanne", "", "Copper", "Kupfer", ""]
    assert set(Product.objects.filter(seller=other).values_list("source_language", flat=True)) == {"de", "en"}
