"""VIES is asked in its own protocol: an answer is an answer, a fault is none, and nothing else is taken for either."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

import pytest
import requests

from compliance.registrations import vies
from compliance.registrations.vies import Answer, Down, ask
from demo.sandbox.server import serve

ENVELOPE = '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header/><env:Body>{}</env:Body></env:Envelope>'
# As the service answered, by what people have published of it.
VALID = ENVELOPE.format(
    '<ns2:checkVatResponse xmlns:ns2="urn:ec.europa.eu:taxud:vies:services:checkVat:types"><ns2:countryCode>BE</ns2:countryCode>'
    "<ns2:vatNumber>0428759497</ns2:vatNumber><ns2:requestDate>2026-11-28+01:00</ns2:requestDate><ns2:valid>true</ns2:valid>"
    "<ns2:name>SA  Exemple &amp; Fils</ns2:name><ns2:address>Rue 1&#10;1000 Bruxelles</ns2:address></ns2:checkVatResponse>"
)
DEFAULT_NAMESPACE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<checkVatResponse xmlns="urn:ec.europa.eu:taxud:vies:services:checkVat:types"><countryCode>BE</countryCode>'
    "<vatNumber>0428759497</vatNumber><requestDate>2026-11-28</requestDate><valid>false</valid><name>---</name>"
    "<address>---</address></checkVatResponse></soap:Body></soap:Envelope>"
)


@contextmanager
def speaks(body: str | bytes, status: int = 200) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers everything in one way; its address and what it was sent."""
    heard: list[bytes] = []
    data = body.encode() if isinstance(body, str) else body

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", heard
        server.shutdown()


@pytest.fixture
def sandbox() -> Iterator[str]:
    with serve() as url:
        yield url


def question(sandbox: str) -> str:
    return f"{sandbox}/vies/checkVatService"


def switch(sandbox: str, **faults: object) -> None:
    requests.post(f"{sandbox}/faults", json={"vies": faults}, timeout=10).raise_for_status()


# Answers ------------------------------------------------------------------------------------------------------


def test_a_valid_number_comes_with_its_name() -> None:
    with speaks(VALID) as (url, heard):
        assert ask(url, "BE0428759497") == Answer(True, "SA Exemple & Fils")

    asked = ElementTree.fromstring(heard[0])
    types = "{urn:ec.europa.eu:taxud:vies:services:checkVat:types}"
    assert [asked.findtext(f".//{types}{name}") for name in ("countryCode", "vatNumber")] == ["BE", "0428759497"]
    assert asked.find(f".//{types}checkVat") is not None


def test_an_invalid_number_is_an_answer_too_and_a_hidden_name_is_none() -> None:
    with speaks(DEFAULT_NAMESPACE) as (url, _heard):
        assert ask(url, "BE0428759497") == Answer(False)


def test_with_our_own_number_the_consultation_gets_a_reference(sandbox: str) -> None:
    answer = ask(question(sandbox), "FR40303265045", "DE136695976")

    assert answer.is_valid
    assert answer.reference.startswith("WAPIAAAA")
    assert ask(question(sandbox), "FR40303265045").reference == ""


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("DE100", Answer(True)), ("DE200", Answer(False)), ("DE201", Answer(False)),  # INVALID_INPUT
        ("DE136695976", Answer(True)), ("DE999999999", Answer(False)), ("EL094259216", Answer(True)), ("XX123456789", Answer(False)),
    ],
)  # fmt: skip
def test_the_counterpart_answers_as_the_test_service_of_the_commission(
    sandbox: str, number: str, answer: Answer
) -> None:
    assert ask(question(sandbox), number) == answer


def test_the_counterpart_shows_another_name_for_some_numbers(sandbox: str) -> None:
    assert ask(question(sandbox), "FR83404833048").name.split(" ")[1:2] == ["Trading"]


# No answer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code", "of_one_state"),
    [
        ("DE202", "INVALID_REQUESTER_INFO", False), ("DE300", "SERVICE_UNAVAILABLE", False),
        ("DE301", "MS_UNAVAILABLE", True), ("DE302", "TIMEOUT", True), ("DE400", "VAT_BLOCKED", False),
        ("DE401", "IP_BLOCKED", False), ("DE500", "GLOBAL_MAX_CONCURRENT_REQ", False),
        ("DE501", "GLOBAL_MAX_CONCURRENT_REQ_TIME", False), ("DE600", "MS_MAX_CONCURRENT_REQ", True),
        ("DE601", "MS_MAX_CONCURRENT_REQ_TIME", True),
    ],
)  # fmt: skip
def test_a_fault_is_no_answer(sandbox: str, number: str, code: str, of_one_state: bool) -> None:
    with pytest.raises(Down) as down:
        ask(question(sandbox), number)

    assert (down.value.code, down.value.is_of_one_state) == (code, of_one_state)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (VALID.replace("0428759497", "0428759498"), 200, "unreadable"),  # of another number
        (VALID.replace(">true<", ">perhaps<"), 200, "unreadable"),
        (VALID.replace("<ns2:valid>true</ns2:valid>", ""), 200, "unreadable"),
        (VALID[:-20], 200, "unreadable"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + VALID, 200, "unreadable"),
        (ENVELOPE.format(""), 200, "unreadable"),
        ("{}", 200, "unreadable"),
        ("", 200, "unreadable"),
        (b"\xff\xfe\x00", 200, "unreadable"),
        ("x" * 200_000, 200, "unreadable"),
        (VALID, 302, "status_302"),
        (VALID, 503, "status_503"),
        (VALID, 404, "status_404"),
        (ENVELOPE.format("<env:Fault><faultstring>Foo</faultstring></env:Fault>"), 500, "unknown_fault"),
        (ENVELOPE.format("<env:Fault><faultstring>MS_UNAVAILABLE</faultstring></env:Fault>"), 200, "MS_UNAVAILABLE"),
    ],
)
def test_what_is_no_whole_answer_about_the_number_is_none(body: str | bytes, status: int, code: str) -> None:
    with speaks(body, status) as (url, _heard), pytest.raises(Down) as down:
        ask(url, "BE0428759497")

    assert down.value.code == code


def test_nobody_there_is_no_answer(unused_port: int) -> None:
    with pytest.raises(Down) as down:
        ask(f"http://127.0.0.1:{unused_port}/", "BE0428759497")

    assert down.value.code == "no_answer"


def test_a_slow_service_is_no_answer(sandbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vies, "TIMEOUTS", (1, 0.3))
    switch(sandbox, delay_ms=1500)

    with pytest.raises(Down) as down:
        ask(question(sandbox), "DE136695976")

    assert down.value.code == "no_answer"


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ({"fail_next": 1}, "status_503"),
        ({"drop_next": 1}, "no_answer"),
        ({"fault_next": 1}, "MS_UNAVAILABLE"),
        ({"fault_next": 1, "fault": "GLOBAL_MAX_CONCURRENT_REQ"}, "GLOBAL_MAX_CONCURRENT_REQ"),
    ],
)
def test_the_faults_of_the_counterpart_pass(sandbox: str, faults: dict[str, object], code: str) -> None:
    switch(sandbox, **faults)

    with pytest.raises(Down) as down:
        ask(question(sandbox), "DE136695976")

    assert down.value.code == code
    assert ask(question(sandbox), "DE136695976").is_valid


@pytest.mark.parametrize(
    "url", ["http://ec.europa.eu/taxation_customs/vies/services/checkVatService", "ftp://x", "nonsense"]
)
def test_numbers_leave_this_machine_encrypted_only(url: str) -> None:
    with pytest.raises(Down) as down:
        ask(url, "DE136695976")

    assert down.value.code == "unsafe_address"


def test_what_is_asked_is_escaped() -> None:
    with speaks(VALID) as (url, heard), pytest.raises(Down):
        ask(url, "BE<&>1")

    assert b"<v:vatNumber>&lt;&amp;&gt;1</v:vatNumber>" in heard[0]
