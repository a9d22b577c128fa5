"""What may not be ordered is refused with nothing written, and what may not leave is held before its label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test import Client

from accounts.models import Consent, SellerMember
from catalog.models import Product, ProductDocument, ProductFacts, StockReservation
from catalog.services import screening
from compliance import services as compliance
from compliance.models import Flag, SanctionedName, SanctionedParty
from compliance.screening import Finding
from compliance.services.rechecks import SELLER
from compliance.traders.names import fold
from logistics.models import Parcel, Shipment
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.errors import Refused
from orders.models import Fulfilment, Order, OrderPayment, Quote, SellerOrder, Step
from orders.services import fulfilling, gates, placing, settling, steps
from payments.models import Payment
from tests.orders import pages
from tests.orders.buying import (
    cart_with,
    lines_of,
    order_of,
    paid_order,
    place,
    quote_for,
    said,
    step_of,
    to_another,
    work,
)
from tests.orders.counterpart import Counterpart
from tests.support import cast as casting
from tests.support import papers
from tests.support.cast import GERMAN_ADDRESS, Cast, forbid

Kind, State = Step.Kind, Step.State
WRITTEN: list[type[models.Model]] = [Order, SellerOrder, OrderPayment, Payment, StockReservation, Consent, Flag]


def sanction(name: str) -> None:
    """The name stands on a list."""
    party = SanctionedParty.objects.create(
        list_name="EU", reference="EU.1.1", kind="person", name=name, source="Official Journal"
    )
    SanctionedName.objects.create(party=party, name=name, folded=fold(name))


def hold(product_id: int, *countries: str) -> None:
    """The listing is held there, as its flags said at the last screening."""
    Product.objects.filter(pk=product_id).update(held_in=list(countries))


def rows() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in WRITTEN}


# Before a payment ---------------------------------------------------------------------------------------------


def listing_held(cast: Cast) -> dict[str, Any]:
    hold(cast.tshirt.product_id, "DE")
    return {}


def listing_held_everywhere(cast: Cast) -> dict[str, Any]:
    hold(cast.tshirt.product_id, "")
    return {}


def recipient_listed(cast: Cast) -> dict[str, Any]:
    sanction("Igor Petrowitsch Sokolow")
    return {"address": to_another(GERMAN_ADDRESS, name="Sokolow, Igor Petrowitsch")}


def company_listed(cast: Cast) -> dict[str, Any]:
    sanction("Roter Stern Handels GmbH")
    return {"address": to_another(GERMAN_ADDRESS, company_name="ROTER STERN Handels GmbH")}


@pytest.mark.parametrize(
    ("prepare", "code", "sentence"),
    [
        (listing_held, "held", "“T-Shirt mit Drachen” is not sold to this country."),
        (listing_held_everywhere, "held", "“T-Shirt mit Drachen” is not sold to this country."),
        (recipient_listed, "recipient_listed", "We can't take this order."),
        (company_listed, "recipient_listed", "We can't take this order."),
    ],
)
def test_an_order_that_may_not_be_is_refused_and_nothing_is_written(
    cast: Cast, prepare: Callable[[Cast], dict[str, Any]], code: str, sentence: str
) -> None:
    cart = cart_with((cast.tshirt, 2), (cast.notebook, 1))
    quote = quote_for(cart)
    changes = prepare(cast)
    before = rows()

    with pytest.raises(Refused) as refusal:
        place(cart, quote, **changes)

    assert refusal.value.code == code
    assert str(refusal.value.message).startswith(sentence)
    assert rows() == before | {"Flag": int(code == "recipient_listed")}
    assert lines_of(cart) == {"KITE-T-SHIRT": 2, "MORNING-NOTEBOOK": 1}
    assert not StockReservation.objects.exists()


def test_a_hold_elsewhere_and_a_name_that_is_only_a_little_alike_are_no_obstacle(cast: Cast) -> None:
    sanction("Greta Lindqvist-Holzer")
    hold(cast.tshirt.product_id, "FR", "US")

    order = place(cart_with((cast.tshirt, 1)))

    assert order.status == "awaiting_payment"


BELFAST = to_another(GERMAN_ADDRESS, country_code="GB", postal_code="BT1 5GS", city="Belfast")


@pytest.mark.parametrize(("postal_code", "is_refused"), [("BT1 5GS", True), ("bt15gs", True), ("SW1A 1AA", False)])
def test_what_is_held_in_northern_ireland_is_not_sold_there_and_is_in_great_britain(
    cast: Cast, postal_code: str, is_refused: bool
) -> None:
    """The Union's law on product safety holds there, and the shelves are those of the country."""
    ProductFacts.objects.filter(product=cast.tshirt.product).update(manufacturer=None, responsible_person=None)
    screening.screen_listings(product_ids=[cast.tshirt.product_id])
    names, address = {cast.tshirt.pk: "Kite"}, to_another(BELFAST, postal_code=postal_code)

    held = Product.objects.get(pk=cast.tshirt.product_id).held_in
    assert ("XI" in held, "GB" in held) == (True, False)
    if not is_refused:
        gates.refuse_held(names=names, address=address)
        return
    with pytest.raises(Refused) as refusal:
        gates.refuse_held(names=names, address=address)

    assert refusal.value.code == "held"
    assert str(refusal.value.message) == (
        "“Kite” is not sold to Northern Ireland. The seller has yet to show that these goods meet a rule of your country."
        " Please take it out of the cart or choose another address."
    )


def test_the_shopper_reads_the_sentence_and_learns_nothing_of_the_list(cast: Cast, client: Client) -> None:
    sanction("Igor Petrowitsch Sokolow")
    pages.from_country(client)
    pages.put_in(client, (cast.tshirt, 1))
    fields = pages.filled(to_another(GERMAN_ADDRESS, name="Igor Petrowitsch Sokolow"))

    answer = pages.place(client, fields)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert said("de", "We can't take this order. Please write to us, and we look into it.") in page
    assert "EU.1.1" not in page
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("area", "code"),
    [
        ("Crimea", "01001"),
        ("", ""),
        ("Krym", "01001"),
        ("Donetska oblast", "01001"),
        ("", "95000"),
        ("", "83000"),
        ("", "91000"),
    ],
)
def test_a_closed_place_is_refused(cast: Cast, area: str, code: str) -> None:
    address = to_another(GERMAN_ADDRESS, country_code="UA", country_area=area, postal_code=code)

    with pytest.raises(Refused) as refusal:
        gates.refuse_recipient(address=address)

    assert refusal.value.code == "place_closed"


def test_an_open_place_in_the_same_country_is_not(cast: Cast) -> None:
    kyiv = to_another(GERMAN_ADDRESS, country_code="UA", country_area="місто Київ", postal_code="01001")

    gates.refuse_recipient(address=kyiv)

    with pytest.raises(Refused):
        gates.refuse_recipient(address=to_another(kyiv, country_area="Крим", postal_code="95000"))
    assert not Flag.objects.exists()


def test_the_checkout_of_a_held_line_can_not_be_sent(cast: Cast, client: Client) -> None:
    pages.from_country(client)
    pages.put_in(client, (cast.tshirt, 1), (cast.notebook, 1))
    fields = pages.priced(client, pages.filled())
    hold(cast.tshirt.product_id, "DE")

    answer = client.post("/de/checkout/", fields)

    assert answer.status_code == 409
    assert said("de", "“%(name)s” is not sold to this country. Please take it out of the cart or choose another address.",
                name="T-Shirt mit Drachen") in answer.content.decode()  # fmt: skip
    assert (Order.objects.count(), Quote.objects.count()) == (0, 1)


# Before a label -----------------------------------------------------------------------------------------------


def parcel(order: Order) -> Fulfilment:
    return Fulfilment.objects.get(seller_order__order=order)


def declared(outside: Counterpart, cast: Cast) -> Order:
    """A paid order whose parcel was screened and declared, and waits for its label."""
    order = paid_order(outside, (cast.tshirt, 1))
    for kind in (Kind.SCREEN, Kind.DECLARE):
        steps.run(step_of(order, kind).pk)
    assert step_of(order, Kind.LABEL).state == State.PENDING
    return order


def of_part(order: Order) -> models.Model:
    return order.seller_orders.get()


def of_order(order: Order) -> models.Model:
    return order


def of_shipment(order: Order) -> models.Model:
    return Shipment.objects.get()


def of_parcel(order: Order) -> models.Model:
    return Parcel.objects.get()


def of_seller(order: Order) -> models.Model:
    return order.seller_orders.get().seller


@pytest.mark.parametrize("subject_of", [of_part, of_order, of_shipment, of_parcel, of_seller])
def test_a_flag_raised_before_the_label_holds_the_parcel_until_it_is_released(
    cast: Cast, outside: Counterpart, admin_client: Client, subject_of: Callable[[Order], models.Model]
) -> None:
    order, desk = declared(outside, cast), admin_client
    subject = subject_of(order)
    finding = Finding("notice_upheld", "block", {"facts": "x"}, rule="N-1")
    (flag,) = compliance.record_findings(subject=subject, findings=[finding], label="Subject")

    work()
    fulfilling.resume_released()
    work()

    assert "Subject" in desk.get(f"/admin/compliance/flag/{flag.pk}/change/").content.decode()
    assert (parcel(order).status, step_of(order, Kind.LABEL).state, outside.parcels()) == ("held", State.HELD, {})
    assert flag.content_type == ContentType.objects.get_for_model(subject)
    compliance.release_flag(flag=flag, actor=cast.officer, reason="It is well.")
    fulfilling.resume_released()
    work()
    assert outside.parcels() == {f"{order.number}-1": 1}
    assert parcel(order).status == "ready"


def test_a_rule_that_came_before_the_label_holds_the_parcel(
    cast: Cast, outside: Counterpart, law_may_change: Callable[[], None]
) -> None:
    order = declared(outside, cast)
    forbid("6109", "DE")
    law_may_change()

    work()

    assert (parcel(order).status, outside.parcels()) == ("held", {})
    assert Flag.objects.get().subject == order.seller_orders.get()


def test_a_listing_held_where_the_parcel_goes_holds_it_and_one_held_elsewhere_does_not(
    cast: Cast, outside: Counterpart
) -> None:
    order = declared(outside, cast)
    product = cast.tshirt.product
    finding = Finding("notice_upheld", "block", {"facts": "x"}, rule="N-1", countries=("FR",))
    compliance.record_findings(subject=product, findings=[finding], seller=cast.shenzhen, checks=())
    screening.screen_listings(product_ids=[product.pk])
    assert not gates.is_held(order.seller_orders.get())

    finding = Finding("notice_upheld", "block", {"facts": "x"}, rule="N-2", countries=("DE",))
    compliance.record_findings(subject=product, findings=[finding], seller=cast.shenzhen, checks=())
    screening.screen_listings(product_ids=[product.pk])
    work()

    assert (parcel(order).status, outside.parcels()) == ("held", {})


def test_a_parcel_with_its_label_is_not_stopped(cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 1))
    work()
    assert outside.parcels() == {f"{order.number}-1": 1}
    compliance.record_findings(subject=order, findings=[Finding("notice_upheld", "block", {"facts": "x"}, rule="N-1")])
    Step.objects.filter(kind=Kind.LABEL).update(state=State.PENDING)

    work()

    assert (step_of(order, Kind.LABEL).state, parcel(order).status) == (State.DONE, "ready")


def test_the_recipient_is_compared_with_the_lists_of_the_day_of_the_label(cast: Cast, outside: Counterpart) -> None:
    order = declared(outside, cast)
    sanction("Greta Lindholz")

    work()

    flag = Flag.objects.get()
    assert (flag.severity, flag.rule) == ("critical", "party_listed:EU-EU.1.1")
    assert parcel(order).status == "held"


def test_what_is_known_of_the_goods_counts_on_their_way(cast: Cast, outside: Counterpart) -> None:
    """A battery that the seller declared after the order was paid."""
    order = order_of((cast.tshirt, 1))
    ProductFacts.objects.filter(product=cast.tshirt.product_id).update(
        battery="li_ion_inside", batteries=1, battery_watt_hours="120"
    )
    outside.decide(order)
    settling.refresh(order=order)

    work()

    assert {flag.rule for flag in Flag.objects.all()} & {
        "lithium_battery:LITHIUM-LARGE-AIR",
        "lithium_battery:LITHIUM-LARGE-POST",
    }


@pytest.mark.parametrize("has_permit", [False, True])
def test_a_document_of_the_listing_settles_it_for_the_parcel_too(
    cast: Cast, outside: Counterpart, has_permit: bool
) -> None:
    order = order_of((cast.tshirt, 1))
    ProductFacts.objects.filter(product=cast.tshirt.product_id).update(cites_species="Gossypium hirsutum")
    if has_permit:
        member = casting.person("li@example.com", "Li Na")
        SellerMember.objects.create(user=member, seller=cast.shenzhen)
        permit = papers.document(cast.shenzhen, member, "permit")
        ProductDocument.objects.create(product=cast.tshirt.product, document=permit)
    outside.decide(order)
    settling.refresh(order=order)

    work()

    found = Flag.objects.filter(content_type=ContentType.objects.get_for_model(SellerOrder))
    assert [flag.rule for flag in found] == ([] if has_permit else ["protected_species:CITES-SPECIES"])


def test_a_suspended_seller_can_not_be_bought_from(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 1))
    finding = Finding("seller_party_listed", "critical", {"party": "Li"})
    compliance.record_findings(subject=cast.shenzhen, findings=[finding], seller=cast.shenzhen)
    compliance.ask_for_recheck(topic=SELLER, keys=[cast.shenzhen.pk])
    quote = quote_for(cart)

    screening.screen_waiting()

    with pytest.raises(Refused) as refusal:
        place(cart, quote)
    assert refusal.value.code == "held"


def test_an_order_whose_goods_are_held_meanwhile_can_not_be_paid(cast: Cast) -> None:
    order = place(cart_with((cast.tshirt, 1)))
    hold(cast.tshirt.product_id, "DE")
    before = rows()

    with pytest.raises(Refused) as refusal:
        placing.start_payment(order=order)

    assert refusal.value.code == "held"
    assert rows() == before


@pytest.mark.parametrize(
    ("address", "is_held"), [(BELFAST, True), (to_another(BELFAST, postal_code="SW1A 1AA"), False)]
)
def test_a_listing_held_in_northern_ireland_holds_the_parcels_that_go_there(
    cast: Cast, outside: Counterpart, address: PostalAddress, is_held: bool
) -> None:
    order = declared(outside, cast)
    Order.objects.filter(pk=order.pk).update(country="GB", address=address.as_dict())
    finding = Finding("notice_upheld", "block", {"facts": "x"}, rule="N-1", countries=("XI",))
    compliance.record_findings(subject=cast.tshirt.product, findings=[finding], seller=cast.shenzhen, checks=())
    screening.screen_listings(product_ids=[cast.tshirt.product_id])

    assert gates.is_held(order.seller_orders.get()) is is_held
