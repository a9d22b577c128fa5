"""The order page and the public tracking page: every step as it happens, and no more than the reader may know."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from moneyed import Money
from pytest_django import Settings

from catalog.models import Variant
from logistics import services as logistics
from logistics.models import Shipment
from orders.models import Order
from tests.orders.buying import cart_with, order_of, paid_order, place, said, to_another, work
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart
from tests.orders.pages import from_country, put_in
from tests.support.cast import GERMAN_ADDRESS, Cast

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def words_of(page: str) -> str:
    """What a reader sees of a page."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.fixture
def order(cast: Cast, outside: Counterpart) -> Order:
    """A paid order of two parts, both of which have their label."""
    made = paid_order(outside, (cast.tshirt, 2), (cast.notebook, 1))
    work()
    return made


# Every language -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_purchase_stands_in_every_language(
    client: Client, order: Order, cast: Cast, language: str
) -> None:
    put_in(from_country(client), (cast.mug, 1))
    shipment = Shipment.objects.first()
    assert shipment is not None
    unpaid = place(cart_with((cast.mug, 1)))

    for path in (
        "cart/",
        "checkout/",
        f"order/{order.token}/",
        f"order/{unpaid.token}/",
        f"track/{shipment.public_token}/",
    ):
        answer = client.get(f"/{language}/{path}")

        page = answer.content.decode()
        assert answer.status_code == 200
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
        assert page.count("<h1") == 1
        assert len(re.findall(r'\bid="([^"]+)"', page)) == len(set(re.findall(r'\bid="([^"]+)"', page)))


# The order ----------------------------------------------------------------------------------------------------


def test_the_order_page_has_what_was_agreed(client: Client, order: Order) -> None:
    answer = client.get(f"/de/order/{order.token}/")

    words = words_of(answer.content.decode())
    for text in (order.number, "Greta Lindholz", "Aachener Straße 12", "T-Shirt mit Drachen", "Notizbuch Morgen",
                 "Paper Kite", "Asagiri", "28,00", "8,68", "8,11", "50,79"):  # fmt: skip
        assert text in words
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_order_page_has_the_hooks_of_automated_shoppers(client: Client, order: Order) -> None:
    page = client.get(f"/de/order/{order.token}/").content.decode()

    figures = [f"quote-{name}" for name in ("goods", "shipping", "duty", "tax", "fees", "total")]
    for hook in ("order-number", "order-status", "tracking-event", *figures):
        assert f'data-testid="{hook}"' in page, hook


def test_the_order_page_shows_each_step_as_it_happens(client: Client, cast: Cast, outside: Counterpart) -> None:
    made = paid_order(outside, (cast.tshirt, 2))

    before = client.get(f"/en/order/{made.token}/").context["parts"][0]["steps"]
    work()
    after = client.get(f"/en/order/{made.token}/").context["parts"][0]["steps"]

    assert [step["state"] for step in before] == ["pending", "planned", "planned", "planned"]
    assert [step["state"] for step in after] == ["done", "done", "done", "running"]


def test_what_is_paid_on_delivery_is_no_part_of_what_was_paid(client: Client, cast: Cast) -> None:
    """A T-shirt of EUR 400 is above the limit for small parcels; of what comes by post the carrier collects duty and tax."""
    Variant.objects.filter(pk=cast.tshirt.pk).update(price=Money("3080", "CNY"))
    order = place(cart_with((cast.tshirt, 1)), language="en")

    page = client.get(f"/en/order/{order.token}/")

    due = page.context["figures"]["on_delivery"]
    summary = re.search(r'aria-labelledby="totals".*?</section>', page.content.decode(), re.DOTALL)
    assert due.amount > 100 and summary is not None
    assert "At your door" not in summary[0]
    assert "To pay now" in summary[0] and "To pay on delivery" in summary[0] and f"{due.amount:,.2f}" in summary[0]


def test_a_page_that_moves_asks_for_its_progress_alone(client: Client, order: Order) -> None:
    url = f"/de/order/{order.token}/"

    page = client.get(url).content.decode()
    swap = client.get(url, headers={"HX-Request": "true", "HX-Target": "progress"}).content.decode()

    assert f'hx-get="{url}"' in page
    assert swap.lstrip().startswith("<div") and 'id="progress"' in swap and "<html" not in swap


def test_a_delivered_order_stands_still(
    client: Client, order: Order, outside: Counterpart, hands: Hands, settings: Settings
) -> None:
    for part in order.seller_orders.all():
        outside.move(part.reference, 9)
    hands.forward(seconds=settings.TRACKING_POLL_SECONDS + 1)
    work()

    page = client.get(f"/de/order/{order.token}/").content.decode()

    assert 'data-testid="order-status" data-status="delivered"' in page
    assert "hx-get=" not in page[page.index('id="progress"') : page.index('id="progress"') + 200]
    assert page.count('data-testid="tracking-event"') == 16


def test_markup_in_a_name_is_shown_as_it_is(client: Client, cast: Cast, outside: Counterpart) -> None:
    address = to_another(GERMAN_ADDRESS, name="<script>alert(1)</script>", street_address='"><img src=x>')
    made = order_of((cast.mug, 1), address=address)

    page = client.get(f"/de/order/{made.token}/").content.decode()

    assert "<script>alert(1)" not in page and "<img src=x>" not in page
    assert "&lt;script&gt;alert(1)" in page


# The parcel ---------------------------------------------------------------------------------------------------


def test_the_tracking_page_names_nobody(client: Client, cast: Cast, outside: Counterpart) -> None:
    address = to_another(GERMAN_ADDRESS, company_name="Lindholz Papier", city_area="Altstadt-Nord")
    made = paid_order(outside, (cast.tshirt, 2), address=address)
    work()
    outside.move(f"{made.number}-1", 9)
    shipment = Shipment.objects.get()
    logistics.refresh(shipment=shipment)

    answer = client.get(f"/de/track/{shipment.public_token}/")

    page = answer.content.decode()
    for private in ("Greta", "Lindholz", "Aachener", "50667", "Altstadt", "greta@example.com", "4922112345678",
                    made.number, made.token, "32,83", "T-Shirt mit Drachen"):  # fmt: skip
        assert private not in page
    assert shipment.tracking_number in page
    assert said("de", "The parcel has been delivered.") in page
    assert page.count('data-testid="tracking-event"') == 8
    assert '<meta name="robots" content="noindex">' in page


def test_a_parcel_is_not_found_by_its_number(client: Client, order: Order) -> None:
    shipment = Shipment.objects.first()
    assert shipment is not None

    for guess in (shipment.tracking_number, shipment.reference, str(shipment.pk), shipment.public_token[:-1]):
        assert client.get(f"/de/track/{guess}/").status_code == 404


def test_the_order_page_leads_to_the_tracking_page(client: Client, order: Order) -> None:
    page = client.get(f"/de/order/{order.token}/").content.decode()

    for shipment in Shipment.objects.all():
        assert f"/de/track/{shipment.public_token}/" in page
