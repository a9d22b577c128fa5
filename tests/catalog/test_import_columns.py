"""Files of the seller's own making: columns named once, imports that rest, rows mended and sent again, files taken out."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog import tasks
from catalog.feeds import cells
from catalog.feeds.bad_rows import BadRow
from catalog.models import ColumnMapping, ImportJob, Product
from catalog.services import import_jobs, imports
from marketplace.kernel.errors import Refused
from tests.catalog.admin_stage import Stage

pytestmark = pytest.mark.django_db
State = ImportJob.State
OWN = "Ware;Was es kostet;Farbe;Nr.\nLampe;120,00;rot;L-1\nDrachen;80,00;blau;D-1\n"
CHOSEN = {0: "title", 1: "price", 2: "", 3: "sku"}


@pytest.fixture(autouse=True)
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that were handed to a worker; none is there to take them."""
    jobs: list[int] = []
    monkeypatch.setattr(tasks.run_import_job, "delay", jobs.append)
    return jobs


def upload(on_stage: Stage, text: str, format: str = "auto") -> ImportJob:
    file = SimpleUploadedFile("waren.csv", text.encode(), "text/csv")
    return import_jobs.upload(
        seller=on_stage.seller, actor=on_stage.member, file=file, format=format, currency="CNY"
    )  # fmt: skip


def finished(job: ImportJob) -> ImportJob:
    """The job after its preview, its start and its end."""
    import_jobs.work_on(job.pk)
    import_jobs.start(job=job)
    import_jobs.work_on(job.pk)
    job.refresh_from_db()
    return job


# Columns ------------------------------------------------------------------------------------------------------


def test_columns_that_nobody_knows_are_named_on_the_page_and_remembered(
    on_stage: Stage, handed_out: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    file = SimpleUploadedFile("waren.csv", OWN.encode(), "text/csv")
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"seller": on_stage.seller.pk, "format": "auto", "currency": "", "file": file}
        page = on_stage.client.post("/admin/catalog/importjob/add/", sent).headers["Location"]
    job = ImportJob.objects.get()
    assert (job.state, job.format, handed_out) == (State.MAPPING, "plain", [])
    shown = on_stage.client.get(page).content.decode()
    assert "was es kostet" in shown and "120,00" in shown and "Title · German" in shown

    chosen = {f"column-{place}": field for place, field in CHOSEN.items()}
    on_stage.client.post(page.replace("/change/", "/columns/"), chosen)

    assert handed_out == [job.pk]
    assert finished(job).state == State.DONE
    assert set(Product.objects.filter(handle__in=["L-1", "D-1"]).values_list("name_en", flat=True)) == {
        "Lampe", "Drachen",
    }  # fmt: skip
    again = upload(on_stage, OWN.replace("120,00", "130,00"))
    assert (again.state, again.mapping) == (State.UPLOADED, {"title": "ware", "price": "was es kostet", "sku": "nr."})


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({0: "title", 1: "price", 2: "title"}, "field_twice"),
        ({0: "title"}, "columns_missing"),
        ({0: "title", 1: "price", 2: "owner"}, "unknown_field"),
        ({0: "title", 9: "price"}, "columns_missing"),
    ],
)
def test_columns_that_can_not_be_are_refused(on_stage: Stage, chosen: dict[int, str], code: str) -> None:
    job = upload(on_stage, OWN)

    with pytest.raises(Refused) as refusal:
        import_jobs.name_columns(job=job, chosen=chosen)

    job.refresh_from_db()
    assert refusal.value.code == code
    assert (job.state, ColumnMapping.objects.count()) == (State.MAPPING, 0)


def test_columns_can_be_changed_after_the_preview_and_not_later(on_stage: Stage) -> None:
    job = upload(on_stage, "Name,Price,Item number\nLamp,120.00,L-1\n")
    assert job.mapping == {"title": "name", "price": "price", "sku": "item number"}
    import_jobs.work_on(job.pk)

    import_jobs.name_columns(job=job, chosen={0: "title", 1: "price", 2: ""})

    assert finished(job).mapping == {"title": "name", "price": "price"}
    with pytest.raises(Refused, match="begun"):
        import_jobs.name_columns(job=job, chosen=CHOSEN)


def test_a_rival_meets_neither_the_file_nor_its_columns(on_stage: Stage) -> None:
    job = upload(on_stage, OWN)
    rival = on_stage.as_member_of(on_stage.rival)
    import_jobs.name_columns(job=job, chosen=CHOSEN)

    for step in ("columns", "pause", "proceed", "start"):
        assert rival.post(f"/admin/catalog/importjob/{job.pk}/{step}/").status_code == 404
    assert rival.get(f"/admin/catalog/importjob/{job.pk}/remains/").status_code == 404
    assert on_stage.client.get(f"/admin/catalog/importjob/{job.pk}/pause/").status_code == 405
    assert import_jobs.import_columns.known_columns(on_stage.rival, ("ware", "was es kostet", "farbe", "nr.")) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12,00", "12.00"), ("12,5", "12.5"), ("1.234,50", "1234.50"), ("1 234,50", "1234.50"), ("1\u00a0234", "1234"),
        ("1'234.50", "1234.50"), ("1,234", "1234"), ("1,234.50", "1234.50"), ("1.234.567", "1234567"), ("1234,5", "1234.5"),
        ("12.34", "12.34"), ("12,3456", None), ("1,23,4", None), ("1.23,4", None), ("12 5", None),
    ],
)  # fmt: skip
def test_prices_are_read_as_people_of_any_country_write_them(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(BadRow):
            cells.amount(2, text, "CNY")
    else:
        assert cells.amount(2, text, "CNY") == Decimal(expected)


# Rest ---------------------------------------------------------------------------------------------------------


def test_an_import_rests_when_it_is_paused_and_goes_on_where_it_was(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    rows = "".join(f"Lamp {number},1{number}.00,L-{number}\n" for number in range(6))
    job = upload(on_stage, f"Title,Price,SKU\n{rows}")
    import_jobs.work_on(job.pk)
    import_jobs.start(job=job)
    write = imports._write_batch

    def paused_in_the_middle(*args: Any) -> None:
        write(*args)
        if Product.objects.filter(handle__startswith="L-").count() == 4:
            assert import_jobs.pause(job=job)

    monkeypatch.setattr(imports, "_write_batch", paused_in_the_middle)
    import_jobs.work_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rows_done, Product.objects.filter(handle__startswith="L-").count()) == (State.PAUSED, 2, 4)
    assert not import_jobs.work_on(job.pk) and import_jobs.waiting() == []

    monkeypatch.setattr(imports, "_write_batch", write)
    assert import_jobs.proceed(job=job) and not import_jobs.proceed(job=job)
    import_jobs.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["created"], job.result["unchanged"]) == (State.DONE, 2, 4)


# Mended -------------------------------------------------------------------------------------------------------

SHOPIFY = (
    "Handle,Title,Variant SKU,Variant Price\nlamp,Paper lamp,LAMP-1,120.00\n"
    "kite,Silk kite,KITE-1,dear\n=mug,Mug,MUG-1,free\n"
)
AMAZON = (
    "TemplateType=home,Version=1\nSKU,Name,Price\nitem_sku,item_name,standard_price\n"
    "A-1,Lamp,12.00\nA-2,Kite,dear\n"
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "left_out", "mend"),
    [
        (SHOPIFY, {"kite", "=mug"}, [("dear", "80.00"), ("free", "10.00")]),
        (AMAZON, {"A-2"}, [("dear", "80.00")]),
        ("Title;Price;SKU\nLamp;12,00;L-1\nKite;dear;K-1\n", {"K-1"}, [("dear", "80.00")]),
    ],
)
def test_rows_that_were_left_out_are_mended_and_sent_again(
    on_stage: Stage, text: str, left_out: set[str], mend: list[tuple[str, str]]
) -> None:
    job = finished(upload(on_stage, text))
    assert len(job.result["errors"]) == len(left_out), job.result["errors"]

    answer = on_stage.client.get(f"/admin/catalog/importjob/{job.pk}/remains/")
    table = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(table)))
    assert rows[0][0] == "left out because" and sum(bool(row[0]) for row in rows[1:]) == len(left_out)
    assert not any(cell.startswith("=") for row in rows for cell in row)
    for wrong, right in mend:
        table = table.replace(wrong, right)
    again = finished(upload(on_stage, table, job.format))

    assert again.result["errors"] == []
    assert (again.state, again.result["rejected"], again.result["created"]) == (State.DONE, 0, len(left_out))
    assert left_out <= set(Product.objects.values_list("handle", flat=True))


# Out ----------------------------------------------------------------------------------------------------------


def test_a_seller_takes_out_own_listings_alone_and_brings_them_back_unchanged(on_stage: Stage) -> None:
    answer = on_stage.client.get("/admin/catalog/product/take-out/", {"format": "csv"})

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="listings-csv-')
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Kite mug" in text and "Morning notebook" not in text
    again = finished(upload(on_stage, text))
    assert (again.state, again.result["rejected"], again.result["products"]) == (State.DONE, 0, 2)


def test_what_no_workbook_holds_is_said_on_the_page(on_stage: Stage) -> None:
    Product.objects.filter(pk=on_stage.mug.product_id).update(description_en="word " * 7000)

    answer = on_stage.client.get("/admin/catalog/product/take-out/", {"format": "xlsx"})

    assert answer.status_code == 400
    assert "“Kite mug” has a text that is longer than a cell of Excel can be." in answer.content.decode()


def test_columns_of_our_own_table_keep_their_meaning_when_others_are_named(on_stage: Stage) -> None:
    job = upload(on_stage, "Title,Price,price_eur\nLamp,10,9\n")
    import_jobs.work_on(job.pk)

    page = on_stage.client.get(f"/admin/catalog/importjob/{job.pk}/change/").content.decode()

    assert '<option value="price_eur" selected>' in page


def test_a_feed_needs_a_country(on_stage: Stage) -> None:
    answer = on_stage.client.get("/admin/catalog/product/take-out/", {"format": "google"})

    assert answer.status_code == 400 and "Say for which country the feed is." in answer.content.decode()
    assert "Files and feeds" in on_stage.client.get("/admin/catalog/product/").content.decode()


@pytest.mark.parametrize("role", [roles.SUPPORT, roles.FINANCE])
def test_staff_who_may_not_look_at_listings_take_none_out(on_stage: Stage, role: str) -> None:
    user = User.objects.create_user("staff@sampan.example", is_staff=True)
    accounts.give_role(user=user, role=role)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))

    assert client.get("/admin/catalog/product/take-out/", {"format": "csv"}).status_code == 403
