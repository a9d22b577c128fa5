"""Fetches the reference rates of the European Central Bank and reads the format in which they are published.

The address of the settings (ECB_RATES_URL) is a folder with two files: `eurofxref-daily.xml`, the rates of the latest
day, and `eurofxref-hist-90d.xml`, those of the last ninety days. Both are a gesmes:Envelope that names its sender.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urljoin, urlsplit
from xml.parsers import expat

import requests
import urllib3

from marketplace.kernel import answers
from marketplace.kernel.errors import Refused, Unavailable
from payments.rates import BASE, ECB, MADE_UP, RateFact

DAILY, HISTORY = "eurofxref-daily.xml", "eurofxref-hist-90d.xml"
SENDERS = {"European Central Bank": ECB, MADE_UP: MADE_UP}
TIMEOUTS = (4, 10)  # seconds to connect, and between two pieces of an answer
MOST_SECONDS = 30.0
MOST_BYTES = 2_000_000  # ninety days are about 100 kB
MOST_HOPS = 3
_GESMES, _ECB = "http://www.gesmes.org/xml/2002-08-01", "http://www.ecb.int/vocabulary/2002-08-01/eurofxref"
_CURRENCY = re.compile(r"[A-Z]{3}")
_LARGEST_RATE, _FINEST_RATE = Decimal(10) ** 9, Decimal("1E-10")  # what the column takes


@dataclass(frozen=True, slots=True)
class Published:
    """What a file holds: rates of one source, at least one."""

    source: str
    facts: tuple[RateFact, ...]

    @property
    def newest_on(self) -> date:
        """The latest day of the file."""
        return max(fact.on for fact in self.facts)


# Fetching -------------------------------------------------------------------------------------------------------


def fetch(folder: str, name: str, today: date) -> Published:
    """The rates in the file `name` of the folder. Raises what `download` and `read` raise."""
    return read(download(urljoin(folder.rstrip("/") + "/", name)), today)


def download(url: str) -> bytes:
    """The content behind an address: https, or http on this machine.

    Follows three redirects at most, which may not lead from elsewhere to this machine or out of https. Raises
    `Unavailable` when nobody answers in time, `Refused`: unsafe_address, rates_too_large.
    """
    deadline = time.monotonic() + MOST_SECONDS
    is_local = _is_loopback(url)
    with requests.Session() as session:
        session.trust_env = not is_local  # a proxy stands between us and the world, not between us and ourselves
        for _hop in range(MOST_HOPS + 1):
            _require_safe(url, is_local=is_local)
            try:
                answer = session.get(
                    url, timeout=TIMEOUTS, stream=True, allow_redirects=False, headers={"Accept-Encoding": "identity"}
                )
                with answer:
                    if answer.is_redirect:
                        url = urljoin(url, answer.headers["Location"])
                        continue
                    if answer.status_code != 200:
                        raise Unavailable(f"The source of the rates answered with status {answer.status_code}.")
                    return answers.content_of(answer, most_bytes=MOST_BYTES, deadline=deadline)
            except answers.TooLarge as error:
                raise Refused("rates_too_large", "The answer is too large to be a file of rates.") from error
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                raise Unavailable(f"The source of the rates does not answer: {type(error).__name__}.") from error
    raise Unavailable("The address of the rates leads in circles.")


def _require_safe(url: str, *, is_local: bool) -> None:
    scheme = urlsplit(url).scheme
    if _is_loopback(url) and is_local and scheme in {"http", "https"}:
        return
    if scheme != "https" or _is_loopback(url):
        raise Refused("unsafe_address", f"Rates are fetched over https, not from {url[:200]}.")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# Reading --------------------------------------------------------------------------------------------------------


def read(content: bytes, today: date) -> Published:
    """The rates of a gesmes:Envelope, all of them sound.

    No document type, so no entities, and nothing is ever loaded from elsewhere. Raises `Refused("unreadable_rates")`
    for anything that is not a whole file of rates up to `today`, and `Refused("unknown_sender")`.
    """
    reader = _Reader(today)
    try:
        reader.parse(content)
    except (expat.ExpatError, ValueError, InvalidOperation) as error:
        raise Refused("unreadable_rates", f"This is not a file of reference rates: {error}.") from error
    sender = " ".join(reader.sender.split())
    if sender not in SENDERS:
        raise Refused("unknown_sender", f"Rates of an unknown sender: {sender[:100]!r}.")
    source = SENDERS[sender]
    return Published(source, tuple(RateFact(source, BASE, *key, rate) for key, rate in reader.rates.items()))


class _Reader:
    """Takes the elements of an envelope as the parser meets them. Raises ValueError at what does not belong there."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.sender = ""
        self.rates: dict[tuple[str, date], Decimal] = {}
        self._path: list[str] = []
        self._on: date | None = None

    def parse(self, content: bytes) -> None:
        """Reads all of the content."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)
        if not self.rates:
            raise ValueError("there are no rates in it")

    def _doctype(self, name: str, *_declared: object) -> None:
        raise ValueError("it declares a document type")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if len(self._path) == 1 and name != f"{_GESMES}}}Envelope":
            raise ValueError("it is no gesmes:Envelope")
        if name != f"{_ECB}}}Cube":
            return
        if "time" in attributes:
            self._on = date.fromisoformat(attributes["time"])
            if self._on > self.today:
                raise ValueError(f"{self._on} is yet to come")
        elif "currency" in attributes or "rate" in attributes:
            self._keep(attributes.get("currency", ""), attributes.get("rate", ""))

    def _keep(self, currency: str, text: str) -> None:
        if self._on is None:
            raise ValueError(f"the rate of {currency[:10]!r} has no day")
        rate, key = Decimal(text), (currency, self._on)
        if not _CURRENCY.fullmatch(currency) or currency == BASE or key in self.rates:
            raise ValueError(f"{currency[:10]!r} on {self._on} is not expected")
        if not rate.is_finite() or not 0 < rate < _LARGEST_RATE or rate % _FINEST_RATE:
            raise ValueError(f"{currency} on {self._on} has no rate")
        self.rates[key] = rate

    def _end(self, name: str) -> None:
        self._path.pop()

    def _text(self, text: str) -> None:
        if self._path[-2:] == [f"{_GESMES}}}Sender", f"{_GESMES}}}name"]:
            self.sender += text
