"""One PostgreSQL and one Valkey for a whole run, in a folder that is gone after it.

Several runs stand beside each other, and inside one run every process has a database of its own on both.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
import time
from pathlib import Path

import psutil

from marketplace.devtools import processes
from marketplace.devtools.environment import CannotPrepare
from marketplace.devtools.postgres import PostgresServer
from marketplace.devtools.processes import Running
from marketplace.devtools.remembered import free_port
from marketplace.devtools.valkey import ValkeyServer
from tests.support.template import DATABASE, Template

HANDED_DOWN = "SAMPAN_TEST_VALKEY"  # the address of Valkey without a database number, for the processes of a run
PREFIX = "sampan-test-"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


class TestServers:
    """The servers of this run; their addresses are known before they are started."""

    __test__ = False

    def __init__(self) -> None:
        _remove_forsaken()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        if os.geteuid() == 0:
            self.folder.chmod(0o711)
        self._postgres = PostgresServer(self.folder / "postgres", throwaway=True)
        password = secrets.token_hex(8)
        self._valkey = ValkeyServer(self.folder / "valkey", port=free_port(), password=password, throwaway=True)
        self._template = Template(self.folder)
        self._running: list[Running] = []
        self._owner = os.getpid()
        atexit.register(self.stop)

    def addresses(self) -> dict[str, str]:
        """DATABASE_URL and the Valkey address that processes of this run derive theirs from."""
        return {"DATABASE_URL": self._postgres.url(DATABASE), HANDED_DOWN: self._valkey.url().removesuffix("/0")}

    def start(self) -> None:
        """Both servers answer."""
        self._template.take(self._postgres.data)
        for server, log in ((self._valkey, "valkey.log"), (self._postgres, "postgres.log")):
            server.prepare()
            self._running.append(processes.start(server.program(self.folder / log, dict(os.environ))))
        self._postgres.wait_until_ready(self._pause)
        self._postgres.ensure_database(DATABASE)
        self._valkey.wait_until_ready(self._pause)

    def stop(self) -> None:
        """Nothing of the run is left, in memory or on the disk."""
        if os.getpid() != self._owner:
            return
        for each in self._running:
            each.ask_to_stop()
        for each in self._running:
            each.stop()
        if self._running:
            self._template.keep(self._postgres.data)
        self._running.clear()
        for folder in (self.folder, self._postgres.home, self._postgres.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def _pause(self, seconds: float) -> None:
        for each in self._running:
            if how := each.ended():
                raise CannotPrepare(f"{each.program.name} {how}:\n{processes.last_lines(each.program.log)}")
        time.sleep(seconds)


def settings_for_tests(folder: Path, addresses: dict[str, str]) -> dict[str, str]:
    """The environment that the settings are read from in one process of a run; its folders are made."""
    number = int(WORKER.removeprefix("gw")) + 1 if WORKER else 0
    own = folder / (WORKER or "main")
    for name in ("media", "private", "static"):
        (own / name).mkdir(parents=True, exist_ok=True)
    return addresses | {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "REDIS_URL": f"{addresses[HANDED_DOWN]}/{number}",
        "DEBUG": "true",
        "DEMO": "true",
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": "http://testserver",
        "MEDIA_ROOT": str(own / "media"),
        "PRIVATE_ROOT": str(own / "private"),
        "DOCUMENT_KEYS": "",
        "STATIC_ROOT": str(own / "static"),
        "EMAIL_URL": "memorymail://",
        "SANDBOX_URL": "http://127.0.0.1:9",  # nobody listens there; a test that needs the sandbox starts one
        "SANDBOX_SECRET": "",
        "ECB_RATES_URL": "http://127.0.0.1:9/ecb/",
        "VIES_URL": "http://127.0.0.1:9/vies/checkVatService",
        "SECRET_KEY": "",
        "LOG_FORMAT": "text",
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
    }


def _remove_forsaken() -> None:
    """Removes the folders of runs that were killed; the servers died with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        mine = folder.stat().st_uid == os.geteuid() and not folder.is_symlink()
        if mine and pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
