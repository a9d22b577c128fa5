"""Asks VIES, the VAT Information Exchange System of the European Commission, whether a VAT number is valid.

Its SOAP service, `checkVatService`: one POST of an envelope with `checkVat`, or with `checkVatApprox` when we name our own
VAT number, for which VIES gives a number of the consultation as evidence. A fault is no answer: it says that a member
state or the service itself could not be asked, and only INVALID_INPUT says something of the number. Why SOAP and why by
hand: docs/decisions/0019.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

import requests
import urllib3
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from marketplace.kernel import answers
from marketplace.kernel.errors import Unavailable

TIMEOUTS: Final = (4, 20)  # seconds to connect, and between two pieces of an answer
MOST_SECONDS: Final = 40.0
MOST_BYTES: Final = 100_000
NOT_SHOWN: Final = "---"  # what stands for a name that a member state does not show

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES: Final = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"

INVALID_INPUT: Final = "INVALID_INPUT"
OF_ONE_STATE: Final = frozenset({"MS_UNAVAILABLE", "TIMEOUT", "MS_MAX_CONCURRENT_REQ", "MS_MAX_CONCURRENT_REQ_TIME"})
OF_ALL: Final = frozenset(
    {"SERVICE_UNAVAILABLE", "SERVER_BUSY", "GLOBAL_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ_TIME"}
)
OF_OURS: Final = frozenset({"VAT_BLOCKED", "IP_BLOCKED", "INVALID_REQUESTER_INFO"})
FAULTS: Final = frozenset({INVALID_INPUT, *OF_ONE_STATE, *OF_ALL, *OF_OURS})
"""Every fault that the service documents. Those of `OF_OURS` have to be settled with the Commission by an operator."""


class Down(Unavailable):
    """Nobody could say whether the number is valid. `code` is a fault of VIES, or a word of ours in small letters."""

    def __init__(self, code: str) -> None:
        super().__init__(f"VIES gave no answer: {code}.")
        self.code = code

    @property
    def is_of_one_state(self) -> bool:
        """Whether other member states may still answer."""
        return self.code in OF_ONE_STATE


@dataclass(frozen=True, slots=True)
class Answer:
    """What VIES says of a number. `name` is that in the register, `reference` the number of the consultation; "" for none."""

    is_valid: bool
    name: str = ""
    reference: str = ""


def ask(url: str, number: str, requester: str = "") -> Answer:
    """Whether the VAT number, with its prefix, is valid. `requester` is our own number, "" for none. Raises `Down`.

    Never call it inside a transaction.
    """
    sent = _envelope(number, requester)
    return _read(_post(url, sent), number)


def _envelope(number: str, requester: str) -> bytes:
    fields = {"countryCode": number[:2], "vatNumber": number[2:]}
    operation = "checkVat"
    if requester:
        operation = "checkVatApprox"
        fields |= {"requesterCountryCode": requester[:2], "requesterVatNumber": requester[2:]}
    inner = "".join(f"<v:{name}>{escape(value)}</v:{name}>" for name, value in fields.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{SOAP}" xmlns:v="{TYPES}"><s:Header/>'
        f"<s:Body><v:{operation}>{inner}</v:{operation}></s:Body></s:Envelope>"
    ).encode()


# The network --------------------------------------------------------------------------------------------------


def _post(url: str, content: bytes) -> bytes:
    """The body of the answer: over https, or http to this machine. Raises `Down`."""
    is_local = _is_loopback(url)
    if not is_local and urlsplit(url).scheme != "https":
        raise Down("unsafe_address")
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Accept-Encoding": "identity"}
    deadline = time.monotonic() + MOST_SECONDS
    with requests.Session() as session:
        session.trust_env = not is_local  # a proxy stands between us and the world, not between us and ourselves
        try:
            answer = session.post(
                url, data=content, headers=headers, timeout=TIMEOUTS, stream=True, allow_redirects=False
            )
            with answer:
                # A fault comes with status 500, or with 200.
                if answer.status_code not in (200, 500):
                    raise Down(f"status_{answer.status_code}")
                return _content(answer, deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Down("no_answer") from error


def _content(answer: requests.Response, deadline: float) -> bytes:
    try:
        return answers.content_of(answer, most_bytes=MOST_BYTES, deadline=deadline)
    except (answers.TooLarge, Unavailable) as error:
        raise Down("unreadable") from error


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# Reading ------------------------------------------------------------------------------------------------------


def _read(content: bytes, number: str) -> Answer:
    """The answer about a number. Nothing is taken from an envelope that is not whole or speaks of another number."""
    body = _body(content)
    fault = body.find(f"{{{SOAP}}}Fault")
    if fault is not None:
        return _faulted((fault.findtext("faultstring") or "").strip())
    for operation in ("checkVatResponse", "checkVatApproxResponse"):
        found = body.find(f"{{{TYPES}}}{operation}")
        if found is not None:
            return _answered(_texts(found), number)
    raise Down("unreadable")


def _body(content: bytes) -> Element:
    try:
        envelope = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Down("unreadable") from error
    body = envelope.find(f"{{{SOAP}}}Body") if envelope.tag == f"{{{SOAP}}}Envelope" else None
    if body is None:
        raise Down("unreadable")
    return body  # type: ignore[no-any-return]


def _texts(element: Element) -> Mapping[str, str]:
    return {each.tag.removeprefix(f"{{{TYPES}}}"): (each.text or "").strip() for each in element}


def _faulted(code: str) -> Answer:
    if code == INVALID_INPUT:
        return Answer(is_valid=False)
    raise Down(code if code in FAULTS else "unknown_fault")


def _answered(texts: Mapping[str, str], number: str) -> Answer:
    if texts.get("countryCode", "") + texts.get("vatNumber", "") != number:
        raise Down("unreadable")
    is_valid = {"true": True, "1": True, "false": False, "0": False}.get(texts.get("valid", ""))
    if is_valid is None:
        raise Down("unreadable")
    name = " ".join((texts.get("name") or texts.get("traderName") or "").split())
    return Answer(is_valid, "" if name == NOT_SHOWN else name[:200], texts.get("requestIdentifier", "")[:80])
