"""The report on sellers: who is in it, what stands in it, and the message that an authority takes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from cryptography.fernet import Fernet
from django.db import DatabaseError, transaction
from moneyed import Money
from pytest_django import Settings

from accounts.models import Seller
from compliance import vault
from compliance.models import (
    AuthorityExport,
    Registration,
    Report,
    ReportMessage,
    SellerLine,
    SellerThreshold,
    SellerVerification,
    VerificationEvent,
)
from compliance.reports.sellers import is_reached
from compliance.services import documents, report_messages
from compliance.services import report_files as files
from compliance.services.papers import erase_expired
from marketplace.devtools import operator
from marketplace.environment import OPERATOR_FIELDS
from marketplace.kernel.errors import Refused, Unavailable
from orders.models import Order
from tests.orders.books import Calendar, Line, closed, gave_back, made, publish, sold
from tests.support.cast import Cast, seller, warehouse

SCHEMA = Path(__file__).with_name("dpi") / "dpi.xsd"
NAMES = {"dpi": "urn:oecd:ties:dpi:v1", "stf": "urn:oecd:ties:dpistf:v1"}
OPERATOR = {
    "name": "Sampan Example Ltd", "street_address": "1 Quay", "postal_code": "20457", "city": "Hamburg",
    "country_code": "DE", "tax_number": "DE811115368", "register": "HRB 1234",
}  # fmt: skip


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch, cast: Cast, law_may_change: Callable[[], None]) -> Calendar:
    """It is January 2027, and the law has its thresholds."""
    calendar = Calendar(monkeypatch)
    calendar.turn_to("2027-01-20 09:00")
    publish(date(2026, 12, 31), USD="1.25", PLN="4.00")
    SellerThreshold.objects.filter(law="DAC7").delete()
    SellerThreshold.objects.create(
        code="TEST-DAC7", jurisdiction="EU", law="DAC7", sales=30, sales_test=">=", amount=2000, currency="EUR",
        amount_test=">", joins="any", period="year", consequence="Reported to the authority.",
        effective_from=date(2023, 1, 1), source="Directive 2011/16/EU annex V", confidence="memory",
        last_reviewed=date(2026, 11, 1),
    )  # fmt: skip
    return calendar


@pytest.fixture
def rhine(cast: Cast) -> Seller:
    """A seller of the Union."""
    return seller("rheinwerk", "Rheinwerk", "DE", "EUR", city="Köln", street_address="Gasse 1", postal_code="50667")


def sale(cast: Cast, of: Seller, paid_at: str, price: str, currency: str = "EUR", **changes: Any) -> Order:
    """A sale of one piece for which the seller gets that price."""
    place = of.warehouses.first() or warehouse(of)
    line = Line("10.00", "20", scheme="", regime="EU-DOMESTIC", rules=("EU-DOMESTIC",))
    return sold(
        cast, paid_at, line, to="FR", seller=of, warehouse=place, sent_from=of.home_country,
        seller_price=Money(price, currency), **changes,
    )  # fmt: skip


def row(report: Report, name: str = "Rheinwerk Ltd") -> dict[str, Any]:
    return next(each for each in report.figures["sellers"] if each["name"] == name)


# Who is reported ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sales", "each", "reported"),
    [
        (29, ["68.96"] * 28 + ["69.12"], False),  # 29 sales, 2,000.00 euro
        (30, ["0.33"] * 29 + ["0.43"], True),  # 30 sales, 10.00 euro
        (5, ["400.00"] * 4 + ["400.01"], True),  # 5 sales, 2,000.01 euro
    ],
)
def test_the_edges_of_the_threshold(
    cast: Cast, calendar: Calendar, rhine: Seller, sales: int, each: list[str], reported: bool
) -> None:
    for price in each:
        sale(cast, rhine, "2026-05-05 08:00", price)

    figures = row(made("dac7", "2026"))

    assert (figures["sales"], figures["reported"]) == (sales, reported)
    assert Decimal(figures["amount"]) == sum(map(Decimal, each))


def test_both_limits_may_have_to_be_reached() -> None:
    """A law like INFORM asks for sales and amount together."""
    limit = SellerThreshold(sales=200, sales_test=">=", amount=Decimal(5000), amount_test=">=", joins="all")

    assert [
        is_reached(limit, *case) for case in ((200, Decimal(5000)), (200, Decimal("4999.99")), (199, Decimal(9000)))
    ] == [
        True,
        False,
        False,
    ]


def test_sellers_from_elsewhere_are_in_no_report(cast: Cast, calendar: Calendar, rhine: Seller) -> None:
    sale(cast, cast.shenzhen, "2026-05-05 08:00", "9000", "CNY")

    report = made("dac7", "2026")

    assert report.figures["sellers"] == []
    assert SellerLine.objects.count() == 0


def test_without_a_threshold_nobody_is_reported_and_the_report_says_so(
    cast: Cast, calendar: Calendar, rhine: Seller
) -> None:
    SellerThreshold.objects.all().delete()
    sale(cast, rhine, "2026-05-05 08:00", "9000")

    report = made("dac7", "2026")

    assert (report.figures["thresholds"], report.figures["totals"]["reported"]) == ([], 0)


# What stands in it --------------------------------------------------------------------------------------------


def test_quarters_are_those_of_the_law_and_refunds_lessen_theirs(cast: Cast, calendar: Calendar, rhine: Seller) -> None:
    sale(cast, rhine, "2026-03-31 21:59", "100.00")
    order = sale(cast, rhine, "2026-03-31 22:00", "50.00")  # midnight in Brussels
    gave_back(order, "6.00", "2026-08-01 08:00")  # half of what the shopper paid
    sale(cast, rhine, "2026-12-31 22:59", "7.77")

    quarters = row(made("dac7", "2026"))["quarters"]

    assert [(each["activities"], each["consideration"]) for each in quarters] == [
        (1, "100.00"),
        (1, "50.00"),
        (0, "-25.00"),
        (1, "7.77"),
    ]
    assert {each["fees"] for each in quarters} | {each["taxes"] for each in quarters} == {"0.00"}


def test_what_is_bought_of_a_seller_at_once_is_one_sale(cast: Cast, calendar: Calendar, rhine: Seller) -> None:
    order = sale(cast, rhine, "2026-05-05 08:00", "20.00")
    part = order.seller_orders.get()
    line = part.lines.get()
    line.pk = None
    line.save()
    part.pk, part.position = None, 2
    part.save()
    line.pk, line.seller_order = None, part
    line.save()

    figures = row(made("dac7", "2026"))

    assert (figures["sales"], figures["amount"]) == (1, "60.00")


def test_amounts_in_another_currency_count_by_the_rate_of_the_last_day(cast: Cast, calendar: Calendar) -> None:
    polish = seller("wisla", "Wisła", "PL", "PLN")
    sale(cast, polish, "2026-05-05 08:00", "8000.04", "PLN")

    figures = row(made("dac7", "2026"), "Wisła Ltd")

    assert (figures["amount"], figures["reported"]) == ("2000.01", True)
    assert figures["quarters"][1]["consideration"] == "8000.04"


def test_a_refund_of_last_years_sale_corrects_last_year(
    cast: Cast, calendar: Calendar, rhine: Seller, settings: Settings
) -> None:
    settings.OPERATOR = OPERATOR
    order = sale(cast, rhine, "2026-12-30 08:00", "50.00")
    closed("dac7", "2026")
    gave_back(order, "12.00", "2027-01-10 08:00")

    report = made("dac7", "2027")

    assert report.figures["sellers"] == []
    assert [(each["period"], each["consideration"]) for each in report.figures["corrections"]] == [("2026", "-50.00")]


# The message --------------------------------------------------------------------------------------------------


@pytest.fixture
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMA))


@pytest.fixture
def papers(rhine: Seller, settings: Settings) -> SellerVerification:
    """What is known of the seller, and of who runs the marketplace."""
    settings.OPERATOR = OPERATOR
    Registration.objects.create(seller=rhine, kind="vat", country="DE", number="DE136695976", state="valid")
    return SellerVerification.objects.create(
        seller=rhine, trade_register="Amtsgericht Köln", register_number="HRB 99", tax_country="DE", tax_number="215/123/45678",
        bank_holder="Rheinwerk Treuhand", bank_country="DE", bank_account=vault.seal_text("DE89370400440532013000"),
    )  # fmt: skip


def found(root: ET.Element, address: str) -> list[str]:
    return [(element.text or "").strip() for element in root.findall(address, NAMES)]


def test_the_message_has_the_shape_of_the_schema_and_what_is_known_of_the_seller(
    cast: Cast, calendar: Calendar, rhine: Seller, papers: SellerVerification, schema: xmlschema.XMLSchema
) -> None:
    sale(cast, rhine, "2026-05-05 08:00", "2000.50")
    report = closed("dac7", "2026")

    content = files.take_message(report=report, actor=cast.officer)

    schema.validate(content.decode())
    root = ET.fromstring(content)
    header = "dpi:MessageSpec/dpi:"
    assert found(root, f"{header}MessageTypeIndic") == ["DPI401"]
    assert found(root, f"{header}ReportingPeriod") == ["2026-12-31"]
    assert found(root, f"{header}MessageRefId") == [f"DE2026DE-{report.digest[:24]}"]
    entity = "dpi:DPIBody/dpi:ReportableSeller/dpi:Identity/dpi:EntitySeller/dpi:Standard/dpi:"
    party = f"{entity}EntSellerID/dpi:"
    assert found(root, f"{party}Name") == ["Rheinwerk Ltd"]
    assert found(root, f"{party}TIN[@issuedBy='DE']") == ["215/123/45678"]
    assert found(root, f"{party}IN[@INType='BRN']") == ["HRB 99"]
    assert found(root, f"{party}VAT") == ["DE136695976"]
    assert found(root, f"{party}Address/dpi:AddressFix/dpi:City") == ["Köln"]
    assert found(root, f"{entity}FinancialIdentifier/dpi:Identifier[@AccountNumberType='IBAN']") == [
        "DE89370400440532013000"
    ]
    assert found(root, f"{entity}FinancialIdentifier/dpi:AccountHolderName") == ["Rheinwerk Treuhand"]
    goods = "dpi:DPIBody/dpi:ReportableSeller/dpi:RelevantActivities/dpi:SaleOfGoods/dpi:"
    assert found(root, f"{goods}Consideration/*") == ["0", "2001", "0", "0"]  # whole units, half up
    assert found(root, f"{goods}NumberOfActivities/*") == ["0", "1", "0", "0"]
    assert found(root, f"{goods}Taxes/dpi:TaxQ2[@currCode='EUR']") == ["0"]
    assert set(found(root, ".//stf:DocTypeIndic")) == {"OECD1"}
    assert AuthorityExport.objects.get().subject == "dac7 2026 xml"


def test_a_person_is_named_with_the_day_of_birth(
    cast: Cast, calendar: Calendar, rhine: Seller, papers: SellerVerification, schema: xmlschema.XMLSchema
) -> None:
    papers.is_person, papers.person_name, papers.birth_date = True, "Marta  Kowalska\x07", date(1988, 4, 9)
    papers.save()
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")

    content = files.message_of(made("dac7", "2026"))

    schema.validate(content.decode())
    person = "dpi:DPIBody/dpi:ReportableSeller/dpi:Identity/dpi:IndividualSeller/dpi:Standard/dpi:IndSellerID/dpi:"
    root = ET.fromstring(content)
    assert found(root, f"{person}Name/*") == ["NFN", "Marta Kowalska"]
    assert found(root, f"{person}BirthInfo/dpi:BirthDate") == ["1988-04-09"]
    assert set(found(root, ".//stf:DocTypeIndic")) == {"OECD11"}  # not closed: marked as test data


def test_the_message_of_a_closed_report_stays_as_it_was(
    cast: Cast, calendar: Calendar, rhine: Seller, papers: SellerVerification, settings: Settings
) -> None:
    sale(cast, rhine, "2026-05-05 08:00", "2000.50")
    report = closed("dac7", "2026")
    before = files.take_message(report=report, actor=cast.officer)

    Seller.objects.filter(pk=rhine.pk).update(city="Bonn", legal_name="Another GmbH")
    SellerVerification.objects.filter(pk=papers.pk).update(bank_account="", tax_number="")
    settings.OPERATOR = {}

    assert files.take_message(report=report, actor=cast.officer) == before
    assert {row.digest for row in AuthorityExport.objects.all()} == {hashlib.sha256(before).hexdigest()}
    kept = ReportMessage.objects.get()
    assert "DE89" not in kept.content and "K\u00f6ln" not in kept.content
    for change in (lambda: ReportMessage.objects.update(digest="0"), lambda: ReportMessage.objects.all().delete()):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            change()


def test_the_message_that_was_kept_opens_under_a_new_key_and_not_when_it_was_changed(
    cast: Cast, calendar: Calendar, rhine: Seller, papers: SellerVerification, settings: Settings
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.DOCUMENT_KEYS = [old]
    report = closed("dac7", "2026")
    before = files.message_of(report)

    settings.DOCUMENT_KEYS = [new, old]
    assert documents.reseal_all().messages == 1
    settings.DOCUMENT_KEYS = [new]

    assert files.message_of(report) == before
    ReportMessage.objects.update(content=vault.seal_text("<forged/>"))
    with pytest.raises(Unavailable, match="not the one that was kept"):
        files.message_of(report)


@pytest.mark.parametrize(("on", "erased"), [(date(2036, 12, 31), 0), (date(2037, 1, 1), 1)])
def test_the_message_is_kept_for_ten_years_after_the_year_and_its_digest_for_good(
    cast: Cast, calendar: Calendar, rhine: Seller, papers: SellerVerification, on: date, erased: int
) -> None:
    report = closed("dac7", "2026")
    before = files.message_of(report)

    assert report_messages.erase_expired(on) == erased

    assert ReportMessage.objects.get().digest == hashlib.sha256(before).hexdigest()
    assert documents.reseal_all().unreadable == []
    if erased:
        with pytest.raises(Refused, match="was erased when the time") as refusal:
            files.message_of(report)
        assert refusal.value.code == "message_erased"
    else:
        assert files.message_of(report) == before


def test_a_report_whose_message_can_not_be_made_is_not_closed(
    cast: Cast, calendar: Calendar, rhine: Seller, papers: SellerVerification
) -> None:
    Seller.objects.filter(pk=rhine.pk).update(city="")
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")

    with pytest.raises(Refused) as refusal:
        closed("dac7", "2026")

    assert refusal.value.code == "sellers_incomplete"
    assert (Report.objects.get().state, ReportMessage.objects.count()) == ("ready", 0)


@pytest.mark.parametrize(("country", "waits"), [("DE", True), ("CN", False)])
def test_papers_are_kept_until_the_reports_on_the_time_of_the_seller_are_closed(
    cast: Cast, calendar: Calendar, rhine: Seller, papers: SellerVerification, country: str, waits: bool
) -> None:
    Seller.objects.filter(pk=rhine.pk).update(home_country=country)
    VerificationEvent.objects.create(
        verification=papers,
        before="in_review",
        after="approved",
        reason="Complete",
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    SellerVerification.objects.filter(pk=papers.pk).update(ended_on=date(2027, 3, 1))
    calendar.turn_to("2028-01-20 09:00")
    publish(date(2027, 12, 31), USD="1.25", PLN="4.00")

    assert erase_expired(date(2028, 1, 20)) == (0 if waits else 1)
    closed("dac7", "2026")
    assert erase_expired(date(2028, 1, 20)) == 0
    closed("dac7", "2027")

    assert erase_expired(date(2028, 1, 21)) == (1 if waits else 0)
    papers.refresh_from_db()
    assert papers.bank_account == ""


def test_in_the_demonstration_the_message_is_made_too(
    cast: Cast, calendar: Calendar, rhine: Seller, settings: Settings, schema: xmlschema.XMLSchema
) -> None:
    settings.OPERATOR = json.loads(operator.OPERATOR)
    assert settings.OPERATOR.keys() <= set(OPERATOR_FIELDS)
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")

    content = files.message_of(made("dac7", "2026"))

    schema.validate(content.decode())
    assert found(ET.fromstring(content), "dpi:DPIBody/dpi:PlatformOperator/dpi:Nexus") == ["RPONEX1"]


def test_a_number_that_nobody_gave_is_said_to_be_unknown(
    cast: Cast, calendar: Calendar, rhine: Seller, settings: Settings, schema: xmlschema.XMLSchema
) -> None:
    settings.OPERATOR = OPERATOR | {"tax_number": "", "register": ""}
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")

    content = files.message_of(made("dac7", "2026"))

    schema.validate(content.decode())
    tins = ET.fromstring(content).findall(".//dpi:TIN", NAMES)
    assert [(tin.text, tin.attrib) for tin in tins] == [("NOTIN", {"unknown": "true"})] * 2


def test_with_nobody_to_report_the_message_says_so(
    cast: Cast, calendar: Calendar, rhine: Seller, papers: SellerVerification, schema: xmlschema.XMLSchema
) -> None:
    content = files.message_of(made("dac7", "2026"))

    schema.validate(content.decode())
    root = ET.fromstring(content)
    assert found(root, "dpi:MessageSpec/dpi:MessageTypeIndic") == ["DPI403"]
    assert root.findall(".//dpi:ReportableSeller", NAMES) == []


@pytest.mark.parametrize(
    ("operator", "city", "code", "named"),
    [({}, "Köln", "operator_unknown", "OPERATOR"), (OPERATOR, "", "sellers_incomplete", "Rheinwerk Ltd (city)")],
)
def test_a_message_that_would_not_be_valid_is_not_made(
    cast: Cast,
    calendar: Calendar,
    rhine: Seller,
    settings: Settings,
    operator: dict[str, str],
    city: str,
    code: str,
    named: str,
) -> None:
    settings.OPERATOR = operator
    Seller.objects.filter(pk=rhine.pk).update(city=city)
    sale(cast, rhine, "2026-05-05 08:00", "2000.01")
    report = made("dac7", "2026")

    with pytest.raises(Refused) as refusal:
        files.take_message(report=report, actor=cast.officer)

    assert refusal.value.code == code
    assert named in str(refusal.value)
    assert AuthorityExport.objects.count() == 0
