"""Tables with more columns than anybody reads are imported, and the page that names columns stays one that opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog import tasks
from catalog.models import ImportJob
from catalog.services import import_columns, import_jobs
from tests.catalog.admin_stage import Stage
from tests.support.importing import answered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.run_import_job, "delay", lambda job: None)


def upload(on_stage: Stage, text: str) -> ImportJob:
    file = SimpleUploadedFile("goods.csv", text.encode(), "text/csv")
    return import_jobs.upload(
        seller=on_stage.seller, actor=on_stage.member, file=file, format="auto", currency="CNY"
    )  # fmt: skip


def test_seventy_thousand_columns_may_be_called_as_attributes(on_stage: Stage, tmp_path: Path) -> None:
    names = ",".join(f"attribute_c{number}" for number in range(70_000))
    (tmp_path / "f.csv").write_text(f"title,price,{names}\nCup,5{',' * 70_000}\n", "utf-8")

    result = answered(tmp_path / "f.csv", seller="paper-kite", currency="CNY")

    assert (result["created"], result["errors"]) == (1, [])


def test_the_page_shows_the_first_columns_and_keeps_what_the_others_are(on_stage: Stage) -> None:
    alts = [f"image{place}_alt_{code}" for code in ("de", "fr", "ja", "ar", "es", "en") for place in range(1, 100)]
    job = upload(on_stage, f"ware,preis,{','.join(alts)}\nTasse,5{',' * len(alts)}\n")
    assert (job.state, len(alts)) == ("mapping", 594)

    page = on_stage.client.get(f"/admin/catalog/importjob/{job.pk}/change/").content.decode()
    shown = {f"column-{place}": name for place, name in enumerate(["title", "price", *alts[:498]])}
    on_stage.client.post(f"/admin/catalog/importjob/{job.pk}/columns/", shown)

    job.refresh_from_db()
    assert (page.count("<select"), page.count('<option value="image1_alt_de"')) == (import_columns.MOST_SHOWN + 2, 1)
    assert len(page) < 3_000_000
    assert job.mapping == {"title": "ware", "price": "preis"} | {name: name for name in alts}


def test_a_file_whose_columns_are_not_named_yet_has_nothing_to_be_mended(on_stage: Stage) -> None:
    job = upload(on_stage, "ware,was es kostet\nTasse,5\n")
    assert job.state == "mapping"

    answer = on_stage.client.get(f"/admin/catalog/importjob/{job.pk}/remains/")

    assert b"".join(answer.streaming_content).decode("utf-8-sig").split() == [  # type: ignore[attr-defined]
        "left", "out", "because,ware,was", "es", "kostet",
    ]  # fmt: skip
