"""Records the steps of a trace, each sealed to the one before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog import trace
from catalog.models import Product, TraceEvent
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

HOUSE: Final = "Sampan"
LONGEST_TEXT: Final = 1000
LONGEST_CHAIN: Final = 500
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_BEYOND: Final = timedelta(days=1)  # it is tomorrow already somewhere


def record_event(
    *, product: Product, actor: User | None, kind: str, happened_on: date, batch: str = "", country: str = "",
    place: str = "", texts: Mapping[str, str], certificate_name: str = "", certificate_digest: str = "",
    corrects: int | None = None,
) -> TraceEvent:  # fmt: skip
    """Adds the next event to the chain of `product` and `batch`, for good.

    `texts` are descriptions by language. `actor` None records for the house. Raises `Refused`: "batch_is_no_code",
    "event_lies_ahead", "event_says_nothing", "event_says_too_much", "certificate_is_no_digest",
    "corrects_nothing", "chain_is_full".
    """
    said = {code: text for code, _name in settings.LANGUAGES if (text := texts.get(code, "").strip())}
    look_at(batch=batch, happened_on=happened_on, texts=said, digest=certificate_digest)
    with transaction.atomic():
        # Two who record at the same moment come one after the other: the listing is locked until the event stands.
        locked = (
            Product.objects.select_for_update(of=("self",), no_key=True).select_related("seller").get(pk=product.pk)
        )
        last = TraceEvent.objects.filter(product=locked, batch=batch).order_by("-number").first()
        number = last.number + 1 if last else 1
        if number > LONGEST_CHAIN:
            raise Refused("chain_is_full", _("This chain is full. Begin another batch."), field="batch")
        if corrects is not None and not 1 <= corrects < number:
            text = _("The chain has no event with that number yet.")
            raise Refused("corrects_nothing", text, field="corrects")
        event = TraceEvent(
            product=locked, batch=batch, number=number, kind=kind, happened_on=happened_on, country=country,
            place=place.strip(), texts=said, certificate_name=certificate_name, certificate_digest=certificate_digest,
            corrects=corrects, recorder=_public_name(locked, actor), recorded_by=actor, recorded_at=clock.now(),
            previous=last.digest if last else trace.NOTHING,
        )  # fmt: skip
        event.digest = trace.digest_of(event, locked.slug)
        event.save(force_insert=True)
    return event


def look_at(*, batch: str, happened_on: date, texts: Mapping[str, str], digest: str = "") -> None:
    """Refuses what can't be recorded in any chain; see `record_event`."""
    if batch and not _CODE.fullmatch(batch):
        text = _("A batch is named by Latin letters, digits, points, hyphens and underscores, at most forty of them.")
        raise Refused("batch_is_no_code", text, field="batch")
    if happened_on > clock.today() + _BEYOND:
        raise Refused("event_lies_ahead", _("Record a step after it has happened."), field="happened_on")
    if not texts:
        raise Refused("event_says_nothing", _("Say in a sentence what happened."), field="text_en")
    if longest := next((code for code, text in texts.items() if len(text) > LONGEST_TEXT), ""):
        text = _("A description has at most %(count)d characters.") % {"count": LONGEST_TEXT}
        raise Refused("event_says_too_much", text, field=f"text_{longest.replace('-', '_')}")
    if digest and not _DIGEST.fullmatch(digest):
        text = _("A fingerprint has 64 digits and small letters from a to f.")
        raise Refused("certificate_is_no_digest", text, field="certificate")


def _public_name(product: Product, actor: User | None) -> str:
    """The brand for its own people, the house for everybody else; nobody's own name is published."""
    is_own = actor is not None and product.seller_id in actor.seller_ids
    return product.seller.name if is_own else HOUSE
