"""A consignment as JSON in, its figures as JSON out, through the command that programs and people call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from compliance.rules.loading import load_rules
from payments.models import ExchangeRate
from tests.support.cast import forbid

QUESTION: dict[str, Any] = {
    "on": "2026-11-22",
    "ship_from": "CN",
    "ship_to": {"country": "DE", "region": "", "postal_code": "34117"},
    "channel": "courier",
    "transport": "air",
    "currency": "EUR",
    "buyer": "consumer",
    "buyer_vat_number": "",
    "schemes": None,
    "shipping": "8.00",
    "insurance": "0",
    "lines": [
        {
            "sku": "A", "description": "cotton t-shirt", "hs_code": "6109.10", "origin": "CN", "quantity": 2,
            "unit_price": "20.00", "currency": "EUR", "weight_grams": 200, "tax_category": "standard",
        },
    ],
    "fx": {"base": "EUR", "on": "2026-11-22", "rates": {"USD": "1.1172"}},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _rules(db: None) -> Iterator[None]:
    load_rules()
    with override("en"):
        yield


def asked(tmp_path: Path, question: Any) -> dict[str, Any]:
    """The answer of the command to a question, which is written as it is when it is a text."""
    file = tmp_path / "consignment.json"
    file.write_text(question if isinstance(question, str) else json.dumps(question), "utf-8")
    out = StringIO()
    call_command("landed_cost", str(file), stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def changed(path: str, value: Any) -> dict[str, Any]:
    """The question with one field changed; `path` is written as in a complaint."""
    question: dict[str, Any] = json.loads(json.dumps(QUESTION))
    target: Any = question
    *steps, last = path.replace("[", ".").replace("]", "").split(".")
    for step in steps:
        target = target[int(step)] if step.isdigit() else target[step]
    target[int(last) if last.isdigit() else last] = value
    return question


@pytest.mark.parametrize("place", [{"region": "АР Крим"}, {"postal_code": "95000"}, {"postal_code": "83000"}])
def test_a_region_under_sanctions_is_blocked_by_its_name_and_by_its_postal_code(
    tmp_path: Path, place: dict[str, str]
) -> None:
    answer = asked(tmp_path, changed("ship_to", {"country": "UA", **place}))

    assert (answer["status"], answer["duty"], answer["tax"]) == ("blocked", "0.00", "0.00")
    assert [rule["id"].rpartition("-")[0] for rule in answer["rules"]] in (["SANCTIONS-UA"],)


def test_the_answer_has_every_figure_as_text(tmp_path: Path) -> None:
    answer = asked(tmp_path, QUESTION)

    rules, lines = answer.pop("rules"), answer.pop("lines")
    assert answer == {
        "status": "quoted", "complete": True, "collected": "checkout", "regimes": ["EU-LV-3EUR"], "goods": "40.00",
        "shipping": "8.00", "insurance": "0.00", "customs_value": "48.00", "duty": "3.00", "tax": "9.69", "fees": "0.00",
        "fee_lines": [], "total": "60.69", "due_at_checkout": "60.69", "due_on_delivery": "0.00", "currency": "EUR",
        "threshold": {"value": "40", "currency": "EUR", "limit": "150", "test": "<=", "basis": "intrinsic",
                      "scope": "consignment", "passed": True},
        "items_declared": 1,
        "warnings": [
            {"code": "flat_duty_in_tax_base", "message": "Value added tax is also charged on the flat customs duty."},
            {"code": "pending_rule", "message":
                "Union customs handling fee: announced but not confirmed to be in force, and not included."},
        ],
    }  # fmt: skip
    assert lines == [
        {"sku": "A", "regime": "EU-LV-3EUR", "scheme": "IOSS", "customs_value": "48.00", "duty_rate_pct": None,
         "duty": "3.00", "tax_rate_pct": "19", "tax": "9.69", "rules": ["EU-LV-3EUR", "DE-TAX-STANDARD-2021"]}
    ]  # fmt: skip
    assert [(rule["id"], rule["kind"], rule["effective_from"], rule["status"]) for rule in rules] == [
        ("EU-LV-3EUR", "regime", "2026-07-01", "in_force"),
        ("DE-TAX-STANDARD-2021", "tax", "2021-01-01", "in_force"),
    ]


def test_a_broker_s_own_rates_win(tmp_path: Path) -> None:
    question = changed("lines[0].duty_rate_pct", "7.5") | {"shipping": 10, "currency": "EUR"}
    question["lines"][0] |= {"unit_price": 100, "tax_rate_pct": 7}

    answer = asked(tmp_path, question)

    assert (answer["duty"], answer["tax"], answer["total"]) == ("15.75", "15.80", "241.55")
    assert {"STATED-DUTY-RATE", "STATED-TAX-RATE"} <= {rule["id"] for rule in answer["rules"]}


def test_a_price_in_another_currency_is_not_rounded_before_the_limit(tmp_path: Path) -> None:
    at_limit = changed("lines[0].currency", "USD")
    at_limit["lines"][0] |= {"quantity": 1, "unit_price": "167.58"}

    answer = asked(tmp_path, at_limit)
    at_limit["lines"][0]["unit_price"] = "167.5801"
    over = asked(tmp_path, at_limit)

    assert (answer["threshold"]["value"], answer["regimes"]) == ("150", ["EU-LV-3EUR"])
    assert over["regimes"] == ["EU-STD"]


def test_what_is_not_said_is_the_most_usual(tmp_path: Path) -> None:
    question = {"on": "2026-11-22", "ship_from": "cn", "ship_to": {"country": "gb"}, "currency": "GBP",
                "lines": [{"quantity": 1, "unit_price": 100}]}  # fmt: skip

    answer = asked(tmp_path, question)

    assert (answer["total"], answer["regimes"]) == ("120.00", ["GB-LV"])


def test_separate_parcels_are_compared(tmp_path: Path) -> None:
    question = changed("lines[0].quantity", 1)
    question["lines"].append(question["lines"][0] | {"sku": "B"})  # the same goods: one item, one flat duty

    answer = asked(tmp_path, question)

    assert {"code": "splitting_costs_more", "message":
            "Sent in separate parcels, duty, tax and fees would come to €3.56 more."} in answer["warnings"]  # fmt: skip
    # 3.00 of duty, and 2 × 5.13 of tax in place of 2 × 4.85


@pytest.mark.parametrize(
    ("changes", "answered", "warning"),
    [
        ({}, ("quoted", True, "checkout"), None),
        # Most, not all, of chapter 61 is on the list: the full rate is charged.
        (
            {"ship_to": {"country": "US"}, "currency": "USD"},
            ("estimate", True, "checkout"),
            "additional_duty_by_chapter",
        ),
        ({"ship_to": {"country": "KE"}}, ("estimate", False, "on_delivery"), "no_rules"),
        ({"ship_to": {"country": "TH"}, "currency": "THB"}, ("estimate", False, "on_delivery"), "duty_rate_unknown"),
        ({"ship_from": "KE", "ship_to": {"country": "KE"}}, ("estimate", False, "none"), "no_domestic_rules"),
        ({"ship_to": {"country": "GB"}}, ("blocked", True, "none"), "blocked"),
    ],
)
def test_the_status_is_one_of_three_words(
    tmp_path: Path, changes: dict[str, Any], answered: tuple[str, bool, str], warning: str | None
) -> None:
    forbid("6109", "GB")
    question = QUESTION | changes
    question["lines"] = [QUESTION["lines"][0] | {"currency": question["currency"]}]

    answer = asked(
        tmp_path, question | {"fx": {"base": "EUR", "rates": {"USD": "1.1172", "THB": "36.2", "GBP": "0.83"}}}
    )

    assert (answer["status"], answer["complete"], answer["collected"]) == answered
    assert warning is None or warning in {each["code"] for each in answer["warnings"]}
    if not answer["complete"]:
        assert (answer["duty"], answer["tax"], answer["fees"]) == ("0.00", "0.00", "0.00")
        assert Decimal(answer["total"]) == Decimal(answer["goods"]) + Decimal(answer["shipping"])


BAD: list[tuple[str, Any, str]] = [
    ("on", "1 July", "on"),
    ("on", "0001-01-01", "on"),
    ("on", "2026-W47-7", "on"),
    ("on", "20261122", "on"),
    ("ship_from", "XQ", "ship_from"),
    ("ship_from", None, "ship_from"),
    ("ship_to", None, "ship_to"),
    ("ship_to", "DE", "ship_to"),
    ("ship_to.country", "Germany", "ship_to.country"),
    ("ship_to.country", "EU", "ship_to.country"),
    ("channel", "pigeon", "channel"),
    ("transport", 7, "transport"),
    ("currency", "XYZ", "currency"),
    ("currency", None, "currency"),
    ("currency", "XXX", "currency"),
    ("currency", "XAU", "currency"),
    ("buyer", "friend", "buyer"),
    ("schemes", "IOSS", "schemes"),
    ("shipping", "-1", "shipping"),
    ("shipping", "NaN", "shipping"),
    ("insurance", "1e30", "insurance"),
    ("shipping", "1_000", "shipping"),
    ("shipping", "1e9999", "shipping"),
    ("lines", [], "lines"),
    ("lines", {}, "lines"),
    ("lines[0]", 5, "lines[0]"),
    ("lines[0].quantity", 0, "lines[0].quantity"),
    ("lines[0].quantity", "9" * 5000, "lines[0].quantity"),
    ("lines[0].quantity", 1.5, "lines[0].quantity"),
    ("lines[0].quantity", True, "lines[0].quantity"),
    ("lines[0].unit_price", "ten", "lines[0].unit_price"),
    ("lines[0].unit_price", None, "lines[0].unit_price"),
    ("lines[0].currency", "EURO", "lines[0].currency"),
    ("lines[0].hs_code", "61", "lines[0].hs_code"),
    ("lines[0].hs_code", "61091O", "lines[0].hs_code"),
    ("lines[0].origin", "XX1", "lines[0].origin"),
    ("lines[0].weight_grams", -5, "lines[0].weight_grams"),
    ("lines[0].tax_rate_pct", 100, "lines[0].tax_rate_pct"),
    ("lines[0].duty_rate_pct", 999999999999, "lines[0].duty_rate_pct"),
    ("lines[0].unit_price", "999999999999", "lines[0].quantity"),
    ("lines[0].description", "x" * 501, "lines[0].description"),
    ("fx", [], "fx"),
    ("fx.base", "QQQ", "fx.base"),
    ("fx.rates", {"USD": 0}, "fx.rates.USD"),
    ("fx.rates", {"usd": 1}, "fx.rates.usd"),
]


@pytest.mark.parametrize(("path", "value", "field"), BAD)
def test_a_malformed_consignment_is_refused_with_the_name_of_the_field(
    tmp_path: Path, path: str, value: Any, field: str
) -> None:
    with pytest.raises(CommandError) as refused:
        asked(tmp_path, changed(path, value))

    assert refused.value.returncode == 2
    assert str(refused.value).startswith(f"{field}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "[" * 5000])
def test_what_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CommandError, match=r"^consignment: ") as refused:
        asked(tmp_path, text)

    assert refused.value.returncode == 2


def test_a_number_that_no_machine_can_hold_is_refused_by_its_field(tmp_path: Path) -> None:
    text = json.dumps(changed("lines[0].unit_price", 424242)).replace("424242", "1e99999999999999999999")

    with pytest.raises(CommandError, match=r"^lines\[0\].unit_price: "):
        asked(tmp_path, text)


@pytest.mark.parametrize(
    ("country", "postal_code", "regimes"),
    [
        ("ES", "35001", []), ("ES", "ES-35001", []), ("ES", "E-35001", []), ("DE", "D-78266", []), ("FI", "AX-22100", []),
        ("DE", "D-34117", ["EU-LV-3EUR"]), ("FI", "FI-00100", ["EU-LV-3EUR"]),
    ],
)  # fmt: skip
def test_a_country_before_the_postal_code_hides_no_territory(
    tmp_path: Path, country: str, postal_code: str, regimes: list[str]
) -> None:
    answer = asked(tmp_path, QUESTION | {"ship_to": {"country": country, "postal_code": postal_code}})

    assert answer["regimes"] == regimes


@pytest.mark.parametrize(
    ("region", "rate"), [("ON", "13"), ("Ontario", "13"), ("ontario", "13"), ("CA-ON", "13"), ("Québec", "14.975")]
)
def test_a_province_is_known_by_its_name(tmp_path: Path, region: str, rate: str) -> None:
    question = QUESTION | {"ship_to": {"country": "CA", "region": region}, "currency": "CAD"}
    question["lines"] = [QUESTION["lines"][0] | {"currency": "CAD", "unit_price": 100, "duty_rate_pct": 0}]

    answer = asked(tmp_path, question | {"fx": {"base": "EUR", "rates": {"CAD": "1.5"}}})

    assert answer["lines"][0]["tax_rate_pct"] == rate
    assert "region_missing" not in {each["code"] for each in answer["warnings"]}


@pytest.mark.parametrize(
    ("category", "rate", "is_unknown"),
    [("books", "7", False), ("Books", "7", False), ("food_general", "7", False), ("", "19", False),
     ("standard", "19", False), ("gadgets", "19", True)],
)  # fmt: skip
def test_a_kind_of_goods_that_nobody_knows_is_said(tmp_path: Path, category: str, rate: str, is_unknown: bool) -> None:
    answer = asked(tmp_path, changed("lines[0].tax_category", category))

    assert answer["lines"][0]["tax_rate_pct"] == rate
    assert ("tax_category_unknown" in {each["code"] for each in answer["warnings"]}) is is_unknown


@pytest.mark.parametrize(
    ("schemes", "scheme", "unknown"),
    [(["UK"], "UK_OMP", []), (["uk_omp"], "UK_OMP", []), (["UK-OMP", "IOSS"], "UK_OMP", []), (["IOSS"], "", []),
     ([], "", []), (["XYZ", "uk"], "UK_OMP", ["XYZ"])],
)  # fmt: skip
def test_a_scheme_is_known_by_its_place_and_any_other_is_said(
    tmp_path: Path, schemes: list[str], scheme: str, unknown: list[str]
) -> None:
    question = QUESTION | {"ship_to": {"country": "GB"}, "currency": "GBP", "schemes": schemes}
    question["lines"] = [QUESTION["lines"][0] | {"currency": "GBP"}]

    answer = asked(tmp_path, question | {"fx": {"base": "EUR", "rates": {"GBP": "0.83"}}})

    assert answer["lines"][0]["scheme"] == scheme
    said = [each["message"] for each in answer["warnings"] if each["code"] == "scheme_unknown"]
    assert said == [f"We know no tax scheme called “{name}”, so it counts for nothing here." for name in unknown]


def test_goods_of_which_nothing_is_said_are_items_each(tmp_path: Path) -> None:
    bare = {"quantity": 1, "unit_price": 10, "origin": "CN"}
    question = QUESTION | {"lines": [bare | {"sku": "A"}, bare | {"sku": "B"}]}

    answer = asked(tmp_path, question)

    assert (answer["items_declared"], answer["duty"]) == (2, "6.00")


def test_the_tax_on_a_fee_stands_beside_it(tmp_path: Path) -> None:
    question = QUESTION | {"ship_to": {"country": "NZ"}, "currency": "NZD", "shipping": 0}
    question["lines"] = [QUESTION["lines"][0] | {"currency": "NZD", "unit_price": 50}]

    answer = asked(tmp_path, question | {"fx": {"base": "EUR", "rates": {"NZD": "1.95"}}})

    assert [(fee["amount"], fee["tax"]) for fee in answer["fee_lines"]] == [("2.21", "0.33")]
    assert Decimal(answer["tax"]) == Decimal("0.33") + sum(Decimal(each["tax"]) for each in answer["lines"])


@pytest.mark.parametrize(
    ("price", "fees"), [("149", "2.00"), ("149.99", "2.00"), ("150", "0.00")]
)  # less than EUR 150 of goods, whatever they cost to send
def test_the_french_tax_on_small_parcels_looks_at_the_goods(tmp_path: Path, price: str, fees: str) -> None:
    question = changed("lines[0].unit_price", price) | {"on": "2026-05-01", "shipping": 15}
    question["lines"][0] |= {"quantity": 1}

    answer = asked(tmp_path, question | {"ship_to": {"country": "FR"}})

    assert answer["fees"] == fees


@pytest.mark.parametrize(("on", "regimes"), [("2025-04-01", ["US-DEMINIMIS-OLD"]), ("2025-06-01", [])])
def test_an_american_parcel_of_earlier_days(tmp_path: Path, on: str, regimes: list[str]) -> None:
    question = QUESTION | {"on": on, "ship_to": {"country": "US"}, "currency": "USD"}
    question["lines"] = [QUESTION["lines"][0] | {"currency": "USD"}]

    assert asked(tmp_path, question)["regimes"] == regimes


def test_rates_that_come_along_swing_as_those_of_the_day_did(tmp_path: Path) -> None:
    first = date(2026, 7, 1)
    days = [first + timedelta(days=number) for number in range(120)]
    for number, day in enumerate(days):
        rate = Decimal("1.1172") + Decimal(number % 5) / 100
        ExchangeRate.objects.create(source="ECB", base="EUR", quote="USD", on=day, rate=rate)
    question = changed("lines[0].currency", "USD") | {"on": "2026-10-28", "currency": "USD"}
    question["lines"][0] |= {"quantity": 1, "unit_price": "169"}  # EUR 151.27

    answer = asked(tmp_path, question | {"fx": {"base": "EUR", "rates": {"USD": "1.1172"}}})

    assert "near_threshold" in {each["code"] for each in answer["warnings"]}


def test_a_missing_rate_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No exchange rate for GBP") as refused:
        asked(tmp_path, changed("lines[0].currency", "GBP"))

    assert refused.value.returncode == 2


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="consignment: can't be read"):
        call_command("landed_cost", str(tmp_path / "nothing.json"))
