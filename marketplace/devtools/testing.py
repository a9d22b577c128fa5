"""`bin/test`: pytest runs with what it needs on this machine, compiled catalogues and a Chromium included."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from marketplace.devtools.catalogues import compile_catalogues
from marketplace.devtools.environment import ROOT, STOP_SIGNALS, announce

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")
PREPARE_ONLY = "--prepare-only"
PARALLEL = ("-n", "2", "--dist", "loadgroup")


def find_chromium() -> str | None:
    """The Chromium for the browser tests: the one that CHROMIUM names, else the first one in PATH."""
    names = (os.environ["CHROMIUM"],) if os.environ.get("CHROMIUM") else CHROMIUM_NAMES
    return next(filter(None, map(shutil.which, names)), None)


def install_chromium() -> None:
    """In CI, as root on Debian, Chromium is installed if there is none; elsewhere nothing happens."""
    apt = shutil.which("apt-get")
    if find_chromium() or not os.environ.get("CI") or os.geteuid() != 0 or not apt:
        return
    announce("Installing Chromium and fonts by apt")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    update = [apt, "update", "-q"]
    install = [apt, "install", "-y", "-q", "--no-install-recommends", *CHROMIUM_PACKAGES]
    for _ in range(2):
        with contextlib.suppress(subprocess.CalledProcessError):
            for command in (update, install):
                subprocess.run(command, env=quiet, check=True, stdout=subprocess.DEVNULL)
            return
    announce("Chromium could not be installed by apt; the browser tests will be skipped")


def pytest_arguments(given: list[str]) -> list[str]:
    """The arguments for pytest: two processes, unless another number is given or single tests are named."""
    for each in given:
        if each.startswith(("-n", "--numprocesses", "--pdb", "--trace")) or "::" in each:
            return given
    return [*PARALLEL, *given]


def main(arguments: list[str]) -> int:
    """Prepares, then becomes pytest."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    if changed := compile_catalogues():
        announce(f"Compiled {changed} translation catalogues")
    install_chromium()
    if PREPARE_ONLY in arguments:
        return 0
    if sys.stdout.isatty():
        os.environ.setdefault("PY_COLORS", "1")
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # tests/conftest.py sets it once the servers are known
    os.chdir(ROOT)
    python = Path(sys.executable)
    os.execv(python, [str(python), "-m", "pytest", *pytest_arguments(arguments)])  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
