"""Every run has its own PostgreSQL and Valkey; fixtures that all tests may use.

The addresses are put into the environment while this file is read, before any settings; the servers start a
moment later, once for the run. DJANGO_SETTINGS_MODULE therefore does not stand in pyproject.toml.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import hypothesis
import pytest

from marketplace.devtools.remembered import free_port
from marketplace.devtools.testing import find_chromium
from tests.support import scenes
from tests.support.network import close_the_outside
from tests.support.servers import HANDED_DOWN, WORKER, TestServers, settings_for_tests
from tests.support.template import DATABASE, Template

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django import DjangoDbBlocker

    from tests.support.cast import Cast, Laws

NO_CHROMIUM = "no Chromium in PATH; CHROMIUM=/path/to/it names one"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

if WORKER:
    _servers = None
    _folder = Path(os.environ["SAMPAN_TEST_FOLDER"])
    _addresses = {name: os.environ[name] for name in ("DATABASE_URL", HANDED_DOWN)}
else:
    _servers = TestServers()
    _folder = _servers.folder
    _addresses = _servers.addresses()
    os.environ["SAMPAN_TEST_FOLDER"] = str(_folder)
os.environ.update(settings_for_tests(_folder, _addresses))

import django  # noqa: E402 - the settings are read here

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402
from django.utils import translation  # noqa: E402

Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)

PBKDF2PasswordHasher.iterations = 1  # passwords are not meant to be slow to check here; any process of the shop can

# How long an example takes says something about the machine, not about the shop.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """The servers run, and the network ends at this machine."""
    close_the_outside()
    if _servers is None:
        return
    config.add_cleanup(_servers.stop)
    if not config.option.collectonly:
        _servers.start()
    if getattr(config.option, "numprocesses", None):
        del os.environ["DJANGO_SETTINGS_MODULE"]  # each process reads the settings with its own Valkey database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are skipped where there is no browser."""
    if find_chromium() is None:
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line says that browser tests were skipped."""
    skipped = [each for each in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(each.longrepr)]
    if skipped:
        terminalreporter.write_line(f"Browser tests were skipped ({len(skipped)}): {NO_CHROMIUM}.", yellow=True)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """A test is in the database of its scene before its transaction begins, which is the work of this fixture."""
    if fixturedef.argname == "_django_db_helper":
        with request.getfixturevalue("django_db_blocker").unblock():
            scenes.choose(request)


@pytest.fixture(autouse=True)
def spoken_language() -> Iterator[None]:
    """What one test speaks, such as by a request for an Arabic page, is not what the next one speaks."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def fresh_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search asks the database each time; tests/catalog/test_search_kept.py says for how long it need not."""
    monkeypatch.setattr("catalog.selectors.search.SECONDS", -1.0)


@pytest.fixture
def clock_that_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the process keeps grows old between two counts of queries, however slow the machine is."""
    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The test database is a copy of one that is migrated once; nothing of the scenes beside it is left."""
    from django.db import connection

    with django_db_blocker.unblock():
        Template(_folder).migrate_once()
    connection.settings_dict["TEST"]["TEMPLATE"] = DATABASE
    yield
    scenes.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that commits, the database holds what it was migrated with."""
    from django.db import connection
    from django.test import TransactionTestCase

    from tests.support.rows import Migrated

    with django_db_blocker.unblock():
        migrated = Migrated()
        connection.close()  # where no test asks for a database, this is the one that others are copied from
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: migrated.restore())
        yield


@pytest.fixture(scope="session")
def laws(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Laws:
    """Rules, freight and rates, loaded once for the process."""
    from tests.support import cast as casting

    with django_db_blocker.unblock():
        scenes.leave()
        return casting.laws()


@pytest.fixture
def cast_of_the_day(laws: Laws, db: None) -> Cast:
    """The standing cast, in a shop where the laws hold. A scene of its own."""
    from tests.support import cast as casting

    made, known = casting.STANDING.take()
    known.recall()
    return made


@pytest.fixture
def cast_on_filled_shelves(laws: Laws, db: None) -> Cast:
    """The same, and their goods are on the shelves. A scene of its own."""
    from tests.support import cast as casting

    made, known = casting.FILLED.take()
    known.recall()
    return made


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program that the browser tests drive."""
    path = find_chromium()
    if path is None:
        pytest.skip(NO_CHROMIUM)
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """A headless Chromium for the whole run of this process; each test opens its own context.

    Playwright keeps an event loop in the thread of the tests, which Django would take for asynchronous code.
    """
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def valkey_flush() -> Iterator[None]:
    """The Valkey database of this process is empty before and after the test."""
    import redis

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
        yield
        client.flushdb()


@pytest.fixture
def unused_port() -> int:
    """A port of the loopback that nobody listens on."""
    return free_port()


@pytest.fixture
def process_environment(django_db_setup: None) -> dict[str, str]:
    """The environment for a program of the shop (worker, command) that works on this test's databases.

    The test must commit what the program is to see: `pytest.mark.django_db(transaction=True)`.
    """
    from django.db import connection

    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return dict(os.environ) | {"DATABASE_URL": address.geturl(), "PYTHONUNBUFFERED": "1"}
