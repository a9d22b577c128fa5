"""What an import says of a file stands in the language of whoever reads it, whatever the worker spoke."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from catalog import tasks
from catalog.models import Attribute, CategoryAttribute, ImportJob
from catalog.services import import_jobs
from tests.catalog.admin_stage import Stage

pytestmark = pytest.mark.django_db
State = ImportJob.State
FILE = (
    "handle,title,price,category,attribute_handmade,description\n"
    "kite,Silk kite,80.00,Kites of the south,,\n"
    "lamp,Paper lamp,dear,,,\n"
    "vase,Clay vase,20.00,SHELF,perhaps,\n"
    f"book,Long book,20.00,,,{'a' * 1_000_001}\n"
)


@pytest.fixture(autouse=True)
def handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.run_import_job, "delay", lambda job: None)


@pytest.fixture
def job(on_stage: Stage) -> ImportJob:
    """A file with faults that was checked for somebody who reads English."""
    shelf = on_stage.mug.product.category
    asked = Attribute.objects.create(code="handmade", name_en="Handmade", kind="boolean")
    CategoryAttribute.objects.create(category=shelf, attribute=asked)
    job = upload(on_stage, FILE.replace("SHELF", shelf.slug))
    import_jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == State.PREVIEWED
    return job


def upload(on_stage: Stage, text: str) -> ImportJob:
    file = SimpleUploadedFile("goods.csv", text.encode(), "text/csv")
    return import_jobs.upload(
        seller=on_stage.seller, actor=on_stage.member, file=file, format="auto", currency="CNY"
    )  # fmt: skip


def read(on_stage: Stage, job: ImportJob, language: str, page: str = "change") -> str:
    address = f"/admin/catalog/importjob/{job.pk}/{page}/"
    answer: Any = on_stage.client.get(address, headers={"accept-language": language})
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8-sig")


SAID = {
    "en": (
        "“dear” is not a price.",
        "Column “attribute_handmade”: “perhaps” is neither yes nor no.",
        "This cell is longer than 1,000,000 characters.",
        "No category of this shop is called “Kites of the south”: its listings stand under “More finds”.",
    ),
    "de": (
        "„dear“ ist kein Preis.",
        "Spalte „attribute_handmade“: „perhaps“ ist weder Ja noch Nein.",
        "Diese Zelle ist länger als 1.000.000 Zeichen.",
        "Keine Kategorie dieses Shops heißt „Kites of the south“: Ihre Angebote stehen unter „Weitere Fundstücke“.",
    ),
    "zh-hans": (
        "“dear”不是价格。",
        "“attribute_handmade”列：“perhaps”既不是“是”也不是“否”。",
        "此单元格超过 1,000,000 个字符。",
        "本店没有名为“Kites of the south”的分类：其商品归入“更多好物”。",
    ),
}


@pytest.mark.parametrize("language", SAID)
def test_each_sentence_is_said_in_the_language_of_its_reader(language: str, job: ImportJob, on_stage: Stage) -> None:
    shown = read(on_stage, job, language)

    assert [said for said in SAID[language] if said not in shown] == []


@pytest.mark.parametrize("language", SAID)
def test_the_files_to_take_home_speak_the_language_of_who_takes_them(
    language: str, job: ImportJob, on_stage: Stage
) -> None:
    errors = list(csv.reader(io.StringIO(read(on_stage, job, language, "errors"))))
    csv.field_size_limit(10_000_000)
    remains = list(csv.reader(io.StringIO(read(on_stage, job, language, "remains"))))

    assert sorted(row[-1] for row in errors[1:]) == sorted(SAID[language][:3])
    assert [row[0] for row in remains[1:]] == list(SAID[language][:3])


def test_a_file_that_can_not_be_read_to_its_end_says_so_to_each_reader(on_stage: Stage) -> None:
    broken = FILE + "x,y,1.00,,,\n" * 20_000 + '"'
    job = upload(on_stage, broken + "no end\n" * 2)

    import_jobs.work_on(job.pk)

    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "A quotation mark that opens in line 20006 is not closed" in read(on_stage, job, "en")
    assert "Ein Anführungszeichen, das in Zeile 20006 beginnt, wird nicht geschlossen" in read(on_stage, job, "de")


def test_a_worker_that_speaks_the_language_of_somebody_else_changes_nothing(on_stage: Stage) -> None:
    on_stage.member.language = "de"
    on_stage.member.save(update_fields=["language"])
    job = upload(on_stage, FILE)

    with override("ja"):
        import_jobs.work_on(job.pk)

    job.refresh_from_db()
    assert "“dear” is not a price." in read(on_stage, job, "en")


def test_what_an_earlier_release_kept_is_shown_as_it_was_said(on_stage: Stage) -> None:
    job = upload(on_stage, FILE)
    errors = [{"line": 3, "handle": "lamp", "reason": "100 % ist kein %(Preis)s.", "field": "price", "value": "dear"}]
    ImportJob.objects.filter(pk=job.pk).update(state=State.DONE, result={"rejected": 1, "errors": errors})

    job.refresh_from_db()
    assert "100 % ist kein %(Preis)s." in read(on_stage, job, "zh-hans")


def test_a_failure_that_an_earlier_release_kept_is_shown_as_it_was_said(on_stage: Stage) -> None:
    job = upload(on_stage, FILE)
    ImportJob.objects.filter(pk=job.pk).update(state=State.FAILED, failure="Die Datei ist beschädigt.")

    job.refresh_from_db()
    assert "Die Datei ist beschädigt." in read(on_stage, job, "zh-hans")
