"""A machine that translates and a site with pictures are not waited for when they drip, nor read without an end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django import Settings

from catalog.providers import deepl
from catalog.services import fetching, pictures
from marketplace.kernel.errors import Refused, Unavailable
from tests.payments.rate_server import Answer, dripping, says, status

WELL = b'{"translations": [{"text": "Becher"}]}'


class Outside:
    """A server on this machine; `answers` is what it does with whatever it is asked."""

    answers: Answer

    def __init__(self) -> None:
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                outside.answers(self)

            def do_GET(self) -> None:
                outside.answers(self)

            def handle(self) -> None:
                with suppress(ConnectionError):  # nobody waits for the rest
                    super().handle()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def outside(settings: Settings) -> Iterator[Outside]:
    settings.FETCH_FROM_PRIVATE_ADDRESSES = True
    made = Outside()
    yield made
    made.server.shutdown()
    made.server.server_close()


def translated(outside: Outside) -> list[str]:
    return deepl.DeepL(outside.url, "key").translate(["Mug"], source="en", target="de", is_markup=False)


def test_a_machine_that_drips_is_not_waited_for(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.answers = dripping(WELL, 0.02)
    assert translated(outside) == ["Becher"]

    monkeypatch.setattr(deepl, "MOST_SECONDS", 0.2)
    with pytest.raises(Unavailable, match="too slowly"):
        translated(outside)


@pytest.mark.parametrize(
    "answer",
    [says(b" " * 3_000_000 + WELL, "application/json"), says(b"[" * 200_000, "application/json"), says(b"\xff{}"), says(b"[]"),
     says(b'{"translations": null}'), says(b'{"translations": [{"text": 7}]}'), says(b'{"translations": []}'),
     says(WELL, promised=500), status(429), status(503), status(456)],
    ids=["endless", "deep", "bytes", "list", "null", "number", "fewer", "broken-off", "429", "503", "456"],
)  # fmt: skip
def test_an_answer_that_is_none_is_asked_for_again_later(outside: Outside, answer: Answer) -> None:
    outside.answers = answer

    with pytest.raises(Unavailable):
        translated(outside)


def test_a_site_that_drips_a_picture_is_not_waited_for(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.answers = dripping(b"GIF89a" * 10, 0.02)
    assert fetching.download(f"{outside.url}/a.gif") == b"GIF89a" * 10

    monkeypatch.setattr(fetching, "MOST_SECONDS", 0.2)
    with pytest.raises(Unavailable, match="too slowly"):
        fetching.download(f"{outside.url}/a.gif")


def test_a_picture_without_an_end_is_refused(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 1_000)
    outside.answers = says(b"x" * 1_001)

    with pytest.raises(Refused) as refusal:
        fetching.download(f"{outside.url}/a.gif")

    assert refusal.value.code == "picture_too_large"
