"""Worked examples that authorities and trade papers have published, to the cent.

Where a source is ambiguous the note beside the row says which reading is taken.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compliance.landed_cost import assess
from marketplace.kernel.fx import FxTable
from tests.compliance.cases import (
    BATTERY,
    BLENDER,
    EARPHONES,
    SWEATER,
    TODAY,
    TSHIRT,
    assessed,
    book,
    figures,
    line,
    sent,
)

COAT = line("140", "620193")
FLAT = date(2026, 7, 1)
EXAMPLES: list[tuple[str, date, Any, tuple[str, ...]]] = [
    # Agencia Tributaria, manual on low-value consignments; tax of 20 % as in France
    ("EU-01", date(2022, 1, 1), sent("FR", "EUR", COAT), ("0.00", "28.00", "0.00", "168.00")),
    ("EU-02", date(2022, 1, 1), sent("FR", "EUR", COAT, shipping="15"), ("0.00", "31.00", "0.00", "186.00")),
    (
        "EU-04: above EUR 150 an ordinary import; the example leaves the duty out, so it is stated as 0",
        date(2022, 1, 1),
        sent("FR", "EUR", line("160", "620193", duty_rate_pct=0)),
        ("0.00", "32.00", "0.00", "192.00"),
    ),
    # Baker McKenzie, 2 July 2026, on the Commission's guidance. VAT 20 % on price and flat duty.
    ("EU-06: one kind", FLAT, sent("FR", "EUR", line("10", quantity=5)), ("3.00", "10.60", "0.00", "63.60")),
    (
        "EU-07: a T-shirt and a watch",
        FLAT,
        sent("FR", "EUR", line("10"), line("40", "910211")),
        ("6.00", "11.20", "0.00", "67.20"),
    ),
    (
        "EU-09: two T-shirts and shoes: 6.00 and 1.20 of tax on it, reading: the flat duty is in the base",
        FLAT,
        sent("FR", "EUR", line("0", quantity=2), line("0", "640399")),
        ("6.00", "1.20", "0.00", "7.20"),
    ),
    (
        "EU-11: glasses, phone case, chain",
        FLAT,
        sent("FR", "EUR", line("0", "900410"), line("0", "392690"), line("0", "711719")),
        ("9.00", "1.80", "0.00", "10.80"),
    ),
    # HMRC guidance on online marketplaces
    ("GB-01", TODAY, sent("GB", "GBP", line("100"), shipping="10"), ("0.00", "22.00", "0.00", "132.00")),
    # Skatteetaten: two items of NOK 1,600 are both inside VOEC; the row begins on 1 January 2024
    ("NO-01", TODAY, sent("NO", "NOK", line("1600"), line("1600")), ("0.00", "800.00", "0.00", "4000.00")),
    # Federal Office for Customs: 62 at 8.1 % is 5.022, rounded to 5.00 and not levied
    ("CH-01", TODAY, sent("CH", "CHF", line("62"), schemes=frozenset()), ("0.00", "0.00", "0.00", "62.00")),
    # Tariff rule sets, October and August 2026
    (
        "US-01: backpacks by sea, 17.6 + 25 + 12.5 %, fees 34.64 + 12.50",
        date(2026, 10, 3),
        sent("US", "USD", line("10000", "4202923120", duty_rate_pct="17.6"), transport="sea"),
        ("5510.00", "0.00", "47.14", "15557.14"),
    ),
    (
        "US-03: 4.2 + 12.5 %; the fee of that day is not in the rule book",
        date(2026, 8, 1),
        sent("US", "USD", line("100", BLENDER)),
        ("16.70", "0.00", "0.00", "116.70"),
    ),
    (
        "US-03 with the informal entry fee of 1 October",
        date(2026, 10, 1),
        sent("US", "USD", line("100", BLENDER)),
        ("16.70", "0.00", "2.77", "119.47"),
    ),
    (
        "US-06: 3.4 + 25 + 12.5 %",
        date(2026, 8, 1),
        sent("US", "USD", line("100", BATTERY)),
        ("40.90", "0.00", "0.00", "140.90"),
    ),
    (
        "US-08: 0.3464 % of a formal entry is less than the minimum of 34.58",
        date(2026, 10, 1),
        sent("US", "USD", line("2501", EARPHONES, origin="KE")),
        ("0.00", "0.00", "34.58", "2535.58"),
    ),
    # Worked tariff checks for Canada
    ("CA-01", date(2026, 8, 1), sent("CA", "CAD", line("800"), region="YT"), ("144.00", "47.20", "0.00", "991.20")),
    (
        "CA-03: 16 % by preference, stated",
        date(2026, 8, 1),
        sent("CA", "CAD", line("4000", SWEATER, origin="SV", duty_rate_pct=16), region="ON"),
        ("640.00", "603.20", "0.00", "5243.20"),
    ),
    # Australian Taxation Office; New Zealand Customs: levy of 2.21 and GST of 0.33 on it
    ("AU-01", TODAY, sent("AU", "AUD", line("100"), shipping="20"), ("0.00", "12.00", "0.00", "132.00")),
    ("NZ-02", date(2026, 4, 1), sent("NZ", "NZD", line("0")), ("0.00", "0.33", "2.21", "2.54")),
    # Inland Revenue Authority of Singapore: an item of 390 is within 400, and freight is taxed
    ("SG-01", TODAY, sent("SG", "SGD", line("390"), shipping="30"), ("0.00", "37.80", "0.00", "457.80")),
    # Mumbai Customs, heading 9804: 1000 + 100 of surcharge, 18 % of 11,100; in all 30.98 %
    ("IN-01", date(2025, 12, 31), sent("IN", "INR", line("10000")), ("1100.00", "1998.00", "0.00", "13098.00")),
    # Servicio de Impuestos Internos, quoted on 2 October 2025: 19 % of goods and shipping of 30
    ("CL-01", date(2025, 10, 25), sent("CL", "USD", line("25"), shipping="5"), ("0.00", "5.70", "0.00", "35.70")),
    (
        "BR-01: 20 % up to USD 50; the example is of a state with 17 %, inside its own base: 60 / 0.83 - 60",
        date(2025, 7, 24),
        sent("BR", "USD", line("50", tax_rate_pct=17)),
        ("10.00", "12.29", "0.00", "72.29"),
    ),
    (
        "BR-03: the same in reais, on the first day of the act, with the rate of the rows",
        date(2024, 8, 1),
        sent("BR", "BRL", line("100"), region="SP"),
        ("20.00", "24.58", "0.00", "144.58"),
    ),
]


@pytest.mark.parametrize(
    ("on", "consignment", "expected"), [row[1:] for row in EXAMPLES], ids=[row[0].split(":")[0] for row in EXAMPLES]
)
def test_a_published_example_comes_out_to_the_cent(on: date, consignment: Any, expected: tuple[str, ...]) -> None:
    assessment = assessed(consignment, on)

    assert figures(assessment) == expected
    assert assessment.is_complete


def test_intrinsic_value_leaves_shipping_and_insurance_out() -> None:  # EU-05
    assessment = assessed(sent("FR", "EUR", line("100"), shipping="18", insurance="5"), date(2022, 3, 20))

    assert assessment.threshold is not None
    assert str(assessment.threshold.value) == "100"
    assert assessment.threshold.passed


def test_the_brazilian_deduction_is_changed_at_the_days_rate() -> None:  # BR-04: 500 × 60 % - 30 × 5; 650 / 0.83 - 650
    at_five = FxTable("EUR", TODAY, {"USD": Decimal(1), "BRL": Decimal(5)}, "test")

    assessment = assess(sent("BR", "BRL", line("500", tax_rate_pct=17)), book(), at_five, TODAY)

    assert figures(assessment) == ("150.00", "133.13", "0.00", "783.13")
    assert assessment.regimes == ("BR-RC-HIGH-2026",)


def test_the_turkish_limit_counted_freight() -> None:  # TR-01, ended on 5 February 2026
    over = assessed(sent("TR", "EUR", line("29"), shipping="2"), date(2024, 9, 20))
    within = assessed(sent("TR", "EUR", line("29"), shipping="1"), date(2024, 9, 20))

    assert over.threshold is not None
    assert (str(over.threshold.value), over.threshold.passed, over.regimes) == ("31.00", False, ())
    assert within.regimes == ("TR-OLD",)


def test_the_british_limit_looks_at_the_consignment() -> None:  # GB-04
    assessment = assessed(sent("GB", "GBP", line("80"), line("60", TSHIRT)))

    assert assessment.threshold is not None
    assert (str(assessment.threshold.value), assessment.threshold.passed) == ("140", False)
    assert assessment.regimes == ("GB-STD",)
