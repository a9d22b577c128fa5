"""A whole shop in processes of its own, open for all browser tests of this process, and shoppers to walk through it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from catalog.models import ProductImage, Variant
from catalog.services import pictures
from tests.browser.officers import Read
from tests.support import cast as casting
from tests.support.servers import WORKER
from tests.support.stack import Stack, running_stack
from tests.support.template import copy_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES: pytest.StashKey[list[Page]] = pytest.StashKey()
SWIFT = {"STEP_LEASE_SECONDS": "10", "TRACKING_POLL_SECONDS": "1", "CARRIER_PACE": "0.5"}
PICTURES = {"KITE-T-SHIRT": "*t-shirt-1.webp", "KITE-MUG": "*mug-1.webp", "MORNING-NOTEBOOK": "*notebook-1.webp"}

EXPECTED = (
    "status of 422",  # the answer to a form with mistakes
    "status of 451",  # the page of a listing that is held in the country of the shopper
    *("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort"),  # a page was left while it asked for its progress
)


@pytest.fixture(scope="session")
def shop(
    chromium_path: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any
) -> Iterator[Stack]:
    """The address of a shop with the standing cast and their goods, on a database that no other test sees."""
    name = f"browser_{WORKER or 'main'}"
    address = copy_database(name)
    with django_db_blocker.unblock():
        _open_shop(name)
    with running_stack(tmp_path_factory.mktemp("shop"), address, SWIFT) as stack:
        stack.start()
        stack.wait_for_servers()
        yield stack


def _open_shop(name: str) -> None:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        casting.forget_laws()
        casting.load_laws()
        cast = casting.assemble()
        casting.another_choice(cast.tshirt, "Size", "Small", "Large", "84.70", 50)
        for variant in (cast.tshirt, cast.mug, cast.notebook):
            _show(variant, PICTURES[variant.sku])
        casting.fill_shelves()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        casting.forget_laws()


def _show(variant: Variant, pattern: str) -> None:
    source = next(iter(sorted(Path(settings.BASE_DIR, "demo", "media").glob(pattern))))
    kept = pictures.keep_file(source, name=f"products/{source.name}")
    ProductImage.objects.create(product=variant.product, file=kept.name, width=kept.width, height=kept.height,
                                alt_en=variant.product.name_en)  # fmt: skip


@pytest.fixture
def read(shop: Stack, django_db_blocker: DjangoDbBlocker) -> Read:
    """Answers questions from the database of the shop."""

    def answer(question: Callable[[], Any]) -> Any:
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = urlsplit(shop.environment["DATABASE_URL"]).path[1:]
        try:
            with django_db_blocker.unblock():
                return question()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before

    return answer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A failed test says what its shoppers saw last."""
    report = yield
    if report.failed:
        for page in item.stash.get(PAGES, []):
            if not page.is_closed():
                report.sections.append((f"Page {page.url}", page.locator("body").inner_text()))
    return report


@pytest.fixture
def new_page(browser: Browser, shop: Stack, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Opens windows on the shop; whatever the browser complains about fails the test."""
    contexts, complaints = [], []
    pages = request.node.stash.setdefault(PAGES, [])

    def open_page(language: str = "en", **options: Any) -> Page:
        context = browser.new_context(base_url=shop.url, locale=language, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [complaint for complaint in complaints if not any(word in complaint for word in EXPECTED)] == []
