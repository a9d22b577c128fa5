"""A payment settles its order exactly once, whatever comes first, twice, late or forged."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from moneyed import Money

from orders.models import Order, OrderPayment, Step
from orders.services import placing, settling
from payments import services as payments
from payments.models import Payment, PaymentEvent
from payments.providers.base import Result, Status
from tests.orders.buying import cart_with, order_of, place, said, step_of, stock_of, work
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart, Message
from tests.support.cast import Cast

WEBHOOK = "/webhooks/payments/sandbox/"


def deliver(client: Client, message: Message, url: str = WEBHOOK) -> int:
    headers, body = message
    return client.post(url, body, content_type="application/json", headers=headers).status_code


def kinds(order: Order) -> Counter[str]:
    return Counter(Step.objects.filter(order=order).values_list("kind", flat=True))


def back_from_payment(client: Client, order: Order) -> str:
    """What the shopper reads when the provider has sent them back."""
    answer = client.get(f"/de/order/{order.token}/return/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


PAID = {"confirm": 1, "screen": 1}


# In any order, any number of times ----------------------------------------------------------------------------


def test_the_message_comes_first(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2))
    outside.decide(order)

    status = deliver(client, outside.messages()[0])
    page = back_from_payment(client, order)

    order.refresh_from_db()
    assert (status, order.status, kinds(order)) == (204, "paid", PAID)
    assert order.number in page
    assert stock_of(cast.tshirt) == (48, 0)


def test_the_shopper_comes_first(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2))
    outside.decide(order)

    back_from_payment(client, order)
    status = deliver(client, outside.messages()[0])

    order.refresh_from_db()
    assert (status, order.status, kinds(order)) == (204, "paid", PAID)
    assert stock_of(cast.tshirt) == (48, 0)


def test_a_message_that_comes_three_times_counts_once(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2), (cast.notebook, 1))
    outside.decide(order)
    [message] = outside.messages()

    statuses = [deliver(client, message) for _ in range(3)]

    assert statuses == [204, 204, 204]
    assert kinds(order) == {"confirm": 1, "screen": 2}
    assert PaymentEvent.objects.count() == 1
    assert (stock_of(cast.tshirt), stock_of(cast.notebook)) == ((48, 0), (49, 0))


def test_the_steps_are_handed_out_when_the_payment_is_committed(
    client: Client, cast: Cast, outside: Counterpart, handed_out: list[int],
    django_capture_on_commit_callbacks: object,
) -> None:  # fmt: skip
    order = order_of((cast.tshirt, 2))
    outside.decide(order)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        deliver(client, outside.messages()[0])
        assert handed_out == []

    assert handed_out == list(Step.objects.order_by("pk").values_list("pk", flat=True))


def test_a_provider_that_does_not_answer_leaves_the_shopper_waiting(
    client: Client, cast: Cast, outside: Counterpart
) -> None:
    order = order_of((cast.tshirt, 2))
    outside.decide(order)
    outside.faults("psp", fail_next=1)

    first, second = back_from_payment(client, order), back_from_payment(client, order)

    assert said("de", "We are waiting for the payment service.") in first
    assert said("de", "Thank you. Your order is on its way to your door.") in second


def test_the_page_that_waits_gives_way_to_the_whole_page_of_the_order(
    client: Client, cast: Cast, outside: Counterpart
) -> None:
    order = order_of((cast.tshirt, 2))
    url = f"/de/order/{order.token}/return/"
    waiting = client.get(url, headers={"HX-Request": "true"})
    outside.decide(order)

    settled = client.get(url, headers={"HX-Request": "true"})

    assert (waiting.status_code, settled.headers["HX-Redirect"]) == (200, f"/de/order/{order.token}/")


def test_a_shopper_who_comes_back_undecided_waits(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2))

    page = back_from_payment(client, order)

    assert said("de", "We are waiting for the payment service.") in page
    assert kinds(order) == {}


# Forged, stale, foreign ---------------------------------------------------------------------------------------


def nothing_came_of_it(order: Order) -> bool:
    order.refresh_from_db()
    states = set(order.order_payments.values_list("payment__state", flat=True))
    return (order.status, states, kinds(order)) == ("awaiting_payment", {"pending"}, {})


def without(name: str, message: Message) -> Message:
    return {key: value for key, value in message[0].items() if key != name}, message[1]


@pytest.mark.parametrize("forge", [
    lambda outside, message: outside.signed("evt_forged", message[1], secret="guessed"),
    lambda outside, message: (message[0], message[1].replace(b'"open"', b'"paid"').replace(b"19.15", b"0.01")),
    lambda outside, message: ({**message[0], "webhook-id": "evt_other"}, message[1]),
    lambda outside, message: without("webhook-signature", message),
    lambda outside, message: without("webhook-timestamp", message),
    lambda outside, message: ({**message[0], "webhook-timestamp": "soon"}, message[1]),
    lambda outside, message: ({}, message[1]),
    lambda outside, message: ({**message[0], "webhook-signature": "v1," + "%" * 50}, message[1]),
    lambda outside, message: outside.messages(age=301)[0],
    lambda outside, message: outside.signed("evt_rubbish", b"not json"),
    lambda outside, message: outside.signed("evt_empty", b""),
    lambda outside, message: outside.signed("evt_list", b"[1, 2]"),
    lambda outside, message: outside.signed("evt_half", b'{"type": "payment.paid", "data": {"id": "x"}}'),
    lambda outside, message: outside.signed("evt_nul", message[1].replace(b'"reference": "', b'"reference": "\\u0000')),
    lambda outside, message: outside.signed("e" * 300, message[1]),
], ids=["other secret", "changed body", "other id", "no signature", "no time", "time in words", "no headers",
        "signature is rubbish", "old", "no json", "no body", "a list", "half a message", "nul", "endless id"])  # fmt: skip
def test_a_message_that_is_not_genuine_is_turned_away(
    client: Client, cast: Cast, outside: Counterpart, forge: object
) -> None:
    order = order_of((cast.tshirt, 1))
    outside.decide(order)

    status = deliver(client, forge(outside, outside.messages()[0]))  # type: ignore[operator]

    assert status == 400
    assert nothing_came_of_it(order)
    assert not PaymentEvent.objects.exists()


def test_a_provider_that_we_do_not_have_is_unknown(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 1))
    outside.decide(order)

    status = deliver(client, outside.messages()[0], "/webhooks/payments/gringotts/")

    assert status == 404
    assert nothing_came_of_it(order)


def test_a_message_is_only_ever_posted(client: Client, db: None) -> None:
    assert client.get(WEBHOOK).status_code == 405


@pytest.mark.parametrize("change", [{"value": "0.01", "currency": "EUR"}, {"value": "19.15", "currency": "USD"}])
def test_a_genuine_message_on_another_amount_is_kept_and_changes_nothing(
    client: Client, cast: Cast, outside: Counterpart, change: dict[str, str]
) -> None:
    order = order_of((cast.tshirt, 1))
    outside.decide(order)
    message = json.loads(outside.messages()[0][1])
    message["data"]["amount"] = change

    status = deliver(client, outside.signed("evt_other_amount", json.dumps(message).encode()))

    assert status == 204
    assert nothing_came_of_it(order)
    assert PaymentEvent.objects.get().outcome == "mismatch"


def test_a_message_on_a_payment_that_is_not_ours_is_kept(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 1))
    outside.decide(order)
    message = json.loads(outside.messages()[0][1])
    message["data"] |= {"id": "ses_foreign", "key": "foreign"}

    status = deliver(client, outside.signed("evt_foreign", json.dumps(message).encode()))

    assert status == 204
    assert nothing_came_of_it(order)
    assert PaymentEvent.objects.get().outcome == "unknown"


# Declined, left, paid again -----------------------------------------------------------------------------------


def test_after_a_decline_the_shopper_pays_again(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2))
    outside.decide(order, "decline")
    told = back_from_payment(client, order)

    to_provider = client.post(f"/de/order/{order.token}/pay/")
    outside.decide(order)
    back_from_payment(client, order)

    assert said("de", "The payment was declined. You can try again or use another card.") in told
    assert to_provider.status_code == 302 and to_provider.headers["Location"].startswith(f"{outside.url}/psp/pay/")
    order.refresh_from_db()
    assert (order.status, kinds(order)) == ("paid", PAID)
    assert list(order.order_payments.order_by("pk").values_list("payment__state", flat=True)) == ["failed", "paid"]
    assert stock_of(cast.tshirt) == (48, 0)


def test_a_shopper_who_leaves_the_payment_page_can_go_back_to_it(
    client: Client, cast: Cast, outside: Counterpart
) -> None:
    order = order_of((cast.tshirt, 2))
    back = outside.decide(order, "abandon")

    page = client.get(back.removeprefix("http://testserver")).content.decode()
    to_provider = client.post(f"/de/order/{order.token}/pay/")

    assert f'action="/de/order/{order.token}/pay/"' in page
    assert to_provider.headers["Location"] == OrderPayment.objects.get(order=order).payment.session_url


def test_paying_is_over_when_the_order_is_paid(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2))
    outside.decide(order)
    settling.refresh(order=order)

    answer = client.post(f"/de/order/{order.token}/pay/")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/de/order/{order.token}/")
    assert OrderPayment.objects.filter(order=order).count() == 1


# Never paid ---------------------------------------------------------------------------------------------------


def test_an_order_that_is_not_paid_in_time_gives_its_stock_back(cast: Cast, outside: Counterpart, hands: Hands) -> None:
    order = order_of((cast.tshirt, 2))
    hands.forward(minutes=33)

    placing.expire_unpaid(hands.now())
    placing.expire_unpaid(hands.now())

    order.refresh_from_db()
    assert (order.status, order.paid_at, kinds(order)) == ("cancelled", None, {})
    assert stock_of(cast.tshirt) == (50, 0)
    assert [session["status"] for session in outside.sessions()] == ["cancelled"]
    assert OrderPayment.objects.get(order=order).payment.state == Payment.State.CANCELLED


def test_an_order_is_left_in_peace_until_its_time_is_over(cast: Cast, outside: Counterpart, hands: Hands) -> None:
    order = order_of((cast.tshirt, 2))
    hands.forward(minutes=31)  # the time to pay is over, the grace for a late message is not

    placing.expire_unpaid(hands.now())

    order.refresh_from_db()
    assert order.status == "awaiting_payment"


def test_an_order_whose_payment_page_was_never_opened_is_cancelled_too(
    cast: Cast, outside: Counterpart, hands: Hands
) -> None:
    order = place(cart_with((cast.tshirt, 2)))
    hands.forward(minutes=33)

    placing.expire_unpaid(hands.now())

    order.refresh_from_db()
    assert (order.status, stock_of(cast.tshirt), outside.sessions()) == ("cancelled", (50, 0), [])


def test_money_that_nobody_told_of_is_found_before_the_order_is_cancelled(
    cast: Cast, outside: Counterpart, hands: Hands
) -> None:
    order = order_of((cast.tshirt, 2))
    outside.decide(order)
    hands.forward(minutes=33)

    placing.expire_unpaid(hands.now())

    order.refresh_from_db()
    assert (order.status, kinds(order), stock_of(cast.tshirt)) == ("paid", PAID, (48, 0))


@pytest.mark.parametrize("trouble", ["away", "unknown session"])
def test_one_order_in_trouble_does_not_keep_the_others_from_expiring(
    cast: Cast, outside: Counterpart, hands: Hands, trouble: str
) -> None:
    stuck, other = order_of((cast.tshirt, 2)), order_of((cast.mug, 1))
    hands.forward(minutes=33)
    if trouble == "away":
        outside.faults("psp", fail_next=1)
    else:
        Payment.objects.filter(reference=stuck.number).update(provider_reference="ses_lost")

    placing.expire_unpaid(hands.now())

    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (stuck.status, other.status) == ("awaiting_payment", "cancelled")
    assert (stock_of(cast.tshirt), stock_of(cast.mug)) == ((50, 2), (50, 0))


def test_the_shopper_is_told_that_the_time_is_over(
    client: Client, cast: Cast, outside: Counterpart, hands: Hands
) -> None:
    order = order_of((cast.tshirt, 2))
    hands.forward(minutes=33)
    placing.expire_unpaid(hands.now())

    page = back_from_payment(client, order)
    answer = client.post(f"/de/order/{order.token}/pay/")

    assert said("de", "This order was cancelled.") in page
    assert answer.headers["Location"] == f"/de/order/{order.token}/"
    assert OrderPayment.objects.count() == 1


# Paid too late or twice ---------------------------------------------------------------------------------------


def paid_at_the_provider(payment: Payment) -> Result:
    return Result(payment.provider_reference, payment.key, Status.PAID, payment.amount)


def cancelled_after_payment(outside: Counterpart, order: Order) -> list[Message]:
    """The shopper has paid, and the order was cancelled before the message came."""
    outside.decide(order)
    assert settling.cancel_unpaid(order=order)
    return outside.messages()


def test_money_for_a_cancelled_order_is_given_back_once(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2))
    [message] = cancelled_after_payment(outside, order)

    assert [deliver(client, message) for _ in range(2)] == [204, 204]
    work()
    work()

    order.refresh_from_db()
    assert (order.status, kinds(order), step_of(order, Step.Kind.REFUND).state) == ("cancelled", {"refund": 1}, "done")
    assert [refund["amount"] for refund in outside.refunds()] == [{"value": "32.83", "currency": "EUR"}]
    assert OrderPayment.objects.get(order=order).payment.refunded == order.total.amount
    assert stock_of(cast.tshirt) == (50, 0)


def test_a_refund_whose_answer_was_lost_is_made_once(cast: Cast, outside: Counterpart, hands: Hands) -> None:
    order = order_of((cast.tshirt, 2))
    cancelled_after_payment(outside, order)
    settling.refresh(order=order)
    outside.faults("psp", drop_next=1)

    work()
    waiting = step_of(order, Step.Kind.REFUND).state
    hands.forward(minutes=1)
    work()

    assert (waiting, step_of(order, Step.Kind.REFUND).state) == ("pending", "done")
    assert len(outside.refunds()) == 1


def test_both_payments_of_a_cancelled_order_are_given_back_even_one_after_the_other(
    cast: Cast, outside: Counterpart
) -> None:
    order = order_of((cast.tshirt, 2))
    first = OrderPayment.objects.get(order=order).payment
    outside.decide(order, "decline")
    settling.refresh(order=order)
    second = placing.start_payment(order=order)
    Payment.objects.filter(pk=second.pk).update(provider_reference="ses_second", state=Payment.State.PENDING)
    second.refresh_from_db()
    settling.cancel_unpaid(order=order)

    settling.apply(order=order, payment=first, result=paid_at_the_provider(first))
    step = step_of(order, Step.Kind.REFUND)
    Step.objects.filter(pk=step.pk).update(state=Step.State.DONE)
    settling.apply(order=order, payment=second, result=paid_at_the_provider(second))

    assert step_of(order, Step.Kind.REFUND).state == "pending"


def test_of_two_payments_the_first_is_kept_and_the_second_given_back(cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2))
    declined = OrderPayment.objects.get(order=order).payment
    settling.apply(
        order=order, payment=declined,
        result=Result(declined.provider_reference, declined.key, Status.FAILED, declined.amount),
    )  # fmt: skip
    outside.decide(order)  # the shop takes it for declined, the provider takes the money all the same
    payments.open_session(placing.start_payment(order=order))
    outside.decide(order)
    settling.refresh(order=order)

    settling.apply(order=order, payment=declined, result=paid_at_the_provider(declined))
    work()

    order.refresh_from_db()
    assert order.status == "paid"
    kept, given_back = (link.payment for link in order.order_payments.order_by("-pk").select_related("payment"))
    assert (kept.refunded, given_back.refunded) == (0, order.total.amount)
    assert [refund["session"] for refund in outside.refunds()] == [declined.provider_reference]


def test_a_refund_that_the_provider_refuses_is_left_to_a_person(cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2))
    payment = OrderPayment.objects.get(order=order).payment
    settling.cancel_unpaid(order=order)

    settling.apply(order=order, payment=payment, result=paid_at_the_provider(payment))  # of which they know nothing
    work()

    step = step_of(order, Step.Kind.REFUND)
    assert (step.state, outside.refunds()) == ("failed", [])
    assert "not_paid" in step.last_error


def test_a_payment_in_time_for_the_grace_is_welcome(cast: Cast, outside: Counterpart, hands: Hands) -> None:
    order = order_of((cast.tshirt, 2))
    outside.decide(order)
    hands.ahead = timedelta(minutes=31)

    settling.refresh(order=order)

    order.refresh_from_db()
    assert (order.status, order.total) == ("paid", Money("32.83", "EUR"))
