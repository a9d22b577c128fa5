"""The steps between payment and door: screening, customs, label, tracking, mail. Each may be repeated."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from catalog.services import stock
from compliance import screening
from compliance import selectors as compliance_selectors
from compliance import services as compliance
from compliance.landed_cost.assessment import Assessment
from logistics import services as logistics
from logistics.declarations import Declared
from logistics.models import Shipment
from logistics.snapshots import consignment_from_json
from marketplace.kernel import clock
from orders import mail
from orders.models import Fulfilment, Order, SellerOrder, Step
from orders.services import ahead, gates, invoicing, steps
from orders.services.steps import Again, Done, Failed, Hold, Outcome, book
from payments import selectors as payment_selectors
from payments import services as payments
from payments.models import Payment, Refund

Kind = Step.Kind
_MOVED = {
    Shipment.Status.HANDED_OVER,
    Shipment.Status.IN_TRANSIT,
    Shipment.Status.CUSTOMS,
    Shipment.Status.CUSTOMS_CLEARED,
    Shipment.Status.OUT_FOR_DELIVERY,
}


_AT_HOME = (Fulfilment.Status.PREPARING, Fulfilment.Status.HELD)
_BEFORE = {
    Fulfilment.Status.PREPARING: _AT_HOME,
    Fulfilment.Status.HELD: _AT_HOME,
    Fulfilment.Status.READY: _AT_HOME,
    Fulfilment.Status.SHIPPED: (*_AT_HOME, Fulfilment.Status.READY),
    Fulfilment.Status.DELIVERED: (*_AT_HOME, Fulfilment.Status.READY, Fulfilment.Status.SHIPPED),
}


@book.does(Kind.CONFIRM)
def confirm(step: Step) -> Outcome:
    """Issues the invoice and sends the confirmation, which leads to it, in the shopper's language."""
    invoicing.issue(order=step.order)
    mail.send_confirmation(step.order)
    return Done()


@book.does(Kind.SCREEN)
def screen(step: Step) -> Outcome:
    """Checks the goods, the way and the recipient; a finding that blocks holds the parcel for an officer."""
    fulfilment = _fulfilment(step)
    if not _may_leave(fulfilment):
        _move(fulfilment, Fulfilment.Status.HELD)
        return Hold("compliance")
    _move(fulfilment, Fulfilment.Status.PREPARING)
    return Done((Kind.DECLARE,))


@book.does(Kind.DECLARE)
def declare(step: Step) -> Outcome:
    """Makes the shipment and hands its declaration in to customs; asks again until they have answered.

    A parcel whose goods are still to come waits for them first.
    """
    fulfilment = _fulfilment(step)
    if pause := ahead.seconds_to_wait(fulfilment):
        return Again(pause)
    shipment = _shipment(fulfilment)
    declaration = logistics.declare(shipment=shipment)
    if declaration is not None and declaration.status != "accepted":
        return Again(2)
    return Done((Kind.LABEL,))


@book.does(Kind.LABEL)
def label(step: Step) -> Outcome:
    """Buys the one label, unless a rule or a flag that came meanwhile holds the parcel."""
    fulfilment = _fulfilment(step)
    shipment = _shipment(fulfilment)
    if not shipment.tracking_number and not _may_leave(fulfilment):
        _move(fulfilment, Fulfilment.Status.HELD)
        return Hold("compliance")
    logistics.buy_label(shipment=shipment)
    if fulfilment.ready_on:
        stock.note_made(reference=step.order.number, warehouse_id=fulfilment.seller_order.warehouse_id)
    _move(fulfilment, Fulfilment.Status.READY)
    return Done((Kind.TRACK,))


@book.does(Kind.TRACK)
def track(step: Step) -> Outcome:
    """Follows the parcel until it has arrived; the order follows its parcels."""
    fulfilment = _fulfilment(step)
    shipment = _shipment(fulfilment)
    logistics.refresh(shipment=shipment)
    if shipment.status == Shipment.Status.CANCELLED:
        return Failed("The shipment has been cancelled.")
    if shipment.status == Shipment.Status.DELIVERED:
        _move(fulfilment, Fulfilment.Status.DELIVERED)
        _follow(step.order)
        return Done((Kind.NOTIFY,))
    if shipment.status in _MOVED:
        _move(fulfilment, Fulfilment.Status.SHIPPED)
        _follow(step.order)
    return Again(settings.TRACKING_POLL_SECONDS)


@book.does(Kind.NOTIFY)
def notify(step: Step) -> Outcome:
    """Tells the shopper that the parcel has arrived."""
    mail.send_delivered(_fulfilment(step))
    return Done()


@book.does(Kind.REFUND)
def refund(step: Step) -> Outcome:
    """Gives back what was paid for an order that had been cancelled, or paid a second time."""
    paid = [
        link.payment
        for link in step.order.order_payments.select_related("payment").order_by("payment__paid_at", "pk")
        if link.payment.state == Payment.State.PAID
    ]
    kept = 1 if step.order.paid_at else 0
    made = [
        payments.refund(payment=payment, amount=payment.amount, key=f"refund-{payment.key}", reason="order_cancelled")
        for payment in paid[kept:]
    ]
    refused = [one.failure for one in made if one.state == Refund.State.REFUSED]
    return Failed(f"The provider refused the refund: {', '.join(refused)}.") if refused else Done()


def _may_leave(fulfilment: Fulfilment) -> bool:
    """Whether nothing holds the parcel, by the rules, lists and flags of now; what was found stands in the queue."""
    part = fulfilment.seller_order
    facts = gates.facts_of(part, consignment_from_json(part.consignment), part.order.postal_address)
    rule_book = compliance_selectors.rule_book(clock.today())
    findings = [finding for each in facts for finding in screening.screen(each, rule_book)]
    checks = screening.checks_for(screening.ListingFacts) | screening.checks_for(screening.PartyFacts)
    compliance.record_findings(subject=part, findings=findings, seller=part.seller, label=part.reference, checks=checks)
    return not gates.is_held(part)


def resume_released() -> None:
    """Takes up the parcels that nothing holds any more. One query when there are none."""
    held = Step.objects.filter(kind__in=(Kind.SCREEN, Kind.LABEL), state=Step.State.HELD)
    released = held.exclude(fulfilment__seller_order__in=gates.held_parts())
    for step in released.order_by("pk")[:200]:
        steps.resume(step=step)


def _fulfilment(step: Step) -> Fulfilment:
    assert step.fulfilment is not None
    return step.fulfilment


def _move(fulfilment: Fulfilment, status: Fulfilment.Status) -> None:
    """Moves the parcel on; a worker that speaks up after its lease ran out never sets it back."""
    before = Fulfilment.objects.filter(pk=fulfilment.pk, status__in=_BEFORE[status])
    if before.update(status=status, updated_at=clock.now()):
        fulfilment.status = status


def _follow(order: Order) -> None:
    """The order is on its way with its first parcel, and delivered with its last."""
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        states = set(Fulfilment.objects.filter(seller_order__order=order).values_list("status", flat=True))
        if states == {Fulfilment.Status.DELIVERED}:
            locked.status, locked.delivered_at = Order.Status.DELIVERED, locked.delivered_at or clock.now()
        elif states & {Fulfilment.Status.SHIPPED, Fulfilment.Status.DELIVERED}:
            locked.status = Order.Status.SHIPPED
        locked.save(update_fields=["status", "delivered_at"])


def _shipment(fulfilment: Fulfilment) -> Shipment:
    """The shipment of the fulfilment, made from the order's copies when there is none yet."""
    if fulfilment.shipment is not None:
        return fulfilment.shipment
    seller_order = fulfilment.seller_order
    warehouse = seller_order.warehouse
    shipment = logistics.create_shipment(
        reference=seller_order.reference,
        sender=warehouse.postal_address,
        recipient=seller_order.order.postal_address,
        consignment=consignment_from_json(seller_order.consignment),
        service_code=seller_order.service_code,
        declared=_declared(seller_order),
    )
    fulfilment.shipment = shipment
    fulfilment.save(update_fields=["shipment"])
    return shipment


def _declared(seller_order: SellerOrder) -> Declared:
    """What was collected at checkout, as customs and carrier have to know it."""
    moment = seller_order.order.paid_at or seller_order.order.placed_at
    fx = payment_selectors.fx_table(moment.date())
    return Declared.from_assessment(Assessment.from_dict(seller_order.assessment), fx)
