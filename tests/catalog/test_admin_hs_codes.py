"""The page that finds a listing's customs code in the admin: what it proposes, and who may take a code for whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog.models import Category, Product
from catalog.selectors import goods_codes
from compliance.models import HSCode
from marketplace.devtools.bench.counting import counted
from tests.catalog.admin_stage import Stage, product_form
from tests.support import cast

pytestmark = pytest.mark.django_db

TABLE = {
    "420292": "Cases and containers; n.e.c. in heading 4202, with outer surface of plastics or of textile materials",
    "610910": "T-shirts, singlets and other vests; of cotton, knitted or crocheted",
    "610990": "T-shirts, singlets and other vests; of textile materials (other than cotton), knitted or crocheted",
    "691110": "Tableware and kitchenware; of porcelain or china",
    "950300": "Dolls; other toys; puzzles of all kinds",
}


@pytest.fixture
def on_stage(on_stage: Stage) -> Stage:
    goods_codes.forget()
    HSCode.objects.bulk_create(
        HSCode(code=code, description=text, version="2022", source="Tests") for code, text in TABLE.items()
    )
    return on_stage


def page(product: Product) -> str:
    return f"/admin/catalog/product/{product.pk}/hs-codes/"


def form(product: Product) -> str:
    return f"/admin/catalog/product/{product.pk}/change/"


def proposed(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [one.code for one in answer.context["suggestions"]]


def code_of(product: Product) -> str:
    return Product.objects.get(pk=product.pk).hs_code


def with_role(role: str) -> Client:
    user = cast.person(f"{role}@example.com", "Somebody")
    accounts.give_role(user=user, role=role)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


# What it shows --------------------------------------------------------------------------------------------------


def test_the_likeliest_codes_stand_there_with_text_reason_and_a_button(on_stage: Stage) -> None:
    answer = on_stage.client.get(page(on_stage.tshirt.product))

    shown = answer.content.decode()
    assert proposed(answer) == ["610910", "610990", "950300"]  # a "Kite T-shirt": a kite is a toy
    assert TABLE["610910"] in shown and "Fits the words: “T-shirt”." in shown
    assert '<input type="hidden" name="code" value="610910">' in shown
    assert f'action="{page(on_stage.tshirt.product)}"' in shown
    assert "The listing has the HS code" in shown


def test_the_page_of_the_listing_leads_there_and_back(on_stage: Stage) -> None:
    product = on_stage.tshirt.product

    assert on_stage.client.get(form(product)).content.decode().count(f'href="{page(product)}"') == 2
    assert f'href="{form(product)}"' in on_stage.client.get(page(product)).content.decode()
    assert page(product) not in on_stage.client.get("/admin/catalog/product/add/").content.decode()


def test_other_words_and_digits_are_answered_instead(on_stage: Stage) -> None:
    address = page(on_stage.tshirt.product)

    assert proposed(on_stage.client.get(address, {"q": "porcelain mug"})) == ["691110"]
    assert proposed(on_stage.client.get(address, {"q": "95.03"})) == ["950300"]
    nothing = on_stage.client.get(address, {"q": "zzzz"})
    assert proposed(nothing) == [] and "We found no code for these words." in nothing.content.decode()
    assert proposed(on_stage.client.get(address, {"q": "x\x01" + "y" * 300}))[:2] == ["610910", "610990"]


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ar", "de", "fr", "es"])
def test_the_page_is_there_in_every_language(on_stage: Stage, language: str) -> None:
    answer = on_stage.client.get(page(on_stage.tshirt.product), {"q": "T-shirt"}, headers={"accept-language": language})

    assert proposed(answer)[:1] == ["610910"]
    assert f'lang="{language}"' in answer.content.decode()


def test_a_page_costs_few_queries(on_stage: Stage) -> None:
    on_stage.client.get(page(on_stage.tshirt.product))

    with counted() as counts:
        on_stage.client.get(page(on_stage.tshirt.product))

    assert counts.queries <= 12


# Taking one -----------------------------------------------------------------------------------------------------


def test_a_code_is_taken_by_its_button(on_stage: Stage) -> None:
    product = on_stage.tshirt.product

    answer = on_stage.client.post(page(product), {"code": "610910"})

    assert answer.headers["Location"] == form(product)
    assert code_of(product) == "610910"
    assert "The listing has the HS code 610910 now." in on_stage.client.get(form(product)).content.decode()
    assert LogEntry.objects.get(object_id=str(product.pk)).user_id == on_stage.member.pk


def test_a_code_that_it_has_is_not_taken_again(on_stage: Stage) -> None:
    product = on_stage.tshirt.product
    Product.objects.filter(pk=product.pk).update(hs_code="6109100010")

    on_stage.client.post(page(product), {"code": "610910"})

    assert code_of(product) == "6109100010"
    assert not LogEntry.objects.filter(object_id=str(product.pk)).exists()


@pytest.mark.parametrize("code", ["", "999999", "9503", "<script>"])
def test_a_code_that_is_none_is_refused(on_stage: Stage, code: str) -> None:
    product = on_stage.tshirt.product

    answer = on_stage.client.post(page(product), {"code": code}, follow=True)

    assert "There is no such HS code." in answer.content.decode()
    assert code_of(product) == "482010"


# Who may --------------------------------------------------------------------------------------------------------


def test_a_rival_and_a_stranger_meet_nothing(on_stage: Stage) -> None:
    rival, product = on_stage.as_member_of(on_stage.rival), on_stage.tshirt.product

    for client, status in ((rival, 404), (Client(), 302)):
        assert client.get(page(product)).status_code == status
        assert client.post(page(product), {"code": "610910"}).status_code == status
    assert rival.get(page(on_stage.notebook.product)).status_code == 200
    assert on_stage.client.get("/admin/catalog/product/x/hs-codes/").status_code == 404
    assert on_stage.client.put(page(product)).status_code == 405
    assert code_of(product) == "482010"


@pytest.mark.parametrize("role", [roles.TRANSLATOR, roles.COMPLIANCE])
def test_who_may_not_change_a_code_may_not_take_one(on_stage: Stage, role: str) -> None:
    client, product = with_role(role), on_stage.tshirt.product
    shown = client.get(page(product))
    may_change = client.get(form(product)).content.decode().count('name="hs_code"') == 1

    answer = client.post(page(product), {"code": "610910"})

    assert (answer.status_code, code_of(product)) == ((302, "610910") if may_change else (403, "482010"))
    assert ('name="code"' in shown.content.decode()) is may_change
    assert role != roles.TRANSLATOR or not may_change


def test_a_form_of_another_site_is_refused(on_stage: Stage) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(on_stage.member)

    assert client.post(page(on_stage.tshirt.product), {"code": "610910"}).status_code == 403
    assert code_of(on_stage.tshirt.product) == "482010"


# A doubtful code ------------------------------------------------------------------------------------------------

DOUBT = "The HS code 950300 is in chapter 95. Goods of this category are usually in chapter"


@pytest.fixture
def bag(on_stage: Stage) -> Product:
    product = on_stage.tshirt.product
    bags = Category.objects.add_root({"slug": "bags", "name_en": "Bags"})
    Product.objects.filter(pk=product.pk).update(category=bags, hs_code="420292", name_en="Kite backpack")
    return Product.objects.get(pk=product.pk)


def test_a_bag_coded_as_a_toy_is_doubted_when_it_is_saved(on_stage: Stage, bag: Product) -> None:
    answer = on_stage.client.post(form(bag), product_form(bag, hs_code="950300"), follow=True)

    assert code_of(bag) == "950300"
    assert DOUBT in answer.content.decode()
    assert DOUBT in on_stage.client.get(page(bag)).content.decode()


def test_a_bag_coded_as_a_toy_is_doubted_when_the_code_is_taken(on_stage: Stage, bag: Product) -> None:
    answer = on_stage.client.post(page(bag), {"code": "950300"}, follow=True)

    assert code_of(bag) == "950300" and DOUBT in answer.content.decode()


def test_a_bag_coded_as_a_bag_is_not_doubted(on_stage: Stage, bag: Product) -> None:
    answer = on_stage.client.post(form(bag), product_form(bag, hs_code="4202920000"), follow=True)

    assert code_of(bag) == "4202920000"
    assert "are usually in chapter" not in answer.content.decode()
