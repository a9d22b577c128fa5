"""Ports and secrets that one copy of the shop keeps from start to start."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

SANDBOX_DISTANCE = 10_000  # far from the ports that people choose for a second copy


@dataclass(frozen=True, slots=True)
class Remembered:
    """What `var/PORT/remembered.json` holds."""

    valkey_port: int
    valkey_password: str
    sandbox_port: int
    sandbox_secret: str

    @classmethod
    def read(cls, file: Path, *, sandbox_near: int) -> Self:
        """What the last start used, with another port where the old one is taken now; written down again."""
        try:
            known = json.loads(file.read_text())
        except (FileNotFoundError, ValueError):
            known = {}
        remembered = cls(
            valkey_port=_still_free(known.get("valkey_port")) or free_port(),
            valkey_password=known.get("valkey_password") or secrets.token_hex(16),
            sandbox_port=_still_free(known.get("sandbox_port")) or _port_near(sandbox_near),
            sandbox_secret=known.get("sandbox_secret") or secrets.token_hex(32),
        )
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(remembered), indent=2))
        return remembered

    @property
    def document_key(self) -> str:
        """The key of this copy for what is kept encrypted, as DOCUMENT_KEYS takes it."""
        digest = hashlib.sha256(f"documents of this copy:{self.sandbox_secret}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode()


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return True
    return False


def free_port() -> int:
    """A port of the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _still_free(port: int | None) -> int | None:
    return port if port and port_is_free(port) else None


def _port_near(port: int) -> int:
    first = port + SANDBOX_DISTANCE if port + SANDBOX_DISTANCE < 65_000 else port - SANDBOX_DISTANCE
    return next((each for each in range(first, first + 50) if port_is_free(each)), None) or free_port()
