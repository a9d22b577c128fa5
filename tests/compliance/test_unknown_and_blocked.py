"""No rules, no figure; and what may not be sent."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.landed_cost import assess
from marketplace.kernel.fx import FxTable, MissingRate
from marketplace.kernel.money import CurrencyMismatch
from tests.compliance.cases import (
    BATTERY,
    EARPHONES,
    FX,
    TODAY,
    TSHIRT,
    assessed,
    book,
    codes,
    figures,
    line,
    sent,
)


@pytest.mark.parametrize("country", ["KE", "MC", "UA", "ZZ"])
def test_a_country_without_rules_is_sold_without_a_figure(country: str) -> None:
    assessment = assessed(sent(country, "EUR", line("80"), shipping="12"))

    assert (assessment.status, assessment.collected) == ("unknown", "on_delivery")
    assert codes(assessment) == ["no_rules", "carrier_fee_possible"]
    assert str(assessment.total.amount) == "92.00"
    assert assessment.due_at_checkout == assessment.total
    assert assessment.rules == ()


def test_a_sale_inside_a_country_without_rules_has_nothing_to_collect() -> None:
    assessment = assessed(sent("KE", "KES", line("80"), shipping="12", ship_from="KE"))

    assert (assessment.status, assessment.collected) == ("unknown", "none")
    assert codes(assessment) == ["no_domestic_rules"]
    assert not assessment.is_import


def test_a_special_territory_is_not_inside_its_own_country() -> None:
    assert assessed(sent("ES", "EUR", line("80"), ship_from="ES", postal_code="35001")).is_import
    assert not assessed(sent("ES", "EUR", line("80"), ship_from="ES", postal_code="28001")).is_import


@pytest.mark.parametrize(
    ("country", "postal_code"),
    [
        ("GB", "JE2 3AB"),
        ("GB", "GY1 1AA"),
        ("ES", "35001"),
        ("ES", "51001"),
        ("DE", "27498"),
        ("FR", "97400"),
        ("FI", "22100"),
    ],
)
def test_special_territories_are_not_reckoned_like_their_country(country: str, postal_code: str) -> None:
    assert assessed(sent(country, "EUR", line("20"), postal_code=postal_code)).status == "unknown"


def test_a_territory_is_known_however_its_code_is_written() -> None:
    assert assessed(sent("GB", "GBP", line("20"), postal_code="bt11aa")).regimes == ("XI-LV",)
    assert assessed(sent("GB", "GBP", line("20"), postal_code="B1 1AA")).regimes == ("GB-LV",)


def test_northern_ireland_has_european_duty_only_from_outside() -> None:
    far = assessed(sent("GB", "GBP", line("20"), postal_code="BT1 1AA"))
    near = assessed(sent("GB", "GBP", line("20"), postal_code="BT1 1AA", ship_from="GB"))
    union = assessed(sent("GB", "GBP", line("20"), postal_code="BT1 1AA", ship_from="IE"))

    assert (figures(far), far.status) == (("2.50", "4.50", "0.00", "27.00"), "estimate")  # EUR 3 at 0.8338
    assert (near.regimes, figures(near)) == (("XI-FROM-GB",), ("0.00", "4.00", "0.00", "24.00"))
    assert (union.regimes, figures(union)) == (("XI-FROM-EU",), ("0.00", "4.00", "0.00", "24.00"))


@pytest.mark.parametrize(
    ("consignment", "rule"),
    [
        (sent("KP", "EUR", line("20")), "SANCTIONS-KP"),
        (sent("UA", "EUR", line("20"), region="Crimea"), "SANCTIONS-UA-REGIONS"),
        (sent("UA", "EUR", line("20"), region="UA-43"), "SANCTIONS-UA-REGIONS"),
        # as the address form of the checkout writes them
        (sent("UA", "EUR", line("20"), region="Автономна Республіка Крим"), "SANCTIONS-UA-REGIONS"),
        (sent("UA", "EUR", line("20"), region="місто Севастополь"), "SANCTIONS-UA-REGIONS"),
        (sent("UA", "EUR", line("20"), region="Донецька область"), "SANCTIONS-UA-REGIONS"),
        (sent("UA", "EUR", line("20"), region="Луганська область"), "SANCTIONS-UA-REGIONS"),
        # as people write them
        *[
            (sent("UA", "EUR", line("20"), region=region), "SANCTIONS-UA-REGIONS")
            for region in (
                "Krym",
                "АР Крим",
                " Крим ",
                "Республика Крым",
                "Republic of Crimea",
                "autonome Republik KRIM",
                "43",
                "Donetska oblast",
                "Donets'ka oblast\u02b9",
                "Донецкая область",
                "Luhans’ka",
                "Lugansk",
                "Sevastopol'",
            )
        ],
        # by the postal code, whatever the region is said to be
        (sent("UA", "EUR", line("20"), postal_code="95000"), "SANCTIONS-UA-43"),
        (sent("UA", "EUR", line("20"), postal_code="99011", region="Kyiv"), "SANCTIONS-UA-40"),
        (sent("UA", "EUR", line("20"), postal_code="83 000"), "SANCTIONS-UA-14"),
        (sent("UA", "EUR", line("20"), postal_code="UA-83000"), "SANCTIONS-UA-14"),
        (sent("UA", "EUR", line("20"), postal_code="８３０００"), "SANCTIONS-UA-14"),
        (sent("UA", "EUR", line("20"), postal_code="91000"), "SANCTIONS-UA-09"),
        (sent("UA", "EUR", line("20"), postal_code="72300"), "SANCTIONS-UA-23"),
        (sent("UA", "EUR", line("20"), postal_code="75500"), "SANCTIONS-UA-65"),
        (sent("DE", "EUR", line("20", BATTERY), channel="post"), "LITHIUM-LOOSE-POST"),
        (sent("DE", "EUR", line("20", "360410")), "FIREWORKS"),
        (sent("DE", "EUR", line("20", "970610")), "CULTURAL-EU"),
        (sent("US", "USD", line("20"), line("20", "220830")), "ALCOHOL"),
    ],
)
def test_what_is_forbidden_is_blocked_with_its_rule(consignment: object, rule: str) -> None:
    assessment = assessed(consignment)  # type: ignore[arg-type]

    assert (assessment.status, assessment.collected) == ("blocked", "none")
    assert [ref.id for ref in assessment.rules] == [rule]
    assert assessment.warnings[0].params["rule"] == rule
    assert assessment.duty.amount == assessment.tax.amount == 0


@pytest.mark.parametrize(
    "consignment",
    [
        sent("DE", "EUR", line("20", BATTERY)),
        sent("DE", "EUR", line("20", EARPHONES, lithium=True), channel="post"),
        sent("UA", "EUR", line("20"), region="місто Київ"),
        sent("UA", "EUR", line("20"), region="Kirovohrads'ka oblast", postal_code="25000"),
        sent("UA", "EUR", line("20"), region="Київ 43", postal_code="01043"),
    ],
)
def test_what_is_only_restricted_elsewhere_goes_through(consignment: object) -> None:
    assert assessed(consignment).status != "blocked"  # type: ignore[arg-type]


def test_a_rule_book_of_another_day_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-11-22"):
        assess(sent("DE", "EUR", line("20")), book(TODAY), FX, date(2026, 11, 23))


def test_bad_amounts_are_refused() -> None:
    for wrong in (line("-1"), line("1", quantity=0)):
        with pytest.raises(ValueError, match="SKU-0"):
            assessed(sent("DE", "EUR", wrong))
    with pytest.raises(ValueError, match="at least one line"):
        assessed(sent("DE", "EUR"))


def test_mixed_currencies_are_refused() -> None:
    mixed = sent("DE", "EUR", line("20")).__class__(
        **{
            name: getattr(sent("DE", "USD", line("20")), name)
            for name in ("ship_from", "ship_to", "lines", "shipping", "insurance")
        },
        currency="EUR",
    )

    with pytest.raises(CurrencyMismatch):
        assessed(mixed)


def test_a_missing_exchange_rate_is_named() -> None:
    poor = FxTable("EUR", TODAY, {})

    with pytest.raises(MissingRate, match="USD"):
        assess(sent("DE", "USD", line("20")), book(TODAY), poor, TODAY)
    assert assess(sent("DE", "EUR", line("20", TSHIRT)), book(TODAY), poor, TODAY).status == "quoted"


@pytest.mark.parametrize("postal_code", ["69000", "73000", "01001"])
def test_the_cities_that_are_not_occupied_are_served(postal_code: str) -> None:
    """The negative control: the regulation means the areas that the government does not control."""
    assert assessed(sent("UA", "EUR", line("20"), postal_code=postal_code)).status != "blocked"
