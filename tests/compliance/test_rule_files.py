"""The shipped files are whole, cite what a reader can find, and bad rows are refused with their reason."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from compliance.rules import files as rule_files
from compliance.rules.files import DATA, TABLES, overlaps, read_all, read_table
from compliance.words import names as rule_names
from compliance.words.explain import warning_text
from compliance.words.warnings import WARNINGS

DATED = [name for name, table in TABLES.items() if table.dated]
EUROPE = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_no_shipped_row_is_refused(name: str) -> None:
    rows, refused = read_table(name)

    assert refused == []
    assert rows


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.stem)
def test_a_source_is_what_a_seller_may_read_as_the_ground_of_a_decision(path: Path) -> None:
    """What a reviewer thinks of it stands in the columns for it: confidence and note."""
    with path.open(encoding="utf-8", newline="") as file:
        sources = {row.get("source", "") for row in csv.DictReader(file)}

    assert [text for text in sources if re.search("general knowledge|to be verified|second-hand", text)] == []


@pytest.mark.parametrize("name", DATED)
def test_no_two_shipped_rows_rule_on_the_same_day(name: str) -> None:
    rows, _ = read_table(name)

    assert overlaps(rows, TABLES[name].key) == []
    assert len({row["code"] for row in rows}) == len(rows)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.stem)
def test_sources_are_those_that_a_reader_can_find(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        sources = {row["source"] for row in csv.DictReader(file)}

    assert all(len(source) > 12 for source in sources)
    assert not [source for source in sources if re.search(r"(?i)git.?hub|pypi|npm|package|\bid \d{6,}", source)]


def test_every_destination_has_regimes_and_a_standard_rate_today() -> None:
    rows = read_all()
    rated = {row["country"] for row in rows["tax_rates"] if row["category"] == "standard" and not row["effective_to"]}

    beyond = set("GB NO CH CA AU NZ JP KR SG MY VN ID PH MX BR CL SA AE ZA IL IN CN".split())
    assert rated >= EUROPE | beyond
    ruled = {row["jurisdiction"] for row in rows["regimes"]}
    assert ruled == beyond | {"EU", "HK", "US", "TH", "TR", "XI"}


def test_every_standing_warning_has_a_sentence() -> None:
    rows = read_all()
    used = {row["warning"] for name in ("regimes", "tax_rates") for row in rows[name]} - {""}

    assert used <= WARNINGS.keys()
    assert warning_text is not None


def test_every_name_that_a_shopper_may_read_is_marked_for_translation() -> None:
    rows = read_all()
    shown = {
        row["name"] for table in ("fees", "additional_duties", "restrictions", "territories") for row in rows[table]
    }

    assert shown == set(rule_names.NAMES)


def _copy(folder: Path, name: str, change: dict[str, str]) -> tuple[list[rule_files.Row], list[rule_files.RefusedRow]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerow(rows[0] | change)
    return read_table(name, folder)


@pytest.mark.parametrize(
    ("name", "change", "reason", "detail"),
    [
        ("tax_rates", {"country": "QQ"}, "unknown_country", "QQ"),
        ("tax_rates", {"source": " "}, "no_source", ""),
        ("tax_rates", {"code": ""}, "no_code", ""),
        ("tax_rates", {"pct": "-1"}, "bad_value", "pct"),
        ("tax_rates", {"pct": "NaN"}, "bad_value", "pct"),
        ("tax_rates", {"effective_from": "1 July"}, "bad_value", "effective_from"),
        ("tax_rates", {"effective_to": "1990-01-01"}, "ends_before_start", "1990-01-01"),
        ("tax_rates", {"status": "ended", "effective_to": ""}, "ended_without_day", ""),
        ("tax_rates", {"status": "maybe"}, "bad_value", "status"),
        ("fees", {"currency": "XXY"}, "bad_value", "currency"),
        ("regimes", {"threshold_test": "=<"}, "bad_value", "threshold_test"),
        ("regimes", {"ship_from": "US ZQ"}, "unknown_country", "ZQ"),
        ("duty_rates", {"hs_prefix": "61.09"}, "bad_value", "hs_prefix"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(
    tmp_path: Path, name: str, change: dict[str, str], reason: str, detail: str
) -> None:
    rows, refused = _copy(tmp_path, name, change)

    assert rows == []
    assert [(row.line, row.reason, row.detail) for row in refused] == [(2, reason, detail)]


def test_rows_that_meet_on_a_day_collide_unless_nobody_verified_one() -> None:
    def row(code: str, start: str, end: str | None, status: str = "in_force") -> rule_files.Row:
        return {
            "code": code,
            "family": "F",
            "effective_from": date.fromisoformat(start),
            "effective_to": end and date.fromisoformat(end),
            "status": status,
        }

    old, new = row("old", "2026-01-01", "2026-06-30"), row("new", "2026-07-01", None)
    early, draft = row("early", "2026-06-30", None), row("draft", "2026-01-01", None, "pending_unverified")

    assert overlaps([old, new, draft], ("family",)) == []
    assert overlaps([old, early], ("family",)) == [(early, old)]
    assert overlaps([early], ("family",), held=[old]) == [(early, old)]
