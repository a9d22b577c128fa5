"""The servers of the benchmark, and shops of several sizes on them, run as in production."""

from __future__ import annotations

import hashlib
import http.client
import os
import sys
import time
from pathlib import Path

import psycopg
from psycopg import sql

from marketplace.devtools import processes
from marketplace.devtools.environment import ROOT, announce
from marketplace.devtools.postgres import PostgresServer
from marketplace.devtools.preparation import prepare
from marketplace.devtools.processes import MARK, Program, Running
from marketplace.devtools.remembered import Remembered, free_port
from marketplace.devtools.supervisor import StepFailed, Supervisor
from marketplace.devtools.valkey import ValkeyServer

STATE = ROOT / "var" / "bench"
SECONDS_TO_ANSWER = 90.0
PRODUCTION = Path(__file__).parent / "production"  # what Python does at its start where only the shop is installed
FETCH_RATES = "import django; django.setup(); from payments.tasks import fetch_rates; fetch_rates()"
KEPT_OUT = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "DEBUG")


class Site:
    """PostgreSQL, Valkey and the sandbox in var/bench; `open_shop` brings a web server on one database."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.remembered = Remembered.read(STATE / "remembered.json", sandbox_near=9900)
        self.port = free_port()
        self.environment = self._environment()
        self.postgres = PostgresServer(STATE / "postgres")
        password = self.remembered.valkey_password
        self.valkey = ValkeyServer(
            STATE / "valkey", port=self.remembered.valkey_port, password=password, throwaway=True
        )
        self.environment["REDIS_URL"] = self.valkey.url()
        self.servers: dict[str, Running] = {}

    def _environment(self) -> dict[str, str]:
        site = f"http://localhost:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in KEPT_OUT and name[:2] != "PG"}
        return kept | {
            MARK: str(STATE),
            "SAMPAN_ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "marketplace.devtools.bench.settings",
            "DEBUG": "false",
            "DEMO": "true",
            "SECRET_KEY": self.remembered.sandbox_secret,
            "SITE_URL": site,
            "ALLOWED_HOSTS": "localhost",
            "CSRF_TRUSTED_ORIGINS": site,
            "MEDIA_ROOT": str(STATE / "media"),
            "PRIVATE_ROOT": str(STATE / "private"),
            "DOCUMENT_KEYS": self.remembered.document_key,
            "STATIC_ROOT": str(STATE / "static"),
            "EMAIL_URL": f"filemail://{STATE / 'mail'}",
            "SANDBOX_URL": f"http://localhost:{self.remembered.sandbox_port}",
            "SANDBOX_SECRET": self.remembered.sandbox_secret,
            "LOG_FORMAT": "json",
            "NO_PROXY": "localhost,127.0.0.1",
            "no_proxy": "localhost,127.0.0.1",
            "PYTHONUNBUFFERED": "1",
        }

    def start_servers(self) -> None:
        """PostgreSQL, Valkey and the sandbox answer."""
        for name in ("media", "private", "static", "mail"):
            (STATE / name).mkdir(exist_ok=True)
        self.postgres.prepare()
        self.valkey.prepare()
        self._keep(self.postgres.program(self._log("postgres"), {MARK: str(STATE)}))
        self._keep(self.valkey.program(self._log("valkey"), self.environment))
        self.postgres.wait_until_ready(self.supervisor.watch)
        self.valkey.wait_until_ready(self.supervisor.watch)
        sandbox = ["-m", "demo.sandbox", "--port", str(self.remembered.sandbox_port)]
        self._keep(self.program("sandbox", *sandbox, "--state", str(STATE / "sandbox.sqlite3")))

    def _collect_static(self) -> None:
        """The files of the shop as they are served in production: named by content, compressed."""
        digest = hashlib.sha256()
        for path in sorted((ROOT / "static").rglob("*")):
            if path.is_file():
                digest.update(path.read_bytes())
        note = STATE / "static.note"
        if not note.exists() or note.read_text() != digest.hexdigest():
            announce("Collecting and compressing static files …")
            self.manage("collectstatic", "--noinput", "--verbosity=0")
            note.write_text(digest.hexdigest())

    def _keep(self, program: Program) -> None:
        self.servers[program.name] = self.supervisor.keep(program)

    def use_database(self, name: str, *, fresh: bool = False, as_is: bool = False) -> bool:
        """Commands and web work on the database `name` from now on; True when its data may have changed.

        `fresh` makes it anew; `as_is` takes one that is there without a look at it.
        """
        self._drop_outdated(name if fresh else "")
        full = f"{name}_{_shape()}"
        self.environment["DATABASE_URL"] = self.postgres.url(full)
        made = self.postgres.ensure_database(full)
        if as_is and not made:
            return False
        note = self.postgres.home / f"prepared-{full}.json"
        trusted = not made and (STATE / "media").exists()
        prepare(ROOT, note, trusted=trusted, run=lambda step: self.manage(step.command, *step.arguments))
        self.supervisor.run(self.program("fetch_rates", "-c", FETCH_RATES))  # prices are promised at fresh ones only
        return True

    def manage(self, *arguments: str) -> None:
        """Runs a management command to its end. Raises `StepFailed`."""
        self.supervisor.run(self.program(arguments[0], "manage.py", *arguments))

    def program(self, name: str, *arguments: str, **more: str) -> Program:
        """A Python program in the surroundings of the shop; `more` are further variables."""
        command = [sys.executable, *arguments]
        return Program(name, command, self._log(name), self.environment | more, folder=ROOT)

    def _drop_outdated(self, unwanted: str) -> None:
        """Databases of other migrations go, and so does the one called `unwanted`."""
        shape = _shape()
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            names = [
                row[0] for row in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'shop_%'")
            ]
            for name in names:
                if not name.endswith(shape) or (unwanted and name.startswith(f"{unwanted}_")):
                    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _conninfo(self) -> str:
        return psycopg.conninfo.make_conninfo(
            host=str(self.postgres.sockets), port=5432, user="postgres", dbname="postgres"
        )

    def settle_database(self) -> None:
        """Statistics are fresh, and nothing is left for the database to tidy up while it is measured."""
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    def sessions_begun(self) -> int:
        """The connections that the database has taken since it was made, without those of this command."""
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            query = "SELECT sessions FROM pg_stat_database WHERE datname = %s"
            name = self.environment["DATABASE_URL"].split("/")[3].split("?")[0]
            row = connection.execute(query, [name]).fetchone()
        return int(row[0]) if row else 0

    def open_shop(self) -> Running:
        """The web server as in production, one worker, on the database in use; returns when it answers."""
        self._collect_static()
        web = ["-m", "marketplace.serve", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        web += ["--no-ws", "--workers", "1", "--blocking-threads", "4", "marketplace.devtools.bench.wsgi:application"]
        running = processes.start(self.program("web", *web, PYTHONPATH=str(PRODUCTION)))
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not self._answers():
            if running.ended() or time.monotonic() > deadline:
                log = self._log("web")
                raise StepFailed(f"The shop does not answer; see {log}\n{processes.last_lines(log, 25)}")
            self.supervisor.watch(0.1)
        return running

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _log(self, name: str) -> Path:
        return STATE / "log" / f"{name}.log"


def _shape() -> str:
    """A short name for the tables that the migrations make."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
