"""A seller's file: uploaded, previewed, started once, finished by whoever takes it up, its errors taken home."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from kombu.exceptions import OperationalError

from catalog import tasks
from catalog.models import ImportJob, Product
from catalog.services import import_jobs
from marketplace.kernel.errors import Refused
from tests.catalog.admin_stage import Stage

pytestmark = pytest.mark.django_db
State = ImportJob.State
HEAD = "Handle,Title,Variant SKU,Variant Price\n"
GOOD = HEAD + "lamp,Paper lamp,LAMP-1,120.00\nkite,Silk kite,KITE-1,80.00\n"
MIXED = GOOD + "bad,Broken,BAD-1,dear\n=cmd,Formula,X-1,free\n"


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that were handed to a worker; none is there to take them."""
    jobs: list[int] = []
    monkeypatch.setattr(tasks.run_import_job, "delay", jobs.append)
    return jobs


def file(text: str, name: str = "export.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def upload(stage_: Stage, text: str = GOOD) -> ImportJob:
    return import_jobs.upload(
        seller=stage_.seller, actor=stage_.member, file=file(text), format="shopify", currency="CNY"
    )


def test_a_file_is_previewed_started_and_imported(on_stage: Stage) -> None:
    job = upload(on_stage, MIXED)

    assert import_jobs.work_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rows_total, job.rows_done) == (State.PREVIEWED, 4, 0)
    assert (job.result["created"], job.result["rejected"]) == (2, 2)
    assert not Product.objects.filter(handle="lamp").exists()  # a preview writes nothing

    assert import_jobs.start(job=job)
    assert import_jobs.work_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rows_done, job.rows_total) == (State.DONE, 4, 4)
    assert job.finished_at is not None
    assert Product.objects.get(handle="lamp").seller == on_stage.seller


def test_a_task_that_comes_twice_changes_nothing_the_second_time(on_stage: Stage) -> None:
    job = upload(on_stage)
    tasks.run_import_job(job.pk)
    import_jobs.start(job=job)
    tasks.run_import_job(job.pk)
    before = list(Product.objects.order_by("pk").values())

    tasks.run_import_job(job.pk)
    tasks.run_import_job(job.pk + 1000)  # nor does one for a job that is not there

    assert list(Product.objects.order_by("pk").values()) == before
    assert not import_jobs.start(job=job)


def test_the_words_of_an_import_are_gathered_once_it_has_changed_something(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered: list[str] = []
    monkeypatch.setattr(tasks.refresh_search_terms, "delay", lambda: gathered.append("by a worker"))
    job = upload(on_stage)
    tasks.run_import_job(job.pk)
    assert gathered == []  # a preview changes nothing

    import_jobs.start(job=job)
    tasks.run_import_job(job.pk)
    again = upload(on_stage)
    tasks.run_import_job(again.pk)
    import_jobs.start(job=again)
    tasks.run_import_job(again.pk)  # the same file once more

    assert gathered == ["by a worker"]


def test_an_import_is_done_even_when_nobody_takes_messages(on_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.refresh_search_terms, "delay", away)
    job = upload(on_stage)
    tasks.run_import_job(job.pk)
    import_jobs.start(job=job)

    tasks.run_import_job(job.pk)

    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_job_whose_worker_died_is_taken_up_again(on_stage: Stage, handed_out: list[int]) -> None:
    job = upload(on_stage)
    tasks.run_import_job(job.pk)
    import_jobs.start(job=job)
    ImportJob.objects.filter(pk=job.pk).update(state=State.RUNNING, rows_done=1)

    tasks.sweep_import_jobs()

    assert handed_out == [job.pk]
    assert import_jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_job_that_breaks_off_again_and_again_is_given_up(on_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: object, **options: object) -> None:
        raise ZeroDivisionError

    job = upload(on_stage)
    monkeypatch.setattr(import_jobs, "import_feed", breaks)

    for _attempt in range(import_jobs.MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            import_jobs.work_on(job.pk)
    import_jobs.work_on(job.pk)

    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "broke off" in job.failure


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_work_on_one_job(on_stage: Stage) -> None:
    job = upload(on_stage)
    with connection.cursor() as cursor:  # the lock as another connection holds it
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [import_jobs._LOCK, job.pk])
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [import_jobs._LOCK, job.pk])
            assert cursor.fetchone() == (False,)  # so a second process finds it taken
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    assert import_jobs.work_on(job.pk)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_empty"),
        (HEAD, "file_empty"),
        ("colour,size\nred,1\n", "not_a_shopify_file"),
    ],
)
def test_a_file_that_is_no_export_is_refused_at_once(text: str, code: str, on_stage: Stage) -> None:
    with pytest.raises(Refused) as refusal:
        upload(on_stage, text)

    assert (refusal.value.code, refusal.value.field) == (code, "file")
    assert not ImportJob.objects.exists()


def test_a_file_in_another_encoding_or_too_large_is_refused(on_stage: Stage, settings: Any) -> None:
    unknown = SimpleUploadedFile("lamps.csv", (HEAD + "lamp,桌上型檯燈，可調節亮度,L,1\n").encode("big5"))

    with pytest.raises(Refused) as refusal:
        import_jobs.upload(
            seller=on_stage.seller, actor=on_stage.member, file=unknown, format="shopify", currency="CNY"
        )
    assert refusal.value.field == "file"

    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(Refused) as refusal:
        upload(on_stage)
    assert refusal.value.code == "file_too_large"


def test_a_seller_uploads_previews_and_starts_in_the_admin(
    on_stage: Stage, handed_out: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = on_stage.client.post(
            "/admin/catalog/importjob/add/",
            {"seller": on_stage.seller.pk, "format": "shopify", "currency": "", "file": file(MIXED)},
        )
    job = ImportJob.objects.get()
    page = f"/admin/catalog/importjob/{job.pk}/change/"

    assert answer.headers["Location"] == page
    assert (job.currency, job.user) == ("CNY", on_stage.member)  # the seller's own currency
    assert handed_out == [job.pk]
    assert 'http-equiv="refresh"' in on_stage.client.get(page).content.decode()

    import_jobs.work_on(job.pk)
    shown = on_stage.client.get(page).content.decode()
    assert 'http-equiv="refresh"' not in shown
    assert "2 listings are left out" in shown
    assert "dear" in shown

    assert on_stage.client.post(f"/admin/catalog/importjob/{job.pk}/start/").headers["Location"] == page
    assert on_stage.client.post(f"/admin/catalog/importjob/{job.pk}/start/").headers["Location"] == page
    assert handed_out == [job.pk, job.pk]  # started once

    import_jobs.work_on(job.pk)
    assert "The import is done" in on_stage.client.get(page).content.decode()

    table = on_stage.client.get(f"/admin/catalog/importjob/{job.pk}/errors/").content.decode("utf-8-sig")
    assert table.splitlines()[0] == "Line,Handle,Field,Value,Reason"
    assert "'=cmd" in table  # no spreadsheet runs it


def test_the_form_says_what_is_wrong_and_keeps_nothing(on_stage: Stage, handed_out: list[int]) -> None:
    answer = on_stage.client.post(
        "/admin/catalog/importjob/add/",
        {"seller": on_stage.seller.pk, "format": "shopify", "currency": "", "file": file("a,b\n1,2\n")},
    )

    assert answer.status_code == 200
    assert "This is not a product export of Shopify" in answer.content.decode()
    assert not ImportJob.objects.exists()
    assert handed_out == []


def test_the_file_lies_where_no_address_leads(on_stage: Stage) -> None:
    job = upload(on_stage)

    assert storages["private"].exists(job.file.name)
    assert not storages["default"].exists(job.file.name)
