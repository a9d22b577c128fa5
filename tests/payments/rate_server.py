"""A server of exchange rates for tests: the format of the ECB, and every way in which it may go wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ECB_SENDER = "European Central Bank"
Answer = Callable[[BaseHTTPRequestHandler], None]


def envelope(days: Mapping[date, Mapping[str, str]], *, sender: str = ECB_SENDER, before: str = "") -> bytes:
    """A file as the ECB writes it; `before` stands between the declaration and the envelope."""
    cubes = "".join(
        f'<Cube time="{on}">' + "".join(f'<Cube currency="{code}" rate="{rate}"/>' for code, rate in rates.items())
        + "</Cube>"
        for on, rates in days.items()
    )  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
        ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject>'
        f"<gesmes:Sender><gesmes:name>{sender}</gesmes:name></gesmes:Sender><Cube>{cubes}</Cube></gesmes:Envelope>"
    ).encode()


class RateServer(ThreadingHTTPServer):
    """Answers as `daily` and `history` say; `asked` are the paths that were asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/ecb/"
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {}

    @property
    def names(self) -> list[str]:
        """What was asked for: "daily" or "hist-90d"."""
        return [path.removeprefix("/ecb/eurofxref-").removesuffix(".xml") for path in self.asked]

    def serve(self, *, daily: bytes | Answer | None = None, history: bytes | Answer | None = None) -> None:
        """From now on the files are these."""
        for name, content in (("daily", daily), ("hist-90d", history)):
            if content is not None:
                self.answers[f"/ecb/eurofxref-{name}.xml"] = says(content) if isinstance(content, bytes) else content


class _Handler(BaseHTTPRequestHandler):
    server: RateServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.answers.get(self.path, status(404))(self)

    def log_message(self, format: str, *args: object) -> None:
        pass


def says(content: bytes, kind: str = "text/xml", *, promised: int | None = None) -> Answer:
    """The content, of which `promised` bytes are announced."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content) if promised is None else promised))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int, **headers: str) -> Answer:
    """No content."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def dripping(content: bytes, seconds: float) -> Answer:
    """A byte at a time, each after a pause, without ever saying how many there will be."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for number in range(len(content)):
            handler.wfile.write(content[number : number + 1])
            handler.wfile.flush()
            time.sleep(seconds)

    return answer


@contextmanager
def rate_server() -> Iterator[RateServer]:
    """A running server."""
    with RateServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(timeout=5)
