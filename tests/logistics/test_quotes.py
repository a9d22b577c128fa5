"""Freight and delivered price, to the cent, on a tariff and a rule book small enough to reckon by hand.

One euro is 1.10 dollars. Air from China to Germany costs USD 8.80 up to 500 g, which is EUR 8.00. With 10 % duty on
price and freight and 20 % tax on all of it, a shirt of EUR 20.00 costs 20.00 + 8.00 + 2.80 + 6.16 = EUR 36.96.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from compliance.rules.book import RuleBook
from logistics import quotes, selectors
from logistics.allocation import nearest
from logistics.models import ShippingService
from logistics.quotes import Offer, cheapest_landed, quote, shipping_options
from logistics.tariff import Lane, Service, Tariff
from marketplace.kernel.consignment import Consignment, Destination
from marketplace.kernel.fx import FxTable, MissingRate
from marketplace.kernel.money import CurrencyMismatch
from tests.logistics.conftest import FX, TODAY, consignment, shirt

_FACTS = {
    "source": "test",
    "effective_from": date(2026, 1, 1),
    "effective_to": None,
    "status": "in_force",
    "last_reviewed": TODAY,
}
_REGIME: dict[str, Any] = _FACTS | {
    "code": "DE-STD", "name": "Import", "jurisdiction": "DE", "priority": 1, "route": "import", "buyer": "",
    "channel": "", "ship_from": "", "scheme": "", "excluded_hs": "", "excluded_categories": "",
    "threshold_amount": None, "threshold_currency": "", "threshold_test": "", "threshold_basis": "",
    "threshold_scope": "", "threshold_factor": Decimal(1), "threshold_rounding": None, "consignment_limit": None,
    "duty_mode": "mfn", "duty_amount": None, "duty_currency": "", "valuation": "CIF", "value_factor": Decimal(1),
    "tax_mode": "rate", "base_freight": True, "base_insurance": True, "base_duty": True, "base_fees": False,
    "tax_inside": False, "collector": "marketplace", "prepaid_channels": "", "carried_by": "", "deemed_supplier": False,
    "is_estimate": False, "warning": "", "threshold_rate": "", "duty_pct": None, "duty_deduction": None,
    "value_unit": None, "duty_unit": None, "tax_unit": None, "rounding_currency": "", "rounding_mode": "half_up",
    "rounding_level": "line", "tax_factor": Decimal(1), "base_factor": Decimal(1),
}  # fmt: skip
_TAX = _FACTS | {
    "code": "DE-20",
    "country": "DE",
    "region": "",
    "category": "standard",
    "pct": Decimal(20),
    "warning": "",
}
_DUTY = _FACTS | {
    "code": "DE-61", "destination": "DE", "hs_prefix": "61", "origin": "", "pct": Decimal(10), "pct_max": None,
    "is_single_rate": True, "rate_text": "10 %", "needs_proof": False,
}  # fmt: skip
RULES = RuleBook(TODAY, {"regimes": [_REGIME], "tax_rates": [_TAX], "duty_rates": [_DUTY]})


@pytest.fixture
def tariff(small_tariff: None) -> Tariff:
    return selectors.tariff()


def offered(parcel: Consignment, tariff: Tariff) -> list[tuple[str, str]]:
    """Service and price of every option, in their order."""
    return [(option.service_code, str(option.price.amount)) for option in shipping_options(parcel, tariff, FX)]


def test_the_cheapest_way_comes_first(tariff: Tariff) -> None:
    assert offered(consignment(), tariff) == [("post", "5.00"), ("air", "8.00"), ("express", "30.00")]


@pytest.mark.parametrize(
    ("grams", "options"),
    [
        (1, [("post", "5.00"), ("air", "8.00"), ("express", "30.00")]),
        (500, [("post", "5.00"), ("air", "8.00"), ("express", "30.00")]),
        (501, [("post", "10.00"), ("air", "15.00"), ("express", "30.00")]),
        (2000, [("post", "10.00"), ("air", "15.00"), ("express", "30.00")]),
        (2001, [("express", "30.00"), ("air", "30.00")]),  # between equal prices the faster one
        (5000, [("express", "30.00"), ("air", "30.00")]),
        (5001, []),
    ],
)
def test_the_band_of_the_weight_decides(tariff: Tariff, grams: int, options: list[tuple[str, str]]) -> None:
    assert offered(consignment(shirt(weight_grams=grams)), tariff) == options


def test_the_weights_of_all_pieces_count_together(tariff: Tariff) -> None:
    parcel = consignment(shirt(weight_grams=300), shirt(sku="B", weight_grams=100, quantity=3))

    assert tariff.grams(parcel.lines) == 600
    assert offered(parcel, tariff)[0] == ("post", "10.00")


@pytest.mark.parametrize(
    ("hs_code", "grams"), [("6109100010", 180), ("610910", 180), ("6115", 300), ("85", 500), ("", 500)]
)
def test_goods_without_a_weight_have_an_assumed_one(tariff: Tariff, hs_code: str, grams: int) -> None:
    assert tariff.piece_grams(shirt(hs_code=hs_code, weight_grams=None)) == grams
    assert tariff.piece_grams(shirt(hs_code=hs_code, weight_grams=7)) == 7


def test_lithium_batteries_go_only_with_those_who_take_them(tariff: Tariff) -> None:
    parcel = consignment(shirt(), shirt(sku="LAMP", lithium=True))

    assert [code for code, _price in offered(parcel, tariff)] == ["air", "express"]


@pytest.mark.parametrize(
    ("ship_from", "ship_to", "options"),
    [
        ("DE", "DE", [("home", "4.00")]),  # a zone is never domestic
        ("DE", "FR", [("post", "6.00")]),
        ("CN", "FR", [("post", "5.00"), ("air", "7.00"), ("express", "30.00")]),  # a country wins over its zone
        ("CN", "JP", [("air", "9.00")]),
        ("CN", "CN", []),
        ("CN", "BR", []),
        ("JP", "DE", []),
    ],
)
def test_the_lane_decides(tariff: Tariff, ship_from: str, ship_to: str, options: list[tuple[str, str]]) -> None:
    assert offered(consignment(ship_from=ship_from, ship_to=ship_to), tariff) == options


def test_freight_is_rounded_to_the_unit_of_the_currency(tariff: Tariff) -> None:
    yen = consignment(shirt("3400", "JPY"), currency="JPY", shipping=Money(0, "JPY"), insurance=Money(0, "JPY"))
    dinar = consignment(shirt("7", "KWD"), currency="KWD", shipping=Money(0, "KWD"), insurance=Money(0, "KWD"))

    assert offered(yen, tariff)[:2] == [("post", "850"), ("air", "1360")]
    assert offered(dinar, tariff)[:2] == [("post", "1.700"), ("air", "2.720")]


def test_a_currency_without_a_rate_is_not_guessed(tariff: Tariff) -> None:
    with pytest.raises(MissingRate):
        shipping_options(consignment(), tariff, FxTable(base="EUR", on=TODAY, rates={}))


def test_a_service_that_is_not_offered_is_gone(small_tariff: None) -> None:
    ShippingService.objects.filter(code="post").update(is_active=False)

    assert [code for code, _price in offered(consignment(), selectors.tariff())] == ["air", "express"]


def test_an_option_can_be_shown(tariff: Tariff) -> None:
    option = shipping_options(consignment(), tariff, FX)[0]

    assert (option.name_in("de"), option.name_in("en"), option.name_in("ja")) == ("Post auf Deutsch", "Post", "Post")
    assert option.days == (12, 25)


def test_the_delivered_price_is_exact(tariff: Tariff) -> None:
    post, air, _express = shipping_options(consignment(), tariff, FX)

    by_air = quote(consignment(), air, RULES, FX, TODAY)
    by_post = quote(consignment(), post, RULES, FX, TODAY)

    assert (by_air.goods, by_air.shipping) == (Money("20.00", "EUR"), Money("8.00", "EUR"))
    assert (by_air.assessment.duty, by_air.assessment.tax) == (Money("2.80", "EUR"), Money("6.16", "EUR"))
    assert by_air.total == Money("36.96", "EUR")
    assert (by_air.service_code, by_air.days) == ("air", (6, 12))
    assert by_post.total == Money("33.00", "EUR")


def test_the_service_decides_on_the_customs_channel(tariff: Tariff) -> None:
    couriers = _REGIME | {"code": "DE-COURIER", "priority": 0, "channel": "courier", "duty_mode": "none"}
    rules = RuleBook(TODAY, {"regimes": [_REGIME, couriers], "tax_rates": [_TAX], "duty_rates": [_DUTY]})
    post, air, _express = shipping_options(consignment(), tariff, FX)

    assert quote(consignment(), post, rules, FX, TODAY).assessment.regimes == ("DE-STD",)
    assert quote(consignment(), air, rules, FX, TODAY).assessment.regimes == ("DE-COURIER",)


def test_without_rules_no_figure_is_made_up(tariff: Tariff) -> None:
    delivered = quote(consignment(), shipping_options(consignment(), tariff, FX)[0], RuleBook(TODAY, {}), FX, TODAY)

    assert not delivered.assessment.is_complete
    assert delivered.total == Money("25.00", "EUR")
    assert delivered.assessment.collected == "on_delivery"


def test_cards_show_what_the_first_option_costs(tariff: Tariff) -> None:
    offers = [
        Offer("CN", shirt()),
        Offer("CN", shirt(lithium=True)),
        Offer("CN", shirt(weight_grams=3000)),
        Offer("JP", shirt()),
        Offer("CN", shirt(weight_grams=9000)),
        Offer("DE", shirt()),
    ]

    prices = cheapest_landed(offers, Destination("DE"), "EUR", tariff, RULES, FX, TODAY)

    totals = [price and (price.service_code, str(price.total.amount)) for price in prices]
    assert totals[:5] == [("post", "33.00"), ("air", "36.96"), ("express", "66.00"), None, None]
    assert totals[5] == ("home", "24.00")


def test_a_price_that_is_not_the_shopper_s_is_not_converted_behind_their_back(tariff: Tariff) -> None:
    with pytest.raises(CurrencyMismatch):
        cheapest_landed([Offer("CN", shirt("22.00", "USD"))], Destination("DE"), "EUR", tariff, RULES, FX, TODAY)


def test_cards_are_made_without_the_database(tariff: Tariff, django_assert_num_queries: Any) -> None:
    offers = [Offer("CN", shirt(str(price))) for price in range(1, 25)]

    with django_assert_num_queries(0):
        prices = cheapest_landed(offers, Destination("DE"), "EUR", tariff, RULES, FX, TODAY)
        selectors.tariff()
        selectors.destinations()

    assert len(prices) == 24
    assert all(prices)


def test_a_remembered_price_is_forgotten_with_what_it_was_made_of(
    tariff: Tariff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def landed(*, tariff: Tariff = tariff, rules: RuleBook = RULES, fx: FxTable = FX) -> str:
        (price,) = cheapest_landed([Offer("CN", shirt())], Destination("DE"), "EUR", tariff, rules, fx, TODAY)
        return str(price and price.total.amount)

    assert (landed(), landed()) == ("33.00", "33.00")
    assert landed(rules=RuleBook(TODAY, {})) == "25.00"
    assert landed(fx=replace(FX, rates={"USD": Decimal("2.20")})) == "29.70"
    assert landed(tariff=replace(tariff, lanes={})) == "None"
    monkeypatch.setattr(quotes, "REMEMBERED", 2)
    assert [landed() for _time in range(5)] == ["33.00"] * 5


_services = [
    Service(code, {}, "sandbox", channel, "air", True, lithium, days, days, place)
    for place, (code, channel, lithium, days) in enumerate(
        [("a", "post", False, 20), ("b", "courier", True, 9), ("c", "courier", True, 3)]
    )
]


@given(
    prices=st.lists(st.lists(st.integers(0, 5000), min_size=2, max_size=2), min_size=3, max_size=3),
    currencies=st.lists(st.sampled_from(["USD", "EUR", "JPY"]), min_size=3, max_size=3),
    grams=st.one_of(st.none(), st.integers(0, 2500)),
    quantity=st.integers(1, 4),
    lithium=st.booleans(),
    cents=st.integers(0, 50_000),
)
def test_the_fast_way_and_the_whole_way_agree(
    prices: list[list[int]], currencies: list[str], grams: int | None, quantity: int, lithium: bool, cents: int
) -> None:
    lanes = tuple(
        Lane(service, (500, 2000), tuple(Money(Decimal(price) / 100, currency) for price in sorted(pair)))
        for service, pair, currency in zip(_services, prices, currencies, strict=True)
    )
    tariff = Tariff("1", {}, {("CN", "DE"): lanes}, frozenset({"DE"}), {"DE": "EU"}, {"": 500})
    line = shirt(weight_grams=grams, quantity=quantity, lithium=lithium, unit_price=Money(Decimal(cents) / 100, "EUR"))
    parcel = consignment(line)

    (fast,) = cheapest_landed([Offer("CN", line)], Destination("DE"), "EUR", tariff, RULES, FX, TODAY)

    options = shipping_options(parcel, tariff, FX)
    whole = quote(parcel, options[0], RULES, FX, TODAY) if options else None
    assert fast == whole
    if whole:
        due = whole.assessment
        assert whole.total == whole.goods + whole.shipping + due.duty + due.tax + due.fees


def test_the_nearest_warehouse_is_the_one_with_the_fewest_borders(tariff: Tariff) -> None:
    areas = tariff.customs_areas

    assert nearest(["CN", "DE", "FR"], "FR", areas) == "FR"
    assert nearest(["CN", "DE"], "FR", areas) == "DE"
    assert nearest(["CN", "JP"], "FR", areas) == "CN"
    assert nearest([], "FR", areas) == ""
    assert replace(tariff, customs_areas={}).crosses_customs("DE", "FR")
    assert not tariff.crosses_customs("DE", "FR")
    assert tariff.crosses_customs("CN", "FR")
