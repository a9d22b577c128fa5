"""A receiver of webhooks for tests: keeps what it gets and answers as it is told."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Message = tuple[dict[str, str], bytes]


class Mailbox(ThreadingHTTPServer):
    """Listens on a free port of the loopback; `refuse_next` answers that many times with 500."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: queue.Queue[Message] = queue.Queue()
        self.refuse_next = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/webhook"

    def take(self, seconds: float = 10) -> Message:
        """The next message; fails when none comes in time."""
        return self.received.get(timeout=seconds)

    def is_empty(self, seconds: float) -> bool:
        """True when nothing comes for so long."""
        try:
            self.received.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


class _Handler(BaseHTTPRequestHandler):
    server: Mailbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.put(({name.lower(): value for name, value in self.headers.items()}, body))
        refused = self.server.refuse_next > 0
        self.server.refuse_next -= refused
        self.send_response(500 if refused else 204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    """A mailbox that listens until the block ends."""
    with Mailbox() as mailbox:
        thread = threading.Thread(target=mailbox.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield mailbox
        mailbox.shutdown()
        thread.join()
