"""The rates of the ECB over the wire: the real format is read, and nothing else gets in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from marketplace.kernel.errors import Refused, Unavailable
from payments import ecb, rates
from payments.rates import RateFact
from tests.payments.rate_server import Answer, RateServer, dripping, envelope, rate_server, says, status

FRIDAY, THURSDAY = date(2026, 10, 30), date(2026, 10, 29)
# eurofxref-daily.xml as the ECB lays it out, with its line ends, tabs and apostrophes.
AS_PUBLISHED = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
\t\t<Cube time='2026-10-30'>
\t\t\t<Cube currency='USD' rate='1.1172'/>
\t\t\t<Cube currency='JPY' rate='175.68'/>
\t\t\t<Cube currency='GBP' rate='0.83380'/>
\t\t</Cube>
\t</Cube>
</gesmes:Envelope>
"""
BOMB = (
    '<!DOCTYPE lolz [<!ENTITY a "0123456789">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTWARD = '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.fixture
def server() -> Iterator[RateServer]:
    with rate_server() as running:
        yield running


def fetch(server: RateServer, today: date = FRIDAY) -> ecb.Published:
    return ecb.fetch(server.url, ecb.DAILY, today)


# The format -----------------------------------------------------------------------------------------------------


def test_the_daily_file_is_read_as_it_is_published(server: RateServer) -> None:
    server.serve(daily=AS_PUBLISHED)

    published = fetch(server)

    assert published.source == rates.ECB
    assert published.newest_on == FRIDAY
    assert published.facts == tuple(
        RateFact(rates.ECB, "EUR", code, FRIDAY, Decimal(rate))
        for code, rate in (("USD", "1.1172"), ("JPY", "175.68"), ("GBP", "0.83380"))
    )


def test_the_file_of_ninety_days_holds_many_days(server: RateServer) -> None:
    server.serve(history=envelope({FRIDAY: {"USD": "1.1172"}, THURSDAY: {"USD": "1.113", "JPY": "175.92"}}))

    published = ecb.fetch(server.url.rstrip("/"), ecb.HISTORY, FRIDAY)

    assert [(fact.on, fact.quote, str(fact.rate)) for fact in published.facts] == [
        (FRIDAY, "USD", "1.1172"), (THURSDAY, "USD", "1.113"), (THURSDAY, "JPY", "175.92"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no element found"),
        (AS_PUBLISHED[:-120], "no element found"),
        (b'{"USD": 1.1}', "not well-formed"),
        (b"<!doctype html><html><body>Sorry</body></html>", ""),
        (b"<html><body>Sorry</body></html>", "no gesmes:Envelope"),
        (envelope({}), "no rates"),
        (envelope({FRIDAY: {}}), "no rates"),
        (envelope({date(2026, 10, 31): {"USD": "1.1"}}), "yet to come"),
        (envelope({FRIDAY: {"USD": "dear"}}), "not a file of reference rates"),
        (envelope({FRIDAY: {"USD": "0"}}), "has no rate"),
        (envelope({FRIDAY: {"USD": "-1.1"}}), "has no rate"),
        (envelope({FRIDAY: {"USD": "NaN"}}), "has no rate"),
        (envelope({FRIDAY: {"USD": "Infinity"}}), "has no rate"),
        (envelope({FRIDAY: {"USD": "1E+12"}}), "has no rate"),
        (envelope({FRIDAY: {"USD": "0.00000000001"}}), "has no rate"),
        (envelope({FRIDAY: {"US$": "1.1"}}), "is not expected"),
        (envelope({FRIDAY: {"EUR": "1"}}), "is not expected"),
        (AS_PUBLISHED.replace(b"'JPY'", b"'USD'"), "is not expected"),
        (AS_PUBLISHED.replace(b"time='2026-10-30'", b""), "has no day"),
        (AS_PUBLISHED.replace(b"2026-10-30", b"30 October"), "not a file of reference rates"),
        (envelope({FRIDAY: {"USD": "1.1"}}, before=BOMB), "declares a document type"),
        (envelope({FRIDAY: {"USD": "1.1"}}, before=OUTWARD), "declares a document type"),
        (envelope({FRIDAY: {"USD": "1.1"}}, before="<!DOCTYPE x>").decode().encode("utf-16"), ""),
    ],
)
def test_what_is_no_sound_file_of_rates_is_refused_as_a_whole(content: bytes, why: str) -> None:
    with pytest.raises(Refused) as refusal:
        ecb.read(content, FRIDAY)

    assert refusal.value.code == "unreadable_rates"
    assert why in str(refusal.value)


def test_rates_of_an_unknown_sender_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        ecb.read(envelope({FRIDAY: {"USD": "1.1"}}, sender="European Central Bink"), FRIDAY)

    assert refusal.value.code == "unknown_sender"


# The wire -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(503), "status 503"),
        (status(404), "status 404"),
        (status(304), "status 304"),
        (says(AS_PUBLISHED, promised=len(AS_PUBLISHED) + 100), "broke off|does not answer"),
        (status(302, Location="/ecb/eurofxref-daily.xml"), "leads in circles"),
    ],
)
def test_an_answer_that_does_not_come_whole_may_come_later(server: RateServer, answer: Answer, why: str) -> None:
    server.serve(daily=answer)

    with pytest.raises(Unavailable, match=why):
        fetch(server)


def test_a_slow_source_is_not_waited_for(server: RateServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecb, "TIMEOUTS", (1, 0.2))
    server.serve(daily=dripping(AS_PUBLISHED, 0.6))

    with pytest.raises(Unavailable, match="does not answer"):
        fetch(server)


def test_a_source_that_drips_is_not_waited_for(server: RateServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecb, "MOST_SECONDS", 0.3)
    server.serve(daily=dripping(AS_PUBLISHED, 0.02))

    with pytest.raises(Unavailable, match="too slowly"):
        fetch(server)


def test_nobody_at_the_address_is_unavailable(unused_port: int) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        ecb.download(f"http://127.0.0.1:{unused_port}/ecb/eurofxref-daily.xml")


def test_a_huge_answer_is_given_up_early(server: RateServer) -> None:
    server.serve(daily=AS_PUBLISHED + b" " * (ecb.MOST_BYTES + 1))

    with pytest.raises(Refused) as refusal:
        fetch(server)

    assert refusal.value.code == "rates_too_large"


def test_a_redirect_is_followed_on_this_machine(server: RateServer) -> None:
    server.serve(daily=status(301, Location="/elsewhere.xml"))
    server.answers["/elsewhere.xml"] = says(AS_PUBLISHED)

    assert fetch(server).newest_on == FRIDAY
    assert server.asked == ["/ecb/eurofxref-daily.xml", "/elsewhere.xml"]


@pytest.mark.parametrize(
    "target", ["http://www.ecb.europa.eu/x.xml", "ftp://127.0.0.1/x.xml", "file:///etc/passwd", "http://10.0.0.1/"]
)
def test_a_redirect_may_not_leave_for_an_unsafe_address(server: RateServer, target: str) -> None:
    server.serve(daily=status(302, Location=target))

    with pytest.raises(Refused) as refusal:
        fetch(server)

    assert refusal.value.code == "unsafe_address"


@pytest.mark.parametrize("url", ["http://www.ecb.europa.eu/x.xml", "ftp://localhost/x", "/etc/passwd", ""])
def test_rates_are_asked_for_over_https_unless_on_this_machine(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        ecb.download(url)

    assert refusal.value.code == "unsafe_address"


def test_a_public_address_may_not_lead_to_this_machine() -> None:
    with pytest.raises(Refused):
        ecb._require_safe("https://localhost/x.xml", is_local=False)
    ecb._require_safe("https://www.ecb.europa.eu/x.xml", is_local=False)
