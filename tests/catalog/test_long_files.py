"""Files of any length: little memory whatever is in them, and all that is wrong in a row said at once."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Seller
from catalog.feeds.lines import Lines
from catalog.feeds.listing import FeedListing, FeedVariant, RowError
from catalog.feeds.overflow import Overflow
from catalog.models import ImportJob, Product, Variant
from catalog.services import import_jobs
from catalog.services.import_bundles import bundles_last
from catalog.services.imports import import_feed
from marketplace.kernel import clock
from payments.selectors import fx_table
from tests.catalog.admin_stage import Stage
from tests.catalog.test_feed_cells import errors, read
from tests.support.cast import Cast, seller
from tests.support.importing import answered

HEAD = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty," \
       "Variant Price,Variant Compare At Price\n"  # fmt: skip
ALL_WRONG = "kite,,Size,,KITE,heavy,shopify,plenty,dear,cheap\n"
FAULTS = [
    ("title", "The title is missing."),
    ("option1 value", "A choice has no value."),
    ("variant price", "“dear” is not a price."),
    ("variant compare at price", "“cheap” is not a price."),
    ("variant grams", "“heavy” is not a weight in grams."),
    ("variant inventory qty", "“plenty” is not a number of pieces."),
]


@pytest.fixture
def trader(shop: Cast) -> Seller:
    return seller("harbour", "Harbour", "US", "USD")


@contextmanager
def megabytes(most: float) -> Iterator[None]:
    """No more is held at once inside the block than there was before it, and so much."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] / 1_000_000 < most
    finally:
        tracemalloc.stop()


# All that is wrong ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_all_that_is_wrong_in_a_row_is_said_at_once(trader: Seller, tmp_path: Path) -> None:
    file = tmp_path / "feed.csv"
    file.write_text(HEAD + ALL_WRONG + "lamp,Lamp,,,LAMP,,,,12,\n")

    found = answered(file, seller="harbour")

    assert [(error["field"], error["reason"]) for error in found["errors"]] == FAULTS
    assert {error["line"] for error in found["errors"]} == {2}
    assert (found["rejected"], found["created"]) == (1, 1)


@pytest.mark.django_db
def test_the_rows_to_be_mended_say_all_of_it(on_stage: Stage) -> None:
    file = SimpleUploadedFile("export.csv", (HEAD + "lamp,Lamp,,,LAMP,,,,12,\n" + ALL_WRONG).encode(), "text/csv")
    job = import_jobs.upload(seller=on_stage.seller, actor=on_stage.member, file=file, format="shopify", currency="CNY")
    import_jobs.work_on(job.pk)
    page = f"/admin/catalog/importjob/{job.pk}"

    listed = list(csv.reader(io.StringIO(on_stage.client.get(f"{page}/errors/").content.decode("utf-8-sig"))))
    answer: Any = on_stage.client.get(f"{page}/remains/")
    mend = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    shown = " ".join(on_stage.client.get(f"{page}/change/").content.decode().split())

    assert "1 row has to be mended." in shown
    assert [(row[2], row[4]) for row in listed[1:]] == FAULTS
    assert [row[0] for row in mend[1:]] == [" ".join(reason for _field, reason in FAULTS)]

    job.refresh_from_db()
    ImportJob.objects.filter(pk=job.pk).update(result=job.result | {"left_out": [[3, 3]]})  # of an earlier release
    again: Any = on_stage.client.get(f"{page}/remains/")
    assert list(csv.reader(io.StringIO(again.getvalue().decode("utf-8-sig")))) == mend


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("handle,title,price,quantity,weight,price_eur,lead_days\nk,Kite,dear,some,heavy,cheap,soon\n", 5),
        ("title,price,currency,weight\nKite,dear,Doubloons,heavy\n", 3),
        ("ID,Type,SKU,Name,Published,Regular price,Sale price,Weight (kg),Stock\n1,simple,K,Kite,1,dear,cheap,heavy,some\n", 4),
        ("slug,sku,name,price,compare_at_price,weight,inventory_count\nk,K,Kite,dear,cheap,heavy,some\n", 4),
        ("Product Handle,Product Title,Variant Title,Variant SKU,Price EUR,Price USD,Product Weight\n"
         "k,Kite,One,K,dear,cheap,heavy\n", 3),
        ("item_sku,item_name,standard_price,list_price,quantity,item_weight\nK,Kite,dear,cheap,some,heavy\n", 4),
        ("id,title,link,price,sale_price,quantity,availability\nK,Kite,https://e.example,dear EUR,5.00 USD,some,in stock\n", 3),
        ("sku,type,attribute_family_code,url_key,name,price,special_price,inventories\n"
         "K,simple,default,k,Kite,dear,cheap,default=some\n", 3),
        ("Handle,SKU,HS Code,COO,Attic,Cellar\nkite,K,,,some,few\n", 2),
    ],
)  # fmt: skip
def test_every_format_says_all_that_is_wrong_in_a_row(table: str, faults: int) -> None:
    assert len(errors(table.encode())) == faults


# Little memory -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["shopify", "plain"])
def test_a_listing_without_end_is_refused_in_one_sentence(format: str) -> None:
    rows = "".join(f"kite,Kite,Size,{number},KITE-{number},,,,12,\n" for number in range(40_000))
    head = HEAD if format == "shopify" else HEAD.replace("Variant ", "")
    content = (head + rows + "lamp,Lamp,,,LAMP,,,,12,\n").encode()

    with megabytes(30):
        told = [one if isinstance(one, FeedListing) else one.rows for one in read(content, format)]

    reason = "A listing may have 5000 rows at most."
    assert told[0] == (RowError(5002, "kite", reason, "", ""),)
    assert [one.handle for one in told[1:]] == ["lamp"]


def test_an_item_of_a_document_without_end_ends_the_file(document: Callable[..., bytes]) -> None:
    content = document("<size>M</size>" * 900_000)

    with megabytes(90), pytest.raises(Exception, match="beyond item 1: it is damaged"):
        read(content, "google")


def test_of_a_long_document_an_item_is_held_at_a_time(document: Callable[..., bytes]) -> None:
    from catalog.feeds.markup_tables import markup_table

    content = document("".join(f"<item><id>{number}</id></item>" for number in range(30_000)), is_item=False)

    with megabytes(2):
        assert sum(1 for _row in markup_table(io.BytesIO(content)).rows) == 30_001


@pytest.fixture
def document() -> Callable[..., bytes]:
    def made(text: str, *, is_item: bool = True) -> bytes:
        more = f"<item>{text}</item>" if is_item else text
        first = "<item><id>K</id><title>Kite</title><price>12 EUR</price><link>https://e.example</link></item>"
        return f"<rss><channel>{first}{more}</channel></rss>".encode()

    return made


def test_a_sentence_for_each_of_very_many_rows_is_kept_elsewhere() -> None:
    with megabytes(3):
        kept: Overflow[RowError] = Overflow()
        kept.extend(RowError(line, f"kite-{line}", "The title is missing.", "title") for line in range(60_000))
        assert (len(kept), sum(error.line for error in kept)) == (60_000, 1_799_970_000)
        lines = Lines(error.line for error in kept if error.line % 2)

    again = Lines.unpacked(lines.packed())
    assert [line for line in range(60_100) if line in again] == list(range(1, 60_000, 2))


def test_bundles_wait_elsewhere_for_the_end_of_the_file() -> None:
    def feed() -> Iterator[FeedListing]:
        for number in range(8_000):
            yield bundle(f"set-{number}", is_bundle=number % 2 == 0)

    with megabytes(3):
        handles = [one.handle for one in bundles_last(feed())]

    assert handles == [f"set-{number}" for number in (*range(1, 8_000, 2), *range(0, 8_000, 2))]


def bundle(handle: str, *, is_bundle: bool) -> FeedListing:
    part = ((2, "CUP"),) if is_bundle else None
    variant = FeedVariant((), 12, None, handle, "", None, 1, "", 2, parts=part)  # type: ignore[arg-type]
    return FeedListing(handle, "Set", "<p>Of cups.</p>" * 20, "", "", True, (), (variant,), (), 2, "USD")


@pytest.mark.django_db
def test_of_large_listings_fewer_are_written_at_once(trader: Seller) -> None:
    rows = "".join(f"kite-{n // 250},Kite,Size,{n % 250},KITE-{n},,,,12,\n" for n in range(250 * 20))
    done: list[int] = []

    import_feed(seller=trader, feed=read((HEAD + rows).encode())[:], fx=fx_table(clock.today()), progress=done.append)

    assert done == [16, 20]
    assert Variant.objects.filter(seller=trader).count() == 5_000


@pytest.mark.django_db
def test_debugging_keeps_no_statements_of_an_import(trader: Seller, tmp_path: Path, settings: Any) -> None:
    file = tmp_path / "feed.csv"
    file.write_text(HEAD + "kite,Kite,,,KITE,,,,12,\n")
    settings.DEBUG = True

    call_command("import_listings", str(file), seller="harbour", stdout=io.StringIO())

    assert len(connection.queries) < 5  # what comes after the last batch
    assert Product.objects.filter(handle="kite").exists()


@pytest.mark.django_db
def test_the_json_of_a_refused_file_is_whole(trader: Seller, tmp_path: Path) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_listings", str(tmp_path / "none.csv"), seller="harbour", json=True, stdout=out)

    found = json.loads(out.getvalue())
    assert (found["errors"], found["remarks"], found["products"]) == ([], [], 0)
    assert "can't be read" in found["error"]
