"""Asia, the Gulf, the Americas, Africa and Israel: which regime, which figures, who collects. Worked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from moneyed import Money

from compliance.landed_cost.assessment import CHECKOUT, NOBODY, ON_DELIVERY
from tests.compliance.cases import BAG, CUP, EARPHONES, TSHIRT, assessed, codes, figures, line, sent

POST = {"channel": "post"}
NO_SCHEMES: dict[str, Any] = {"schemes": frozenset()}
TABLE: list[tuple[str, Any, str, str, tuple[str, ...]]] = [
    # Korea: USD 150 is 214,858 won at the rate of the test; from the United States USD 200
    ("KR-FREE", sent("KR", "KRW", line("214000")), NOBODY, "quoted", ("0", "0", "0", "214000")),
    ("KR-STD", sent("KR", "KRW", line("215000"), shipping="10000"), CHECKOUT, "quoted",
     ("29250", "25420", "0", "279670")),  # 13 % of 225,000; 10 % of 254,250 is 25,425, without what is below 10
    ("KR-US", sent("KR", "KRW", line("280000"), ship_from="US"), NOBODY, "quoted", ("0", "0", "0", "280000")),
    ("KR-STD", sent("KR", "KRW", line("280000", "330499"), ship_from="US"), CHECKOUT, "quoted",
     ("18200", "29820", "0", "328020")),  # cosmetics stay at USD 150
    # Singapore: by item; a seller who is not registered has a limit with freight
    ("SG-OVR", sent("SG", "SGD", line("400"), line("300", CUP), shipping="20"), CHECKOUT, "quoted",
     ("0.00", "64.80", "0.00", "784.80")),
    ("SG-STD", sent("SG", "SGD", line("400.01"), shipping="20", **POST), ON_DELIVERY, "quoted",
     ("0.00", "37.80", "0.00", "457.81")),
    ("SG-FREE", sent("SG", "SGD", line("380"), shipping="20", **NO_SCHEMES), NOBODY, "quoted",
     ("0.00", "0.00", "0.00", "400.00")),
    # By sea and by road there is no relief, but with the post there is, whichever way it goes
    ("SG-STD", sent("SG", "SGD", line("100"), shipping="20", transport="sea"), CHECKOUT, "quoted",
     ("0.00", "10.80", "0.00", "130.80")),
    ("SG-STD", sent("SG", "SGD", line("100"), transport="road", **NO_SCHEMES), CHECKOUT, "quoted",
     ("0.00", "9.00", "0.00", "109.00")),
    ("SG-OVR", sent("SG", "SGD", line("100"), transport="sea", **POST), CHECKOUT, "quoted",
     ("0.00", "9.00", "0.00", "109.00")),
    # Hong Kong is a free port, but not for liquor
    ("HK-FREE", sent("HK", "HKD", line("5000"), shipping="80"), NOBODY, "quoted", ("0.00", "0.00", "0.00", "5080.00")),
    # Malaysia taxes the goods alone
    ("MY-LVG", sent("MY", "MYR", line("500"), shipping="40"), CHECKOUT, "quoted",
     ("0.00", "50.00", "0.00", "590.00")),
    # Indonesia: USD 3, then 7.5 % or more
    ("ID-FREE", sent("ID", "USD", line("3", EARPHONES), shipping="2"), CHECKOUT, "quoted",
     ("0.00", "0.55", "0.00", "5.55")),
    ("ID-CONSIGNMENT", sent("ID", "USD", line("100", TSHIRT), shipping="10"), CHECKOUT, "quoted",
     ("27.50", "15.13", "0.00", "152.63")),
    ("ID-CONSIGNMENT", sent("ID", "USD", line("100", BAG)), CHECKOUT, "estimate",
     ("25.00", "13.75", "0.00", "138.75")),
    ("ID-CONSIGNMENT", sent("ID", "USD", line("100", "392410")), CHECKOUT, "quoted",
     ("7.50", "11.83", "0.00", "119.33")),
    ("PH-FREE", sent("PH", "PHP", line("10000")), NOBODY, "quoted", ("0.00", "0.00", "0.00", "10000.00")),
    # Mexico: one rate for everything, by courier
    ("MX-GLOBAL", sent("MX", "USD", line("100"), shipping="20"), CHECKOUT, "quoted",
     ("33.50", "0.00", "0.00", "153.50")),
    ("MX-TMEC-FREE", sent("MX", "USD", line("50"), ship_from="US"), NOBODY, "quoted",
     ("0.00", "0.00", "0.00", "50.00")),
    ("MX-TMEC-17", sent("MX", "USD", line("117"), ship_from="CA"), CHECKOUT, "quoted",
     ("19.89", "0.00", "0.00", "136.89")),
    ("MX-TMEC-19", sent("MX", "USD", line("117.01"), ship_from="US"), CHECKOUT, "quoted",
     ("22.23", "0.00", "0.00", "139.24")),
    # Brazil: up to USD 50 with freight; above it 60 % less USD 30; the tax inside its own base: 50 / 0.83 - 50
    ("BR-RC-LOW-2026", sent("BR", "USD", line("40"), shipping="10", region="SP"), CHECKOUT, "quoted",
     ("0.00", "10.24", "0.00", "60.24")),
    ("BR-RC-HIGH-2026", sent("BR", "USD", line("40.01"), shipping="10", region="SP"), CHECKOUT, "quoted",
     ("0.01", "10.25", "0.00", "60.27")),
    ("BR-RC-HIGH-2026", sent("BR", "USD", line("100"), line("100", CUP), region="SP"), CHECKOUT, "quoted",
     ("90.00", "59.40", "0.00", "349.40")),
    ("BR-OUT", sent("BR", "USD", line("100"), region="SP", **NO_SCHEMES, **POST), ON_DELIVERY, "quoted",
     ("60.00", "32.77", "2.70", "195.47")),  # BRL 15 at 6.20 and 1.1172
    # Chile
    ("CL-LVG", sent("CL", "USD", line("500"), shipping="20"), CHECKOUT, "quoted", ("0.00", "98.80", "0.00", "618.80")),
    ("CL-STD", sent("CL", "USD", line("600"), shipping="20", **POST), ON_DELIVERY, "estimate",
     ("37.20", "124.87", "0.00", "782.07")),
    # Gulf: below SAR 1,000 with freight, up to AED 1,000 with freight
    ("SA-LOW", sent("SA", "SAR", line("990"), shipping="9"), CHECKOUT, "quoted",
     ("0.00", "149.85", "0.00", "1148.85")),
    ("SA-STD", sent("SA", "SAR", line("990"), shipping="10"), CHECKOUT, "estimate",
     ("50.00", "157.50", "0.00", "1207.50")),
    ("AE-LOW", sent("AE", "AED", line("990"), shipping="10"), CHECKOUT, "quoted",
     ("0.00", "50.00", "0.00", "1050.00")),
    ("AE-STD", sent("AE", "AED", line("990"), shipping="10.01"), CHECKOUT, "estimate",
     ("50.00", "52.50", "0.00", "1102.51")),
    # South Africa: tax on 1.10 × value and duty
    ("ZA-LOW", sent("ZA", "ZAR", line("499"), shipping="60"), CHECKOUT, "estimate",
     ("99.80", "97.31", "0.00", "756.11")),
    # Israel
    ("IL-FREE-130", sent("IL", "USD", line("130"), shipping="15"), NOBODY, "estimate",
     ("0.00", "0.00", "0.00", "145.00")),
    ("IL-MID", sent("IL", "USD", line("131"), shipping="15"), CHECKOUT, "quoted", ("0.00", "26.28", "0.00", "172.28")),
    # India: duty of less than INR 100 is not levied, and then there is none to be taxed
    ("IN-PERSONAL", sent("IN", "INR", line("10000", duty_rate_pct=10)), CHECKOUT, "estimate",
     ("1100.00", "1998.00", "0.00", "13098.00")),
    # China: 70 % of 13 %
    ("CN-CBEC", sent("CN", "CNY", line("1000"), ship_from="DE", shipping="100"), CHECKOUT, "estimate",
     ("0.00", "100.10", "0.00", "1200.10")),
]  # fmt: skip


@pytest.mark.parametrize(("regime", "consignment", "collected", "status", "expected"), TABLE)
def test_each_further_destination_has_its_figures(
    regime: str, consignment: Any, collected: str, status: str, expected: tuple[str, ...]
) -> None:
    assessment = assessed(consignment)

    assert assessment.regimes == (regime,)
    assert figures(assessment) == expected
    assert (assessment.status, assessment.collected) == (status, collected)
    assert assessment.due_at_checkout + assessment.due_on_delivery == assessment.total


@pytest.mark.parametrize(
    ("country", "regime", "warning"),
    [
        ("TH", "TH-STD", "duty_rate_unknown"),
        ("VN", "VN-STD", "duty_rate_unknown"),
        ("PH", "PH-STD", "duty_rate_unknown"),
    ],
)
def test_a_tariff_that_nobody_here_knows_gives_no_figure(country: str, regime: str, warning: str) -> None:
    assessment = assessed(sent(country, "USD", line("400")))

    assert (assessment.status, assessment.regimes) == ("unknown", (regime,))
    assert warning in codes(assessment)


def test_goods_for_turkey_are_blocked_since_february() -> None:
    assert assessed(sent("TR", "EUR", line("10")), date(2026, 2, 5)).status == "estimate"
    assert assessed(sent("TR", "EUR", line("10")), date(2026, 2, 6)).status == "blocked"


@pytest.mark.parametrize(
    ("on", "regime", "expected"),
    [
        (date(2026, 5, 11), "BR-RC-LOW-2024", ("10.00", "12.29", "0.00", "72.29")),
        (date(2026, 5, 12), "BR-RC-LOW-2026", ("0.00", "10.24", "0.00", "60.24")),
    ],
)
def test_brazil_changes_on_the_twelfth_of_may(on: date, regime: str, expected: tuple[str, ...]) -> None:
    assessment = assessed(sent("BR", "USD", line("50"), region="RJ"), on)

    assert (assessment.regimes, figures(assessment)) == ((regime,), expected)


@pytest.mark.parametrize(
    ("on", "value", "regime"),
    [
        (date(2025, 12, 23), "100", "IL-MID"),
        (date(2025, 12, 24), "150", "IL-FREE-150"),
        (date(2026, 2, 24), "150", "IL-FREE-150"),
        (date(2026, 2, 25), "150", "IL-MID"),
    ],
)
def test_the_israeli_limit_comes_and_goes(on: date, value: str, regime: str) -> None:
    assert assessed(sent("IL", "USD", line(value)), on).regimes == (regime,)


def test_a_brazilian_state_that_is_not_known_takes_the_highest_rate() -> None:
    assessment = assessed(sent("BR", "USD", line("40")))

    assert assessment.status == "estimate"
    assert "region_missing" in codes(assessment)


@pytest.mark.parametrize(("state", "tax"), [("SP", "8.19"), ("BR-RJ", "8.19"), ("CE", "10.00"), ("MG", "10.00")])
def test_brazilian_states_have_rates_of_their_own(state: str, tax: str) -> None:
    assessment = assessed(sent("BR", "USD", line("40"), region=state))

    assert (str(assessment.tax.amount), assessment.status) == (tax, "quoted")


@pytest.mark.parametrize(
    ("price", "shipping", "regimes"),
    [("4980", "20", ("CN-CBEC",)), ("4980", "20.01", ("CN-STD",)), ("5000.01", "0", ("CN-STD",))],
)
def test_a_chinese_order_has_a_limit_of_its_own_with_freight(
    price: str, shipping: str, regimes: tuple[str, ...]
) -> None:
    assessment = assessed(sent("CN", "CNY", line(price, duty_rate_pct=10), ship_from="DE", shipping=shipping))

    assert assessment.regimes == regimes
    assert assessment.threshold is not None
    limit = ("26000", "year", True) if regimes == ("CN-CBEC",) else ("5000", "consignment", False)
    assert (f"{assessment.threshold.limit:f}", assessment.threshold.scope, assessment.threshold.passed) == limit


def test_above_the_chinese_limit_duty_and_tax_are_whole() -> None:
    assessment = assessed(sent("CN", "CNY", line("6000", duty_rate_pct=10), ship_from="DE"))

    assert figures(assessment) == ("600.00", "858.00", "0.00", "7458.00")
    assert (assessment.status, "regime_estimated" in codes(assessment)) == ("estimate", True)


def test_the_chinese_year_counts_what_was_bought_before() -> None:
    first = sent("CN", "CNY", line("4000"), ship_from="DE")
    known = sent("CN", "CNY", line("4000"), ship_from="DE", earlier_this_year=Money("22000", "CNY"))
    over = sent("CN", "CNY", line("4000"), ship_from="DE", earlier_this_year=Money("22000.01", "CNY"))

    assert "earlier_purchases_unknown" in codes(assessed(first))
    assert assessed(known).regimes == ("CN-CBEC",)
    assert "earlier_purchases_unknown" not in codes(assessed(known))
    assert (assessed(over).status, assessed(over).regimes) == ("unknown", ("CN-STD",))


def test_an_indian_duty_below_one_hundred_rupees_is_waived() -> None:
    small = assessed(sent("IN", "INR", line("909", origin="")))
    large = assessed(sent("IN", "INR", line("910", origin="")))

    assert figures(small)[0] == "0.00"  # 99.99, which is 100 in whole rupees
    assert figures(large)[0] == "0.00"  # 100.10, which is 100 too
    assert figures(assessed(sent("IN", "INR", line("914"))))[0] == "101.00"
    assert "IN-DUTY-WAIVED" in small.lines[0].duty_rules
