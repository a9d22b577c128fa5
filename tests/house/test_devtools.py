"""The two commands: what they stand on does what it promises, on this machine and when things go wrong."""

from __future__ import annotations

import gettext
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from django.db import connection

from marketplace.devtools import development, postgres, processes
from marketplace.devtools.catalogues import compile_catalogues
from marketplace.devtools.environment import ROOT, CannotPrepare, dev_arguments
from marketplace.devtools.preparation import STEPS, prepare
from marketplace.devtools.processes import MARK, Program
from marketplace.devtools.remembered import Remembered
from marketplace.devtools.testing import PARALLEL, install_chromium, pytest_arguments
from marketplace.devtools.watching import CodeWatch

SLEEPER = [sys.executable, "-c", "import time; time.sleep(300)"]


def eventually(question: Callable[[], object], *, seconds: float = 20.0) -> bool:
    """Asks until the answer is true."""
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def sleeper(folder: Path, **changes: object) -> Program:
    return Program("sleeper", SLEEPER, folder / "sleeper.log", dict(os.environ) | {MARK: str(folder)}, **changes)  # type: ignore[arg-type]


def python_script(folder: Path, text: str) -> list[str]:
    script = folder / "script.py"
    script.write_text(textwrap.dedent(text))
    return [sys.executable, str(script), str(folder)]


def run_script(folder: Path, text: str) -> subprocess.Popen[str]:
    environment = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(python_script(folder, text), env=environment, stdout=subprocess.PIPE, text=True)


# Programs --------------------------------------------------------------------------------------------------


def test_a_program_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = run_script(
        tmp_path,
        f"""
        import sys, time
        from pathlib import Path
        from marketplace.devtools import processes
        folder = Path(sys.argv[1])
        program = processes.Program("sleeper", {SLEEPER!r}, folder / "log", {{}})
        (folder / "pid").write_text(str(processes.start(program).process.pid))
        (folder / "ready").touch()
        time.sleep(300)
        """,
    )
    assert eventually((tmp_path / "ready").exists)
    pid = int((tmp_path / "pid").read_text())
    assert psutil.pid_exists(pid)

    starter.kill()
    starter.wait()

    assert eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_leftovers_of_an_earlier_run_are_ended_and_a_reused_pid_is_left_alone(tmp_path: Path) -> None:
    recorded, marked = processes.start(sleeper(tmp_path)), processes.start(sleeper(tmp_path))
    stranger = subprocess.Popen(SLEEPER)
    record = tmp_path / "processes.json"
    processes.write_down(record, [recorded])
    rows = json.loads(record.read_text())
    rows.append({"pid": stranger.pid, "created": rows[0]["created"] - 60, "stop": int(signal.SIGTERM)})
    record.write_text(json.dumps(rows))

    ended = processes.end_leftovers(record)

    assert ended == 2
    assert recorded.ended() and marked.ended()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_program_that_ignores_the_stop_signal_is_killed_with_its_children(tmp_path: Path) -> None:
    stubborn = python_script(
        tmp_path,
        f"""
        import signal, subprocess, sys, time
        from pathlib import Path
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen({SLEEPER!r})
        (Path(sys.argv[1]) / "child").write_text(str(child.pid))
        time.sleep(300)
        """,
    )
    running = processes.start(Program("stubborn", stubborn, tmp_path / "log", dict(os.environ), patience=0.2))
    assert eventually(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text())

    running.ask_to_stop()
    running.stop()

    child = int((tmp_path / "child").read_text())
    assert running.ended() == "was killed by signal 9"
    assert eventually(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


def test_the_supervisor_starts_again_what_was_killed_and_leaves_nothing_behind(tmp_path: Path) -> None:
    supervisor = run_script(
        tmp_path,
        f"""
        import sys
        from pathlib import Path
        from marketplace.devtools.processes import Program
        from marketplace.devtools.supervisor import Stopped, Supervisor
        folder = Path(sys.argv[1])
        with Supervisor(folder / "processes.json") as supervisor:
            supervisor.keep(Program("sleeper", {SLEEPER!r}, folder / "log", {{}}))
            try:
                while True:
                    supervisor.watch(1.0)
            except Stopped:
                print("stopping")
        """,
    )
    record = tmp_path / "processes.json"

    def sleeper_pid() -> int:
        return int(json.loads(record.read_text())[0]["pid"]) if record.exists() else 0

    assert eventually(sleeper_pid)
    first = sleeper_pid()
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: sleeper_pid() not in (0, first))
    second = sleeper_pid()

    supervisor.send_signal(signal.SIGINT)
    said, _ = supervisor.communicate(timeout=20)

    assert "sleeper was killed by signal 9; starting it again" in said
    assert supervisor.returncode == 0
    assert not psutil.pid_exists(second)
    assert not record.exists()


# Servers ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["無線イヤホン", "سماعات", "наушники", "Gehäuse"])
def test_the_database_knows_the_letters_of_every_script(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT cardinality(show_trgm(%s)), lower('ÄЯ') = 'äя'", [word])
        trigrams, folds = cursor.fetchone()

    assert trigrams > len(word) / 2
    assert folds


def test_the_socket_of_a_deep_checkout_goes_to_a_short_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("a rather long name " * 5).strip() / "postgres"

    folder = postgres.socket_folder(deep, None)

    assert len(os.fsencode(f"{folder}{postgres.SOCKET_NAME}")) < postgres.SOCKET_LIMIT
    assert " " not in str(folder)
    assert folder == postgres.socket_folder(deep, None)
    assert postgres.socket_folder(Path("/srv/shop/var/8000"), None) == Path("/srv/shop/var/8000/socket")


def test_a_copy_keeps_its_ports_and_secrets_unless_a_port_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "remembered.json"
    first = Remembered.read(file, sandbox_near=8000)

    assert Remembered.read(file, sandbox_near=8000) == first

    with socket.create_server(("127.0.0.1", first.valkey_port)):
        moved = Remembered.read(file, sandbox_near=8000)
    assert moved.valkey_port != first.valkey_port
    assert (moved.valkey_password, moved.sandbox_secret) == (first.valkey_password, first.sandbox_secret)
    assert file.stat().st_mode & 0o077 == 0


# Preparation -----------------------------------------------------------------------------------------------


def test_only_the_steps_that_are_due_are_run(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("Django")
    migration = tmp_path / "catalog" / "migrations" / "0001_initial.py"
    rule = tmp_path / "compliance" / "data" / "rates.csv"
    for file in (migration, rule):
        file.parent.mkdir(parents=True)
        file.write_text("first")
    note, run = tmp_path / "prepared.json", []

    def commands(*, trusted: bool = True) -> list[str]:
        run.clear()
        prepare(tmp_path, note, trusted=trusted, run=lambda step: run.append(step.command))
        return list(run)

    everything = [step.command for step in STEPS]
    assert commands() == everything
    assert commands() == []
    rule.write_text("second")
    assert commands() == everything[1:]
    assert commands(trusted=False) == everything


def test_a_step_that_failed_is_due_again(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("Django")
    note, run = tmp_path / "prepared.json", []

    def fail_at_rates(step: object) -> None:
        run.append(step.command)  # type: ignore[attr-defined]
        if run[-1] == "load_rates":
            raise RuntimeError

    with pytest.raises(RuntimeError):
        prepare(tmp_path, note, trusted=True, run=fail_at_rates)
    run.clear()
    prepare(tmp_path, note, trusted=True, run=lambda step: run.append(step.command))

    assert run == ["load_rates", "seed_demo"]


CATALOGUE = """
msgid ""
msgstr ""
"Language: ar\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;\\n"

msgctxt "button"
msgid "Buy"
msgstr "{buy}"

#, fuzzy
msgid "Sell"
msgstr "not checked"

msgid "%(count)s piece"
msgid_plural "%(count)s pieces"
msgstr[0] "zero"
msgstr[1] "one"
msgstr[2] "two"
msgstr[3] "few"
msgstr[4] "many"
msgstr[5] "other"
"""


def test_catalogues_are_compiled_without_gettext_and_again_when_the_source_differs(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "ar" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE.format(buy="اشترِ"))

    def compiled() -> gettext.GNUTranslations:
        with source.with_suffix(".mo").open("rb") as file:
            return gettext.GNUTranslations(file)

    assert compile_catalogues(tmp_path) == 1
    assert compile_catalogues(tmp_path) == 0
    assert compiled().pgettext("button", "Buy") == "اشترِ"
    assert compiled().gettext("Sell") == "Sell"
    assert [compiled().ngettext("%(count)s piece", "%(count)s pieces", n) for n in (0, 1, 2, 5, 11, 100)] == [
        "zero",
        "one",
        "two",
        "few",
        "many",
        "other",
    ]

    source.write_text(CATALOGUE.format(buy="شراء"))
    os.utime(source, (1, 1))  # an older copy brought back
    assert compile_catalogues(tmp_path) == 1
    assert compiled().pgettext("button", "Buy") == "شراء"


def test_a_change_of_code_is_seen_once(tmp_path: Path) -> None:
    view = tmp_path / "orders" / "views.py"
    view.parent.mkdir()
    view.write_text("")
    (tmp_path / "var").mkdir()
    watch = CodeWatch(tmp_path)

    assert watch.changed() is None
    os.utime(view, (1, 1))
    (tmp_path / "var" / "noise.py").write_text("")
    assert watch.changed() == "orders/views.py"
    assert watch.changed() is None


# The commands ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["dev", "test"])
def test_a_python_that_fits_is_found_and_one_sentence_tells_of_none(command: str, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\n")
    fitting = tmp_path / "python3.12"
    fitting.write_text('#!/bin/sh\nif [ "$1" = -c ]; then echo "$0"; else echo "$@"; fi\n')
    script = tmp_path / "bin" / command
    script.parent.mkdir()
    for name in (command, "find_python.sh"):
        (tmp_path / "bin" / name).write_bytes((ROOT / "bin" / name).read_bytes())
    for each in (old, fitting, script):
        each.chmod(0o755)
    for tool in ("sh", "dirname", "readlink"):
        (tmp_path / tool).symlink_to(f"/bin/{tool}" if Path(f"/bin/{tool}").exists() else f"/usr/bin/{tool}")

    def run() -> subprocess.CompletedProcess[str]:
        call = [str(script), "--port", "8001"]
        return subprocess.run(call, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)

    assert run().stdout.split() == ["-P", f"{tmp_path}/marketplace/devtools/environment.py", command, "--port", "8001"]

    fitting.unlink()
    answer = run()
    assert answer.returncode == 1
    assert answer.stderr.startswith("Sampan needs Python 3.11 or newer")


def test_a_second_start_on_the_same_port_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(development, "ROOT", tmp_path)

    refusal = pytest.raises(CannotPrepare, match=rf"already runs on port 8000 \(process {os.getpid()}\)")
    with development.state_folder(8000), development.state_folder(8001), refusal, development.state_folder(8000):
        pass


@pytest.mark.parametrize("attempts_that_fail", [0, 1])
def test_chromium_is_installed_in_ci_and_tried_once_more(
    attempts_that_fail: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    apt = tmp_path / "apt-get"
    apt.write_text(f"#!/bin/sh\necho $1 >> {calls}\n[ $(/usr/bin/wc -l < {calls}) -gt {attempts_that_fail} ]\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    monkeypatch.delenv("CI", raising=False)
    install_chromium()
    assert not calls.exists()

    monkeypatch.setenv("CI", "true")
    install_chromium()
    assert calls.read_text().split() == ["update"] * attempts_that_fail + ["update", "install"]


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eight"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        dev_arguments([f"--port={port}"])

    assert "a port is a number from 1 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "run_with"),
    [
        ([], [*PARALLEL]),
        (["tests/orders"], [*PARALLEL, "tests/orders"]),
        (["-n", "4"], ["-n", "4"]),
        (["-n0", "-x"], ["-n0", "-x"]),
        (["tests/house/test_devtools.py::test_x"], ["tests/house/test_devtools.py::test_x"]),
    ],
)
def test_tests_run_in_two_processes_unless_asked_otherwise(given: list[str], run_with: list[str]) -> None:
    assert pytest_arguments(given) == run_with
