"""What a seller answers on the page of a listing, and what the staff keep: attributes, sets, size charts, usual codes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import (
    Attribute,
    AttributeChoice,
    Category,
    CategoryAttribute,
    Product,
    ProductAttributes,
    SizeChart,
)
from catalog.selectors import attribute_filters
from catalog.services.attributes import keep_answers
from tests.catalog.admin_stage import Stage, page, product_form
from tests.catalog.test_attribute_filters import attribute

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_stage(on_stage: Stage) -> Stage:
    """Goods of every category are asked their material, capacity, glaze (a text) and whether one may wash them."""
    attribute("material", "choice", "porcelain", "cork")
    attribute("capacity", "number", unit="ml", steps=[250, 500])
    attribute("glaze", "text")
    attribute("dishwasher", "boolean")
    CategoryAttribute.objects.filter(attribute__code="material").update(is_required=True)
    attribute_filters.forget()
    return on_stage


def save(on_stage: Stage, client: Client | None = None, sends: bool = True, **typed: object) -> Any:
    """The page of the mug is sent with these answers, named by the code of the attribute."""
    product = on_stage.mug.product
    held = ProductAttributes.objects.filter(product=product).count()
    sent = product_form(product, **{name: typed.pop(name) for name in ("status", "category") if name in typed})
    if sends:
        sent |= {"attributes-TOTAL_FORMS": 1, "attributes-INITIAL_FORMS": held, "attributes-0-product": product.pk}
        sent |= {f"attributes-0-is_{name}": value for name, value in typed.items()}
    return (client or on_stage.client).post(page(product), sent)


def given(on_stage: Stage) -> dict[str, Any]:
    row = ProductAttributes.objects.filter(product=on_stage.mug.product_id).first()
    return row.given if row else {}


def test_answers_are_kept_and_stand_on_the_page_of_the_shop(on_stage: Stage) -> None:
    answer = save(
        on_stage, material=["porcelain", "cork"], capacity="330,5", dishwasher="no", **{"glaze-en": "Celadon", "glaze-de": "Seladon"}
    )  # fmt: skip

    assert answer.status_code == 302
    assert given(on_stage) == {
        "material": ["porcelain", "cork"], "capacity": "330.5", "glaze": {"en": "Celadon", "de": "Seladon"}, "dishwasher": False,
    }  # fmt: skip
    row = ProductAttributes.objects.get()
    assert row.tokens == ["capacity:250-500", "dishwasher:no", "material:cork", "material:porcelain"]
    shown = re.findall(r"<bdi>([^<]*)</bdi></td></tr>", Client().get("/de/product/kite-mug/").content.decode())
    assert [value.replace("\xa0", " ") for value in shown] == [
        "330,5 ml",
        "Nein",
        "Seladon",
        "Porcelain auf Deutsch, Cork auf Deutsch",
    ]


def test_the_section_shows_units_choices_and_what_is_required(on_stage: Stage) -> None:
    keep_answers(product=on_stage.mug.product, typed={"material": ["cork"], "capacity": "250"})

    shown = on_stage.client.get(page(on_stage.mug.product)).content.decode()

    assert "Material (required)" in shown
    assert "In millilitres." in shown
    assert 'name="attributes-0-is_capacity" value="250"' in shown
    assert re.search(r'name="attributes-0-is_material" value="cork"[^>]*checked', shown)
    assert 'name="attributes-0-is_glaze-ar"' in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"material": ["cork"], "capacity": "much"}, "“much” is not a number."),
        ({"material": ["cork"], "capacity": "-3"}, "“-3” is not a number from zero on."),
        ({"material": ["cork"], "capacity": "1e99"}, "“1e99” is not a number from zero on."),
        ({"material": ["gold"]}, "“gold” is not among the choices."),
        ({"material": ["cork"], "glaze-en": "x" * 201}, "The text has more than 200 characters."),
        ({"capacity": "3"}, "Goods of this category that are on sale have to say this: Material."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(on_stage: Stage, typed: dict[str, Any], sentence: str) -> None:
    answer = save(on_stage, **typed)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert given(on_stage) == {}


def test_a_draft_may_be_incomplete_and_goes_on_sale_only_whole(on_stage: Stage) -> None:
    assert save(on_stage, status="draft", capacity="300").status_code == 302
    listing = Product.objects.get(pk=on_stage.mug.product_id)
    on_stage.client.post(
        "/admin/catalog/product/", {"action": "put_on_sale", "_selected_action": listing.pk, "select_across": 0}
    )
    listing.refresh_from_db()
    assert listing.status == "draft"

    keep_answers(product=listing, typed={"material": ["cork"]})
    on_stage.client.post(
        "/admin/catalog/product/", {"action": "put_on_sale", "_selected_action": listing.pk, "select_across": 0}
    )

    listing.refresh_from_db()
    assert listing.status == "live"


def test_a_listing_that_comes_to_a_category_is_asked_there(on_stage: Stage) -> None:
    other = Category.objects.add_root({"slug": "lamps", "name_en": "Lamps"})
    CategoryAttribute.objects.create(category=other, attribute=Attribute.objects.get(code="capacity"), is_required=True)
    CategoryAttribute.objects.exclude(category=other).delete()

    moved = save(on_stage, sends=False, category=other.pk)
    told = on_stage.client.get(page(on_stage.mug.product)).content.decode()
    answered = save(on_stage, category=other.pk, capacity="9")

    assert (moved.status_code, answered.status_code) == (302, 302)
    assert "Goods of this category also have to say this: Capacity." in told
    assert given(on_stage) == {"capacity": "9"}


def test_a_rival_writes_nothing(on_stage: Stage) -> None:
    answer = save(on_stage, client=on_stage.as_member_of(on_stage.rival), material=["cork"])

    assert answer.status_code in (302, 403, 404)
    assert given(on_stage) == {}


# The staff ----------------------------------------------------------------------------------------------------


def test_staff_keep_attributes_with_choices_and_filters_follow(on_stage: Stage, admin_client: Client) -> None:
    keep_answers(product=on_stage.mug.product, typed={"material": ["cork"], "capacity": "300"})
    capacity = Attribute.objects.get(code="capacity")
    names = {"name_en": "Capacity", "position": 1, "is_compared": "on"}

    answer = admin_client.post(
        f"/admin/catalog/attribute/{capacity.pk}/change/",
        {"unit": "ml", "steps": "100,350", "is_filter": "on", **names},
    )
    wrong = admin_client.post(
        "/admin/catalog/attribute/add/", {"code": "weight", "kind": "choice", "unit": "g", **names}
    )

    assert answer.status_code == 302
    assert ProductAttributes.objects.get().tokens == ["capacity:100-350", "material:cork"]
    assert "Only numbers have a unit and ranges." in wrong.content.decode()
    assert AttributeChoice.objects.filter(attribute__code="material").count() == 2


def test_a_seller_keeps_a_size_chart_that_stands_on_the_page_in_the_readers_units(on_stage: Stage) -> None:
    typed = {"category": on_stage.mug.product.category_id, "seller": on_stage.seller.pk, "sizes": "S, M",
             "label_EU": "46, 48", "label_US": "36, 38", "measure_chest_width": "49, 50.8"}  # fmt: skip
    add = "/admin/catalog/sizechart/add/"

    too_few = on_stage.client.post(add, typed | {"measure_waist": "40"})
    no_number = on_stage.client.post(add, typed | {"measure_waist": "40, wide"})
    of_nobody = on_stage.client.post(add, typed | {"seller": ""})
    of_a_rival = on_stage.client.post(add, typed | {"seller": on_stage.rival.pk})
    assert not SizeChart.objects.exists()
    kept = on_stage.client.post(add, typed)

    assert "There are 2 sizes, but 1 values here." in too_few.content.decode()
    assert "“wide” is not a number of centimetres." in no_number.content.decode()
    assert (of_nobody.status_code, of_a_rival.status_code, kept.status_code) == (200, 200, 302)
    chart = SizeChart.objects.get()
    assert (chart.sizes, chart.measures) == (["S", "M"], {"chest_width": [490, 508]})
    assert 'value="49, 50.8"' in on_stage.client.get(f"/admin/catalog/sizechart/{chart.pk}/change/").content.decode()


def test_the_usual_code_of_a_category_is_proposed_first_and_not_written(on_stage: Stage) -> None:
    shelf = Category.objects.get(slug="everything")
    Category.objects.filter(pk=shelf.pk).update(default_hs_code="691110", default_epr_stream="packaging")
    Product.objects.filter(pk=on_stage.mug.product_id).update(hs_code="")

    shown = on_stage.client.get(f"/admin/catalog/product/{on_stage.mug.product_id}/hs-codes/").content.decode()

    assert re.findall(r'data-code="(\d+)"', shown)[0] == "691110"
    assert "The usual code of the category." in shown
    assert "Producers of such goods are usually registered for packaging." in shown
    assert Product.objects.get(pk=on_stage.mug.product_id).hs_code == ""


def test_operations_keep_the_set_of_a_category(on_stage: Stage) -> None:
    staff = User.objects.create_user("ops@sampan.example", full_name="Ole", is_staff=True)
    staff.groups.add(_group("operations"))
    client, shelf = Client(), Category.objects.get(slug="everything")
    client.force_login(User.objects.get(pk=staff.pk))

    shown = client.get(f"/admin/catalog/category/{shelf.pk}/change/")

    assert shown.status_code == 200
    assert 'name="own_attributes-0-is_required"' in shown.content.decode()


def _group(name: str) -> Any:
    from django.contrib.auth.models import Group

    return Group.objects.get(name__iexact=name)
