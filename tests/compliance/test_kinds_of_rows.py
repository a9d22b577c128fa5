"""Everything a row can say, also what no shipped row says today: worked by hand on rows that are changed for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from moneyed import Money

from compliance.landed_cost import assess
from compliance.landed_cost.assessment import Assessment
from compliance.rules.book import RuleBook
from compliance.words.explain import explain
from marketplace.kernel.consignment import Consignment
from marketplace.kernel.fx import FxTable
from tests.compliance.cases import BAG, CUP, EARPHONES, FX, TODAY, TSHIRT, book, book_with, codes, figures, line, sent

REGIME = "EU-LV-3EUR"


def reckoned(consignment: Consignment, rules: RuleBook, fx: FxTable = FX) -> Assessment:
    return assess(consignment, rules, fx, TODAY)


def regime(code: str = REGIME, **fields: Any) -> RuleBook:
    return book_with(("regimes", code, fields))


def test_a_fixed_duty_for_each_kilogram() -> None:
    rules = regime(duty_mode="flat_per_kg", duty_amount="4")
    parcel = sent("DE", "EUR", line("20", weight_grams=300, quantity=2), line("10", CUP, weight_grams=900))

    made = reckoned(parcel, rules)

    assert str(made.duty.amount) == "6.00"  # 4.00 × 1.5 kg
    assert [str(row.duty.amount) for row in made.lines] == ["2.40", "3.60"]
    assert explain(made).duty[0].text == "Customs duty: €4.00 × 1.5 kg (European Union, rule since July 1, 2026)."


def test_a_duty_by_weight_is_unknown_without_the_weight() -> None:
    rules = regime(duty_mode="flat_per_kg", duty_amount="4")

    made = reckoned(sent("DE", "EUR", line("20"), line("10", CUP, weight_grams=900)), rules)

    assert (made.status, made.duty.amount, made.tax.amount) == ("unknown", 0, 0)
    assert "weight_missing" in codes(made)


def test_a_fixed_duty_for_the_consignment() -> None:
    rules = regime(duty_mode="flat_per_consignment", duty_amount="5")

    made = reckoned(sent("DE", "EUR", line("20", weight_grams=100), line("10", CUP, weight_grams=300)), rules)

    assert str(made.duty.amount) == "5.00"
    assert [str(row.duty.amount) for row in made.lines] == ["1.25", "3.75"]
    assert explain(made).duty[0].text == "Customs duty: €5.00 for the parcel (European Union, rule since July 1, 2026)."
    assert Assessment.from_dict(made.to_dict()) == made


@pytest.mark.parametrize(
    ("mode", "unit", "level", "taxes"),
    # lines of 10.03, 10.03 and 10.04 at 19 %: 1.9057, 1.9057 and 1.9076, in all 5.719
    [
        ("half_up", "", "line", ["1.91", "1.91", "1.91"]),
        ("down", "", "line", ["1.90", "1.90", "1.90"]),
        ("up", "", "line", ["1.91", "1.91", "1.91"]),
        ("half_up", "", "total", ["1.90", "1.91", "1.91"]),  # 5.72: the largest remainders get the cents
        ("down", "", "total", ["1.90", "1.90", "1.91"]),  # 5.71
        ("up", "0.5", "total", ["2.00", "2.00", "2.00"]),  # 6.00
        ("half_up", "0.05", "line", ["1.90", "1.90", "1.90"]),
        ("up", "0.05", "line", ["1.95", "1.95", "1.95"]),
    ],
)
def test_tax_is_rounded_as_the_row_says(mode: str, unit: str, level: str, taxes: list[str]) -> None:
    rules = regime(duty_mode="none", rounding_mode=mode, tax_unit=unit, rounding_level=level, rounding_currency="EUR")
    lines = [line("10.03", sku="A"), line("10.03", CUP, sku="B"), line("10.04", BAG, sku="C")]

    made = reckoned(sent("DE", "EUR", *lines), rules)

    assert sorted(str(row.tax.amount) for row in made.lines) == taxes
    assert made.tax.amount == sum(row.tax.amount for row in made.lines)


def test_steps_are_those_of_the_currency_of_the_law() -> None:
    rules = regime(duty_mode="none", tax_unit="0.10", rounding_mode="down", rounding_currency="EUR")

    made = reckoned(sent("DE", "USD", line("20")), rules)

    assert str(made.tax.amount) == "3.80"  # 3.80 dollars are EUR 3.4013, of which EUR 3.40 stay: USD 3.79848


def test_a_regimes_own_percentage_stands_in_place_of_the_tariff() -> None:
    rules = regime("EU-STD", duty_mode="rate", duty_pct="4", duty_deduction="6", duty_currency="EUR")

    made = reckoned(sent("DE", "EUR", line("100"), line("300", CUP)), rules)
    small = reckoned(sent("DE", "EUR", line("150", quantity=1), line("1", CUP)), rules)

    assert (str(made.duty.amount), [str(row.duty.amount) for row in made.lines]) == ("10.00", ["2.50", "7.50"])
    assert str(small.duty.amount) == "0.04"  # 6.04 less 6.00
    assert made.lines[0].duty_rules == ("EU-STD",)


def test_a_deduction_takes_no_more_than_there_is() -> None:
    rules = regime("EU-STD", duty_mode="rate", duty_pct="4", duty_deduction="100", duty_currency="EUR")

    assert reckoned(sent("DE", "EUR", line("200")), rules).duty.amount == 0


def test_a_part_of_the_tax_and_a_factor_on_the_value() -> None:
    rules = regime(duty_mode="none", tax_factor="0.5", base_factor="1.2")

    made = reckoned(sent("DE", "EUR", line("100"), shipping="10"), rules)

    assert str(made.tax.amount) == "12.54"  # 9.5 % of 132.00
    assert made.lines[0].tax_rate_pct == Decimal("9.5")


def preference(**fields: Any) -> RuleBook:
    extra = {"code": "EU-PREF", "hs_prefix": "61", "origin": "KE", "pct": "0", "needs_proof": True, "pct_max": None}
    return book_with(("duty_rates", "EU-DUTY-610910", extra | fields))


def test_a_preference_needs_its_proof() -> None:
    proved, unproved = (line("200", origin="KE", origin_proved=proof) for proof in (True, False))

    assert reckoned(sent("DE", "EUR", proved), preference()).lines[0].duty_rules == ("EU-STD", "EU-PREF")
    assert str(reckoned(sent("DE", "EUR", unproved), preference()).duty.amount) == "24.00"
    assert str(reckoned(sent("DE", "EUR", proved | {"origin": "CN"}), preference()).duty.amount) == "24.00"


def test_a_preference_that_asks_for_more_is_not_taken() -> None:
    made = reckoned(sent("DE", "EUR", line("200", origin="KE", origin_proved=True)), preference(pct="15"))

    assert made.lines[0].duty_rules == ("EU-STD", "EU-DUTY-610910")


def test_a_qualifying_good_is_spared_a_programme() -> None:
    proved = line("100", EARPHONES, origin="MX", origin_proved=True)

    spared = reckoned(sent("US", "USD", proved), book())
    charged = reckoned(sent("US", "USD", proved | {"origin_proved": False}), book())

    assert spared.duty.amount < charged.duty.amount
    assert "US-USMCA-301FL" in {ref.id for ref in spared.rules}
    assert "US-USMCA-301FL" not in {ref.id for ref in charged.rules}


def exemption(**fields: Any) -> RuleBook:
    start = {"code": "EU-X", "family": "EU-X", "jurisdiction": "EU", "needs_proof": False, "due_up_to": None}
    return book_with(("exemptions", "IN-DUTY-WAIVED", start | fields))


@pytest.mark.parametrize(
    ("fields", "duties"),
    [
        ({"charge": "duty"}, ["0.00", "0.00"]),
        ({"charge": "duty", "hs_prefixes": "61 62"}, ["0.00", "12.00"]),
        ({"charge": "duty", "origins": "CN"}, ["0.00", "12.00"]),
        ({"charge": "duty", "origins": "KE", "needs_proof": True}, ["24.00", "12.00"]),
        ({"charge": "duty", "categories": "books"}, ["24.00", "12.00"]),
        ({"charge": "duty", "ship_from": "CN"}, ["0.00", "0.00"]),
        ({"charge": "duty", "ship_from": "US"}, ["24.00", "12.00"]),
        ({"charge": "duty", "regimes": "EU-STD"}, ["0.00", "0.00"]),
        ({"charge": "duty", "regimes": "EU-LV-3EUR"}, ["24.00", "12.00"]),
        ({"charge": "duty", "due_up_to": "36", "currency": "EUR"}, ["0.00", "0.00"]),
        ({"charge": "duty", "due_up_to": "35.99", "currency": "EUR"}, ["24.00", "12.00"]),
    ],
)
def test_an_exemption_covers_what_it_names(fields: dict[str, Any], duties: list[str]) -> None:
    parcel = sent("DE", "EUR", line("200"), line("100", CUP, origin="KE"))

    made = reckoned(parcel, exemption(**fields))

    assert [str(row.duty.amount) for row in made.lines] == duties
    exempt = [row for row in made.lines if row.duty.amount == 0]
    assert all("EU-X" in row.duty_rules for row in exempt)
    assert all(row.tax.amount == (Decimal(100 if row.sku == "SKU-1" else 200) + row.duty.amount) * 19 / 100
               for row in made.lines)  # fmt: skip


def test_an_exemption_from_tax() -> None:
    books = reckoned(sent("DE", "EUR", line("20", tax_category="books")), exemption(charge="tax", categories="books"))
    small = reckoned(sent("DE", "EUR", line("1")), exemption(charge="tax", due_up_to="1", currency="EUR"))
    large = reckoned(sent("DE", "EUR", line("3")), exemption(charge="tax", due_up_to="1", currency="EUR"))

    assert (str(books.tax.amount), books.lines[0].tax_rules) == ("0.00", (REGIME, "EU-X"))
    assert (str(small.tax.amount), str(large.tax.amount)) == ("0.00", "1.14")  # 19 % of 4.00 is 0.76, of 6.00 1.14


def test_a_fee_for_each_kilogram() -> None:
    rules = book_with(("fees", "NZ-LEVY-AIR", {"scope": "kilogram", "amount": "1.28", "channel": "post"}))

    made = reckoned(sent("NZ", "NZD", line("50", weight_grams=750, quantity=2), channel="post"), rules)

    assert figures(made)[2] == "1.92"
    assert str(made.fee_lines[0].tax.amount) == "0.29"


@pytest.mark.parametrize(("earlier", "taken"), [("110", REGIME), ("110.01", "EU-LV-3EUR-IMPORT")])
def test_a_limit_of_the_day_counts_what_came_before(earlier: str, taken: str) -> None:
    parcel = sent("DE", "EUR", line("40"), earlier_today=Money(earlier, "EUR"))

    assert reckoned(parcel, regime(threshold_scope="day")).regimes == (taken,)
    assert "earlier_purchases_unknown" not in codes(reckoned(parcel, regime(threshold_scope="day")))
    assert "earlier_purchases_unknown" in codes(
        reckoned(replace(parcel, earlier_today=None), regime(threshold_scope="day"))
    )


def test_what_came_before_may_be_in_another_currency() -> None:
    parcel = sent("DE", "EUR", line("40"), earlier_today=Money("122.90", "USD"))  # EUR 110.007

    assert reckoned(parcel, regime(threshold_scope="day")).regimes == ("EU-LV-3EUR-IMPORT",)


def test_a_limit_is_tested_at_the_rate_that_the_law_names() -> None:
    of_october = FxTable("EUR", date(2026, 10, 1), {"USD": Decimal("1.10")})
    fx = replace(FX, lawful={"customs_month": of_october})
    parcel = sent("DE", "USD", line("166"))  # EUR 148.59 today, EUR 150.91 at 1.10

    assert reckoned(parcel, regime(), fx).regimes == (REGIME,)
    strict = book_with(
        ("regimes", REGIME, {"threshold_rate": "customs_month"}),
        ("regimes", "EU-LV-3EUR-IMPORT", {"threshold_rate": "customs_month"}),
    )
    made = reckoned(parcel, strict, fx)
    assert made.regimes == ("EU-STD",)
    assert made.threshold is not None
    assert round(made.threshold.value, 2) == Decimal("150.91")
    assert reckoned(parcel, strict, replace(fx, lawful={})).regimes == (REGIME,)  # no such table: that of the day


def test_a_regime_that_nobody_confirmed_is_shown_and_not_applied() -> None:
    rules = book_with(("regimes", REGIME, {"code": "EU-NEW", "family": "EU-NEW", "priority": "1", "name": "A new relief",
                                           "status": "pending_unverified", "duty_mode": "none"}))  # fmt: skip

    made = reckoned(sent("DE", "EUR", line("20")), rules)

    assert made.regimes == (REGIME,)
    assert {"name": "A new relief", "rule": "EU-NEW", "country": "DE"} in [dict(each.params) for each in made.warnings]


def test_a_surcharge_on_the_duty_follows_the_duty() -> None:
    made = reckoned(sent("IN", "INR", line("10000", TSHIRT, duty_rate_pct=20, origin="")), book())

    assert str(made.duty.amount) == "2200.00"  # 20 % and a tenth of it


@pytest.mark.parametrize(
    ("basis", "factor", "limit", "passes"),
    # 2 pieces of 40.00, with freight 10.00 and insurance 4.00 for both
    [
        ("intrinsic", "1", "40", True),
        ("intrinsic", "1", "39.99", False),
        ("price_with_freight", "1", "45", True),
        ("price_with_freight", "1", "44.99", False),
        ("cif", "1", "47", True),
        ("cif", "1", "46.99", False),
        ("intrinsic", "0.5", "20", True),
        ("price_with_freight", "0.5", "22.5", True),
        ("price_with_freight", "0.5", "22.49", False),
        ("cif", "0.5", "23.5", True),
        ("cif", "0.5", "23.49", False),
    ],
)
def test_a_limit_for_each_item_counts_what_it_names(basis: str, factor: str, limit: str, passes: bool) -> None:
    rules = regime(
        "AU-LVIG", threshold_basis=basis, threshold_factor=factor, threshold_amount=limit, consignment_limit=""
    )

    made = reckoned(sent("AU", "AUD", line("40", quantity=2), shipping="10", insurance="4"), rules)

    assert made.regimes == (("AU-LVIG",) if passes else ("AU-BORDER-FREE",))


@pytest.mark.parametrize(("factor", "limit", "passes"), [("1", "94", True), ("1", "93.99", False), ("0.5", "47", True)])
def test_a_limit_with_freight_and_insurance(factor: str, limit: str, passes: bool) -> None:
    rules = regime(threshold_basis="cif", threshold_factor=factor, threshold_amount=limit)

    made = reckoned(sent("DE", "EUR", line("40", quantity=2), shipping="10", insurance="4"), rules)

    assert (made.regimes == (REGIME,)) == passes


def test_a_limit_on_the_tax_counts_every_line_with_its_share_and_rate() -> None:
    # 8.1 % of 30 + 3 + 1 and 2.6 % of 60 + 6 + 2: 2.754 + 1.768 = 4.522; with 20 % stated for the second 16.354
    lines = [line("30"), line("60", CUP, tax_category="books")]
    parcel = sent("CH", "CHF", *lines, shipping="9", insurance="3", schemes=frozenset())
    stated = sent(
        "CH", "CHF", lines[0], lines[1] | {"tax_rate_pct": 20}, shipping="9", insurance="3", schemes=frozenset()
    )

    free, taxed = reckoned(parcel, book()), reckoned(stated, book())

    assert free.threshold is not None
    assert taxed.threshold is not None
    assert (str(free.threshold.value), free.regimes) == ("4.50", ("CH-IMPORT-FREE",))
    assert (str(taxed.threshold.value), taxed.threshold.passed) == ("16.35", False)


@pytest.mark.parametrize(
    ("fields", "tax"),
    # goods 100.00, freight 20.00, insurance 5.00, duty 3.00
    [
        ({}, "24.32"),
        ({"base_freight": False}, "20.52"),
        ({"base_insurance": False}, "23.37"),
        ({"base_duty": False}, "23.75"),
        ({"value_factor": "0.5"}, "12.45"),
        ({"value_factor": "0.5", "base_insurance": False}, "11.97"),
        ({"value_factor": "0.5", "valuation": "FOB"}, "14.82"),  # half the goods, the whole freight and insurance
        ({"value_unit": "10", "rounding_currency": "EUR", "rounding_mode": "down"}, "23.37"),  # of 120.00 and 3.00
        ({"value_unit": "30", "rounding_currency": "EUR", "rounding_mode": "down", "valuation": "FOB"}, "22.42"),
        ({"value_unit": "30", "rounding_currency": "EUR", "rounding_mode": "down", "valuation": "FOB",
          "base_freight": False}, "18.62"),
        ({"value_unit": "30", "rounding_currency": "EUR", "rounding_mode": "down", "valuation": "FOB",
          "base_insurance": False}, "21.47"),
        ({"tax_inside": True}, "30.02"),  # 128 × 19 ÷ 81
    ],
)  # fmt: skip
def test_tax_is_levied_on_what_the_row_counts_in(fields: dict[str, Any], tax: str) -> None:
    parcel = sent("DE", "EUR", line("100"), shipping="20", insurance="5")

    assert str(reckoned(parcel, regime(**fields)).tax.amount) == tax


def test_lines_of_one_kind_share_its_fixed_duty() -> None:
    alike = [line("10", description="shirt"), line("30", description="shirt"), line("5", CUP)]

    made = reckoned(sent("DE", "EUR", *alike), book())

    assert [str(row.duty.amount) for row in made.lines] == ["1.50", "1.50", "3.00"]


def test_one_spared_programme_leaves_the_others() -> None:
    rules = book_with(
        ("exemptions", "US-USMCA-301FL", {"code": "US-X", "family": "US-X", "program": "301_china", "origins": "CN",
                                          "needs_proof": False}),
        ("additional_duties", "US-301FL-CN", {"code": "US-Z", "program": "z_last", "name": "Last", "pct": "1"}),
    )  # fmt: skip
    made = reckoned(sent("US", "USD", line("100")), rules)

    assert str(made.lines[0].duty_rate_pct) == "30.0"  # 16.5 + 12.5 + 1, without the 7.5 of the list
    assert {"US-X", "US-Z", "US-301FL-CN"} <= {ref.id for ref in made.rules}


@pytest.mark.parametrize(
    ("fields", "is_free"),
    [
        ({}, True),
        ({"origins": "CN"}, True),
        ({"origins": "KE"}, False),
        ({"ship_from": "CN"}, True),
        ({"ship_from": "KE"}, False),
        ({"regimes": REGIME}, True),
        ({"regimes": "EU-STD"}, False),
    ],
)
def test_an_exemption_from_tax_covers_what_it_names(fields: dict[str, Any], is_free: bool) -> None:
    made = reckoned(sent("DE", "EUR", line("20")), exemption(charge="tax", **fields))

    assert (made.tax.amount == 0) == is_free


@pytest.mark.parametrize(("regimes", "charged"), [("", True), ("NZ-LVIG", True), ("NZ-STD", False)])
def test_a_fee_may_belong_to_some_regimes_only(regimes: str, charged: bool) -> None:
    rules = book_with(("fees", "NZ-LEVY-AIR", {"regimes": regimes}))

    made = reckoned(sent("NZ", "NZD", line("50")), rules)

    assert [fee.code for fee in made.fee_lines] == (["NZ-LEVY-AIR"] if charged else [])
    if charged:
        fee = made.fee_lines[0]
        assert (fee.name, fee.rules) == ("Goods management levy", ("NZ-LEVY-AIR", "NZ-TAX-STANDARD-2010-10-01"))
        assert set(fee.rules) <= {ref.id for ref in made.rules}


def test_a_country_without_a_tax_rate_says_so() -> None:
    rules = book_with(("tax_rates", "NZ-TAX-STANDARD-2010-10-01", {"status": "pending_unverified"}))

    made = reckoned(sent("NZ", "NZD", line("50")), rules)

    assert (made.status, made.tax.amount) == ("unknown", 0)
    assert ("tax_rate_unknown", {"country": "NZ"}) in [(each.code, dict(each.params)) for each in made.warnings]


def test_a_code_that_may_have_other_rates_is_an_estimate_without_a_second_rate() -> None:
    rules = book_with(("duty_rates", "EU-DUTY-610910", {"is_single_rate": False}))

    made = reckoned(sent("DE", "EUR", line("200")), rules)

    assert (made.status, str(made.duty.amount)) == ("estimate", "24.00")
    assert "duty_rate_range" in codes(made)


def test_what_is_missing_is_named_with_its_line() -> None:
    no_code = reckoned(sent("DE", "EUR", line("200", "", sku="Z9")), book())
    no_origin = reckoned(sent("US", "USD", line("200", origin="", sku="Z9")), book())

    assert ("hs_missing", {"sku": "Z9"}) in [(each.code, dict(each.params)) for each in no_code.warnings]
    assert ("origin_missing", {"sku": "Z9"}) in [(each.code, dict(each.params)) for each in no_origin.warnings]
