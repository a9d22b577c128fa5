"""On a product's page: every variant with its price at the door, the promise, and what one looked at before."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from moneyed import Money

from catalog.kept_list import VIEWED
from catalog.models import Option, OptionValue, Product, StockLevel, Variant
from catalog.selectors.matrix import MOST, Matrix
from marketplace.devtools.bench.counting import counted
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
MUG, TSHIRT, NOTEBOOK = (f"/en/product/{slug}/" for slug in ("kite-mug", "kite-t-shirt", "morning-notebook"))


@pytest.fixture
def visitor(shop: Cast) -> Client:
    """A browser of somebody in Germany who reads English."""
    client = Client()
    client.cookies[settings.REGION_COOKIE_NAME] = "DE.EUR"
    return client


def choices(shop: Cast, *sizes: int, left_out: int = 0) -> list[Variant]:
    """The T-shirt in all combinations of so many choices of each option, three pieces each; the last are left out."""
    product = shop.tshirt.product
    Variant.objects.filter(product=product).update(is_active=False)
    values: list[list[OptionValue]] = []
    for position, size in enumerate(sizes, start=1):
        option = Option.objects.create(product=product, position=position, name_en=f"Option {position}")
        values.append([OptionValue.objects.create(option=option, position=n, code=f"{position}-{n}",
                                                  name_en=f"Choice {position}-{n}") for n in range(size)])  # fmt: skip
    combinations: list[tuple[OptionValue, ...]] = [()]
    for each in values:
        combinations = [(*head, value) for head in combinations for value in each]
    made = Variant.objects.bulk_create(
        Variant(product=product, seller=product.seller, sku=f"T-{n}", price=Money(77, "CNY"), weight_grams=180,
                position=n, **{f"value{place}": value for place, value in enumerate(combination, start=1)})
        for n, combination in enumerate(combinations[: len(combinations) - left_out])
    )  # fmt: skip
    StockLevel.objects.bulk_create(
        StockLevel(variant=each, warehouse=shop.shenzhen_warehouse, on_hand=3) for each in made
    )
    return made


def matrix(client: Client, query: str = "") -> Matrix:
    return client.get(f"{TSHIRT}{query}").context["view"].matrix


def test_two_options_make_a_table_of_what_each_combination_costs_at_the_door(visitor: Client, shop: Cast) -> None:
    made = choices(shop, 2, 3, left_out=1)
    made[1].stock_levels.update(on_hand=0)
    Variant.objects.filter(pk=made[2].pk).update(price=154)

    page = visitor.get(f"{TSHIRT}?variant={made[0].pk}")

    table = page.context["view"].matrix
    assert (table.row_option, table.column_option, table.columns) == (
        "Option 2",
        "Option 1",
        ("Choice 1-0", "Choice 1-1"),
    )
    assert [row.name for row in table.rows] == ["Choice 2-0", "Choice 2-1", "Choice 2-2"]
    keys = [[cell.variant_id if cell else None for cell in row.cells] for row in table.rows]
    assert keys == [[made[0].pk, made[3].pk], [made[1].pk, made[4].pk], [made[2].pk, None]]
    first, dearer = table.rows[0].cells[0], table.rows[2].cells[0]
    assert first.is_chosen and first.landed.total == page.context["landed"]["total"]
    assert (first.price, dearer.price) == (Money(10, "EUR"), Money(20, "EUR"))
    assert dearer.landed.total > first.landed.total
    assert [cell.left for row in table.rows for cell in row.cells if cell] == [3, 3, 0, 3, 3]
    text = page.content.decode()
    assert (
        f'href="?variant={made[2].pk}"' in text
        and "Only 3 left" in text
        and '<details class="disclosure" open>' in text
    )


def test_a_third_option_is_fixed_and_a_hundred_variants_are_folded(visitor: Client, shop: Cast) -> None:
    made = choices(shop, 5, 10, 2)

    table = matrix(visitor, f"?variant={made[1].pk}")

    assert (table.fixed, table.is_large, len(table.rows), len(table.columns)) == ("Choice 3-1", True, 10, 5)
    assert sum(bool(cell) for row in table.rows for cell in row.cells) == 50
    assert '<details class="disclosure">\n<summary><h2 id="matrix">' in visitor.get(TSHIRT).content.decode()


def test_there_is_no_table_for_one_variant_and_none_for_far_too_many(visitor: Client, shop: Cast) -> None:
    assert matrix(visitor) is None
    choices(shop, MOST + 1)
    assert matrix(visitor) is None


def test_the_table_costs_no_query(visitor: Client, shop: Cast) -> None:
    visitor.get(TSHIRT)
    with counted() as without:
        visitor.get(TSHIRT)
    choices(shop, 3, 4)

    with counted() as with_table:
        visitor.get(TSHIRT)

    assert with_table.queries == without.queries


def test_the_promise_says_in_sentences_when_it_comes_how_it_goes_back_and_who_sells(
    visitor: Client, shop: Cast
) -> None:
    page = visitor.get(MUG)
    promise = page.content.decode().partition('data-testid="promise"')[2].partition("</div>")[0]

    assert "Delivered to Germany" in promise and "It leaves China with “" in promise
    assert page.context["landed"]["who"] in promise
    assert "within 14 days from the day it arrives" in promise
    assert "Paper Kite in China sells it to you" in promise
    assert f'value="{settings.SITE_URL}{MUG}"' in page.content.decode()


def test_nothing_is_kept_of_what_one_looks_at_until_one_asks_for_it(visitor: Client, shop: Cast) -> None:
    page = visitor.get(MUG)

    assert VIEWED.cookie not in visitor.cookies
    assert "Keep what I look at" in page.content.decode()
    assert "Cookie" in page.headers["Vary"]
    with counted() as before:
        visitor.get(MUG)
    visitor.post("/en/viewed/", {"start": shop.mug.product_id, "next": MUG})
    visitor.get(NOTEBOOK)
    page = visitor.get(TSHIRT)
    with counted() as after:
        visitor.get(MUG)
    assert [card.name for card in page.context["viewed"]] == ["Morning notebook", "Kite mug"]
    assert [card.name for card in visitor.get("/en/").context["viewed"]] == [
        "Kite mug",
        "Kite T-shirt",
        "Morning notebook",
    ]
    assert after.queries == before.queries + 1


def test_what_was_looked_at_is_forgotten_and_no_longer_kept_when_asked(visitor: Client, shop: Cast) -> None:
    visitor.post("/en/viewed/", {"start": shop.mug.product_id})
    Product.objects.filter(pk=shop.mug.product_id).update(held_in=["DE"])
    assert visitor.get(NOTEBOOK).context["viewed"] == []

    visitor.post("/en/viewed/", {"clear": "1"})
    assert visitor.get(TSHIRT).context["viewed"] == []
    assert [card.name for card in visitor.get(NOTEBOOK).context["viewed"]] == ["Kite T-shirt"]
    visitor.post("/en/viewed/", {"stop": "1"})

    assert visitor.cookies[VIEWED.cookie].value == ""
    assert visitor.post("/en/viewed/", {"start": "1"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
