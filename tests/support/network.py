"""Tests speak with this machine alone."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect


class OutsideNetwork(AssertionError):
    """A test tried to reach another machine."""


def close_the_outside() -> None:
    """From now on a connection to anything but the loopback raises `OutsideNetwork`."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
            raise OutsideNetwork(f"A test tried to connect to {address}; tests use the loopback only.")
        _connect(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
