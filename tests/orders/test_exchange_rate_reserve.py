"""The reserve for the exchange rate from the card to the invoice: one amount, in the price, and on a line of its own.

CNY 77.00 are EUR 10.00. At amber 0.6 % of that are added, at red 2.2 %; see docs/explanation/delivered-price.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from moneyed import Money

from catalog.models import Variant
from catalog.selectors import navigation, sellers
from catalog.selectors.prices import Prices
from logistics.snapshots import money_from_json
from marketplace.kernel.region import Region
from orders.models import Order, OrderLine, Quote, SellerOrder
from payments.models import CurrencyRisk
from tests.orders.buying import UNITED_STATES, cart_with, paid_order, place, proposal_for, quote_for, said, work
from tests.orders.counterpart import Counterpart
from tests.orders.pages import filled, from_country, hidden, put_in
from tests.orders.test_proposals import SAN_FRANCISCO
from tests.support.cast import Cast, fill_shelves, make_restless

LINE = "of which reserve for the exchange rate"
Assess = Callable[..., None]


@pytest.fixture
def assess(cast: Cast, law_may_change: Callable[[], None]) -> Assess:
    """Currencies get their level, see `make_restless`."""
    return make_restless


def shown(page: str) -> dict[str, str]:
    """The amounts behind the hooks of a page."""
    found = re.findall(r'data-testid="quote-(\w+)">(.*?)</td>', page)
    return {name: re.sub(r"<[^>]*>", "", amount) for name, amount in found}


def reserves(page: str, language: str = "de") -> list[str]:
    """The amounts on the lines of the reserve, in the order of the page."""
    pattern = rf"{re.escape(said(language, LINE))}.*?<td[^>]*>(.*?)</td>"
    return [re.sub(r"<[^>]*>", "", amount) for amount in re.findall(pattern, page, flags=re.DOTALL)]


# Figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "goods", "buffer", "tax", "total"),
    [
        # Two T-shirts; freight 4.59 and duty 3.00. Tax is 19 % of goods, freight and duty.
        (None, "20.00", "0", "5.24", "32.83"),  # nothing is known of the currency: nothing is added
        ("green", "20.00", "0", "5.24", "32.83"),
        ("amber", "20.12", "0.12", "5.26", "32.97"),  # 0.6 % of 10.00 are 0.06 a piece
        ("red", "20.44", "0.44", "5.33", "33.36"),  # 2.2 % of 10.00 are 0.22 a piece
    ],
)
def test_the_level_decides_what_is_added(
    cast: Cast, assess: Assess, level: str | None, goods: str, buffer: str, tax: str, total: str
) -> None:
    assess(**({"CNY": level} if level else {}))

    proposal = proposal_for(cart_with((cast.tshirt, 2)))

    totals, (item,) = proposal.totals, proposal.items
    assert totals is not None
    figures = [totals.goods, totals.buffer, totals.shipping, totals.duty, totals.tax, totals.total]
    assert figures == [Money(amount, "EUR") for amount in (goods, buffer, "4.59", "3.00", tax, total)]
    assert item.seller_price == Money("77.00", "CNY")
    assert item.value == totals.goods


def test_the_riskier_of_two_currencies_decides(cast: Cast, assess: Assess) -> None:
    """JPY 1,320 are USD 8.80; 2.2 % of that are 0.19, of two pieces 0.38. Duty is 12.5 % of 17.98, that is 2.25."""
    assess(JPY="amber", USD="red")

    proposal = proposal_for(cart_with((cast.notebook, 2)), UNITED_STATES, SAN_FRANCISCO)

    assert proposal.totals is not None
    assert (proposal.totals.goods, proposal.totals.buffer) == (Money("17.98", "USD"), Money("0.38", "USD"))
    assert proposal.totals.duty == Money("2.25", "USD")


def test_inside_one_currency_nothing_is_added(cast: Cast, assess: Assess) -> None:
    assess(CNY="red")

    assert Prices.today().shop_price(Money("77.00", "CNY"), "CNY") == (Money("77.00", "CNY"), None)


def test_yen_have_no_smaller_unit(cast: Cast, assess: Assess) -> None:
    """CNY 77.00 are JPY 1,650; 0.6 % of that are 9.9."""
    assess(CNY="amber")

    assert Prices.today().shop_price(Money("77.00", "CNY"), "JPY") == (Money("1660", "JPY"), Money("10", "JPY"))


def test_customs_compare_the_whole_price_with_their_limit(cast: Cast, assess: Assess) -> None:
    """CNY 1,151.15 are EUR 149.50, below the limit of 150; with 0.6 %, that is 0.90, above it."""
    Variant.objects.filter(pk=cast.mug.pk).update(price=Money("1151.15", "CNY"))
    cart = cart_with((cast.mug, 1))

    regimes = []
    for level in ("green", "amber"):
        CurrencyRisk.objects.all().delete()
        assess(CNY=level)
        [part] = proposal_for(cart).parts
        assert part.delivered is not None
        regimes.append(part.delivered.assessment.regimes)

    assert regimes == [("EU-LV-3EUR",), ("EU-STD",)]


# From the card to the invoice -----------------------------------------------------------------------------------


def test_every_page_names_the_same_amounts(client: Client, cast: Cast, assess: Assess, outside: Counterpart) -> None:
    assess(CNY="red")
    fill_shelves()
    navigation.forget()
    sellers.forget()
    from_country(client)

    shelf = client.get("/de/category/everything/").content.decode()
    product = client.get("/de/product/kite-t-shirt/")
    put_in(client, (cast.tshirt, 1))
    cart = client.get("/de/cart/").content.decode()
    checkout = client.post("/de/checkout/", filled()).content.decode()

    landed = product.context["landed"]
    total = f"{landed['total'].amount:.2f}".replace(".", ",") + "\xa0€"
    assert (landed["goods"], landed["buffer"]) == (Money("10.22", "EUR"), Money("0.22", "EUR"))
    assert shelf.count(">10,22\xa0€<") == 1 and f">{total}<" in shelf
    assert ">10,22\xa0€<" in product.content.decode() and f">{total}<" in product.content.decode()
    assert re.search(r'"price":"?10\.22"?,"priceCurrency":"EUR"', product.content.decode())
    assert reserves(product.content.decode()) == ["0,22\xa0€"]
    assert reserves(cart) == ["0,22\xa0€"] * 2  # of the parcel, and of all
    assert reserves(checkout) == ["0,22\xa0€"] * 2
    assert (shown(checkout)["goods"], shown(checkout)["buffer"]) == ("10,22\xa0€", "0,22\xa0€")
    assert shown(checkout)["total"] == total


def test_what_was_shown_is_what_was_bought(client: Client, cast: Cast, assess: Assess, outside: Counterpart) -> None:
    assess(CNY="red", JPY="amber")

    order = paid_order(outside, (cast.tshirt, 2), (cast.notebook, 1))
    work()

    page, invoice = (client.get(f"/de/order/{order.token}/{name}").content.decode() for name in ("", "invoice/"))
    whole, parts = "0,49\xa0€", ["0,44\xa0€", "0,05\xa0€"]  # 0.6 % of EUR 8.00 are 0.048
    assert money_from_json(order.quote.body["totals"]["buffer"]) == Money("0.49", "EUR")
    assert order.goods == Money("28.49", "EUR")
    assert order.total == order.goods + order.shipping + order.duty + order.tax + order.fees
    assert reserves(page) == [whole, *parts]
    assert reserves(invoice) == [*parts, whole]
    assert shown(page)["buffer"] == whole
    letter = mail.outbox[0]
    assert f"{said('de', LINE)}: {whole}" in letter.body
    assert reserves(str(letter.alternatives[0][0])) == [whole]


def test_the_seller_is_owed_the_price_without_it(cast: Cast, assess: Assess) -> None:
    assess(CNY="red")

    order = place(cart_with((cast.tshirt, 2)))

    line = OrderLine.objects.get(seller_order__order=order)
    assert (line.unit_price, line.seller_price) == (Money("10.22", "EUR"), Money("77.00", "CNY"))


def test_a_quote_keeps_what_was_added_when_the_level_changes(cast: Cast, assess: Assess) -> None:
    assess(CNY="amber")
    cart = cart_with((cast.tshirt, 2))
    quote = quote_for(cart)
    CurrencyRisk.objects.all().delete()
    assess(CNY="red")

    assert quote_for(cart) == quote
    assert quote.total == Money("32.97", "EUR")
    assert quote.body["fx"]["risk"] == {"CNY": {"level": "amber", "buffer_percent": "0.6000"}}
    assert quote.body["parts"][0]["assessment"]["buffer"] == "0.12"


def test_where_nothing_is_added_there_is_no_line(client: Client, cast: Cast, assess: Assess) -> None:
    assess(CNY="green")
    from_country(client)
    put_in(client, (cast.tshirt, 1))
    order = place(cart_with((cast.tshirt, 1)))

    for path in ("cart/", "checkout/", f"order/{order.token}/"):
        assert said("de", LINE) not in client.get(f"/de/{path}").content.decode()


def test_the_staff_read_level_percentage_and_amount(admin_client: Client, cast: Cast, assess: Assess) -> None:
    assess(CNY="red")
    order = place(cart_with((cast.tshirt, 2)))

    page = admin_client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()

    [row] = re.findall(rf"<tr><th>{LINE}.*?</tr>", page)
    assert " ".join(re.sub(r"<[^>]*>", " ", row).split()) == f"{LINE} CNY · Red · 2.20% €0.44"


# Copies of earlier releases -------------------------------------------------------------------------------------


def forget_the_buffer(table: str, column: str) -> None:
    """The copies in a column are as a release without the reserve wrote them."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {column} - 'buffer'")


def test_an_order_of_an_earlier_release_is_shown(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 2))
    forget_the_buffer("orders_sellerorder", "assessment")
    assert "buffer" not in SellerOrder.objects.get().assessment
    work()

    page = client.get(f"/de/order/{order.token}/")
    invoice = client.get(f"/de/order/{order.token}/invoice/")

    assert (page.status_code, invoice.status_code, len(mail.outbox)) == (200, 200, 1)
    assert shown(page.content.decode())["goods"] == "20,00\xa0€"
    assert said("de", LINE) not in page.content.decode() + invoice.content.decode() + str(mail.outbox[0].body)


def test_a_quote_of_an_earlier_release_is_shown_and_honoured(client: Client, cast: Cast) -> None:
    from_country(client)
    put_in(client, (cast.tshirt, 2))
    client.post("/de/checkout/", filled())
    quote = Quote.objects.get()
    body = quote.body
    del body["totals"]["buffer"], body["parts"][0]["assessment"]["buffer"], body["parts"][0]["advice"]
    Quote.objects.update(body=body)

    page = client.post("/de/checkout/", filled())

    assert shown(page.content.decode())["goods"] == "20,00\xa0€"
    answer = client.post(
        "/de/checkout/",
        filled(action="place") | {name: hidden(page, name) for name in ("key", "shown_total")},
    )
    assert answer.status_code == 302
    assert Order.objects.get().quote == quote


# Cost -------------------------------------------------------------------------------------------------------------


def test_the_terms_of_a_pair_are_made_once(cast: Cast, assess: Assess, django_assert_num_queries: Any) -> None:
    assess(CNY="red")
    prices, region = Prices.today(), Region("de", "DE", "EUR")

    with django_assert_num_queries(0):
        found = [prices.shop(Money(amount, "CNY"), region.currency) for amount in range(1, 200)]
        assert Prices.today() is prices

    assert len(found) == 199
    assert set(prices.pairs) == {("CNY", "EUR")}
