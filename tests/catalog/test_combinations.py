"""Variants that are made together, one for each combination of choices; what is there stays as it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from catalog.combinations import free_skus, short_names, stem_of
from catalog.models import Option, OptionValue, Variant
from catalog.services import combinations
from tests.catalog.admin_stage import STAGE, Stage
from tests.support import cast
from tests.support.opened_pages import OpenedPage
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


def options(on_stage: Stage, **choices: list[str]) -> dict[str, OptionValue]:
    """The T-shirt has these options; the choices by their names."""
    made = {}
    for position, (name, words) in enumerate(choices.items(), start=1):
        option = Option.objects.create(product=on_stage.tshirt.product, position=position, name_en=name)
        for place, word in enumerate(words):
            made[word] = OptionValue.objects.create(option=option, code=word, name_en=word, position=place)
    return made


def opened(on_stage: Stage) -> OpenedPage:
    return OpenedPage(on_stage.client, address(on_stage), "")


def address(on_stage: Stage) -> str:
    return f"/admin/catalog/product/{on_stage.tshirt.product_id}/combinations/"


def skus(on_stage: Stage) -> list[str]:
    return list(Variant.objects.filter(product=on_stage.tshirt.product_id).values_list("sku", flat=True))


def test_choices_have_short_names_of_their_own() -> None:
    assert short_names(["Red", "Dark blue", "红色", "red!", "Extraordinarily light"]) == [
        "RED1", "DARK-BLUE", "3", "RED4", "EXTRAORDINAR",
    ]  # fmt: skip
    assert stem_of("kite-shirt", []) == "KITE-SHIRT"
    assert stem_of("kite-shirt", [("TEE-RED-S", "RED-S"), ("TEE-RED-M", "RED-M"), ("OTHER", "RED-L")]) == "TEE"
    assert free_skus(["A", "B", "A"], ["B", "B-2"]) == ["A", "B-3", "A-2"]


def test_every_combination_that_is_missing_is_made(on_stage: Stage) -> None:
    made = options(on_stage, Colour=["Red", "Dark blue"], Size=["S", "M", "L"])
    shirt = on_stage.tshirt
    Variant.objects.filter(pk=shirt.pk).update(value1=made["Red"], value2=made["S"], sku="TEE-RED-S", weight_grams=180)
    Variant.objects.filter(pk=on_stage.mug.pk).update(sku="TEE-RED-M")  # another listing has this one already
    before = Variant.objects.filter(pk=shirt.pk).values().get()

    page = opened(on_stage)
    assert "1 combination has a variant, which stays as it is. 5 variants are made." in " ".join(page.text.split())
    assert [page.sent[name] for name in page.sent if name.startswith("sku-")] == [
        "TEE-RED-M-2", "TEE-RED-L", "TEE-DARK-BLUE-S", "TEE-DARK-BLUE-M", "TEE-DARK-BLUE-L",
    ]  # fmt: skip
    answer = page.send(do="make", price_0="81,50", **{f"sku-{made['Red'].pk}-{made['L'].pk}-0": "MINE"})

    assert answer.headers["Location"] == f"/admin/catalog/product/{shirt.product_id}/change/#variants"
    assert Variant.objects.filter(pk=shirt.pk).values().get() == before
    rows = Variant.objects.filter(product=shirt.product).exclude(pk=shirt.pk).order_by("position")
    assert [(row.sku, row.value1.code, row.value2.code, row.value3) for row in rows] == [  # type: ignore[union-attr]
        ("TEE-RED-M-2", "Red", "M", None), ("MINE", "Red", "L", None), ("TEE-DARK-BLUE-S", "Dark blue", "S", None),
        ("TEE-DARK-BLUE-M", "Dark blue", "M", None), ("TEE-DARK-BLUE-L", "Dark blue", "L", None),
    ]  # fmt: skip
    assert {(row.price.amount, row.price_currency, row.weight_grams, row.seller_id, row.is_active) for row in rows} == {
        (Decimal("81.5"), "CNY", 180, on_stage.seller.pk, True)
    }
    assert "Nothing is missing." in on_stage.client.get(address(on_stage)).content.decode()


def test_what_is_not_chosen_is_not_made_and_the_page_says_how_many(on_stage: Stage) -> None:
    made = options(on_stage, Colour=["Red", "Blue"], Size=["S", "M"])
    page = opened(on_stage)

    page.send(do="show", choice=[str(made[name].pk) for name in ("Red", "S", "M")], stem="KT", price_0="9")

    assert "2 variants are made." in page.text
    assert [page.sent[name] for name in page.sent if name.startswith("sku-")] == ["KT-RED-S", "KT-RED-M"]
    assert page.sent["price_0"] == "9"
    assert skus(on_stage) == ["KITE-T-SHIRT"]  # only shown
    assert page.send(do="make").status_code == 302
    assert skus(on_stage) == ["KITE-T-SHIRT", "KT-RED-S", "KT-RED-M"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"sku": "KITE-MUG"}, "Another variant has this SKU: KITE-MUG"),
        ({"sku": "KITE-T-SHIRT-BLUE"}, "Another variant has this SKU: KITE-T-SHIRT-BLUE"),
        ({"price_0": "0"}, "The price is zero."),
        ({"price_0": "1.005"}, "CNY has 2 decimal places."),
        ({"compare_at": "3"}, "The price before has to be higher than the price."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(on_stage: Stage, typed: dict[str, str], sentence: str) -> None:
    made = options(on_stage, Colour=["Red", "Blue"])
    page, row = opened(on_stage), f"sku-{made['Red'].pk}-0-0"
    typed = {row if name == "sku" else name: value for name, value in typed.items()}

    assert sentence in page.send(do="make", **typed).content.decode()

    assert {name: page.sent[name] for name in typed} == typed  # nothing that was typed is lost
    assert skus(on_stage) == ["KITE-T-SHIRT"]


def test_more_than_the_most_are_not_made(on_stage: Stage) -> None:
    options(on_stage, Colour=[f"C{n}" for n in range(15)], Size=[f"S{n}" for n in range(14)])
    page = opened(on_stage)

    assert "That would be 210 variants. At most 200 are made at once" in page.text
    assert not [name for name in page.sent if name.startswith("sku-")]
    page.send(do="make", price_0="5", price_1="CNY")
    assert skus(on_stage) == ["KITE-T-SHIRT"]


def test_a_rival_meets_no_such_page_and_a_listing_without_options_says_what_to_do(on_stage: Stage) -> None:
    assert "The listing has no options yet." in on_stage.client.get(address(on_stage)).content.decode()

    rival = on_stage.as_member_of(on_stage.rival)
    assert rival.get(address(on_stage)).status_code == 404
    assert rival.post(address(on_stage), {"do": "make"}).status_code == 404
    assert Client().get(address(on_stage)).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_who_make_them_at_once_make_them_once(transactional_db: None) -> None:
    cast.forget_laws()
    stage = STAGE.take()
    made = options(stage, Colour=["Red", "Blue"])
    chosen = {value.pk for value in made.values()}

    def make() -> int:
        shirt = stage.tshirt
        return combinations.make_variants(product=shirt.product, chosen=chosen, skus={}, price=shirt.price)

    assert sorted(map(str, at_once(make, make))) == ["2", "nothing_missing"]
    assert skus(stage) == ["KITE-T-SHIRT", "KITE-T-SHIRT-RED", "KITE-T-SHIRT-BLUE"]


def test_choices_that_are_none_are_left_out(on_stage: Stage) -> None:
    options(on_stage, Colour=["Red"])

    answer = on_stage.client.post(address(on_stage), {"choice": ["9" * 5000, "٣", "-1", "x"], "do": "make"})

    assert answer.status_code == 200
    assert skus(on_stage) == [on_stage.tshirt.sku]
