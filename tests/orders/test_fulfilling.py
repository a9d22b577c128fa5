"""From payment to door: screening, customs, label, tracking, mail; each exactly once, however often it is tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings

from compliance import selectors as compliance
from compliance import services as flags
from compliance.models import Flag
from logistics import services as logistics
from logistics.models import CustomsDeclaration, Shipment
from orders.models import Fulfilment, Order, Step
from orders.services import fulfilling, steps
from tests.orders.buying import paid_order, said, step_of, work
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart
from tests.support.cast import GERMAN_ADDRESS, Cast, forbid, put, warehouse

Kind, State = Step.Kind, Step.State


def states(order: Order) -> dict[str, str]:
    """The state of each step of an order with one part."""
    return dict(Step.objects.filter(order=order).values_list("kind", "state"))


def parcel_of(order: Order) -> Fulfilment:
    return Fulfilment.objects.select_related("shipment").get(seller_order__order=order)


def status_of(order: Order) -> tuple[str, list[str]]:
    order.refresh_from_db()
    parcels = Fulfilment.objects.filter(seller_order__order=order).order_by("seller_order__position")
    return order.status, list(parcels.values_list("status", flat=True))


# The way to the label -----------------------------------------------------------------------------------------


def test_each_part_is_declared_and_gets_one_label(cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 2), (cast.notebook, 1))

    work()

    assert outside.parcels() == {f"{order.number}-1": 1, f"{order.number}-2": 1}
    assert Counter(one["status"] for one in outside.declarations()) == {"accepted": 2}
    assert status_of(order) == ("paid", ["ready", "ready"])
    for shipment in Shipment.objects.all():
        assert shipment.tracking_number and shipment.label
        assert shipment.declaration.status == "accepted"
        assert shipment.recipient == GERMAN_ADDRESS.as_dict()


def test_the_declaration_says_what_was_collected_at_checkout(cast: Cast, outside: Counterpart) -> None:
    paid_order(outside, (cast.tshirt, 2))

    work()

    payload = CustomsDeclaration.objects.get().payload
    assert (payload["form"], payload["procedure"]) == ("h7", "F48")
    assert payload["charges"]["incoterm"] == "DDP"
    assert payload["charges"]["tax"] == {"amount": "5.24", "currency": "EUR"}
    assert [(line["description"], line["quantity"], line["hs_code"]) for line in payload["lines"]] == [
        ("knitted T-shirt of cotton", 2, "610910")
    ]


def test_a_parcel_within_one_country_needs_no_declaration(cast: Cast, outside: Counterpart) -> None:
    cast.tshirt.stock_levels.all().delete()
    put(cast.tshirt, {warehouse(cast.shenzhen, "DE"): 5})
    order = paid_order(outside, (cast.tshirt, 1))

    work()

    assert outside.declarations() == []
    assert outside.parcels() == {f"{order.number}-1": 1}


@pytest.mark.parametrize("fault", ["fail_next", "drop_next"])
def test_whatever_the_carrier_fails_at_is_done_once_in_the_end(
    cast: Cast, outside: Counterpart, hands: Hands, fault: str
) -> None:
    order = paid_order(outside, (cast.tshirt, 1), (cast.notebook, 1))

    for _ in range(6):
        outside.faults("carrier", **{fault: 1})
        work()
        hands.forward(minutes=1)
    outside.faults("carrier")
    work()

    assert outside.parcels() == {f"{order.number}-1": 1, f"{order.number}-2": 1}
    assert len(outside.declarations()) == 2
    assert status_of(order) == ("paid", ["ready", "ready"])


def test_steps_that_are_told_twice_do_nothing_twice(cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 1))

    work()
    Step.objects.filter(kind__in=[Kind.CONFIRM, Kind.SCREEN, Kind.DECLARE, Kind.LABEL]).update(state=State.PENDING)
    work()

    assert outside.parcels() == {f"{order.number}-1": 1}
    assert (len(outside.declarations()), Shipment.objects.count()) == (1, 1)
    assert Step.objects.count() == 5


def test_a_declaration_that_customs_reject_waits_until_it_is_corrected(cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 1))
    outside.faults("carrier", reject_next=1)
    work()
    stood = states(order)

    step = step_of(order, Kind.DECLARE)
    shipment = parcel_of(order).shipment
    assert shipment is not None
    logistics.correct_declaration(
        shipment=shipment, descriptions={"KITE-T-SHIRT": "T-shirt of knitted cotton, women's"}
    )
    steps.resume(step=step)
    work()

    assert (stood["declare"], "label" in stood) == (State.FAILED, False)
    assert states(order) == {
        "confirm": "done",
        "screen": "done",
        "declare": "done",
        "label": "done",
        "track": "pending",
    }
    assert [one["status"] for one in outside.declarations()] == ["rejected", "accepted"]


def test_a_parcel_whose_shipment_was_cancelled_gets_no_label(cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 1))
    for kind in (Kind.SCREEN, Kind.DECLARE):
        steps.run(step_of(order, kind).pk)
    shipment = parcel_of(order).shipment
    assert shipment is not None
    logistics.cancel(shipment=shipment)

    work()

    assert (states(order)["label"], outside.parcels()) == (State.FAILED, {})


# Held for a check ---------------------------------------------------------------------------------------------


@pytest.fixture
def held(cast: Cast, outside: Counterpart, law_may_change: Callable[[], None]) -> Order:
    """A paid order whose goods were forbidden between payment and screening."""
    order = paid_order(outside, (cast.tshirt, 1), (cast.notebook, 1))
    forbid("6109", "DE")
    law_may_change()
    work()
    return order


def test_a_finding_that_blocks_holds_its_parcel_alone(held: Order, cast: Cast, outside: Counterpart) -> None:
    flag = Flag.objects.get()

    assert (flag.subject, flag.seller, flag.severity) == (held.seller_orders.get(position=1), cast.shenzhen, "block")
    assert flag.subject_label == f"{held.number}-1"
    assert status_of(held) == ("paid", ["held", "ready"])
    assert outside.parcels() == {f"{held.number}-2": 1}


def test_the_parcel_goes_on_when_an_officer_has_released_it(held: Order, cast: Cast, outside: Counterpart) -> None:
    fulfilling.resume_released()
    before = outside.parcels()[f"{held.number}-1"]
    flags.release_flag(flag=Flag.objects.get(), actor=cast.officer, reason="An exemption was shown.")

    fulfilling.resume_released()
    work()

    assert (before, outside.parcels()) == (0, {f"{held.number}-1": 1, f"{held.number}-2": 1})
    assert status_of(held) == ("paid", ["ready", "ready"])
    assert Flag.objects.count() == 1


def test_parcels_that_stay_held_cost_the_sweeper_one_question(
    held: Order, cast: Cast, outside: Counterpart, django_assert_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    """Else they would keep the sweeper busy every few seconds, and in great numbers hide those that were released."""
    with django_assert_num_queries(1):
        fulfilling.resume_released()


def test_the_parcel_stays_while_the_finding_is_upheld(held: Order, cast: Cast, outside: Counterpart) -> None:
    flags.uphold_flag(flag=Flag.objects.get(), actor=cast.officer, reason="No exemption.")

    fulfilling.resume_released()
    work()

    assert status_of(held) == ("paid", ["held", "ready"])
    assert compliance.is_blocked(held.seller_orders.get(position=1))


# Under way ----------------------------------------------------------------------------------------------------


def follow(hands: Hands, settings: Settings) -> None:
    """The next look at where the parcels are."""
    hands.forward(seconds=settings.TRACKING_POLL_SECONDS + 1)
    work()


def test_an_order_is_on_its_way_with_its_first_parcel_and_delivered_with_its_last(
    cast: Cast, outside: Counterpart, hands: Hands, settings: Settings
) -> None:
    order = paid_order(outside, (cast.tshirt, 1), (cast.notebook, 1))
    work()
    first, second = (f"{order.number}-{position}" for position in (1, 2))

    seen = []
    for reference, steps_ahead in [(first, 2), (first, 9), (second, 2), (second, 9)]:
        outside.move(reference, steps_ahead)
        follow(hands, settings)
        seen.append(status_of(order))

    assert seen == [
        ("shipped", ["shipped", "ready"]),
        ("shipped", ["delivered", "ready"]),
        ("shipped", ["delivered", "shipped"]),
        ("delivered", ["delivered", "delivered"]),
    ]
    assert order.delivered_at is not None
    assert {step.state for step in Step.objects.filter(order=order)} == {State.DONE}


def test_each_event_of_the_way_is_kept_once(cast: Cast, outside: Counterpart, hands: Hands, settings: Settings) -> None:
    order = paid_order(outside, (cast.tshirt, 1))
    work()

    for _ in range(9):
        outside.move(f"{order.number}-1", 1)
        follow(hands, settings)

    shipment = parcel_of(order).shipment
    assert shipment is not None
    assert sorted(shipment.events.values_list("description_code", flat=True)) == [
        "arrived_in_country", "cleared_customs", "delivered", "departed_origin", "label_created", "out_for_delivery",
        "picked_up", "presented_to_customs",
    ]  # fmt: skip
    assert step_of(order, Kind.TRACK).state == State.DONE


def test_tracking_does_not_give_up_on_a_carrier_that_is_away_for_long(
    cast: Cast, outside: Counterpart, hands: Hands, settings: Settings
) -> None:
    order = paid_order(outside, (cast.tshirt, 1))
    work()
    outside.faults("carrier", fail_next=steps.MOST_ATTEMPTS * 2)
    for _ in range(steps.MOST_ATTEMPTS * 2):
        hands.forward(minutes=6)
        work(rounds=1)

    outside.move(f"{order.number}-1", 9)
    hands.forward(minutes=6)
    work()

    assert status_of(order) == ("delivered", ["delivered"])


def test_a_worker_that_comes_too_late_does_not_set_a_parcel_back(
    cast: Cast, outside: Counterpart, hands: Hands, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still while it bought the label; meanwhile another one took over and the parcel was delivered."""
    order = paid_order(outside, (cast.tshirt, 1))
    for kind in (Kind.SCREEN, Kind.DECLARE):
        steps.run(step_of(order, kind).pk)
    real, slept = logistics.buy_label, []

    def sleep_through_it(*, shipment: Shipment) -> Shipment:
        bought = real(shipment=shipment)
        if not slept:
            slept.append(True)
            hands.forward(seconds=settings.STEP_LEASE_SECONDS + 1)
            work()
            outside.move(f"{order.number}-1", 9)
            follow(hands, settings)
        return bought

    monkeypatch.setattr(logistics, "buy_label", sleep_through_it)

    steps.run(step_of(order, Kind.LABEL).pk)

    assert status_of(order) == ("delivered", ["delivered"])


# Mail ---------------------------------------------------------------------------------------------------------


def test_the_confirmation_is_written_in_the_language_of_the_order(cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 2), language="de")

    work()

    [message] = mail.outbox
    subject = said("de", "Your order %(number)s", number=order.number)
    assert (message.to, message.subject) == (["greta@example.com"], subject)
    assert message.extra_headers["Content-Language"] == "de"
    for text in (str(message.body), str(message.alternatives[0][0])):
        assert "T-Shirt mit Drachen" in text
        assert "32,83" in text
        assert f"http://testserver/de/order/{order.token}/" in text
        assert "Aachener Straße 12" in text


def test_an_arabic_confirmation_runs_from_right_to_left(cast: Cast, outside: Counterpart) -> None:
    paid_order(outside, (cast.tshirt, 1), language="ar")

    work()

    html = str(mail.outbox[0].alternatives[0][0])
    assert 'lang="ar" dir="rtl"' in html
    assert "/ar/order/" in html


def test_each_parcel_that_arrives_is_told_of(
    cast: Cast, outside: Counterpart, hands: Hands, settings: Settings
) -> None:
    order = paid_order(outside, (cast.tshirt, 1), (cast.notebook, 1), language="en")
    work()
    mail.outbox.clear()

    for position in (1, 2):
        outside.move(f"{order.number}-{position}", 9)
    follow(hands, settings)
    follow(hands, settings)

    assert sorted(message.subject for message in mail.outbox) == [
        "Your parcel from Asagiri has arrived", "Your parcel from Paper Kite has arrived",
    ]  # fmt: skip


def test_a_mail_server_that_is_away_is_tried_again(
    cast: Cast, outside: Counterpart, hands: Hands, settings: Settings, unused_port: int
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", unused_port
    order = paid_order(outside, (cast.tshirt, 1))
    step = step_of(order, Kind.CONFIRM)

    steps.run(step.pk)
    step.refresh_from_db()
    waiting = (step.state, bool(step.last_error))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    hands.forward(minutes=1)
    work()

    assert waiting == (State.PENDING, True)
    assert len(mail.outbox) == 1
