"""Products beside each other: kept in a signed cookie, priced at the reader's door, without what may not be met."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.kept_list import COMPARED
from catalog.models import Attribute, CategoryAttribute, Product, ProductAttributes, ProductFacts, Variant
from marketplace.devtools.bench.counting import counted
from tests.support.cast import Cast, another_choice, fill_shelves, listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(shop: Cast) -> Client:
    """A browser of somebody in Germany who reads English."""
    client = Client()
    client.cookies["region"] = "DE.EUR"
    return client


def press(client: Client, verb: str, variant: Variant | None = None, **headers: str) -> str:
    answer = client.post("/en/pick/", {verb: variant.product_id if variant else "1", "next": "/en/cart/"},
                         headers=headers)  # fmt: skip
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/en/cart/")
    return str(answer.wsgi_request._messages._queued_messages[-1])


def test_two_products_stand_beside_each_other_with_what_they_cost_at_the_door(visitor: Client, shop: Cast) -> None:
    ProductFacts.objects.filter(product=shop.mug.product).update(touches_food=True)

    said = [press(visitor, "compare", shop.mug), press(visitor, "compare", shop.notebook)]
    page = visitor.get("/en/compare/")

    assert said == ["You compare 1 product now.", "You compare 2 products now."]
    found = {row.label: row for row in page.context["page"].rows}
    assert found["Seller"].cells == ("Paper Kite", "Asagiri")
    assert found["Made in"].cells == ("China", "Japan")
    assert found["Weight"].cells == ("350 g", "190 g")
    assert found["For food"].cells == ("Yes", "")
    assert found["Stock"].cells == ("In stock", "In stock") and not found["Stock"].is_different
    card = visitor.get("/en/product/kite-mug/").context["landed"]
    assert f"{card['total'].amount:.2f}" in found["At your door"].cells[0]
    assert found["At your door"].is_different
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert [column.choices for column in page.context["page"].columns] == [
        ((shop.mug.pk, ""),), ((shop.notebook.pk, ""),),
    ]  # fmt: skip


def test_rows_that_are_the_same_may_be_left_out(visitor: Client, shop: Cast) -> None:
    press(visitor, "compare", shop.mug)
    press(visitor, "compare", shop.tshirt)

    whole, short = (visitor.get(f"/en/compare/{query}").content.decode() for query in ("", "?differences"))

    assert ">Stock<" in whole and ">Stock<" not in short
    assert ">Weight<" in short


def test_what_two_sources_say_of_the_same_stands_in_one_row(visitor: Client, shop: Cast) -> None:
    weight = Attribute.objects.create(code="weight", name_en="Weight", kind="number", unit="g")
    CategoryAttribute.objects.create(category=shop.mug.product.category, attribute=weight)
    ProductAttributes.objects.create(product=shop.mug.product, given={"weight": "320"})
    press(visitor, "compare", shop.mug)
    press(visitor, "compare", shop.notebook)

    rows = visitor.get("/en/compare/").context["page"].rows

    assert [row.cells for row in rows if row.label == "Weight"] == [("320 g", "190 g")]


def test_a_fifth_product_is_refused_and_one_may_be_taken_out(visitor: Client, shop: Cast) -> None:
    others = [listing(shop.shenzhen, f"{n} kite", "12.00", {shop.shenzhen_warehouse: 5}) for n in range(2)]
    fill_shelves()
    for variant in (shop.mug, shop.notebook, *others):
        press(visitor, "compare", variant)

    refused = press(visitor, "compare", shop.tshirt)
    taken_out = press(visitor, "uncompare", shop.notebook)

    assert refused == "You can compare 4 products at once. Remove one first."
    assert taken_out == "The product has been taken out of the comparison."
    names = [column.card.name for column in visitor.get("/en/compare/").context["page"].columns]
    assert names == ["Kite mug", "0 kite", "1 kite"]


def test_what_is_held_or_gone_drops_out_with_a_sentence_once(visitor: Client, shop: Cast) -> None:
    for variant in (shop.mug, shop.notebook, shop.tshirt):
        press(visitor, "compare", variant)
    Product.objects.filter(pk=shop.mug.product_id).update(held_in=["DE"])
    Product.objects.filter(pk=shop.notebook.product_id).update(status=Product.Status.ARCHIVED)

    first, second = (visitor.get("/en/compare/").content.decode() for _ in range(2))

    assert "Kite mug is not sold to your country, so it is not shown here." in first
    assert "Morning notebook is not on sale any more." in first
    assert "Kite mug" not in second and "Morning notebook" not in second
    assert "Kite T-shirt" in second
    assert press(visitor, "compare", shop.mug) == "This product is not on sale any more."


def test_variants_that_can_be_had_are_offered_with_their_prices_where_they_differ(visitor: Client, shop: Cast) -> None:
    another_choice(shop.tshirt, "Size", "Small", "Large", "84.70", 50)
    another_choice(shop.mug, "Glaze", "Celadon", "Ash", "154.00", 0)
    press(visitor, "compare", shop.tshirt)
    press(visitor, "compare", shop.mug)

    tshirt, mug = visitor.get("/en/compare/").context["page"].columns

    assert [name for _key, name in tshirt.choices] == ["Small · €10.00", "Large · €11.00"]
    assert mug.choices == ((shop.mug.pk, "Celadon"),)


def test_the_page_asks_as_often_for_one_as_for_four(visitor: Client, shop: Cast) -> None:
    press(visitor, "compare", shop.mug)
    visitor.get("/en/compare/")
    with counted() as one:
        visitor.get("/en/compare/")
    for variant in (shop.notebook, shop.tshirt):
        press(visitor, "compare", variant)
    visitor.get("/en/compare/")

    with counted() as three:
        visitor.get("/en/compare/")

    assert one.queries == three.queries == 3


def test_a_cookie_that_was_tampered_with_and_a_form_of_another_site_do_nothing(visitor: Client, shop: Cast) -> None:
    press(visitor, "compare", shop.mug)
    visitor.cookies[COMPARED.cookie] = visitor.cookies[COMPARED.cookie].value.replace(":", "x:", 1)

    assert "There is nothing to compare yet." in visitor.get("/en/compare/").content.decode()
    foreign = visitor.post("/en/pick/", {"compare": shop.mug.product_id}, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    away = visitor.post("/en/pick/", {"compare": shop.mug.product_id, "next": "https://evil.example/"})
    assert away.headers["Location"] == "/en/"


def test_a_press_with_scripts_answers_with_the_piece_to_swap(visitor: Client, shop: Cast) -> None:
    answer = visitor.post("/en/pick/", {"compare": shop.mug.product_id}, headers={"hx-request": "true"})

    text = answer.content.decode()
    assert "You compare 1 product now." in text
    assert 'id="compare-link" hx-swap-oob="true"' in text
    assert visitor.cookies[COMPARED.cookie]["httponly"]
