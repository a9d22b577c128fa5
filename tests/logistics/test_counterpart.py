"""The sandbox carrier itself: numbers with a check digit, labels that are PDF, parcels that survive a kill."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.sandbox import carrier, label
from demo.sandbox.values import DEVELOPMENT_SECRET
from tests.logistics.conftest import RECIPIENT, SENDER, Counterpart
from tests.logistics.contract import PAYLOAD

ROOT = Path(__file__).parents[2]


def parcel(**changes: Any) -> dict[str, Any]:
    """What the carrier needs for a label."""
    return {
        "reference": "S-1",
        "service": "air",
        "sender": SENDER.as_dict(),
        "recipient": RECIPIENT.as_dict(),
        "weight_grams": 180,
        "declaration": "",
    } | changes


def sell(sandbox: Counterpart, key: str, **changes: Any) -> requests.Response:
    return sandbox.call("POST", "/carrier/shipments", json=parcel(**changes), headers={"Idempotency-Key": key})


# Real numbers of the standard S10, and the two remainders that have a rule of their own.
@pytest.mark.parametrize(
    ("kind", "serial", "country", "number"),
    [
        ("RB", 12345678, "GB", "RB123456785GB"),
        ("RB", 12345678, "US", "RB123456785US"),
        ("CP", 1, "CN", "CP000000014CN"),
        ("CP", 0, "CN", "CP000000005CN"),
        ("CP", 60_000, "CN", "CP000600000CN"),
    ],
)
def test_tracking_numbers_have_the_check_digit_of_s10(kind: str, serial: int, country: str, number: str) -> None:
    assert carrier.s10(kind, serial, country) == number


def test_the_barcode_is_code_128() -> None:
    widths = label.code128("RB123456785GB")

    assert widths.startswith("211214") and widths.endswith("2331112")
    assert sum(map(int, widths)) == 11 * (1 + 13 + 1) + 13  # start, signs, check, stop
    assert len(set(label._WIDTHS)) == 107


def test_the_label_shows_both_addresses(sandbox: Counterpart) -> None:
    sold = sell(sandbox, "k1").json()

    content = base64.b64decode(sold["label"]["content"])
    assert content.startswith(b"%PDF-1.4") and content.endswith(b"%%EOF\n")
    for text in ("Shenzhen Lumen Ltd", "Jürgen Groß", "50667 Köln", "Ref S-1"):
        assert text.encode("cp1252") in content
    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert content[start:].startswith(b"xref")


def test_an_address_in_other_letters_does_not_break_the_label() -> None:
    written = label.draw(
        "CP123456785CN", "air", "S-1 (a\\b)", {"name": "深圳光", "country_code": "CN"}, {"name": "Łódź", "city": "محمد"}
    )

    assert b"Ref S-1 \\(a\\\\b\\)" in written
    assert b"(\xf3dz)" in written


def test_the_number_tells_the_service_and_the_country(sandbox: Counterpart) -> None:
    for service, kind in (("post-economy", "LX"), ("air-express", "EE"), ("air-standard", "CP")):
        number = sell(sandbox, service, service=service).json()["tracking_number"]
        assert (number[:2], number[-2:]) == (kind, "CN")
        assert carrier.s10(number[:2], int(number[2:10]), "CN") == number


def test_the_same_key_with_another_body_is_a_conflict(sandbox: Counterpart) -> None:
    first = sell(sandbox, "k1")

    assert sell(sandbox, "k1").json() == first.json()
    conflict = sell(sandbox, "k1", weight_grams=181)
    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipient": {}}, "address_incomplete"),
        ({"sender": None}, "address_incomplete"),
        ({"weight_grams": 0}, "weight_out_of_range"),
        ({"weight_grams": 30_001}, "weight_out_of_range"),
        ({"weight_grams": "180"}, "weight_out_of_range"),
        ({"declaration": "CD1"}, "declaration_not_accepted"),
    ],
)
def test_what_cannot_be_carried_is_refused_and_the_key_stays_free(
    sandbox: Counterpart, changes: dict[str, Any], code: str
) -> None:
    refused = sell(sandbox, "k1", **changes)

    assert (refused.status_code, refused.json()["error"]["code"]) == (422, code)
    assert sell(sandbox, "k1").status_code == 201


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"description": " "}, "description_missing"),
        ({"description": "Gift "}, "description_rejected"),
        ({"quantity": 0}, "quantity_missing"),
        ({"value": None}, "value_missing"),
        ({"hs_code": ""}, ""),
    ],
)
def test_customs_read_every_line(sandbox: Counterpart, line: dict[str, Any], reason: str) -> None:
    payload = PAYLOAD | {"lines": [PAYLOAD["lines"][0], PAYLOAD["lines"][0] | line]}

    answer = sandbox.call("POST", "/carrier/declarations", json=payload, headers={"Idempotency-Key": "k"}).json()

    assert (answer["status"], answer["reason"]) == ("rejected" if reason else "accepted", reason)


def test_nobody_gets_in_without_the_key(sandbox: Counterpart) -> None:
    for method, path in [
        ("POST", "/carrier/declarations"),
        ("POST", "/carrier/shipments"),
        ("GET", "/carrier/shipments/RB123456785GB/events"),
        ("DELETE", "/carrier/shipments/RB123456785GB"),
    ]:
        assert requests.request(method, sandbox.url + path, json={}, timeout=5).status_code == 401
    assert (
        sandbox.call("POST", "/carrier/shipments", json=parcel()).json()["error"]["code"] == "idempotency_key_missing"
    )


@pytest.mark.parametrize(
    ("to", "customs", "codes"),
    [
        ("CN", False, ["ARRIVED_AT_DEPOT"]),
        ("DE", False, ["ARRIVED_IN_COUNTRY"]),
        ("DE", True, ["ARRIVED_IN_COUNTRY", "PRESENTED_TO_CUSTOMS", "CLEARED_CUSTOMS"]),
    ],
)
def test_a_parcel_moves_by_one_step_at_a_time(to: str, customs: bool, codes: list[str]) -> None:
    document = {
        "from": "Shenzhen, CN", "to": f"Somewhere, {to}", "countries": ["CN", to], "customs": customs,
        "held": False, "created": 1000.0, "pace": 10.0, "cancelled": None,
    }  # fmt: skip
    whole = ["LABEL_CREATED", "PICKED_UP", "DEPARTED_ORIGIN", *codes, "OUT_FOR_DELIVERY", "DELIVERED"]

    seen: list[list[dict[str, Any]]] = [
        carrier._journey("CP000000014CN", document, 1000.0 + 10 * step + 3) for step in range(len(whole))
    ]

    assert [[event["code"] for event in events] for events in seen] == [whole[: step + 1] for step in range(len(whole))]
    for earlier, later in pairwise(seen):
        assert later[: len(earlier)] == earlier
    moments = [event["occurred_at"] for event in seen[-1]]
    assert moments == sorted(moments)
    assert seen == [carrier._journey("CP000000014CN", document, 1000.0 + 10 * step + 3) for step in range(len(whole))]


@pytest.fixture
def start(tmp_path: Path, unused_port: int) -> Iterator[Any]:
    """Starts the sandbox as a process of its own on one state file; what is left is ended."""
    started: list[subprocess.Popen[bytes]] = []
    command = [sys.executable, "-m", "demo.sandbox", "--port", str(unused_port)]
    command += ["--state", str(tmp_path / "state.sqlite3"), "--secret", DEVELOPMENT_SECRET]

    def run() -> tuple[subprocess.Popen[bytes], Counterpart]:
        environment = os.environ | {"CARRIER_PACE": "0.2"}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        started.append(process)
        sandbox = Counterpart(f"http://127.0.0.1:{unused_port}")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{sandbox.url}/healthz", timeout=1).ok:
                    return process, sandbox
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("the sandbox did not start")

    yield run
    for process in started:
        process.kill()
        process.wait()


def test_parcels_survive_a_kill_and_move_on_meanwhile(start: Any) -> None:
    process, sandbox = start()
    sold = sell(sandbox, "k1").json()
    path = f"/carrier/shipments/{sold['tracking_number']}/events"
    before = sandbox.call("GET", path).json()["events"]

    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(1.4)
    _process, sandbox = start()

    after = sandbox.call("GET", path).json()
    assert after["events"][: len(before)] == before
    assert after["status"] == "DELIVERED"
    assert sell(sandbox, "k1").json() == sold
