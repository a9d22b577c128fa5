"""A taxonomy in the tree: our languages, the same rows when run again, and no trace in the menu while it is empty."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.models import Attribute, AttributeChoice, Category, Product
from catalog.selectors import attribute_filters, navigation
from catalog.selectors.attributes import asked_of
from tests.support.cast import Cast, fill_shelves

pytestmark = pytest.mark.django_db
C, A, V = (f"gid://shopify/Taxonomy{kind}/" for kind in ("Category", "Attribute", "Value"))
FILES = {
    "categories.en": f"{C}aa  : Apparel & Accessories\n{C}aa-8 : Apparel & Accessories > Shoes\n"
                     f"{C}aa-8-1 : Apparel & Accessories > Shoes > Boots\n{C}tg : Toys & Games\n",
    "categories.zh-CN": f"{C}aa : 服饰/配件\n{C}aa-8 : 服饰/配件 > 鞋类\n{C}aa-8-1 : 服饰/配件 > 鞋类 > 靴子\n",
    "categories.de": f"{C}aa : Bekleidung\n{C}aa-8 : Bekleidung > Schuhe\n",
    "categories.sv": f"{C}aa : Kläder\n",
    "attributes.en": f"{A}1 : Color\n{A}837 : Target gender\n{A}999 : Absinthe style\n",
    "attributes.de": f"{A}1 : Farbe\n",
    "attribute_values.en": f"{V}2 : Blue [Color]\n{V}17 : Clear [Color]\n{V}5 : Any [Absinthe style]\n",
    "attribute_values.de": f"{V}2 : Blau [Farbe]\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three of the categories stand below each other; one file is gzipped."""
    for name, lines in FILES.items():
        text = f"# Shopify Product Taxonomy\n\n{lines}"
        if name == "categories.de":
            (tmp_path / f"{name}.txt.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def bring(folder: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_taxonomy", str(folder), stdout=out, **options)
    return out.getvalue().strip()


def rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Category, Attribute, AttributeChoice)]


def test_it_stands_in_the_tree_in_our_languages_and_a_second_time_changes_nothing(shop: Cast, folder: Path) -> None:
    own = list(Category.objects.values("pk", "path", "numchild", "slug"))

    first = bring(folder)
    before = rows()
    second = bring(folder)

    assert (
        first
        == "4 categories made, 0 renamed, 0 unchanged; 0 are no longer in the taxonomy. 2 attributes and 2 choices made."
    )
    assert (
        second
        == "0 categories made, 0 renamed, 4 unchanged; 0 are no longer in the taxonomy. 0 attributes and 0 choices made."
    )
    assert rows() == before
    boots = Category.objects.get(taxonomy_id="aa-8-1")
    assert (boots.name_en, boots.name_zh_hans, boots.name_de, boots.depth) == ("Boots", "靴子", None, 3)
    assert [row.taxonomy_id for row in boots.get_ancestors()] == ["aa", "aa-8"]
    shoes = Category.objects.get(taxonomy_id="aa-8")
    assert (shoes.name_ar, shoes.name_de, shoes.numchild, shoes.slug) == ("الأحذية", "Schuhe", 1, "shoes-aa-8")
    assert list(Category.objects.filter(taxonomy_id="").values("pk", "path", "numchild", "slug")) == own
    assert Category.find_problems() == ([], [], [], [], [])


def test_attributes_come_with_their_values_where_categories_ask_for_them(shop: Cast, folder: Path) -> None:
    bring(folder)

    colour, gender = asked_of(Category.objects.get(taxonomy_id="aa-8-1"))
    assert (colour.code, colour.kind, dict(colour.choices)) == ("color", "colour", {"blue": "Blue", "clear": "Clear"})
    assert (gender.name, gender.kind) == ("Target gender", "choice")
    blue = AttributeChoice.objects.get(taxonomy_id="2")
    assert (blue.name_de, blue.swatch) == ("Blau", "#2f5fa8")
    assert not Attribute.objects.filter(taxonomy_id="999").exists()


def test_a_new_file_renames_and_adds(shop: Cast, folder: Path) -> None:
    bring(folder, only=["aa"])
    lines = (
        FILES["categories.en"].replace("Boots", "High boots") + f"{C}aa-8-2 : Apparel & Accessories > Shoes > Clogs\n"
    )
    (folder / "categories.en.txt").write_text(lines, encoding="utf-8")

    dry = bring(folder, only=["aa"], dry_run=True)
    assert not Category.objects.filter(taxonomy_id="aa-8-2").exists()
    done = bring(folder, only=["aa"])

    assert dry.startswith("1 categories would be made, 1 would be renamed, 2 unchanged;")
    assert done.startswith("1 categories made, 1 renamed, 2 unchanged;")
    assert Category.objects.get(taxonomy_id="aa-8").numchild == 2
    assert not Category.objects.filter(taxonomy_id="tg").exists()


def test_an_imported_category_is_shown_once_it_has_goods(shop: Cast, folder: Path) -> None:
    bring(folder)
    attribute_filters.forget()
    empty = Client().get("/en/").content.decode()
    assert Client().get("/en/category/boots-aa-8-1/").status_code == 404

    Product.objects.filter(slug="kite-mug").update(category=Category.objects.get(taxonomy_id="aa-8-1"))
    fill_shelves()
    navigation.forget()

    assert "/category/apparel-accessories-aa/" not in empty
    assert "/category/apparel-accessories-aa/" in Client().get("/en/").content.decode()
    page = Client().get("/zh-hans/category/boots-aa-8-1/").content.decode()
    assert "靴子" in page
    assert "kite-mug" in page


def test_what_is_not_there_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no vertical “zz”"):
        bring(folder, only=["zz"])
    (folder / "categories.en.txt").unlink()
    with pytest.raises(CommandError, match="no file of categories in English"):
        bring(folder)
