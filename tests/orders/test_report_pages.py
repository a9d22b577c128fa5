"""Periodic reports in the admin: asked for, followed, read, taken out and closed; by finance and compliance alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from compliance.models import AuthorityExport, Report, ReportLine
from compliance.reports import terms
from orders import tasks
from orders.services import reporting
from tests.orders.books import Calendar, closed, french, gave_back, german, made, publish, sold
from tests.support.cast import Cast, person

LIST = "/admin/compliance/report/"


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch, cast: Cast, law_may_change: Callable[[], None]) -> Calendar:
    calendar = Calendar(monkeypatch)
    calendar.turn_to("2026-12-05 09:00")
    publish(date(2026, 11, 2), USD="1.20")
    publish(date(2026, 11, 30), USD="1.25")
    return calendar


@pytest.fixture(autouse=True)
def given(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The reports that were handed to a worker, who is not there."""
    handed: list[int] = []
    monkeypatch.setattr(tasks.make_report, "delay", handed.append)
    yield handed


def desk(*names: str) -> Client:
    """Somebody with these roles at the admin."""
    user = person(f"{'-'.join(names) or 'nobody'}@sampan.example", "Fritz Kontor", is_staff=True)
    call_command("sync_roles", verbosity=0)
    for name in names:
        accounts.give_role(user=user, role=name)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def page(report: Report) -> str:
    return reverse("admin:compliance_report_change", args=[report.pk])


def file(report: Report, form: str) -> str:
    return reverse("admin:compliance_report_file", args=[report.pk, form])


# Asking, following, reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [roles.FINANCE, roles.COMPLIANCE])
def test_a_report_is_asked_for_followed_and_read(
    cast: Cast, calendar: Calendar, given: list[int], django_capture_on_commit_callbacks: Any, role: str
) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    client = desk(role)

    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(f"{LIST}add/", {"kind": "ioss", "period": "2026-10"})
    report = Report.objects.get()
    assert (asked.status_code, asked.url, given) == (302, page(report), [report.pk])
    assert (report.state, report.requested_by) == ("requested", User.objects.get(full_name="Fritz Kontor"))

    waiting = client.get(page(report)).content.decode()
    assert '<meta http-equiv="refresh" content="2">' in waiting
    tasks.make_report(report.pk)
    ready = client.get(page(report)).content.decode()

    assert "refresh" not in ready
    assert '<bdi dir="ltr">€100.00</bdi>' in ready and '<bdi dir="ltr">€19.00</bdi>' in ready
    assert "Make it again" in ready and "Close for good" in ready


def test_each_figure_leads_to_its_lines_and_each_line_to_its_order(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-10-02 08:00", german("100.00"), german("10.00", "7"))
    sold(cast, "2026-10-02 08:00", french("50.00"), to="FR")
    report = made("ioss", "2026-10")
    client = desk(roles.FINANCE)
    address = reverse("admin:compliance_reportline_changelist")
    words = f"report__id__exact={report.pk}&country=DE&rate_pct=19&kind__in=supply%2Crefund"

    assert escape(f"{address}?{words}") in client.get(page(report)).content.decode()
    shown = client.get(f"{address}?{words}").content.decode()

    part = order.seller_orders.get()
    order.seller_orders.update(assessment={})  # the page of the part prints a whole one, or none
    assert reverse("admin:orders_sellerorder_change", args=[part.pk]) in shown
    assert shown.count(part.reference) == 1  # the line of 7 % and the French one are behind other figures
    assert client.get(reverse("admin:orders_sellerorder_change", args=[part.pk])).status_code == 200
    line = ReportLine.objects.filter(rate_pct=7).get()
    assert client.get(reverse("admin:compliance_reportline_change", args=[line.pk])).status_code == 200


def test_corrections_and_refunds_are_shown_with_their_periods(cast: Cast, calendar: Calendar) -> None:
    gave_back(sold(cast, "2026-10-02 08:00", german("100.00")), "119.00", "2026-11-20 10:00")
    report = made("ioss", "2026-11")

    shown = desk(roles.FINANCE).get(page(report)).content.decode()

    assert "Corrections of earlier periods" in shown
    assert '<bdi dir="ltr">2026-10</bdi>' in shown
    assert '<bdi dir="ltr">-€19.00</bdi>' in shown


@pytest.mark.parametrize(
    ("kind", "period"), [("ioss", "2026-10"), ("oss", "2026-Q3"), ("epr", "2025"), ("dac7", "2025")]
)
@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_pages_of_empty_periods_answer(cast: Cast, calendar: Calendar, kind: str, period: str, language: str) -> None:
    report = made(kind, period)
    client = desk(roles.COMPLIANCE)
    client.cookies["language"] = language

    assert client.get(page(report)).status_code == 200
    assert client.get(LIST).status_code == 200
    for form in ("csv", "json", "lines"):
        assert client.get(file(report, form)).status_code == 200


def test_reports_with_volumes_and_sellers_show_their_figures(cast: Cast, calendar: Calendar) -> None:
    sold(
        cast,
        "2026-10-02 08:00",
        german("10.00", pieces=3, variant=cast.mug),
        made_of={"packaging_grams": {"paper": 40}},
    )
    calendar.turn_to("2027-01-20 09:00")
    volumes = made("epr", "2026")
    client = desk(roles.COMPLIANCE)

    shown = client.get(page(volumes)).content.decode()

    assert '<bdi dir="ltr">0.120</bdi>' in shown and "Packaging" in shown
    lines = client.get(
        reverse("admin:compliance_volumeline_changelist") + f"?report__id__exact={volumes.pk}&material=paper"
    )
    assert "line:" in lines.content.decode()


def test_the_list_shows_the_last_periods_and_what_is_late(cast: Cast, calendar: Calendar) -> None:
    closed("ioss", "2026-11")
    client = desk(roles.FINANCE)

    shown = client.get(LIST).content.decode()

    assert "Last periods" in shown
    assert '<input type="hidden" name="kind" value="oss">' in shown  # 2026-Q3 was due on 31 October
    assert '<input type="hidden" name="kind" value="ioss">' not in shown


def test_the_list_reads_few_queries_however_many_reports(
    cast: Cast, calendar: Calendar, django_assert_max_num_queries: Any
) -> None:
    for month in range(1, 12):
        made("ioss", f"2026-{month:02}")
    client = desk(roles.FINANCE)
    client.get(LIST)

    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_a_failed_report_says_why_and_can_be_made_again(cast: Cast, calendar: Calendar, given: list[int]) -> None:
    sold(cast, "2026-10-02 08:00", german("10.00"), currency="THB")
    report = reporting.request(kind="ioss", period="2026-10", actor=None)
    reporting.make(report.pk)
    client = desk(roles.FINANCE)
    assert "No exchange rate for THB on 2026-11-02." in client.get(page(report)).content.decode()

    publish(date(2026, 11, 2), THB="36.00")
    client.post(reverse("admin:compliance_report_again", args=[report.pk]))

    assert given == [report.pk]
    assert reporting.make(report.pk) is True


@pytest.mark.parametrize(
    ("kind", "period", "sentence"),
    [
        ("ioss", "2026-Q4", "“2026-Q4” is not a period of the report ioss."),
        ("ioss", "2031-01", "This period has not begun yet."),
        ("intrastat", "2026-10", "Select a valid choice."),
        ("ioss", "", "This field is required."),
    ],
)
def test_a_bad_request_is_answered_beside_its_field(
    cast: Cast, calendar: Calendar, given: list[int], kind: str, period: str, sentence: str
) -> None:
    answer = desk(roles.FINANCE).post(f"{LIST}add/", {"kind": kind, "period": period})

    assert answer.status_code == 200
    assert escape(sentence) in answer.content.decode()
    assert (Report.objects.count(), given) == (0, [])


# Closing ------------------------------------------------------------------------------------------------------


def test_closing_asks_to_be_confirmed_and_is_signed(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    report = made("ioss", "2026-10")
    client = desk(roles.FINANCE)
    close = reverse("admin:compliance_report_close", args=[report.pk])

    client.post(close)
    client.post(close, {"confirmed": "x" * 64})
    report.refresh_from_db()
    assert report.state == "ready"
    client.post(close, {"confirmed": report.digest})

    report.refresh_from_db()
    assert (report.state, report.closed_by_label) == ("closed", "Fritz Kontor")
    shown = client.get(page(report)).content.decode()
    assert "Closed by Fritz Kontor" in shown
    assert "Close for good" not in shown and "Make it again" not in shown


def test_what_was_looked_at_is_what_is_closed(cast: Cast, calendar: Calendar) -> None:
    report = made("ioss", "2026-10")
    sold(cast, "2026-10-02 08:00", german("100.00"))
    made("ioss", "2026-10")  # somebody else has it made again meanwhile

    close = reverse("admin:compliance_report_close", args=[report.pk])
    desk(roles.FINANCE).post(close, {"confirmed": report.digest})

    report.refresh_from_db()
    assert report.state == "ready"


def test_a_report_that_may_not_be_closed_yet_stays_and_says_why(cast: Cast, calendar: Calendar) -> None:
    report = made("ioss", "2026-12")
    client = desk(roles.FINANCE)

    answer = client.post(
        reverse("admin:compliance_report_close", args=[report.pk]), {"confirmed": report.digest}, follow=True
    )

    report.refresh_from_db()
    assert report.state == "ready"
    assert "The period is not over yet." in answer.content.decode()


# Files --------------------------------------------------------------------------------------------------------


def test_files_are_handed_out_and_written_down(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("120.00", tax="22.80"), currency="USD")
    report = made("ioss", "2026-10")
    client = desk(roles.FINANCE)

    table = client.get(file(report, "csv"))
    whole = json.loads(client.get(file(report, "json")).content)
    streamed = b"".join(client.get(file(report, "lines")).streaming_content).decode()

    assert table.headers["Content-Disposition"] == 'attachment; filename="ioss-2026-10.csv"'
    first = next(csv.DictReader(io.StringIO(table.content.decode())))
    assert (first["country"], first["taxable_amount"], first["tax"], first["currency"]) == (
        "DE",
        "100.00",
        "19.00",
        "EUR",
    )
    assert whole["figures"]["totals"]["payable"] == "19.00"
    (line,) = csv.DictReader(io.StringIO(streamed))
    assert {name: line[name] for name in ("base", "tax", "original_base", "original_currency", "rated_on")} == {
        "base": "100.0000", "tax": "19.0000", "original_base": "120.0000", "original_currency": "USD",
        "rated_on": "2026-11-02",
    }  # fmt: skip
    taken = AuthorityExport.objects.order_by("pk").values_list("subject", "actor__full_name", "rows")
    assert list(taken) == [(f"ioss 2026-10 {form}", "Fritz Kontor", 1) for form in ("csv", "json", "lines")]


@pytest.mark.parametrize("form", ["xml", "pdf"])
def test_a_file_that_there_is_not_is_not_found(cast: Cast, calendar: Calendar, form: str) -> None:
    report = made("ioss", "2026-10")

    assert desk(roles.FINANCE).get(file(report, form)).status_code == 404


def test_a_message_that_can_not_be_made_says_why(cast: Cast, calendar: Calendar) -> None:
    calendar.turn_to("2027-01-20 09:00")
    report = made("dac7", "2026")

    answer = desk(roles.COMPLIANCE).get(file(report, "xml"), follow=True)

    assert "The setting OPERATOR does not say who runs the marketplace and where." in answer.content.decode()


# Who may not --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(), (roles.OPERATIONS,), (roles.SUPPORT,), (roles.TRANSLATOR,), ("seller",)])
def test_nobody_else_meets_a_report(cast: Cast, calendar: Calendar, given: list[int], names: tuple[str, ...]) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    report = made("ioss", "2026-10")
    before = Report.objects.values().get()
    if names == ("seller",):
        client = Client()
        client.force_login(cast.shenzhen.members.get().user)
    else:
        client = desk(*names)

    answers = [
        client.get(LIST),
        client.get(page(report)),
        client.post(f"{LIST}add/", {"kind": "ioss", "period": "2026-11"}),
        client.post(reverse("admin:compliance_report_again", args=[report.pk])),
        client.post(reverse("admin:compliance_report_close", args=[report.pk]), {"confirmed": report.digest}),
        *(client.get(file(report, form)) for form in ("csv", "json", "lines", "xml")),
        *(
            client.get(reverse(f"admin:compliance_{table}_changelist"))
            for table in ("reportline", "volumeline", "sellerline")
        ),
    ]

    assert {answer.status_code for answer in answers} <= {302, 403, 404}
    assert (Report.objects.values().get(), Report.objects.count(), given) == (before, 1, [])
    assert AuthorityExport.objects.count() == 0


def test_the_forms_of_figures_are_those_of_the_rules() -> None:
    from compliance.models import ReportRule

    assert set(ReportRule.Figures.values) == {terms.TAX, terms.VOLUMES, terms.SELLERS}
