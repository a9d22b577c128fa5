"""Pictures come from the public internet alone, even when a name leads somewhere else the second time it is asked for."""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from catalog import tasks
from catalog.models import ProductImage
from catalog.services import fetching
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable
from tests.catalog.admin_stage import Stage

PUBLIC, OTHER_PUBLIC = "93.184.215.14", "151.101.1.6"
NAME = "pictures.example"


class Site:
    """A web server on the loopback that keeps the paths and the hosts it was asked for."""

    def __init__(self, content: bytes, *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self.redirects: dict[str, str] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.headers["Host"], self.path))
                target = site.redirects.get(self.path)
                self.send_response(302 if target else 200)
                if target:
                    self.send_header("Location", target)
                self.send_header("Content-Length", "0" if target else str(len(content)))
                self.end_headers()
                self.wfile.write(b"" if target else content)

            def log_message(self, *_words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Internet:
    """Names that lead where a test says, an answer for each time they are asked for; public machines are `outside`."""

    def __init__(self, outside: Site, inside: Site) -> None:
        self.outside, self.inside = outside, inside
        self.names: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self.dialled: list[str] = []

    def leads(self, name: str, *answers: str | list[str]) -> None:
        self.names[name] = [[answer] if isinstance(answer, str) else answer for answer in answers]

    def resolve(self, host: str, port: Any, *_rest: Any, **_options: Any) -> list[Any]:
        if host.replace(".", "").isdigit() or ":" in host:
            return [self._entry(host, port)]
        self.asked.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = self.names[host]
        return [self._entry(each, port) for each in (answers.pop(0) if len(answers) > 1 else answers[0])]

    @staticmethod
    def _entry(address: str, port: Any) -> Any:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return family, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)[: 4 if ":" in address else 2]

    def dial(self, connect: Callable[..., None]) -> Callable[..., None]:
        def connected(sock: socket.socket, address: Any) -> None:
            self.dialled.append(address[0])
            public = address[0] in (PUBLIC, OTHER_PUBLIC)
            connect(sock, ("127.0.0.1", self.outside.port) if public else address)

        return connected


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    outside, inside = Site(picture("red")), Site(b"the secret of the inner network")
    made = Internet(outside, inside)
    monkeypatch.setattr(socket, "getaddrinfo", made.resolve)
    monkeypatch.setattr(socket.socket, "connect", made.dial(socket.socket.connect))
    yield made
    outside.close()
    inside.close()


def picture(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(buffer, "PNG")
    return buffer.getvalue()


# Where a name leads -------------------------------------------------------------------------------------------


def test_a_check_followed_by_a_request_by_name_would_reach_the_inner_network(internet: Internet) -> None:
    internet.leads(NAME, PUBLIC, "127.0.0.1")
    assert socket.getaddrinfo(NAME, 80)[0][4][0] == PUBLIC

    answer = requests.get(f"http://{NAME}:{internet.inside.port}/a.png", timeout=5)

    assert answer.content == b"the secret of the inner network"


def test_a_name_is_asked_for_once_and_the_answer_is_what_is_connected_to(internet: Internet) -> None:
    internet.leads(NAME, PUBLIC, "127.0.0.1")

    content = fetching.download(f"http://{NAME}:{internet.inside.port}/a.png?size=2")

    assert content == picture("red")
    assert (internet.asked, internet.dialled) == ([NAME], [PUBLIC])
    assert internet.outside.asked == [(f"{NAME}:{internet.inside.port}", "/a.png?size=2")]
    assert internet.inside.asked == []


def test_the_first_of_several_public_addresses_is_taken(internet: Internet) -> None:
    internet.leads(NAME, [OTHER_PUBLIC, PUBLIC])

    fetching.download(f"http://user:word@{NAME}/a.png")

    assert internet.dialled == [OTHER_PUBLIC]
    assert internet.outside.asked == [(NAME, "/a.png")]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
     "fd00::1", "fe80::1%eth0", "::ffff:10.0.0.7"],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused_even_beside_a_public_address(internet: Internet, address: str) -> None:
    for answer in (address, [PUBLIC, address]):
        internet.leads(NAME, answer)

        with pytest.raises(Refused) as refusal:
            fetching.download(f"http://{NAME}/a.png")

        assert refusal.value.code == "not_public"
    assert internet.dialled == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.7"])
def test_an_inner_address_given_as_such_is_refused(internet: Internet, host: str) -> None:
    with pytest.raises(Refused) as refusal:
        fetching.download(f"http://{host}:{internet.inside.port}/")

    assert refusal.value.code == "not_public"
    assert internet.dialled == []


def test_a_name_that_leads_nowhere_may_lead_somewhere_later(internet: Internet) -> None:
    with pytest.raises(Unavailable):
        fetching.download("http://nobody.example/a.png")


@pytest.mark.parametrize(
    "url",
    ["", "a.png", "ftp://pictures.example/a.png", "file:///etc/passwd", "http://", "http://pictures.example:99999/"],
)
def test_what_is_no_web_address_is_refused(internet: Internet, url: str) -> None:
    with pytest.raises(Refused) as refusal:
        fetching.download(url)

    assert (refusal.value.code, internet.dialled) == ("not_public", [])


def test_a_proxy_of_the_machine_is_not_asked(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{internet.inside.port}")
    internet.leads(NAME, PUBLIC)

    assert fetching.download(f"http://{NAME}/a.png") == picture("red")
    assert internet.inside.asked == []


# Redirects ----------------------------------------------------------------------------------------------------


def test_a_redirect_is_checked_and_pinned_like_the_first_address(internet: Internet) -> None:
    internet.leads(NAME, PUBLIC, "127.0.0.1")
    internet.leads("cdn.example", OTHER_PUBLIC, "127.0.0.1")
    internet.outside.redirects["/a.png"] = f"http://cdn.example:{internet.inside.port}/b.png"

    content = fetching.download(f"http://{NAME}/a.png")

    assert content == picture("red")
    assert (internet.asked, internet.dialled) == ([NAME, "cdn.example"], [PUBLIC, OTHER_PUBLIC])
    assert internet.inside.asked == []


def test_a_redirect_on_the_same_name_asks_for_it_anew(internet: Internet) -> None:
    internet.leads(NAME, PUBLIC, "127.0.0.1")
    internet.outside.redirects["/a.png"] = "/b.png"

    with pytest.raises(Refused) as refusal:
        fetching.download(f"http://{NAME}:{internet.inside.port}/a.png")

    assert refusal.value.code == "not_public"
    assert (internet.dialled, internet.inside.asked) == ([PUBLIC], [])


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/", "http://inner.example/", "file:///etc/passwd", "gopher://x/"]
)
def test_a_redirect_inside_is_refused(internet: Internet, target: str) -> None:
    internet.leads(NAME, PUBLIC)
    internet.leads("inner.example", "10.0.0.7")
    internet.outside.redirects["/a.png"] = target

    with pytest.raises(Refused) as refusal:
        fetching.download(f"http://{NAME}/a.png")

    assert (refusal.value.code, internet.dialled) == ("not_public", [PUBLIC])


def test_a_redirect_in_circles_ends(internet: Internet) -> None:
    internet.leads(NAME, PUBLIC)
    internet.outside.redirects["/a.png"] = "/a.png"

    with pytest.raises(Unavailable):
        fetching.download(f"http://{NAME}/a.png")

    assert len(internet.outside.asked) == 4


# TLS ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("certified", "is_fetched"), [(NAME, True), ("another.example", False)])
def test_the_certificate_is_that_of_the_name_and_not_of_the_address(
    internet: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certified: str, is_fetched: bool
) -> None:
    authority = tmp_path / "authority.pem"
    context = certified_for(certified, authority)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(authority))
    internet.leads(NAME, PUBLIC, "127.0.0.1")
    internet.outside.close()
    internet.outside = Site(picture("blue"), tls=context)

    if is_fetched:
        assert fetching.download(f"https://{NAME}/a.png") == picture("blue")
    else:
        with pytest.raises(Unavailable):
            fetching.download(f"https://{NAME}/a.png")

    assert (names, internet.dialled) == ([NAME], [PUBLIC])
    assert internet.outside.asked == ([(NAME, "/a.png")] if is_fetched else [])


def certified_for(name: str, authority: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that names itself; the certificate is written to `authority`."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "The authority of the tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pair = authority.with_name("pair.pem")
    pair.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + authority.read_bytes()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    return context


# Through the queue --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_queued_picture_is_fetched_and_one_from_inside_is_given_up(internet: Internet, on_stage: Stage) -> None:
    product = on_stage.mug.product
    internet.leads(NAME, PUBLIC, "127.0.0.1")
    internet.leads("inner.example", "127.0.0.1")
    good, bad = (
        ProductImage.objects.create(
            product=product, source_url=f"http://{host}/a.png", state="queued", due_at=clock.now()
        )
        for host in (NAME, f"inner.example:{internet.inside.port}")
    )

    tasks.fetch_pictures()

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, good.width, good.height, good.last_error) == ("ready", 8, 6, "")
    assert (bad.state, bad.file, bad.last_error) == ("failed", "", "This address is not on the public internet.")
    assert internet.inside.asked == []
