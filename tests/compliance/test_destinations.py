"""One table for each destination: which regime, which figures, who collects. Amounts are in its own currency."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from compliance.landed_cost.assessment import CHECKOUT, NOBODY, ON_DELIVERY
from tests.compliance.cases import (
    BOOK,
    CUP,
    EARPHONES,
    SHIRT,
    TODAY,
    TSHIRT,
    assessed,
    codes,
    figures,
    line,
    sent,
)

POST = {"channel": "post"}
NO_SCHEMES: dict[str, Any] = {"schemes": frozenset()}
TABLE: list[tuple[str, Any, str, str, tuple[str, ...]]] = [
    # Europe: (20 × 2 + 8) × 19 %; flat 3.00 and its tax
    ("EU-LV-3EUR", sent("DE", "EUR", line("20", quantity=2), shipping="8"), CHECKOUT, "quoted",
     ("3.00", "9.69", "0.00", "60.69")),
    ("EU-LV-3EUR-IMPORT", sent("DE", "EUR", line("20", quantity=2), shipping="8", **NO_SCHEMES, **POST),
     ON_DELIVERY, "quoted", ("3.00", "9.69", "0.00", "60.69")),
    ("EU-STD", sent("DE", "EUR", line("200"), shipping="10"), CHECKOUT, "quoted",
     ("25.20", "44.69", "0.00", "279.89")),
    # a business with a number pays the ordinary tariff; without one it is taken for a consumer
    ("EU-STD", sent("DE", "EUR", line("100"), buyer="business", buyer_vat_number="DE123456788"), CHECKOUT, "quoted",
     ("12.00", "21.28", "0.00", "133.28")),
    ("EU-LV-3EUR", sent("DE", "EUR", line("100"), buyer="business"), CHECKOUT, "quoted",
     ("3.00", "19.57", "0.00", "122.57")),
    ("EU-B2B-WITHIN", sent("FR", "EUR", line("80"), ship_from="DE", buyer="business", buyer_vat_number="FR40303265045"),
     NOBODY, "quoted", ("0.00", "0.00", "0.00", "80.00")),
    ("EU-DOMESTIC", sent("DE", "EUR", line("80"), ship_from="DE", buyer="business", buyer_vat_number="DE123456788"),
     CHECKOUT, "quoted", ("0.00", "15.20", "0.00", "95.20")),
    ("GB-B2B", sent("GB", "GBP", line("100"), buyer="business", buyer_vat_number="GB980780684"), NOBODY, "quoted",
     ("0.00", "0.00", "0.00", "100.00")),
    ("EU-LV-3EUR", sent("IE", "EUR", line("20", BOOK, tax_category="books")), CHECKOUT, "quoted",
     ("3.00", "0.00", "0.00", "23.00")),
    # United Kingdom
    ("GB-LV", sent("GB", "GBP", line("135")), CHECKOUT, "quoted", ("0.00", "27.00", "0.00", "162.00")),
    ("GB-STD", sent("GB", "GBP", line("135.01")), CHECKOUT, "quoted", ("16.20", "30.24", "0.00", "181.45")),
    ("GB-LV-IMPORT", sent("GB", "GBP", line("50"), **NO_SCHEMES, **POST), ON_DELIVERY, "quoted",
     ("0.00", "10.00", "0.00", "60.00")),
    # Norway, Switzerland
    ("NO-VOEC", sent("NO", "NOK", line("2999.99"), shipping="100"), CHECKOUT, "quoted",
     ("0.00", "775.00", "0.00", "3874.99")),
    ("CH-PLATFORM", sent("CH", "CHF", line("50"), shipping="10"), CHECKOUT, "quoted",
     ("0.00", "4.86", "0.00", "64.86")),
    ("CH-IMPORT", sent("CH", "CHF", line("50"), shipping="20", **NO_SCHEMES), CHECKOUT, "quoted",
     ("0.00", "5.65", "0.00", "75.65")),
    ("CH-IMPORT-FREE", sent("CH", "CHF", line("193", BOOK, tax_category="books"), **NO_SCHEMES), NOBODY, "quoted",
     ("0.00", "0.00", "0.00", "193.00")),
    # Canada: by place of direct shipment, value and province
    ("CA-GEN", sent("CA", "CAD", line("20"), region="ON"), NOBODY, "quoted", ("0.00", "0.00", "0.00", "20.00")),
    ("CA-CUSMA-TAX", sent("CA", "CAD", line("40"), ship_from="US", region="ON"), NOBODY, "quoted",
     ("0.00", "0.00", "0.00", "40.00")),
    ("CA-CUSMA-DUTY", sent("CA", "CAD", line("150"), ship_from="US", region="ON"), CHECKOUT, "quoted",
     ("0.00", "19.50", "0.00", "169.50")),
    ("CA-STD", sent("CA", "CAD", line("100"), ship_from="US", region="QC", shipping="15", **POST), ON_DELIVERY,
     "quoted", ("18.00", "17.67", "9.95", "160.62")),
    ("CA-STD", sent("CA", "CAD", line("100", EARPHONES), region="NS"), CHECKOUT, "quoted",
     ("0.00", "14.00", "0.00", "114.00")),
    # Australia, New Zealand
    ("AU-LVIG", sent("AU", "AUD", line("1000")), CHECKOUT, "quoted", ("0.00", "100.00", "0.00", "1100.00")),
    ("AU-STD", sent("AU", "AUD", line("1000.01"), shipping="50"), CHECKOUT, "quoted",
     ("50.00", "110.00", "0.00", "1210.01")),
    ("AU-BORDER-FREE", sent("AU", "AUD", line("900"), **NO_SCHEMES), NOBODY, "quoted",
     ("0.00", "0.00", "0.00", "900.00")),
    ("NZ-LVIG", sent("NZ", "NZD", line("100"), shipping="20"), CHECKOUT, "quoted",
     ("0.00", "18.33", "2.21", "140.54")),
    ("NZ-LVIG", sent("NZ", "NZD", line("100"), shipping="20", **POST), CHECKOUT, "quoted",
     ("0.00", "18.00", "0.00", "138.00")),
    ("NZ-STD", sent("NZ", "NZD", line("1100"), shipping="30"), CHECKOUT, "quoted",
     ("110.00", "186.00", "0.00", "1426.00")),
    # Japan: 60 % of the price for personal use; value, duty and tax lose what is below JPY 1,000 and 100
    ("JP-DM", sent("JP", "JPY", line("16666", SHIRT)), NOBODY, "quoted", ("0", "0", "0", "16666")),
    ("JP-STD", sent("JP", "JPY", line("20000", SHIRT), shipping="2000"), CHECKOUT, "estimate",
     ("900", "1300", "0", "24200")),
    ("JP-STD-TRADE", sent("JP", "JPY", line("20000", SHIRT), buyer="business", **POST), ON_DELIVERY, "estimate",
     ("1400", "2100", "200", "23700")),
    # Inside one territory nothing is imported: destination tax on price and freight
    ("EU-DOMESTIC", sent("FR", "EUR", line("80"), ship_from="DE", shipping="10"), CHECKOUT, "quoted",
     ("0.00", "18.00", "0.00", "108.00")),
    ("GB-DOMESTIC", sent("GB", "GBP", line("500"), ship_from="GB"), CHECKOUT, "quoted",
     ("0.00", "100.00", "0.00", "600.00")),
    ("US-DOMESTIC", sent("US", "USD", line("80"), ship_from="US"), NOBODY, "quoted",
     ("0.00", "0.00", "0.00", "80.00")),
]  # fmt: skip


@pytest.mark.parametrize(("regime", "consignment", "collected", "status", "expected"), TABLE)
def test_each_destination_has_its_figures(
    regime: str, consignment: Any, collected: str, status: str, expected: tuple[str, ...]
) -> None:
    assessment = assessed(consignment)

    assert assessment.regimes == (regime,)
    assert figures(assessment) == expected
    assert (assessment.status, assessment.collected) == (status, collected)
    paid_at_the_door = assessment.due_on_delivery.amount > 0
    assert paid_at_the_door == (collected == ON_DELIVERY)
    assert assessment.due_at_checkout + assessment.due_on_delivery == assessment.total


def test_norway_splits_one_parcel_between_two_regimes() -> None:
    cheap, dear = line("1600"), line("3000", EARPHONES, duty_rate_pct=0)

    assessment = assessed(sent("NO", "NOK", cheap, dear, shipping="460", **POST))

    assert [(row.regime, row.scheme) for row in assessment.lines] == [("NO-VOEC", "VOEC"), ("NO-STD", "")]
    assert [str(row.tax.amount) for row in assessment.lines] == ["440.00", "825.00"]
    assert [row.at_checkout for row in assessment.lines] == [True, False]
    assert [str(amount.amount) for amount in assessment.prepaid] == ["0.00", "440.00", "0"]
    assert str(assessment.due_on_delivery.amount) == "825.00"
    assert assessment.collected == ON_DELIVERY
    assert assessment.threshold is not None
    assert (assessment.threshold.scope, assessment.threshold.passed) == ("item", False)


def test_norwegian_food_is_outside_the_scheme() -> None:
    assessment = assessed(sent("NO", "NOK", line("100", "210690", tax_category="food", duty_rate_pct=0)))

    assert assessment.regimes == ("NO-STD",)
    assert str(assessment.tax.amount) == "15.00"


def test_canada_without_a_province_takes_the_highest_rate_and_says_so() -> None:
    assessment = assessed(sent("CA", "CAD", line("100", EARPHONES)))

    assert (assessment.status, str(assessment.tax.amount)) == ("estimate", "15.00")
    assert codes(assessment) == ["region_missing", "rule_unverified"]


@pytest.mark.parametrize("region", ["ON", "CA-ON", "on "])
def test_a_province_is_known_by_its_code(region: str) -> None:
    assert str(assessed(sent("CA", "CAD", line("100", EARPHONES), region=region)).tax.amount) == "13.00"


def test_provincial_sales_tax_is_said_to_be_missing() -> None:
    assert "provincial_tax_excluded" in codes(assessed(sent("CA", "CAD", line("100", EARPHONES), region="BC")))


def test_japan_drops_what_is_below_its_steps_once_for_a_parcel() -> None:
    apart = assessed(sent("JP", "JPY", *[line("1600", SHIRT, sku=str(number)) for number in range(20)]))
    together = assessed(sent("JP", "JPY", line("1600", SHIRT, quantity=20)))

    # 60 % of 32,000 is 19,200, of which 19,000 count; 7.4 % and 10 % are cut to whole hundreds
    assert figures(apart) == figures(together) == ("1400", "2000", "0", "35400")
    assert sum(each.customs_value.amount for each in apart.lines) == 19000


def test_norway_above_the_limit_of_an_item() -> None:
    phone = assessed(sent("NO", "NOK", line("3500", "851713")))
    shirt = assessed(sent("NO", "NOK", line("3500", TSHIRT)))

    assert (figures(phone), phone.status) == (("0.00", "875.00", "0.00", "4375.00"), "quoted")
    assert (figures(shirt), shirt.status) == (("374.50", "968.63", "0.00", "4843.13"), "estimate")


def test_leather_shoes_have_no_relief_in_japan() -> None:
    assessment = assessed(sent("JP", "JPY", line("5000", "640399")))

    assert assessment.status == "unknown"
    assert "duty_not_a_percentage" in codes(assessment)


def test_six_digits_with_several_rates_pay_the_higher_and_are_an_estimate() -> None:
    assessment = assessed(sent("DE", "EUR", line("1000", "691200")))

    assert assessment.status == "estimate"
    assert str(assessment.lines[0].duty_rate_pct) == "9"
    assert assessment.warnings[0].params == {"hs_code": "691200", "low": "5", "high": "9"}


@pytest.mark.parametrize(
    ("on", "pct"),
    [
        (date(2025, 6, 30), "22"),
        (date(2025, 7, 1), "24"),
        (date(2024, 12, 31), "22"),
        (date(2023, 12, 31), "20"),
    ],
)
def test_the_estonian_rate_is_that_of_the_day(on: date, pct: str) -> None:
    assert str(assessed(sent("EE", "EUR", line("50")), on).lines[0].tax_rate_pct) == pct


def test_a_parcel_over_the_border_limit_is_warned_of() -> None:
    assessment = assessed(sent("AU", "AUD", line("600"), line("600", CUP)))

    assert assessment.regimes == ("AU-LVIG",)
    assert "consignment_over_limit" in codes(assessment)


def test_a_fee_that_nobody_confirmed_is_shown_and_not_charged() -> None:
    assessment = assessed(sent("DE", "EUR", line("20")), TODAY)

    assert assessment.fee_lines == ()
    assert [warning.params["rule"] for warning in assessment.warnings if warning.code == "pending_rule"] == [
        "EU-HANDLING-FEE"
    ]


def test_the_french_parcel_tax_counts_only_in_its_months() -> None:
    charged = assessed(sent("FR", "EUR", line("20"), line("20", CUP)), date(2026, 6, 30))
    free = assessed(sent("FR", "EUR", line("20"), line("20", CUP)), date(2026, 7, 1))

    assert [(fee.code, str(fee.amount.amount)) for fee in charged.fee_lines] == [("FR-TPC", "4.00")]
    assert free.fee_lines == ()


def test_the_same_shirt_in_many_currencies_meets_the_same_limit() -> None:
    under = assessed(sent("DE", "USD", line("167.57", TSHIRT)))
    over = assessed(sent("DE", "USD", line("167.59", TSHIRT)))

    assert (under.regimes, over.regimes) == (("EU-LV-3EUR",), ("EU-STD",))
