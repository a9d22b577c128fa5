"""What carriers report, in words: a sentence for each description code, and the status that follows from events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# The way of a parcel. A status never goes back to an earlier one; `exception` and `cancelled` stand beside it.
PATH = (
    "created",
    "declared",
    "labelled",
    "handed_over",
    "in_transit",
    "customs",
    "customs_cleared",
    "out_for_delivery",
    "delivered",
)
FINAL = frozenset({"delivered", "cancelled"})
_RANK = {status: rank for rank, status in enumerate(PATH)}

SENTENCES: dict[str, StrPromise] = {
    "label_created": _("The label is printed and the carrier expects the parcel."),
    "picked_up": _("The carrier has picked up the parcel."),
    "departed_origin": _("The parcel has left the place of departure."),
    "arrived_at_depot": _("The parcel has arrived at a depot near you."),
    "arrived_in_country": _("The parcel has arrived in the destination country."),
    "presented_to_customs": _("The parcel has been presented to customs."),
    "held_by_customs": _("Customs hold the parcel for an inspection."),
    "cleared_customs": _("Customs have released the parcel."),
    "out_for_delivery": _("The parcel is out for delivery."),
    "delivery_attempted": _("The carrier tried to deliver the parcel and met nobody."),
    "address_problem": _("The carrier can't find the address."),
    "delayed": _("The parcel is delayed."),
    "damaged": _("The parcel was damaged on the way."),
    "returned": _("The parcel is on its way back to the sender."),
    "delivered": _("The parcel has been delivered."),
    "cancelled": _("The shipment has been cancelled."),
}
OTHER_STEP = "other_step"
SENTENCES[OTHER_STEP] = _("The carrier has reported a step on the way.")


def sentence(description_code: str) -> StrPromise:
    """What a shopper reads for a description code; an unknown one has a neutral sentence."""
    return SENTENCES.get(description_code, SENTENCES[OTHER_STEP])


def status_after(status: str, codes: Sequence[str]) -> str:
    """The status of a shipment that stood at `status`, given the statuses of all its events in order of time.

    The furthest point on the way holds, whatever the order in which events became known. It is "exception" as
    long as the latest event is one, unless the parcel has been delivered. What is final stays.
    """
    if status in FINAL:
        return status
    reached = [code for code in (status, *codes) if code in _RANK]
    furthest = max(reached, key=_RANK.__getitem__, default="labelled")
    if furthest == "delivered":
        return furthest
    if codes and codes[-1] in ("exception", "cancelled"):
        return codes[-1]
    if not reached and status == "exception":
        return status
    return furthest
