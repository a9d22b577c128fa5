"""Files of a taxonomy as they should not be: refused with a sentence, or read as far as they make sense, never half."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError

from catalog.models import Attribute, AttributeChoice, Category, CategoryAttribute, Product
from tests.catalog.test_taxonomy import FILES, A, C, V, bring, folder, rows
from tests.support.cast import Cast
from tests.support.threads import at_once

__all__ = ["folder"]
EN = FILES["categories.en"]
Damage = Callable[[Path], object]


def written(name: str, text: str | bytes) -> Damage:
    return lambda folder: (folder / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())


def zipped(name: str, content: bytes) -> Damage:
    def damage(folder: Path) -> None:
        (folder / f"{name}.txt").unlink(missing_ok=True)
        (folder / f"{name}.txt.gz").write_bytes(content)

    return damage


UNREADABLE = "can't be read: it is damaged or not in UTF-8"
DAMAGES = {
    "half of a packed file": (zipped("categories.en", gzip.compress(EN.encode() * 50)[:-20]), f"categories.en.txt.gz {UNREADABLE}"),
    "no packed file": (zipped("categories.de", EN.encode()), f"categories.de.txt.gz {UNREADABLE}"),
    "another encoding": (written("categories.de", "gid://x : Möbel".encode("latin-1")), f"categories.de.txt {UNREADABLE}"),
    "UTF-16": (written("categories.en", EN.encode("utf-16")), f"categories.en.txt {UNREADABLE}"),
    "values damaged": (written("attribute_values.en", b"\xff\xfe\x00"), f"attribute_values.en.txt {UNREADABLE}"),
    "nothing above it": (written("categories.en", f"{EN}{C}tg-7-1 : Toys & Games > Puzzles > Cubes\n"),
                         "Above the category “tg-7-1” stands none"),
    "no key": (written("categories.en", f"{EN}{C} : Nameless\n"), "“” is no key of a category"),
    "another key": (written("categories.en", f"{EN}{C}tg/1 : Odd\n"), "“tg/1” is no key of a category"),
    "too long a key": (written("categories.en", f"{EN}{C}tg{'-1' * 25} : Deep\n"), "is no key of a category"),
    "no name": (written("categories.en", f"{EN}{C}tg-1 : \n"), "The category “tg-1” has no name"),
    "attributes in the place of categories": (written("categories.en", FILES["attributes.en"]), "no file of categories in English"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", DAMAGES)
def test_files_that_are_not_whole_are_refused_and_change_nothing(shop: Cast, folder: Path, name: str) -> None:
    damage, reason = DAMAGES[name]
    before = rows()
    damage(folder)

    with pytest.raises(CommandError, match=reason):
        bring(folder)

    assert rows() == before


@pytest.mark.django_db
def test_the_order_of_the_lines_is_no_matter_and_the_last_of_two_with_one_key_counts(shop: Cast, folder: Path) -> None:
    lines = [*reversed(EN.splitlines()), f"{C}tg : Toys", "no line of the taxonomy", f"{A}tg-9 : An attribute"]
    written("categories.en", "\ufeff" + "\r\n".join(lines))(folder)

    said = bring(folder)

    assert said.startswith("4 categories made")
    assert [row.taxonomy_id for row in Category.objects.get(taxonomy_id="aa-8-1").get_ancestors()] == ["aa", "aa-8"]
    assert Category.objects.get(taxonomy_id="tg").name_en == "Toys"
    assert Category.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_a_category_that_is_gone_keeps_its_goods_and_one_that_was_moved_is_new(shop: Cast, folder: Path) -> None:
    bring(folder)
    boots = Category.objects.get(taxonomy_id="aa-8-1")
    Product.objects.filter(pk=shop.mug.product_id).update(category=boots)
    written("categories.en", EN.replace("aa-8-1 : Apparel & Accessories > Shoes >", "aa-9 : Apparel & Accessories >"))(
        folder
    )

    said = bring(folder)

    assert said.startswith("1 categories made, 0 renamed, 3 unchanged; 1 are no longer in the taxonomy.")
    assert Product.objects.get(pk=shop.mug.product_id).category == boots
    assert Category.objects.get(taxonomy_id="aa-9").name_en == "Boots"


@pytest.mark.django_db
def test_an_address_that_the_shop_has_given_already_stays_there(shop: Cast, folder: Path) -> None:
    Category.add_root(slug="boots-aa-8-1", name_en="Our boots")

    bring(folder)

    assert Category.objects.get(taxonomy_id="aa-8-1").slug == "boots-aa-8-1-2"


@pytest.mark.django_db
def test_values_of_no_attribute_and_attributes_of_no_category_are_passed_over(shop: Cast, folder: Path) -> None:
    written("attribute_values.en", f"{V}2 : Blue [Color]\n{V}3 : Lost\n{V}4 : Ghost [Shade]\n{C}5 : Odd [Color]\n")(
        folder
    )

    bring(folder)

    assert [*AttributeChoice.objects.values_list("taxonomy_id", flat=True)] == ["2"]


@pytest.mark.django_db(transaction=True)
def test_four_at_once_bring_it_once(folder: Path) -> None:
    said = at_once(*[lambda: bring(folder)] * 4)

    assert sorted(one.partition(" ")[0] for one in said) == ["0", "0", "0", "4"]
    counts = [model.objects.exclude(taxonomy_id="").count() for model in (Category, Attribute, AttributeChoice)]
    assert counts == [4, 2, 2]
    assert CategoryAttribute.objects.count() == 3
    assert Category.find_problems() == ([], [], [], [], [])
