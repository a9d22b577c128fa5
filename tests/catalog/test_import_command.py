"""The command that reads a file: whose listings these are, and what it says when nothing goes in."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Seller
from catalog.models import Product
from tests.support.cast import Cast, seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(shop: Cast, tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text("title,price,sku\nCup,10,CUP-1\n")
    return path


def run(path: Path, **options: Any) -> tuple[dict[str, Any], str]:
    """What stands on standard output, and the sentence with which the command ends; empty when all is well."""
    out = StringIO()
    try:
        call_command("import_listings", str(path), json=True, stdout=out, **options)
    except CommandError as error:
        return json.loads(out.getvalue()), str(error)
    return json.loads(out.getvalue()), ""


def test_without_a_name_the_only_seller_who_may_sell_is_meant(shop: Cast, file: Path) -> None:
    Seller.objects.filter(pk=shop.rival.pk).update(status=Seller.Status.SUSPENDED)

    assert run(file)[0]["created"] == 1

    assert Product.objects.get(handle="CUP-1").seller == shop.shenzhen


def test_without_a_name_the_seller_of_the_setting_is_meant(shop: Cast, file: Path, settings: Any) -> None:
    settings.IMPORT_SELLER = "asagiri"

    assert run(file)[0]["created"] == 1
    assert run(file, seller="paper-kite")[0]["created"] == 1  # who is named comes first

    assert {product.seller for product in Product.objects.filter(handle="CUP-1")} == {shop.rival, shop.shenzhen}


def test_where_several_could_be_meant_it_says_how_to_name_one(file: Path) -> None:
    answer, ending = run(file)

    assert "--seller SLUG, or IMPORT_SELLER" in ending
    assert "asagiri, paper-kite" in ending
    assert (answer["error"], answer["created"]) == (ending, 0)
    assert not Product.objects.filter(handle="CUP-1").exists()


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("a,b\n1,2\n", {}, "We don't know what this file is"),
        ("", {}, "There are no listings in the file."),
        ("sku,title,price\n", {}, "There are no listings in the file."),
        ("title,price\nCup,10\n", {"seller": "nobody"}, "There is no seller 'nobody'."),
        ("title,price\nCup,10\n", {"mapping": Path("/nowhere/m.json")}, "/nowhere/m.json can't be read"),
    ],
)
def test_a_refused_file_answers_in_json_too(
    shop: Cast, tmp_path: Path, content: str, options: dict[str, Any], sentence: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content)

    answer, ending = run(path, **({"seller": "paper-kite"} | options))

    assert sentence in ending
    assert answer["error"] == ending
    assert (answer["products"], answer["errors"]) == (0, [])


def test_a_file_of_which_nothing_goes_in_fails_and_one_of_which_something_does_is_well(
    shop: Cast, tmp_path: Path
) -> None:
    of = seller("harbour", "Harbour", "US", "USD")
    path = tmp_path / "bad.csv"
    path.write_text("title,price\nCup,dear\n")

    answer, ending = run(path, seller=of.slug)
    assert (answer["rejected"], len(answer["errors"]), ending) == (1, 1, "Every listing of the file was left out.")

    path.write_text("title,price\nCup,dear\nJug,10\n")
    answer, ending = run(path, seller=of.slug)
    assert (answer["rejected"], answer["created"], ending) == (1, 1, "")
