"""The report on sellers as a message in the XML schema of the OECD for digital platforms, which DAC7 uses too.

Shape: DPIXML_v1.0.xsd with oecddpitypes_v1.0.xsd (OECD, Model Reporting Rules for Digital Platforms: XML Schema and User
Guide). Amounts are whole units of their currency there, rounded half up. National portals ask for an envelope or
namespaces of their own; this is the message inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from xml.etree import ElementTree as ET

DPI, STF = "urn:oecd:ties:dpi:v1", "urn:oecd:ties:dpistf:v1"
NEW, TEST = "OECD1", "OECD11"
_NEW_MESSAGE, _NO_DATA = "DPI401", "DPI403"
_REGISTERED, _RESIDENTIAL, _BUSINESS = "OECD304", "OECD302", "OECD303"
_RESIDENT: Final = "RPONEX1"
_NO_FIRST_NAME: Final = "NFN"  # how the schemas of the OECD write that a first name is not known by itself
_LONGEST: Final = 200
_UNPRINTABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_UNIT: Final = Decimal(1)

ET.register_namespace("dpi", DPI)
ET.register_namespace("stf", STF)


@dataclass(frozen=True, slots=True)
class Place:
    """An address; `country` is ISO 3166-1."""

    street: str
    postal_code: str
    city: str
    area: str
    country: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the platform and reports. `is_resident`: in a state of the union whose law asks for the report."""

    name: str
    business_name: str
    tax_number: str
    register_number: str
    place: Place
    is_resident: bool


@dataclass(frozen=True, slots=True)
class SellerIdentity:
    """Who a seller is: what the law asks for, empty where it is not known. `name` is the legal one."""

    key: int
    is_person: bool
    name: str
    place: Place
    tax_country: str
    tax_number: str
    vat_number: str
    register_number: str
    birth_date: date | None
    account: str
    account_holder: str

    def missing(self) -> tuple[str, ...]:
        """Stable names of what a message can't do without."""
        needed = {"name": self.name, "city": self.place.city, "country": self.place.country}
        if self.is_person:
            needed["birth_date"] = (self.birth_date and self.birth_date.isoformat()) or ""
        return tuple(name for name, value in needed.items() if not value.strip())


def dpi_message(
    operator: Operator,
    sellers: Iterable[tuple[SellerIdentity, Mapping[str, Any]]],
    *,
    year: int,
    reference: str,
    made_at: datetime,
    is_final: bool,
) -> bytes:
    """The message for a year: `sellers` are identities with their row of the figures (`seller_figures`).

    `reference` makes the identifiers of the message unique. A report that is not closed is marked as test data.
    """
    sellers = list(sellers)
    country = operator.place.country
    identifier = f"{country}{year}{country}-{reference}"
    root = ET.Element(f"{{{DPI}}}DPI_OECD", {"version": "1.0"})
    _header(root, operator, identifier, year, made_at, _NEW_MESSAGE if sellers else _NO_DATA)
    body = _add(root, "DPIBody")
    indic = NEW if is_final else TEST
    _operator(body, operator, indic, f"{identifier}-PO")
    for identity, row in sellers:
        _seller(body, identity, row, indic, f"{identifier}-{identity.key}-{row['currency']}")
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _header(root: ET.Element, operator: Operator, identifier: str, year: int, at: datetime, indic: str) -> None:
    header = _add(root, "MessageSpec")
    if operator.tax_number:
        _add(header, "SendingEntityIN", operator.tax_number)
    _add(header, "TransmittingCountry", operator.place.country)
    _add(header, "ReceivingCountry", operator.place.country)
    _add(header, "MessageType", "DPI")
    _add(header, "MessageRefId", identifier)
    _add(header, "MessageTypeIndic", indic)
    _add(header, "ReportingPeriod", f"{year}-12-31")
    _add(header, "Timestamp", f"{at:%Y-%m-%dT%H:%M:%S}")


def _operator(body: ET.Element, operator: Operator, indic: str, identifier: str) -> None:
    party = _add(body, "PlatformOperator")
    _add(party, "ResCountryCode", operator.place.country)
    _tax_number(party, operator.tax_number, operator.place.country)
    if operator.register_number:
        _add(party, "IN", operator.register_number, issuedBy=operator.place.country, INType="BRN")
    _add(party, "Name", operator.name)
    _add(party, "PlatformBusinessName", operator.business_name)
    _address(party, operator.place, _REGISTERED)
    if operator.is_resident:
        _add(party, "Nexus", _RESIDENT)
    _add(party, "AssumedReporting", "false")
    _document(party, indic, identifier)


def _seller(body: ET.Element, identity: SellerIdentity, row: Mapping[str, Any], indic: str, identifier: str) -> None:
    seller = _add(body, "ReportableSeller")
    whole = _add(seller, "Identity")
    kind, party_name = ("IndividualSeller", "IndSellerID") if identity.is_person else ("EntitySeller", "EntSellerID")
    standard = _add(_add(whole, kind), "Standard")
    party = _add(standard, party_name)
    _person(party, identity) if identity.is_person else _entity(party, identity)
    if identity.account:
        account = _add(standard, "FinancialIdentifier")
        shape = {"AccountNumberType": "IBAN"} if _IBAN.fullmatch(identity.account) else {}
        _add(account, "Identifier", identity.account, **shape)
        if identity.account_holder and identity.account_holder != identity.name:
            _add(account, "AccountHolderName", identity.account_holder)
    _activities(_add(seller, "RelevantActivities"), row["quarters"], row["currency"])
    _document(seller, indic, identifier)


def _entity(party: ET.Element, identity: SellerIdentity) -> None:
    _add(party, "ResCountryCode", identity.place.country)
    _tax_number(party, identity.tax_number, identity.tax_country)
    if identity.register_number:
        _add(party, "IN", identity.register_number, issuedBy=identity.place.country, INType="BRN")
    if identity.vat_number:
        _add(party, "VAT", identity.vat_number)
    _add(party, "Name", identity.name)
    _address(party, identity.place, _BUSINESS)


def _person(party: ET.Element, identity: SellerIdentity) -> None:
    _add(party, "ResCountryCode", identity.place.country)
    _tax_number(party, identity.tax_number, identity.tax_country)
    if identity.vat_number:
        _add(party, "VAT", identity.vat_number)
    name = _add(party, "Name")
    _add(name, "FirstName", _NO_FIRST_NAME)
    _add(name, "LastName", identity.name)
    _address(party, identity.place, _RESIDENTIAL)
    assert identity.birth_date is not None  # who lacks it is in `missing`
    _add(_add(party, "BirthInfo"), "BirthDate", identity.birth_date.isoformat())


def _activities(parent: ET.Element, quarters: Sequence[Mapping[str, Any]], currency: str) -> None:
    goods = _add(parent, "SaleOfGoods")
    for part, prefix, name in (
        ("Consideration", "Cons", "consideration"),
        ("NumberOfActivities", "Numb", "activities"),
        ("Fees", "Fees", "fees"),
        ("Taxes", "Tax", "taxes"),
    ):
        element = _add(goods, part)
        for quarter in quarters:
            label = f"{prefix}Q{quarter['quarter']}"
            if name == "activities":
                _add(element, label, str(quarter[name]))
            else:
                whole = Decimal(quarter[name]).quantize(_UNIT, ROUND_HALF_UP)
                _add(element, label, f"{whole:f}", currCode=currency)


def _tax_number(party: ET.Element, number: str, country: str) -> None:
    if number:
        _add(party, "TIN", number, issuedBy=country)
    else:
        _add(party, "TIN", "NOTIN", unknown="true")


def _address(party: ET.Element, place: Place, kind: str) -> None:
    address = _add(party, "Address", legalAddressType=kind)
    _add(address, "CountryCode", place.country)
    fixed = _add(address, "AddressFix")
    for name, value in (
        ("Street", place.street),
        ("PostCode", place.postal_code),
        ("City", place.city),
        ("CountrySubentity", place.area),
    ):
        if value.strip():
            _add(fixed, name, value)


def _document(parent: ET.Element, indic: str, identifier: str) -> None:
    document = _add(parent, "DocSpec")
    for name, value in (("DocTypeIndic", indic), ("DocRefId", identifier)):
        ET.SubElement(document, f"{{{STF}}}{name}").text = value


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    given = {key: value for key, value in attributes.items() if value}
    element = ET.SubElement(parent, f"{{{DPI}}}{name}", given)
    if text:
        element.text = " ".join(_UNPRINTABLE.sub("", text).split())[:_LONGEST]
    return element
