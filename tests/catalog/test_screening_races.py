"""Screening beside officers, sellers and dying workers: no decision is overwritten, no change is overlooked, no work is lost."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from kombu import Connection

from catalog import tasks
from catalog.models import MarketHold, Product, ProductImage, Variant
from catalog.selectors import listing_facts
from catalog.services import pictures, screening
from catalog.services.imports import import_feed
from compliance.models import Flag, GoodsRestriction, Registration
from compliance.services import ask_for_recheck, findings, release_flag
from compliance.services.rechecks import SELLER
from marketplace.devtools import processes
from marketplace.devtools.environment import ROOT
from marketplace.devtools.processes import Program
from payments.selectors import fx_table
from tests.support import cast as casting
from tests.support.cast import TODAY, Cast
from tests.support.stack import running_stack
from tests.support.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def mark_all() -> None:
    Product.objects.update(is_unscreened=True)


def until_somebody_waits() -> None:
    """Returns once another connection waits for a lock that somebody holds."""
    for _attempt in range(200):
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("Nobody waits for a lock.")


@pytest.fixture
def banned(shop: Cast) -> Cast:
    """The mug is held in Japan by a flag, and the rule behind it is gone since: the next screening mends the flag."""
    casting.forbid("691110", "JP")
    mark_all()
    screening.screen_waiting()
    assert Product.objects.get(slug="kite-mug").held_in == ["JP"]
    GoodsRestriction.objects.filter(code="TEST-BAN").delete()
    mark_all()
    return shop


# An officer ---------------------------------------------------------------------------------------------------


def while_screening(banned: Cast, is_decided: threading.Event, has_read: threading.Event) -> list[Any]:
    """An officer releases the flag, and screening comes between the decision and its end."""
    flag = Flag.objects.get(rule="restricted_goods:TEST-BAN")

    def decide() -> None:
        with transaction.atomic():
            release_flag(flag=flag, actor=banned.officer, reason="Not what the rule means.")
            is_decided.set()
            has_read.wait(timeout=10)
            until_somebody_waits()

    def screen() -> screening.Screened:
        is_decided.wait(timeout=10)
        return screening.screen_waiting()

    return at_once(decide, screen)


def test_a_decision_made_while_a_screening_writes_stands(banned: Cast) -> None:
    is_decided, has_read = threading.Event(), threading.Event()
    has_read.set()  # it reads under a lock, and has to wait

    while_screening(banned, is_decided, has_read)

    flag = Flag.objects.get(rule="restricted_goods:TEST-BAN")
    assert (flag.status, flag.officer, flag.reason) == ("released", banned.officer, "Not what the rule means.")
    assert list(flag.events.values_list("kind", flat=True)) == ["opened", "released"]
    screening.screen_waiting()
    assert not MarketHold.objects.exists()
    assert Product.objects.get(slug="kite-mug").held_in == []


def test_without_the_lock_the_decision_would_be_overwritten(banned: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens when flags are read, compared and written back."""
    is_decided, has_read = threading.Event(), threading.Event()

    def read_without_lock(kind: ContentType, keys: Sequence[str]) -> Mapping[str, list[Flag]]:
        held: dict[str, list[Flag]] = {}
        for flag in Flag.objects.filter(content_type=kind, object_id__in=keys).exclude(status="mended"):
            held.setdefault(flag.object_id, []).append(flag)
        has_read.set()
        return held

    monkeypatch.setattr(findings, "_held", read_without_lock)

    while_screening(banned, is_decided, has_read)

    assert Flag.objects.get(rule="restricted_goods:TEST-BAN").status == "mended"


# A seller -----------------------------------------------------------------------------------------------------


def test_what_a_seller_changes_while_it_is_screened_is_looked_at_again(
    shop: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark_all()
    read, changed = listing_facts.listings_seen, []

    def change() -> None:
        try:
            Variant.objects.filter(pk=shop.mug.pk).update(weight_grams=99_000)
        finally:
            connection.close()

    def seen_and_changed(*arguments: Any, **options: Any) -> Any:
        found = read(*arguments, **options)
        changed.append(threading.Thread(target=change))
        changed[-1].start()
        until_somebody_waits()  # the trigger of the database wants to note it
        return found

    monkeypatch.setattr(screening, "listings_seen", seen_and_changed)
    screening._batch(screening._waiting())
    changed[0].join(timeout=10)
    monkeypatch.undo()

    assert set(Product.objects.filter(is_unscreened=True).values_list("slug", flat=True)) == {"kite-mug"}
    monkeypatch.setattr("marketplace.kernel.clock.today", lambda: TODAY)
    screening.screen_waiting()
    assert Flag.objects.filter(rule="weight_impossible", object_id=str(shop.mug.product_id)).exists()


def test_many_workers_screen_each_listing_once(shop: Cast) -> None:
    for number in range(30):
        casting.listing(shop.shenzhen, f"Kite {number}", "100", {shop.shenzhen_warehouse: 1})
    mark_all()

    done = at_once(*[lambda: screening._batch(screening._waiting()).listings] * 4)

    assert sum(done) == 33
    assert not Product.objects.filter(is_unscreened=True).exists()
    flags = Flag.objects.filter(status="open").values_list("object_id", "rule")
    assert len(flags) == len(set(flags))


# A worker that dies -------------------------------------------------------------------------------------------


@pytest.fixture
def screener(process_environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Starts the command that screens what waits, in a process of its own."""
    started = []

    def start() -> Any:
        command = (sys.executable, "manage.py", "screen")
        program = Program("screen", command, tmp_path / "screen.log", process_environment, folder=ROOT)
        started.append(processes.start(program))
        return started[-1]

    yield start
    for running in started:
        running.kill_group()


def test_a_worker_that_is_killed_amid_a_batch_leaves_no_trace_and_loses_nothing(
    banned: Cast, screener: Callable[[], Any]
) -> None:
    before = list(Flag.objects.order_by("pk").values()), list(MarketHold.objects.values())
    with transaction.atomic():
        list(Flag.objects.select_for_update())  # so that it stops in the middle
        running = screener()
        until_somebody_waits()
        running.kill_group()

    assert (list(Flag.objects.order_by("pk").values()), list(MarketHold.objects.values())) == before
    assert Product.objects.filter(is_unscreened=True).count() == 3
    for _attempt in range(100):  # until the database has noticed that it is gone
        if screening.screen_waiting().listings == 3:
            break
        time.sleep(0.1)
    assert Flag.objects.get(rule="restricted_goods:TEST-BAN").status == "mended"
    assert Product.objects.get(slug="kite-mug").held_in == []


@pytest.mark.worker
@pytest.mark.timeout(120)
def test_the_worker_screens_an_import_and_lets_a_mended_listing_go(
    shop: Cast, process_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is done here but what a seller does; the rest is beat and worker."""
    from catalog.feeds.formats import open_feed

    Registration.objects.filter(seller=shop.shenzhen, country="FR", stream="textiles").update(state="claimed")
    table = tmp_path / "shirts.csv"
    table.write_text(
        "Handle,Title,Variant Price,Variant SKU,Variant Grams,Status\nlong-shirt,Long shirt,90,LONG-1,200,active\n"
    )
    with running_stack(tmp_path, process_environment["DATABASE_URL"], {}) as stack:
        stack.start("valkey", "worker", "beat")
        with table.open("rb") as file:
            _format, feed = open_feed(file, format="shopify", currency="CNY", on=TODAY)
            assert import_feed(seller=shop.shenzhen, feed=feed, fx=fx_table(TODAY)).created == 1
        shirt = Product.objects.get(handle="long-shirt")
        Product.objects.filter(pk=shirt.pk).update(hs_code="610910", origin="CN")
        casting.tell_all(shirt)

        def held_in() -> list[str]:
            shirt.refresh_from_db()
            return shirt.held_in

        stack.wait_until(lambda: held_in() == ["FR"], "the first screening")
        Registration.objects.update(state="valid")
        ask_for_recheck(topic=SELLER, keys=[shop.shenzhen.pk])
        stack.wait_until(lambda: held_in() == [], "the listing to be let go")

    (flag,) = Flag.objects.filter(object_id=str(shirt.pk), rule="epr_missing:textiles-block")
    assert flag.status == "mended"
    assert list(flag.events.values_list("kind", flat=True)) == ["opened", "mended"]


@pytest.mark.worker
@pytest.mark.timeout(120)
def test_screening_waits_neither_for_pictures_nor_for_files(
    shop: Cast, process_environment: dict[str, str], tmp_path: Path
) -> None:
    """The negative control is the picture: whoever takes the swift work leaves it alone."""
    source = next(iter(sorted(Path(settings.BASE_DIR, "demo", "media").glob("*mug-1.webp"))))
    image = ProductImage.objects.create(product=shop.mug.product, file=pictures.keep_file(source, name="mug.webp").name,
                                        width=400, height=400, alt_en="Mug")  # fmt: skip
    mark_all()

    def sizes() -> str:
        image.refresh_from_db()
        return image.sizes

    with running_stack(tmp_path, process_environment["DATABASE_URL"], {}) as stack:
        stack.start("valkey", "worker", "beat")
        with Connection(stack.valkey.url()) as broker:
            tasks.make_pictures.apply_async(connection=broker)
        stack.wait_until(lambda: not Product.objects.filter(is_unscreened=True).exists(), "the screening")
        assert sizes() == "waiting"
        stack.start("bulk")
        stack.wait_until(lambda: sizes() == "made", "the sizes of the picture")
