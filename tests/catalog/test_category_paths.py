"""A category may be named by its path, however shops part the steps of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.models import Category, Product
from tests.support.cast import Cast, seller
from tests.support.importing import answered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("Toys > Wooden toys", "wooden-toys"), ("Toys/Wooden toys", "wooden-toys"), ("Toys | Wooden toys", "wooden-toys"),
        ("Toys » Wooden toys", "wooden-toys"), ("Toys › Wooden toys ›", "wooden-toys"), ("Toys > Wooden toys > ", "wooden-toys"),
        ("Toys / Robots", "toys"), ("Bed/Bath", "bed-bath"), ("Home/Bath", "bath"), ("wooden-toys", "wooden-toys"),
        ("> >", "more-finds"), ("Robots", "more-finds"),
    ],
)  # fmt: skip
def test_the_last_step_that_the_shop_knows_counts(path: str, slug: str, shop: Cast, tmp_path: Path) -> None:
    for key, name in {"toys": "Toys", "wooden-toys": "Wooden toys", "bed-bath": "Bed/Bath", "bath": "Bath"}.items():
        Category.add_root(slug=key, name_en=name)
    trader = seller("harbour", "Harbour", "US", "USD")
    (tmp_path / "f.csv").write_text(f"handle,title,price,category\nox,Ox,5,{path}\n", "utf-8")

    result = answered(tmp_path / "f.csv", seller=trader.slug, currency="USD")

    assert (result["created"], Product.objects.get(handle="ox").category.slug) == (1, slug)
