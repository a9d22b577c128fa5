"""The test payment provider itself: its page, its webhooks, its memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.sandbox import page
from demo.sandbox.values import DEVELOPMENT_SECRET
from tests.payments.mailbox import Mailbox

KEY = {"Authorization": f"Bearer {DEVELOPMENT_SECRET}"}
RETURN, CANCEL = "http://shop.test:8000/return?order=1", "http://other.test/cancel"


def open_session(url: str, key: str = "k1", **terms: Any) -> dict[str, Any]:
    body = {
        "amount": {"value": "1299.90", "currency": "EUR"},
        "reference": "SP-0001",
        "return_url": RETURN,
        "cancel_url": CANCEL,
    } | terms
    answer = requests.post(url + "/psp/sessions", json=body, headers=KEY | {"Idempotency-Key": key}, timeout=5)
    answer.raise_for_status()
    return dict(answer.json())


def press(session: dict[str, Any], button: str, **form: str) -> requests.Response:
    return requests.post(f"{session['url']}/{button}", data=form, allow_redirects=False, timeout=5)


def status_of(url: str, session: dict[str, Any]) -> str:
    return str(requests.get(f"{url}/psp/sessions/{session['id']}", headers=KEY, timeout=5).json()["status"])


def faults(url: str, **switches: Any) -> None:
    requests.post(url + "/faults", json={"psp": switches}, timeout=5).raise_for_status()


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ar", "de", "fr", "es"])
def test_the_page_speaks_the_shoppers_language(sandbox: str, language: str) -> None:
    session = open_session(
        sandbox, language=language, lines=[{"description": "<b>", "amount": {"value": "0", "currency": "EUR"}}]
    )

    answer = requests.get(session["url"], timeout=5)

    html = answer.text
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html
    assert page._TEXTS[language]["test"].replace("’", "’") in html.replace("&#x27;", "'")
    for button in ("approve", "decline", "challenge", "abandon", "amount"):
        assert f'data-testid="pay-{button}"' in html
    assert "<script" not in html
    assert "style=" not in html
    assert "&lt;b&gt;" in html
    assert 'name="' not in html.split("<body")[1]  # nothing typed is ever sent


def test_the_texts_differ_between_languages_and_keep_their_placeholders() -> None:
    for key in page._KEYS:
        texts = [texts[key] for texts in page._TEXTS.values()]
        assert all(texts)
        assert len({text.count("{") for text in texts}) == 1
    for language, texts in page._TEXTS.items():
        same = [key for key in page._KEYS if texts[key] == page._TEXTS["en"][key]]
        assert language == "en" or not same


def test_the_policy_allows_nothing_but_the_style_sheet_and_the_way_back(sandbox: str) -> None:
    session = open_session(sandbox)

    policy = requests.get(session["url"], timeout=5).headers["Content-Security-Policy"]

    assert policy == (
        "default-src 'none'; style-src 'self'; form-action 'self' http://other.test http://shop.test:8000;"
        " base-uri 'none'; frame-ancestors 'none'"
    )


def test_an_address_without_a_session_is_a_page_for_people(sandbox: str) -> None:
    answer = requests.get(sandbox + "/psp/pay/ses_none", headers={"Accept-Language": "de-AT,en"}, timeout=5)

    assert answer.status_code == 404
    assert "Diese Zahlung gibt es nicht." in answer.text


@pytest.mark.parametrize(("button", "status"), [("approve", "paid"), ("decline", "failed")])
def test_a_decision_leads_back_to_the_shop_and_is_final(sandbox: str, button: str, status: str) -> None:
    session = open_session(sandbox)

    answer = press(session, button)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{RETURN}&session={session['id']}")
    for later in ("approve", "decline", "abandon", "challenge", "confirm"):
        assert press(session, later).status_code == 303
    assert status_of(sandbox, session) == status
    assert 'data-testid="pay-return"' in requests.get(session["url"], timeout=5).text


def test_abandoning_leaves_the_session_open(sandbox: str) -> None:
    session = open_session(sandbox)

    assert press(session, "abandon").headers["Location"] == f"{CANCEL}?session={session['id']}"

    assert status_of(sandbox, session) == "open"
    press(session, "approve")
    assert status_of(sandbox, session) == "paid"


def shown_code(session: dict[str, Any]) -> str:
    html = requests.get(session["url"] + "/challenge", timeout=5).text
    return html.split('data-testid="pay-code-shown"><bdi dir="ltr">')[1][:6]


def test_the_challenge_takes_the_code_that_it_shows(sandbox: str) -> None:
    session = open_session(sandbox)
    press(session, "challenge")
    code = shown_code(session)

    assert press(session, "confirm", code="wrong").status_code == 422
    assert status_of(sandbox, session) == "open"
    assert press(session, "confirm", code=code).status_code == 303

    assert status_of(sandbox, session) == "paid"


def test_three_wrong_codes_end_the_payment(sandbox: str) -> None:
    session = open_session(sandbox)
    press(session, "challenge")

    answers = [press(session, "confirm", code="").status_code for _ in range(3)]

    assert answers == [422, 422, 303]
    assert status_of(sandbox, session) == "failed"


def test_nobody_pays_by_guessing_a_code_that_was_never_asked_for(sandbox: str) -> None:
    session = open_session(sandbox)

    press(session, "confirm", code="")

    assert status_of(sandbox, session) == "open"


def test_a_session_expires(sandbox: str, mailbox: Mailbox) -> None:
    session = open_session(sandbox, expires_at=time.time() + 0.4, webhook_url=mailbox.url)
    time.sleep(0.5)

    press(session, "approve")

    assert status_of(sandbox, session) == "expired"
    assert b"payment.expired" in mailbox.take()[1]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"amount": {"value": "0", "currency": "EUR"}}, "bad_amount"),
        ({"amount": {"value": "1e3", "currency": "EUR"}}, "bad_amount"),
        ({"amount": "12"}, "bad_amount"),
        ({"return_url": "javascript:alert(1)"}, "bad_return_url"),
        ({"return_url": "http://shop.test/\r\nSet-Cookie: a=b"}, "bad_return_url"),
        ({"cancel_url": "http://shop.test;script-src/"}, "bad_cancel_url"),
        ({"reference": ""}, "bad_reference"),
        ({"expires_at": 5}, "bad_expires_at"),
        ({"lines": [5]}, "bad_lines"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(sandbox: str, terms: dict[str, Any], code: str) -> None:
    with pytest.raises(requests.HTTPError) as refusal:
        open_session(sandbox, **terms)

    assert (refusal.value.response.status_code, refusal.value.response.json()["error"]["code"]) == (422, code)


def test_calls_without_the_key_are_turned_away(sandbox: str) -> None:
    session = open_session(sandbox)

    for method, path in [
        ("POST", "/psp/sessions"),
        ("GET", f"/psp/sessions/{session['id']}"),
        ("POST", "/psp/refunds"),
    ]:
        assert requests.request(method, sandbox + path, timeout=5).status_code == 401


def test_a_webhook_is_repeated_until_it_is_taken(sandbox: str, mailbox: Mailbox) -> None:
    mailbox.refuse_next = 2
    press(open_session(sandbox, webhook_url=mailbox.url), "approve")

    messages = [mailbox.take() for _ in range(3)]

    assert len({headers["webhook-id"] for headers, _ in messages}) == 1
    assert len({body for _, body in messages}) == 1
    assert mailbox.is_empty(0.7)


@pytest.mark.parametrize(
    ("switch", "arrives"), [({"duplicate": True}, 2), ({"never": True}, 0), ({"delay_ms": 300}, 1), ({}, 1)]
)
def test_webhooks_can_be_switched(sandbox: str, mailbox: Mailbox, switch: dict[str, Any], arrives: int) -> None:
    faults(sandbox, webhooks=switch)
    pressed = time.monotonic()
    press(open_session(sandbox, webhook_url=mailbox.url), "approve")

    for _ in range(arrives):
        mailbox.take()

    assert time.monotonic() - pressed >= switch.get("delay_ms", 0) / 1000
    assert mailbox.is_empty(0.4)


def test_a_webhook_can_be_signed_wrongly(sandbox: str, mailbox: Mailbox) -> None:
    from datetime import UTC, datetime

    from marketplace.kernel.errors import Refused
    from payments import signatures

    faults(sandbox, webhooks={"bad_signature": True})
    press(open_session(sandbox, webhook_url=mailbox.url), "approve")

    headers, body = mailbox.take()

    with pytest.raises(Refused):
        signatures.verify(DEVELOPMENT_SECRET, headers, body, datetime.now(UTC))


def test_faults_hit_programs_and_spare_people(sandbox: str) -> None:
    session = open_session(sandbox)
    faults(sandbox, fail_next=1, delay_ms=150)

    assert requests.get(session["url"], timeout=5).status_code == 200
    began = time.monotonic()
    assert requests.get(f"{sandbox}/psp/sessions/{session['id']}", headers=KEY, timeout=5).status_code == 503
    assert time.monotonic() - began >= 0.15
    assert status_of(sandbox, session) == "open"


def test_a_fault_that_makes_no_sense_is_refused(sandbox: str) -> None:
    for body in ({"bank": {}}, {"psp": {"fail_next": -1}}, {"psp": {"delay_ms": "long"}}, {"psp": 5}):
        assert requests.post(sandbox + "/faults", json=body, timeout=5).status_code == 422
    assert requests.post(sandbox + "/faults", data=b"{", timeout=5).status_code == 400
    assert requests.get(sandbox + "/healthz", timeout=5).json() == {"status": "ok"}


@contextmanager
def process(port: int, state: Path) -> Iterator[subprocess.Popen[str]]:
    """The sandbox in a process of its own, ready to answer."""
    command = [sys.executable, "-m", "demo.sandbox", "--port", str(port), "--state", str(state)]
    environment = {name: value for name, value in os.environ.items() if name != "SANDBOX_SECRET"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout is not None
        assert "listens" in running.stdout.readline()
        try:
            yield running
        finally:
            running.kill()


def test_a_killed_sandbox_forgets_no_decision_and_loses_no_webhook(
    tmp_path: Path, unused_port: int, mailbox: Mailbox
) -> None:
    state, url = tmp_path / "folder" / "state.sqlite3", f"http://127.0.0.1:{unused_port}"
    with process(unused_port, state) as running:
        faults(url, webhooks={"delay_ms": 1500})
        sessions = [open_session(url, f"k{number}", webhook_url=mailbox.url) for number in range(5)]
        for session in sessions:
            press(session, "approve")
        running.send_signal(signal.SIGKILL)
        running.wait(10)
    assert mailbox.received.empty()

    with process(unused_port, state) as running:
        assert {status_of(url, session) for session in sessions} == {"paid"}
        told = {mailbox.take()[0]["webhook-id"] for _ in sessions}
        assert len(told) == 5
        assert mailbox.is_empty(0.5)
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0


def test_sessions_of_many_threads_do_not_mix(sandbox: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    make: Callable[[int], dict[str, Any]] = lambda number: open_session(sandbox, f"k{number % 5}")  # noqa: E731
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(make, range(50)))

    assert len({session["id"] for session in made}) == 5
