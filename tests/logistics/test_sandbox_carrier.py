"""The sandbox carrier keeps the carriers' contract, over real HTTP, when all goes well and when it doesn't."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from logistics.providers import sandbox as provider
from logistics.providers.base import Carrier, carriers
from logistics.providers.base import carrier as configured
from logistics.providers.sandbox import SandboxCarrier
from marketplace.kernel.errors import Refused, Unavailable
from tests.logistics.conftest import Counterpart
from tests.logistics.contract import PAYLOAD, CarrierContract, order


class TestSandboxCarrier(CarrierContract):
    @pytest.fixture
    def carrier(self, sandbox: Counterpart) -> Carrier:
        return SandboxCarrier()

    @pytest.fixture
    def silence(self, settings: Any) -> None:
        settings.SANDBOX_URL = "http://127.0.0.1:9"


@pytest.fixture
def carrier(sandbox: Counterpart) -> SandboxCarrier:
    return SandboxCarrier()


def test_it_is_the_configured_carrier() -> None:
    assert list(carriers()) == ["sandbox"]
    assert configured("sandbox") is configured("sandbox")
    with pytest.raises(Unavailable):
        configured("pigeon")


def test_a_failing_carrier_is_unavailable_and_has_done_nothing(carrier: SandboxCarrier, sandbox: Counterpart) -> None:
    sandbox.faults(fail_next=1)

    with pytest.raises(Unavailable, match="503"):
        carrier.buy_label(order(), key=str(uuid4()))


def test_a_lost_answer_is_unavailable_and_the_key_finds_it_again(carrier: SandboxCarrier, sandbox: Counterpart) -> None:
    key = str(uuid4())
    sandbox.faults(drop_next=1)

    with pytest.raises(Unavailable):
        carrier.buy_label(order(), key=key)

    bought = carrier.buy_label(order(), key=key)
    assert carrier.buy_label(order(), key=key) == bought


def test_a_slow_carrier_is_not_waited_for(
    carrier: SandboxCarrier, sandbox: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "TIMEOUT", (1, 0.1))
    sandbox.faults(delay_ms=600)

    with pytest.raises(Unavailable):
        carrier.submit_declaration(PAYLOAD, key=str(uuid4()))


def test_a_wrong_key_is_for_the_operator_not_for_the_user(carrier: SandboxCarrier, settings: Any) -> None:
    settings.SANDBOX_SECRET = "wrong"

    with pytest.raises(Unavailable, match="401"):
        carrier.track("RB123456785GB")


def test_a_label_without_an_accepted_declaration_is_refused(carrier: SandboxCarrier) -> None:
    with pytest.raises(Refused) as refusal:
        carrier.buy_label(order("CD000000000000"), key=str(uuid4()))

    assert refusal.value.code == "declaration_not_accepted"
    assert "not been accepted" in str(refusal.value)


def test_a_parcel_on_its_way_is_not_taken_back(carrier: SandboxCarrier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARRIER_PACE", "0.0001")
    number = carrier.buy_label(order(), key=str(uuid4())).tracking_number

    with pytest.raises(Refused) as refusal:
        carrier.cancel(number)

    assert refusal.value.code == "already_handed_over"


@pytest.fixture
def stranger(settings: Any) -> Iterator[dict[str, Any]]:
    """A server that answers anything with what the test lays down: `status`, `body`."""
    answer: dict[str, Any] = {"status": 200, "body": b"{}"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(answer["status"])
            self.send_header("Content-Length", str(len(answer["body"])))
            self.end_headers()
            self.wfile.write(answer["body"])

        do_POST = do_GET

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        settings.SANDBOX_URL = f"http://127.0.0.1:{http.server_address[1]}"
        yield answer
        http.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Bad gateway</html>",
        b"[]",
        b"{}",
        b'{"events": [{}], "label": {"content": "*"}}',
        b'{"status": "perhaps", "reference": "1", "reason": ""}',
        b'{"events": 5, "label": null, "tracking_number": "X", "id": "1"}',
        b'{"events": [{"id": "1", "code": "PICKED_UP", "place": "", "occurred_at": "2026-11-22T10:00:00"}]}',
    ],
)
def test_an_answer_that_makes_no_sense_is_unavailable(stranger: dict[str, Any], body: bytes) -> None:
    stranger["body"] = body

    with pytest.raises(Unavailable):
        SandboxCarrier().track("RB123456785GB")
    with pytest.raises(Unavailable):
        SandboxCarrier().buy_label(order(), key="k")
    with pytest.raises(Unavailable):
        SandboxCarrier().submit_declaration(PAYLOAD, key="k")


def test_a_redirect_is_not_followed(stranger: dict[str, Any]) -> None:
    stranger["status"] = 302

    with pytest.raises(Unavailable, match="302"):
        SandboxCarrier().track("RB123456785GB")


def test_an_unknown_word_moves_nothing(stranger: dict[str, Any]) -> None:
    stranger["body"] = (
        b'{"events": [{"id": "1", "code": "TELEPORTED", "place": "", "occurred_at": "2026-11-22T10:00:00Z"}]}'
    )

    (event,) = SandboxCarrier().track("RB123456785GB")

    assert (event.code, event.description_code) == ("labelled", "other_step")
