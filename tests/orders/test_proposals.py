"""What a cart costs at a door: exact figures, which warehouse sends, and what can't be sent.

One euro is USD 1.10, JPY 165 and CNY 7.70. The worked figures stand with each test.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from moneyed import Money

from catalog.models import StockLevel, Variant
from compliance.models import TaxRate
from logistics.models import ShippingRate
from marketplace.kernel.consignment import Destination
from marketplace.kernel.region import Region
from orders.services.proposals import Totals, part_key
from tests.orders.buying import UNITED_STATES, cart_with, proposal_for
from tests.support.cast import Cast, forbid, put, warehouse

SAN_FRANCISCO = Destination("US", "CA", "94105")


def euros(*amounts: str) -> Totals:
    return Totals(*(Money(amount, "EUR") for amount in amounts))


def dollars(*amounts: str) -> Totals:
    return Totals(*(Money(amount, "USD") for amount in amounts))


# Figures ------------------------------------------------------------------------------------------------------


def test_from_china_to_germany_under_the_flat_duty(cast: Cast) -> None:
    """Two T-shirts at 10.00 and a mug at 20.00; 710 g by economy post cost USD 8.35, EUR 7.59.

    Two kinds of goods make 2 × 3.00 duty. Tax 19 %: T-shirts (20.00 + 3.80 + 3.00) → 5.09,
    mug (20.00 + 3.79 + 3.00) → 5.09.
    """
    proposal = proposal_for(cart_with((cast.tshirt, 2), (cast.mug, 1)))

    assert proposal.totals == euros("40.00", "7.59", "6.00", "10.18", "0.00", "63.77", "0.00", "0.00")
    assert [part.delivered.option.service.code for part in proposal.parts if part.delivered] == ["post-economy"]


def test_from_japan_to_the_united_states_under_the_capped_duty(cast: Cast) -> None:
    """Two notebooks at JPY 1,320, USD 8.80; 380 g by economy post cost USD 6.35.

    Duty 12.5 % of the goods alone is 2.20, the processing fee of an informal entry 2.77; no tax at the border.
    """
    proposal = proposal_for(cart_with((cast.notebook, 2)), UNITED_STATES, SAN_FRANCISCO)

    assert proposal.totals == dollars("17.60", "6.35", "2.20", "0.00", "2.77", "28.92", "0.00", "0.00")


def test_two_sellers_make_two_consignments_each_with_its_own_threshold(cast: Cast) -> None:
    """As above, and three notebooks at 8.00; 570 g by sea cost USD 11.00, EUR 10.00.

    Notebooks: 3.00 duty, 19 % of (24.00 + 10.00 + 3.00) is 7.03.
    """
    proposal = proposal_for(cart_with((cast.tshirt, 2), (cast.notebook, 3), (cast.mug, 1)))

    assert [(part.seller_name, part.warehouse_country) for part in proposal.parts] == [
        ("Paper Kite", "CN"), ("Asagiri", "JP"),
    ]  # fmt: skip
    assert [part.delivered.total for part in proposal.parts if part.delivered] == [
        Money("63.77", "EUR"), Money("44.03", "EUR"),
    ]  # fmt: skip
    assert proposal.totals == euros("64.00", "17.59", "9.00", "17.21", "0.00", "107.80", "0.00", "0.00")
    assert proposal.can_be_ordered


def test_the_chosen_service_decides_on_its_own_part_alone(cast: Cast) -> None:
    """Economy post for the mug (350 g, USD 5.05, EUR 4.59), but express for the notebook (190 g, USD 22.55, 20.50)."""
    cart = cart_with((cast.mug, 1), (cast.notebook, 1))
    key = part_key(cast.rival.pk, cast.osaka_warehouse.pk)

    proposal = proposal_for(cart, **{key: "air-express"})

    assert [(part.delivered.service_code, part.delivered.shipping) for part in proposal.parts if part.delivered] == [
        ("post-economy", Money("4.59", "EUR")), ("air-express", Money("20.50", "EUR")),
    ]  # fmt: skip


@pytest.mark.parametrize("service", ["no-such-service", "domestic-standard", ""])
def test_a_service_that_does_not_go_there_gives_way_to_the_cheapest(cast: Cast, service: str) -> None:
    cart = cart_with((cast.mug, 1))

    proposal = proposal_for(cart, **{part_key(cast.shenzhen.pk, cast.shenzhen_warehouse.pk): service})

    assert [part.delivered.service_code for part in proposal.parts if part.delivered] == ["post-economy"]


def test_yen_have_no_cents(cast: Cast) -> None:
    proposal = proposal_for(cart_with((cast.tshirt, 1)), Region("ja", "JP", "JPY"), Destination("JP", "", "150-0001"))

    assert proposal.totals is not None
    assert proposal.totals.goods == Money("1650", "JPY")
    assert all(amount == int(amount) for amount in (proposal.totals.total.amount, proposal.totals.tax.amount))


# Warehouses ---------------------------------------------------------------------------------------------------


def test_the_warehouse_in_the_buyers_country_sends(cast: Cast) -> None:
    put(cast.tshirt, {warehouse(cast.shenzhen, "DE"): 5})
    put(cast.tshirt, {warehouse(cast.shenzhen, "FR"): 5})
    cart = cart_with((cast.tshirt, 2))

    proposal = proposal_for(cart)

    assert [part.warehouse_country for part in proposal.parts] == ["DE"]
    assert proposal.totals is not None and proposal.totals.duty == Money(0, "EUR")


def test_else_one_in_the_same_customs_area_sends(cast: Cast) -> None:
    put(cast.tshirt, {warehouse(cast.shenzhen, "US"): 5, warehouse(cast.shenzhen, "DE"): 5})

    proposal = proposal_for(cart_with((cast.tshirt, 2)), Region("fr", "FR", "EUR"), Destination("FR", "", "75001"))

    assert [part.warehouse_country for part in proposal.parts] == ["DE"]


def test_one_that_has_every_piece_goes_before_a_nearer_one_that_has_not(cast: Cast) -> None:
    put(cast.tshirt, {warehouse(cast.shenzhen, "DE"): 1})

    proposal = proposal_for(cart_with((cast.tshirt, 2)))

    assert [(part.warehouse_country, part.portions[0].quantity) for part in proposal.parts] == [("CN", 2)]


def test_goods_that_no_warehouse_has_in_full_come_from_two(cast: Cast) -> None:
    StockLevel.objects.filter(variant=cast.tshirt).update(on_hand=3)
    put(cast.tshirt, {warehouse(cast.shenzhen, "DE"): 2})

    proposal = proposal_for(cart_with((cast.tshirt, 5)))

    sent = {part.warehouse_country: part.portions[0].quantity for part in proposal.parts}
    assert sent == {"DE": 2, "CN": 3}
    assert proposal.totals is not None and proposal.totals.goods == Money("50.00", "EUR")
    assert proposal.can_be_ordered


def test_promised_pieces_and_closed_warehouses_do_not_count(cast: Cast) -> None:
    closed = warehouse(cast.shenzhen, "DE", is_active=False)
    put(cast.tshirt, {closed: 50})
    cart = cart_with((cast.tshirt, 4))
    StockLevel.objects.filter(variant=cast.tshirt, warehouse=cast.shenzhen_warehouse).update(reserved=47)

    proposal = proposal_for(cart)

    assert [item.available for item in proposal.items] == [3]
    assert [item.sku for item in proposal.short] == ["KITE-T-SHIRT"]
    assert not proposal.can_be_ordered


# What can't be reckoned or sent -------------------------------------------------------------------------------


def test_a_country_without_rules_is_delivered_unpaid_and_says_so(cast: Cast) -> None:
    """The mug alone: EUR 20.00 are KWD 6.800; USD 4.50 of freight are KWD 1.391."""
    cart = cart_with((cast.mug, 1))

    proposal = proposal_for(cart, Region("ar", "KW", "KWD"), Destination("KW"))

    [part] = proposal.parts
    assert part.delivered is not None
    assessment = part.delivered.assessment
    assert (assessment.status, assessment.collected, assessment.is_complete) == ("unknown", "on_delivery", False)
    assert [warning.code for warning in assessment.warnings] == ["no_rules", "carrier_fee_possible"]
    assert proposal.totals == Totals(*(Money(amount, "KWD") for amount in
                                       ("6.800", "1.391", "0", "0", "0", "8.191", "0", "0")))  # fmt: skip
    assert proposal.can_be_ordered


def test_tax_under_a_scheme_is_paid_now_though_the_carrier_collects_the_rest(
    cast: Cast, law_may_change: Callable[[], None]
) -> None:
    """The mug is below Norway's limit for each item, the T-shirt above: 25 % of the mug's part is paid with the order."""
    TaxRate.objects.create(
        code="NO-TAX", country="NO", pct=25, effective_from=date(2005, 1, 1), source="Gazette", confidence="memory",
        last_reviewed=date(2026, 11, 1),
    )  # fmt: skip
    law_may_change()
    Variant.objects.filter(pk=cast.tshirt.pk).update(price=Money("3080", "CNY"))  # EUR 400, NOK 4,400
    cart = cart_with((cast.mug, 1), (cast.tshirt, 1))

    proposal = proposal_for(cart, Region("en", "NO", "NOK"), Destination("NO", "", "0150"))

    [part] = proposal.parts
    assert part.delivered is not None and proposal.totals is not None
    assessment, totals = part.delivered.assessment, proposal.totals
    by_scheme = {line.scheme: line for line in assessment.lines}
    assert assessment.collected == "on_delivery"
    assert totals.tax == by_scheme["VOEC"].tax > Money("55", "NOK")
    assert totals.total == assessment.due_at_checkout == totals.goods + totals.shipping + totals.tax


def test_a_place_that_no_service_reaches_can_not_be_ordered_for(cast: Cast, law_may_change: Callable[[], None]) -> None:
    ShippingRate.objects.filter(origin_country="CN").delete()
    law_may_change()
    cart = cart_with((cast.mug, 1), (cast.notebook, 1))

    proposal = proposal_for(cart)

    assert [part.seller_name for part in proposal.unserved] == ["Paper Kite"]
    assert proposal.totals is None
    assert not proposal.can_be_ordered


def test_a_parcel_too_heavy_for_every_service_is_not_served(cast: Cast) -> None:
    cast.mug.weight_grams = 31_000
    cast.mug.save(update_fields=["weight_grams"])

    proposal = proposal_for(cart_with((cast.mug, 1)))

    assert len(proposal.unserved) == 1


def test_goods_that_may_not_go_there_are_blocked(cast: Cast, law_may_change: Callable[[], None]) -> None:
    forbid("6911", "DE")
    law_may_change()

    proposal = proposal_for(cart_with((cast.mug, 1)))

    assert [part.seller_name for part in proposal.blocked] == ["Paper Kite"]
    assert not proposal.can_be_ordered


def test_an_empty_cart_makes_an_empty_proposal(cast: Cast) -> None:
    proposal = proposal_for(cart_with())

    assert (proposal.items, proposal.parts, proposal.totals, proposal.can_be_ordered) == ((), (), None, False)
