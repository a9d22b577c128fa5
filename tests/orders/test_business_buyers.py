"""A business gives its tax number at the checkout: it counts once the register has said so, and no sooner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import Settings

from compliance import tasks
from compliance.models import BuyerNumber
from compliance.services import buyer_numbers
from logistics.models import Warehouse
from marketplace.kernel import clock
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.errors import Refused
from orders.models import Cart, Order
from tests.orders.counterpart import Counterpart
from tests.orders.pages import filled, place, put_in
from tests.support.cast import Cast

GOOD, OTHER, UNKNOWN = "FR40303265045", "DE136695976", "DE900000006"
FRENCH = PostalAddress("Camille Roux", "3 rue du Lac", "Lyon", "FR", postal_code="69001")
State = BuyerNumber.State


@pytest.fixture
def shopper(client: Client, cast: Cast) -> Client:
    """A business in France with two T-shirts in the cart, which lie in Germany: a supply within the Union."""
    Warehouse.objects.filter(pk=cast.shenzhen_warehouse.pk).update(country="DE")
    client.cookies["region"] = "FR.EUR.business"
    put_in(client, (cast.tshirt, 2))
    return client


@pytest.fixture
def register(outside: Counterpart, settings: Settings) -> Iterator[Counterpart]:
    """The register of the sandbox, which knows every number that does not begin with nine."""
    settings.VIES_URL = f"{outside.url}/vies/checkVatService"
    yield outside


def answer_of(client: Client, number: str, **more: str) -> str:
    """The summary of the checkout with a number."""
    page = client.post("/de/checkout/", filled(FRENCH, tax_number=number, action="refresh", **more), HTTP_HX_REQUEST="true",
                       HTTP_HX_TARGET="summary")  # fmt: skip
    return page.content.decode()


def tax_in(page: str) -> str:
    return plain(page.split('data-testid="quote-tax">')[1].split("</td>")[0])


def plain(markup: str) -> str:
    """What a reader sees of an amount."""
    return " ".join(re.sub(r"<[^>]+>", "", markup).split())


def test_a_number_counts_when_the_register_has_said_so(shopper: Client, register: Counterpart) -> None:
    waiting = answer_of(shopper, GOOD)
    tasks.check_vat_numbers()
    counted = answer_of(shopper, GOOD)

    assert 'data-testid="number-pending"' in waiting and tax_in(waiting) != "0,00 €"
    assert 'data-testid="number-valid"' in counted and tax_in(counted) == "0,00 €"
    row = BuyerNumber.objects.get()
    assert (row.state, row.number, row.checked_with, row.due_at) == (State.VALID, GOOD, "VIES", None)


def test_a_number_that_the_register_does_not_know_leaves_the_tax(shopper: Client, register: Counterpart) -> None:
    before = answer_of(shopper, "")
    answer_of(shopper, UNKNOWN)
    tasks.check_vat_numbers()
    after = answer_of(shopper, UNKNOWN)

    assert 'data-testid="number-invalid"' in after
    assert tax_in(after) == tax_in(before) != "0,00 €"


def test_silence_of_the_register_is_no_answer(shopper: Client, register: Counterpart) -> None:
    register.faults("vies", fault_next=1, fault="MS_UNAVAILABLE")
    answer_of(shopper, GOOD)
    tasks.check_vat_numbers()
    away = answer_of(shopper, GOOD)
    row = BuyerNumber.objects.get()
    assert (row.state, row.attempts, row.last_error) == (State.PENDING, 1, "MS_UNAVAILABLE")

    BuyerNumber.objects.update(due_at=clock.now())
    tasks.check_vat_numbers()

    assert 'data-testid="number-away"' in away and tax_in(away) != "0,00 €"
    assert 'data-testid="number-valid"' in answer_of(shopper, GOOD)


@pytest.mark.parametrize("typed", ["DE136695977", "136695", "GB980780684", "<script>", "１２３"])
def test_what_is_no_number_of_the_country_is_said_and_no_order_is_placed(shopper: Client, typed: str) -> None:
    swapped = answer_of(shopper, typed)
    page = place(shopper, filled(FRENCH, tax_number=typed))

    assert 'class="errorlist"' in swapped.split('id="number-state"')[1]

    assert page.status_code == 422
    assert not Order.objects.exists() and not BuyerNumber.objects.exists()
    assert 'aria-invalid="true"' in page.content.decode()


@pytest.mark.parametrize("typed", ["fr 40 303 265 045", "40303265045", " FR-40.303.265.045 "])
def test_one_number_is_kept_once_however_it_is_typed(shopper: Client, typed: str) -> None:
    answer_of(shopper, GOOD)
    answer_of(shopper, typed)

    assert BuyerNumber.objects.get().number == GOOD
    assert Cart.objects.get().buyer_number == BuyerNumber.objects.get()


def test_the_order_keeps_the_number_and_its_check(shopper: Client, register: Counterpart) -> None:
    answer_of(shopper, OTHER)
    tasks.check_vat_numbers()

    place(shopper, filled(FRENCH, tax_number=OTHER))

    order = Order.objects.get()
    kept = order.quote.body["buyer"]
    assert (kept["number"], kept["checked_with"]) == (OTHER, "VIES")
    assert kept["check_reference"] == BuyerNumber.objects.get().check_reference
    assert order.tax.amount == 0
    assert OTHER in shopper.get(f"/de/order/{order.token}/").content.decode()


def test_a_price_without_tax_is_not_kept_for_another_number(shopper: Client, register: Counterpart) -> None:
    answer_of(shopper, GOOD)
    tasks.check_vat_numbers()
    free = filled(FRENCH, tax_number=GOOD) | {"shown_total": shown_in(answer_of(shopper, GOOD))}

    answer = shopper.post("/de/checkout/", free | {"tax_number": "", "action": "place", "terms": "on"})

    assert answer.status_code == 409
    assert not Order.objects.exists()


def cart_tax(client: Client, language: str = "de") -> str:
    page = client.get(f"/{language}/cart/").content.decode()
    with translation.override(language):
        label = gettext("Tax")
    figures = page.split('<table class="figures">')[-1]  # the sum of the cart is the last
    return plain(figures.split(f'<th scope="row">{label}')[1].split("</td>")[0].split("<td>")[1])


def shown_in(page: str) -> str:
    return page.split('name="shown_total" value="')[1].split('"')[0]


def test_private_buyers_are_not_asked_and_what_they_send_does_not_count(
    client: Client, cast: Cast, register: Counterpart
) -> None:
    client.cookies["region"] = "FR.EUR"
    put_in(client, (cast.tshirt, 2))

    page = answer_of(client, GOOD)

    assert 'name="tax_number"' not in client.get("/de/checkout/").content.decode()
    assert tax_in(page) != "0,00 €" and not BuyerNumber.objects.exists()


def test_the_cart_shows_the_price_with_the_number(shopper: Client, register: Counterpart) -> None:
    before = cart_tax(shopper)
    answer_of(shopper, GOOD)
    tasks.check_vat_numbers()

    assert cart_tax(shopper) == "0,00 €" != before
    shopper.cookies["region"] = "NL.EUR.business"
    assert cart_tax(shopper) == "0,00 €"  # a number of one member state will do in all of them
    shopper.cookies["region"] = "DE.EUR.business"
    assert cart_tax(shopper) != "0,00 €"  # where the goods lie already


def test_an_old_answer_is_asked_for_again_and_counts_meanwhile(shopper: Client, register: Counterpart) -> None:
    answer_of(shopper, GOOD)
    tasks.check_vat_numbers()
    BuyerNumber.objects.update(checked_at=clock.now() - timedelta(days=91))

    page = answer_of(shopper, GOOD)

    assert 'data-testid="number-valid"' in page
    assert BuyerNumber.objects.get().due_at is not None


def test_where_no_service_is_asked_a_number_of_the_right_shape_counts_at_once(cast: Cast) -> None:
    key = buyer_numbers.read("51 824 753 556", "AU")
    row = buyer_numbers.keep_number(key)

    assert (row.kind, row.number, row.state, row.due_at) == ("gst_au", "51824753556", State.VALID, None)
    assert buyer_numbers.counts_in(row, "AU") and not buyer_numbers.counts_in(row, "DE")
    with pytest.raises(Refused):
        buyer_numbers.read("51 824 753 557", "AU")


def test_numbers_that_nobody_uses_are_forgotten(cast: Cast) -> None:
    used = buyer_numbers.keep_number(buyer_numbers.read(GOOD, "DE"))
    buyer_numbers.keep_number(buyer_numbers.read(OTHER, "DE"))
    BuyerNumber.objects.exclude(pk=used.pk).update(used_at=clock.now() - timedelta(days=366))

    assert buyer_numbers.forget_unused() == 1
    assert BuyerNumber.objects.get() == used


def test_no_more_than_a_few_new_numbers_are_taken_from_one_address(shopper: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "buyer_number": "1/h/ip"}
    answer_of(shopper, GOOD)
    answer_of(shopper, OTHER)

    assert BuyerNumber.objects.get().number == GOOD
