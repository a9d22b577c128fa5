"""Returns of tax, figure by figure: countries and rates, refunds and corrections, rates of exchange, ends of periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from compliance.models import Report, ReportLine, TaxRate
from compliance.reports.periods import parse_period
from marketplace.kernel.errors import Refused
from orders.services import reporting
from tests.orders.books import (
    Calendar,
    Line,
    closed,
    french,
    gave_back,
    german,
    made,
    moment,
    paid,
    publish,
    sold,
    written,
)
from tests.support.cast import Cast, seller, warehouse

OCTOBER = "2026-10"


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch, cast: Cast, law_may_change: Callable[[], None]) -> Calendar:
    """It is December; November closed at a dollar of 1.25, and October, which ended on a Saturday, on the Monday after."""
    calendar = Calendar(monkeypatch)
    calendar.turn_to("2026-12-05 09:00")
    publish(date(2026, 10, 30), USD="1.10", GBP="0.88", NOK="11.00")
    publish(date(2026, 11, 2), USD="1.20", GBP="0.90", NOK="11.50", SEK="11.00")
    publish(date(2026, 11, 30), USD="1.25", GBP="0.85", NOK="11.80", SEK="11.10")
    return calendar


def rows(report: Report) -> list[tuple[str, ...]]:
    return [
        tuple(str(row[name]) for name in ("country", "rate_pct", "lines", "base", "tax"))
        for row in report.figures["rows"]
    ]


# By country and rate ------------------------------------------------------------------------------------------


def test_two_states_and_two_rates_are_four_rows(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"), german("10.00", "7"))
    sold(cast, "2026-10-31 20:00", german("33.33"))
    sold(cast, "2026-10-15 12:00", french("50.00"), french("8.00", "5.5"), to="FR")
    sold(cast, "2026-11-01 12:00", german("999.00"))

    report = made("ioss", OCTOBER)

    assert rows(report) == [
        ("DE", "7", "1", "10.00", "0.70"),
        ("DE", "19", "2", "133.33", "25.33"),
        ("FR", "5.5", "1", "8.00", "0.44"),
        ("FR", "20", "1", "50.00", "10.00"),
    ]
    assert report.figures["totals"] == {"base": "201.33", "tax": "36.47", "corrections": "0.00", "payable": "36.47"}
    assert [(row["country"], row["balance"]) for row in report.figures["countries"]] == [
        ("DE", "26.03"),
        ("FR", "10.44"),
    ]
    assert report.figures["provisional"] == []
    assert (report.rows_done, report.rows_total, report.due_on) == (3, 3, date(2026, 11, 30))


def test_what_is_sold_under_another_scheme_or_collected_at_the_door_is_in_no_return(
    cast: Cast, calendar: Calendar
) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00", scheme="", regime="EU-STD"))
    sold(cast, "2026-10-02 08:00", german("100.00"), collected="on_delivery")
    norwegian = Line("10.00", "25", scheme="VOEC", regime="NO-VOEC", rules=())
    sold(cast, "2026-10-02 08:00", norwegian, to="NO", currency="NOK")

    assert rows(made("ioss", OCTOBER)) == []


def test_of_a_parcel_that_was_split_the_line_that_was_paid_for_counts(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-10-02 08:00", german("100.00"), german("200.00"), collected="on_delivery")
    part = order.seller_orders.get()
    for line, is_paid in zip(part.assessment["lines"], (True, False), strict=True):
        line["at_checkout"] = is_paid
    part.save(update_fields=["assessment"])

    assert rows(made("ioss", OCTOBER)) == [("DE", "19", "1", "100.00", "19.00")]


def test_a_period_without_a_sale_has_empty_figures_and_can_be_closed(cast: Cast, calendar: Calendar) -> None:
    report = closed("ioss", OCTOBER)

    assert report.state == Report.State.CLOSED
    assert report.figures["totals"] == {"base": "0.00", "tax": "0.00", "corrections": "0.00", "payable": "0.00"}


def test_northern_ireland_is_named_by_the_row_of_its_rate(cast: Cast, calendar: Calendar) -> None:
    TaxRate.objects.create(
        code="XI-TAX", country="XI", pct=20, effective_from=date(2021, 1, 1), source="Gazette", confidence="memory",
        last_reviewed=date(2026, 11, 1),
    )  # fmt: skip
    sold(cast, "2026-10-02 08:00", Line("50.00", "20", regime="XI-LV", rules=("XI-LV", "XI-TAX")), to="GB")

    assert rows(made("ioss", OCTOBER)) == [("XI", "20", "1", "50.00", "10.00")]


def test_an_assessment_of_an_earlier_release_gives_its_base_by_price_and_shipping(
    cast: Cast, calendar: Calendar
) -> None:
    order = sold(cast, "2026-10-02 08:00", german("30.00", tax="6.65"), german("70.00", tax="15.52"))
    part = order.seller_orders.get()
    part.assessment["shipping"] = "16.67"
    for line in part.assessment["lines"]:
        del line["tax_base"]
    part.save(update_fields=["assessment"])

    report = made("ioss", OCTOBER)

    assert [row[4:] for row in written(report)] == [("35.00", "6.65"), ("81.67", "15.52")]


# Refunds and corrections --------------------------------------------------------------------------------------


def test_a_refund_in_the_period_lessens_the_sale(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-10-02 08:00", german("100.00"), german("10.00", "7"))
    gave_back(order, "64.85", "2026-10-20 10:00")  # half of 129.70

    report = made("ioss", OCTOBER)

    assert list(written(report)) == [
        ("supply", "", "DE", "19", "100.00", "19.00"),
        ("refund", "", "DE", "19", "-50.00", "-9.50"),
        ("supply", "", "DE", "7", "10.00", "0.70"),
        ("refund", "", "DE", "7", "-5.00", "-0.35"),
    ]
    assert rows(report) == [("DE", "7", "2", "5.00", "0.35"), ("DE", "19", "2", "50.00", "9.50")]
    assert report.figures["rows"][1]["refunded_tax"] == "-9.50"


def test_a_refund_in_the_next_month_is_a_correction_there_and_names_the_month(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-10-02 08:00", german("100.00"))
    gave_back(order, "119.00", "2026-11-20 10:00")

    october, november = closed("ioss", OCTOBER), closed("ioss", "2026-11")

    assert rows(october) == [("DE", "19", "1", "100.00", "19.00")]
    assert list(written(november)) == [("correction", OCTOBER, "DE", "19", "-100.00", "-19.00")]
    assert november.figures["rows"] == []
    assert november.figures["corrections"] == [
        {"period": OCTOBER, "country": "DE", "lines": 1, "base": "-100.00", "tax": "-19.00"}
    ]
    assert november.figures["countries"] == [
        {"country": "DE", "tax": "0.00", "corrections": "-19.00", "balance": "-19.00", "payable": "0.00"}
    ]
    assert november.figures["totals"]["payable"] == "0.00"


def test_a_state_that_gets_less_than_nothing_takes_nothing_from_another(cast: Cast, calendar: Calendar) -> None:
    gave_back(sold(cast, "2026-10-02 08:00", german("100.00")), "119.00", "2026-11-20 10:00")
    sold(cast, "2026-11-03 08:00", german("50.00"))
    sold(cast, "2026-11-03 08:00", french("50.00"), to="FR")

    figures = made("ioss", "2026-11").figures

    assert [(row["country"], row["balance"], row["payable"]) for row in figures["countries"]] == [
        ("DE", "-9.50", "0.00"),
        ("FR", "10.00", "10.00"),
    ]
    assert figures["totals"] == {"base": "100.00", "tax": "19.50", "corrections": "-19.00", "payable": "10.00"}


def test_refunds_in_three_parts_take_back_exactly_what_was_declared(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-10-02 08:00", german("9.99", tax="1.90"), currency="USD")  # 8.33 and 1.58 at 1.20
    for part, day in (("3.97", "2026-11-03"), ("3.96", "2026-11-04"), ("3.96", "2026-11-05")):
        gave_back(order, part, f"{day} 10:00")

    october, november = made("ioss", OCTOBER), made("ioss", "2026-11")

    assert [row[4:] for row in written(october)] == [("8.33", "1.58")]
    assert [row[4:] for row in written(november)] == [("-2.78", "-0.53"), ("-2.78", "-0.52"), ("-2.77", "-0.53")]
    assert november.figures["totals"]["corrections"] == "-1.58"


def test_a_correction_has_the_rate_of_the_return_that_it_corrects(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-10-02 08:00", german("120.00", tax="22.80"), currency="USD")
    gave_back(order, "142.80", "2026-11-20 10:00")

    line = made("ioss", "2026-11").lines.get()

    assert (line.base, line.tax, line.rated_on) == (Decimal("-100.00"), Decimal("-19.00"), date(2026, 11, 2))
    assert (line.original_base, line.original_tax, line.original_currency) == (-120, Decimal("-22.80"), "USD")


def test_what_is_given_back_of_a_second_payment_is_no_refund_of_the_sale(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-10-02 08:00", german("100.00"))
    again = paid(order, moment("2026-10-02 08:05"))
    gave_back(order, "119.00", "2026-10-02 08:10", payment=again)

    assert rows(made("ioss", OCTOBER)) == [("DE", "19", "1", "100.00", "19.00")]


def test_a_refund_that_a_closed_report_has_not_counted_goes_to_the_next_open_one(
    cast: Cast, calendar: Calendar
) -> None:
    order = sold(cast, "2026-09-02 08:00", german("100.00"))
    closed("ioss", "2026-09")
    closed("ioss", OCTOBER)
    late = gave_back(order, "11.90", "2026-10-31 10:00")

    november = closed("ioss", "2026-11")

    assert list(written(november)) == [("correction", "2026-09", "DE", "19", "-10.00", "-1.90")]
    assert november.lines.get().refund_id == late.pk


def test_nothing_is_counted_in_two_closed_reports(cast: Cast, calendar: Calendar) -> None:
    gave_back(sold(cast, "2026-09-02 08:00", german("100.00")), "11.90", "2026-10-20 10:00")
    for period in ("2026-09", OCTOBER, "2026-11"):
        closed("ioss", period)

    assert list(ReportLine.objects.values_list("report__period", "kind")) == [
        ("2026-09", "supply"),
        (OCTOBER, "correction"),
    ]


# Rates of exchange --------------------------------------------------------------------------------------------


def test_without_a_rate_on_the_last_day_the_next_publication_counts(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("120.00"), currency="USD")

    report = made("ioss", OCTOBER)

    assert rows(report) == [("DE", "19", "1", "100.00", "19.00")]  # 120 and 22.80 dollars at 1.20, not 1.10
    assert report.figures["rates"] == [{"currency": "USD", "rate": "0.8333333333", "on": "2026-11-02"}]


def test_the_rate_of_the_last_day_counts_when_there_is_one(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-11-02 08:00", german("125.00", tax="23.75"), currency="USD")

    assert rows(made("ioss", "2026-11")) == [("DE", "19", "1", "100.00", "19.00")]


def test_figures_stay_provisional_and_open_until_the_rate_is_published(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-12-02 08:00", german("125.00"), currency="USD")
    calendar.turn_to("2027-01-01 08:00")  # TARGET is closed; 31 December 2026 had no rate in this test
    report = made("ioss", "2026-12")

    with pytest.raises(Refused) as refusal:
        reporting.close(report=report, actor=None)

    assert report.figures["provisional"] == ["rate_not_published"]
    assert refusal.value.code == "rate_not_published"
    publish(date(2027, 1, 4), USD="1.00")
    assert rows(closed("ioss", "2026-12")) == [("DE", "19", "1", "125.00", "23.75")]


def test_amounts_in_other_currencies_keep_their_cents_and_their_original(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("149.99", tax="28.50"), currency="USD")
    sold(cast, "2026-10-03 08:00", german("1000.01", tax="190.00"), currency="SEK")

    lines = made("ioss", OCTOBER).lines.order_by("pk")

    assert [(line.base, line.tax, line.original_base, line.original_currency) for line in lines] == [
        (Decimal("124.99"), Decimal("23.75"), Decimal("149.99"), "USD"),
        (Decimal("90.91"), Decimal("17.27"), Decimal("1000.01"), "SEK"),
    ]


def test_a_currency_without_any_rate_stops_the_report_with_its_name(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("10.00"), currency="THB")
    report = reporting.request(kind="ioss", period=OCTOBER, actor=None)

    assert reporting.make(report.pk) is False

    report.refresh_from_db()
    assert (report.state, report.failure) == ("failed", "No exchange rate for THB on 2026-11-02.")


# Ends of periods ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "line", "currency", "paid_at", "period"),
    [
        ("ioss", german("10.00"), "EUR", "2026-10-31 22:59:59", "2026-10"),  # 23:59:59 in Brussels, winter time
        ("ioss", german("10.00"), "EUR", "2026-10-31 23:00:00", "2026-11"),
        ("ioss", german("10.00"), "EUR", "2026-09-30 21:59:59", "2026-09"),  # summer time
        ("ioss", german("10.00"), "EUR", "2026-09-30 22:00:00", "2026-10"),
        (
            "au_gst",
            Line("10.00", "10", scheme="AU_GST", regime="AU-LVIG", rules=()),
            "AUD",
            "2026-09-30 13:59:59",
            "2026-Q3",
        ),
        (
            "au_gst",
            Line("10.00", "10", scheme="AU_GST", regime="AU-LVIG", rules=()),
            "AUD",
            "2026-09-30 14:00:00",
            "2026-Q4",
        ),
    ],
)
def test_the_day_of_the_law_decides_on_the_period_and_not_that_of_the_server(
    cast: Cast, calendar: Calendar, kind: str, line: Line, currency: str, paid_at: str, period: str
) -> None:
    calendar.turn_to("2027-02-01 09:00")
    sold(cast, paid_at, line, currency=currency, to="AU" if kind == "au_gst" else "DE")

    length = "month" if kind == "ioss" else "quarter"
    counted = {name: made(kind, name).lines.count() for name in _around(period, length)}

    assert counted == {name: int(name == period) for name in counted}


def _around(period: str, length: str) -> list[str]:
    middle = parse_period(period, length)
    return [middle.before.name, middle.name, middle.after.name]


# Other returns of the same frame ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "scheme", "regime", "pct", "country", "currency"),
    [
        ("uk_vat", "UK_OMP", "GB-LV", "20", "GB", "GBP"),
        ("voec", "VOEC", "NO-VOEC", "25", "NO", "NOK"),
        ("au_gst", "AU_GST", "AU-LVIG", "10", "AU", "AUD"),
        ("nz_gst", "NZ_GST", "NZ-LVIG", "15", "NZ", "NZD"),
        ("sg_gst", "SG_OVR", "SG-OVR", "9", "SG", "SGD"),
    ],
)
def test_each_return_is_in_its_own_currency(
    cast: Cast, calendar: Calendar, kind: str, scheme: str, regime: str, pct: str, country: str, currency: str
) -> None:
    calendar.turn_to("2027-02-01 09:00")
    line = Line("200.00", pct, scheme=scheme, regime=regime, rules=(regime,))
    sold(cast, "2026-11-03 08:00", line, to=country, currency=currency)

    report = made(kind, "2026-Q4")

    assert rows(report) == [(country, pct, "1", "200.00", f"{2 * int(pct)}.00")]
    assert report.figures["currency"] == currency


def test_a_sale_in_euro_goes_into_a_foreign_return_by_the_rate_of_its_day(cast: Cast, calendar: Calendar) -> None:
    calendar.turn_to("2027-02-01 09:00")
    line = Line("100.00", "20", scheme="UK_OMP", regime="GB-LV", rules=())
    sold(cast, "2026-10-31 08:00", line, to="GB")  # a Saturday: the rate of Friday, 0.88
    order = sold(cast, "2026-11-05 08:00", line, to="GB")  # that of Monday, 0.90
    gave_back(order, "60.00", "2026-12-05 08:00")  # by the rate of the sale

    lines = made("uk_vat", "2026-Q4").lines.order_by("pk")

    assert [(line.base, line.tax, line.rated_on) for line in lines] == [
        (Decimal("88.00"), Decimal("17.60"), date(2026, 10, 30)),
        (Decimal("90.00"), Decimal("18.00"), date(2026, 11, 2)),
        (Decimal("-45.00"), Decimal("-9.00"), date(2026, 11, 2)),
    ]


def test_goods_in_the_union_of_sellers_from_elsewhere_are_in_the_oss_return(cast: Cast, calendar: Calendar) -> None:
    calendar.turn_to("2027-02-01 09:00")
    at_home = seller("rheinwerk", "Rheinwerk", "DE", "EUR")
    inside = {"scheme": "", "regime": "EU-DOMESTIC", "rules": ("EU-DOMESTIC", "FR-TAX-STANDARD-2016")}
    sold(cast, "2026-11-03 08:00", Line("50.00", "20", **inside), to="FR", sent_from="DE")
    sold(cast, "2026-11-03 08:00", Line("20.00", "20", **inside), to="FR", sent_from="FR")
    sold(
        cast,
        "2026-11-03 08:00",
        Line("70.00", "20", **inside),
        to="FR",
        sent_from="DE",
        seller=at_home,
        warehouse=warehouse(at_home),
    )

    figures = made("oss", "2026-Q4").figures

    assert [(row["country"], row["base"], row["tax"]) for row in figures["rows"]] == [("FR", "70.00", "14.00")]
    assert [(row["sent_from"], row["country"], row["tax"]) for row in figures["dispatch"]] == [
        ("DE", "FR", "10.00"),
        ("FR", "FR", "4.00"),
    ]


def test_a_business_that_accounts_for_the_tax_itself_is_in_no_return(cast: Cast, calendar: Calendar) -> None:
    calendar.turn_to("2027-02-01 09:00")
    sold(
        cast,
        "2026-11-03 08:00",
        Line("80.00", "0", scheme="UK_OMP", regime="GB-B2B", rules=("GB-B2B",)),
        to="GB",
        currency="GBP",
    )

    assert rows(made("uk_vat", "2026-Q4")) == []


def test_a_fee_on_which_tax_was_charged_is_a_line_of_its_own(cast: Cast, calendar: Calendar) -> None:
    calendar.turn_to("2027-02-01 09:00")
    TaxRate.objects.create(
        code="NZ-TEST", country="NZ", pct=15, effective_from=date(2020, 1, 1), source="Gazette", confidence="memory",
        last_reviewed=date(2026, 11, 1),
    )  # fmt: skip
    line = Line("100.00", "15", scheme="NZ_GST", regime="NZ-LVIG", rules=("NZ-LVIG", "NZ-TEST"))
    levy = {"code": "NZ-LEVY-AIR", "amount": "2.21", "tax": "0.33", "rules": ["NZ-LEVY-AIR", "NZ-TEST"]}
    sold(cast, "2026-11-03 08:00", line, to="NZ", currency="NZD", fees=[levy])

    assert rows(made("nz_gst", "2026-Q4")) == [("NZ", "15", "2", "102.21", "15.33")]


# What is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "period", "code"),
    [
        ("intrastat", "2026-10", "unknown_report"),
        ("ioss", "2026-Q4", "bad_period"),
        ("ioss", "2026-13", "bad_period"),
        ("ioss", "2026-1", "bad_period"),
        ("oss", "2026-10", "bad_period"),
        ("dac7", "2026-10", "bad_period"),
        ("ioss", "2020-10", "no_report_then"),
        ("ioss", "2027-01", "period_to_come"),
        ("ioss", "٢٠٢٦-١٠", "bad_period"),
    ],
)
def test_a_bad_question_is_refused_and_writes_nothing(
    cast: Cast, calendar: Calendar, kind: str, period: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        reporting.request(kind=kind, period=period, actor=None)

    assert refusal.value.code == code
    assert Report.objects.count() == 0


def test_a_period_under_way_is_shown_as_provisional_and_not_closed(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-12-01 08:00", german("100.00"))
    report = made("ioss", "2026-12")

    with pytest.raises(Refused) as refusal:
        reporting.close(report=report, actor=None)

    assert refusal.value.code == "period_not_over"
    assert report.figures["provisional"] == ["period_not_over"]
    report.refresh_from_db()
    assert report.state == Report.State.READY


def test_a_report_made_before_the_end_of_its_period_has_to_be_made_again(cast: Cast, calendar: Calendar) -> None:
    report = made("ioss", "2026-12")
    calendar.turn_to("2027-01-05 09:00")

    with pytest.raises(Refused) as refusal:
        reporting.close(report=report, actor=None)

    assert refusal.value.code == "report_too_early"


def test_a_report_that_misses_a_payment_is_not_closed(cast: Cast, calendar: Calendar) -> None:
    report = made("ioss", OCTOBER)
    sold(cast, "2026-10-02 08:00", german("100.00"))

    with pytest.raises(Refused) as refusal:
        reporting.close(report=report, actor=None)

    assert refusal.value.code == "report_outdated"
    assert rows(closed("ioss", OCTOBER)) == [("DE", "19", "1", "100.00", "19.00")]


def test_lines_that_somebody_changed_by_hand_are_not_closed(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-10-02 08:00", german("100.00"))
    report = made("ioss", OCTOBER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE compliance_reportline SET tax = 1 WHERE report_id = %s", [report.pk])

    with pytest.raises(Refused) as refusal:
        reporting.close(report=report, actor=None)

    assert refusal.value.code == "report_changed"
