"""A shopper without a browser: keeps cookies, sends forms, takes the time and the counts of each answer."""

from __future__ import annotations

import gzip
import http.client
import re
import time
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from marketplace.devtools.bench.counting import ASKED, BEHIND, QUERIES, TRIPS

FORM = "application/x-www-form-urlencoded"
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_SHEET = re.compile(r'<(?:link rel="stylesheet"|script)[^>]*?(?:href|src)="(/static/[^"]+)"')


class Unexpected(Exception):
    """The shop answered something else than what the walk is about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, with its duration in seconds."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def compressed(self) -> int:
        """The size of the body as a server would send it (gzip, level 6)."""
        return len(gzip.compress(self.body, 6))

    @property
    def queries(self) -> int:
        """The SQL statements behind it, where they were asked for."""
        return int(self.headers.get(QUERIES, 0))

    @property
    def behind(self) -> int:
        """The SQL statements of all messages of the payment provider so far."""
        return int(self.headers.get(BEHIND, 0))

    @property
    def trips(self) -> int:
        """The round trips to the cache."""
        return int(self.headers.get(TRIPS, 0))

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("Location", "")

    def inputs(self) -> dict[str, str]:
        """Names and values of the inputs of the page."""
        found = {}
        for tag in _INPUT.findall(self.text):
            attributes = dict(_ATTRIBUTE.findall(tag))
            if "name" in attributes and (attributes.get("type") != "radio" or " checked" in tag):
                found[attributes["name"]] = unescape(attributes.get("value", ""))
        return found

    def sheets(self) -> list[str]:
        """The addresses of the style sheets and scripts of the page."""
        return list(dict.fromkeys(_SHEET.findall(self.text)))


class Client:
    """Speaks with the shop on `port` over one connection; `region` is the cookie a shopper sets, "DE.EUR"."""

    def __init__(self, port: int, *, region: str = "DE.EUR", counting: bool = False) -> None:
        self.port, self.counting = port, counting
        self.cookies = {"region": region}

    @cached_property
    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("localhost", self.port, timeout=60)

    def get(self, path: str, **headers: str) -> Answer:
        """The answer to a GET."""
        return self._send("GET", path, None, headers)

    def post(self, path: str, data: dict[str, str], **headers: str) -> Answer:
        """The answer to a form."""
        return self._send("POST", path, urlencode(data).encode(), {"Content-Type": FORM} | headers)

    def follow(self, answer: Answer) -> Answer:
        """The page that a redirect leads to. Raises `Unexpected` for anything but a redirect."""
        if answer.status not in (301, 302, 303):
            raise Unexpected(f"status {answer.status} instead of a redirect: {answer.text[:600]}")
        where = urlsplit(answer.location)
        return self.get(where._replace(scheme="", netloc="").geturl())

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        sent = {"Accept-Language": "de", "User-Agent": "bench", **{n.replace("_", "-"): v for n, v in headers.items()}}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.counting:
            sent[ASKED] = "1"
        begun = time.perf_counter()
        self._connection.request(method, path, body, sent)
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - begun
        for line in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line.strip()).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, response.headers, content, seconds)

    def close(self) -> None:
        """The connection is given back."""
        self._connection.close()


def expect(answer: Answer, status: int = 200) -> Answer:
    """The answer itself. Raises `Unexpected` when its status is another one."""
    if answer.status != status:
        raise Unexpected(f"status {answer.status} instead of {status}: {answer.location or ''} {answer.text[:600]}")
    return answer
