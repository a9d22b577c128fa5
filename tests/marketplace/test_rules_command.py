"""`manage.py rules` counts the rule book and lists what waits for a review."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from catalog.models import Product
from catalog.selectors import on_sale
from compliance.models import DutyRate, Regime, TaxRate
from tests.support.cast import TODAY, Cast, forget_laws

pytestmark = pytest.mark.django_db
GERMAN = "DE-TAX-STANDARD-2021"


def rules(*arguments: str) -> str:
    out = StringIO()
    call_command("rules", *arguments, stdout=out)
    return out.getvalue()


def test_rows_are_counted_by_table_place_and_status(shop: Cast) -> None:
    found = json.loads(rules("--json"))

    assert found["rules"] == sum(row["rows"] for row in found["counts"])
    german = {"table": "tax_rates", "jurisdiction": "DE", "status": "in_force"}
    (row,) = [row for row in found["counts"] if german.items() <= row.items()]
    assert row["rows"] == TaxRate.objects.filter(country="DE", status="in_force").count()
    assert rules().splitlines()[-1] == f"{found['rules']:>5}  rows"
    assert json.loads(rules("--json", "--on", "2019-01-01"))["rules"] < found["rules"]


def test_a_row_is_listed_once_its_review_is_more_than_ninety_days_old(shop: Cast) -> None:
    TaxRate.objects.filter(code=GERMAN).update(last_reviewed=TODAY - timedelta(days=90))

    on_time = json.loads(rules("--stale", "--json"))
    late = json.loads(rules("--stale", "--json", "--on", (TODAY + timedelta(days=1)).isoformat()))

    assert GERMAN not in [row["code"] for row in on_time["stale"]]
    (row,) = [row for row in late["stale"] if row["code"] == GERMAN]
    assert (row["table"], row["jurisdiction"], row["days"]) == ("tax_rates", "DE", 91)
    assert f"tax_rates {GERMAN} (DE)" in rules("--stale", "--on", "2027-06-01")


def test_unverified_rows_are_listed(shop: Cast) -> None:
    TaxRate.objects.filter(code=GERMAN).update(confidence="memory")
    DutyRate.objects.filter(destination="US").update(status="pending_unverified")

    listed = {row["code"] for row in json.loads(rules("--stale", "--json"))["unverified"]}

    assert {GERMAN, DutyRate.objects.filter(destination="US").values_list("code", flat=True)[0]} <= listed


def test_a_chapter_on_sale_without_a_rate_is_a_gap_and_a_draft_makes_none(shop: Cast) -> None:
    DutyRate.objects.filter(destination="US", hs_prefix__startswith="61").delete()
    Regime.objects.filter(jurisdiction="JP").delete()
    forget_laws()

    gaps = json.loads(rules("--stale", "--json"))["gaps"]

    assert {"destination": "US", "chapter": "61", "gap": "no_duty_rate"} in gaps
    assert [gap for gap in gaps if gap["destination"] == "JP"] == [
        {"destination": "JP", "chapter": "", "gap": "no_rules"}
    ]
    Product.objects.filter(slug="kite-t-shirt").update(status="draft")
    assert {"destination": "US", "chapter": "61", "gap": "no_duty_rate"} not in json.loads(rules("--stale", "--json"))[
        "gaps"
    ]


def test_the_answer_is_the_same_each_time(shop: Cast) -> None:
    for arguments in (("--stale", "--on", "2027-06-01"), ("--json",), ()):
        assert rules(*arguments) == rules(*arguments)


def test_chapters_are_those_of_the_listings_on_sale(shop: Cast) -> None:
    assert on_sale.chapters_on_sale() == ("48", "61", "69")
    Product.objects.filter(slug="kite-mug").update(status="draft")
    shop.rival.status = "suspended"
    shop.rival.save()

    assert on_sale.chapters_on_sale(within=600) == ("48", "61", "69")  # as they were found a moment ago
    assert on_sale.chapters_on_sale() == ("61",)


def test_a_day_that_is_none_is_refused(shop: Cast) -> None:
    with pytest.raises(Exception, match="invalid fromisoformat value"):
        rules("--on", "yesterday")
    assert rules("--on", date(2026, 1, 1).isoformat())
