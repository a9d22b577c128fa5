"""Answers as VIES does, the VAT Information Exchange System of the European Commission, at /vies/checkVatService.

SOAP 1.1, document/literal: `checkVat` and `checkVatApprox` as the service's own description has them. It knows every
number but those whose first digit is 9, and shows a name, a made-up one, for those whose first digit is 8. The numbers of
the Commission's test service, 100 to 601, bring the answers and faults that they bring there. Switches in the "vies"
section of the faults, beside those of every section: `fault_next` questions are answered with the fault named by `fault`
(MS_UNAVAILABLE unless one is named).
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from demo.sandbox.values import Problem, Request, Response, Route, State

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"
STATES = frozenset(
    "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split()
)  # fmt: skip
TEST_FAULTS = {
    "201": "INVALID_INPUT", "202": "INVALID_REQUESTER_INFO", "300": "SERVICE_UNAVAILABLE", "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT", "400": "VAT_BLOCKED", "401": "IP_BLOCKED", "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME", "600": "MS_MAX_CONCURRENT_REQ", "601": "MS_MAX_CONCURRENT_REQ_TIME",
}  # fmt: skip
_NUMBER = re.compile(r"[0-9A-Za-z+*.]{2,12}")
_DIGIT = re.compile(r"\d")
_MADE_UP = ("Harbour", "Lantern", "Willow", "Tideway", "Copper", "Juniper")


def routes() -> list[Route]:
    """The one address of the service."""
    return [("POST", "/vies/checkVatService", _check)]


def _check(request: Request) -> Response:
    operation, fields = _question(request.body)
    number = fields.get("vatNumber", "")
    fault = _switched(request.state) or TEST_FAULTS.get(number, "")
    if not fault and (fields.get("countryCode") not in STATES or not _NUMBER.fullmatch(number)):
        fault = "INVALID_INPUT"
    if fault:
        inner = f"<env:Fault><faultcode>env:Server</faultcode><faultstring>{escape(fault)}</faultstring></env:Fault>"
        return _envelope(inner, 500)
    return _envelope(_answer(operation, fields))


def _question(body: bytes) -> tuple[str, dict[str, str]]:
    """The operation that is asked for and its fields. Raises `Problem` 400."""
    if b"<!DOCTYPE" in body:
        raise Problem(400, "malformed_envelope", "The body declares a document type.")
    try:
        found = ElementTree.fromstring(body).find(f"{{{SOAP}}}Body")  # noqa: S314 - no document type, so no entities
    except ElementTree.ParseError:
        found = None
    question = found[0] if found is not None and len(found) else None
    operation = "" if question is None else question.tag.removeprefix(f"{{{TYPES}}}")
    if question is None or operation not in ("checkVat", "checkVatApprox"):
        raise Problem(400, "malformed_envelope", "The body is no envelope with checkVat or checkVatApprox.")
    return operation, {each.tag.removeprefix(f"{{{TYPES}}}"): (each.text or "").strip() for each in question}


def _answer(operation: str, fields: dict[str, str]) -> str:
    country, number = fields["countryCode"], fields["vatNumber"]
    is_valid = number == "100" or (number != "200" and _first_digit(number) != "9")
    name = _name(country + number) if is_valid and _first_digit(number) == "8" else "---"
    said = {
        "countryCode": country,
        "vatNumber": number,
        "requestDate": f"{datetime.now(UTC):%Y-%m-%d}+01:00",
        "valid": str(is_valid).lower(),
    }
    if operation == "checkVatApprox":
        has_requester = bool(fields.get("requesterVatNumber"))
        said |= {"traderName": name, "traderCompanyType": "---", "traderAddress": "---"}
        said["requestIdentifier"] = _consultation(country + number) if has_requester and is_valid else ""
    else:
        said |= {"name": name, "address": "---"}
    inner = "".join(f"<ns2:{key}>{escape(value)}</ns2:{key}>" for key, value in said.items())
    return f'<ns2:{operation}Response xmlns:ns2="{TYPES}">{inner}</ns2:{operation}Response>'


def _first_digit(number: str) -> str:
    found = _DIGIT.search(number)
    return found.group() if found else ""


def _name(number: str) -> str:
    place = hashlib.sha256(number.encode()).digest()[0]
    return f"{_MADE_UP[place % len(_MADE_UP)]} Trading {place}"


def _consultation(number: str) -> str:
    return "WAPIAAAA" + hashlib.sha256(f"{number}{datetime.now(UTC)}".encode()).hexdigest()[:8].upper()


def _envelope(inner: str, status: int = 200) -> Response:
    body = f'<env:Envelope xmlns:env="{SOAP}"><env:Header/><env:Body>{inner}</env:Body></env:Envelope>'
    return Response(status, body, "text/xml")


def _switched(state: State) -> str:
    """The fault that is switched on, counted down; "" for none."""
    with state.transaction():
        faults = state.get("faults", "vies") or {}
        count = faults.get("fault_next", 0)
        if not isinstance(count, int) or count < 1:
            return ""
        state.put("faults", "vies", faults | {"fault_next": count - 1})
    return str(faults.get("fault") or "MS_UNAVAILABLE")
