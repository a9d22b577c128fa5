"""The migrated database is made once for a state of the migrations, then copied.

A run that finds a kept cluster starts from a copy of it; one that does not migrates and keeps its own. Inside a
run the database of every process is a copy of the migrated one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from marketplace.devtools.environment import ROOT

DATABASE = "sampan"
KEPT = ROOT / "var" / "tests"


class Template:
    """The migrated database of one run, whose folder is shared by its processes."""

    def __init__(self, folder: Path) -> None:
        self._lock, self._migrated = folder / "template.lock", folder / "template.migrated"

    def take(self, data: Path) -> None:
        """The kept cluster for the migrations of now is copied to `data`, if there is one."""
        kept = KEPT / _fingerprint()
        with contextlib.suppress(OSError, shutil.Error):
            shutil.copytree(kept, data)
            self._migrated.write_text(kept.name)
            return
        shutil.rmtree(data, ignore_errors=True)

    def migrate_once(self) -> None:
        """The first process of the run to come here migrates; the others wait until it has."""
        from django.core.management import call_command
        from django.db import connection

        with self._lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._migrated.exists():
                fingerprint = _fingerprint()
                call_command("migrate", verbosity=0)
                connection.close()
                self._migrated.write_text(fingerprint)

    def keep(self, data: Path) -> None:
        """The cluster of a stopped server is kept for later runs, in place of any other."""
        if not self._migrated.exists() or not data.exists():
            return
        kept = KEPT / self._migrated.read_text()
        draft = KEPT / f"draft-{os.getpid()}"
        with contextlib.suppress(OSError, shutil.Error):
            if kept.exists():
                return
            KEPT.mkdir(parents=True, exist_ok=True)
            shutil.copytree(data, draft)
            for other in KEPT.iterdir():
                if other != draft:
                    shutil.rmtree(other, ignore_errors=True)
            draft.rename(kept)
        shutil.rmtree(draft, ignore_errors=True)


def copy_database(name: str) -> str:
    """The address of a copy of the migrated database; while another process copies it, too, one has to wait."""
    drop_database(name)  # a kept cluster may hold that of the run it comes from
    with _server() as server:
        for attempt in range(50):
            try:
                server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{DATABASE}"')
                break
            except psycopg.errors.ObjectInUse:
                if attempt == 49:
                    raise
                time.sleep(0.2)
    return _address_of(name)


def drop_database(name: str) -> None:
    """There is no database of this name."""
    with _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _server() -> psycopg.Connection:
    return psycopg.connect(_address_of("postgres"), autocommit=True)


def _address_of(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _fingerprint() -> str:
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for migration in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(str(migration.relative_to(ROOT)).encode() + migration.read_bytes())
    return digest.hexdigest()[:16]
