"""`bin/dev`: the whole shop runs on this machine until Ctrl-C, from nothing but the checkout.

Everything that a run writes is in `var/PORT/`, so that copies on other ports stand beside each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import environ

from marketplace.devtools import processes
from marketplace.devtools.environment import ROOT, CannotPrepare, announce, dev_arguments, say, somebody_elses
from marketplace.devtools.operator import OPERATOR
from marketplace.devtools.postgres import PostgresServer
from marketplace.devtools.preparation import Step, prepare
from marketplace.devtools.processes import MARK, Program
from marketplace.devtools.remembered import Remembered, port_is_free
from marketplace.devtools.supervisor import StepFailed, Stopped, Supervisor
from marketplace.devtools.valkey import ValkeyServer
from marketplace.devtools.watching import CodeWatch
from marketplace.devtools.workers import CELERY, WORKERS

DATABASE = "sampan"
RESTARTED_ON_CHANGE = ("web", *WORKERS, "beat")
SECONDS_TO_ANSWER = 90.0


class Development:
    """One run of the shop on one port."""

    def __init__(self, options: Namespace, state: Path, supervisor: Supervisor) -> None:
        self.port, self.host, self.watches = options.port, options.host, options.watch
        self.state, self.supervisor = state, supervisor
        self.remembered = Remembered.read(state / "remembered.json", sandbox_near=options.port)
        self.environment = dict(os.environ) | {MARK: str(state), "PYTHONUNBUFFERED": "1"}
        for name in [name for name in self.environment if name.startswith("PG")]:
            del self.environment[name]
        self._note = state / "prepared.json"
        self._trusted = False

    def settings(self) -> None:
        """The environment of every program: what is not set already gets a value fit for this copy."""
        site = f"http://localhost:{self.port}"
        sandbox = f"http://localhost:{self.remembered.sandbox_port}"
        local = "localhost,127.0.0.1,[::1]"
        defaults = {
            "DEBUG": "true" if self.watches else "false",
            "SECRET_KEY": f"{self.remembered.sandbox_secret}-signs-cookies-and-links",
            "DEMO": "true",
            "OPERATOR": OPERATOR,
            "SITE_URL": site,
            "ALLOWED_HOSTS": local if self.host in ("127.0.0.1", "localhost", "::1") else "*",
            "CSRF_TRUSTED_ORIGINS": f"{site},http://127.0.0.1:{self.port}",
            "MEDIA_ROOT": str(self.state / "media"),
            "PRIVATE_ROOT": str(self.state / "private"),
            "DOCUMENT_KEYS": self.remembered.document_key,
            "STATIC_ROOT": str(self.state / "static"),
            "EMAIL_URL": f"filemail://{self.state / 'mail'}",
            "SANDBOX_URL": sandbox,
            "SANDBOX_SECRET": self.remembered.sandbox_secret,
            "LOG_FORMAT": "text",
        }
        self.environment = defaults | self.environment
        # Calls to the counterpart on this machine must not go through a proxy.
        for name in ("NO_PROXY", "no_proxy"):
            self.environment[name] = ",".join(filter(None, [os.environ.get(name), "localhost,127.0.0.1"]))
        exports = self.state / "environment"
        exports.touch(mode=0o600)
        python = f"export PATH='{Path(sys.executable).parent}':\"$PATH\"\n"
        exports.write_text("".join([*self._exports([*defaults, "DATABASE_URL", "REDIS_URL"]), python]))

    def _exports(self, names: list[str]) -> Iterator[str]:
        for name in names:
            value = self.environment[name].replace("'", "'\\''")
            yield f"export {name}='{value}'\n"

    def start_servers(self) -> None:
        """DATABASE_URL and REDIS_URL name servers that answer: the given ones, or our own."""
        postgres = valkey = None
        if not self.environment.get("DATABASE_URL"):
            postgres = PostgresServer(self.state / "postgres")
            postgres.prepare()
            self.supervisor.keep(postgres.program(self._log("postgres"), {MARK: str(self.state)}))
            self.environment["DATABASE_URL"] = postgres.url(DATABASE)
        if not self.environment.get("REDIS_URL"):
            port, password = self.remembered.valkey_port, self.remembered.valkey_password
            valkey = ValkeyServer(self.state / "valkey", port=port, password=password)
            valkey.prepare()
            self.supervisor.keep(valkey.program(self._log("valkey"), self.environment))
            self.environment["REDIS_URL"] = valkey.url()
        if postgres:
            postgres.wait_until_ready(self.supervisor.watch)
            # The note lives with the cluster: who removes the one has removed the other.
            self._note = postgres.home / "prepared.json"
            self._trusted = not postgres.ensure_database(DATABASE) and (self.state / "media").exists()
        if valkey:
            valkey.wait_until_ready(self.supervisor.watch)
        announce("Database and Valkey are running" if postgres or valkey else "Using the given database and Valkey")

    def prepare(self) -> None:
        """Catalogues are compiled, the database is migrated and holds rules, rates and the demo."""
        worked = prepare(ROOT, self._note, trusted=self._trusted, run=self._run)
        for name in ("media", "private", "static", "mail"):
            (self.state / name).mkdir(exist_ok=True)
        accounts = self.state / "accounts.txt"
        if worked or not accounts.exists() or self.environment["SITE_URL"] not in accounts.read_text():
            draft = accounts.with_suffix(".new")
            draft.unlink(missing_ok=True)
            self.supervisor.run(self._program("demo_accounts", "manage.py", "demo_accounts", output=draft))
            draft.replace(accounts)

    def _run(self, step: Step) -> None:
        self.supervisor.run(self._program(step.command, "manage.py", step.command, *step.arguments))

    def start_web(self) -> None:
        """The web server and the counterpart for payments and carriers are kept running from now on."""
        web = ["-m", "marketplace.serve", "--interface", "wsgi", "--host", self.host, "--port", str(self.port)]
        web += ["--no-ws", "--workers", "1", "--blocking-threads", "4", "--respawn-failed-workers"]
        web.append("marketplace.wsgi:application")
        sandbox = ["-m", "demo.sandbox", "--port", str(self.remembered.sandbox_port)]
        sandbox += ["--state", str(self.state / "sandbox.sqlite3")]
        self.supervisor.keep(self._program("web", *web))
        self.supervisor.keep(self._program("sandbox", *sandbox))

    def start_work(self) -> None:
        """Workers and beat are kept running from now on; they start when the web has started, not against it."""
        beat = [*CELERY, "beat", "--loglevel", "info", "--pidfile=", "--schedule", str(self.state / "beat-schedule")]
        for name, command in {**WORKERS, "beat": beat}.items():
            self.supervisor.keep(self._program(name, "-m", *command))

    def wait_for_web(self) -> None:
        """Returns when the shop answers. Raises `StepFailed` when it does not."""
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not self._answers():
            if time.monotonic() > deadline:
                log = self._log("web")
                raise StepFailed(f"The shop does not answer; see {log}\n{processes.last_lines(log, 25)}")
            self.supervisor.watch(0.1)

    def _answers(self) -> bool:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "localhost") else self.host  # noqa: S104
        connection = http.client.HTTPConnection(host, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def tell(self) -> None:
        """Prints the address and the demo accounts."""
        announce(f"Sampan is open: {self.environment['SITE_URL']}/\n")
        say((self.state / "accounts.txt").read_text().rstrip())
        shown = self.state.relative_to(ROOT)
        say(f"\nLogs: {shown}/log/   For manage.py in another window: . {shown}/environment   Ctrl-C stops.")

    def _program(self, name: str, *arguments: str, output: Path | None = None) -> Program:
        command = [sys.executable, *arguments]
        return Program(name, command, self._log(name), self.environment, folder=ROOT, output=output)

    def _log(self, name: str) -> Path:
        return self.state / "log" / f"{name}.log"


@contextlib.contextmanager
def state_folder(port: int) -> Iterator[Path]:
    """The folder of this port, held by this process alone. Raises `CannotPrepare` when another one holds it."""
    state = ROOT / "var" / str(port)
    for folder in (state.parent, state):
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0 and folder.stat().st_uid == 0:
            folder.chmod(0o755)  # The account that runs PostgreSQL for root passes through.
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise CannotPrepare(
                f"Sampan already runs on port {port} (process {lock.read().strip()}); "
                f"stop it there with Ctrl-C, or choose another port: bin/dev --port {port + 1}"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield state
        finally:
            _give_back(state)


def _give_back(state: Path) -> None:
    """What root has written into another user's checkout belongs to that user."""
    owner = ROOT.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for path in (state.parent, state, *state.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_uid == 0:
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _run_until_stopped(options: Namespace, state: Path) -> None:
    record = state / "processes.json"
    with Supervisor(record) as supervisor:
        try:
            if processes.end_leftovers(record):
                announce("Ended what an interrupted run had left behind")
            if not port_is_free(options.port, options.host):
                raise CannotPrepare(f"Another program uses port {options.port}; choose one: bin/dev --port NUMBER")
            shop = Development(options, state, supervisor)
            shop.start_servers()
            shop.settings()
            shop.prepare()
            shop.start_web()
            shop.wait_for_web()
            shop.start_work()
            shop.tell()
            changes = CodeWatch(ROOT) if options.watch else None
            while True:
                supervisor.watch(1.0)
                if changes and (changed := changes.changed()):
                    announce(f"{changed} has changed; starting {', '.join(RESTARTED_ON_CHANGE)} again")
                    supervisor.renew(*RESTARTED_ON_CHANGE)
        except Stopped:
            announce("Stopping …")
    announce("Stopped; nothing is left running")


def main(arguments: list[str]) -> int:
    """Runs the shop until it is told to stop; the exit code of the command."""
    options = dev_arguments(arguments)
    environ.Env.read_env(ROOT / ".env")
    try:
        with state_folder(options.port) as state:
            _run_until_stopped(options, state)
    except (CannotPrepare, StepFailed) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except PermissionError as error:
        print(somebody_elses(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
