"""What may not be ordered, and what may not leave: holds, sanctions and places, asked before a payment and before a label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Replace, Upper
from django.utils.translation import gettext as _

from accounts.models import Seller
from catalog.models import StockReservation
from catalog.selectors.availability import HELD_PART
from catalog.selectors.held import reasons_for
from catalog.selectors.listing_facts import documents_of, facts_rows, goods_facts
from catalog.traits import traits_of
from compliance import screening
from compliance import selectors as compliance
from compliance import services as flags
from compliance.screening import BLOCK, CRITICAL, Facts, ListingFacts, PartyFacts
from logistics.models import Parcel, Shipment
from marketplace.kernel import clock
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.consignment import Consignment, Destination
from marketplace.kernel.errors import Refused
from marketplace.kernel.places import place_name
from orders.models import Order, OrderLine, SellerOrder

_HELD = """
SELECT v.id, p.id FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
WHERE v.id = ANY(%(variants)s) AND (p.held_in && %(countries)s::varchar[] OR {held_part}) ORDER BY v.id LIMIT 1
""".format(held_part=HELD_PART.format(countries="%(countries)s"))


# Before an order --------------------------------------------------------------------------------------------


def refuse_held(*, names: dict[int, str], address: PostalAddress) -> None:
    """Returns if all the variants, each with its name, may be sold to the address. Raises `Refused("held")`.

    Where a part of the country has law of its own, as Northern Ireland has, the shelves don't tell: the refusal does.
    """
    to = Destination(address.country_code, address.country_area, address.postal_code)
    place = compliance.rule_book(clock.today()).territory(to)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"variants": list(names), "countries": ["", to.country, place]})
        row = cursor.fetchone()
    if row is None:
        return
    variant, product = row
    words = {"name": names[variant], "place": place_name(place), "reason": " ".join(reasons_for(product, place))}
    if place == to.country or not words["reason"]:
        message = _("“%(name)s” is not sold to this country. Please take it out of the cart or choose another address.")
    else:
        message = _(
            "“%(name)s” is not sold to %(place)s. %(reason)s Please take it out of the cart or choose another address."
        )
    raise Refused("held", message % words)


class RecipientListed(Refused):
    """Somebody who should receive the goods is like an entry of a list of sanctions; `parties` are those who are."""

    def __init__(self, parties: Sequence[PartyFacts], address: PostalAddress) -> None:
        super().__init__("recipient_listed", _("We can't take this order. Please write to us, and we look into it."))
        self.parties, self.address = parties, address


@contextmanager
def hits_kept() -> Iterator[None]:
    """The desk has a flag for a recipient who is refused within, whatever is rolled back there."""
    try:
        yield
    except RecipientListed as refusal:
        flags.keep_recipient(parties=refusal.parties, address=refusal.address)
        raise


def refuse_recipient(*, address: PostalAddress) -> None:
    """Returns if goods may be sent to who is named there, and to that place.

    Raises `Refused`: "place_closed", "recipient_listed"; the shopper is not told what list or whose entry it is. The
    latter is for `hits_kept` to keep.
    """
    book, parties = compliance.rule_book(clock.today()), parties_at(address)
    found = [finding for party in parties for finding in screening.screen(party, book)]
    stops = {finding.check for finding in found if finding.severity in (BLOCK, CRITICAL)}
    if "party_place" in stops:
        raise Refused("place_closed", _("We can't send anything to this place at the moment."))
    if stops:
        raise RecipientListed([party for party in parties if party.matches], address)


def parties_at(address: PostalAddress) -> list[PartyFacts]:
    """Who receives a parcel there, person and company, with the entries of sanction lists that are like them.

    Entries that two officers let go for this name at this address are left out.
    """
    names = [name for name in dict.fromkeys((address.name, address.company_name)) if name or name == address.name]
    matches = compliance.recipient_matches((name for name in names if name), address)
    place = (address.country_code, address.country_area, address.postal_code)
    return [PartyFacts(name, *place, matches=matches.get(name, ())) for name in names]


# Before a label ---------------------------------------------------------------------------------------------


def held_parts() -> QuerySet[SellerOrder]:
    """The parts of orders that may not leave: by a flag on the part, its order, its parcel, its seller, or on a listing
    in it, or in a bundle in it, that is held where the parcel goes. What was promised counts as well as what the listing
    consists of now."""
    own, within = _is_held_there("variant__product"), _is_held_there("variant__parts__part__product")
    lines = OrderLine.objects.filter(own | within, seller_order=OuterRef("pk"))
    promised = StockReservation.objects.filter(
        _is_held_there("stock_level__variant__product"),
        reference=OuterRef("order__number"),
        stock_level__warehouse=OuterRef("warehouse"),
    ).exclude(state=StockReservation.State.RELEASED)
    parcels = Parcel.objects.filter(shipment=OuterRef("fulfilment__shipment")).alias(subject=_key("pk"))
    postal_code = Upper(Replace(Cast(KeyTextTransform("postal_code", "order__address"), CharField()), Value(" ")))
    return SellerOrder.objects.alias(postal_code=postal_code).alias(
        part_of_country=_part_of_country(), own=_key("pk"), whole=_key("order"), sender=_key("seller"), sent=_key("fulfilment__shipment")
    ).filter(
        Q(own__in=compliance.blocked_ids(SellerOrder))
        | Q(whole__in=compliance.blocked_ids(Order))
        | Q(sender__in=compliance.blocked_ids(Seller, ""))
        | Q(sent__in=compliance.blocked_ids(Shipment))
        | Exists(parcels.filter(subject__in=compliance.blocked_ids(Parcel)))
        | Exists(lines)
        | Exists(promised)
    )  # fmt: skip


def is_held(part: SellerOrder) -> bool:
    """Whether the part may not leave. One query."""
    return held_parts().filter(pk=part.pk).exists()


def facts_of(part: SellerOrder, consignment: Consignment, address: PostalAddress) -> list[Facts]:
    """What the checks look at: each line on its way, with what is known of the goods today, and who receives it."""
    to = consignment.ship_to
    products = _products_of(part, consignment)
    kept = {key for key in products if key is not None}
    known, documents = facts_rows(kept), documents_of(kept)
    lines: list[Facts] = []
    for line, product in zip(consignment.lines, products, strict=True):
        said = known.get(product) if product is not None else None
        lines.append(
            ListingFacts(
                sku=line.sku, hs_code=line.hs_code, origin=line.origin, weight_grams=line.weight_grams,
                lithium=line.lithium, description=line.description, destination=to.country, region=to.region,
                postal_code=to.postal_code, channel=consignment.channel, transport=consignment.transport,
                traits=traits_of(line.hs_code, said, lithium=line.lithium),
                documents=documents.get(product, frozenset()) if product is not None else frozenset(),
                **(goods_facts(said) if said else {}),
            )
        )  # fmt: skip
    return [*lines, *parties_at(address)]


def _products_of(part: SellerOrder, consignment: Consignment) -> Sequence[int | None]:
    """The listing of each line of the consignment; None where it is gone."""
    by_sku = dict(OrderLine.objects.filter(seller_order=part).values_list("sku", "variant__product_id"))
    return [by_sku.get(line.sku) for line in consignment.lines]


def _is_held_there(product: str) -> Q:
    """Whether a hold on the product concerns the country of the order, the part of it, or every country."""
    there = [Value(""), OuterRef("order__country"), OuterRef("part_of_country")]
    return Q(**{f"{product}__holds__countries__overlap": there})


def _part_of_country() -> Case:
    """The part of the country that an order with a `postal_code` goes to, where a hold can name it; else the country."""
    cases = [
        When(Q(order__country=part.country, postal_code__startswith=prefix), then=Value(part.code))
        for part in compliance.rule_book(clock.today()).parts_like_countries()
        for prefix in part.postal_prefixes
    ]
    return Case(*cases, default=F("order__country"))


def _key(name: str) -> Cast:
    return Cast(name, CharField())
