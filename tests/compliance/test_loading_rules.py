"""Loading is idempotent, fast and honest about what it did; the database itself refuses overlapping rows."""

from __future__ import annotations

import csv
import shutil
import time
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import User
from compliance import services
from compliance.models import Fee, HSCode, Regime, TaxRate
from compliance.rules.files import DATA
from compliance.rules.loading import load_rules
from marketplace.kernel.errors import Refused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that a test may change."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def edit(folder: Path, name: str, code: str, **change: str) -> None:
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | change if row["code"] == code else row for row in rows)


def append(folder: Path, name: str, like: str, **change: str) -> None:
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    model = next(row for row in rows if row["code"] == like)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows([*rows, model | change])


def test_everything_goes_in_and_the_second_time_nothing_changes(db: None) -> None:
    begin = time.perf_counter()
    first = load_rules()
    took = time.perf_counter() - begin
    second = load_rules()

    assert first.refused == second.refused == []
    assert len(first.added) > 1_200
    assert (second.added, second.changed, second.ended) == ([], [], [])
    assert len(second.unchanged) == len(first.added)
    assert not second.writes
    assert took < 3
    assert HSCode.objects.count() == 486


def test_a_dry_run_says_the_same_and_writes_nothing(db: None) -> None:
    report = load_rules(dry_run=True)

    assert len(report.added) > 1_200
    assert not Regime.objects.exists()


def test_a_law_that_changed_ends_one_row_and_adds_another(loaded: None, folder: Path) -> None:
    edit(folder, "tax_rates", "DE-TAX-STANDARD-2021", effective_to="2026-12-31", status="ended")
    append(
        folder, "tax_rates", "DE-TAX-STANDARD-2021",
        code="DE-TAX-STANDARD-2027", pct="20", effective_from="2027-01-01", effective_to="", status="scheduled",
    )  # fmt: skip

    report = load_rules(folder=folder)

    assert report.ended == ["tax_rates DE-TAX-STANDARD-2021"]
    assert report.added == ["tax_rates DE-TAX-STANDARD-2027"]
    assert report.refused == []
    assert TaxRate.objects.get(code="DE-TAX-STANDARD-2021").effective_to == date(2026, 12, 31)


def test_a_changed_figure_is_reported(loaded: None, folder: Path) -> None:
    edit(folder, "fees", "US-MPF-INFORMAL", amount="2.99")

    report = load_rules(folder=folder)

    assert report.changed == ["fees US-MPF-INFORMAL"]
    assert str(Fee.objects.get(code="US-MPF-INFORMAL").amount) == "2.9900"


def test_bad_rows_are_refused_and_the_rest_goes_in(loaded: None, folder: Path) -> None:
    append(folder, "tax_rates", "DE-TAX-STANDARD-2021", code="DE-TWICE", pct="20")
    append(folder, "tax_rates", "NO-TAX-STANDARD-2005", code="ZQ-1", country="ZQ")
    append(folder, "tax_rates", "NO-TAX-STANDARD-2005", code="NO-SOURCELESS", category="toys", source="")
    append(folder, "tax_rates", "NO-TAX-STANDARD-2005", code="NO-TAX-STANDARD-2005", category="again")
    append(folder, "tax_rates", "NO-TAX-STANDARD-2005", code="NO-TAX-TOYS", category="toys")

    report = load_rules(folder=folder)

    assert sorted((row.code, row.reason) for row in report.refused) == [
        ("DE-TWICE", "overlap"),
        ("NO-SOURCELESS", "no_source"),
        ("NO-TAX-STANDARD-2005", "code_repeated"),
        ("ZQ-1", "unknown_country"),
    ]
    assert report.added == ["tax_rates NO-TAX-TOYS"]
    assert not TaxRate.objects.filter(code="DE-TWICE").exists()


def test_a_row_changed_by_hand_is_left_alone_and_reported(loaded: None, officer: User, folder: Path) -> None:
    rule = TaxRate.objects.get(code="DE-TAX-BOOKS-2026")
    rule.pct = 5
    services.save_rule(rule=rule, actor=officer, reason="Annual tax act 2026")
    edit(folder, "tax_rates", "DE-TAX-BOOKS-2026", pct="6")

    report = load_rules(folder=folder)

    assert report.kept == ["tax_rates DE-TAX-BOOKS-2026"]
    rule.refresh_from_db()
    assert (str(rule.pct), rule.reviewer) == ("5.0000", "Vera Lindqvist")
    assert "Annual tax act 2026" in rule.note


def test_a_rule_is_not_changed_by_hand_without_a_reason(loaded: None, officer: User) -> None:
    rule = TaxRate.objects.get(code="DE-TAX-BOOKS-2026")
    rule.pct = 5

    with pytest.raises(Refused, match="Say why"):
        services.save_rule(rule=rule, actor=officer, reason=" ")

    assert str(TaxRate.objects.get(code=rule.code).pct) == "7.0000"


def test_the_database_refuses_two_rates_for_one_day(loaded: None) -> None:
    rule = TaxRate.objects.get(code="DE-TAX-STANDARD-2021")
    rule.pk, rule.code, rule.effective_from = None, "DE-AGAIN", date(2026, 5, 1)

    with pytest.raises(IntegrityError, match="tax_rate_once_a_day"), transaction.atomic():
        rule.save()
    rule.status = "pending_unverified"
    rule.save()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"source": ""}, "taxrate_has_a_source"),
        ({"effective_to": date(2020, 1, 1)}, "taxrate_ends_after_it_begins"),
        ({"status": "ended"}, "taxrate_ended_has_a_day"),
        ({"pct": 100}, "tax_rate_is_a_percentage"),
    ],
)
def test_the_database_refuses_a_row_that_can_not_be(loaded: None, change: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        TaxRate.objects.filter(code="DE-TAX-STANDARD-2021").update(**change)


def test_the_command_prints_counts_and_refusals(db: None, folder: Path) -> None:
    append(folder, "tax_rates", "NO-TAX-STANDARD-2005", code="ZQ-1", country="ZQ")
    out, err = StringIO(), StringIO()

    call_command("load_rules", "--dry-run", folder=folder, stdout=out, stderr=err)

    assert "0 changed" in out.getvalue()
    assert "1 refused" in out.getvalue()
    assert "nothing was written" in out.getvalue()
    assert "tax_rates.csv:261 ZQ-1: unknown_country ZQ" in err.getvalue()


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_row_that_the_database_holds_impossible_is_refused_by_name(db: None, folder: Path, dry_run: bool) -> None:
    load_rules()
    edit(folder, "tax_rates", "CL-TAX", pct="120")
    append(
        folder,
        "tax_rates",
        "CL-TAX",
        code="CL-TAX-OLD",
        pct="18",
        effective_from="2001-01-01",
        effective_to="2003-09-30",
    )
    append(folder, "tax_rates", "CL-TAX", code="CL-TAX-WORSE", category="food", pct="100")

    report = load_rules(folder=folder, dry_run=dry_run)

    refused = [(row.table, row.code, row.reason) for row in report.refused]
    assert refused == [("tax_rates", "CL-TAX", "impossible"), ("tax_rates", "CL-TAX-WORSE", "impossible")]
    assert report.added == ["tax_rates CL-TAX-OLD"]
    assert TaxRate.objects.get(code="CL-TAX").pct == 19
