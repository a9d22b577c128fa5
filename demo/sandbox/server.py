"""Serves the sandbox over HTTP and keeps its state in one SQLite file that survives a killed process.

Each module of the sandbox exports `routes()`, a list of (method, pattern of the whole path, handler). Faults are
switched on by `POST /faults {"psp": {"delay_ms": 200, "fail_next": 2, "drop_next": 1}, "carrier": {…}, "ecb": {…}}`
and hit the calls of programs (those with an Authorization header, and everything below /ecb and /vies), never a page that
a person looks at:
`delay_ms` waits before each answer, `fail_next` answers 503 without doing anything, `drop_next` does what was
asked and then hangs up without an answer. A section that is sent replaces the whole section.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.sandbox import carrier, deepl, ecb, psp, vies, webhooks
from demo.sandbox.values import DEVELOPMENT_SECRET, Handler, Problem, Request, Response, Route, State, last_values

MAX_BODY = 1_000_000
_COUNTS = ("delay_ms", "fail_next", "drop_next")
_SECTIONS = ("psp", "carrier", "ecb", "vies", "deepl")
logger = logging.getLogger("sandbox")


def _problem(problem: Problem) -> Response:
    return Response(problem.status, {"error": {"code": problem.code, "message": problem.message}})


def _healthz(request: Request) -> Response:
    request.state.all("faults")
    return Response(body={"status": "ok"})


def _faults(request: Request) -> Response:
    switches = request.json()
    for section, values in switches.items():
        if section not in _SECTIONS or not isinstance(values, dict):
            raise Problem(422, "unknown_section", f"Faults have the sections {', '.join(_SECTIONS)}.")
        if not all(type(values.get(name, 0)) is int and 0 <= values.get(name, 0) <= 60_000 for name in _COUNTS):
            raise Problem(422, "bad_count", f"{', '.join(_COUNTS)} are whole numbers from 0 to 60000.")
        request.state.put("faults", section, values)
    return Response(body={section: request.state.get("faults", section) or {} for section in _SECTIONS})


def _own_routes() -> list[Route]:
    return [("GET", "/healthz", _healthz), ("POST", "/faults", _faults)]


class Sandbox(ThreadingHTTPServer):
    """The listening server: routes, state and secret for its request threads."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], state: State, secret: str) -> None:
        super().__init__(address, _RequestHandler)
        self.state, self.secret = state, secret
        routes = [*_own_routes(), *psp.routes(), *carrier.routes(), *ecb.routes(), *vies.routes(), *deepl.routes()]
        self.routes = [(method, re.compile(pattern), handler) for method, pattern, handler in routes]

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response | None:
        """The answer to one request, or None when the line is to go dead."""
        url = urlsplit(target)
        is_program = "authorization" in headers or url.path.startswith(("/ecb/", "/vies/"))
        fault = self._fault(url.path) if is_program else ""
        if fault == "fail":
            return _problem(Problem(503, "out_of_order", "Out of order by request."))
        try:
            handler, match = self._route(method, url.path)
            query = last_values(parse_qs(url.query, keep_blank_values=True))
            response = handler(Request(method, url.path, query, headers, body, match, self.state, self.secret))
        except Problem as problem:
            response = _problem(problem)
        except Exception:
            logger.exception("%s %s failed", method, url.path)
            response = _problem(Problem(500, "internal_error", "The sandbox itself failed; see its log."))
        return None if fault == "drop" else response

    def _route(self, method: str, path: str) -> tuple[Handler, re.Match[str]]:
        found = False
        for wanted, pattern, handler in self.routes:
            match = pattern.fullmatch(path)
            if match and wanted == method:
                return handler, match
            found = found or match is not None
        if found:
            raise Problem(405, "wrong_method", f"{path} does not take {method}.")
        raise Problem(404, "not_found", f"There is nothing at {path}.")

    def _fault(self, path: str) -> str:
        section = path.split("/")[1]
        with self.state.transaction():
            faults = self.state.get("faults", section) or {}
            kind = ""
            for name in ("fail", "drop"):
                if not kind and faults.get(f"{name}_next", 0) > 0:
                    kind = name
                    faults[f"{name}_next"] -= 1
                    self.state.put("faults", section, faults)
        time.sleep(faults.get("delay_ms", 0) / 1000)
        return kind


class _RequestHandler(BaseHTTPRequestHandler):
    """Reads a request, has it answered, writes the answer in one piece."""

    protocol_version = "HTTP/1.1"
    server_version = "Sandbox"
    sys_version = ""
    timeout = 60
    disable_nagle_algorithm = True
    server: Sandbox

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY or "transfer-encoding" in headers:
            self.close_connection = True
            self._write(_problem(Problem(413, "body_too_large", "The body is too large or has no length.")))
            return
        response = self.server.answer(self.command, self.path, headers, self.rfile.read(int(length)))
        if response is None:
            self.close_connection = True
        else:
            self._write(response)

    def _write(self, response: Response) -> None:
        data = response.data()
        kind = response.content_type
        self.send_response(response.status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self._headers_buffer.append(b"\r\n" + data)  # type: ignore[attr-defined]
        self.flush_headers()

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)


@contextmanager
def serve(
    port: int = 0, state: str = ":memory:", *, secret: str = DEVELOPMENT_SECRET, host: str = "127.0.0.1"
) -> Iterator[str]:
    """Runs the sandbox in threads of this process and yields its address; port 0 takes a free one."""
    store, stop = State(state), threading.Event()
    with Sandbox((host, port), store, secret) as server:
        threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True),
            threading.Thread(target=webhooks.deliver, args=(store, secret, stop), daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield f"http://{host}:{server.server_address[1]}"
        finally:
            stop.set()
            store.bell.set()
            server.shutdown()
            for thread in threads:
                thread.join(timeout=15)
    store.close()
