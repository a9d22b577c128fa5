"""What a reader is told, in whole sentences."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from compliance.landed_cost.assessment import AssessmentWarning
from compliance.words.explain import explain, percent_text, warning_text
from compliance.words.warnings import WARNINGS
from marketplace.kernel.places import place_name
from tests.compliance.cases import BOOK, CUP, EARPHONES, TSHIRT, assessed, line, sent


def test_the_flat_duty_is_told_with_its_count_and_its_day() -> None:
    told = explain(assessed(sent("DE", "EUR", line("20"), line("10", CUP))))

    assert told.duty[0].text == "Customs duty: €3.00 × 2 kinds of goods (European Union, rule since July 1, 2026)."
    assert told.duty[0].rules == ("EU-LV-3EUR",)
    assert [sentence.text for sentence in told.tax] == ["Tax (Germany, 19%): €6.84."]
    assert told.collection.text == "Paid now with your order. Nothing is left to pay at the door."
    assert told.status.text == "This price is final."


def test_one_kind_is_told_in_the_singular() -> None:
    told = explain(assessed(sent("DE", "EUR", line("20", quantity=2))))

    assert "€3.00 × 1 kind of goods" in told.duty[0].text


def test_a_rate_is_told_with_its_base() -> None:
    told = explain(assessed(sent("CA", "CAD", line("100", TSHIRT), region="QC", shipping="15", channel="post")))

    assert [sentence.text for sentence in told.duty] == ["Customs duty: 18% of CA$100.00 is CA$18.00."]
    assert [sentence.text for sentence in told.tax] == ["Tax (Canada, 14.975%): CA$17.67."]
    assert [sentence.text for sentence in told.fees] == ["Canada Post handling fee: CA$9.95."]
    assert told.collection.text == "The carrier collects CA$45.62 on delivery."


def test_a_taxed_fee_says_its_tax() -> None:
    told = explain(assessed(sent("NZ", "NZD", line("100"))))

    assert [sentence.text for sentence in told.fees] == ["Goods management levy: NZ$2.21, and NZ$0.33 tax on it."]


@pytest.mark.parametrize(
    ("consignment", "duty", "tax", "collection"),
    [
        (sent("GB", "GBP", line("50")), "duty_relief", "tax_rate", "checkout"),
        (sent("JP", "JPY", line("5000", CUP)), "duty_relief", "tax_free", "none"),
        (sent("FR", "EUR", line("50"), ship_from="DE"), "duty_domestic", "tax_rate", "checkout"),
        (sent("KE", "EUR", line("50")), "duty_unknown", "tax_unknown", "on_delivery_unknown"),
        (sent("KE", "KES", line("50"), ship_from="KE"), "duty_domestic", "tax_unknown", "none_unknown"),
        (sent("US", "USD", line("50", BOOK)), "duty_unknown", "tax_unknown", "on_delivery_unknown"),
        (sent("CH", "CHF", line("90", EARPHONES)), "duty_free", "tax_rate", "checkout"),
    ],
)
def test_each_outcome_has_its_sentences(consignment: object, duty: str, tax: str, collection: str) -> None:
    told = explain(assessed(consignment))  # type: ignore[arg-type]

    assert [sentence.code for sentence in told.duty] == [duty]
    assert [sentence.code for sentence in told.tax] == [tax]
    assert told.collection.code == collection


def test_a_split_parcel_is_told_in_both_parts() -> None:
    cheap, dear = line("1600"), line("3000", EARPHONES, duty_rate_pct=0)

    known = explain(assessed(sent("NO", "NOK", cheap, dear, channel="post")))
    unknown = explain(assessed(sent("NO", "NOK", cheap, line("3000", "210111"))))

    text = known.collection.text.replace("\xa0", " ")
    assert text == "NOK 400.00 are paid now, and the carrier collects NOK 750.00 on delivery."
    assert unknown.collection.code == "on_delivery_part_unknown"
    assert [sentence.code for sentence in unknown.duty] == ["duty_relief", "duty_unknown"]


def test_what_is_blocked_says_why_and_nothing_else() -> None:
    told = explain(assessed(sent("KP", "EUR", line("50"))))

    assert (told.duty, told.tax, told.fees) == ((), (), ())
    assert told.warnings[0].text == "These goods can't be sent there: Sanctions: North Korea."


@pytest.mark.parametrize("code", WARNINGS)
def test_every_warning_is_a_whole_sentence(code: str) -> None:
    params = {
        "country": "DE", "hs_code": "610910", "name": "A fee", "rate": "8 %", "low": "1", "high": "2", "origin": "CN",
        "limit": "1000", "currency": "AUD", "rule": "X", "sku": "A", "amount": "€2.00", "date": "2026-07-01", "rules": "X, Y",
    }  # fmt: skip

    text = warning_text(AssessmentWarning(code, params))

    assert text.endswith(".")
    assert "%" not in text.replace(" %", "")


def test_places_and_percentages_are_in_the_readers_language() -> None:
    rate = assessed(sent("FI", "EUR", line("20"))).lines[0].tax_rate_pct
    assert rate is not None

    with override("de"):
        assert (place_name("EU"), place_name("US"), percent_text(rate)) == (
            "Europäische Union",
            "Vereinigte Staaten",
            "25,5\xa0%",
        )
    with override("zh-hans"):
        assert (place_name("JP"), percent_text(rate)) == ("日本", "25.5%")
    with override("ar"):
        assert "25.5" in percent_text(rate)
    assert place_name("QQ") == "QQ"


def test_a_deduction_is_named() -> None:
    told = explain(assessed(sent("BR", "USD", line("100"), line("100", CUP), region="SP")))

    assert [each.text for each in told.duty] == ["Customs duty: 60% of $200.00, less $30.00, is $90.00."]


def test_a_special_territory_has_its_own_name() -> None:
    told = explain(assessed(sent("ES", "EUR", line("20"), postal_code="35001")))

    assert told.warnings[0].text.startswith("We have no customs rules for Canary Islands.")


def test_a_shopper_does_not_read_how_sure_the_figures_are() -> None:
    made = assessed(sent("FR", "EUR", line("80"), ship_from="DE"))

    assert "rule_unverified" not in [each.code for each in explain(made).warnings]
    assert "rule_unverified" in [each.code for each in explain(made, for_experts=True).warnings]
