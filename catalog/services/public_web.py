"""Requests that reach the public internet and nothing else, whatever a name leads to a moment later."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext_noop as _
from requests.adapters import HTTPAdapter

from marketplace.kernel.errors import Refused, Unavailable

_PORTS = {"http": 80, "https": 443}


def session() -> requests.Session:
    """A session for addresses that strangers gave us: no proxy, no passwords of the machine, no inner network.

    Redirects are the caller's to follow, each with a request of its own. A request raises `Refused("not_public")`
    and `Unavailable`.
    """
    made = requests.Session()
    made.trust_env = False
    for scheme in _PORTS:
        made.mount(f"{scheme}://", _CheckedAdapter())
    return made


class _CheckedAdapter(HTTPAdapter):
    """Asks once where a name leads, checks the answer and connects to exactly that; `Host` and TLS keep the name."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, options = super().build_connection_pool_key_attributes(request, verify, cert)
        name, scheme = host["host"], host["scheme"]
        if scheme == "https":
            options["server_hostname"] = name
        return host | {"host": _address(name, host["port"] or _PORTS[scheme])}, options

    def add_headers(self, request: requests.PreparedRequest, **kwargs: Any) -> None:
        authority = str(request.url).split("/")[2]
        request.headers["Host"] = authority.rpartition("@")[2]


def _address(name: str, port: int) -> str:
    """The public address behind a name; a name with a single other one is refused."""
    try:
        found = [
            str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        ]
    except OSError as error:
        raise Unavailable(_("The address is not known.")) from error
    if not settings.FETCH_FROM_PRIVATE_ADDRESSES and not all(_is_public(address) for address in found):
        raise Refused("not_public", _("This address is not on the public internet."))
    return found[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return address.is_global and not address.is_multicast
