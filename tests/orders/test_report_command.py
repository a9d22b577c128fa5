"""`manage.py report`: what it prints, what it refuses, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from compliance.models import Report
from orders.services import reporting
from tests.orders.books import Calendar, french, gave_back, german, publish, sold
from tests.support.cast import Cast


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch, cast: Cast, law_may_change: Callable[[], None]) -> Calendar:
    calendar = Calendar(monkeypatch)
    calendar.turn_to("2026-12-05 09:00")
    publish(date(2026, 11, 2), USD="1.20")
    publish(date(2026, 11, 30), USD="1.25")
    return calendar


def said(*words: str) -> str:
    out = StringIO()
    call_command("report", *words, stdout=out)
    return out.getvalue()


def test_the_table_has_a_line_for_each_figure(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    gave_back(sold(cast, "2026-09-02 08:00", french("10.00"), to="FR"), "12.00", "2026-10-05 10:00")

    lines = said("ioss", "--period", "2026-10").splitlines()

    digest = Report.objects.get().digest[:16]
    assert lines == [
        f"ioss 2026-10  ready  due 2026-11-30  digest {digest}",
        "report\tperiod\tline\tcorrected_period\tsent_from\tcountry\trate_pct\tlines\ttaxable_amount\ttax\tcurrency",
        "ioss\t2026-10\tsupply\t\tCN\tDE\t19\t1\t100.00\t19.00\tEUR",
        "ioss\t2026-10\tcorrection\t2026-09\t\tFR\t\t1\t-10.00\t-2.00\tEUR",
        "ioss\t2026-10\tbalance\t\t\tDE\t\t\t\t19.00\tEUR",
        "ioss\t2026-10\tbalance\t\t\tFR\t\t\t\t-2.00\tEUR",
        "ioss\t2026-10\tpayable\t\t\t\t\t\t\t19.00\tEUR",
    ]


def test_json_holds_the_whole_report(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))

    answer = json.loads(said("ioss", "--period", "2026-10", "--json"))

    assert {name: answer[name] for name in ("report", "period", "state", "due_on", "rule", "closed_at")} == {
        "report": "ioss", "period": "2026-10", "state": "ready", "due_on": "2026-11-30", "rule": "REPORT-IOSS",
        "closed_at": None,
    }  # fmt: skip
    assert (answer["starts_at"], answer["ends_at"]) == ("2026-09-30T22:00:00+00:00", "2026-10-31T23:00:00+00:00")
    assert answer["figures"]["totals"]["payable"] == "19.00"


@pytest.mark.parametrize(
    ("kind", "period"),
    [(kind, "2026-Q3") for kind in ("oss", "uk_vat", "voec", "au_gst", "nz_gst", "sg_gst")]
    + [("ioss", "2026-10"), ("epr", "2025"), ("dac7", "2025")],
)
def test_every_report_of_a_period_without_a_sale_is_made_and_closed(
    cast: Cast, calendar: Calendar, settings: Settings, kind: str, period: str
) -> None:
    settings.OPERATOR = {"name": "Sampan Example Ltd", "city": "Hamburg", "country_code": "DE"}

    answer = json.loads(said(kind, "--period", period, "--close", "--json"))

    assert answer["state"] == "closed"
    assert json.loads(said(kind, "--period", period, "--close", "--json")) == answer  # a closed one is printed as it is


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ("intrastat", "--period", "2026-10"), 2,
            "There is no report “intrastat”. There are: au_gst, dac7, epr, ioss, nz_gst, oss, sg_gst, uk_vat, voec.",
        ),
        (
            ("ioss", "--period", "2026-Q4"), 2,
            "“2026-Q4” is not a period of the report ioss. Write it as in 2026-10.",
        ),
        (("dac7", "--period", "tomorrow"), 2, "“tomorrow” is not a period of the report dac7. Write it as in 2026."),
        (("ioss", "--period", "2027-03"), 2, "This period has not begun yet."),
        (("ioss", "--period", "2019-03"), 2, "Nobody asks for the report ioss for 2019-03."),
        (("ioss", "--period", "2026-12", "--close"), 1, "The period is not over yet."),
    ],
)  # fmt: skip
def test_a_bad_question_ends_with_one_sentence(
    cast: Cast, calendar: Calendar, words: tuple[str, ...], code: int, sentence: str
) -> None:
    with pytest.raises(CommandError) as error:
        said(*words)

    assert (error.value.returncode, str(error.value)) == (code, sentence)
    assert not Report.objects.filter(state="closed").exists()


def test_a_report_that_can_not_be_made_ends_with_the_reason(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("10.00"), currency="THB")

    with pytest.raises(CommandError) as error:
        said("ioss", "--period", "2026-10")

    assert (error.value.returncode, str(error.value)) == (1, "No exchange rate for THB on 2026-11-02.")


def test_it_waits_for_a_worker_who_makes_the_same_report(
    cast: Cast, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = reporting.request(kind="ioss", period="2026-10", actor=None)
    make, asked = reporting.make, []

    def busy(report_id: int) -> bool:
        asked.append(report_id)
        return make(report_id) if len(asked) > 2 else False

    monkeypatch.setattr(reporting, "make", busy)

    assert said("ioss", "--period", "2026-10").startswith("ioss 2026-10  ready")
    assert asked == [report.pk] * 3


@pytest.mark.django_db(transaction=True)
def test_the_program_itself_ends_with_two_and_one_line(process_environment: dict[str, str], db: Any) -> None:
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "report", "ioss", "--period", "soon"],
        env=process_environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert (answer.returncode, answer.stdout) == (2, "")
    assert len(answer.stderr.strip().splitlines()) == 1
