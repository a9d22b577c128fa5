"""The virtual environment holds what the requirements files ask for, then the command goes on inside it.

This file is run by path on the machine's own Python, before anything is installed: standard library only.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STARTED = "SAMPAN_STARTED_AT"
MADE_IN = VENV / ".made-in"  # the path that the programs in .venv were made for
UNPACKING = VENV / ".unpacking"  # there while packages are unpacked: who finds it finds half of them
FILES = {"dev": ["requirements.txt"], "test": ["requirements.txt", "requirements-dev.txt"]}
MODULES = {
    "dev": "marketplace.devtools.development",
    "test": "marketplace.devtools.testing",
    "bench": "marketplace.devtools.bench",
}
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PROGRESS_EVERY = 5.0  # seconds between two lines on a long installation


class CannotPrepare(Exception):
    """The machine lacks something; the message is the sentence for the person at the keyboard."""


def announce(text: str) -> None:
    """Prints one line with the seconds since the command was given."""
    elapsed = time.time() - float(os.environ.setdefault(STARTED, str(time.time())))
    say(f"{elapsed:7.1f} s  {text}")


def say(text: str) -> None:
    """Prints a text; that the terminal has been closed is no error."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - stays open until the process ends


def somebody_elses(error: PermissionError) -> str:
    """The sentence for a file that this user may not touch."""
    return f"{error.filename} belongs to another user; work as that user or in a copy of your own."


def dev_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of `bin/dev`: port, host, watch. Prints the help and exits on --help or a wrong option."""
    parser = argparse.ArgumentParser(
        prog="bin/dev",
        description="Starts the shop with its database, worker and demo catalogue. Ctrl-C stops everything.",
        epilog="DATABASE_URL and REDIS_URL name servers to use instead of the embedded ones. "
        "State and logs are in var/PORT/; removing that folder begins anew.",
    )
    parser.add_argument("--port", type=_port, default=8000, help="where the shop listens (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="the address it listens on (127.0.0.1)")
    parser.add_argument("--watch", action="store_true", help="start web and worker again when the code changes")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def ensure(kind: str) -> Path:
    """The Python of a `.venv` in which the requirements of `kind` ("dev" or "test") are installed.

    Installs only when a requirements file, the Python or the place of the checkout has changed. Raises
    `CannotPrepare` when that fails.
    """
    python = VENV / "bin" / "python"
    with _one_at_a_time():
        if not _is_whole(python):
            announce(f"Making .venv with Python {sys.version.split()[0]}")
            _make_venv()
        stamps = {name: VENV / f".installed-{name}" for name in FILES}
        if _read(stamps[kind]) == _fingerprint(kind):
            return python
        _install(python, ROOT / FILES[kind][-1])
        for name in ("dev", "test") if kind == "test" else ("dev",):
            stamps[name].write_text(_fingerprint(name))
    return python


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two commands that start together install once."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "install.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_whole(python: Path) -> bool:
    """Whether .venv works, was made for this place (its programs carry the path), and no unpacking was cut short."""
    code = "import sys; print(sys.prefix, sys.version_info >= (3, 11))"
    if UNPACKING.exists() or _output([str(python), "-I", "-c", code]) != f"{VENV} True":
        return False
    if not MADE_IN.exists() and _output([str(python), "-m", "pip", "--version"]):
        MADE_IN.write_text(str(VENV))  # made by hand
    return _read(MADE_IN) == str(VENV)


def _make_venv() -> None:
    ways = [[sys.executable, "-m", "venv", str(VENV)]]
    if importlib.util.find_spec("virtualenv"):
        ways.append([sys.executable, "-m", "virtualenv", str(VENV)])
    if uv := shutil.which("uv"):
        ways.append([uv, "venv", "--seed", "--python", sys.executable, str(VENV)])
    for way in ways:
        shutil.rmtree(VENV, ignore_errors=True)
        code, _ = _follow(way, lambda line: None)
        if code == 0:
            MADE_IN.write_text(str(VENV))
            return
    shutil.rmtree(VENV, ignore_errors=True)
    raise CannotPrepare(
        f"{sys.executable} cannot make a virtual environment; install its venv module (python3-venv on Debian) or uv."
    )


def _fingerprint(kind: str) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {VENV}".encode())
    for name in FILES[kind]:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _output(command: list[str]) -> str:
    """What a short command prints; nothing when it cannot be run or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _install(python: Path, requirements: Path) -> None:
    announce(f"Installing {requirements.name} (once; a minute or two)")
    pip = [str(python), "-m", "pip", "install", "--no-input", "--progress-bar=off", "--disable-pip-version-check"]
    ways = [[*pip, "--prefer-binary", "-r", str(requirements)]]
    if uv := shutil.which("uv"):
        ways.insert(0, [uv, "pip", "install", "--python", str(python), "-r", str(requirements)])
    for way in ways:
        code, tail = _follow(way, InstallProgress().line)
        if code == 0:
            UNPACKING.unlink(missing_ok=True)
            announce("Installed")
            return
    print("\n".join(tail), file=sys.stderr)
    raise CannotPrepare(f"{requirements.name} could not be installed; the lines above say why.")


class InstallProgress:
    """Tells every few seconds how far an installer is."""

    def __init__(self) -> None:
        self._found, self._told = 0, time.monotonic()

    def line(self, text: str) -> None:
        """Takes in one line that the installer has printed."""
        if text.startswith("Installing collected packages"):
            UNPACKING.touch()
            announce(f"  unpacking {text.count(',') + 1} packages")
        elif text.startswith(("Collecting ", "Downloading ")):  # pip, uv
            self._found += 1
            if time.monotonic() - self._told > PROGRESS_EVERY:
                announce(f"  {self._found} packages found, now {text.split()[1]}")
                self._told = time.monotonic()


def _follow(command: list[str], tell: Callable[[str], None]) -> tuple[int, list[str]]:
    """Runs a command and passes on its lines; its exit code and last lines. Nothing of it outlives this call."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"},
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    tail: deque[str] = deque(maxlen=25)
    try:
        for line in process.stdout or ():
            tail.append(line.rstrip())
            tell(line)
        return process.wait(), list(tail)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """For the start of a new process: the kernel sends it `stop_signal` when its parent dies, however that happens.

    Linux only; elsewhere a later start ends what was left.
    """
    parent, system = os.getpid(), ctypes.CDLL(None) if sys.platform == "linux" else None

    def bind() -> None:
        if system is not None:
            system.prctl(1, int(stop_signal))  # PR_SET_PDEATHSIG
            if os.getppid() != parent:
                os._exit(1)

    return bind


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(kind: str, arguments: list[str]) -> int:
    """Makes the environment ready and becomes the command inside it; returns only on failure."""
    os.environ[STARTED] = str(time.time())
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupted)
    if kind == "dev":
        dev_arguments(arguments)
    os.environ["PYTHONUTF8"] = "1"
    # Each of the many processes would compile the shop anew if nobody kept what was compiled.
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE", "__PYVENV_LAUNCHER__"):
        os.environ.pop(name, None)
    try:
        python = ensure(kind if kind in FILES else "dev")
    except CannotPrepare as error:
        print(error, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(somebody_elses(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next start goes on from here.", file=sys.stderr)
        return 130
    os.chdir(ROOT)
    # A Ctrl-C during the change is held back and delivered when the command is ready for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    os.execv(python, [str(python), "-m", MODULES[kind], *arguments])  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
