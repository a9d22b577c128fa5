"""Attributes on the page of an import: columns named, notes and faults shown, rows mended, rests gone on with, taken out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from catalog import tasks
from catalog.models import ImportJob, Product, ProductAttributes
from catalog.services import import_jobs, imports
from catalog.services.attributes import keep_answers
from tests.catalog.admin_stage import Stage
from tests.catalog.test_attribute_filters import attribute
from tests.catalog.test_import_columns import finished, upload

pytestmark = pytest.mark.django_db
State = ImportJob.State
OWN = "Ware;Art;Preis;Werkstoff;Inhalt\nTasse;Everything;12,00;Cork auf Deutsch;300\nKrug;Everything;20,00;Gold;\n"
CHOSEN = {0: "title", 1: "category", 2: "price", 3: "attribute_material", 4: "attribute_capacity"}


@pytest.fixture
def on_stage(on_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Goods of every category are asked their material, capacity and glaze; no worker takes an import."""
    monkeypatch.setattr(tasks.run_import_job, "delay", lambda job: None)
    attribute("material", "choice", "porcelain", "cork", name_de="Material auf Deutsch")
    attribute("capacity", "number", unit="ml")
    attribute("glaze", "text")
    return on_stage


def page(job: ImportJob, step: str = "change") -> str:
    return f"/admin/catalog/importjob/{job.pk}/{step}/"


def given(title: str) -> dict[str, Any]:
    row = ProductAttributes.objects.filter(product__name_en=title).first()
    return row.given if row else {}


def options(html: str) -> dict[str, str]:
    """What the first column may be among the attributes: names by the values that are sent."""
    group = html.partition("<optgroup")[2].partition("</optgroup>")[0]
    return dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)</option>', group))


def test_a_foreign_column_is_said_to_be_an_attribute_and_remembered(on_stage: Stage) -> None:
    job = upload(on_stage, OWN)
    shown = on_stage.client.get(page(job)).content.decode()
    assert options(shown) == {
        "attribute_capacity": "Capacity · millilitres", "attribute_material": "Material", "attribute_glaze": "Glaze",
        "attribute_glaze_en": "Glaze · English", "attribute_glaze_ar": "Glaze · Arabic",
        "attribute_glaze_de": "Glaze · German",
        "attribute_glaze_es": "Glaze · Spanish", "attribute_glaze_fr": "Glaze · French",
        "attribute_glaze_ja": "Glaze · Japanese", "attribute_glaze_zh-hans": "Glaze · Simplified Chinese",
    }  # fmt: skip

    on_stage.client.post(page(job, "columns"), {f"column-{place}": field for place, field in CHOSEN.items()})

    assert import_jobs.in_words(finished(job), "errors") == [
        {"line": 3, "handle": "krug", "reason": "Column “werkstoff”: “Gold” is not among the choices.",
         "field": "werkstoff", "value": "Gold"}
    ]  # fmt: skip
    assert given("Tasse") == {"material": ["cork"], "capacity": "300"}
    again = upload(on_stage, OWN.replace("300", "400"))
    assert again.mapping == {"title": "ware", "category": "art", "price": "preis", "attribute_material": "werkstoff",
                             "attribute_capacity": "inhalt"}  # fmt: skip
    import_jobs.work_on(again.pk)
    assert 'value="attribute_material" selected' in on_stage.client.get(page(again)).content.decode()


def test_the_names_of_attributes_are_those_of_the_readers_language(on_stage: Stage) -> None:
    User.objects.filter(pk=on_stage.member.pk).update(language="de")
    job = upload(on_stage, OWN)

    shown = on_stage.client.get(page(job), headers={"accept-language": "de"}).content.decode()

    assert options(shown)["attribute_material"] == "Material auf Deutsch"
    assert options(shown)["attribute_glaze_ja"] == "Glaze · Japanisch"
    assert '<optgroup label="Merkmale">' in shown


def test_an_attribute_that_there_is_not_can_not_be_chosen(on_stage: Stage) -> None:
    job = upload(on_stage, OWN)

    answer = on_stage.client.post(
        page(job, "columns"), {"column-0": "title", "column-2": "price", "column-3": "attribute_metal"}, follow=True
    )  # fmt: skip

    job.refresh_from_db()
    assert "“attribute_metal” is not a field of a listing." in answer.content.decode()
    assert job.state == State.MAPPING


def test_a_preview_shows_what_would_be_left_out_and_writes_nothing(on_stage: Stage) -> None:
    job = upload(on_stage, "handle,title,price,attribute_material,attribute_metal\ncup,Cup,5,cork,gold\n")
    import_jobs.work_on(job.pk)

    shown = on_stage.client.get(page(job)).content.decode()

    assert "2 notes on what goes in" in shown
    assert "Column “attribute_metal” was left out: there is no attribute “metal”." in shown
    assert (
        "Column “attribute_material” was left out: goods of this category have no attribute “Material”." in shown
    )  # fmt: skip
    assert not Product.objects.filter(handle="cup").exists()


def test_rows_with_wrong_answers_are_mended_and_sent_again(on_stage: Stage) -> None:
    head = "handle,title,category,price,option1_value,attribute_material,attribute_glaze"
    cup, pots = "cup,Cup,Everything,5,,cork,Ash", "=pot,Pot,Everything,6,S,gold,'=1+1\n=pot,,,7,M,,"
    job = finished(upload(on_stage, f"{head}\n{cup}\n{pots}\n"))
    assert (job.result["created"], job.result["rejected"]) == (1, 1)

    answer = on_stage.client.get(page(job, "remains"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    again = finished(upload(on_stage, text.replace(",gold,", ",porcelain,")))

    assert text.splitlines() == [
        f"left out because,{head}",
        "Column “attribute_material”: “gold” is not among the choices.,'=pot,Pot,Everything,6,S,gold,''=1+1",
        ",'=pot,,,7,M,,",
    ]
    assert (again.result["created"], again.result["rejected"], again.result["remarks"]) == (1, 0, [])
    assert given("Pot") == {"material": ["porcelain"], "glaze": {"en": "=1+1"}}


def test_an_import_that_rested_goes_on_without_changing_what_is_answered(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    rows = "".join(f"c-{number},Cup {number},Everything,5,cork\n" for number in range(4))
    job = upload(on_stage, f"handle,title,category,price,attribute_material\n{rows}")
    import_jobs.work_on(job.pk)
    import_jobs.start(job=job)
    write = imports._write_batch

    def then_pauses(*args: Any) -> None:
        write(*args)
        import_jobs.pause(job=job)

    monkeypatch.setattr(imports, "_write_batch", then_pauses)
    import_jobs.work_on(job.pk)
    assert ProductAttributes.objects.count() == 2
    monkeypatch.setattr(imports, "_write_batch", write)
    import_jobs.proceed(job=job)
    import_jobs.work_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result["created"], job.result["unchanged"]) == (State.DONE, 2, 2)
    assert ProductAttributes.objects.filter(given={"material": ["cork"]}, tokens=["material:cork"]).count() == 4


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_a_seller_takes_out_has_the_answers_and_comes_back_unchanged(on_stage: Stage, format: str) -> None:
    keep_answers(product=on_stage.mug.product, typed={"material": ["cork", "porcelain"], "glaze": {"de": "Seladon"}})
    keep_answers(product=on_stage.notebook.product, typed={"capacity": "9"})  # of a rival

    answer = on_stage.client.get("/admin/catalog/product/take-out/", {"format": format})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    file = SimpleUploadedFile(f"out.{format}", content)
    job = import_jobs.upload(
        seller=on_stage.seller, actor=on_stage.member, file=file, format="auto", currency="CNY"
    )  # fmt: skip

    assert {name for name in job.mapping or {} if name.startswith("attribute")} == {
        "attribute_material", "attribute_glaze_de",
    }  # fmt: skip
    result = finished(job).result
    assert (result["rejected"], result["updated"], result["unchanged"]) == (0, 0, 2)
    assert given("Kite mug") == {"material": ["cork", "porcelain"], "glaze": {"de": "Seladon"}}
