"""Shipments are made, declared, labelled, followed and cancelled here.

Whatever speaks to a carrier works in three steps: read, call out with no transaction open, write in a short one
under the row's lock. A crash in between is healed by calling again: the key that names the act to the carrier is
on the row before the first call, so the carrier answers with what it did then. Such functions refuse to run inside
a transaction (`RuntimeError`) and raise `Unavailable` when the carrier does not answer.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from logistics import selectors, tracking
from logistics.declarations import Declared, form_for, payload_for, reason
from logistics.models import CustomsDeclaration, Parcel, Shipment, ShippingService, TrackingEvent
from logistics.models.shipments import private_storage
from logistics.providers.base import CarrierEvent, Label, LabelOrder, carrier
from logistics.snapshots import consignment_to_json
from marketplace.kernel import clock
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.consignment import Consignment
from marketplace.kernel.errors import Refused

Status = Shipment.Status
BEFORE_HANDOVER = frozenset({Status.CREATED, Status.DECLARED, Status.LABELLED})
_CANCELLED = _("The shipment has been cancelled.")


def create_shipment(
    *,
    reference: str,
    sender: PostalAddress,
    recipient: PostalAddress,
    consignment: Consignment,
    service_code: str,
    declared: Declared,
) -> Shipment:
    """The shipment of that reference, with its parcel and its declaration where a customs border is crossed.

    `reference` is what is printed on the label. A second call with it brings the first shipment, whatever else
    is given. Calls nobody outside. Raises `Refused("unknown_service")`.
    """
    service = ShippingService.objects.filter(code=service_code).first()
    if service is None:
        raise Refused("unknown_service", _("This shipping option does not exist any more."))
    values = {
        "carrier": service.carrier,
        "service_code": service.code,
        "sender": sender.as_dict(),
        "recipient": recipient.as_dict(),
        "consignment": consignment_to_json(consignment),
        "declared": declared.as_json(),
    }
    with transaction.atomic():
        shipment, is_new = Shipment.objects.get_or_create(reference=reference, defaults=values)
        if is_new:
            tariff = selectors.tariff()
            Parcel.objects.create(shipment=shipment, weight_grams=max(tariff.grams(consignment.lines), 1))
            kind = form_for(consignment, declared, tariff, clock.today())
            if kind:
                payload = payload_for(kind=kind, reference=reference, sender=sender, recipient=recipient,
                                      consignment=consignment, declared=declared, tariff=tariff)  # fmt: skip
                CustomsDeclaration.objects.create(shipment=shipment, kind=kind, payload=payload)
    return shipment


def declare(*, shipment: Shipment) -> CustomsDeclaration | None:
    """The declaration as customs have answered it; None where none is needed. Repeating is safe.

    While its status is "submitted" customs have not decided: ask again later. Raises
    `Refused("declaration_rejected")` when they said no (correct it with `correct_declaration`) and
    `Refused("shipment_cancelled")`.
    """
    with transaction.atomic(durable=True):
        fresh = Shipment.objects.select_related("declaration").get(pk=shipment.pk)
    _not_cancelled(fresh)
    declaration: CustomsDeclaration | None = getattr(fresh, "declaration", None)
    if declaration is None:
        _advance_to_declared(fresh.pk)
        return None
    if declaration.status in ("prepared", "submitted"):
        answer = carrier(fresh.carrier).submit_declaration(declaration.payload, key=str(declaration.idempotency_key))
        with transaction.atomic():
            Shipment.objects.select_for_update().get(pk=fresh.pk)
            asked_with = declaration.idempotency_key
            declaration = CustomsDeclaration.objects.get(pk=declaration.pk)
            if declaration.idempotency_key == asked_with and declaration.status in ("prepared", "submitted"):
                declaration.status, declaration.reference = answer.status, answer.reference
                declaration.reason_code = answer.reason_code if answer.status == "rejected" else ""
                declaration.answered_at = clock.now()
                declaration.save(update_fields=["status", "reference", "reason_code", "answered_at"])
    if declaration.status == "rejected":
        raise Refused("declaration_rejected", reason(declaration.reason_code))
    if declaration.status == "accepted":
        _advance_to_declared(fresh.pk)
    return declaration


def correct_declaration(*, shipment: Shipment, descriptions: Mapping[str, str]) -> CustomsDeclaration:
    """A rejected declaration, made ready to be handed in anew with better descriptions by SKU.

    Raises `Refused("nothing_to_correct")` unless it stands rejected.
    """
    with transaction.atomic():
        Shipment.objects.select_for_update().get(pk=shipment.pk)
        declaration = CustomsDeclaration.objects.filter(shipment=shipment.pk, status="rejected").first()
        if declaration is None:
            raise Refused("nothing_to_correct", _("Customs have not rejected this declaration."))
        for line in declaration.payload["lines"]:
            line["description"] = " ".join(descriptions.get(line["sku"], line["description"]).split())
        declaration.status, declaration.reference, declaration.reason_code = "prepared", "", ""
        declaration.idempotency_key = uuid.uuid4()
        declaration.save(update_fields=["payload", "status", "reference", "reason_code", "idempotency_key"])
    return declaration


def buy_label(*, shipment: Shipment) -> Shipment:
    """The shipment with its tracking number and its one label, however often this is called and by how many.

    Raises `Refused("not_declared")` before customs have accepted and `Refused("shipment_cancelled")`.
    """
    with transaction.atomic(durable=True):
        fresh = Shipment.objects.select_for_update(of=("self",)).select_related("declaration").get(pk=shipment.pk)
        _not_cancelled(fresh)
        if fresh.tracking_number:
            return fresh
        if fresh.status != Status.DECLARED:
            raise Refused("not_declared", _("The shipment has to be declared to customs first."))
        if fresh.label_requested_at is None:
            fresh.label_requested_at = clock.now()
            fresh.save(update_fields=["label_requested_at"])
    bought = _buy(fresh)
    name = _store(fresh, bought)
    with transaction.atomic():
        current = Shipment.objects.select_for_update().get(pk=fresh.pk)
        if not current.tracking_number and current.status != Status.CANCELLED:
            current.tracking_number, current.provider_reference = bought.tracking_number, bought.provider_reference
            current.label, current.status, current.labelled_at = name, Status.LABELLED, clock.now()
            current.save(update_fields=["tracking_number", "provider_reference", "label", "status", "labelled_at"])
    if current.label != name:
        private_storage().delete(name)
    if current.tracking_number != bought.tracking_number:  # cancelled while the label was being bought
        carrier(current.carrier).cancel(bought.tracking_number)
    _not_cancelled(current)
    return current


def refresh(*, shipment: Shipment) -> list[TrackingEvent]:
    """The events that were not known before, the oldest first; the shipment's status has followed them.

    `shipment` itself is brought up to date. Nothing is asked for without a tracking number. An event is kept
    once, and the status never goes back.
    """
    with transaction.atomic(durable=True):
        fresh = Shipment.objects.get(pk=shipment.pk)
    reported = carrier(fresh.carrier).track(fresh.tracking_number) if fresh.tracking_number else ()
    with transaction.atomic():
        current = Shipment.objects.select_for_update().get(pk=fresh.pk)
        new = _keep(current, reported)
        codes = list(current.events.order_by("occurred_at", "pk").values_list("code", "occurred_at"))
        current.status = tracking.status_after(current.status, [code for code, _at in codes])
        if current.status == Status.DELIVERED and current.delivered_at is None:
            current.delivered_at = next(at for code, at in codes if code == Status.DELIVERED)
        current.polled_at = clock.now()
        current.save(update_fields=["status", "delivered_at", "polled_at"])
    for name in ("status", "delivered_at", "polled_at", "tracking_number"):
        setattr(shipment, name, getattr(current, name))
    return new


def cancel(*, shipment: Shipment) -> Shipment:
    """The shipment, cancelled; a label that was bought, or may have been, is given back. Repeating is safe.

    Raises `Refused("already_handed_over")` once the parcel is on its way.
    """
    with transaction.atomic(durable=True):
        fresh = Shipment.objects.select_related("declaration").get(pk=shipment.pk)
    if fresh.status == Status.CANCELLED:
        return fresh
    if fresh.status not in BEFORE_HANDOVER:
        raise Refused("already_handed_over", _("The parcel is already on its way and can't be cancelled."))
    number = fresh.tracking_number
    if not number and fresh.label_requested_at:
        # The answer may have been lost: the same key tells what was bought, and a refusal that nothing was.
        with contextlib.suppress(Refused):
            number = _buy(fresh).tracking_number
    if number:
        carrier(fresh.carrier).cancel(number)
    with transaction.atomic():
        current = Shipment.objects.select_for_update().get(pk=fresh.pk)
        if current.tracking_number in ("", number) and current.status in BEFORE_HANDOVER:
            current.status = Status.CANCELLED
            current.save(update_fields=["status"])
    # A label that was bought in the meantime has to be given back as well.
    return current if current.status == Status.CANCELLED else cancel(shipment=current)


def _not_cancelled(shipment: Shipment) -> None:
    if shipment.status == Status.CANCELLED:
        raise Refused("shipment_cancelled", _CANCELLED)


def _advance_to_declared(pk: int) -> None:
    Shipment.objects.filter(pk=pk, status=Status.CREATED).update(status=Status.DECLARED)


def _buy(shipment: Shipment) -> Label:
    declaration: CustomsDeclaration | None = getattr(shipment, "declaration", None)
    order = LabelOrder(
        reference=shipment.reference,
        service_code=shipment.service_code,
        sender=PostalAddress.from_dict(shipment.sender),
        recipient=PostalAddress.from_dict(shipment.recipient),
        weight_grams=sum(shipment.parcels.values_list("weight_grams", flat=True)),
        customs_reference=declaration.reference if declaration else "",
    )
    return carrier(shipment.carrier).buy_label(order, key=str(shipment.idempotency_key))


def _store(shipment: Shipment, label: Label) -> str:
    """Keeps the label's file and returns its name; one that a crash left half written is replaced."""
    storage = private_storage()
    name = f"labels/{shipment.idempotency_key}.{label.extension}"
    with contextlib.suppress(FileNotFoundError):
        if storage.size(name) == len(label.content):
            return name
        storage.delete(name)
    return str(storage.save(name, ContentFile(label.content)))


def _keep(shipment: Shipment, reported: tuple[CarrierEvent, ...]) -> list[TrackingEvent]:
    known = set(shipment.events.values_list("event_id", flat=True))
    fresh = {event.event_id: event for event in reported if event.event_id not in known}
    rows = [
        TrackingEvent(
            shipment=shipment,
            event_id=event.event_id,
            code=event.code,
            description_code=event.description_code,
            location=event.location,
            occurred_at=event.occurred_at,
        )
        for event in sorted(fresh.values(), key=lambda event: event.occurred_at)
    ]
    return TrackingEvent.objects.bulk_create(rows)
